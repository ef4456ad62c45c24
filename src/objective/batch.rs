//! The scale of batches: a term of some rows stands for all of them.
//!
//! Terms are scaled once, element by element, before anything is made of them: estimators of sampled latents are made from
//! scaled costs, so that what they add needs no scale of its own. Sums inside a logarithm come before.

use crate::ir::{Dim, Graph, NodeId};
use crate::lower::Assembly;

/// Scales every term by the share of the rows that are present, for each batched dimension that it has.
pub(super) fn scale(a: &mut Assembly) {
    for term in &mut a.terms {
        term.node = scaled(&mut a.graph, term.node);
    }
}

pub(super) fn scaled(g: &mut Graph, node: NodeId) -> NodeId {
    let share = |d: Dim| g.whole(d) as f64 / g.size(d) as f64;
    let scale: f64 = g.shape(node).iter().map(share).product();
    if scale == 1.0 { node } else { g.scale(scale, node) }
}
