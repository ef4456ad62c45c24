//! The modified Bessel function I_k(x) of a whole order k ≥ 0, by the path through its saddle point. With s = √(x² + k²)
//! log I_k(x) = s − k asinh(k/x) + log mean_θ exp(−s (1 − cos θ)) cos(k (sin θ − θ)), θ from 0 to π.
//!
//! The mean over midpoints has all digits while the peak is not too narrow; beyond that Debye's expansion has
//! (Olver 1954; DLMF 10.41.3).

use super::numeric::polynomial;
use crate::ir::{Graph, NodeId};
use std::f64::consts::{PI, TAU};

/// How many angles the mean is over: enough for s up to `WIDE`.
const ANGLES: usize = 32;
/// From here on five terms of the expansion have 11 digits.
const WIDE: f64 = 57.0;

/// Numerators of the expansion's terms in p² = k²/s², and their denominators.
const TERMS: [(&[f64], f64); 5] = [
    (&[3.0, -5.0], 24.0),
    (&[81.0, -462.0, 385.0], 1152.0),
    (&[30_375.0, -369_603.0, 765_765.0, -425_425.0], 414_720.0),
    (&[4_465_125.0, -94_121_676.0, 349_922_430.0, -446_185_740.0, 185_910_725.0], 39_813_120.0),
    (
        &[
            1_519_035_525.0,
            -49_286_948_607.0,
            284_499_769_554.0,
            -614_135_872_350.0,
            566_098_157_625.0,
            -188_699_385_875.0,
        ],
        6_688_604_160.0,
    ),
];

/// log I_k(x), for x > 0.
pub(super) fn log_bessel(g: &mut Graph, k: NodeId, x: NodeId) -> NodeId {
    let s = saddle(g, k, x);
    let reach = g.add(k, s);
    let ratio = g.div(reach, x);
    let asinh = g.ln(ratio);
    let fall = g.mul(k, asinh);
    let peak = g.sub(s, fall);
    let width = log_width(g, k, s);
    g.add(peak, width)
}

/// log I₀(x) − x
pub(super) fn log_bessel_0_scaled(g: &mut Graph, x: NodeId) -> NodeId {
    let zero = g.number(0.0);
    log_width(g, zero, x)
}

fn saddle(g: &mut Graph, k: NodeId, x: NodeId) -> NodeId {
    let (k, x) = (g.square(k), g.square(x));
    let sum = g.add(k, x);
    g.sqrt(sum)
}

/// The log of the mean.
fn log_width(g: &mut Graph, k: NodeId, s: NodeId) -> NodeId {
    let wide = g.number(WIDE);
    let is_narrow = g.lt(wide, s);
    let (flat, sharp) = (g.min(s, wide), g.max(s, wide));
    let flat_order = g.min(k, wide);
    let (by_mean, by_series) = (log_mean(g, flat_order, flat), log_series(g, k, sharp));
    g.select(is_narrow, by_series, by_mean)
}

fn log_mean(g: &mut Graph, k: NodeId, s: NodeId) -> NodeId {
    let angle = g.dim("angle", ANGLES);
    let place = g.iota(angle);
    let place = g.shift(0.5, place);
    let theta = g.scale(PI / ANGLES as f64, place);
    let (half, sine) = (g.scale(0.5, theta), g.sin(theta));
    let half = g.sin(half);
    let square = g.square(half);
    let descent = g.scale(-2.0, square);
    let (fall, turn) = (g.mul(s, descent), g.sub(sine, theta));
    let (height, phase) = (g.exp(fall), g.mul(k, turn));
    let wave = g.cos(phase);
    let each = g.mul(height, wave);
    let mean = g.mean(each, &[angle]);
    g.ln(mean)
}

/// −½ log(2π s) + log(1 + Σ_n u_n(p²)/sⁿ)
fn log_series(g: &mut Graph, k: NodeId, s: NodeId) -> NodeId {
    let p = g.div(k, s);
    let (p, step) = (g.square(p), g.recip(s));
    let zero = g.number(0.0);
    let rest = TERMS.iter().rev().fold(zero, |rest, (numerator, denominator)| {
        let term = polynomial(g, p, numerator);
        let term = g.scale(1.0 / denominator, term);
        let sum = g.add(term, rest);
        g.mul(step, sum)
    });
    let log_rest = g.log1p(rest);
    let round = g.scale(TAU, s);
    let log_round = g.ln(round);
    let half = g.scale(0.5, log_round);
    g.sub(log_rest, half)
}
