//! GeneralizedNormal(loc, scale, shape): the power in a bell curve's exponent is free; 1 is the Laplace, 2 the Normal
//! (Subbotin 1923).

use super::location_scale::{place, standard, standardize};
use super::numeric::{log_gamma_draw, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};
use std::f64::consts::LN_2;

pub(super) struct GeneralizedNormal;

static SIGNATURE: Signature = Signature {
    name: "GeneralizedNormal",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "centre" },
            Param { name: "scale", needs: Needs::Positive, doc: "spread" },
            Param { name: "shape", needs: Needs::Positive, doc: "1 is Laplace, 2 Normal" },
        ],
    }],
    support: Support::Real,
    event: Event::Scalar,
    doc: "A peak with tails between a Laplace's, a Normal's and lighter ones.",
    density: "shape exp(-|(x - loc) / scale|^shape) / (2 scale Gamma(1 / shape))",
    example: "x ~ GeneralizedNormal(0, 1, 1.5)",
};

/// |z|^power, without a gradient at 0, where it may have none.
fn power_of_size(g: &mut Graph, z: NodeId, power: NodeId) -> NodeId {
    let (zero, size) = (g.number(0.0), g.abs(z));
    let moves = g.lt(zero, size);
    let size = within(g, moves, size, 1.0);
    let rise = g.pow(size, power);
    g.select(moves, rise, zero)
}

impl Distribution for GeneralizedNormal {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [loc, scale, shape] = c.args();
        let z = standardize(g, x, loc, scale);
        let fall = power_of_size(g, z, shape);
        let inverse = g.recip(shape);
        let (log_shape, log_scale, log_gamma) = (g.ln(shape), g.ln(scale), g.lgamma(inverse));
        let log_width = g.add_all([log_scale, log_gamma, fall]);
        let log = g.sub(log_shape, log_width);
        g.shift(-LN_2, log)
    }

    /// Either side alike, at a distance whose power is a Gamma(1/shape).
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [loc, scale, shape] = c.args();
        let side = g.add_noise(name, dims, Noise::Normal);
        let side = g.sign(side);
        let inverse = g.recip(shape);
        let log_power = log_gamma_draw(g, inverse, dims, &format!("{name}.gamma"));
        let log_size = g.mul(inverse, log_power);
        let size = g.exp(log_size);
        let z = g.mul(side, size);
        Draw::Pathwise(place(g, z, loc, scale))
    }

    fn standard(&self, g: &mut Graph, c: &Call) -> Option<(NodeId, NodeId, Call)> {
        Some(standard(g, c))
    }
}
