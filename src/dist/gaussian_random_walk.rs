//! GaussianRandomWalk(scale, D): a walk along D that begins one step from 0, each step a Normal.

use super::location_scale::place;
use super::normal::Normal;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct GaussianRandomWalk;

static SIGNATURE: Signature = Signature {
    name: "GaussianRandomWalk",
    forms: &[Form {
        params: &[
            Param { name: "scale", needs: Needs::Positive, doc: "standard deviation of a step" },
            Param { name: "dim", needs: Needs::Dimension, doc: "along which it walks" },
        ],
    }],
    support: Support::Real,
    event: Event::Vector,
    doc: "A walk along a dimension: sums of Normal steps from 0.",
    density: "prod_t normal((x[t] - x[t - 1]) / scale) / scale with x[0] = 0",
    example: "dim t = 4\nx ~ GaussianRandomWalk(1, t)",
};

impl Distribution for GaussianRandomWalk {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let (over, [scale], zero) = (c.event[0], c.args(), g.number(0.0));
        let (first, first_scale) = (g.at(x, over, 0), g.at(scale, over, 0));
        let start = Call::new(&Normal, 0, vec![zero, first_scale]).log_prob(g, first);
        let steps = g.size(over) - 1;
        if steps == 0 {
            return start;
        }
        let step = g.dim("step", steps);
        let (before, after) = (g.run(x, over, step, 0), g.run(x, over, step, 1));
        let scale = g.run(scale, over, step, 1);
        let walk = Call::new(&Normal, 0, vec![before, scale]).log_prob(g, after);
        let walk = g.sum(walk, &[step]);
        g.add(start, walk)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let (over, [scale], zero) = (c.event[0], c.args(), g.number(0.0));
        let noise = g.add_noise(name, dims, Noise::Normal);
        let steps = place(g, noise, zero, scale);
        Draw::Pathwise(g.cumsum(steps, over))
    }
}
