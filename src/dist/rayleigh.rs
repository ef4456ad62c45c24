//! Rayleigh(scale): the length of a pair of normals, a Weibull.

use super::renamed::Renamed;
use super::weibull::Weibull;
use super::{Call, Event, Form, Needs, Param, Signature, Support};
use crate::ir::Graph;
use std::f64::consts::SQRT_2;

static SIGNATURE: Signature = Signature {
    name: "Rayleigh",
    forms: &[Form {
        params: &[Param {
            name: "scale",
            needs: Needs::Positive,
            doc: "standard deviation of each of the pair",
        }],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "The length of a vector of two normals.",
    density: "(x / scale^2) exp(-(x / scale)^2 / 2)",
    example: "x ~ Rayleigh(1)",
};

pub(super) static RAYLEIGH: Renamed = Renamed { signature: &SIGNATURE, of };

/// Weibull(2, √2 scale)
fn of(g: &mut Graph, c: &Call) -> Call {
    let [scale] = c.args();
    let (shape, scale) = (g.number(2.0), g.scale(SQRT_2, scale));
    Call::new(&Weibull, 0, vec![shape, scale])
}
