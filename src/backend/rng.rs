//! Counter-based noise: element i of a fill is a function of (seed, step, stream, i), whatever the machine.

use super::NoiseSource;
use crate::ir;

/// The source of all randomness of a fit.
#[derive(Clone, Copy, Debug)]
pub struct Noise {
    seed: u64,
}

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self { seed: mix(seed) }
    }
}

/// The output function of SplitMix64.
fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl NoiseSource for Noise {
    fn fill_f32(&mut self, step: u64, noise: usize, kind: ir::Noise, out: &mut [f32]) {
        let mut wide = vec![0.0; out.len()];
        self.fill_f64(step, noise, kind, &mut wide);
        for (o, w) in out.iter_mut().zip(wide) {
            *o = w as f32;
        }
    }

    fn fill_f64(&mut self, step: u64, noise: usize, kind: ir::Noise, out: &mut [f64]) {
        let key = mix(self.seed ^ mix(step).wrapping_add(mix(noise as u64)));
        let uniform = |i: usize| {
            let z = mix(key.wrapping_add((i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            ((z >> 12) as f64 + 0.5) / (1u64 << 52) as f64
        };
        for (i, o) in out.iter_mut().enumerate() {
            let u = uniform(2 * i);
            *o = match kind {
                ir::Noise::Uniform => u,
                ir::Noise::Gumbel => -(-u.ln()).ln(),
                ir::Noise::Normal => {
                    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * uniform(2 * i + 1)).cos()
                }
            };
        }
    }
}
