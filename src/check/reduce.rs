//! What runs along dimensions: reductions, `softmax` and `cumsum`, sums by an index.

use super::apply::union;
use super::model::{Along, DimId, Elem, Expr, ExprKind, Interval, Mark, Reduction, Stage, Type};
use super::{Checker, errors};
use crate::source::Span;
use crate::syntax::ast;

impl Checker {
    /// `sum(x over D, …)`; without `over`, all dimensions.
    pub(super) fn reduce(
        &mut self,
        how: Reduction,
        arg: Expr,
        over: &[ast::Ident],
        callee: &ast::Ident,
        span: Span,
    ) -> Option<Expr> {
        if arg.ty.dims.is_empty() {
            return self.fail(errors::nothing_to_reduce(callee, arg.span));
        }
        let over = match over {
            [] => self.own_dims(&arg),
            _ => self.dims_of(&arg, over, callee)?,
        };
        let (elem, support) = match how {
            Reduction::All | Reduction::Any if arg.ty.elem != Elem::Binary => {
                return self.fail(errors::condition_needed(&callee.text, arg.span));
            }
            Reduction::ArgMax => (Elem::Index(self.only(&over, &arg, callee)?), Interval::NONNEG),
            _ if matches!(arg.ty.elem, Elem::Index(_)) => {
                return self.fail(errors::index_in_reduction(callee, arg.span));
            }
            _ => (element(how, arg.ty.elem), interval(how, arg.ty.support)),
        };
        let dims = arg.ty.dims.iter().copied().filter(|d| !over.contains(d)).collect();
        let ty = Type { elem, support, mark: None, dims, stage: arg.ty.stage };
        Some(Expr { kind: ExprKind::Reduce { how, arg: Box::new(arg), over }, ty, span })
    }

    /// `softmax(x over D)`; D may be unsaid where x has only one dimension.
    pub(super) fn along(
        &mut self,
        how: Along,
        arg: Expr,
        over: &[ast::Ident],
        callee: &ast::Ident,
        span: Span,
    ) -> Option<Expr> {
        let found = self.dims_along(&arg, over, callee)?;
        if over.is_empty() && arg.ty.dims.is_empty() {
            return self.fail(errors::nothing_to_reduce(callee, arg.span));
        }
        let over = self.only(&found, &arg, callee)?;
        let has = arg.ty.support;
        let (elem, support, mark) = match how {
            Along::Softmax => {
                let support = Interval { low_open: true, ..Interval::UNIT };
                (Elem::Real, support, Some(Mark::Simplex(over)))
            }
            Along::LogSoftmax => {
                let support = Interval { high_open: false, ..-Interval::POSITIVE };
                (Elem::Real, support, None)
            }
            Along::Cumsum => {
                let rises = has.within(Interval::POSITIVE);
                let elem = element(Reduction::Sum, arg.ty.elem);
                (elem, interval(Reduction::Sum, has), rises.then_some(Mark::Ordered(over)))
            }
        };
        let ty = Type { elem, support, mark, dims: arg.ty.dims.clone(), stage: arg.ty.stage };
        Some(Expr { kind: ExprKind::Along { how, arg: Box::new(arg), over }, ty, span })
    }

    /// `assignment(x over [row, column])`; the dimensions may be unsaid where x has only two.
    pub(super) fn assignment(
        &mut self,
        arg: Expr,
        over: &[ast::Ident],
        callee: &ast::Ident,
        span: Span,
    ) -> Option<Expr> {
        let found = self.dims_along(&arg, over, callee)?;
        let &[row, column] = found.as_slice() else {
            let has = self.dim_list(&arg.ty.dims);
            return self.fail(errors::no_matching(callee, arg.span, &has));
        };
        if let (Some(rows), Some(columns)) = (self.fixed_size(row), self.fixed_size(column))
            && rows != columns
        {
            let sides = [(self.dim_name(row), rows), (self.dim_name(column), columns)];
            return self.fail(errors::unequal_matching(callee, span, &sides));
        }
        let (elem, support, mark) = (Elem::Binary, Interval::UNIT, None);
        let ty = Type { elem, support, mark, dims: arg.ty.dims.clone(), stage: arg.ty.stage };
        let kind = ExprKind::Assignment { arg: Box::new(arg), over: [row, column] };
        Some(Expr { kind, ty, span })
    }

    /// `sum(x by county)`: each element of x goes to the place that its index names.
    pub(super) fn sum_by(
        &mut self,
        callee: &ast::Ident,
        args: &[ast::Arg],
        by: &ast::Ident,
        span: Span,
    ) -> Option<Expr> {
        if callee.text != "sum" {
            return self.fail(errors::only_sums_by(callee, by));
        }
        let arg = *self.in_order(callee, args, &["x"])?.first()?;
        let (arg, index) = (self.expr(&arg.value), self.value(by));
        let (arg, index) = (arg?, index?);
        let Elem::Index(dim) = index.ty.elem else {
            return self.fail(errors::by_what(by));
        };
        if matches!(arg.ty.elem, Elem::Index(_)) {
            return self.fail(errors::index_in_reduction(callee, arg.span));
        }
        if let Some(&missing) = index.ty.dims.iter().find(|d| !arg.ty.dims.contains(d)) {
            let dims = self.dim_list(&arg.ty.dims);
            let error = errors::by_lacks(by, &self.dim_name(missing), arg.span, &dims);
            return self.fail(error);
        }
        let rest: Vec<DimId> =
            arg.ty.dims.iter().copied().filter(|d| !index.ty.dims.contains(d)).collect();
        let dims = union([rest.as_slice(), &[dim]]);
        if rest.contains(&dim) {
            return self.fail(errors::by_taken(by, &self.dim_name(dim), arg.span));
        }
        let zero = Interval::point(0.0);
        let ty = Type {
            elem: element(Reduction::Sum, arg.ty.elem),
            support: interval(Reduction::Sum, arg.ty.support).hull(zero),
            mark: None,
            dims,
            stage: arg.ty.stage.max(index.ty.stage).max(Stage::Data),
        };
        let kind = ExprKind::SumBy { arg: Box::new(arg), index: Box::new(index) };
        Some(Expr { kind, ty, span })
    }

    /// The dimensions behind `over`, else all that a value has of its own; positions are no numbers to run along.
    fn dims_along(
        &mut self,
        arg: &Expr,
        over: &[ast::Ident],
        callee: &ast::Ident,
    ) -> Option<Vec<DimId>> {
        if matches!(arg.ty.elem, Elem::Index(_)) {
            return self.fail(errors::index_in_reduction(callee, arg.span));
        }
        match over {
            [] => Some(self.own_dims(arg)),
            _ => self.dims_of(arg, over, callee),
        }
    }

    /// The dimensions behind `over`; ones that the value lacks are reported.
    fn dims_of(
        &mut self,
        arg: &Expr,
        over: &[ast::Ident],
        callee: &ast::Ident,
    ) -> Option<Vec<DimId>> {
        let mut dims = vec![];
        for name in over {
            let dim = self.dim_named(name)?;
            if !arg.ty.dims.contains(&dim) {
                let has = self.dim_list(&arg.ty.dims);
                return self.fail(errors::over_what(callee, name, arg.span, &has));
            }
            if self.inside().is_some_and(|i| i.mapped.contains(&dim)) {
                let net = self.scope.calls.last().map_or("", |f| &f.function).to_string();
                return self.fail(errors::mapped_over(name, &net));
            }
            dims.push(dim);
        }
        let spans: Vec<Span> = over.iter().map(|d| d.span).collect();
        self.expect_distinct(&dims, &spans)?;
        Some(dims)
    }

    fn only(&mut self, over: &[DimId], arg: &Expr, callee: &ast::Ident) -> Option<DimId> {
        if let [only] = over {
            return Some(*only);
        }
        let has = self.dim_list(&arg.ty.dims);
        let dims: Vec<String> = over.iter().map(|&d| self.dim_name(d)).collect();
        self.fail(errors::over_which(callee, arg.span, &has, &dims))
    }
}

fn element(how: Reduction, elem: Elem) -> Elem {
    match (how, elem) {
        (Reduction::All | Reduction::Any, _) => Elem::Binary,
        (Reduction::Mean | Reduction::LogSumExp, _) | (_, Elem::Real) => Elem::Real,
        (Reduction::Max | Reduction::Min, elem) => elem,
        _ => Elem::Int,
    }
}

/// The interval of a reduction of at least one element.
pub(super) fn interval(how: Reduction, has: Interval) -> Interval {
    let above = Interval { high: f64::INFINITY, high_open: true, ..has };
    let below = Interval { low: f64::NEG_INFINITY, low_open: true, ..has };
    match how {
        Reduction::Sum if has.low >= 0.0 => above,
        Reduction::Sum if has.high <= 0.0 => below,
        Reduction::Sum => Interval::REAL,
        Reduction::Prod if has.within(Interval::UNIT) => Interval { low: 0.0, ..has },
        Reduction::Prod if has.within(Interval::POSITIVE) => Interval::POSITIVE,
        Reduction::Prod if has.low >= 0.0 => Interval::NONNEG,
        Reduction::Prod => Interval::REAL,
        Reduction::LogSumExp => above,
        Reduction::All | Reduction::Any => Interval::UNIT,
        Reduction::Mean | Reduction::Max | Reduction::Min | Reduction::ArgMax => has,
    }
}
