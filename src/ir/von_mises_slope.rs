//! The implicit derivative of a VonMises draw around 0 (Figurnov, Mohamed & Mnih 2018): where the distribution function
//! stays, dz/dκ = −∫₀ᶻ (cos t − A) exp(κ (cos t − cos z)) dt with A = I₁(κ)/I₀(κ), the mean of the cosine.
//!
//! Over a half turn that integral is 0: beyond the angle whose cosine is A it is taken from z to π, so that what is
//! integrated has one sign and falls.

use std::f64::consts::{PI, TAU};

/// From here on the asymptotic series has all digits.
const SHARP: f64 = 60.0;
/// What has fallen by exp(−this) counts no more.
const GONE: f64 = 40.0;
const PANELS: u32 = 4;
/// Gauss–Legendre nodes above 0 and weights, of 16.
const NODES: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_6),
    (0.458_016_777_657_227_4, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_87),
    (0.865_631_202_387_831_7, 0.095_158_511_682_492_78),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_89),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_095),
];

/// dz/dκ for a VonMises(0, κ) draw z, an angle between −π and π, to 1e-10; NaN for κ that is negative.
pub(super) fn von_mises_slope(concentration: f64, angle: f64) -> f64 {
    let sound = concentration >= 0.0 && concentration.is_finite() && angle.abs() <= PI + 1e-6;
    if !sound {
        return f64::NAN;
    }
    let z = angle.abs().min(PI);
    let short = short_of_one(concentration);
    // cos t − A, and the density at t over that at z.
    let above = |t: f64| short - 2.0 * (0.5 * t).sin().powi(2);
    let height =
        |t: f64| (2.0 * concentration * (0.5 * (z + t)).sin() * (0.5 * (z - t)).sin()).exp();
    let term = |t: f64| above(t) * height(t);
    let size = match above(z) > 0.0 {
        true => integral(0.0, z, 1, term),
        false => -integral(z, end(concentration, z), PANELS, term),
    };
    -size.copysign(size * angle)
}

/// Where the density has fallen by `GONE` from z on, at most π.
fn end(concentration: f64, z: f64) -> f64 {
    let cosine = z.cos() - GONE / concentration;
    if cosine > -1.0 { cosine.acos() } else { PI }
}

fn integral(from: f64, to: f64, panels: u32, f: impl Fn(f64) -> f64) -> f64 {
    let half = 0.5 * (to - from) / f64::from(panels);
    let panel = |i: u32| {
        let middle = from + half * f64::from(2 * i + 1);
        let pair = |&(x, w): &(f64, f64)| w * (f(middle - half * x) + f(middle + half * x));
        half * NODES.iter().map(pair).sum::<f64>()
    };
    (0..panels).map(panel).sum()
}

/// 1 − A: the mean of 1 − cos t, by midpoints; or by its expansion in 1/κ.
fn short_of_one(concentration: f64) -> f64 {
    const ANGLES: u32 = 64;
    if concentration > SHARP {
        let series = [
            0.5,
            0.125,
            0.125,
            25.0 / 128.0,
            13.0 / 32.0,
            1073.0 / 1024.0,
            103.0 / 32.0,
            375_733.0 / 32_768.0,
            23_797.0 / 512.0,
        ];
        return series.iter().rev().fold(0.0, |sum, c| (sum + c) / concentration);
    }
    let (mut total, mut all) = (0.0, 0.0);
    for i in 0..ANGLES {
        let t = TAU * (f64::from(i) + 0.5) / f64::from(2 * ANGLES);
        let fall = 2.0 * (0.5 * t).sin().powi(2);
        let weight = (-concentration * fall).exp();
        total += weight;
        all += weight * fall;
    }
    all / total
}
