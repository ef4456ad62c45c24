//! HalfStudentT(df, scale): |x| of a StudentT around 0.

use super::half;
use super::student_t::StudentT;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct HalfStudentT;

static SIGNATURE: Signature = Signature {
    name: "HalfStudentT",
    forms: &[Form {
        params: &[
            Param { name: "df", needs: Needs::Positive, doc: "degrees of freedom" },
            Param { name: "scale", needs: Needs::Positive, doc: "spread" },
        ],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "The positive half of a Student t: scales with a tail of chosen weight.",
    density: "2 Gamma((df + 1) / 2) / (Gamma(df / 2) sqrt(df pi) scale) (1 + (x / scale)^2 / df)^(-(df + 1) / 2)",
    example: "x ~ HalfStudentT(3, 2.5)",
};

fn whole(g: &mut Graph, c: &Call) -> Call {
    let [df, scale] = c.args();
    let zero = g.number(0.0);
    Call::new(&StudentT, 0, vec![df, zero, scale])
}

impl Distribution for HalfStudentT {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let whole = whole(g, c);
        half::log_prob(g, x, &whole)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let whole = whole(g, c);
        half::draw(g, &whole, dims, name)
    }
}
