//! Flat(): density 1 everywhere. Improper: nothing can be drawn from it.

use super::{Call, Distribution, Draw, Event, Form, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Flat;

static SIGNATURE: Signature = Signature {
    name: "Flat",
    forms: &[Form { params: &[] }],
    support: Support::Real,
    event: Event::Scalar,
    doc: "No prior at all: improper, so the data have to say everything.",
    density: "1",
    example: "x ~ Flat()",
};

/// Not a number, everywhere: what a draw from an improper distribution is.
pub(super) fn undrawable(g: &mut Graph, dims: &[Dim]) -> Draw {
    let nan = g.number(f64::NAN);
    Draw::Detached(g.expand(nan, dims))
}

impl Distribution for Flat {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, _: &Call) -> NodeId {
        let dims = g.shape(x).dims().to_vec();
        let zero = g.number(0.0);
        g.expand(zero, &dims)
    }

    fn draw(&self, g: &mut Graph, _: &Call, dims: &[Dim], _: &str) -> Draw {
        undrawable(g, dims)
    }

    fn is_proper(&self) -> bool {
        false
    }
}
