//! AsymmetricLaplace(loc, scale, asymmetry): an exponential on either side of loc, of mean scale·asymmetry on the left and
//! scale/asymmetry on the right. With scale and asymmetry from a share it is the likelihood of quantile regression.

use super::location_scale::standard;
use super::numeric::log_sigmoid;
use super::sides::{Sided, shares};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct AsymmetricLaplace;

static SIGNATURE: Signature = Signature {
    name: "AsymmetricLaplace",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "mode" },
            Param { name: "scale", needs: Needs::Positive, doc: "spread" },
            Param {
                name: "asymmetry",
                needs: Needs::Positive,
                doc: "above 1 the left tail is longer",
            },
        ],
    }],
    support: Support::Real,
    event: Event::Scalar,
    doc: "An exponential on either side of `loc`, of unlike lengths.",
    density: "exp(-|x - loc| / s) / (scale (asymmetry + 1 / asymmetry)) with s = scale asymmetry on the left, scale / asymmetry on the right",
    example: "x ~ AsymmetricLaplace(0, 1, 2)",
};

/// Lengths of the two sides, and the logs of their masses.
struct Arms {
    left: NodeId,
    right: NodeId,
    log_left: NodeId,
    log_right: NodeId,
}

fn arms(g: &mut Graph, c: &Call) -> Arms {
    let [_, scale, asymmetry] = c.args();
    let (left, right) = (g.mul(scale, asymmetry), g.div(scale, asymmetry));
    let odds = g.ln(asymmetry);
    let odds = g.scale(2.0, odds);
    let minus = g.neg(odds);
    let (log_left, log_right) = (log_sigmoid(g, odds), log_sigmoid(g, minus));
    Arms { left, right, log_left, log_right }
}

/// The distance from loc to the left and to the right, in lengths of the sides; 0 on the other side.
fn distances(g: &mut Graph, x: NodeId, c: &Call, arms: &Arms) -> [NodeId; 2] {
    let zero = g.number(0.0);
    let (before, after) = (g.sub(c.args[0], x), g.sub(x, c.args[0]));
    let (before, after) = (g.max(before, zero), g.max(after, zero));
    [g.div(before, arms.left), g.div(after, arms.right)]
}

fn sided(g: &mut Graph, x: NodeId, c: &Call) -> Sided {
    let arms = arms(g, c);
    let [before, after] = distances(g, x, c, &arms);
    Sided {
        is_left: g.lt(x, c.args[0]),
        left: g.sub(arms.log_left, before),
        right: g.sub(arms.log_right, after),
    }
}

impl Distribution for AsymmetricLaplace {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let arms = arms(g, c);
        let [before, after] = distances(g, x, c, &arms);
        let width = g.add(arms.left, arms.right);
        let log_width = g.ln(width);
        let sum = g.add_all([before, after, log_width]);
        g.neg(sum)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let tails = Tails::uniform(g, dims, name);
        Draw::Pathwise(inverse(g, tails, c))
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        Some(sided(g, x, c).log_cdf(g))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        Some(sided(g, x, c).log_survival(g))
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        Some(inverse(g, at, c))
    }

    fn standard(&self, g: &mut Graph, c: &Call) -> Option<(NodeId, NodeId, Call)> {
        Some(standard(g, c))
    }
}

fn inverse(g: &mut Graph, at: Tails, c: &Call) -> NodeId {
    let arms = arms(g, c);
    let share = shares(g, at, arms.log_left, arms.log_right);
    let (left, right) = (g.mul(arms.left, share.left), g.mul(arms.right, share.right));
    let (before, after) = (g.add(c.args[0], left), g.sub(c.args[0], right));
    g.select(share.is_left, before, after)
}
