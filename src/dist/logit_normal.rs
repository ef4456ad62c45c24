//! LogitNormal(loc, scale): the sigmoid of a Normal, whose parameters it shares.

use super::image::{Image, Map, Point};
use super::normal::Normal;
use super::numeric::log_complement;
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Graph, NodeId};

static SIGNATURE: Signature = Signature {
    name: "LogitNormal",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "mean of the log odds" },
            Param {
                name: "scale",
                needs: Needs::Positive,
                doc: "standard deviation of the log odds",
            },
        ],
    }],
    support: Support::Unit,
    event: Event::Scalar,
    doc: "A probability whose log odds are Normal.",
    density: "exp(-((logit x - loc) / scale)^2 / 2) / (x (1 - x) scale sqrt(2 pi))",
    example: "x ~ LogitNormal(0, 1)",
};

pub(super) static LOGIT_NORMAL: Image =
    Image { signature: &SIGNATURE, base, to, from, map: Map::Fixed, has_ends: false };

fn base(_: &mut Graph, c: &Call) -> Call {
    Call::new(&Normal, 0, c.args.clone())
}

fn to(g: &mut Graph, z: NodeId, _: &Call) -> NodeId {
    g.sigmoid(z)
}

fn from(g: &mut Graph, x: NodeId, _: &Call) -> Point {
    let (yes, no) = (g.ln(x), log_complement(g, x));
    let sum = g.add(yes, no);
    Point { z: g.sub(yes, no), log_slope: g.neg(sum) }
}
