//! Distributions that are another one at parameters made from their own: every facet is that one's.

use super::{Call, Distribution, Domain, Draw, Signature, Tails};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Renamed {
    pub(super) signature: &'static Signature,
    /// The distribution that it is.
    pub(super) of: fn(&mut Graph, &Call) -> Call,
}

impl Distribution for Renamed {
    fn signature(&self) -> &'static Signature {
        self.signature
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        (self.of)(g, c).log_prob(g, x)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        (self.of)(g, c).draw(g, dims, name)
    }

    fn domain(&self, g: &mut Graph, c: &Call) -> Domain {
        (self.of)(g, c).domain(g)
    }

    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        let of = (self.of)(g, c);
        of.dist.masses(g, &of, values)
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let of = (self.of)(g, c);
        of.dist.log_cdf(g, x, &of)
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let of = (self.of)(g, c);
        of.dist.log_survival(g, x, &of)
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        let of = (self.of)(g, c);
        of.dist.quantile(g, at, &of)
    }

    fn renames(&self, g: &mut Graph, c: &Call) -> Option<Call> {
        Some((self.of)(g, c))
    }
}
