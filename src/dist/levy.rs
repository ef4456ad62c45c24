//! Levy(loc, scale): loc + scale/z² with z from a half normal: how long a walk takes to reach a place.

use super::half_normal::HALF_NORMAL;
use super::image::{Image, Map, Point};
use super::location_scale::place;
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Graph, NodeId};
use std::f64::consts::LN_2;

static SIGNATURE: Signature = Signature {
    name: "Levy",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "least value" },
            Param { name: "scale", needs: Needs::Positive, doc: "spread" },
        ],
    }],
    support: Support::Above("loc"),
    event: Event::Scalar,
    doc: "How long a random walk takes to a place: a tail so heavy that there is no mean.",
    density: "sqrt(scale / (2 pi)) exp(-scale / (2 (x - loc))) / (x - loc)^(3 / 2)",
    example: "x ~ Levy(0, 1)",
};

pub(super) static LEVY: Image =
    Image { signature: &SIGNATURE, base, to, from, map: Map::Falling, has_ends: false };

fn base(g: &mut Graph, _: &Call) -> Call {
    let one = g.number(1.0);
    Call::new(&HALF_NORMAL, 0, vec![one])
}

fn to(g: &mut Graph, z: NodeId, c: &Call) -> NodeId {
    let [loc, scale] = c.args();
    let square = g.square(z);
    let excess = g.recip(square);
    place(g, excess, loc, scale)
}

/// |dz/dx| = ½ z / (x − loc)
fn from(g: &mut Graph, x: NodeId, c: &Call) -> Point {
    let [loc, scale] = c.args();
    let excess = g.sub(x, loc);
    let (log_excess, log_scale) = (g.ln(excess), g.ln(scale));
    let log_square = g.sub(log_scale, log_excess);
    let log_z = g.scale(0.5, log_square);
    let log_rate = g.sub(log_z, log_excess);
    Point { z: g.exp(log_z), log_slope: g.shift(-LN_2, log_rate) }
}
