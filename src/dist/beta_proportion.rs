//! BetaProportion(mean, concentration): a Beta by its mean.

use super::beta::Beta;
use super::renamed::Renamed;
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::Graph;

static SIGNATURE: Signature = Signature {
    name: "BetaProportion",
    forms: &[Form {
        params: &[
            Param { name: "mean", needs: Needs::Unit, doc: "mean" },
            Param {
                name: "concentration",
                needs: Needs::Positive,
                doc: "the larger, the closer to the mean",
            },
        ],
    }],
    support: Support::Unit,
    event: Event::Scalar,
    doc: "An unknown probability, by its mean.",
    density: "x^(mean c - 1) (1 - x)^((1 - mean) c - 1) / B(mean c, (1 - mean) c) with c = concentration",
    example: "x ~ BetaProportion(0.4, 5)",
};

pub(super) static BETA_PROPORTION: Renamed = Renamed { signature: &SIGNATURE, of };

/// Beta(mean·concentration, (1 − mean)·concentration)
fn of(g: &mut Graph, c: &Call) -> Call {
    let [mean, concentration] = c.args();
    let minus = g.neg(mean);
    let rest = g.shift(1.0, minus);
    let (one, zero) = (g.mul(mean, concentration), g.mul(rest, concentration));
    Call::new(&Beta, 0, vec![one, zero])
}
