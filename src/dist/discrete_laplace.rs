//! DiscreteLaplace(scale): whole numbers that fall off geometrically on either side of 0.

use super::numeric::{is_whole, log1mexp, or_impossible};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct DiscreteLaplace;

static SIGNATURE: Signature = Signature {
    name: "DiscreteLaplace",
    forms: &[Form { params: &[Param { name: "scale", needs: Needs::Positive, doc: "spread" }] }],
    support: Support::Int,
    event: Event::Scalar,
    doc: "Whole numbers around 0: the noise of private counts.",
    density: "tanh(1 / (2 scale)) exp(-|x| / scale)",
    example: "x ~ DiscreteLaplace(2)",
};

impl Distribution for DiscreteLaplace {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let inside = is_whole(g, x);
        let rate = g.recip(c.args[0]);
        let minus = g.neg(rate);
        let (size, fall) = (g.abs(x), g.exp(minus));
        let (peak, norm) = (log1mexp(g, minus), g.log1p(fall));
        let drop = g.mul(rate, size);
        let loss = g.add(norm, drop);
        let log = g.sub(peak, loss);
        or_impossible(g, inside, log)
    }

    /// The difference of two geometric waits.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let up = wait(g, c, dims, name);
        let down = wait(g, c, dims, &format!("{name}.down"));
        Draw::Detached(g.sub(up, down))
    }
}

/// ⌊−scale log u⌋
fn wait(g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> NodeId {
    let noise = g.add_noise(name, dims, Noise::Uniform);
    let log = g.ln(noise);
    let wait = g.mul(c.args[0], log);
    let wait = g.neg(wait);
    g.floor(wait)
}
