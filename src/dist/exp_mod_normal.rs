//! ExpModNormal(loc, scale, rate): the sum of a Normal and an Exponential.

use super::location_scale::{place, standardize};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct ExpModNormal;

static SIGNATURE: Signature = Signature {
    name: "ExpModNormal",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "mean of the Normal" },
            Param { name: "scale", needs: Needs::Positive, doc: "deviation of the Normal" },
            Param { name: "rate", needs: Needs::Positive, doc: "1 / mean of the Exponential" },
        ],
    }],
    support: Support::Real,
    event: Event::Scalar,
    doc: "The sum of a Normal and an Exponential: response times, chromatography.",
    density: "rate exp(rate (loc - x + rate scale^2 / 2)) Phi((x - loc) / scale - rate scale)",
    example: "x ~ ExpModNormal(0, 1, 1)",
};

impl Distribution for ExpModNormal {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    /// log rate + k (k/2 − z) + log Φ(z − k) with z = (x − loc)/scale, k = rate·scale.
    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [loc, scale, rate] = c.args();
        let z = standardize(g, x, loc, scale);
        let k = g.mul(rate, scale);
        let half = g.scale(0.5, k);
        let before = g.sub(half, z);
        let (fall, beyond) = (g.mul(k, before), g.sub(z, k));
        let (log_rate, reached) = (g.ln(rate), g.log_ndtr(beyond));
        g.add_all([log_rate, fall, reached])
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [loc, scale, rate] = c.args();
        let noise = g.add_noise(name, dims, Noise::Normal);
        let centre = place(g, noise, loc, scale);
        let wait = Tails::uniform(g, dims, &format!("{name}.wait"));
        let wait = g.div(wait.above, rate);
        Draw::Pathwise(g.sub(centre, wait))
    }
}
