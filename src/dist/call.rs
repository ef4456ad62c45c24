//! A distribution at arguments: what densities and draws are asked of.

use super::{Distribution, Domain, Draw, signature};
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

    /// KL(self‖p) where both are of one distribution, by whatever names, that has it in closed form.
    pub fn kl(&self, g: &mut Graph, p: &Call) -> Option<NodeId> {
        let (q, p) = (self.plain(g), p.plain(g));
        let same = q.dist.signature().name == p.dist.signature().name;
        if same { q.dist.kl(g, &q, &p) } else { None }
    }

    /// Under the name that its density is written for.
    pub fn plain(&self, g: &mut Graph) -> Call {
        self.dist.renames(g, self).map_or_else(|| self.clone(), |of| of.plain(g))
    }

    /// Whether it can be drawn from, with what it wraps.
    pub fn is_proper(&self) -> bool {
        self.dist.is_proper() && self.inner.as_ref().is_none_or(|inner| inner.is_proper())
    }

    /// The arguments as an array of the length that the form has.
    pub fn args<const N: usize>(&self) -> [NodeId; N] {
        let Ok(args) = self.args.as_slice().try_into() else {
            unreachable!("{}: arity is checked", self.dist.signature().name);
        };
        args
    }

    /// The argument for the parameter of this name, if the form has it.
    pub fn arg(&self, name: &str) -> Option<NodeId> {
        let params = self.dist.signature().forms[self.form].params.iter();
        let mut nodes = params.filter(|p| signature::is_node(p.needs));
        nodes.position(|p| p.name == name).map(|place| self.args[place])
    }

    pub fn inner(&self) -> &Call {
        let Some(inner) = &self.inner else {
            unreachable!("{}: a wrapper wraps something", self.dist.signature().name);
        };
        inner
    }
}
