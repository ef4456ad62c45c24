//! Gradient estimators: one file each, all in `ALL`.
//!
//! An estimator belongs to a latent and is two functions over the rest of the computation (the ADEV view, Lew et al. 2023):
//! `draw` makes the value that the model sees, and `expect` says what the gradient of the costs that depend on it lacks. It
//! may ask what the costs would be at other values.

mod aim;
mod card;
mod control;
mod disarm;
mod enumerate;
mod exact;
mod gumbel_sinkhorn;
mod gumbel_softmax;
mod hard_concrete;
mod implicit;
mod learn;
mod marginalize;
mod mvd;
mod pathwise;
mod rebar;
mod reinforce;
mod relax;
mod relaxed;
mod straight_through;
mod structured;
mod unordered;
mod vimco;

pub use aim::{Aim, StandIn};
pub use card::{Bias, Card, Default, OptionCard, OptionValues, Options};

use crate::dist::{Call, Signature};
use crate::ir::{Dim, Graph, NodeId};

/// The value that the rest of the model sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Plain(NodeId),
    /// A point of the simplex over `dim` in place of a position along it.
    Soft {
        simplex: NodeId,
        dim: Dim,
    },
}

/// A value and the noise that it was made from, where its estimator needs that again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    pub value: Value,
    pub noise: Option<NodeId>,
}

impl From<Value> for Drawn {
    fn from(value: Value) -> Self {
        Self { value, noise: None }
    }
}

/// A latent as its estimator sees it: a draw from q, in unconstrained space where it is continuous.
pub struct Site<'a> {
    pub name: &'a str,
    /// The variational distribution, on the nodes of its parameters.
    pub q: &'a Call,
    /// Dimensions of a draw, without `draws`.
    pub dims: &'a [Dim],
    /// Those of `dims` that some cost mixes, the support among them: their elements share their costs. Not
    /// known before the draw.
    pub mixed: &'a [Dim],
    /// The Monte Carlo dimension; `None` for sites that are not sampled.
    pub draws: Option<Dim>,
    /// The dimension of draws that are weighed against each other; `None` where every draw counts by itself.
    pub copies: Option<Dim>,
    pub options: &'a Options,
}

impl Site<'_> {
    /// Of a draw along the Monte Carlo dimensions.
    pub fn all_dims(&self) -> Vec<Dim> {
        self.dims.iter().copied().chain(self.draws).chain(self.copies).collect()
    }
}

/// The rest of the computation, as a function of the latent.
pub trait Rest {
    fn graph(&mut self) -> &mut Graph;

    /// The costs that depend on the latent, if it had this value. Each has the dimensions of the site that it keeps, the draws,
    /// and those of `fresh` that the value has.
    fn costs(&mut self, value: Value, fresh: &[Dim]) -> Vec<NodeId>;

    /// Where draws share one bound, what it would be without each of them; `None` where each has costs of its own.
    fn left_out(&mut self, _stand_in: StandIn) -> Option<NodeId> {
        None
    }
}

/// What every element is credited with: the sum of the costs, those that mix a dimension repeated along it.
fn credit(rest: &mut dyn Rest, value: Value) -> NodeId {
    let costs = rest.costs(value, &[]);
    rest.graph().add_all(costs)
}

pub trait Estimator: Sync {
    fn card(&self) -> &'static Card;

    /// Why it cannot serve a latent with this distribution, as the rest of a sentence: `needs a finite support`.
    fn refuses(&self, dist: &Signature) -> Option<&'static str>;

    /// Why it cannot serve a latent that a guide of this family draws, where it serves the family as such.
    fn refuses_guide(&self, _q: &Signature) -> Option<&'static str> {
        None
    }

    /// Whether it asks what the costs would be at other values.
    fn compares(&self) -> bool {
        false
    }

    /// Why it cannot serve a latent with this distribution under an objective, as the rest of a sentence.
    fn misses(&self, _aim: Aim, _dist: &Signature) -> Option<&'static str> {
        None
    }

    /// Whether the latent is drawn along the Monte Carlo dimension.
    fn samples(&self) -> bool {
        true
    }

    /// Whether its guide is of the latent's own family, not a Normal in unconstrained space.
    fn keeps_family(&self) -> bool {
        false
    }

    /// The value that the model sees, with dimensions `site.dims` and, for sampled sites, those of its draws.
    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn;

    /// A surrogate whose value is 0 and whose gradient is what the costs' own gradient lacks, if that is anything.
    fn expect(&self, _rest: &mut dyn Rest, _site: &Site, _drawn: Drawn) -> Option<NodeId> {
        None
    }
}

/// Every estimator, in the order that lists show them.
pub static ALL: &[&dyn Estimator] = &[
    &pathwise::Pathwise,
    &implicit::Implicit,
    &gumbel_softmax::GumbelSoftmax,
    &straight_through::StraightThrough,
    &hard_concrete::HardConcrete,
    &gumbel_sinkhorn::GumbelSinkhorn,
    &reinforce::Reinforce,
    &vimco::Vimco,
    &disarm::Disarm,
    &mvd::Mvd,
    &unordered::Unordered,
    &rebar::REBAR,
    &relax::RELAX,
    &enumerate::ENUMERATE,
    &marginalize::MARGINALIZE,
];

pub fn find(name: &str) -> Option<&'static dyn Estimator> {
    ALL.iter().copied().find(|e| e.card().name == name)
}

/// A node of value 0 whose gradient in `x` is `slope`.
pub fn along(g: &mut Graph, x: NodeId, slope: NodeId) -> NodeId {
    let fixed = g.stop(x);
    let change = g.sub(x, fixed);
    let slope = g.stop(slope);
    g.mul(change, slope)
}
