//! Exponential(rate): waiting without memory.

use super::numeric::{is_nonneg, is_positive, log1mexp, or_impossible, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Exponential;

static SIGNATURE: Signature = Signature {
    name: "Exponential",
    forms: &[Form { params: &[Param { name: "rate", needs: Needs::Positive, doc: "1 / mean" }] }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "Waiting times without memory.",
    density: "rate exp(-rate x)",
    example: "x ~ Exponential(1)",
};

impl Distribution for Exponential {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [rate] = c.args();
        let inside = is_nonneg(g, x);
        let peak = g.ln(rate);
        let fall = g.mul(rate, x);
        let log = g.sub(peak, fall);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let tails = Tails::uniform(g, dims, name);
        Draw::Pathwise(inverse(g, tails, c))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let [rate] = c.args();
        Some(g.recip(rate))
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let [rate] = c.args();
        let inside = is_positive(g, x);
        let x = within(g, inside, x, 1.0);
        let fall = g.mul(rate, x);
        let above = g.neg(fall);
        let below = log1mexp(g, above);
        Some(or_impossible(g, inside, below))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let [rate] = c.args();
        let zero = g.number(0.0);
        let x = g.max(x, zero);
        let fall = g.mul(rate, x);
        Some(g.neg(fall))
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        Some(inverse(g, at, c))
    }

    /// log(r/s) + s/r − 1 for rates r of q and s of p.
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        let ([r], [s]) = (q.args(), p.args());
        let ratio = g.div(s, r);
        let log = g.ln(ratio);
        let gap = g.sub(ratio, log);
        Some(g.shift(-1.0, gap))
    }
}

/// −log(1 − F) / rate
fn inverse(g: &mut Graph, at: Tails, c: &Call) -> NodeId {
    let [rate] = c.args();
    let ratio = g.div(at.above, rate);
    g.neg(ratio)
}
