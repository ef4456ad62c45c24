//! Poisson(rate) or Poisson(log_rate = l): events in a stretch of time.

use super::numeric::{first_within, is_count, log_factorial, or_impossible, times_log, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise, Op, Sampler};

pub(super) struct Poisson;

static SIGNATURE: Signature = Signature {
    name: "Poisson",
    forms: &[
        Form { params: &[Param { name: "rate", needs: Needs::Nonneg, doc: "mean" }] },
        Form { params: &[Param { name: "log_rate", needs: Needs::Real, doc: "log of the mean" }] },
    ],
    support: Support::Count,
    event: Event::Scalar,
    doc: "Events in a stretch of time.",
    density: "rate^x exp(-rate) / x!",
    example: "x ~ Poisson(3)",
};

const LOG_RATE: usize = 1;

fn rate(g: &mut Graph, c: &Call) -> NodeId {
    let [rate] = c.args();
    if c.form == LOG_RATE { g.exp(rate) } else { rate }
}

impl Distribution for Poisson {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let inside = is_count(g, x);
        let x = within(g, inside, x, 0.0);
        let [p] = c.args();
        let rise = if c.form == LOG_RATE { g.mul(x, p) } else { times_log(g, x, p) };
        let fall = rate(g, c);
        let orders = log_factorial(g, x);
        let log = g.sub(rise, fall);
        let log = g.sub(log, orders);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let rate = rate(g, c);
        let noise = g.add_noise(name, dims, Noise::Uniform);
        let rate = g.expand(rate, dims);
        Draw::Detached(g.push(Op::Draw(Sampler::Poisson), [noise, rate]))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        Some(rate(g, c))
    }

    /// The first event comes within the stretch; the others follow it.
    fn draw_nonzero(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Option<NodeId> {
        let rate = rate(g, c);
        let first = first_within(g, rate, dims, &format!("{name}.first"));
        let rest = g.sub(rate, first);
        let others = Call::new(&Poisson, 0, vec![rest]).draw(g, dims, name).node();
        Some(g.shift(1.0, others))
    }

    /// r log(r/s) − r + s for rates r of q and s of p.
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        let (r, s) = (rate(g, q), rate(g, p));
        let ratio = g.div(r, s);
        let log = times_log(g, r, ratio);
        let gap = g.sub(s, r);
        Some(g.add(log, gap))
    }
}
