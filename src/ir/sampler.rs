//! Draws that need a loop or a rejection step, as a pure function of one uniform noise: its bits seed a small generator.

use super::Sampler;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Binomial, Distribution, Gamma, Hypergeometric, Poisson};

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
        _ => unreachable!("{sampler:?}: its number of parameters is fixed"),
    }
}
