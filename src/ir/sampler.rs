//! Draws that need a loop or a rejection step, as a pure function of one uniform noise: its bits seed a small generator.

use super::Sampler;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use rand_distr::{Binomial, Distribution, Gamma, Hypergeometric, Poisson};
use std::f64::consts::PI;

/// A draw; NaN where the parameters are outside their ranges. `parameters` are in the order that `Sampler` gives.
///
/// A Gamma draw is never 0, however small its shape, so that its logarithm is finite in f64.
pub fn draw(sampler: Sampler, noise: f64, parameters: &[f64]) -> f64 {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(noise.to_bits());
    match (sampler, parameters) {
        (Sampler::Gamma, &[shape]) => match Gamma::new(shape, 1.0) {
            Ok(gamma) => gamma.sample(&mut rng).max(f64::MIN_POSITIVE),
            Err(_) => f64::NAN,
        },
        (Sampler::Beta, &[a, b]) => log_gamma(&mut rng, a) - log_gamma(&mut rng, b),
        (Sampler::Poisson, &[0.0]) => 0.0,
        (Sampler::Poisson, &[mean]) => {
            Poisson::new(mean).map_or(f64::NAN, |poisson| poisson.sample(&mut rng))
        }
        (Sampler::Binomial, &[trials, probability]) if trials >= 0.0 => {
            let binomial = Binomial::new(trials as u64, probability);
            binomial.map_or(f64::NAN, |binomial| binomial.sample(&mut rng) as f64)
        }
        (Sampler::Binomial, &[_, _]) => f64::NAN,
        (Sampler::Hypergeometric, &[successes, failures, draws]) => {
            let all = successes + failures;
            let urn = Hypergeometric::new(all as u64, successes as u64, draws as u64);
            let sound = successes >= 0.0 && failures >= 0.0 && draws >= 0.0;
            urn.ok().filter(|_| sound).map_or(f64::NAN, |urn| urn.sample(&mut rng) as f64)
        }
        (Sampler::VonMises, &[concentration]) => von_mises(&mut rng, concentration),
        _ => unreachable!("{sampler:?}: its number of parameters is fixed"),
    }
}

/// The log of a Gamma draw: as G(a) is G(a + 1)·u^(1/a), small shapes do not underflow.
fn log_gamma(rng: &mut Xoshiro256PlusPlus, shape: f64) -> f64 {
    let Some(gamma) = Gamma::new(shape + 1.0, 1.0).ok().filter(|_| shape > 0.0) else {
        return f64::NAN;
    };
    let boost = 1.0 - rng.random::<f64>();
    gamma.sample(rng).ln() + boost.ln() / shape
}

/// An angle from a wrapped Cauchy, until one is accepted (Best & Fisher 1979).
fn von_mises(rng: &mut Xoshiro256PlusPlus, concentration: f64) -> f64 {
    if concentration.is_nan() || concentration < 0.0 {
        return f64::NAN;
    }
    let r = wrapped_cauchy(concentration);
    loop {
        let z = (PI * rng.random::<f64>()).cos();
        let cosine = (1.0 + r * z) / (r + z);
        let c = concentration * (r - cosine);
        let height: f64 = rng.random();
        if c * (2.0 - c) > height || (c / height).ln() + 1.0 >= c {
            let angle = cosine.clamp(-1.0, 1.0).acos();
            return if rng.random() { angle } else { -angle };
        }
    }
}

/// (1 + ρ²)/(2ρ) for the ρ of the wrapped Cauchy that is accepted most often.
fn wrapped_cauchy(concentration: f64) -> f64 {
    const TINY: f64 = 1e-5;
    if concentration < TINY {
        return 1.0 / concentration.max(f64::MIN_POSITIVE);
    }
    let tau = 1.0 + (1.0 + 4.0 * concentration * concentration).sqrt();
    let rho = (tau - (2.0 * tau).sqrt()) / (2.0 * concentration);
    (1.0 + rho * rho) / (2.0 * rho)
}
