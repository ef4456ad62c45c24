//! Tails of distributions that are put together from two sides, each known by what lies beyond a point of it.

use super::Tails;
use super::numeric::log1mexp;
use crate::ir::{Graph, NodeId};

/// A point by its side, and by the log of the mass below it on the left, above it on the right.
pub(super) struct Sided {
    pub(super) is_left: NodeId,
    pub(super) left: NodeId,
    pub(super) right: NodeId,
}

impl Sided {
    pub(super) fn log_cdf(self, g: &mut Graph) -> NodeId {
        let beyond = log1mexp(g, self.right);
        g.select(self.is_left, self.left, beyond)
    }

    pub(super) fn log_survival(self, g: &mut Graph) -> NodeId {
        let beyond = log1mexp(g, self.left);
        g.select(self.is_left, beyond, self.right)
    }
}

/// A quantile by its side, and the log of the share of that side's mass that lies beyond it; 0 on the other side.
pub(super) struct Shares {
    pub(super) is_left: NodeId,
    pub(super) left: NodeId,
    pub(super) right: NodeId,
}

/// Of masses whose logs are `left` and `right`.
pub(super) fn shares(g: &mut Graph, at: Tails, left: NodeId, right: NodeId) -> Shares {
    let is_left = g.lt(at.below, left);
    let zero = g.number(0.0);
    let (left, right) = (g.sub(at.below, left), g.sub(at.above, right));
    Shares { is_left, left: g.min(left, zero), right: g.min(right, zero) }
}
