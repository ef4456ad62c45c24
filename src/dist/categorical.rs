//! Categorical(logits) or Categorical(probs = p): a position along the class dimension.

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

/// Log masses along the class dimension: normalised.
fn log_masses(g: &mut Graph, c: &Call) -> NodeId {
    let classes = c.event[0];
    let [p] = c.args();
    let p = g.expand(p, &[classes]);
    match c.form {
        0 => g.log_softmax(p, classes),
        _ => g.ln(p),
    }
}

impl Distribution for Categorical {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let log = log_masses(g, c);
        g.pick(log, c.event[0], x)
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

    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        let log = log_masses(g, c);
        Some(g.run(log, c.event[0], values, 0))
    }

    /// Σ_k q_k (log q_k − log p_k)
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        if p.dist.signature().name != SIGNATURE.name {
            return None;
        }
        let (log_q, log_p) = (log_masses(g, q), log_masses(g, p));
        let log_p = g.run(log_p, p.event[0], q.event[0], 0);
        let mass = g.exp(log_q);
        let ratio = g.sub(log_q, log_p);
        Some(g.contract(mass, ratio, &[q.event[0]]))
    }
}
