//! NegativeBinomial(mean, concentration) or NegativeBinomial(log_mean = l, concentration = c): a Poisson whose rate is
//! itself drawn, from a Gamma. The variance is mean + mean²/concentration.

use super::numeric::{
    first_within, is_count, log_factorial, log_gamma_draw, log_rising, log1mexp, or_impossible,
    within,
};
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

pub(super) const LOG_MEAN: usize = 1;

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

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let [mean, _] = c.args();
        Some(if c.form == LOG_MEAN { g.exp(mean) } else { mean })
    }

    /// Along the concentration, counts come in heaps at the times of a Poisson process: the first heap, and what follows.
    fn draw_nonzero(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Option<NodeId> {
        let [_, concentration] = c.args();
        let odds = log_odds(g, c);
        let heaps = g.softplus(odds);
        let end = g.mul(concentration, heaps);
        let time = first_within(g, end, dims, &format!("{name}.first"));
        let before = g.div(time, heaps);
        let heap = log_series_draw(g, heaps, dims, &format!("{name}.heap"));
        let rest = g.sub(concentration, before);
        let log_rest = g.ln(rest);
        let log_mean = g.add(log_rest, odds);
        let others = Call::new(&NegativeBinomial, LOG_MEAN, vec![log_mean, rest]);
        let others = others.draw(g, dims, name).node();
        Some(g.add(heap, others))
    }
}

/// 1, 2 … with masses p^k / (k heaps), p = 1 − exp(−heaps), by two uniforms (Kemp 1981).
fn log_series_draw(g: &mut Graph, heaps: NodeId, dims: &[Dim], name: &str) -> NodeId {
    let tilt = g.add_noise(name, dims, Noise::Uniform);
    let fall = g.add_noise(&format!("{name}.fall"), dims, Noise::Uniform);
    let tilted = g.mul(tilt, heaps);
    let tilted = g.neg(tilted);
    let log_step = log1mexp(g, tilted);
    let log_fall = g.ln(fall);
    let steps = g.div(log_fall, log_step);
    let steps = g.floor(steps);
    g.shift(1.0, steps)
}
