//! Frechet(shape, scale): exp of a Gumbel: the largest of many that have heavy tails.

use super::gumbel::Gumbel;
use super::image::{Image, Map, exp, log};
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::Graph;

static SIGNATURE: Signature = Signature {
    name: "Frechet",
    forms: &[Form {
        params: &[
            Param { name: "shape", needs: Needs::Positive, doc: "how fast the tail falls" },
            Param { name: "scale", needs: Needs::Positive, doc: "the value that 37% stay below" },
        ],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "The largest of many with heavy tails.",
    density: "(shape / x) (x / scale)^(-shape) exp(-(x / scale)^(-shape))",
    example: "x ~ Frechet(3, 1)",
};

pub(super) static FRECHET: Image =
    Image { signature: &SIGNATURE, base, to: exp, from: log, map: Map::Fixed, has_ends: false };

fn base(g: &mut Graph, c: &Call) -> Call {
    let [shape, scale] = c.args();
    let place = vec![g.ln(scale), g.recip(shape)];
    Call::new(&Gumbel, 0, place)
}
