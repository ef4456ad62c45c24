//! Distributions that are a base seen through a monotone map: x = to(z), z from the base. The density gains the map's
//! slope, tails and quantiles go through it.

use super::numeric::or_impossible;
use super::signature::domain;
use super::{Call, Distribution, Domain, Draw, Signature, Tails};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Image {
    pub(super) signature: &'static Signature,
    pub(super) base: fn(&mut Graph, &Call) -> Call,
    pub(super) to: fn(&mut Graph, NodeId, &Call) -> NodeId,
    pub(super) from: fn(&mut Graph, NodeId, &Call) -> Point,
    pub(super) map: Map,
    /// Whether the ends of the support have a finite density of their own.
    pub(super) has_ends: bool,
}

/// What the map does to order, and whether it is the same for all members.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Map {
    /// Rises, and has no parameters: the divergence of two members is that of their bases.
    Fixed,
    Rising,
    Falling,
}

/// Where a value comes from.
pub(super) struct Point {
    pub(super) z: NodeId,
    /// log |dz/dx|
    pub(super) log_slope: NodeId,
}

/// A value as the map sees it.
struct Place {
    /// 1 where the value is one of the support.
    inside: NodeId,
    /// 1 where all draws lie above it.
    is_below: NodeId,
    /// The value, or one of the support where it is none.
    x: NodeId,
}

/// `to` of an image on the log scale.
pub(super) fn exp(g: &mut Graph, z: NodeId, _: &Call) -> NodeId {
    g.exp(z)
}

/// `from` of an image on the log scale.
pub(super) fn log(g: &mut Graph, x: NodeId, _: &Call) -> Point {
    let z = g.ln(x);
    Point { z, log_slope: g.neg(z) }
}

impl Image {
    fn locate(&self, g: &mut Graph, x: NodeId, c: &Call) -> Place {
        let Domain::Interval { lower, upper } = domain(g, self.signature, c) else {
            unreachable!("{}: images lie in an interval", self.signature.name)
        };
        let middle = match (lower, upper) {
            (Some(a), Some(b)) => {
                let sum = g.add(a, b);
                g.scale(0.5, sum)
            }
            (Some(a), None) => g.shift(1.0, a),
            (None, Some(b)) => g.shift(-1.0, b),
            (None, None) => x,
        };
        let fits = |g: &mut Graph, a, b| if self.has_ends { g.le(a, b) } else { g.lt(a, b) };
        let one = g.number(1.0);
        let above = lower.map_or(one, |a| fits(g, a, x));
        let below = upper.map_or(one, |b| fits(g, x, b));
        let inside = g.mul(above, below);
        Place { inside, is_below: g.not(above), x: g.select(inside, x, middle) }
    }

    /// One of the base's tails at x: all where the other side of the support lies, nothing where this one would.
    fn tail(&self, g: &mut Graph, x: NodeId, c: &Call, is_lower: bool) -> Option<NodeId> {
        let place = self.locate(g, x, c);
        let z = (self.from)(g, place.x, c).z;
        let base = (self.base)(g, c);
        let inside = match is_lower == (self.map != Map::Falling) {
            true => base.dist.log_cdf(g, z, &base)?,
            false => base.dist.log_survival(g, z, &base)?,
        };
        let (all, none) = (g.number(0.0), g.number(f64::NEG_INFINITY));
        let (at_left, at_right) = if is_lower { (none, all) } else { (all, none) };
        let outside = g.select(place.is_below, at_left, at_right);
        Some(g.select(place.inside, inside, outside))
    }
}

impl Distribution for Image {
    fn signature(&self) -> &'static Signature {
        self.signature
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let place = self.locate(g, x, c);
        let Point { z, log_slope } = (self.from)(g, place.x, c);
        let base = (self.base)(g, c);
        let log = base.log_prob(g, z);
        let log = g.add(log, log_slope);
        or_impossible(g, place.inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let base = (self.base)(g, c);
        match base.draw(g, dims, name) {
            Draw::Pathwise(z) => Draw::Pathwise((self.to)(g, z, c)),
            Draw::Detached(z) => {
                let x = (self.to)(g, z, c);
                Draw::Detached(g.stop(x))
            }
        }
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        self.tail(g, x, c, true)
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        self.tail(g, x, c, false)
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        let at = match self.map {
            Map::Falling => Tails { below: at.above, above: at.below },
            Map::Fixed | Map::Rising => at,
        };
        let base = (self.base)(g, c);
        let z = base.dist.quantile(g, at, &base)?;
        Some((self.to)(g, z, c))
    }

    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        if self.map != Map::Fixed {
            return None;
        }
        let (q, p) = ((self.base)(g, q), (self.base)(g, p));
        q.kl(g, &p)
    }
}
