//! The implicit derivative of a Beta draw (Figurnov, Mohamed & Mnih 2018) on the scale of its log odds y: where the
//! distribution function stays, dy/da = −(∂F/∂a)/w, with w = zᵃ(1 − z)ᵇ/B(a, b) the density of y.
//!
//! F/w = ₂F₁(a + b, 1; a + 1; z)/a as a series for a ≤ b and as Gauss's continued fraction for a > b, each up to about
//! the mean; beyond it 1 − F, which is F from the other end. Terms of the derivative all have one sign there. Where both
//! shapes are large the log odds are normal.

use super::special::{digamma, sigmoid, softplus, trigamma};

/// If both shapes are larger, the log odds are normal to 2e-4 of the slope, five standard deviations out.
const LARGE: f64 = 2e4;
/// A shape beyond it is only a scale: z, or 1 − z, is that of a Gamma draw divided by it.
const VAST: f64 = 1e9;
/// Terms below this share of the sum end it.
const SMALL: f64 = 1e-16;

/// dy/da for the log odds y of a Beta(a, b) draw, to 1e-8 for shapes from 1e-3 to 1e4; NaN for shapes that are not
/// positive. By b it is `-beta_slope(b, a, -y)`.
pub(super) fn beta_slope(a: f64, b: f64, y: f64) -> f64 {
    let sound = a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite() && !y.is_nan();
    if !sound {
        return f64::NAN;
    }
    if a.min(b) > LARGE {
        return by_normal(a, b, y);
    }
    if b > VAST {
        return beta_slope(a, VAST, y + (b / VAST).ln());
    }
    if a > VAST {
        return VAST / a * beta_slope(VAST, b, y - (a / VAST).ln());
    }
    let (log_z, z) = (-softplus(-y), sigmoid(y));
    let mean_log = digamma(a) - digamma(a + b);
    match (z <= (a + 1.0) / (a + b + 2.0), a <= b) {
        (true, true) => series_below(a, b, z, mean_log - log_z),
        (true, false) => fraction_below(a, b, z, mean_log - log_z),
        (false, false) => series_above(a, b, sigmoid(-y), log_z - mean_log),
        (false, true) => fraction_above(a, b, sigmoid(-y), log_z - mean_log),
    }
}

/// Σ zⁿ (a + b)ₙ/(a)ₙ₊₁ · (ψ(a + 1 + n) − ψ(a + b + n) − log z), with `below` = ψ(a) − ψ(a + b) − log z.
fn series_below(a: f64, b: f64, z: f64, below: f64) -> f64 {
    let step = |n: f64| {
        let (top, bottom) = (a + b + n, a + 1.0 + n);
        (z * top / bottom, 1.0 / bottom - 1.0 / top)
    };
    series(1.0 / a, below + 1.0 / a, step)
}

/// Σ (1 − z)ⁿ (a + b)ₙ/(b)ₙ₊₁ · (log z − ψ(a) + ψ(a + b + n)), with `above` = log z − ψ(a) + ψ(a + b).
fn series_above(a: f64, b: f64, rest: f64, above: f64) -> f64 {
    let step = |n: f64| {
        let top = a + b + n;
        (rest * top / (b + 1.0 + n), 1.0 / top)
    };
    series(1.0 / b, above, step)
}

/// Σ weight·factor, where a step says what multiplies the weight and what the factor gains.
fn series(mut weight: f64, mut factor: f64, step: impl Fn(f64) -> (f64, f64)) -> f64 {
    let (mut sum, mut n) = (weight * factor, 0.0);
    loop {
        let (ratio, gain) = step(n);
        weight *= ratio;
        factor += gain;
        let term = weight * factor;
        sum += term;
        n += 1.0;
        let goes_on = term.abs() > SMALL * sum.abs();
        if !goes_on {
            return sum;
        }
    }
}

fn fraction_below(a: f64, b: f64, z: f64, below: f64) -> f64 {
    let (value, slope) = fraction([a, b], z, [1.0, 0.0]);
    value / a * (below + 1.0 / a) - slope / a
}

fn fraction_above(a: f64, b: f64, rest: f64, above: f64) -> f64 {
    let (value, slope) = fraction([b, a], rest, [0.0, 1.0]);
    value / b * above + slope / b
}

/// ₂F₁(a + b, 1; a + 1; z) as 1/(1 + d₁/(1 + d₂/(1 + …))) (DLMF 8.17.22), from the innermost term out, and its
/// derivative as a and b move by `da` and `db`.
fn fraction([a, b]: [f64; 2], z: f64, [da, db]: [f64; 2]) -> (f64, f64) {
    let depth = (40.0 + (26.0 * a.sqrt()).powf(2.0 / 3.0)).ceil();
    let (mut below, mut slope) = (1.0, 0.0);
    let mut n = depth;
    while n >= 1.0 {
        let m = (n / 2.0).floor();
        let (top, top_slope) = match n % 2.0 == 1.0 {
            true => (-(a + m) * (a + b + m), -(da * (a + b + m) + (a + m) * (da + db))),
            false => (m * (b - m), m * db),
        };
        let bottom = (a + n - 1.0) * (a + n);
        let part = top * z / bottom;
        let part_slope = (top_slope * z - part * da * (2.0 * (a + n) - 1.0)) / bottom;
        slope = (part_slope - part * slope / below) / below;
        below = 1.0 + part / below;
        n -= 1.0;
    }
    (1.0 / below, -slope / (below * below))
}

/// The log odds have mean ψ(a) − ψ(b) and variance ψ′(a) + ψ′(b).
fn by_normal(a: f64, b: f64, y: f64) -> f64 {
    let (mean, variance) = (digamma(a) - digamma(b), trigamma(a) + trigamma(b));
    // ψ″(a)
    let bend = -(1.0 + 1.0 / a) / (a * a);
    trigamma(a) + (y - mean) / (2.0 * variance) * bend
}
