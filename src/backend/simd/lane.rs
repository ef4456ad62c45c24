//! One element of a vector kernel: arithmetic, bits, and by name the elementwise functions of the IR.

use super::{elementary, special};
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// An element. In its functions `F` says whether fused multiply-add may be used.
///
/// All are free of branches and calls, so that loops over them vectorise. NaN in gives NaN out. The accuracy of each is
/// stated where it is computed, in `elementary` and `special`.
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
    /// Unsigned, of the same width.
    type Word: Copy + Default;

    const ZERO: Self;
    const ONE: Self;
    const HALF: Self;
    const INFINITY: Self;
    const NAN: Self;
    /// The smallest positive number that is not denormal.
    const TINY: Self;
    /// p, the binary digits of the format.
    const PRECISION: Self;
    /// 2ᵖ: a denormal times it is normal.
    const HUGE: Self;
    /// 1.5 · 2ᵖ⁻¹: added and subtracted, it rounds to the nearest integer.
    const ROUND: Self;
    /// Elements in one AVX-512 register.
    const LANES: usize;

    fn of(x: f64) -> Self;
    fn to_f64(self) -> f64;
    /// `self · b + c`
    fn madd<const F: bool>(self, b: Self, c: Self) -> Self;
    fn abs(self) -> Self;
    fn sqrt(self) -> Self;
    /// `self` with the sign of the other.
    fn with_sign(self, of: Self) -> Self;
    /// 2ⁿ of `ROUND + n`, n an exponent of a normal number.
    fn power_of_two(rounded: Self) -> Self;
    /// Whether n is odd, of `ROUND + n`.
    fn is_odd(rounded: Self) -> bool;
    /// `self`, negated where n has bit 1, of `ROUND + n`.
    fn flip(self, rounded: Self) -> Self;
    /// Of a positive normal number x: (m, k) with x = m · 2ᵏ, m in [√½, √2).
    fn split_exponent(self) -> (Self, Self);
    /// As many leading digits as leave a product of two such exact.
    fn leading(self) -> Self;
    /// The whole part as a position below `size`: the first one of what is negative or not a number, the last one of what
    /// is too large.
    fn position(self, size: u32) -> u32;

    /// ln(1 + f) − f + f²/2 for 1 + f in [√½, √2).
    fn ln_tail<const F: bool>(f: Self) -> Self;
    /// (ROUND + n, r): x = n π/2 + r, |r| ≤ π/4.
    fn quarter_turns<const F: bool>(self) -> (Self, Self);

    /// As many of the first bits of a random word as a draw uses.
    fn word(random: u64) -> Self::Word;
    fn first_bit(word: Self::Word) -> bool;
    /// A uniform number of the open interval (0, 1).
    fn unit(word: Self::Word) -> Self;
    /// A uniform number of (0, ½], fine near 0, from all bits but the first.
    fn half_unit(word: Self::Word) -> Self;
    /// `self`, not negative, negated where the first bit is set.
    fn with_sign_bit(self, word: Self::Word) -> Self;

    // Coefficients from the highest power down, and constants that differ by precision.
    /// (exp r − 1 − r) / r² on |r| ≤ ½ ln 2
    const EXP: &'static [Self];
    /// (sin r − r) / r³ in r², |r| ≤ π/4
    const SIN: &'static [Self];
    /// (cos r − 1 + r²/2) / r⁴ in r², |r| ≤ π/4
    const COS: &'static [Self];
    /// (atan t − t) / t³ in t², |t| ≤ √2 − 1
    const ATAN: &'static [Self];
    /// (2 atanh s − 2s) / s³ in s², 0 ≤ s ≤ ⅓
    const TWICE_ATANH: &'static [Self];
    /// z/(1 − 2p) of the normal's upper p-quantile z: in w = −ln 4p(1 − p) below the split, in √w − centre above.
    const QUANTILE: &'static [(Self, Self)];
    const QUANTILE_SPLIT: f64;
    const QUANTILE_CENTRE: f64;
    /// ln 2 in two parts, the first times any exponent exact.
    const LN_2: (Self, Self);
    /// π/4 in two parts.
    const QUARTER_PI: (Self, Self);
    /// Beyond these exp is 0 and ∞.
    const EXP_RANGE: (Self, Self);

    /// −1, 0 or 1.
    #[inline(always)]
    fn sign(self) -> Self {
        let right = if self > Self::ZERO { Self::ONE } else { self };
        if self < Self::ZERO { -Self::ONE } else { right }
    }

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

    #[inline(always)]
    fn floor<const F: bool>(self) -> Self {
        elementary::floor(self)
    }
    #[inline(always)]
    fn exp<const F: bool>(self) -> Self {
        elementary::exp::<Self, F>(self)
    }
    #[inline(always)]
    fn expm1<const F: bool>(self) -> Self {
        elementary::expm1::<Self, F>(self)
    }
    #[inline(always)]
    fn ln<const F: bool>(self) -> Self {
        elementary::ln::<Self, F>(self)
    }
    #[inline(always)]
    fn log1p<const F: bool>(self) -> Self {
        elementary::log1p::<Self, F>(self)
    }
    #[inline(always)]
    fn sigmoid<const F: bool>(self) -> Self {
        elementary::sigmoid::<Self, F>(self)
    }
    /// log(1 + exp(x))
    #[inline(always)]
    fn softplus<const F: bool>(self) -> Self {
        elementary::softplus::<Self, F>(self)
    }
    #[inline(always)]
    fn tanh<const F: bool>(self) -> Self {
        elementary::tanh::<Self, F>(self)
    }
    #[inline(always)]
    fn sin<const F: bool>(self) -> Self {
        elementary::sin::<Self, F>(self)
    }
    #[inline(always)]
    fn cos<const F: bool>(self) -> Self {
        elementary::cos::<Self, F>(self)
    }
    #[inline(always)]
    fn atan<const F: bool>(self) -> Self {
        elementary::atan::<Self, F>(self)
    }
    #[inline(always)]
    fn lgamma<const F: bool>(self) -> Self {
        Self::of(special::lgamma::<F>(self.to_f64()))
    }
    #[inline(always)]
    fn digamma<const F: bool>(self) -> Self {
        Self::of(special::digamma::<F>(self.to_f64()))
    }
    #[inline(always)]
    fn trigamma<const F: bool>(self) -> Self {
        Self::of(special::trigamma::<F>(self.to_f64()))
    }
    #[inline(always)]
    fn erf<const F: bool>(self) -> Self {
        Self::of(special::erf::<F>(self.to_f64()))
    }
    /// log Φ(x), accurate far into both tails.
    #[inline(always)]
    fn log_ndtr<const F: bool>(self) -> Self {
        Self::of(special::log_ndtr::<F>(self.to_f64()))
    }
    #[inline(always)]
    fn pow<const F: bool>(self, y: Self) -> Self {
        Self::of(special::pow::<F>(self.to_f64(), y.to_f64()))
    }
}
