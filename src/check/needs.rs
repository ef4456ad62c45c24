//! Whether each argument is what its parameter needs: its interval, its element, its mark.

use super::Checker;
use super::call::Parts;
use super::model::{DimId, Elem, Expr, ExprKind, Interval, Mark, NameKind, Stage};
use super::site_errors::needs as errors;
use super::support::{Fit, fits};
use crate::dist::{Needs, Param, Signature};

impl Checker {
    pub(super) fn check_needs(&mut self, parts: &Parts, event: &[DimId]) -> bool {
        let mut sound = true;
        for (place, arg) in &parts.values {
            sound &= self.check_need(parts, *place, arg, event);
        }
        sound
    }

    fn check_need(&mut self, parts: &Parts, place: usize, arg: &Expr, event: &[DimId]) -> bool {
        let signature = parts.signature;
        let param = &signature.forms[parts.form].params[place];
        if parts.by_position.contains(&place)
            && let Some(meant) = other_meaning(signature, parts.form, place, arg)
        {
            self.diags.push(errors::meant_by_name(signature, param.name, meant, arg.span));
            return false;
        }
        let known = arg.ty.stage == Stage::Constant;
        let error = match (param.needs, arg.ty.elem) {
            (_, Elem::Index(dim)) => {
                errors::index_as_number(signature, param, &self.dim_name(dim), arg.span)
            }
            (Needs::Count, Elem::Real) => errors::not_whole(signature, param, known, arg.span),
            (Needs::Simplex | Needs::Cholesky, _)
                if event.iter().any(|d| !arg.ty.dims.contains(d)) =>
            {
                let event: Vec<_> = event.iter().map(|&d| self.dim_name(d)).collect();
                errors::without_event(signature, param, &event, arg.span)
            }
            _ => match self.soften(fits(arg, param.needs, event), arg, param.needs) {
                Fit::Yes => return true,
                Fit::May { fix } => {
                    self.diags.push(errors::may_leave(signature, param, fix, arg.span));
                    return true;
                }
                Fit::No => {
                    let what = self.describe(arg, param.needs);
                    errors::outside(signature, param, &what, known, arg.span)
                }
            },
        };
        self.diags.push(error);
        false
    }

    /// A name for something computed may be a simplex as well as what it stands for.
    fn soften(&self, fit: Fit, arg: &Expr, needs: Needs) -> Fit {
        let computed = match arg.kind {
            ExprKind::Name(name) => matches!(self.model.name(name).kind, NameKind::Let { .. }),
            _ => false,
        };
        let possible = !arg.ty.support.misses(Interval::UNIT);
        match fit {
            Fit::No if needs == Needs::Simplex && computed && possible => {
                Fit::May { fix: "softmax" }
            }
            _ => fit,
        }
    }

    /// What an argument is, in a few words.
    fn describe(&self, arg: &Expr, needs: Needs) -> String {
        let Interval { low, high, .. } = arg.ty.support;
        let range = match (low == high, arg.ty.support.within(Interval::UNIT)) {
            (true, _) => format!("{low}"),
            (false, true) => "between 0 and 1".to_string(),
            _ if low.is_finite() && high.is_finite() => format!("between {low} and {high}"),
            _ if low.is_finite() => format!("at least {low}"),
            _ if high.is_finite() => format!("at most {high}"),
            _ => "any real number".to_string(),
        };
        match (&arg.kind, arg.ty.stage) {
            (ExprKind::Literal(_), _) if needs == Needs::Simplex => "does not add up to 1".into(),
            (ExprKind::Literal(_), _) if needs == Needs::Cutpoints => "does not ascend".into(),
            (_, _) if needs == Needs::Cutpoints => "not known to ascend".into(),
            (_, _) if matches!(needs, Needs::Simplex | Needs::Cholesky) => {
                "not known to be one".into()
            }
            (_, Stage::Constant) => format!("this is {range}"),
            (ExprKind::Name(name), _) => {
                format!("`{}` can be {range}", self.model.name(*name).name)
            }
            _ => format!("this can be {range}"),
        }
    }
}

/// The parameter of another form, at the same place, that the argument shows itself to be.
fn other_meaning(s: &Signature, form: usize, place: usize, arg: &Expr) -> Option<&'static Param> {
    let own = s.forms[form].params;
    s.forms.iter().find_map(|other| {
        let elsewhere = own.iter().zip(other.params).enumerate().filter(|(i, _)| *i != place);
        let alike = own.len() == other.params.len()
            && elsewhere.map(|(_, pair)| pair).all(|(a, b)| a.name == b.name);
        let meant = other.params.get(place)?;
        let differs = meant.name != own[place].name;
        (alike && differs && shows(arg, own[place].needs, meant.needs)).then_some(meant)
    })
}

/// Whether an argument cannot reasonably be meant as `own` because it is so plainly `other`: the whole line for a
/// probability, a simplex for logits.
fn shows(arg: &Expr, own: Needs, other: Needs) -> bool {
    let everywhere = arg.ty.support.low == f64::NEG_INFINITY
        && arg.ty.support.high == f64::INFINITY
        && arg.ty.stage > Stage::Constant;
    match (own, other) {
        (Needs::Unit | Needs::Positive | Needs::Nonneg, Needs::Real) => everywhere,
        (Needs::Simplex | Needs::PositiveVector, Needs::RealVector) => {
            everywhere && !matches!(arg.ty.mark, Some(Mark::Simplex(_)))
        }
        (Needs::RealVector, Needs::Simplex) => {
            matches!(arg.ty.mark, Some(Mark::Simplex(_))) || is_simplex_literal(arg)
        }
        _ => false,
    }
}

/// `[0.2, 0.8]`
fn is_simplex_literal(arg: &Expr) -> bool {
    match &arg.kind {
        ExprKind::Literal(values) if values.len() > 1 => {
            let total: f64 = values.iter().sum();
            values.iter().all(|&v| v >= 0.0) && (total - 1.0).abs() < 1e-6
        }
        _ => false,
    }
}
