//! ParetoType2(loc, scale, alpha): a Pareto that begins at loc; with loc = 0 it is the Lomax.

use super::exponential::Exponential;
use super::image::{Image, Map, Point};
use super::location_scale::{place, standardize};
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Graph, NodeId};

static SIGNATURE: Signature = Signature {
    name: "ParetoType2",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "least value" },
            Param { name: "scale", needs: Needs::Positive, doc: "spread" },
            Param { name: "alpha", needs: Needs::Positive, doc: "how fast the tail falls" },
        ],
    }],
    support: Support::Above("loc"),
    event: Event::Scalar,
    doc: "What exceeds a threshold, with a tail like a Pareto's; the Lomax where `loc` is 0.",
    density: "(alpha / scale) (1 + (x - loc) / scale)^(-(alpha + 1))",
    example: "x ~ ParetoType2(0, 1, 3)",
};

pub(super) static PARETO_TYPE2: Image =
    Image { signature: &SIGNATURE, base, to, from, map: Map::Rising, has_ends: true };

fn base(_: &mut Graph, c: &Call) -> Call {
    Call::new(&Exponential, 0, vec![c.args[2]])
}

fn to(g: &mut Graph, z: NodeId, c: &Call) -> NodeId {
    let [loc, scale, _] = c.args();
    let growth = g.expm1(z);
    place(g, growth, loc, scale)
}

fn from(g: &mut Graph, x: NodeId, c: &Call) -> Point {
    let [loc, scale, _] = c.args();
    let excess = standardize(g, x, loc, scale);
    let z = g.log1p(excess);
    let log_scale = g.ln(scale);
    let sum = g.add(z, log_scale);
    Point { z, log_slope: g.neg(sum) }
}
