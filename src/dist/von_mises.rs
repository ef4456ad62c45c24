//! VonMises(loc, concentration): the bell curve of angles, from −π to π.

use super::bessel::log_bessel_0_scaled;
use super::numeric::{in_step, is_between, or_impossible};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise, Op, Sampler};
use std::f64::consts::{PI, TAU};

pub(super) struct VonMises;

static SIGNATURE: Signature = Signature {
    name: "VonMises",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "mode, an angle" },
            Param {
                name: "concentration",
                needs: Needs::Positive,
                doc: "the larger, the closer to `loc`; 1 / variance where it is large",
            },
        ],
    }],
    support: Support::Angle,
    event: Event::Scalar,
    doc: "The bell curve of angles: directions, times of the day.",
    density: "exp(concentration cos(x - loc)) / (2 pi I0(concentration))",
    example: "x ~ VonMises(0, 2)",
};

impl Distribution for VonMises {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    /// concentration (cos(x − loc) − 1) − log(2π) − (log I₀(concentration) − concentration)
    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [loc, concentration] = c.args();
        let (low, high) = (g.number(-PI), g.number(PI));
        let inside = is_between(g, low, x, high);
        let distance = g.sub(x, loc);
        let half = g.scale(0.5, distance);
        let sine = g.sin(half);
        let square = g.square(sine);
        let descent = g.scale(-2.0, square);
        let fall = g.mul(concentration, descent);
        let norm = log_bessel_0_scaled(g, concentration);
        let log = g.sub(fall, norm);
        let log = g.shift(-TAU.ln(), log);
        or_impossible(g, inside, log)
    }

    /// A draw around 0, turned to loc.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [loc, concentration] = c.args();
        let noise = g.add_noise(name, dims, Noise::Uniform);
        let concentration = g.expand(concentration, dims);
        let centred = g.push(Op::Draw(Sampler::VonMises), [noise, concentration]);
        let x = g.add(loc, centred);
        let x = wrapped(g, x);
        Draw::Detached(g.stop(x))
    }

    /// Along the circle: a draw turns with loc, and moves with the concentration as if loc were 0.
    fn implicit(&self, g: &mut Graph, z: NodeId, c: &Call) -> Option<NodeId> {
        let [loc, concentration] = c.args();
        let distance = g.sub(z, loc);
        let distance = wrapped(g, distance);
        let slope = g.push(Op::Slope(Sampler::VonMises, 0), [distance, concentration]);
        let one = g.number(1.0);
        let turned = in_step(g, z, loc, one);
        Some(in_step(g, turned, concentration, slope))
    }
}

/// The same angle between −π and π.
fn wrapped(g: &mut Graph, x: NodeId) -> NodeId {
    let turns = g.shift(PI, x);
    let turns = g.scale(1.0 / TAU, turns);
    let turns = g.floor(turns);
    let whole = g.scale(TAU, turns);
    g.sub(x, whole)
}
