//! Arithmetic of intervals: the values that an operation can give, from those that its arguments can take.
//!
//! Ends at infinity are open. An end is closed only if it is attained, so `exp` of a real is (0, ∞) and `x^2` is [0, ∞).

use super::model::Interval;
use std::f64::consts::PI;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

impl Interval {
    pub const REAL: Interval = Interval::open(f64::NEG_INFINITY, f64::INFINITY);
    pub const POSITIVE: Interval = Interval::open(0.0, f64::INFINITY);
    pub const NONNEG: Interval = Interval { low_open: false, ..Interval::POSITIVE };
    pub const UNIT: Interval = Interval::closed(0.0, 1.0);
    pub const ANGLE: Interval = Interval::closed(-PI, PI);

    pub const fn open(low: f64, high: f64) -> Self {
        Self { low, high, low_open: true, high_open: true }
    }

    pub const fn closed(low: f64, high: f64) -> Self {
        Self { low, high, low_open: false, high_open: false }
    }

    pub const fn point(value: f64) -> Self {
        Self::closed(value, value)
    }

    /// Without its ends: where a draw from a density lies.
    #[must_use]
    pub fn interior(self) -> Self {
        Self { low_open: true, high_open: true, ..self }
    }

    /// With its ends, as far as they are numbers.
    #[must_use]
    pub fn closure(self) -> Self {
        Self { low_open: false, high_open: false, ..self }.checked()
    }

    /// Whether every value of this lies in `other`.
    pub fn within(self, other: Interval) -> bool {
        let low =
            self.low > other.low || self.low == other.low && (self.low_open || !other.low_open);
        let high = self.high < other.high
            || self.high == other.high && (self.high_open || !other.high_open);
        low && high
    }

    /// Whether no value lies in both.
    pub fn misses(self, other: Interval) -> bool {
        let before = |a: Interval, b: Interval| {
            a.high < b.low || a.high == b.low && (a.high_open || b.low_open)
        };
        before(self, other) || before(other, self)
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(self, other: Interval) -> Self {
        let low = self.lesser(other);
        let high = (-self).lesser(-other);
        Self { low: low.low, low_open: low.low_open, high: -high.low, high_open: high.low_open }
    }

    /// The smaller of a value of this and a value of the other.
    #[must_use]
    pub fn lesser(self, other: Interval) -> Self {
        let (low, low_open) = lower((self.low, self.low_open), (other.low, other.low_open));
        let (high, high_open) = match self.high.total_cmp(&other.high) {
            std::cmp::Ordering::Less => (self.high, self.high_open),
            std::cmp::Ordering::Greater => (other.high, other.high_open),
            std::cmp::Ordering::Equal => (self.high, self.high_open || other.high_open),
        };
        Self { low, low_open, high, high_open }
    }

    /// The image under a function that never falls.
    #[must_use]
    pub fn rising(self, f: impl Fn(f64) -> f64) -> Self {
        Self { low: f(self.low), high: f(self.high), ..self }.checked()
    }

    /// The image under a rising curve between two limits that passes their middle at 0.
    #[must_use]
    pub fn squashed(self, low: f64, high: f64) -> Self {
        let middle = f64::midpoint(low, high);
        Self {
            low: if self.low >= 0.0 { middle } else { low },
            low_open: self.low_open || self.low < 0.0,
            high: if self.high <= 0.0 { middle } else { high },
            high_open: self.high_open || self.high > 0.0,
        }
    }

    /// The image under |x|.
    #[must_use]
    pub fn magnitude(self) -> Self {
        if self.low >= 0.0 {
            self
        } else if self.high <= 0.0 {
            -self
        } else {
            let outer = self.hull(-self);
            Self { low: 0.0, low_open: false, ..outer }
        }
    }

    /// The image under x^y.
    #[must_use]
    pub fn power(self, exponent: Interval) -> Self {
        let fixed = (exponent.low == exponent.high).then_some(exponent.low);
        match fixed {
            Some(n) if n > 0.0 && n % 2.0 == 0.0 => self.magnitude().rising(|x| x.powf(n)),
            Some(n) if n > 0.0 && n % 2.0 == 1.0 => self.rising(|x| x.powf(n)),
            Some(n) if n > 0.0 && self.low >= 0.0 => self.rising(|x| x.powf(n)),
            _ if self.within(Self::POSITIVE) => Self::POSITIVE,
            Some(n) if n < 0.0 && n % 2.0 == 0.0 => Self::POSITIVE,
            _ if self.within(Self::NONNEG) => Self::NONNEG,
            _ => Self::REAL,
        }
    }

    /// 1/x; all numbers where x can change its sign.
    fn reciprocal(self) -> Self {
        let inverse = |x: f64, infinite: f64| if x == 0.0 { infinite } else { 1.0 / x };
        if self.low < 0.0 && self.high > 0.0 || self.low == self.high && self.low == 0.0 {
            return Self::REAL;
        }
        let positive = self.low >= 0.0;
        let (at_low, at_high) = if positive {
            (f64::INFINITY, f64::INFINITY)
        } else {
            (f64::NEG_INFINITY, f64::NEG_INFINITY)
        };
        Self {
            low: inverse(self.high, at_high),
            low_open: self.high_open,
            high: inverse(self.low, at_low),
            high_open: self.low_open,
        }
        .checked()
    }

    /// Infinite ends are open, and what is not a number is anything.
    fn checked(self) -> Self {
        if self.low.is_nan() || self.high.is_nan() || self.low > self.high {
            return Self::REAL;
        }
        Self {
            low_open: self.low_open || self.low.is_infinite(),
            high_open: self.high_open || self.high.is_infinite(),
            ..self
        }
    }
}

/// The smaller of two lower ends; of equal ones the attained one.
fn lower(a: (f64, bool), b: (f64, bool)) -> (f64, bool) {
    match a.0.total_cmp(&b.0) {
        std::cmp::Ordering::Less => a,
        std::cmp::Ordering::Greater => b,
        std::cmp::Ordering::Equal => (a.0, a.1 && b.1),
    }
}

impl Neg for Interval {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            low: 0.0 - self.high,
            low_open: self.high_open,
            high: 0.0 - self.low,
            high_open: self.low_open,
        }
    }
}

impl Add for Interval {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            low_open: self.low_open || other.low_open,
            high: self.high + other.high,
            high_open: self.high_open || other.high_open,
        }
        .checked()
    }
}

impl Sub for Interval {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Interval {
    type Output = Self;

    /// The extremes lie at products of ends; a product with an attained 0 is attained whatever the other is.
    fn mul(self, other: Self) -> Self {
        let ends = |i: Interval| [(i.low, i.low_open), (i.high, i.high_open)];
        let mut corners = Vec::with_capacity(4);
        for (a, a_open) in ends(self) {
            for (b, b_open) in ends(other) {
                let zero = a == 0.0 && !a_open || b == 0.0 && !b_open;
                let value = if a == 0.0 || b == 0.0 { 0.0 } else { a * b };
                corners.push((value, !zero && (a_open || b_open)));
            }
        }
        let negated = corners.iter().map(|&(x, open)| (0.0 - x, open));
        let (high, high_open) = negated.reduce(lower).unwrap_or((f64::NEG_INFINITY, true));
        let (low, low_open) =
            corners.into_iter().reduce(lower).unwrap_or((f64::NEG_INFINITY, true));
        Self { low, low_open, high: 0.0 - high, high_open }.checked()
    }
}

impl Div for Interval {
    type Output = Self;

    #[expect(clippy::suspicious_arithmetic_impl, reason = "a quotient is a product with 1/x")]
    fn div(self, other: Self) -> Self {
        self * other.reciprocal()
    }
}

/// As users read it: `(0, ∞)`, `[0, 1]`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |x: f64| match x {
            f64::INFINITY => "∞".to_string(),
            f64::NEG_INFINITY => "-∞".to_string(),
            x => x.to_string(),
        };
        let left = if self.low_open { '(' } else { '[' };
        let right = if self.high_open { ')' } else { ']' };
        write!(f, "{left}{}, {}{right}", end(self.low), end(self.high))
    }
}
