//! HalfFlat(): density 1 on the positive numbers. Improper: nothing can be drawn from it.

use super::flat::undrawable;
use super::numeric::{is_positive, or_impossible};
use super::{Call, Distribution, Draw, Event, Form, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct HalfFlat;

static SIGNATURE: Signature = Signature {
    name: "HalfFlat",
    forms: &[Form { params: &[] }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "No prior but for the sign: improper, so the data have to say everything.",
    density: "1",
    example: "x ~ HalfFlat()",
};

impl Distribution for HalfFlat {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, _: &Call) -> NodeId {
        let inside = is_positive(g, x);
        let zero = g.number(0.0);
        or_impossible(g, inside, zero)
    }

    fn draw(&self, g: &mut Graph, _: &Call, dims: &[Dim], _: &str) -> Draw {
        undrawable(g, dims)
    }

    fn is_proper(&self) -> bool {
        false
    }
}
