//! What a kernel may do to one element: arithmetic, and the elementwise functions of the IR.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// An element of a vector kernel. `F` says whether fused multiply-add may be used.
///
/// Functions are branch-free so that loops over them vectorise; NaN in gives NaN out.
pub(crate) trait Lane:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
{
    const ZERO: Self;
    const ONE: Self;
    const HALF: Self;
    const INFINITY: Self;
    /// Elements in one AVX-512 register.
    const LANES: usize;

    fn of(x: f64) -> Self;
    fn to_f64(self) -> f64;
    /// `self · b + c`
    fn madd<const F: bool>(self, b: Self, c: Self) -> Self;

    fn abs(self) -> Self;
    /// −1, 0 or 1.
    fn sign(self) -> Self;
    fn floor<const F: bool>(self) -> Self;
    fn sqrt(self) -> Self;
    fn exp<const F: bool>(self) -> Self;
    fn expm1<const F: bool>(self) -> Self;
    fn ln<const F: bool>(self) -> Self;
    fn log1p<const F: bool>(self) -> Self;
    fn sigmoid<const F: bool>(self) -> Self;
    /// log(1 + exp(x))
    fn softplus<const F: bool>(self) -> Self;
    fn tanh<const F: bool>(self) -> Self;
    fn sin<const F: bool>(self) -> Self;
    fn cos<const F: bool>(self) -> Self;
    fn atan<const F: bool>(self) -> Self;
    fn lgamma<const F: bool>(self) -> Self;
    fn digamma<const F: bool>(self) -> Self;
    fn trigamma<const F: bool>(self) -> Self;
    fn erf<const F: bool>(self) -> Self;
    /// log Φ(x), accurate far into both tails.
    fn log_ndtr<const F: bool>(self) -> Self;
    fn pow<const F: bool>(self, y: Self) -> Self;

    /// The larger; NaN if either is.
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        let larger = if self > other { self } else { other };
        if self.is_nan() { self } else { larger }
    }

    /// The smaller; NaN if either is.
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        let smaller = if self < other { self } else { other };
        if self.is_nan() { self } else { smaller }
    }

    #[inline(always)]
    #[allow(clippy::eq_op)]
    fn is_nan(self) -> bool {
        self != self
    }
}

fn stirling(z: f64) -> f64 {
    let w = 1.0 / (z * z);
    (1.0 / 12.0 - w * (1.0 / 360.0 - w * (1.0 / 1260.0 - w / 1680.0))) / z
}

fn lgamma(x: f64) -> f64 {
    let (mut z, mut p) = (x, 1.0);
    while z < 20.0 {
        p *= z;
        z += 1.0;
    }
    (z - 0.5) * z.ln() - z + 0.918_938_533_204_672_8 + stirling(z) - p.ln()
}

fn digamma(x: f64) -> f64 {
    let (mut z, mut s) = (x, 0.0);
    while z < 20.0 {
        s += 1.0 / z;
        z += 1.0;
    }
    let w = 1.0 / (z * z);
    z.ln() - 0.5 / z - w * (1.0 / 12.0 - w * (1.0 / 120.0 - w / 252.0)) - s
}

fn trigamma(x: f64) -> f64 {
    let (mut z, mut s) = (x, 0.0);
    while z < 20.0 {
        s += 1.0 / (z * z);
        z += 1.0;
    }
    let w = 1.0 / (z * z);
    1.0 / z + 0.5 * w + w / z * (1.0 / 6.0 - w * (1.0 / 30.0 - w / 42.0)) + s
}

/// erf by its series, erfc by its continued fraction.
fn erf(x: f64) -> f64 {
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= -x * x / n as f64;
        sum += term / (2 * n + 1) as f64;
    }
    if x.abs() < 3.5 { sum * std::f64::consts::FRAC_2_SQRT_PI } else { x.signum() }
}

fn log_ndtr(x: f64) -> f64 {
    if x > -3.5 {
        return (0.5 * (1.0 + erf(x * std::f64::consts::FRAC_1_SQRT_2))).ln();
    }
    let fraction = (1..200).rev().fold(-x, |acc, k| -x + k as f64 / acc);
    -0.5 * x * x - 0.918_938_533_204_672_8 - fraction.ln()
}

macro_rules! lane {
    ($t:ident, $lanes:literal) => {
        impl Lane for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const HALF: Self = 0.5;
            const INFINITY: Self = $t::INFINITY;
            const LANES: usize = $lanes;

            #[inline(always)]
            fn of(x: f64) -> Self {
                x as $t
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn madd<const F: bool>(self, b: Self, c: Self) -> Self {
                if F { self.mul_add(b, c) } else { self * b + c }
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $t::abs(self)
            }
            #[inline(always)]
            fn sign(self) -> Self {
                let s = if self > 0.0 { 1.0 } else { self };
                if self < 0.0 { -1.0 } else { s }
            }
            #[inline(always)]
            fn floor<const F: bool>(self) -> Self {
                $t::floor(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $t::sqrt(self)
            }
            #[inline(always)]
            fn exp<const F: bool>(self) -> Self {
                $t::exp(self)
            }
            #[inline(always)]
            fn expm1<const F: bool>(self) -> Self {
                $t::exp_m1(self)
            }
            #[inline(always)]
            fn ln<const F: bool>(self) -> Self {
                $t::ln(self)
            }
            #[inline(always)]
            fn log1p<const F: bool>(self) -> Self {
                $t::ln_1p(self)
            }
            #[inline(always)]
            fn sigmoid<const F: bool>(self) -> Self {
                1.0 / (1.0 + $t::exp(-self))
            }
            #[inline(always)]
            fn softplus<const F: bool>(self) -> Self {
                self.maximum(0.0) + $t::ln_1p($t::exp(-$t::abs(self)))
            }
            #[inline(always)]
            fn tanh<const F: bool>(self) -> Self {
                $t::tanh(self)
            }
            #[inline(always)]
            fn sin<const F: bool>(self) -> Self {
                $t::sin(self)
            }
            #[inline(always)]
            fn cos<const F: bool>(self) -> Self {
                $t::cos(self)
            }
            #[inline(always)]
            fn atan<const F: bool>(self) -> Self {
                $t::atan(self)
            }
            #[inline(always)]
            fn lgamma<const F: bool>(self) -> Self {
                lgamma(self as f64) as $t
            }
            #[inline(always)]
            fn digamma<const F: bool>(self) -> Self {
                digamma(self as f64) as $t
            }
            #[inline(always)]
            fn trigamma<const F: bool>(self) -> Self {
                trigamma(self as f64) as $t
            }
            #[inline(always)]
            fn erf<const F: bool>(self) -> Self {
                erf(self as f64) as $t
            }
            #[inline(always)]
            fn log_ndtr<const F: bool>(self) -> Self {
                log_ndtr(self as f64) as $t
            }
            #[inline(always)]
            fn pow<const F: bool>(self, y: Self) -> Self {
                $t::powf(self, y)
            }
        }
    };
}

lane!(f32, 16);
lane!(f64, 8);
