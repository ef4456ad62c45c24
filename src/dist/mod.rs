//! Distributions: one file each, all in `ALL`.
//!
//! A distribution is a signature and two graph builders, its log density and its draw. Gradients come from the ops, shapes
//! from the alignment of names. What else it can do (finite support, a closed-form KL, a CDF …) are facets with a default.

mod signature;

pub use signature::{Event, Form, Needs, Param, Signature, Support};

use crate::ir::{Dim, Graph, NodeId};

/// A distribution on the nodes of its parameters.
///
/// Parameters have any dimensions that the site has, plus the event dimensions where `signature().event` says so.
#[derive(Clone)]
pub struct Call {
    pub dist: &'static dyn Distribution,
    /// Which of the signature's forms the arguments are: `probs` or `logits`, say.
    pub form: usize,
    /// In the order of that form.
    pub args: Vec<NodeId>,
    /// The event dimensions: the classes of a Categorical, the `D` of a simplex, `D` and `D'` of a matrix.
    pub event: Vec<Dim>,
    /// What a wrapper wraps.
    pub inner: Option<Box<Call>>,
}

/// A value drawn in the graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Draw {
    /// Differentiable in the parameters: z = g(ε, θ).
    Pathwise(NodeId),
    /// Right in distribution, without a gradient.
    Detached(NodeId),
}

impl Draw {
    pub fn node(self) -> NodeId {
        match self {
            Draw::Pathwise(n) | Draw::Detached(n) => n,
        }
    }
}

/// Where the values of a distribution lie, with bounds as nodes: what the guide is built for.
#[derive(Clone, Debug, PartialEq)]
pub enum Domain {
    Real,
    /// Between bounds that may be missing on either side.
    Interval {
        lower: Option<NodeId>,
        upper: Option<NodeId>,
    },
    Simplex(Dim),
    /// Ascending along the dimension.
    Ordered(Dim),
    Binary,
    /// Positions 0 … size−1 of the dimension.
    Index(Dim),
    /// 0, 1, 2 … up to a bound, or for ever.
    Count {
        upper: Option<NodeId>,
    },
    /// Counts along the dimension that add up to the node.
    Composition {
        over: Dim,
        total: NodeId,
    },
}

pub trait Distribution: Sync {
    fn signature(&self) -> &'static Signature;

    /// Log density or mass at x, elementwise: dimensions are those of x and the parameters without the event dimensions.
    /// Outside the support it is −∞. An index is a position from 0.
    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId;

    /// A draw of exactly the dimensions `dims` (event dimensions of vectors included).
    /// `name` names the noise nodes that it adds.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw;

    /// Where the values lie; the default follows the signature for supports without parameters.
    fn domain(&self, g: &mut Graph, c: &Call) -> Domain {
        signature::domain(g, self.signature(), c)
    }

    /// For finite supports: unnormalised log masses along `values`, a dimension as long as the support, in ascending
    /// order of value: false then true, positions, counts.
    fn masses(&self, _g: &mut Graph, _c: &Call, _values: Dim) -> Option<NodeId> {
        None
    }

    /// log F(x), for `Truncated`.
    fn log_cdf(&self, _g: &mut Graph, _x: NodeId, _c: &Call) -> Option<NodeId> {
        None
    }

    /// log(1 − F(x)), for `Truncated`.
    fn log_survival(&self, _g: &mut Graph, _x: NodeId, _c: &Call) -> Option<NodeId> {
        None
    }

    /// The quantile function, for drawing from `Truncated`.
    fn quantile(&self, _g: &mut Graph, _u: NodeId, _c: &Call) -> Option<NodeId> {
        None
    }

    /// For location-scale families: (location, scale, the standard member), which `@noncentered` draws instead.
    fn standard(&self, _g: &mut Graph, _c: &Call) -> Option<(NodeId, NodeId, Call)> {
        None
    }

    /// KL(q‖p) in closed form, elementwise as `log_prob`; `self` is q's distribution.
    fn kl(&self, _g: &mut Graph, _q: &Call, _p: &Call) -> Option<NodeId> {
        None
    }
}

impl Call {
    pub fn new(dist: &'static dyn Distribution, form: usize, args: Vec<NodeId>) -> Self {
        Self { dist, form, args, event: vec![], inner: None }
    }

    #[must_use]
    pub fn over(mut self, event: impl IntoIterator<Item = Dim>) -> Self {
        self.event = event.into_iter().collect();
        self
    }

    pub fn log_prob(&self, g: &mut Graph, x: NodeId) -> NodeId {
        self.dist.log_prob(g, x, self)
    }

    pub fn draw(&self, g: &mut Graph, dims: &[Dim], name: &str) -> Draw {
        self.dist.draw(g, self, dims, name)
    }

    pub fn domain(&self, g: &mut Graph) -> Domain {
        self.dist.domain(g, self)
    }

    /// The arguments as an array of the length that the form has.
    pub fn args<const N: usize>(&self) -> [NodeId; N] {
        let Ok(args) = self.args.as_slice().try_into() else {
            unreachable!("{}: arity is checked", self.dist.signature().name);
        };
        args
    }

    pub fn inner(&self) -> &Call {
        let Some(inner) = &self.inner else {
            unreachable!("{}: a wrapper wraps something", self.dist.signature().name);
        };
        inner
    }
}

mod categorical;
mod normal;

/// Every distribution, in the order that lists show them.
pub static ALL: &[&dyn Distribution] = &[&normal::Normal, &categorical::Categorical];

pub fn find(name: &str) -> Option<&'static dyn Distribution> {
    ALL.iter().copied().find(|d| d.signature().name == name)
}
