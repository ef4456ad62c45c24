//! The same bytes everywhere; the right distributions, far into the tails; nothing shared between steps and noises.

use super::{Key, Noise, NoiseSource, fill, random_word};
use crate::backend::simd::{Isa, Lane};
use crate::ir;
use statrs::function::erf::erfc;

const KINDS: [ir::Noise; 3] = [ir::Noise::Normal, ir::Noise::Uniform, ir::Noise::Gumbel];
const N: usize = 1_000_000;

fn draws(seed: u64, step: u64, noise: usize, kind: ir::Noise) -> Vec<f64> {
    let mut out = vec![0.0; N];
    Noise::new(seed).fill_f64(step, noise, kind, &mut out);
    out
}

fn draws_f32(seed: u64, step: u64, noise: usize, kind: ir::Noise) -> Vec<f32> {
    let mut out = vec![0.0; N];
    Noise::new(seed).fill_f32(step, noise, kind, &mut out);
    out
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// √n times the largest distance between the empirical and the given distribution function.
fn kolmogorov(mut x: Vec<f64>, cdf: impl Fn(f64) -> f64) -> f64 {
    x.sort_by(f64::total_cmp);
    let n = x.len() as f64;
    let gap = |(i, &x): (usize, &f64)| {
        let p = cdf(x);
        (p - i as f64 / n).abs().max((p - (i + 1) as f64 / n).abs())
    };
    n.sqrt() * x.iter().enumerate().map(gap).fold(0.0, f64::max)
}

/// Beyond this √n D lies with probability 2·10⁻⁵.
const KOLMOGOROV: f64 = 2.4;

fn upper_tail(x: f64) -> f64 {
    0.5 * erfc(x / std::f64::consts::SQRT_2)
}

fn check_same_bytes<E: Lane>() {
    for kind in KINDS {
        let key = Key(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210);
        let mut want = vec![E::ZERO; 1000];
        fill(Isa::available().next().expect("a baseline"), key, kind, &mut want);
        for isa in Isa::available() {
            for n in [1, 7, 8, 16, 17, 63, 64, 65, 1000] {
                let mut got = vec![E::NAN; n];
                fill(isa, key, kind, &mut got);
                assert_eq!(got, want[..n], "{isa:?} {kind:?} {n}");
            }
        }
    }
}

#[test]
fn bytes_depend_neither_on_the_instruction_set_nor_on_the_length() {
    check_same_bytes::<f32>();
    check_same_bytes::<f64>();
}

#[test]
fn both_precisions_see_the_same_draws() {
    for kind in KINDS {
        let (narrow, wide) = (draws_f32(3, 1, 0, kind), draws(3, 1, 0, kind));
        for (a, b) in narrow.iter().zip(wide) {
            assert!((*a as f64 - b).abs() < 2e-4, "{kind:?}: {a} and {b}");
        }
    }
}

#[test]
fn the_extreme_words_give_finite_draws() {
    fn check<E: Lane>(random: u64) {
        let word = E::word(random);
        let (unit, half) = (E::unit(word).to_f64(), E::half_unit(word).to_f64());
        assert!(unit > 0.0 && unit < 1.0 && half > 0.0 && half <= 0.5);
        assert!(super::normal::<E>(word).to_f64().abs() < 9.0);
        assert!(super::gumbel::<E>(word).to_f64().abs() < 40.0);
    }
    for random in [0, 1, u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) - 1, u64::MAX << 32] {
        check::<f32>(random);
        check::<f64>(random);
    }
}

fn check_normal(x: Vec<f64>) {
    let n = N as f64;
    let moment = |k: i32| x.iter().map(|x| x.powi(k)).sum::<f64>() / n;
    // Mean, variance 1, no skew, fourth moment 3, with the standard errors of their estimates.
    for (k, want, spread) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0f64)] {
        let z = (moment(k) - want) / (spread / n).sqrt();
        assert!(z.abs() < 5.0, "moment {k}: z = {z}");
    }
    for cut in [2.0, 3.0, 4.0, 4.5] {
        let expected = n * upper_tail(cut);
        for count in
            [x.iter().filter(|&&x| x > cut).count(), x.iter().filter(|&&x| x < -cut).count()]
        {
            let z = (count as f64 - expected) / expected.sqrt();
            assert!(z.abs() < 5.0, "{count} beyond {cut}, expected {expected}");
        }
    }
    assert!(kolmogorov(x, |x| upper_tail(-x)) < KOLMOGOROV);
}

#[test]
fn normals_are_normal() {
    for seed in [0, 1] {
        check_normal(draws(seed, 0, 0, ir::Noise::Normal));
        check_normal(draws_f32(seed, 5, 2, ir::Noise::Normal).into_iter().map(f64::from).collect());
    }
}

#[test]
fn gumbels_are_gumbel() {
    let narrow = draws_f32(1, 2, 3, ir::Noise::Gumbel).into_iter().map(f64::from).collect();
    for x in [draws(0, 0, 0, ir::Noise::Gumbel), narrow] {
        let z = (mean(&x) - 0.577_215_664_901_532_9) / (1.644_934 / N as f64).sqrt();
        assert!(z.abs() < 5.0, "z = {z}");
        assert!(kolmogorov(x, |x| (-(-x).exp()).exp()) < KOLMOGOROV);
    }
}

#[test]
fn uniforms_are_uniform_and_not_serially_correlated() {
    for (seed, step, noise) in [(0, 0, 0), (0, 1, 0), (0, 0, 1), (1 << 40, 77, 9)] {
        let x = draws(seed, step, noise, ir::Noise::Uniform);
        let mut cells = [0u32; 1024];
        for &x in &x {
            cells[(x * 1024.0) as usize] += 1;
        }
        let expected = N as f64 / 1024.0;
        let chi2: f64 = cells.iter().map(|&c| (c as f64 - expected).powi(2) / expected).sum();
        assert!(((chi2 - 1023.0) / (2.0 * 1023f64).sqrt()).abs() < 5.0, "chi2 = {chi2}");
        for lag in [1, 2, 3, 8, 16, 64, 1024] {
            let z = correlation(&x[lag..], &x[..N - lag]);
            assert!(z.abs() < 5.0, "lag {lag}: z = {z}");
        }
        assert!(kolmogorov(x, |x| x) < KOLMOGOROV);
    }
}

/// The correlation of two uniform samples, in standard errors.
fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let product = |(x, y): (&f64, &f64)| (x - 0.5) * (y - 0.5);
    12.0 * x.iter().zip(y).map(product).sum::<f64>() / (x.len() as f64).sqrt()
}

#[test]
fn neighbouring_seeds_steps_and_noises_share_nothing() {
    let x = draws(0, 0, 0, ir::Noise::Uniform);
    for (seed, step, noise) in [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 2, 0), (0, 1, 1), (2, 0, 0)] {
        let y = draws(seed, step, noise, ir::Noise::Uniform);
        for lag in [0, 1, 2, 16] {
            let z = correlation(&x[lag..], &y[..N - lag]);
            assert!(z.abs() < 5.0, "({seed}, {step}, {noise}) lag {lag}: z = {z}");
        }
        assert!(x.iter().zip(&y).all(|(x, y)| x != y));
    }
}

/// The first element of every step is a sample too, and so is that of every noise.
#[test]
fn draws_across_steps_and_noises_are_uniform() {
    let mut source = Noise::new(0);
    let mut first = |step: u64, noise: usize| {
        let mut out = [0.0];
        source.fill_f64(step, noise, ir::Noise::Uniform, &mut out);
        out[0]
    };
    let steps: Vec<f64> = (0..200_000).map(|step| first(step, 0)).collect();
    let noises: Vec<f64> = (0..200_000).map(|noise| first(0, noise)).collect();
    for x in [steps, noises] {
        let z = correlation(&x[1..], &x[..x.len() - 1]);
        assert!(z.abs() < 5.0, "z = {z}");
        assert!(kolmogorov(x, |x| x) < KOLMOGOROV);
    }
}

/// Counting one further, or one bit of either key, changes each bit of the word every other time.
#[test]
fn every_bit_depends_on_every_bit() {
    let key =
        |i: u64| Key(i.wrapping_mul(0x5851_f42d_4c95_7f2d), i.wrapping_mul(0x1405_7b7e_f767_814f));
    let trials = 20_000u64;
    let mut changed = [[0u32; 64]; 3];
    for i in 0..trials {
        let Key(a, b) = key(i + 1);
        let (word, bit) = (random_word(Key(a, b), i), 1 << (i % 64));
        let others = [
            random_word(Key(a, b), i + 1),
            random_word(Key(a ^ bit, b), i),
            random_word(Key(a, b ^ bit), i),
        ];
        for (counts, other) in changed.iter_mut().zip(others) {
            for (k, count) in counts.iter_mut().enumerate() {
                *count += ((word ^ other) >> k & 1) as u32;
            }
        }
    }
    // The second key enters between the rounds, and a single round mixes its high bits less: it is hashed before.
    for counts in &changed[..2] {
        for &count in counts {
            let z = (count as f64 - trials as f64 / 2.0) / (trials as f64 / 4.0).sqrt();
            assert!(z.abs() < 6.0, "z = {z}");
        }
    }
    assert!(changed[2].iter().all(|&count| count > 0));
}
