//! RelaxedCategorical(temperature, logits) or RelaxedCategorical(temperature, probs = p): the Concrete distribution, a
//! Categorical's corners of the simplex blurred inwards (Maddison, Mnih & Teh 2017; Jang, Gu & Poole 2017).

use super::dirichlet::is_simplex;
use super::numeric::{all, is_positive, log_mass, or_impossible, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct RelaxedCategorical;

const TEMPERATURE: Param = Param {
    name: "temperature",
    needs: Needs::Positive,
    doc: "towards 0 draws are corners of the simplex",
};

static SIGNATURE: Signature = Signature {
    name: "RelaxedCategorical",
    forms: &[
        Form {
            params: &[
                TEMPERATURE,
                Param {
                    name: "logits",
                    needs: Needs::RealVector,
                    doc: "log masses up to a constant",
                },
            ],
        },
        Form {
            params: &[TEMPERATURE, Param { name: "probs", needs: Needs::Simplex, doc: "masses" }],
        },
    ],
    support: Support::Simplex,
    event: Event::Vector,
    doc: "A Categorical's one-hot vectors, blurred into the simplex: the Concrete distribution.",
    density: "(K - 1)! t^(K - 1) prod_k probs[k] x[k]^(-t - 1) / (sum_k probs[k] x[k]^-t)^K with t = temperature",
    example: "dim k = 3\nx ~ RelaxedCategorical(0.7, zeros(k))",
};

const LOGITS: usize = 0;

/// Log masses along the classes, up to a constant.
fn log_weights(g: &mut Graph, c: &Call) -> NodeId {
    let [_, p] = c.args();
    let p = g.expand(p, &c.event[..1]);
    if c.form == LOGITS { p } else { log_mass(g, p) }
}

impl Distribution for RelaxedCategorical {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    /// log (K − 1)! + (K − 1) log t + Σ_k (w_k − log x_k) − K log Σ_k exp(w_k), w_k = log probs_k − t log x_k
    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let (over, temperature) = (c.event[0], c.args[0]);
        let count = g.size(over);
        let (simplex, positive) = (is_simplex(g, x, over), is_positive(g, x));
        let positive = all(g, positive, over);
        let inside = g.mul(simplex, positive);
        let x = within(g, inside, x, 0.5);
        let (log_x, log_p) = (g.ln(x), log_weights(g, c));
        let lift = g.mul(temperature, log_x);
        let weight = g.sub(log_p, lift);
        let each = g.sub(weight, log_x);
        let sum = g.sum(each, &[over]);
        let total = g.log_sum_exp(weight, &[over]);
        let total = g.scale(-(count as f64), total);
        let log_temperature = g.ln(temperature);
        let width = g.scale(count as f64 - 1.0, log_temperature);
        let log = g.add_all([sum, total, width]);
        let log_factorial: f64 = (1..count).map(|k| (k as f64).ln()).sum();
        let log = g.shift(log_factorial, log);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let noise = g.add_noise(name, dims, Noise::Gumbel);
        let log_p = log_weights(g, c);
        let noisy = g.add(log_p, noise);
        let cooled = g.div(noisy, c.args[0]);
        Draw::Pathwise(g.softmax(cooled, c.event[0]))
    }
}
