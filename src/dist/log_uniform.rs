//! LogUniform(low, high): exp of a Uniform: every order of magnitude alike.

use super::image::{Image, Map, exp, log};
use super::uniform::Uniform;
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::Graph;

static SIGNATURE: Signature = Signature {
    name: "LogUniform",
    forms: &[Form {
        params: &[
            Param { name: "low", needs: Needs::Positive, doc: "lower bound" },
            Param { name: "high", needs: Needs::Positive, doc: "upper bound, above `low`" },
        ],
    }],
    support: Support::Between("low", "high"),
    event: Event::Scalar,
    doc: "Every order of magnitude between two bounds alike.",
    density: "1 / (x (log high - log low))",
    example: "x ~ LogUniform(0.1, 10)",
};

pub(super) static LOG_UNIFORM: Image =
    Image { signature: &SIGNATURE, base, to: exp, from: log, map: Map::Fixed, has_ends: true };

fn base(g: &mut Graph, c: &Call) -> Call {
    let [low, high] = c.args();
    let ends = vec![g.ln(low), g.ln(high)];
    Call::new(&Uniform, 0, ends)
}
