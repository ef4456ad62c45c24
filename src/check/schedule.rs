//! Schedules, numbers that change with the step: one construct for temperature, KL weight, free bits and learning rate.
//!
//! ```text
//! anneal(a -> b, rate = r, every = n)   a·exp(∓r·t), t the step rounded down to a multiple of n, clamped at b
//! anneal(a -> b, over = n)              a + (b − a)·t/n
//! cosine(a -> b, over = n)              b + (a − b)·(1 + cos(π·t/n))/2
//! ```

use super::Checker;
use super::literal::constant;
use super::model::Schedule;
use super::site_errors::schedule as errors;
use crate::diag::Diagnostics;
use crate::source::{Span, Spanned};
use crate::syntax::ast;

impl Checker {
    /// Reads a schedule; what is wrong with it is reported.
    pub(super) fn schedule(&mut self, expr: &ast::Expr) -> Option<Schedule> {
        let value = check_schedule(expr, &mut self.diags)?;
        self.notes.schedules.push(Spanned { value, span: expr.span });
        Some(value)
    }

    /// Once the steps are known: warns of schedules that the fit does not finish.
    pub(super) fn warn_unfinished(&mut self) {
        let Some(steps) = self.model.fit.steps else { return };
        for Spanned { value, span } in &self.notes.schedules {
            if let Some(arrival) = value.arrival().filter(|a| *a > steps) {
                self.diags.push(errors::unfinished(*span, value, steps, arrival));
            }
        }
    }
}

fn check_schedule(expr: &ast::Expr, diags: &mut Diagnostics) -> Option<Schedule> {
    match &expr.kind {
        ast::ExprKind::Paren(inner) => check_schedule(inner, diags),
        ast::ExprKind::Call { callee, args, .. } if KINDS.contains(&callee.text.as_str()) => {
            Parts::read(callee, args, expr.span, diags)?.build(diags)
        }
        _ => {
            let value = constant(expr);
            if value.is_none() {
                diags.push(errors::not_a_schedule(expr));
            }
            value.map(Schedule::Constant)
        }
    }
}

const KINDS: [&str; 2] = ["anneal", "cosine"];

/// The arguments of `anneal` or `cosine`, each by itself.
struct Parts<'a> {
    callee: &'a ast::Ident,
    span: Span,
    ends: Option<(f64, f64)>,
    rate: Option<Spanned<f64>>,
    every: Option<Spanned<u64>>,
    over: Option<Spanned<u64>>,
}

impl<'a> Parts<'a> {
    fn read(
        callee: &'a ast::Ident,
        args: &'a [ast::Arg],
        span: Span,
        diags: &mut Diagnostics,
    ) -> Option<Self> {
        let mut parts = Parts { callee, span, ends: None, rate: None, every: None, over: None };
        let mut names: Vec<&ast::Ident> = vec![];
        for arg in args {
            if let Some(name) = &arg.name {
                if let Some(first) = names.iter().find(|n| n.text == name.text) {
                    diags.push(errors::part_twice(name, first.span));
                    return None;
                }
                names.push(name);
            }
            parts.read_part(arg, diags)?;
        }
        Some(parts)
    }

    fn read_part(&mut self, arg: &ast::Arg, diags: &mut Diagnostics) -> Option<()> {
        match (arg.name.as_ref().map(|n| n.text.as_str()), &arg.value.kind) {
            (None, ast::ExprKind::Arrow { from, to }) if self.ends.is_none() => {
                self.ends = Some((expect_number(from, diags)?, expect_number(to, diags)?));
            }
            (Some("rate"), _) => self.rate = Some(expect_rate(arg, diags)?),
            (Some("every"), _) => self.every = Some(expect_steps(arg, diags)?),
            (Some("over"), _) => self.over = Some(expect_steps(arg, diags)?),
            (None, _) if self.ends.is_none() => {
                diags.push(errors::no_arrow(self.callee, arg.span));
                return None;
            }
            _ => {
                diags.push(errors::unknown_part(self.callee, arg));
                return None;
            }
        }
        Some(())
    }

    fn build(self, diags: &mut Diagnostics) -> Option<Schedule> {
        let Some((from, to)) = self.ends else {
            diags.push(errors::no_arrow(self.callee, self.span));
            return None;
        };
        match (self.callee.text.as_str(), self.rate, self.every, self.over) {
            ("cosine", None, None, Some(over)) => {
                Some(Schedule::Cosine { from, to, over: over.value })
            }
            ("anneal", None, None, Some(over)) => {
                Some(Schedule::Linear { from, to, over: over.value })
            }
            ("anneal", Some(rate), every, None) => {
                if from <= 0.0 || to < 0.0 {
                    diags.push(errors::exponential_of_nonpositive(self.span, from, to));
                    return None;
                }
                let every = every.map_or(1, |e| e.value);
                Some(Schedule::Exponential { from, to, rate: rate.value, every })
            }
            ("anneal", Some(rate), _, Some(over)) => {
                diags.push(errors::two_paces(rate.span, over.span));
                None
            }
            (_, rate, every, _) => {
                let stray = rate.map(|r| r.span).or(every.map(|e| e.span));
                diags.push(errors::no_pace(self.callee, self.span, stray));
                None
            }
        }
    }
}

fn expect_number(expr: &ast::Expr, diags: &mut Diagnostics) -> Option<f64> {
    let value = constant(expr).filter(|v| v.is_finite());
    if value.is_none() {
        diags.push(errors::end_not_a_number(expr.span));
    }
    value
}

fn expect_rate(arg: &ast::Arg, diags: &mut Diagnostics) -> Option<Spanned<f64>> {
    let rate = constant(&arg.value).filter(|&r| r > 0.0 && r.is_finite());
    if rate.is_none() {
        diags.push(errors::rate_not_positive(arg.value.span));
    }
    Some(Spanned { value: rate?, span: arg.span })
}

fn expect_steps(arg: &ast::Arg, diags: &mut Diagnostics) -> Option<Spanned<u64>> {
    let steps = whole(&arg.value, 1);
    if steps.is_none() {
        diags.push(errors::not_a_step_count(arg));
    }
    Some(Spanned { value: steps?, span: arg.span })
}

/// A whole number of at least `low`, written as a literal expression.
pub(super) fn whole(expr: &ast::Expr, low: u64) -> Option<u64> {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    let value = constant(expr)?;
    (value.fract() == 0.0 && (low as f64..=LARGEST).contains(&value)).then_some(value as u64)
}
