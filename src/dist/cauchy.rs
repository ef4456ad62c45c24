//! Cauchy(loc, scale): tails so heavy that it has no mean.

use super::location_scale::{place, standard, standardize};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId};
use std::f64::consts::{FRAC_1_PI, PI};

pub(super) struct Cauchy;

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

impl Distribution for Cauchy {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [loc, scale] = c.args();
        let z = standardize(g, x, loc, scale);
        let square = g.square(z);
        let fall = g.log1p(square);
        let width = g.scale(PI, scale);
        let width = g.ln(width);
        let sum = g.add(width, fall);
        g.neg(sum)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let tails = Tails::uniform(g, dims, name);
        Draw::Pathwise(inverse(g, tails, c))
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let [loc, scale] = c.args();
        let z = standardize(g, x, loc, scale);
        Some(log_below(g, z))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let [loc, scale] = c.args();
        let z = standardize(g, loc, x, scale);
        Some(log_below(g, z))
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        Some(inverse(g, at, c))
    }

    fn standard(&self, g: &mut Graph, c: &Call) -> Option<(NodeId, NodeId, Call)> {
        Some(standard(g, &Cauchy, c))
    }
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
fn inverse(g: &mut Graph, at: Tails, c: &Call) -> NodeId {
    let [loc, scale] = c.args();
    let (is_lower, log_p) = at.smaller(g);
    let p = g.exp(log_p);
    let angle = g.scale(PI, p);
    let (cos, sin) = (g.cos(angle), g.sin(angle));
    let z = g.div(cos, sin);
    let mirrored = g.neg(z);
    let z = g.select(is_lower, mirrored, z);
    place(g, z, loc, scale)
}
