//! Categorical(logits) or Categorical(probs = p): a position along the class dimension.

use super::numeric::{log_mass, weigh};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub struct Categorical;

static SIGNATURE: Signature = Signature {
    name: "Categorical",
    forms: &[
        Form {
            params: &[Param {
                name: "logits",
                needs: Needs::RealVector,
                doc: "log masses up to a constant",
            }],
        },
        Form { params: &[Param { name: "probs", needs: Needs::Simplex, doc: "masses" }] },
    ],
    support: Support::Index,
    event: Event::Classes,
    doc: "One of the classes of a dimension.",
    density: "softmax(logits)[x]",
    example: "dim k = 3\nx ~ Categorical(zeros(k))",
};

const LOGITS: usize = 0;

/// Log masses along the class dimension: normalised.
pub(super) fn log_masses(g: &mut Graph, c: &Call) -> NodeId {
    let classes = c.event[0];
    let [p] = c.args();
    let p = g.expand(p, &[classes]);
    if c.form == LOGITS { g.log_softmax(p, classes) } else { log_mass(g, p) }
}

impl Distribution for Categorical {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    /// Picks before it takes logs: nothing is computed for the classes that x is not.
    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let classes = c.event[0];
        let [p] = c.args();
        let p = g.expand(p, &[classes]);
        let picked = g.pick(p, classes, x);
        if c.form == LOGITS {
            let total = g.log_sum_exp(p, &[classes]);
            g.sub(picked, total)
        } else {
            g.ln(picked)
        }
    }

    /// The Gumbel-max trick: argmax of log masses and Gumbel noise (Gumbel 1954).
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let classes = c.event[0];
        let log = log_masses(g, c);
        let all: Vec<Dim> = dims.iter().copied().chain([classes]).collect();
        let noise = g.add_noise(name, &all, Noise::Gumbel);
        let log = g.stop(log);
        let noisy = g.add(log, noise);
        Draw::Detached(g.arg_max(noisy, classes))
    }

    /// Of the position, as if it were a number.
    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let log = log_masses(g, c);
        let (mass, place) = (g.exp(log), g.iota(c.event[0]));
        Some(g.contract(mass, place, &c.event))
    }

    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        let log = log_masses(g, c);
        Some(g.run(log, c.event[0], values, 0))
    }

    fn soft_log_prob(&self, g: &mut Graph, soft: NodeId, over: Dim, c: &Call) -> Option<NodeId> {
        let log = log_masses(g, c);
        let log = g.run(log, c.event[0], over, 0);
        Some(expect(g, soft, log, over, c))
    }

    /// Σ_k q_k (log q_k − log p_k)
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        let classes = q.event[0];
        let (log_q, log_p) = (log_masses(g, q), log_masses(g, p));
        let log_p = g.run(log_p, p.event[0], classes, 0);
        let mass = g.exp(log_q);
        let ratio = g.sub(log_q, log_p);
        let can_be_infinite = if q.form == LOGITS { p } else { q };
        Some(expect(g, mass, ratio, classes, can_be_infinite))
    }
}

/// Σ_k w_k log_k; logs of probabilities that may be 0 count nothing where the weight is 0.
fn expect(g: &mut Graph, weight: NodeId, log: NodeId, over: Dim, of: &Call) -> NodeId {
    if of.form == LOGITS {
        return g.contract(weight, log, &[over]);
    }
    let terms = weigh(g, weight, log);
    g.sum(terms, &[over])
}
