//! Skellam(rate1, rate2): the difference of two Poisson counts (Skellam 1946).

use super::bessel::log_bessel;
use super::numeric::{is_whole, or_impossible, within};
use super::poisson::Poisson;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Skellam;

static SIGNATURE: Signature = Signature {
    name: "Skellam",
    forms: &[Form {
        params: &[
            Param { name: "rate1", needs: Needs::Positive, doc: "mean of the one count" },
            Param { name: "rate2", needs: Needs::Positive, doc: "mean of the other" },
        ],
    }],
    support: Support::Int,
    event: Event::Scalar,
    doc: "The difference of two Poisson counts: goals ahead, changes of a queue.",
    density: "exp(-rate1 - rate2) (rate1 / rate2)^(x / 2) I_|x|(2 sqrt(rate1 rate2))",
    example: "x ~ Skellam(3, 2)",
};

impl Distribution for Skellam {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let inside = is_whole(g, x);
        let x = within(g, inside, x, 0.0);
        let [one, other] = c.args();
        let (log_one, log_other) = (g.ln(one), g.ln(other));
        let (log_ratio, log_product) = (g.sub(log_one, log_other), g.add(log_one, log_other));
        let half = g.scale(0.5, log_product);
        let root = g.exp(half);
        let argument = g.scale(2.0, root);
        let order = g.abs(x);
        let both = log_bessel(g, order, argument);
        let tilt = g.mul(x, log_ratio);
        let tilt = g.scale(0.5, tilt);
        let (rise, rates) = (g.add(tilt, both), g.add(one, other));
        let log = g.sub(rise, rates);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let count = |g: &mut Graph, rate, name: &str| {
            Call::new(&Poisson, 0, vec![rate]).draw(g, dims, name).node()
        };
        let [one, other] = c.args();
        let (one, other) = (count(g, one, name), count(g, other, &format!("{name}.other")));
        Draw::Detached(g.sub(one, other))
    }
}
