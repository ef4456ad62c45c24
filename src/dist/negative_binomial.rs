//! NegativeBinomial(mean, concentration) or NegativeBinomial(log_mean = l, concentration = c): a Poisson whose rate is
//! itself drawn, from a Gamma. The variance is mean + mean²/concentration.

use super::numeric::{is_count, log_factorial, log_gamma_draw, log_rising, or_impossible, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise, Op, Sampler};

pub(super) struct NegativeBinomial;

const CONCENTRATION: Param =
    Param { name: "concentration", needs: Needs::Positive, doc: "the larger, the more a Poisson" };

static SIGNATURE: Signature = Signature {
    name: "NegativeBinomial",
    forms: &[
        Form {
            params: &[Param { name: "mean", needs: Needs::Positive, doc: "mean" }, CONCENTRATION],
        },
        Form {
            params: &[
                Param { name: "log_mean", needs: Needs::Real, doc: "log of the mean" },
                CONCENTRATION,
            ],
        },
    ],
    support: Support::Count,
    event: Event::Scalar,
    doc: "Counts that vary more than a Poisson's.",
    density: "choose(x + c - 1, x) (mean / (mean + c))^x (c / (mean + c))^c with c = concentration",
    example: "x ~ NegativeBinomial(3, 2)",
};

const LOG_MEAN: usize = 1;

/// log(mean / concentration): the log odds of one more event.
fn log_odds(g: &mut Graph, c: &Call) -> NodeId {
    let [mean, concentration] = c.args();
    let log_mean = if c.form == LOG_MEAN { mean } else { g.ln(mean) };
    let log_concentration = g.ln(concentration);
    g.sub(log_mean, log_concentration)
}

impl Distribution for NegativeBinomial {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [_, concentration] = c.args();
        let inside = is_count(g, x);
        let x = within(g, inside, x, 0.0);
        let odds = log_odds(g, c);
        let norm = g.softplus(odds);
        let total = g.add(x, concentration);
        let rise = g.mul(x, odds);
        let fall = g.mul(total, norm);
        let ways = log_rising(g, concentration, x);
        let orders = log_factorial(g, x);
        let log = g.add(ways, rise);
        let log = g.sub(log, fall);
        let log = g.sub(log, orders);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [_, concentration] = c.args();
        let log_gamma = log_gamma_draw(g, concentration, dims, &format!("{name}.gamma"));
        let odds = log_odds(g, c);
        let log_rate = g.add(log_gamma, odds);
        let rate = g.exp(log_rate);
        let noise = g.add_noise(name, dims, Noise::Uniform);
        Draw::Detached(g.push(Op::Draw(Sampler::Poisson), [noise, rate]))
    }
}
