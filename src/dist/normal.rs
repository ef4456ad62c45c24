//! Normal(loc, scale): `exp(−((x − loc)/scale)²/2) / (scale √(2π))`.

use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
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

/// ½ log(2π)
const HALF_LOG_2PI: f64 = 0.918_938_533_204_672_8;

impl Distribution for Normal {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [loc, scale] = c.args();
        let distance = g.sub(x, loc);
        let ratio = g.div(distance, scale);
        let square = g.square(ratio);
        let fall = g.scale(-0.5, square);
        let width = g.ln(scale);
        let width = g.shift(HALF_LOG_2PI, width);
        g.sub(fall, width)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [loc, scale] = c.args();
        let noise = g.add_noise(name, dims, Noise::Normal);
        let spread = g.mul(scale, noise);
        Draw::Pathwise(g.add(loc, spread))
    }

    fn standard(&self, g: &mut Graph, c: &Call) -> Option<(NodeId, NodeId, Call)> {
        let [loc, scale] = c.args();
        let (zero, one) = (g.number(0.0), g.number(1.0));
        Some((loc, scale, Call::new(&Normal, 0, vec![zero, one])))
    }

    /// log(s/σ) + (σ² + (μ − m)²)/(2s²) − ½ for q = Normal(μ, σ), p = Normal(m, s).
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        if p.dist.signature().name != SIGNATURE.name {
            return None;
        }
        let ([mu, sigma], [m, s]) = (q.args(), p.args());
        let ratio = g.div(sigma, s);
        let distance = g.sub(mu, m);
        let distance = g.div(distance, s);
        let (a, b) = (g.square(ratio), g.square(distance));
        let half = g.add(a, b);
        let half = g.shift(-1.0, half);
        let half = g.scale(0.5, half);
        let log = g.ln(ratio);
        Some(g.sub(half, log))
    }
}
