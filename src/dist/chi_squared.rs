//! ChiSquared(df): the sum of df squared standard normals, a Gamma.

use super::gamma::Gamma;
use super::renamed::Renamed;
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::Graph;

static SIGNATURE: Signature = Signature {
    name: "ChiSquared",
    forms: &[Form {
        params: &[Param { name: "df", needs: Needs::Positive, doc: "degrees of freedom" }],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "Sums of squared standard normals.",
    density: "x^(df / 2 - 1) exp(-x / 2) / (2^(df / 2) Gamma(df / 2))",
    example: "x ~ ChiSquared(3)",
};

pub(super) static CHI_SQUARED: Renamed = Renamed { signature: &SIGNATURE, of };

/// Gamma(df/2, 1/2)
fn of(g: &mut Graph, c: &Call) -> Call {
    let [df] = c.args();
    let (half, rate) = (g.scale(0.5, df), g.number(0.5));
    Call::new(&Gamma, 0, vec![half, rate])
}
