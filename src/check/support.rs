//! Intervals of values, and whether an expression is what a parameter needs.

use super::model::{DimId, Expr, ExprKind, Interval, Mark, Stage};
use crate::dist::Needs;

impl Interval {
    pub const REAL: Interval = Interval::open(f64::NEG_INFINITY, f64::INFINITY);
    pub const POSITIVE: Interval = Interval::open(0.0, f64::INFINITY);
    pub const NONNEG: Interval = Interval { low_open: false, ..Interval::POSITIVE };
    pub const UNIT: Interval = Interval::closed(0.0, 1.0);

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
}

/// Whether an argument is what a parameter needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    Yes,
    /// A computed value that may leave what is needed; the function that would keep it there.
    May {
        fix: &'static str,
    },
    No,
}

/// Whether `arg` is what a parameter needs, as far as can be said without data: data are checked when they are bound.
/// `event` are the event dimensions of the call.
pub fn fits(arg: &Expr, need: Needs, event: &[DimId]) -> Fit {
    match need {
        Needs::Real | Needs::RealVector => Fit::Yes,
        Needs::Positive | Needs::PositiveVector => inside(arg, Interval::POSITIVE, "exp"),
        Needs::Nonneg | Needs::Count => inside(arg, Interval::NONNEG, "exp"),
        Needs::Unit => inside(arg, Interval::UNIT, "sigmoid"),
        Needs::Simplex => marked(arg, event.first().map(|&d| Mark::Simplex(d)), "softmax"),
        Needs::Cholesky => match event {
            [row, column] => marked(arg, Some(Mark::Cholesky(*row, *column)), "cholesky"),
            _ => Fit::No,
        },
        Needs::Distribution | Needs::Dimension => Fit::No,
    }
}

fn inside(arg: &Expr, needed: Interval, fix: &'static str) -> Fit {
    match arg.ty.support {
        has if has.within(needed) => Fit::Yes,
        has if has.misses(needed) => Fit::No,
        _ => outside(arg, fix),
    }
}

fn marked(arg: &Expr, needed: Option<Mark>, fix: &'static str) -> Fit {
    if needed.is_some() && arg.ty.mark == needed { Fit::Yes } else { outside(arg, fix) }
}

/// What is not known to be inside: data are checked later, a bare name is wrong, a computed value may be right.
fn outside(arg: &Expr, fix: &'static str) -> Fit {
    match &arg.kind {
        _ if arg.ty.stage <= Stage::Data => Fit::Yes,
        ExprKind::Name(_) | ExprKind::Index { .. } => Fit::No,
        _ => Fit::May { fix },
    }
}
