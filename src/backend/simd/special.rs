//! lgamma and its derivatives, erf, log Φ and powers, in f64. f32 goes through f64: they are as fast as they need to be,
//! and right to the last digit there. Only erf, which a net's `gelu` takes of every unit, has a form of its own in f32.
//!
//! Gamma functions shift a small argument up by 8, then use Stirling's series; the normal distribution's stand on one
//! approximation of (1 + 2a) exp(a²) erfc(a) in (a − 4)/(a + 4), after Shepherd & Laframboise 1981.

use super::Lane;
use super::elementary::{exp, floor, ln, polynomial, select};
use std::f64::consts::FRAC_2_SQRT_PI;

const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;
const SHIFT: usize = 8;

/// log Γ(x): within 10⁻¹⁴, relative or, about the zeros at 1 and 2, absolute. ∞ at 0, NaN below 0.
#[inline(always)]
pub(super) fn lgamma<const F: bool>(x: f64) -> f64 {
    /// Bernoulli's numbers: B₂ₖ / 2k(2k − 1), k from 8 down.
    const SERIES: [f64; 8] = [
        -3617.0 / 122_400.0,
        1.0 / 156.0,
        -691.0 / 360_360.0,
        1.0 / 1188.0,
        -1.0 / 1680.0,
        1.0 / 1260.0,
        -1.0 / 360.0,
        1.0 / 12.0,
    ];
    let small = x < SHIFT as f64;
    let z = select(small, x + SHIFT as f64, x);
    let mut product = x;
    for k in 1..SHIFT {
        product *= x + k as f64;
    }
    let product = select(small, product, 1.0);
    let w = 1.0 / z;
    let series = polynomial::<f64, F>(w * w, &SERIES) * w;
    let y =
        (z - 0.5) * (ln::<f64, F>(z) - 1.0) + (HALF_LN_TAU - 0.5 + series) - ln::<f64, F>(product);
    let y = select(x < f64::INFINITY, y, x);
    select(x < 0.0, f64::NAN, y)
}

/// ψ(x): within 10⁻¹⁴, relative or, about its zero at 1.46, absolute. −∞ at 0, NaN below 0.
#[inline(always)]
pub(super) fn digamma<const F: bool>(x: f64) -> f64 {
    /// B₂ₖ / 2k, k from 8 down.
    const SERIES: [f64; 8] = [
        -3617.0 / 8160.0,
        1.0 / 12.0,
        -691.0 / 32_760.0,
        1.0 / 132.0,
        -1.0 / 240.0,
        1.0 / 252.0,
        -1.0 / 120.0,
        1.0 / 12.0,
    ];
    let small = x < SHIFT as f64;
    let z = select(small, x + SHIFT as f64, x);
    // Σ 1/(x + k) as one fraction.
    let (mut above, mut below) = (1.0, x);
    for k in 1..SHIFT {
        let next = x + k as f64;
        above = above.madd::<F>(next, below);
        below *= next;
    }
    let passed = select(small, above / below, 0.0);
    let w = 1.0 / z;
    let y = ln::<f64, F>(z) - w * polynomial::<f64, F>(w * w, &SERIES).madd::<F>(w, 0.5) - passed;
    select(x < 0.0, f64::NAN, y)
}

/// ψ′(x): within 10⁻¹⁴ relative. ∞ at 0, NaN below 0.
#[inline(always)]
pub(super) fn trigamma<const F: bool>(x: f64) -> f64 {
    /// B₂ₖ, k from 10 down.
    const SERIES: [f64; 10] = [
        -174_611.0 / 330.0,
        43_867.0 / 798.0,
        -3617.0 / 510.0,
        7.0 / 6.0,
        -691.0 / 2730.0,
        5.0 / 66.0,
        -1.0 / 30.0,
        1.0 / 42.0,
        -1.0 / 30.0,
        1.0 / 6.0,
    ];
    let small = x < SHIFT as f64;
    let z = select(small, x + SHIFT as f64, x);
    // Σ 1/(x + k)², the first term by itself so that a tiny x does not lose it.
    let next = x + 1.0;
    let (mut above, mut below) = (1.0, next * next);
    for k in 2..SHIFT {
        let next = x + k as f64;
        let square = next * next;
        above = above.madd::<F>(square, below);
        below *= square;
    }
    let first = 1.0 / x;
    let passed = select(small, first.madd::<F>(first, above / below), 0.0);
    let w = 1.0 / z;
    let w2 = w * w;
    let y = polynomial::<f64, F>(w2, &SERIES).madd::<F>(w2 * w, w2.madd::<F>(0.5, w)) + passed;
    let y = select(x < f64::INFINITY, y, 0.0);
    select(x < 0.0 || x.is_nan(), f64::NAN, y)
}

/// exp(a²) erfc(a) for a ≥ 0.
#[inline(always)]
fn scaled_erfc<const F: bool>(a: f64) -> f64 {
    const ERFCX: [f64; 25] = [
        -2.764120233734578e-10,
        9.297625263709659e-10,
        3.2323973445082033e-09,
        -1.2338731403798444e-08,
        -2.0725802488181963e-08,
        1.0631817593818149e-07,
        7.771943241086912e-08,
        -8.210647933297337e-07,
        2.9173425573089733e-07,
        5.70657829924074e-06,
        -1.1221135665965907e-05,
        -2.4397731143023292e-05,
        0.00015062142608651945,
        -0.0001992571524726518,
        -0.0007577732435942576,
        0.005031970069102256,
        -0.01619773406293477,
        0.037167515526338006,
        -0.06633036581186058,
        0.09373283499911264,
        -0.10103906603631811,
        0.06809705425466839,
        0.015379652102619974,
        -0.13962111684056228,
        1.2329951186255526,
    ];
    let q = (a - 4.0) / (a + 4.0);
    let q = select(a < 1e300, q, 1.0);
    polynomial::<f64, F>(q, &ERFCX) / (1.0 + 2.0 * a)
}

/// exp(−scale·x²) for scale ½ or 1: the digits that x² loses by rounding are put back.
#[inline(always)]
fn exp_minus_square<const F: bool>(x: f64, scale: f64) -> f64 {
    let head = x.leading();
    let lost = scale * (x - head) * (x + head);
    let main = exp::<f64, F>(-scale * head * head);
    // Of a number so large that its square overflows nothing is left to correct.
    let corrected = main.madd::<F>(lost.madd::<F>(0.5, -1.0) * lost, main);
    select(main > 0.0, corrected, main)
}

/// Within 3 ulp.
#[inline(always)]
pub(super) fn erf<const F: bool>(x: f64) -> f64 {
    /// erf(x) / x in x², |x| ≤ 1.
    const ERF: [f64; 13] = [
        5.957176147748911e-11,
        -1.1372848856791674e-09,
        1.4659775274047436e-08,
        -1.6350312701054695e-07,
        1.6461000484121368e-06,
        -1.4925595266831182e-05,
        0.0001205533111164271,
        -0.000854832698083379,
        0.0052239776248180145,
        -0.026866170645076792,
        0.11283791670954879,
        -0.3761263890318375,
        FRAC_2_SQRT_PI,
    ];
    let a = Lane::abs(x);
    let near = polynomial::<f64, F>(x * x, &ERF) * x;
    let far = (1.0 - scaled_erfc::<F>(a) * exp_minus_square::<F>(a, 1.0)).copysign(x);
    select(a < 1.0, near, far)
}

/// The same in f32, within 2 ulp.
#[inline(always)]
pub(super) fn erf_single<const F: bool>(x: f32) -> f32 {
    /// erf(x) / x − 1 in x², |x| ≤ 1.
    const NEAR: [f32; 7] = [
        7.853_861e-5,
        -8.010_194e-4,
        5.188_328e-3,
        -2.685_381_1e-2,
        1.128_358_54e-1,
        -3.761_262_6e-1,
        1.283_791_7e-1,
    ];
    /// −ln(1 − erf(t)) / t − 1 in t, 1 ≤ t ≤ 4.
    const FAR: [f32; 7] = [
        1.396_227e-5,
        -3.505_903_3e-4,
        3.757_47e-3,
        -2.401_005_5e-2,
        1.065_308_5e-1,
        6.349_695e-1,
        1.286_943_4e-1,
    ];
    let a = Lane::abs(x);
    let near = polynomial::<f32, F>(x * x, &NEAR).madd::<F>(x, x);
    // From 4 on erf is 1 to all digits.
    let t = select(a > 4.0, 4.0, a);
    let power = polynomial::<f32, F>(t, &FAR).madd::<F>(t, t);
    let far = (1.0 - exp::<f32, F>(-power)).with_sign(x);
    select(a < 1.0, near, far)
}

/// log Φ(x): within 10⁻¹⁵ relative for x < 0 and 10⁻¹⁴ for x > 0, where it is −Φ(−x) far out.
#[inline(always)]
pub(super) fn log_ndtr<const F: bool>(x: f64) -> f64 {
    let a = Lane::abs(x);
    let tail = 0.5 * scaled_erfc::<F>(a * std::f64::consts::FRAC_1_SQRT_2);
    let left = x < 0.0;
    let beyond = select(left, 0.0, tail * exp_minus_square::<F>(a, 0.5));
    let u = select(left, tail, 1.0 - beyond);
    let lost = select(left, -0.5 * x * x, (1.0 - u - beyond) / u);
    ln::<f64, F>(u) + lost
}

/// a·b in two parts, exactly.
#[inline(always)]
fn product<const F: bool>(a: f64, b: f64) -> (f64, f64) {
    let p = a * b;
    if F {
        return (p, a.mul_add(b, -p));
    }
    let (a0, b0) = (a.leading(), b.leading());
    let (a1, b1) = (a - a0, b - b0);
    (p, ((a0 * b0 - p) + a0 * b1 + a1 * b0) + a1 * b1)
}

/// ln x in two parts for positive x, to some 60 digits.
#[inline(always)]
fn ln_in_two<const F: bool>(x: f64) -> (f64, f64) {
    let denormal = x < f64::TINY;
    let (m, k) = select(denormal, x * f64::HUGE, x).split_exponent();
    let k = select(denormal, k - f64::PRECISION, k);
    let f = m - 1.0;
    let (square, square_lost) = product::<F>(f, f);
    let big = k * f64::LN_2.0;
    // The larger first, so that what each sum loses is known exactly.
    let s = big + f;
    let s_lost = select(k == 0.0, 0.0, f - (s - big));
    let h = s - 0.5 * square;
    let h_lost = (s - h) - 0.5 * square;
    let small = k.madd::<F>(f64::LN_2.1, f64::ln_tail::<F>(f));
    let low = small + (h_lost + s_lost - 0.5 * square_lost);
    let high = h + low;
    (high, low - (high - h))
}

/// xʸ as IEEE 754 has it, within (1 + |y|/100) ulp: 1 for y = 0 or x = 1, NaN for x < 0 unless y is whole.
#[inline(always)]
pub(super) fn pow<const F: bool>(x: f64, y: f64) -> f64 {
    let a = Lane::abs(x);
    let (high, low) = ln_in_two::<F>(a);
    let (p, lost) = product::<F>(y, high);
    let main = exp::<f64, F>(p);
    let lost = lost + y * low;
    let size = select(main > 0.0 && main < f64::INFINITY, main.madd::<F>(lost, main), main);
    let (up, down) = select(y > 0.0, (f64::INFINITY, 0.0), (0.0, f64::INFINITY));
    let size = select(a == 0.0, down, size);
    let size = select(a == f64::INFINITY, up, size);
    let far = select(a > 1.0, up, down);
    let size = select(Lane::abs(y) == f64::INFINITY, far, size);
    let size = select(a == 1.0, 1.0, size);
    let size = select(y.is_nan() || x.is_nan(), f64::NAN, size);
    let whole = floor(y) == y;
    let odd = whole && floor(0.5 * y) * 2.0 != y;
    let negative = select(odd, -size, size);
    let negative = select(whole || a == 0.0 || a == f64::INFINITY, negative, f64::NAN);
    let signed = select(x.is_sign_negative(), negative, size);
    select(y == 0.0 || x == 1.0, 1.0, signed)
}
