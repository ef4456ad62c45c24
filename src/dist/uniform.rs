//! Uniform(low, high): every value between the bounds alike.

use super::numeric::{is_between, log_complement, log_mass, or_impossible, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct Uniform;

static SIGNATURE: Signature = Signature {
    name: "Uniform",
    forms: &[Form {
        params: &[
            Param { name: "low", needs: Needs::Real, doc: "lower bound" },
            Param { name: "high", needs: Needs::Real, doc: "upper bound, above `low`" },
        ],
    }],
    support: Support::Between("low", "high"),
    event: Event::Scalar,
    doc: "Every value between two bounds alike.",
    density: "1 / (high - low)",
    example: "x ~ Uniform(0, 1)",
};

/// The place of x between the bounds, from 0 to 1.
fn fraction(g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
    let [low, high] = c.args();
    let (part, width) = (g.sub(x, low), g.sub(high, low));
    let (zero, one) = (g.number(0.0), g.number(1.0));
    let part = g.div(part, width);
    let part = g.max(part, zero);
    g.min(part, one)
}

impl Distribution for Uniform {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [low, high] = c.args();
        let inside = is_between(g, low, x, high);
        let width = g.sub(high, low);
        let width = g.ln(width);
        let log = g.neg(width);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let noise = g.add_noise(name, dims, Noise::Uniform);
        Draw::Pathwise(between(g, noise, c))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let [low, high] = c.args();
        let sum = g.add(low, high);
        Some(g.scale(0.5, sum))
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let part = fraction(g, x, c);
        Some(log_mass(g, part))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let part = fraction(g, x, c);
        let one = g.number(1.0);
        let inside = g.lt(part, one);
        let part = within(g, inside, part, 0.0);
        let above = log_complement(g, part);
        Some(or_impossible(g, inside, above))
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        let part = g.exp(at.below);
        Some(between(g, part, c))
    }
}

fn between(g: &mut Graph, part: NodeId, c: &Call) -> NodeId {
    let [low, high] = c.args();
    let width = g.sub(high, low);
    let step = g.mul(width, part);
    g.add(low, step)
}
