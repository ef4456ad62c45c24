//! Cauchy(loc, scale): tails so heavy that it has no mean.

use super::location_scale::Symmetric;
use super::{Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Graph, NodeId};
use std::f64::consts::{FRAC_1_PI, PI};

static SIGNATURE: Signature = Signature {
    name: "Cauchy",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "median" },
            Param {
                name: "scale",
                needs: Needs::Positive,
                doc: "half the distance of the quartiles",
            },
        ],
    }],
    support: Support::Real,
    event: Event::Scalar,
    doc: "A peak around `loc` with tails so heavy that there is no mean.",
    density: "1 / (pi scale (1 + ((x - loc) / scale)^2))",
    example: "x ~ Cauchy(0, 2.5)",
};

pub(super) static CAUCHY: Symmetric = Symmetric {
    signature: &SIGNATURE,
    log_density,
    log_below,
    quantile,
    has_mean: false,
    kl: None,
};

/// −log π − log(1 + z²)
fn log_density(g: &mut Graph, z: NodeId) -> NodeId {
    let square = g.square(z);
    let fall = g.log1p(square);
    let sum = g.shift(PI.ln(), fall);
    g.neg(sum)
}

/// log(½ + atan(z)/π); far to the left that is log(atan(−1/z)/π).
fn log_below(g: &mut Graph, z: NodeId) -> NodeId {
    let edge = g.number(-1.0);
    let is_far = g.lt(z, edge);
    let (far, near) = (g.min(z, edge), g.max(z, edge));
    let angle_near = g.atan(near);
    let angle_near = g.scale(FRAC_1_PI, angle_near);
    let below_near = g.shift(0.5, angle_near);
    let turned = g.div(edge, far);
    let angle_far = g.atan(turned);
    let below_far = g.scale(FRAC_1_PI, angle_far);
    let below = g.select(is_far, below_far, below_near);
    g.ln(below)
}

/// ∓cot(π p), p the smaller tail.
fn quantile(g: &mut Graph, at: Tails) -> NodeId {
    let (is_lower, log_p) = at.smaller(g);
    let p = g.exp(log_p);
    let angle = g.scale(PI, p);
    let (cos, sin) = (g.cos(angle), g.sin(angle));
    let z = g.div(cos, sin);
    let mirrored = g.neg(z);
    g.select(is_lower, mirrored, z)
}
