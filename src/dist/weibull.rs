//! Weibull(shape, scale): lifetimes whose hazard grows (shape > 1) or falls with age.

use super::numeric::{is_positive, log1mexp, or_impossible, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Weibull;

static SIGNATURE: Signature = Signature {
    name: "Weibull",
    forms: &[Form {
        params: &[
            Param { name: "shape", needs: Needs::Positive, doc: "how the hazard grows with age" },
            Param { name: "scale", needs: Needs::Positive, doc: "the age that 37% reach" },
        ],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "Lifetimes whose hazard grows or falls with age.",
    density: "(shape / x) (x / scale)^shape exp(-(x / scale)^shape)",
    example: "x ~ Weibull(2, 1)",
};

/// log of (x / scale)^shape
fn log_hazard(g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
    let [shape, scale] = c.args();
    let (log_x, log_scale) = (g.ln(x), g.ln(scale));
    let log_ratio = g.sub(log_x, log_scale);
    g.mul(shape, log_ratio)
}

impl Distribution for Weibull {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let inside = is_positive(g, x);
        let x = within(g, inside, x, 1.0);
        let log_hazard = log_hazard(g, x, c);
        let (log_shape, log_x, hazard) = (g.ln(c.args[0]), g.ln(x), g.exp(log_hazard));
        let rise = g.add(log_shape, log_hazard);
        let fall = g.add(log_x, hazard);
        let log = g.sub(rise, fall);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let tails = Tails::uniform(g, dims, name);
        Draw::Pathwise(inverse(g, tails, c))
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let inside = is_positive(g, x);
        let x = within(g, inside, x, 1.0);
        let log_hazard = log_hazard(g, x, c);
        let hazard = g.exp(log_hazard);
        let above = g.neg(hazard);
        let below = log1mexp(g, above);
        Some(or_impossible(g, inside, below))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let inside = is_positive(g, x);
        let x = within(g, inside, x, 1.0);
        let log_hazard = log_hazard(g, x, c);
        let hazard = g.exp(log_hazard);
        let above = g.neg(hazard);
        let all = g.number(0.0);
        Some(g.select(inside, above, all))
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        Some(inverse(g, at, c))
    }
}

/// scale (−log(1 − F))^(1/shape)
fn inverse(g: &mut Graph, at: Tails, c: &Call) -> NodeId {
    let [shape, scale] = c.args();
    let hazard = g.neg(at.above);
    let log = g.ln(hazard);
    let log = g.div(log, shape);
    let ratio = g.exp(log);
    g.mul(scale, ratio)
}
