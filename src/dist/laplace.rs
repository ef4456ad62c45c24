//! Laplace(loc, scale): a double exponential; its maximum likelihood is the median.

use super::location_scale::{place, standard, standardize};
use super::numeric::log_complement;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId};
use std::f64::consts::LN_2;

pub(super) struct Laplace;

static SIGNATURE: Signature = Signature {
    name: "Laplace",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "median" },
            Param { name: "scale", needs: Needs::Positive, doc: "mean distance from the median" },
        ],
    }],
    support: Support::Real,
    event: Event::Scalar,
    doc: "An exponential on either side of `loc`.",
    density: "exp(-|x - loc| / scale) / (2 scale)",
    example: "x ~ Laplace(0, 1)",
};

impl Distribution for Laplace {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [loc, scale] = c.args();
        let z = standardize(g, x, loc, scale);
        let fall = g.abs(z);
        let width = g.ln(scale);
        let width = g.shift(LN_2, width);
        let sum = g.add(fall, width);
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
        Some(standard(g, &Laplace, c))
    }

    /// log(s/b) + d/s + (b/s) exp(−d/b) − 1 for q = Laplace(μ, b), p = Laplace(m, s), d = |μ − m|.
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        let ([mu, b], [m, s]) = (q.args(), p.args());
        let distance = g.sub(mu, m);
        let distance = g.abs(distance);
        let ratio = g.div(b, s);
        let in_q = g.div(distance, b);
        let in_p = g.div(distance, s);
        let fall = g.neg(in_q);
        let fall = g.exp(fall);
        let spread = g.mul(ratio, fall);
        let sum = g.add(in_p, spread);
        let sum = g.shift(-1.0, sum);
        let log = g.ln(ratio);
        Some(g.sub(sum, log))
    }
}

/// log(exp(z)/2) on the left, log(1 − exp(−z)/2) on the right.
fn log_below(g: &mut Graph, z: NodeId) -> NodeId {
    let zero = g.number(0.0);
    let is_left = g.lt(z, zero);
    let (left, right) = (g.min(z, zero), g.max(z, zero));
    let below_left = g.shift(-LN_2, left);
    let above = g.neg(right);
    let above = g.exp(above);
    let above = g.scale(0.5, above);
    let below_right = log_complement(g, above);
    g.select(is_left, below_left, below_right)
}

/// ±log(2 p), p the smaller tail.
fn inverse(g: &mut Graph, at: Tails, c: &Call) -> NodeId {
    let [loc, scale] = c.args();
    let (is_lower, log_p) = at.smaller(g);
    let z = g.shift(LN_2, log_p);
    let mirrored = g.neg(z);
    let z = g.select(is_lower, z, mirrored);
    place(g, z, loc, scale)
}
