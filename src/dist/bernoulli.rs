//! Bernoulli(probs) or Bernoulli(logits = l): yes or no. Its log mass is linear in x, so that relaxed values count.

use super::numeric::{
    is_unit, log_mass, log_sigmoid, or_impossible, times_log, times_log_complement, weigh,
};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub struct Bernoulli;

static SIGNATURE: Signature = Signature {
    name: "Bernoulli",
    forms: &[
        Form { params: &[Param { name: "probs", needs: Needs::Unit, doc: "probability of 1" }] },
        Form { params: &[Param { name: "logits", needs: Needs::Real, doc: "log odds of 1" }] },
    ],
    support: Support::Binary,
    event: Event::Scalar,
    doc: "Yes or no.",
    density: "probs^x (1 - probs)^(1 - x)",
    example: "x ~ Bernoulli(0.5)",
};

const LOGITS: usize = 1;

/// The log masses of 0 and 1.
pub(super) fn log_masses(g: &mut Graph, c: &Call) -> [NodeId; 2] {
    let [p] = c.args();
    if c.form == LOGITS {
        let minus = g.neg(p);
        [log_sigmoid(g, minus), log_sigmoid(g, p)]
    } else {
        let minus = g.neg(p);
        let other = g.shift(1.0, minus);
        [log_mass(g, other), log_mass(g, p)]
    }
}

impl Distribution for Bernoulli {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [p] = c.args();
        let log = if c.form == LOGITS {
            let (yes, norm) = (g.mul(x, p), g.softplus(p));
            g.sub(yes, norm)
        } else {
            let minus = g.neg(x);
            let no = g.shift(1.0, minus);
            let (yes, no) = (times_log(g, x, p), times_log_complement(g, no, p));
            g.add(yes, no)
        };
        let inside = is_unit(g, x);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [p] = c.args();
        let probs = if c.form == LOGITS { g.sigmoid(p) } else { p };
        let noise = g.add_noise(name, dims, Noise::Uniform);
        Draw::Detached(g.lt(noise, probs))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let [p] = c.args();
        Some(if c.form == LOGITS { g.sigmoid(p) } else { p })
    }

    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        let x = g.iota(values);
        Some(self.log_prob(g, x, c))
    }

    /// Σ_k q_k (log q_k − log p_k) over 0 and 1.
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        let (log_q, log_p) = (log_masses(g, q), log_masses(g, p));
        let terms = [0, 1].map(|k| {
            let mass = g.exp(log_q[k]);
            let ratio = g.sub(log_q[k], log_p[k]);
            weigh(g, mass, ratio)
        });
        Some(g.add_all(terms))
    }
}
