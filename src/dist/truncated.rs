//! Truncated(d, lower, upper): d given that it falls between bounds, of which one may be missing. The mass between them
//! is a difference of logs in whichever tail they are, so that truncating far out loses no digits.

use super::numeric::{log_add_exp, log_complement, log_diff_exp, or_impossible};
use super::{
    Call, Distribution, Domain, Draw, Event, Form, Needs, Param, Signature, Support, Tails,
    can_truncate,
};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct Truncated;

const BASE: Param = Param {
    name: "base",
    needs: Needs::Distribution,
    doc: "what is cut; its CDF has to be closed",
};
const LOWER: Param = Param { name: "lower", needs: Needs::Real, doc: "lower bound" };
const UPPER: Param = Param { name: "upper", needs: Needs::Real, doc: "upper bound, above `lower`" };

static SIGNATURE: Signature = Signature {
    name: "Truncated",
    forms: &[
        Form { params: &[BASE, LOWER, UPPER] },
        Form { params: &[BASE, LOWER] },
        Form { params: &[BASE, UPPER] },
    ],
    support: Support::Between("lower", "upper"),
    event: Event::Scalar,
    doc: "A distribution given that it falls between bounds.",
    density: "base(x) / P(lower <= base <= upper)",
    example: "x ~ Truncated(Normal(0, 1), lower = 0)",
};

pub(super) fn bounds(c: &Call) -> [Option<NodeId>; 2] {
    ["lower", "upper"].map(|name| c.arg(name))
}

/// log F and log(1 − F) of the base at a bound.
pub(super) fn tails_at(g: &mut Graph, bound: NodeId, c: &Call) -> Tails {
    let inner = c.inner();
    let below = inner.dist.log_cdf(g, bound, inner);
    let above = inner.dist.log_survival(g, bound, inner);
    let (Some(below), Some(above)) = (below, above) else {
        unreachable!("only what `can_truncate` lets pass is truncated")
    };
    Tails { below, above }
}

/// The log of the base's mass between the bounds.
fn log_mass(g: &mut Graph, lower: Option<Tails>, upper: Option<Tails>) -> NodeId {
    match (lower, upper) {
        (None, None) => g.number(0.0),
        (Some(a), None) => a.above,
        (None, Some(b)) => b.below,
        (Some(a), Some(b)) => {
            let is_right = g.lt(a.above, b.below);
            let more = g.select(is_right, a.above, b.below);
            let less = g.select(is_right, b.above, a.below);
            log_diff_exp(g, more, less)
        }
    }
}

impl Distribution for Truncated {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [lower, upper] = bounds(c);
        let above = lower.map(|a| g.le(a, x));
        let below = upper.map(|b| g.le(x, b));
        let (lower, upper) = (lower.map(|a| tails_at(g, a, c)), upper.map(|b| tails_at(g, b, c)));
        let mass = log_mass(g, lower, upper);
        let log = c.inner().log_prob(g, x);
        let log = g.sub(log, mass);
        let log = above.into_iter().fold(log, |log, inside| or_impossible(g, inside, log));
        below.into_iter().fold(log, |log, inside| or_impossible(g, inside, log))
    }

    /// The base's quantile at F(lower) + u·mass, which is 1 − F(upper) + (1 − u)·mass from above.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [lower, upper] = bounds(c);
        let (lower, upper) = (lower.map(|a| tails_at(g, a, c)), upper.map(|b| tails_at(g, b, c)));
        let mass = log_mass(g, lower, upper);
        let noise = g.add_noise(name, dims, Noise::Uniform);
        let (log_u, log_rest) = (g.ln(noise), log_complement(g, noise));
        let (below, above) = (g.add(log_u, mass), g.add(log_rest, mass));
        let below = lower.map_or(below, |a| log_add_exp(g, a.below, below));
        let above = upper.map_or(above, |b| log_add_exp(g, b.above, above));
        let Some(x) = c.inner().dist.quantile(g, Tails { below, above }, c.inner()) else {
            unreachable!("only what `can_truncate` lets pass is truncated")
        };
        Draw::Pathwise(x)
    }

    fn refuses(&self, inner: &'static dyn Distribution, _: &Signature) -> Option<&'static str> {
        (!can_truncate(inner)).then_some("tails in closed form")
    }

    fn domain(&self, g: &mut Graph, c: &Call) -> Domain {
        between(g, c)
    }
}

/// The bounds, and those of the base.
pub(super) fn between(g: &mut Graph, c: &Call) -> Domain {
    let [lower, upper] = bounds(c);
    let Domain::Interval { lower: low, upper: high } = c.inner().domain(g) else {
        return Domain::Interval { lower, upper };
    };
    let tightest = |g: &mut Graph, a: Option<NodeId>, b: Option<NodeId>, is_lower: bool| {
        let (Some(a), Some(b)) = (a, b) else { return a.or(b) };
        Some(if is_lower { g.max(a, b) } else { g.min(a, b) })
    };
    let lower = tightest(g, lower, low, true);
    Domain::Interval { lower, upper: tightest(g, upper, high, false) }
}
