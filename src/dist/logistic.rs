//! Logistic(loc, scale): the bell whose distribution function is the sigmoid.

use super::location_scale::Symmetric;
use super::numeric::log_sigmoid;
use super::{Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Graph, NodeId};

static SIGNATURE: Signature = Signature {
    name: "Logistic",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "mean" },
            Param {
                name: "scale",
                needs: Needs::Positive,
                doc: "spread; the deviation is 1.81 of it",
            },
        ],
    }],
    support: Support::Real,
    event: Event::Scalar,
    doc: "A bell curve with exponential tails, whose CDF is the sigmoid.",
    density: "exp(-z) / (scale (1 + exp(-z))^2) with z = (x - loc) / scale",
    example: "x ~ Logistic(0, 1)",
};

pub(super) static LOGISTIC: Symmetric = Symmetric {
    signature: &SIGNATURE,
    log_density,
    log_below: log_sigmoid,
    quantile,
    has_mean: true,
    kl: None,
};

/// log F + log(1 − F)
fn log_density(g: &mut Graph, z: NodeId) -> NodeId {
    let above = g.softplus(z);
    let twice = g.scale(2.0, above);
    g.sub(z, twice)
}

/// The logit, log F − log(1 − F).
fn quantile(g: &mut Graph, at: Tails) -> NodeId {
    g.sub(at.below, at.above)
}
