//! Normal(loc, scale): `exp(−((x − loc)/scale)²/2) / (scale √(2π))`.

use super::location_scale::{place, standard, standardize};
use super::numeric::{HALF_LOG_2PI, normal_quantile};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub struct Normal;

static SIGNATURE: Signature = Signature {
    name: "Normal",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "mean" },
            Param { name: "scale", needs: Needs::Positive, doc: "standard deviation" },
        ],
    }],
    support: Support::Real,
    event: Event::Scalar,
    doc: "The bell curve around `loc`.",
    density: "exp(-((x - loc) / scale)^2 / 2) / (scale sqrt(2 pi))",
    example: "x ~ Normal(0, 1)",
};

impl Distribution for Normal {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [loc, scale] = c.args();
        let ratio = standardize(g, x, loc, scale);
        let square = g.square(ratio);
        let fall = g.scale(-0.5, square);
        let width = g.ln(scale);
        let width = g.shift(HALF_LOG_2PI, width);
        g.sub(fall, width)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [loc, scale] = c.args();
        let noise = g.add_noise(name, dims, Noise::Normal);
        Draw::Pathwise(place(g, noise, loc, scale))
    }

    fn mean(&self, _: &mut Graph, c: &Call) -> Option<NodeId> {
        Some(c.args[0])
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let [loc, scale] = c.args();
        let z = standardize(g, x, loc, scale);
        Some(g.log_ndtr(z))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let [loc, scale] = c.args();
        let z = standardize(g, loc, x, scale);
        Some(g.log_ndtr(z))
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        let [loc, scale] = c.args();
        let z = normal_quantile(g, at);
        Some(place(g, z, loc, scale))
    }

    fn standard(&self, g: &mut Graph, c: &Call) -> Option<(NodeId, NodeId, Call)> {
        Some(standard(g, c))
    }

    /// log(s/σ) + (σ² + (μ − m)²)/(2s²) − ½ for q = Normal(μ, σ), p = Normal(m, s).
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        let ([mu, sigma], [m, s]) = (q.args(), p.args());
        let ratio = g.div(sigma, s);
        let distance = standardize(g, mu, m, s);
        let (a, b) = (g.square(ratio), g.square(distance));
        let half = g.add(a, b);
        let half = g.shift(-1.0, half);
        let half = g.scale(0.5, half);
        let log = g.ln(ratio);
        Some(g.sub(half, log))
    }
}
