//! The half on the positive side of a distribution around 0, its density doubled.

use super::numeric::{is_nonneg, is_positive, log1mexp, or_impossible, within};
use super::{Call, Draw, Tails};
use crate::ir::{Dim, Graph, NodeId};
use std::f64::consts::LN_2;

pub(super) fn log_prob(g: &mut Graph, x: NodeId, whole: &Call) -> NodeId {
    let inside = is_nonneg(g, x);
    let log = whole.log_prob(g, x);
    let log = g.shift(LN_2, log);
    or_impossible(g, inside, log)
}

pub(super) fn draw(g: &mut Graph, whole: &Call, dims: &[Dim], name: &str) -> Draw {
    match whole.draw(g, dims, name) {
        Draw::Pathwise(z) => Draw::Pathwise(g.abs(z)),
        Draw::Detached(z) => Draw::Detached(g.abs(z)),
    }
}

pub(super) fn log_cdf(g: &mut Graph, x: NodeId, whole: &Call) -> Option<NodeId> {
    let inside = is_positive(g, x);
    let x = within(g, inside, x, 1.0);
    let above = log_survival(g, x, whole)?;
    let below = log1mexp(g, above);
    Some(or_impossible(g, inside, below))
}

pub(super) fn log_survival(g: &mut Graph, x: NodeId, whole: &Call) -> Option<NodeId> {
    let zero = g.number(0.0);
    let x = g.max(x, zero);
    let above = whole.dist.log_survival(g, x, whole)?;
    Some(g.shift(LN_2, above))
}

/// Of what lies above, half lies above in the whole.
pub(super) fn quantile(g: &mut Graph, at: Tails, whole: &Call) -> Option<NodeId> {
    let above = g.shift(-LN_2, at.above);
    let below = log1mexp(g, above);
    whole.dist.quantile(g, Tails { below, above }, whole)
}
