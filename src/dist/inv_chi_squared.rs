//! InvChiSquared(df): 1/x of a ChiSquared, an inverse Gamma.

use super::inverse_gamma::InverseGamma;
use super::renamed::Renamed;
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::Graph;

static SIGNATURE: Signature = Signature {
    name: "InvChiSquared",
    forms: &[Form {
        params: &[Param { name: "df", needs: Needs::Positive, doc: "degrees of freedom" }],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "1/x of a ChiSquared.",
    density: "x^(-df / 2 - 1) exp(-1 / (2 x)) / (2^(df / 2) Gamma(df / 2))",
    example: "x ~ InvChiSquared(3)",
};

pub(super) static INV_CHI_SQUARED: Renamed = Renamed { signature: &SIGNATURE, of };

/// InverseGamma(df/2, 1/2)
fn of(g: &mut Graph, c: &Call) -> Call {
    let [df] = c.args();
    let (half, rate) = (g.scale(0.5, df), g.number(0.5));
    Call::new(&InverseGamma, 0, vec![half, rate])
}
