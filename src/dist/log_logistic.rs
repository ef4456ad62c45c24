//! LogLogistic(scale, shape): exp of a Logistic: lifetimes whose odds are a power of time.

use super::image::{Image, Map, exp, log};
use super::logistic::LOGISTIC;
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::Graph;

static SIGNATURE: Signature = Signature {
    name: "LogLogistic",
    forms: &[Form {
        params: &[
            Param { name: "scale", needs: Needs::Positive, doc: "median" },
            Param { name: "shape", needs: Needs::Positive, doc: "how steep the odds are" },
        ],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "Lifetimes whose hazard rises and falls again.",
    density: "(shape / x) r / (1 + r)^2 with r = (x / scale)^shape",
    example: "x ~ LogLogistic(1, 3)",
};

pub(super) static LOG_LOGISTIC: Image =
    Image { signature: &SIGNATURE, base, to: exp, from: log, map: Map::Fixed, has_ends: false };

fn base(g: &mut Graph, c: &Call) -> Call {
    let [scale, shape] = c.args();
    let place = vec![g.ln(scale), g.recip(shape)];
    Call::new(&LOGISTIC, 0, place)
}
