//! What location-scale families share: x = loc + scale·z with z from the standard member.

use super::{Call, Distribution};
use crate::ir::{Graph, NodeId};

/// (x − loc) / scale
pub(super) fn standardize(g: &mut Graph, x: NodeId, loc: NodeId, scale: NodeId) -> NodeId {
    let distance = g.sub(x, loc);
    g.div(distance, scale)
}

/// loc + scale·z
pub(super) fn place(g: &mut Graph, z: NodeId, loc: NodeId, scale: NodeId) -> NodeId {
    let spread = g.mul(scale, z);
    g.add(loc, spread)
}

/// What `Distribution::standard` gives for a family with parameters `loc` and `scale`.
pub(super) fn standard(
    g: &mut Graph,
    dist: &'static dyn Distribution,
    c: &Call,
) -> (NodeId, NodeId, Call) {
    let [loc, scale] = c.args();
    let (zero, one) = (g.number(0.0), g.number(1.0));
    (loc, scale, Call::new(dist, 0, vec![zero, one]))
}
