//! How draws move with their parameters where their distribution function stays: the derivatives of the continuous samplers.

use super::Sampler;
use super::beta_slope::beta_slope;
use super::gamma_slope::gamma_slope;
use super::von_mises_slope::von_mises_slope;

/// d draw/d parameter, by its number; NaN where the parameters are outside their ranges.
pub fn slope(sampler: Sampler, by: u8, draw: f64, parameters: &[f64]) -> f64 {
    match (sampler, by, parameters) {
        (Sampler::Gamma, 0, &[shape]) => draw * gamma_slope(shape, draw.ln()),
        (Sampler::Beta, 0, &[a, b]) => beta_slope(a, b, draw),
        (Sampler::Beta, 1, &[a, b]) => -beta_slope(b, a, -draw),
        (Sampler::VonMises, 0, &[concentration]) => von_mises_slope(concentration, draw),
        _ => unreachable!("{sampler:?} passes no gradient to parameter {by}"),
    }
}
