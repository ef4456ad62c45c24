//! The implicit derivative of a Gamma draw (Figurnov, Mohamed & Mnih 2018): where the distribution function F(a, z) stays,
//! d log z/da = −(∂F/∂a) / (z p(z)), by three expansions whose terms all have one sign.
//!
//! Below the median: F = z p Σ zⁿ Γ(a)/Γ(a + n + 1) gives Σ zⁿ Γ(a)/Γ(a + n + 1) · (ψ(a + n + 1) − log z). Above it:
//! 1 − F = z p U, with Legendre's continued fraction for U, gives U (log z − ψ(a)) + ∂U/∂a. At large shapes: the cube root
//! of z is normal (Wilson & Hilferty 1931).

use super::special::digamma;

/// From here on the cube root is normal to 3e-5 of the slope, six standard deviations out.
const LARGE: f64 = 1e3;
/// Terms below this share of the sum end it.
const SMALL: f64 = 1e-16;

/// d log z/da for a Gamma(a, 1) draw z, to 1e-11 for shapes up to 1000; NaN for shapes that are not positive.
pub fn gamma_slope(shape: f64, log_z: f64) -> f64 {
    if shape.is_nan() || shape <= 0.0 || log_z.is_nan() {
        return f64::NAN;
    }
    if shape > LARGE {
        return by_cube_root(shape, log_z);
    }
    let mean_log = digamma(shape);
    match log_z < mean_log + 1.0 / shape {
        true => by_series(shape, log_z, mean_log),
        false => by_fraction(shape, log_z, mean_log),
    }
}

fn by_series(shape: f64, log_z: f64, mean_log: f64) -> f64 {
    let z = log_z.exp();
    let (mut weight, mut mean_log) = (1.0 / shape, mean_log + 1.0 / shape);
    let mut sum = weight * (mean_log - log_z);
    let mut next = shape;
    loop {
        next += 1.0;
        weight *= z / next;
        mean_log += 1.0 / next;
        let term = weight * (mean_log - log_z);
        sum += term;
        let goes_on = term > SMALL * sum;
        if !goes_on {
            return sum;
        }
    }
}

/// U = 1/(z + 1 − a − 1(1 − a)/(z + 3 − a − 2(2 − a)/(z + 5 − a − …))) with its derivative, from the innermost term out.
fn by_fraction(shape: f64, log_z: f64, mean_log: f64) -> f64 {
    let z = log_z.exp();
    let depth = (20.0 + (26.0 * shape.sqrt()).powf(2.0 / 3.0) + 80.0 / z).ceil();
    let (mut below, mut slope) = (z + 2.0 * depth + 1.0 - shape, -1.0);
    let mut n = depth;
    while n >= 1.0 {
        let part = n * (n - shape) / below;
        slope = -1.0 + n / below + part * slope / below;
        below = z + 2.0 * n - 1.0 - shape - part;
        n -= 1.0;
    }
    let upper = below.recip();
    upper * (log_z - mean_log) - slope * upper * upper
}

fn by_cube_root(shape: f64, log_z: f64) -> f64 {
    let root = ((log_z - shape.ln()) / 3.0).exp();
    let correction = 1.0 / (9.0 * shape);
    let score = 3.0 * shape.sqrt() * (root - 1.0 + correction);
    let slope = correction / shape - score / (6.0 * shape * shape.sqrt());
    1.0 / shape + 3.0 * slope / root
}
