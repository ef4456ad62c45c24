//! Logistic(loc, scale): its CDF is the sigmoid; the error behind a logistic regression.

use super::location_scale::{place, standard, standardize};
use super::numeric::log_sigmoid;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Logistic;

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

impl Distribution for Logistic {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    /// log F + log(1 − F) − log scale
    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [loc, scale] = c.args();
        let z = standardize(g, x, loc, scale);
        let above = g.softplus(z);
        let twice = g.scale(2.0, above);
        let tails = g.sub(z, twice);
        let width = g.ln(scale);
        g.sub(tails, width)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let tails = Tails::uniform(g, dims, name);
        Draw::Pathwise(inverse(g, tails, c))
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let [loc, scale] = c.args();
        let z = standardize(g, x, loc, scale);
        Some(log_sigmoid(g, z))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let [loc, scale] = c.args();
        let z = standardize(g, loc, x, scale);
        Some(log_sigmoid(g, z))
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        Some(inverse(g, at, c))
    }

    fn standard(&self, g: &mut Graph, c: &Call) -> Option<(NodeId, NodeId, Call)> {
        Some(standard(g, &Logistic, c))
    }
}

/// The logit, log F − log(1 − F).
fn inverse(g: &mut Graph, at: Tails, c: &Call) -> NodeId {
    let [loc, scale] = c.args();
    let z = g.sub(at.below, at.above);
    place(g, z, loc, scale)
}
