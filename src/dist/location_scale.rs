//! What location-scale families share: x = loc + scale·z with z from the standard member.

use super::{Call, Distribution, Draw, Signature, Tails};
use crate::ir::{Dim, Graph, NodeId};

/// A family around a standard member that is symmetric about 0, with parameters `loc` and `scale`.
pub(super) struct Symmetric {
    pub(super) signature: &'static Signature,
    /// Of the standard member, at z.
    pub(super) log_density: fn(&mut Graph, NodeId) -> NodeId,
    /// log F of the standard member, at z.
    pub(super) log_below: fn(&mut Graph, NodeId) -> NodeId,
    /// The quantile function of the standard member.
    pub(super) quantile: fn(&mut Graph, Tails) -> NodeId,
    /// Whether its tails are light enough for a mean, which is then `loc`.
    pub(super) has_mean: bool,
    pub(super) kl: Option<fn(&mut Graph, &Call, &Call) -> NodeId>,
}

impl Distribution for Symmetric {
    fn signature(&self) -> &'static Signature {
        self.signature
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [loc, scale] = c.args();
        let z = standardize(g, x, loc, scale);
        let log = (self.log_density)(g, z);
        let width = g.ln(scale);
        g.sub(log, width)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let tails = Tails::uniform(g, dims, name);
        Draw::Pathwise(self.at(g, tails, c))
    }

    fn mean(&self, _: &mut Graph, c: &Call) -> Option<NodeId> {
        self.has_mean.then_some(c.args[0])
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let [loc, scale] = c.args();
        let z = standardize(g, x, loc, scale);
        Some((self.log_below)(g, z))
    }

    /// What lies above z lies below −z.
    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let [loc, scale] = c.args();
        let z = standardize(g, loc, x, scale);
        Some((self.log_below)(g, z))
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        Some(self.at(g, at, c))
    }

    fn standard(&self, g: &mut Graph, c: &Call) -> Option<(NodeId, NodeId, Call)> {
        Some(standard(g, c))
    }

    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        self.kl.map(|kl| kl(g, q, p))
    }
}

impl Symmetric {
    fn at(&self, g: &mut Graph, at: Tails, c: &Call) -> NodeId {
        let [loc, scale] = c.args();
        let z = (self.quantile)(g, at);
        place(g, z, loc, scale)
    }
}

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
pub(super) fn standard(g: &mut Graph, c: &Call) -> (NodeId, NodeId, Call) {
    let place = |name| c.dist.signature().position(c.form, name);
    let (Some(loc), Some(scale)) = (place("loc"), place("scale")) else {
        unreachable!("{}: has a location and a scale", c.dist.signature().name)
    };
    let mut standard = c.clone();
    standard.args[loc] = g.number(0.0);
    standard.args[scale] = g.number(1.0);
    (c.args[loc], c.args[scale], standard)
}
