//! Laplace(loc, scale): a double exponential; its maximum likelihood is the median.

use super::location_scale::Symmetric;
use super::numeric::log_complement;
use super::{Call, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Graph, NodeId};
use std::f64::consts::LN_2;

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

pub(super) static LAPLACE: Symmetric = Symmetric {
    signature: &SIGNATURE,
    log_density,
    log_below,
    quantile,
    has_mean: true,
    kl: Some(kl),
};

/// −|z| − log 2
fn log_density(g: &mut Graph, z: NodeId) -> NodeId {
    let fall = g.abs(z);
    let sum = g.shift(LN_2, fall);
    g.neg(sum)
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
fn quantile(g: &mut Graph, at: Tails) -> NodeId {
    let (is_lower, log_p) = at.smaller(g);
    let z = g.shift(LN_2, log_p);
    let mirrored = g.neg(z);
    g.select(is_lower, z, mirrored)
}

/// log(s/b) + d/s + (b/s) exp(−d/b) − 1 for q = Laplace(μ, b), p = Laplace(m, s), d = |μ − m|.
fn kl(g: &mut Graph, q: &Call, p: &Call) -> NodeId {
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
    g.sub(sum, log)
}
