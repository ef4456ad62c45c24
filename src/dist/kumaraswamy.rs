//! Kumaraswamy(concentration1, concentration0): like a Beta, with a closed CDF (Kumaraswamy 1980). −log(1 − x^a) is
//! Exponential(b).

use super::exponential::Exponential;
use super::image::{Image, Map, Point};
use super::numeric::log1mexp;
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Graph, NodeId};

static SIGNATURE: Signature = Signature {
    name: "Kumaraswamy",
    forms: &[Form {
        params: &[
            Param { name: "concentration1", needs: Needs::Positive, doc: "weight of 1" },
            Param { name: "concentration0", needs: Needs::Positive, doc: "weight of 0" },
        ],
    }],
    support: Support::Unit,
    event: Event::Scalar,
    doc: "An unknown probability, much like a Beta, with a closed CDF.",
    density: "a b x^(a - 1) (1 - x^a)^(b - 1) with a = concentration1, b = concentration0",
    example: "x ~ Kumaraswamy(2, 2)",
};

pub(super) static KUMARASWAMY: Image =
    Image { signature: &SIGNATURE, base, to, from, map: Map::Rising, has_ends: false };

fn base(_: &mut Graph, c: &Call) -> Call {
    Call::new(&Exponential, 0, vec![c.args[1]])
}

fn to(g: &mut Graph, z: NodeId, c: &Call) -> NodeId {
    let minus = g.neg(z);
    let log_power = log1mexp(g, minus);
    let log = g.div(log_power, c.args[0]);
    g.exp(log)
}

/// dz/dx = a x^(a − 1) exp(z)
fn from(g: &mut Graph, x: NodeId, c: &Call) -> Point {
    let (log_a, log_x) = (g.ln(c.args[0]), g.ln(x));
    let log_power = g.mul(c.args[0], log_x);
    let log_rest = log1mexp(g, log_power);
    let z = g.neg(log_rest);
    let rise = g.sub(log_power, log_x);
    Point { z, log_slope: g.add_all([log_a, rise, z]) }
}
