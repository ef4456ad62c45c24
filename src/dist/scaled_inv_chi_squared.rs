//! ScaledInvChiSquared(df, scale): df·scale²/x of a ChiSquared, an inverse Gamma.

use super::inverse_gamma::InverseGamma;
use super::renamed::Renamed;
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::Graph;

static SIGNATURE: Signature = Signature {
    name: "ScaledInvChiSquared",
    forms: &[Form {
        params: &[
            Param { name: "df", needs: Needs::Positive, doc: "degrees of freedom" },
            Param {
                name: "scale",
                needs: Needs::Positive,
                doc: "root of what the variance is guessed to be",
            },
        ],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "A variance, guessed to be `scale`^2 as if from `df` observations.",
    density: "(df scale^2 / 2)^(df / 2) x^(-df / 2 - 1) exp(-df scale^2 / (2 x)) / Gamma(df / 2)",
    example: "x ~ ScaledInvChiSquared(3, 1)",
};

pub(super) static SCALED_INV_CHI_SQUARED: Renamed = Renamed { signature: &SIGNATURE, of };

/// InverseGamma(df/2, df scale²/2)
fn of(g: &mut Graph, c: &Call) -> Call {
    let [df, scale] = c.args();
    let (half, square) = (g.scale(0.5, df), g.square(scale));
    let rate = g.mul(half, square);
    Call::new(&InverseGamma, 0, vec![half, rate])
}
