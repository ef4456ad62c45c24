//! Numbers, lists, `zeros(K)` and `ones(K)`.

use super::model::{DimId, Elem, Expr, ExprKind, Interval, Mark, Stage, Type};
use super::{Checker, errors};
use crate::source::Span;
use crate::syntax::ast;

/// The value of an expression of numbers alone: `-1`, `1/3`, `2 * 1e-3`.
pub(super) fn constant(e: &ast::Expr) -> Option<f64> {
    match &e.kind {
        ast::ExprKind::Number { value, .. } => Some(*value),
        ast::ExprKind::Paren(inner) => constant(inner),
        ast::ExprKind::Unary { op: ast::UnaryOp::Neg, operand } => Some(-constant(operand)?),
        ast::ExprKind::Binary { op, left, right, .. } => {
            let (a, b) = (constant(left)?, constant(right)?);
            match op {
                ast::BinaryOp::Add => Some(a + b),
                ast::BinaryOp::Sub => Some(a - b),
                ast::BinaryOp::Mul => Some(a * b),
                ast::BinaryOp::Div => Some(a / b),
                ast::BinaryOp::Pow => Some(a.powf(b)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A number, whole where its value is.
pub(super) fn number(value: f64, span: Span) -> Expr {
    let elem = if value.fract() == 0.0 { Elem::Int } else { Elem::Real };
    let (support, dims) = (Interval::point(value), vec![]);
    let ty = Type { elem, support, mark: None, dims, stage: Stage::Constant };
    Expr { kind: ExprKind::Number(value), ty, span }
}

/// `true` and `false`.
pub(super) fn truth(value: bool, span: Span) -> Expr {
    let mut e = number(f64::from(u8::from(value)), span);
    e.ty.elem = Elem::Binary;
    e
}

impl Checker {
    /// `[1, 2, 3]`, `[[1, 2], [3, 4]]`
    pub(super) fn list(&mut self, items: &[ast::Expr], span: Span) -> Option<Expr> {
        let computed = |item: &ast::Expr| {
            let other = matches!(item.kind, ast::ExprKind::List(_) | ast::ExprKind::Text(_));
            !other && constant(item).is_none()
        };
        let rows = items.iter().any(|item| matches!(item.kind, ast::ExprKind::List(_)));
        if !rows && items.iter().any(computed) {
            return self.stack(items, span);
        }
        let mut lengths = vec![];
        let mut values = vec![];
        self.gather(items, 0, span, &mut lengths, &mut values)?;
        let dims = lengths.iter().map(|&n| self.loose_dim(n, span)).collect();
        Some(literal(values, dims, span))
    }

    /// `[theta, 1 - theta]`: scalars, known or not.
    fn stack(&mut self, items: &[ast::Expr], span: Span) -> Option<Expr> {
        let values: Vec<Option<Expr>> = items.iter().map(|item| self.entry_of_list(item)).collect();
        let values = values.into_iter().collect::<Option<Vec<Expr>>>()?;
        let (first, rest) = values.split_first()?;
        let dim = self.loose_dim(values.len() as u64, span);
        let elem = |a: Elem, b: Elem| match (a, b) {
            _ if a == b => a,
            (Elem::Real, _) | (_, Elem::Real) => Elem::Real,
            _ => Elem::Int,
        };
        let shares = matches!(rest, [other] if are_shares(first, other));
        let ty = Type {
            elem: rest.iter().map(|e| e.ty.elem).fold(first.ty.elem, elem),
            support: rest.iter().map(|e| e.ty.support).fold(first.ty.support, Interval::hull),
            mark: shares.then_some(Mark::Simplex(dim)),
            dims: vec![dim],
            stage: rest.iter().map(|e| e.ty.stage).fold(first.ty.stage, Stage::max),
        };
        Some(Expr { kind: ExprKind::Stack(values), ty, span })
    }

    fn entry_of_list(&mut self, item: &ast::Expr) -> Option<Expr> {
        if matches!(item.kind, ast::ExprKind::Text(_)) {
            return self.fail(errors::list_of_what(item));
        }
        let value = self.expr(item)?;
        if !value.ty.dims.is_empty() || matches!(value.ty.elem, Elem::Index(_)) {
            return self.fail(errors::list_of_what(item));
        }
        Some(value)
    }

    /// Appends the numbers of a list to `values`, row-major; `lengths` are those of the first list at each depth.
    fn gather(
        &mut self,
        items: &[ast::Expr],
        depth: usize,
        span: Span,
        lengths: &mut Vec<u64>,
        values: &mut Vec<f64>,
    ) -> Option<()> {
        if items.is_empty() {
            return self.fail(errors::empty_list(span));
        }
        let length = items.len() as u64;
        match lengths.get(depth) {
            None => lengths.push(length),
            Some(&first) if first == length => {}
            Some(&first) => return self.fail(errors::ragged_list(span, first, length)),
        }
        for item in items {
            match (&item.kind, constant(item)) {
                (ast::ExprKind::List(inner), _) => {
                    self.gather(inner, depth + 1, item.span, lengths, values)?;
                }
                (_, Some(value)) if lengths.len() == depth + 1 => values.push(value),
                (_, Some(_)) => {
                    return self.fail(errors::ragged_list(item.span, lengths[depth + 1], 1));
                }
                _ => return self.fail(errors::list_of_what(item)),
            }
        }
        Some(())
    }

    /// `zeros(K)`, `ones(K, D)`, `zeros(3)`
    pub(super) fn filled(&mut self, value: f64, args: &[ast::Arg], span: Span) -> Option<Expr> {
        let mut dims = vec![];
        for arg in args {
            dims.push(match (&arg.value.kind, constant(&arg.value)) {
                (ast::ExprKind::Name(name), _) => self.dim_named(name),
                (_, Some(n)) if n >= 1.0 && n.fract() == 0.0 && n < 1e9 => {
                    Some(self.loose_dim(n as u64, arg.span))
                }
                _ => self.fail(errors::not_a_dimension(arg.span)),
            });
        }
        let dims: Vec<DimId> = dims.into_iter().collect::<Option<_>>()?;
        let spans: Vec<Span> = args.iter().map(|a| a.span).collect();
        self.expect_distinct(&dims, &spans)?;
        if dims.is_empty() {
            return self.fail(errors::filled_without_dimension(span));
        }
        Some(literal(vec![value], dims, span))
    }
}

/// Whether two values are `p` and `1 - p` of one probability, which is a name.
pub(super) fn are_shares(a: &Expr, b: &Expr) -> bool {
    let rest_of = |share: &Expr, rest: &Expr| match (&share.kind, &rest.kind) {
        (ExprKind::Name(name), ExprKind::Call { function, args }) => {
            let from_one = matches!(args[0].kind, ExprKind::Number(1.0));
            let same =
                args.get(1).is_some_and(|x| matches!(x.kind, ExprKind::Name(n) if n == *name));
            function.name == "-" && from_one && same && share.ty.support.within(Interval::UNIT)
        }
        _ => false,
    };
    rest_of(a, b) || rest_of(b, a)
}

fn literal(values: Vec<f64>, dims: Vec<DimId>, span: Span) -> Expr {
    let whole = values.iter().all(|x| x.fract() == 0.0);
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let ty = Type {
        elem: if whole { Elem::Int } else { Elem::Real },
        support: Interval::closed(low, high),
        mark: None,
        dims,
        stage: Stage::Constant,
    };
    Expr { kind: ExprKind::Literal(values), ty, span }
}
