//! Beta(concentration1, concentration0): an unknown probability after so many successes and failures.

use super::numeric::{is_unit, log_beta, or_impossible, times_log, times_log_complement, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise, Op, Sampler};

pub(super) struct Beta;

static SIGNATURE: Signature = Signature {
    name: "Beta",
    forms: &[Form {
        params: &[
            Param { name: "concentration1", needs: Needs::Positive, doc: "weight of 1" },
            Param { name: "concentration0", needs: Needs::Positive, doc: "weight of 0" },
        ],
    }],
    support: Support::Unit,
    event: Event::Scalar,
    doc: "An unknown probability.",
    density: "x^(concentration1 - 1) (1 - x)^(concentration0 - 1) / B(concentration1, concentration0)",
    example: "x ~ Beta(1, 1)",
};

impl Distribution for Beta {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [a, b] = c.args();
        let inside = is_unit(g, x);
        let x = within(g, inside, x, 0.5);
        let (rise, fall) = (g.shift(-1.0, a), g.shift(-1.0, b));
        let rise = times_log(g, rise, x);
        let fall = times_log_complement(g, fall, x);
        let log = g.add(rise, fall);
        let norm = log_beta(g, a, b);
        let log = g.sub(log, norm);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let odds = log_odds_draw(g, c.args(), dims, name);
        Draw::Pathwise(g.sigmoid(odds))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let [a, b] = c.args();
        let sum = g.add(a, b);
        Some(g.div(a, sum))
    }

    /// log B(p) − log B(q) + Σ (q_i − p_i) ψ(q_i) − Σ (q_i − p_i) ψ(Σ q_i)
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        let ([a, b], [c, d]) = (q.args(), p.args());
        let (more_a, more_b) = (g.sub(a, c), g.sub(b, d));
        let more = g.add(more_a, more_b);
        let sum = g.add(a, b);
        let (psi_a, psi_b, psi) = (g.digamma(a), g.digamma(b), g.digamma(sum));
        let (norm_q, norm_p) = (log_beta(g, a, b), log_beta(g, c, d));
        let norm = g.sub(norm_p, norm_q);
        let (by_a, by_b) = (g.mul(more_a, psi_a), g.mul(more_b, psi_b));
        let by_sum = g.mul(more, psi);
        let total = g.add_all([norm, by_a, by_b]);
        Some(g.sub(total, by_sum))
    }
}

/// The log odds of a draw.
pub(super) fn log_odds_draw(
    g: &mut Graph,
    weights: [NodeId; 2],
    dims: &[Dim],
    name: &str,
) -> NodeId {
    let noise = g.add_noise(name, dims, Noise::Uniform);
    let [a, b] = weights.map(|weight| g.expand(weight, dims));
    g.push(Op::Draw(Sampler::Beta), [noise, a, b])
}
