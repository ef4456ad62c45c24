//! Noise by counting: element i of a fill is a function of (seed, step, noise, i) and of nothing else.
//!
//! Bits come from SplitMix64's output function (Steele, Lea & Flood 2014, which passes BigCrush) on a Weyl sequence, with a
//! second key word between its two rounds. Normals by the inverse distribution function, in the manner of Giles 2012:
//! two polynomials, in w = −ln 4p(1 − p) and in √w. No fused multiply-add anywhere, so that a seed gives the same bytes on
//! every machine; f32 and f64 see the same draws, up to rounding.

use super::NoiseSource;
use super::simd::elementary::{ln_normal, select};
use super::simd::{Isa, Lane, kernel};
use crate::ir;

/// The randomness of a fit.
#[derive(Clone, Copy, Debug)]
pub struct Noise {
    seed: (u64, u64),
    isa: Isa,
}

impl Noise {
    pub fn new(seed: u64) -> Self {
        let first = mix(seed.wrapping_add(WEYL));
        Self { seed: (first, mix(first ^ seed)), isa: Isa::detect() }
    }

    /// A key for each step and noise: different ones below 2⁴⁴ steps and 2²⁰ noises.
    fn key(&self, step: u64, noise: usize) -> Key {
        let place = step ^ ((noise as u64) << 44);
        Key(mix(self.seed.0 ^ place), mix(self.seed.1.wrapping_sub(place)))
    }
}

impl NoiseSource for Noise {
    fn fill_f32(&mut self, step: u64, noise: usize, kind: ir::Noise, out: &mut [f32]) {
        fill(self.isa, self.key(step, noise), kind, out);
    }

    fn fill_f64(&mut self, step: u64, noise: usize, kind: ir::Noise, out: &mut [f64]) {
        fill(self.isa, self.key(step, noise), kind, out);
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Key(u64, u64);

/// 2⁶⁴ divided by the golden ratio.
const WEYL: u64 = 0x9e37_79b9_7f4a_7c15;
const MIX: (u64, u64) = (0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb);

/// A bijection that turns counting into noise.
fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(MIX.0);
    let z = (z ^ (z >> 27)).wrapping_mul(MIX.1);
    z ^ (z >> 31)
}

/// The random word of element `i`.
#[inline(always)]
fn random_word(key: Key, i: u64) -> u64 {
    let z = key.0.wrapping_add(i.wrapping_mul(WEYL));
    let z = (z ^ (z >> 30)).wrapping_mul(MIX.0) ^ key.1;
    let z = (z ^ (z >> 27)).wrapping_mul(MIX.1);
    z ^ (z >> 31)
}

/// Draws made at a time; a whole number of registers.
const BLOCK: usize = 64;

/// Words first, then what becomes of them, so that f32 uses the whole width of a register. A short fill is rounded up to
/// whole registers, of which there is no slow rest.
macro_rules! each_draw {
    ($E:ident, $key:ident, $out:ident, $word:ident => $value:expr) => {
        let (mut words, mut draws) = ([$E::Word::default(); BLOCK], [$E::ZERO; BLOCK]);
        for (block, out) in $out.chunks_mut(BLOCK).enumerate() {
            let count = out.len().next_multiple_of($E::LANES);
            for (i, word) in words[..count].iter_mut().enumerate() {
                *word = $E::word(random_word($key, (block * BLOCK + i) as u64));
            }
            for (draw, &$word) in draws[..count].iter_mut().zip(&words) {
                *draw = $value;
            }
            out.copy_from_slice(&draws[..out.len()]);
        }
    };
}

kernel! {
    fn fill<E, F>(key: Key, kind: ir::Noise, out: &mut [E]) {
        let _ = F;
        match kind {
            ir::Noise::Normal => { each_draw!(E, key, out, word => normal(word)); }
            ir::Noise::Uniform => { each_draw!(E, key, out, word => E::unit(word)); }
            ir::Noise::Gumbel => { each_draw!(E, key, out, word => gumbel(word)); }
        }
    }
}

/// The first bit says which half of the distribution, the others the probability p ≤ ½ of lying further out.
#[inline(always)]
fn normal<E: Lane>(word: E::Word) -> E {
    let p = E::half_unit(word);
    let q = E::ONE - p;
    let w = -ln_normal::<E, false>(p * q * E::of(4.0));
    let central = w < E::of(E::QUANTILE_SPLIT);
    let t = select(central, w, w.sqrt() - E::of(E::QUANTILE_CENTRE));
    let at = |i: usize| select(central, E::QUANTILE[i].0, E::QUANTILE[i].1);
    let square = t * t;
    let (mut this, mut other) = (at(1), at(0));
    for i in 2..E::QUANTILE.len() {
        (this, other) = (other * square + at(i), this);
    }
    let ratio = other * t + this;
    (ratio * (q - p)).with_sign_bit(word)
}

/// −ln E with E = −ln u, u = p or 1 − p: as fine in the upper tail as in the lower.
#[inline(always)]
fn gumbel<E: Lane>(word: E::Word) -> E {
    let p = E::half_unit(word);
    let low = E::first_bit(word);
    let u = select(low, p, E::ONE - p);
    let lost = select(low, E::ZERO, (E::ONE - u) - p);
    -ln_normal::<E, false>(-(ln_normal::<E, false>(u) + lost / u))
}

#[cfg(test)]
mod tests;
