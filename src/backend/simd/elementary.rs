//! exp, ln and what is made of them, sine, cosine and arc tangent: reduction of the argument, then one polynomial.
//!
//! Errors are the largest seen over dense sweeps (see the tests), in units in the last place, with and without FMA.

use super::Lane;

/// Horner's rule on the even and the odd powers side by side, which halves the wait; coefficients from the highest power down.
#[inline(always)]
pub(super) fn polynomial<E: Lane, const F: bool>(x: E, coefficients: &[E]) -> E {
    let square = x * x;
    let (mut this, mut other) = (coefficients[1], coefficients[0]);
    for &c in &coefficients[2..] {
        (this, other) = (other.madd::<F>(square, c), this);
    }
    other.madd::<F>(x, this)
}

/// `if` for numbers: both sides are computed, so that no branch stands in the way of a vector.
#[inline(always)]
pub(in crate::backend) fn select<T>(condition: bool, yes: T, no: T) -> T {
    std::hint::select_unpredictable(condition, yes, no)
}

/// ⌊x⌋, exact.
#[inline(always)]
pub(super) fn floor<E: Lane>(x: E) -> E {
    let whole = E::HUGE * E::HALF;
    let nearest = ((x.abs() + whole) - whole).with_sign(x);
    let down = select(nearest > x, nearest - E::ONE, nearest);
    select(x.abs() < whole, down, x)
}

/// x = n ln 2 + r, |r| ≤ ½ ln 2: (ROUND + n, r), and exp(r) − 1.
#[inline(always)]
fn exp_parts<E: Lane, const F: bool>(x: E) -> (E, E) {
    let rounded = x.madd::<F>(E::of(std::f64::consts::LOG2_E), E::ROUND);
    let n = rounded - E::ROUND;
    let r = n.madd::<F>(-E::LN_2.0, x);
    let r = n.madd::<F>(-E::LN_2.1, r);
    (rounded, polynomial::<E, F>(r, E::EXP).madd::<F>(r * r, r))
}

/// Within 1 ulp over all numbers, denormal results included; 0 at −∞, ∞ at ∞.
#[inline(always)]
pub(super) fn exp<E: Lane, const F: bool>(x: E) -> E {
    let x = select(x < E::EXP_RANGE.0, E::EXP_RANGE.0, x);
    let x = select(x > E::EXP_RANGE.1, E::EXP_RANGE.1, x);
    let (rounded, grown) = exp_parts::<E, F>(x);
    // 2ⁿ itself may be no normal number: two factors that are.
    let n = rounded - E::ROUND;
    let half = n.madd::<F>(E::HALF, E::ROUND);
    let rest = n - (half - E::ROUND) + E::ROUND;
    (grown + E::ONE) * E::power_of_two(half) * E::power_of_two(rest)
}

/// Within 2 ulp; −1 at −∞.
#[inline(always)]
pub(super) fn expm1<E: Lane, const F: bool>(x: E) -> E {
    // Already −1 to all digits, and 2ⁿ stays normal.
    let floor = E::of(-60.0);
    let x = select(x < floor, floor, x);
    let x = select(x > E::EXP_RANGE.1, E::EXP_RANGE.1, x);
    let (rounded, grown) = exp_parts::<E, F>(x);
    // 2ⁿ⁻¹ is finite where 2ⁿ is not.
    let half = E::power_of_two(rounded - E::ONE);
    let half_result = half.madd::<F>(grown, half - E::HALF);
    half_result + half_result
}

/// ln(m · 2ᵏ) for m in [√½, √2).
#[inline(always)]
fn ln_of_split<E: Lane, const F: bool>(m: E, k: E) -> E {
    let f = m - E::ONE;
    let small = k.madd::<F>(E::LN_2.1, E::ln_tail::<F>(f));
    k.madd::<F>(E::LN_2.0, f - (E::HALF * f * f - small))
}

/// ln of a positive, normal, finite number, within 1 ulp.
#[inline(always)]
pub(in crate::backend) fn ln_normal<E: Lane, const F: bool>(x: E) -> E {
    let (m, k) = x.split_exponent();
    ln_of_split::<E, F>(m, k)
}

/// Within 1 ulp, denormals included; −∞ at 0, NaN below.
#[inline(always)]
pub(super) fn ln<E: Lane, const F: bool>(x: E) -> E {
    let denormal = x < E::TINY;
    let (m, k) = select(denormal, x * E::HUGE, x).split_exponent();
    let y = ln_of_split::<E, F>(m, select(denormal, k - E::PRECISION, k));
    let y = select(x < E::INFINITY, y, x);
    let y = select(x == E::ZERO, -E::INFINITY, y);
    select(x < E::ZERO, E::NAN, y)
}

/// Within 2 ulp; −∞ at −1, NaN below.
#[inline(always)]
pub(super) fn log1p<E: Lane, const F: bool>(x: E) -> E {
    let u = E::ONE + x;
    let lost = x - (u - E::ONE);
    // At −1 the division has no meaning, at ∞ nothing is lost.
    let lost = select(u > E::ZERO && u < E::INFINITY, lost / u, E::ZERO);
    ln::<E, F>(u) + lost
}

/// Within 2 ulp in both tails.
#[inline(always)]
pub(super) fn sigmoid<E: Lane, const F: bool>(x: E) -> E {
    let e = exp::<E, F>(-x.abs());
    let above = select(x < E::ZERO, e, E::ONE);
    above / (E::ONE + e)
}

/// log(1 + exp x), within 3 ulp.
#[inline(always)]
pub(super) fn softplus<E: Lane, const F: bool>(x: E) -> E {
    let u = exp::<E, F>(-x.abs());
    // ln(1 + u) = 2 atanh(s) with s ≤ ⅓.
    let s = u / (u + E::of(2.0));
    let z = s * s;
    let log1p = polynomial::<E, F>(z, E::TWICE_ATANH).madd::<F>(z * s, s + s);
    select(x < E::ZERO, E::ZERO, x) + log1p
}

/// Within 3 ulp.
#[inline(always)]
pub(super) fn tanh<E: Lane, const F: bool>(x: E) -> E {
    let e = expm1::<E, F>(-(x.abs() + x.abs()));
    (-e / (e + E::of(2.0))).with_sign(x)
}

/// Beyond this the digits of x no longer say where in its turn it stands.
const TURNS: f64 = (1u64 << 30) as f64;

/// Sine and cosine of r, |r| ≤ π/4.
#[inline(always)]
fn sin_cos_near_zero<E: Lane, const F: bool>(r: E) -> (E, E) {
    let z = r * r;
    let sin = polynomial::<E, F>(z, E::SIN).madd::<F>(z * r, r);
    let cos = polynomial::<E, F>(z, E::COS).madd::<F>(z * z, E::ONE - E::HALF * z);
    (sin, cos)
}

/// Within 2 ulp of the larger of sine and cosine up to |x| = 10⁶; NaN beyond 2³⁰.
#[inline(always)]
pub(super) fn sin<E: Lane, const F: bool>(x: E) -> E {
    let (n, r) = x.quarter_turns::<F>();
    let (sin, cos) = sin_cos_near_zero::<E, F>(r);
    let y = select(E::is_odd(n), cos, sin).flip(n);
    select(x.abs() < E::of(TURNS), y, E::NAN)
}

/// As `sin`.
#[inline(always)]
pub(super) fn cos<E: Lane, const F: bool>(x: E) -> E {
    let (n, r) = x.quarter_turns::<F>();
    let (sin, cos) = sin_cos_near_zero::<E, F>(r);
    // cos x = sin(x + π/2): one more quarter turn.
    let y = select(E::is_odd(n), sin, cos).flip(n + E::ONE);
    select(x.abs() < E::of(TURNS), y, E::NAN)
}

/// Within 2 ulp.
#[inline(always)]
pub(super) fn atan<E: Lane, const F: bool>(x: E) -> E {
    let a = x.abs();
    // atan a = base + atan t with |t| ≤ tan(π/8), by one division.
    let (middle, large) = (a > E::of(0.414_213_562_373_095), a > E::of(2.414_213_562_373_095));
    let above = select(middle, a - E::ONE, a);
    let above = select(large, -E::ONE, above);
    let below = select(middle, a + E::ONE, E::ONE);
    let below = select(large, a, below);
    let (quarter, quarter_rest) = E::QUARTER_PI;
    let (base, rest) = select(middle, (quarter, quarter_rest), (E::ZERO, E::ZERO));
    let base = select(large, quarter + quarter, base);
    let rest = select(large, quarter_rest + quarter_rest, rest);
    let t = above / below;
    let z = t * t;
    let y = base + (polynomial::<E, F>(z, E::ATAN).madd::<F>(z * t, rest) + t);
    y.with_sign(x)
}
