//! Special functions of one f64, to nearly its full accuracy.
//!
//! Digamma and trigamma: recurrence up to an argument where the asymptotic series holds, reflection below 0 (Abramowitz &
//! Stegun 6.3–6.4). log Φ: through erfc, and by the continued fraction of Mills' ratio far to the left.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// ½ log(2π)
const HALF_LOG_2PI: f64 = 0.918_938_533_204_672_8;

/// From here on the asymptotic series below have all digits.
const LARGE: f64 = 12.0;

/// log |Γ(x)|; +∞ at 0, −1, −2 …
pub fn lgamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// erf(x)
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// log(1 + eˣ)
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p() + if x.is_nan() { x } else { 0.0 }
}

/// 1 / (1 + e⁻ˣ)
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// d log Γ(x) / dx; NaN at 0, −1, −2 …
pub fn digamma(x: f64) -> f64 {
    if x <= 0.0 {
        return if x == x.floor() { f64::NAN } else { digamma(1.0 - x) - PI / tan_pi(x) };
    }
    let mut low = x;
    let mut sum = 0.0;
    while low < LARGE {
        sum -= 1.0 / low;
        low += 1.0;
    }
    let inverse = 1.0 / (low * low);
    let series = [
        1.0 / 12.0,
        -1.0 / 120.0,
        1.0 / 252.0,
        -1.0 / 240.0,
        1.0 / 132.0,
        -691.0 / 32760.0,
        1.0 / 12.0,
    ];
    sum + (low.ln() - 0.5 / low - inverse * polynomial(&series, inverse))
}

/// d² log Γ(x) / dx²; NaN at 0, −1, −2 …
pub fn trigamma(x: f64) -> f64 {
    if x <= 0.0 {
        let sine = sin_pi(x);
        return if x == x.floor() { f64::NAN } else { (PI / sine).powi(2) - trigamma(1.0 - x) };
    }
    let mut low = x;
    let mut sum = 0.0;
    while low < LARGE {
        sum += 1.0 / (low * low);
        low += 1.0;
    }
    let inverse = 1.0 / (low * low);
    let series =
        [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0];
    sum + (1.0 + 0.5 / low + inverse * polynomial(&series, inverse)) / low
}

/// log Φ(x), the log of the standard normal's distribution function.
pub fn log_ndtr(x: f64) -> f64 {
    if x < -20.0 {
        -0.5 * x * x - HALF_LOG_2PI - inverse_mills(-x).ln()
    } else if x < 0.0 {
        (0.5 * libm::erfc(-x * FRAC_1_SQRT_2)).ln()
    } else {
        (-0.5 * libm::erfc(x * FRAC_1_SQRT_2)).ln_1p()
    }
}

/// φ(t) / (1 − Φ(t)) for large t: t + 1/(t + 2/(t + 3/(t + …))) (Laplace).
fn inverse_mills(t: f64) -> f64 {
    (1..=10).rev().fold(t, |rest, k| t + f64::from(k) / rest)
}

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// sin πx, without the rounding of πx for large x.
fn sin_pi(x: f64) -> f64 {
    let rest = x - 2.0 * (0.5 * x).round();
    (PI * rest).sin()
}

fn tan_pi(x: f64) -> f64 {
    (PI * (x - x.round())).tan()
}
