//! Whether an expression is what a parameter or a function needs: by its interval, its element and its mark.

use super::model::{DimId, Elem, Expr, ExprKind, Interval, Mark, Stage};
use crate::dist::Needs;

/// Whether an argument is what is needed.
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
        Needs::Real | Needs::RealVector => number(arg),
        Needs::Positive | Needs::PositiveVector => inside(arg, Interval::POSITIVE, "exp"),
        Needs::Nonneg => inside(arg, Interval::NONNEG, "exp"),
        Needs::Unit => inside(arg, Interval::UNIT, "sigmoid"),
        Needs::Count => match arg.ty.elem {
            Elem::Real => Fit::No,
            _ => inside(arg, Interval::NONNEG, "abs"),
        },
        Needs::Simplex => simplex(arg, event),
        Needs::Cutpoints => cutpoints(arg, event),
        Needs::Cholesky => match event {
            &[row, column] => marked(arg, Mark::Cholesky(row, column), "cholesky"),
            _ => Fit::No,
        },
        Needs::Distribution | Needs::Dimension => Fit::No,
    }
}

fn number(arg: &Expr) -> Fit {
    if matches!(arg.ty.elem, Elem::Index(_)) { Fit::No } else { Fit::Yes }
}

/// Whether a value lies in an interval.
pub(super) fn inside(arg: &Expr, needed: Interval, fix: &'static str) -> Fit {
    if number(arg) == Fit::No {
        return Fit::No;
    }
    match arg.ty.support {
        has if has.within(needed) => Fit::Yes,
        has if has.misses(needed) => Fit::No,
        _ => outside(arg, fix),
    }
}

/// Literal masses have to add up to 1; others need the mark.
fn simplex(arg: &Expr, event: &[DimId]) -> Fit {
    let &[over] = event else { return Fit::No };
    match &arg.kind {
        ExprKind::Literal(masses) if masses.len() > 1 && arg.ty.dims == [over] => {
            let sum: f64 = masses.iter().sum();
            let proper = masses.iter().all(|&m| m >= 0.0) && (sum - 1.0).abs() < 1e-6;
            if proper { Fit::Yes } else { Fit::No }
        }
        _ => marked(arg, Mark::Simplex(over), "softmax"),
    }
}

/// Literal cutpoints have to ascend; others need the mark.
fn cutpoints(arg: &Expr, event: &[DimId]) -> Fit {
    let &[_, cut] = event else { return Fit::No };
    match &arg.kind {
        ExprKind::Literal(places) if arg.ty.dims == [cut] => {
            if places.windows(2).all(|w| w[0] < w[1]) { Fit::Yes } else { Fit::No }
        }
        _ => marked(arg, Mark::Ordered(cut), "cumsum"),
    }
}

fn marked(arg: &Expr, needed: Mark, fix: &'static str) -> Fit {
    if arg.ty.mark == Some(needed) { Fit::Yes } else { outside(arg, fix) }
}

/// What is not known to be inside: data are checked later, a bare name is wrong, a computed value may be right.
fn outside(arg: &Expr, fix: &'static str) -> Fit {
    match arg.kind {
        _ if arg.ty.stage == Stage::Data => Fit::Yes,
        _ if arg.ty.stage == Stage::Constant || is_bare(arg) => Fit::No,
        _ => Fit::May { fix },
    }
}

/// A name, or a pick from one.
fn is_bare(arg: &Expr) -> bool {
    match &arg.kind {
        ExprKind::Name(_) => true,
        ExprKind::Index { base, .. } => is_bare(base),
        _ => false,
    }
}
