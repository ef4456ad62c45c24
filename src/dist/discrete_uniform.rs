//! DiscreteUniform(low, high): every count between the bounds alike, the bounds included.

use super::numeric::{is_between, is_whole, or_impossible};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct DiscreteUniform;

static SIGNATURE: Signature = Signature {
    name: "DiscreteUniform",
    forms: &[Form {
        params: &[
            Param { name: "low", needs: Needs::Count, doc: "least value" },
            Param { name: "high", needs: Needs::Count, doc: "largest value, not below `low`" },
        ],
    }],
    support: Support::CountBetween("low", "high"),
    event: Event::Scalar,
    doc: "Every count between two bounds alike, the bounds included.",
    density: "1 / (high - low + 1)",
    example: "x ~ DiscreteUniform(1, 6)",
};

/// How many values there are.
fn count(g: &mut Graph, c: &Call) -> NodeId {
    let [low, high] = c.args();
    let width = g.sub(high, low);
    g.shift(1.0, width)
}

impl Distribution for DiscreteUniform {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [low, high] = c.args();
        let (between, whole) = (is_between(g, low, x, high), is_whole(g, x));
        let inside = g.mul(between, whole);
        let count = count(g, c);
        let log_count = g.ln(count);
        let log = g.neg(log_count);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [low, high] = c.args();
        let noise = g.add_noise(name, dims, Noise::Uniform);
        let count = count(g, c);
        let step = g.mul(noise, count);
        let step = g.floor(step);
        let x = g.add(low, step);
        Draw::Detached(g.min(x, high))
    }

    /// Where the upper bound is a constant.
    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        g.as_number(c.args[1])?;
        let x = g.iota(values);
        Some(self.log_prob(g, x, c))
    }
}
