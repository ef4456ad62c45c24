//! What a draw is: element, interval and mark, read from the signature and the arguments; and whether an observed datum can
//! be one.

use super::Checker;
use super::event::{Left, vector_dims};
use super::model::{
    DimId, DistCall, Elem, Expr, Interval, Mark, Model, NameId, NameKind, Stage, Type,
};
use super::site_errors::draw as errors;
use crate::dist::{Needs, Support};

/// The type of a draw without dimensions.
#[derive(Clone, Copy)]
pub(super) struct Draw {
    pub elem: Elem,
    pub support: Interval,
    pub mark: Option<Mark>,
}

impl DistCall {
    /// The argument for the parameter of this name, if the form has it.
    pub fn arg(&self, name: &str) -> Option<&Expr> {
        let params = self.dist.0.signature().forms[self.form].params.iter();
        let mut nodes =
            params.filter(|p| !matches!(p.needs, Needs::Distribution | Needs::Dimension));
        self.args.get(nodes.position(|p| p.name == name)?)
    }

    /// The arguments for whole-number parameters.
    pub(super) fn counts(&self) -> impl Iterator<Item = &Expr> {
        let params = self.dist.0.signature().forms[self.form].params.iter();
        let counts = params.filter(|p| p.needs == Needs::Count);
        counts.filter_map(|p| self.arg(p.name))
    }

    /// The arguments that are the least and the largest value of a draw.
    pub(super) fn bounds(&self) -> [Option<&Expr>; 2] {
        let support = self.dist.0.signature().support;
        support.bounds().map(|name| self.arg(name?))
    }
}

impl Draw {
    pub(super) fn of(call: &DistCall) -> Draw {
        let real = |support: Interval| Draw { elem: Elem::Real, support, mark: None };
        let count = |high: f64| {
            let support =
                Interval { low: 0.0, high, low_open: false, high_open: high.is_infinite() };
            Draw { elem: Elem::Int, support, mark: None }
        };
        let most = |name: &str| call.arg(name).map_or(f64::INFINITY, |a| a.ty.support.high);
        let inner = || call.inner.as_deref().map_or_else(|| real(Interval::REAL), Draw::of);
        match call.dist.0.signature().support {
            Support::Real => real(Interval::REAL),
            Support::Positive => real(Interval::POSITIVE),
            Support::Nonneg => real(Interval::NONNEG),
            Support::Unit => real(Interval::UNIT),
            Support::Angle => real(Interval::ANGLE),
            Support::Between(..) | Support::Clamped(..) | Support::Above(_) => {
                inner().between(call.bounds())
            }
            Support::Binary => Draw { elem: Elem::Binary, support: Interval::UNIT, mark: None },
            Support::Index => {
                Draw { elem: Elem::Index(call.event[0]), support: Interval::NONNEG, mark: None }
            }
            Support::Count => count(f64::INFINITY),
            Support::CountTo(name) | Support::Composition(name) => count(most(name)),
            Support::CountBetween(..) => count(f64::INFINITY).between(call.bounds()),
            Support::Int => Draw { elem: Elem::Int, ..real(Interval::REAL) },
            Support::OneHot | Support::Subset(_) | Support::Permutation => {
                Draw { elem: Elem::Binary, ..real(Interval::UNIT) }
            }
            Support::Ranking => {
                let one = Interval { low: 1.0, ..Interval::NONNEG };
                Draw { elem: Elem::Int, support: one, mark: None }
            }
            Support::Simplex => {
                let mark = Some(Mark::Simplex(call.event[0]));
                Draw { mark, ..real(Interval::UNIT) }
            }
            Support::Cholesky | Support::CorrCholesky => {
                let mark = Some(Mark::Cholesky(call.event[0], call.event[1]));
                Draw { mark, ..real(Interval::REAL) }
            }
            Support::Ordered => Draw { mark: Some(Mark::Ordered(call.event[0])), ..inner() },
            Support::Inner => inner(),
        }
    }

    /// The support of a latent: draws from a density lie inside, an end has probability 0.
    pub(super) fn of_latent(call: &DistCall) -> Draw {
        let draw = Draw::of(call);
        match draw.elem {
            Elem::Real => Draw { support: draw.support.interior(), ..draw },
            _ => draw,
        }
    }

    /// Cut to the bounds; a bound that is not constant counts with all that it may be.
    fn between(self, [lower, upper]: [Option<&Expr>; 2]) -> Draw {
        let mut support = self.support;
        if let Some(low) = lower.map(|a| a.ty.support.low).filter(|l| *l > support.low) {
            (support.low, support.low_open) = (low, false);
        }
        if let Some(high) = upper.map(|a| a.ty.support.high).filter(|h| *h < support.high) {
            (support.high, support.high_open) = (high, false);
        }
        Draw { support, ..self }
    }

    /// What to declare a datum as, in the words of a `data` statement.
    pub(super) fn word(self, model: &Model) -> String {
        let Interval { low, high, .. } = self.support;
        match (self.mark, self.elem) {
            (Some(Mark::Simplex(dim)), _) => format!("simplex over {}", model.dim(dim).name),
            (Some(Mark::Ordered(dim)), _) => format!("ordered over {}", model.dim(dim).name),
            (Some(Mark::Cholesky(row, column)), _) => {
                format!("cholesky over [{}, {}]", model.dim(row).name, model.dim(column).name)
            }
            (_, Elem::Binary) => "binary".to_string(),
            (_, Elem::Index(dim)) => format!("index({})", model.dim(dim).name),
            (_, Elem::Int) if low < 0.0 => "int".to_string(),
            (_, Elem::Int) => "count".to_string(),
            (_, Elem::Real) if (low, high) == (0.0, 1.0) => "unit".to_string(),
            (_, Elem::Real) if low.is_finite() && high.is_finite() => {
                format!("real({low}, {high})")
            }
            (_, Elem::Real) if low == 0.0 && self.support.low_open => "positive".to_string(),
            (_, Elem::Real) if low == 0.0 => "nonneg".to_string(),
            (_, Elem::Real) => "real".to_string(),
        }
    }
}

impl Checker {
    /// Whether a datum can be a draw of the distribution; its values are checked when it is bound.
    pub(super) fn check_datum(&mut self, id: NameId, left: Left, call: &DistCall) -> bool {
        let draw = Draw::of(call);
        let ty = self.model.name(id).ty.clone();
        let wanted = draw.word(&self.model);
        let declared = matches!(self.model.name(id).kind, NameKind::Data(_));
        let declared = declared.then_some(self.model.name(id).span);
        let event = vector_dims(call);
        let implied = |d: &&DimId| draw.mark.is_some() && event.contains(d);
        let dims = ty.dims.iter().filter(|d| !implied(d));
        let dims: Vec<_> = dims.map(|&d| self.dim_name(d)).collect();
        let own = Draw { elem: ty.elem, support: ty.support, mark: ty.mark };
        let word = own.word(&self.model);
        let datum = errors::Datum { name: left.name, used: left.span, declared, dims, word };
        if !can_be(&ty, draw) {
            self.diags.push(errors::not_a_draw(&datum, &wanted, call));
            return false;
        }
        if let Some(bound) = moved_bound(call, &ty) {
            self.diags.push(errors::bound_moves(&datum, bound, call));
            return false;
        }
        let narrower = wanted != datum.word && is_fixed(call);
        if declared.is_some() && narrower && !ty.support.within(draw.support) {
            self.diags.push(errors::wider_than_draw(&datum, &wanted, call));
        }
        true
    }
}

/// Whether some value of the type is a draw. What is computed from data has no marks: its values are checked later.
fn can_be(ty: &Type, draw: Draw) -> bool {
    let elem = match (draw.elem, ty.elem) {
        (Elem::Index(a), Elem::Index(b)) => a == b,
        (Elem::Index(_), _) | (_, Elem::Index(_)) => false,
        (Elem::Real, _) => true,
        (Elem::Binary, elem) => elem == Elem::Binary,
        (Elem::Int, elem) => elem != Elem::Real,
    };
    elem && !ty.support.misses(draw.support)
}

/// Whether the bounds of a distribution, or of what it wraps, are known before the fit.
pub(super) fn is_fixed(call: &DistCall) -> bool {
    let ends = match call.dist.0.signature().support {
        Support::CountTo(most) | Support::Composition(most) => [call.arg(most), None],
        _ => call.bounds(),
    };
    ends.iter().flatten().all(|a| a.ty.stage == Stage::Constant)
        && call.inner.as_deref().is_none_or(is_fixed)
}

/// A bound that a latent or a param moves into the range of the datum.
fn moved_bound<'c>(call: &'c DistCall, ty: &Type) -> Option<&'c Expr> {
    let [lower, upper] = call.bounds();
    let moves = |a: &&Expr| a.ty.stage >= Stage::Param;
    let lower = lower.filter(moves).filter(|a| a.ty.support.high > ty.support.low);
    let upper = upper.filter(moves).filter(|a| a.ty.support.low < ty.support.high);
    lower.or(upper).or_else(|| call.inner.as_deref().and_then(|inner| moved_bound(inner, ty)))
}
