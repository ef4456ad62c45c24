//! Pareto(scale, alpha): scale times exp of an Exponential, with a tail x^(−alpha).

use super::exponential::Exponential;
use super::image::{Image, Map, Point};
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Graph, NodeId};

static SIGNATURE: Signature = Signature {
    name: "Pareto",
    forms: &[Form {
        params: &[
            Param { name: "scale", needs: Needs::Positive, doc: "least value" },
            Param { name: "alpha", needs: Needs::Positive, doc: "how fast the tail falls" },
        ],
    }],
    support: Support::Above("scale"),
    event: Event::Scalar,
    doc: "What exceeds a threshold by factors: wealth, sizes of cities.",
    density: "alpha scale^alpha / x^(alpha + 1)",
    example: "x ~ Pareto(1, 3)",
};

pub(super) static PARETO: Image =
    Image { signature: &SIGNATURE, base, to, from, map: Map::Rising, has_ends: true };

fn base(_: &mut Graph, c: &Call) -> Call {
    Call::new(&Exponential, 0, vec![c.args[1]])
}

fn to(g: &mut Graph, z: NodeId, c: &Call) -> NodeId {
    let growth = g.exp(z);
    g.mul(c.args[0], growth)
}

fn from(g: &mut Graph, x: NodeId, c: &Call) -> Point {
    let (log_x, log_scale) = (g.ln(x), g.ln(c.args[0]));
    Point { z: g.sub(log_x, log_scale), log_slope: g.neg(log_x) }
}
