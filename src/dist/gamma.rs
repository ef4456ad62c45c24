//! Gamma(concentration, rate): sums of waiting times.

use super::numeric::{is_positive, log_gamma_draw, or_impossible, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Gamma;

static SIGNATURE: Signature = Signature {
    name: "Gamma",
    forms: &[Form {
        params: &[
            Param { name: "concentration", needs: Needs::Positive, doc: "shape" },
            Param { name: "rate", needs: Needs::Positive, doc: "shape / mean" },
        ],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "Sums of waiting times; rates and precisions.",
    density: "rate^concentration x^(concentration - 1) exp(-rate x) / Gamma(concentration)",
    example: "x ~ Gamma(2, 1)",
};

impl Distribution for Gamma {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [a, rate] = c.args();
        let inside = is_positive(g, x);
        let x = within(g, inside, x, 1.0);
        let (log_x, fall) = (g.ln(x), g.mul(rate, x));
        let log = log_prob_of_log(g, [a, rate], log_x, fall);
        let log = g.sub(log, log_x);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let log = draw_log(g, c, dims, name);
        Draw::Pathwise(g.exp(log))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let [a, rate] = c.args();
        Some(g.div(a, rate))
    }

    /// (a − b) ψ(a) − log Γ(a) + log Γ(b) + b log(r/s) + a (s − r)/r for q = Gamma(a, r), p = Gamma(b, s).
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        let ([a, r], [b, s]) = (q.args(), p.args());
        let more = g.sub(a, b);
        let mean_log = g.digamma(a);
        let (log_gamma_a, log_gamma_b) = (g.lgamma(a), g.lgamma(b));
        let norm = g.sub(log_gamma_b, log_gamma_a);
        let ratio = g.div(s, r);
        let log_ratio = g.ln(ratio);
        let by_shape = g.mul(more, mean_log);
        let by_rate = g.mul(b, log_ratio);
        let excess = g.shift(-1.0, ratio);
        let by_mean = g.mul(a, excess);
        let sum = g.add_all([by_shape, norm, by_mean]);
        Some(g.sub(sum, by_rate))
    }
}

/// The density of log y for a Gamma y, with `fall` = rate·y: a log(rate y) − rate y − log Γ(a).
pub(super) fn log_prob_of_log(
    g: &mut Graph,
    [a, rate]: [NodeId; 2],
    log_y: NodeId,
    fall: NodeId,
) -> NodeId {
    let (log_rate, log_gamma) = (g.ln(rate), g.lgamma(a));
    let log_fall = g.add(log_rate, log_y);
    let rise = g.mul(a, log_fall);
    let log = g.sub(rise, fall);
    g.sub(log, log_gamma)
}

/// A draw of log y.
pub(super) fn draw_log(g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> NodeId {
    let [a, rate] = c.args();
    let log = log_gamma_draw(g, a, dims, name);
    let log_rate = g.ln(rate);
    g.sub(log, log_rate)
}
