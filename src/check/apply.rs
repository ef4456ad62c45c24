//! Operators and elementwise functions: arguments align by name, intervals pass through, marks survive what keeps them.

use super::functions::{self, Domain, Function, Gives};
use super::literal::{are_shares, number};
use super::model::{DimId, Elem, Entry, Expr, ExprKind, Interval, Mark, Stage, Type};
use super::support::Fit;
use super::{Checker, errors, support};
use crate::source::Span;
use crate::syntax::ast;

impl Checker {
    pub(super) fn unary(
        &mut self,
        op: ast::UnaryOp,
        operand: &ast::Expr,
        span: Span,
    ) -> Option<Expr> {
        let sign = match op {
            ast::UnaryOp::Neg => "neg",
            ast::UnaryOp::Not => "not",
        };
        let operand = self.expr(operand)?;
        self.apply(functions::operator(sign), vec![operand], span)
    }

    pub(super) fn binary(
        &mut self,
        op: ast::BinaryOp,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Option<Expr> {
        let function = functions::operator(sign(op));
        if matches!(op, ast::BinaryOp::Eq | ast::BinaryOp::Ne) {
            return self.equality(function, left, right, span);
        }
        let (left, right) = (self.expr(left), self.expr(right));
        let (left, right) = (left?, right?);
        let orders = matches!(
            op,
            ast::BinaryOp::Lt | ast::BinaryOp::Le | ast::BinaryOp::Gt | ast::BinaryOp::Ge
        );
        if let (Elem::Index(a), Elem::Index(b)) = (left.ty.elem, right.ty.elem)
            && orders
            && self.root(a) == self.root(b)
        {
            return self.elementwise(function, vec![left, right], span);
        }
        self.apply(function, vec![left, right], span)
    }

    /// `z == 3` and `county == "Choate"` compare an index with a position or a label; all else compares values.
    fn equality(
        &mut self,
        function: &'static Function,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Option<Expr> {
        let is_text = |e: &ast::Expr| matches!(e.kind, ast::ExprKind::Text(_));
        let (index, literal) = if is_text(left) { (right, left) } else { (left, right) };
        let index = self.expr(index);
        if let ast::ExprKind::Text(text) = &literal.kind {
            let index = index?;
            let Elem::Index(dim) = index.ty.elem else {
                return self.fail(errors::label_against_what(literal.span, index.span));
            };
            self.expect_label(dim, text, literal.span)?;
            let label = label_position(dim, text, literal.span);
            return self.elementwise(function, vec![index, label], span);
        }
        let other = self.expr(literal);
        let (a, b) = (index?, other?);
        match (a.ty.elem, b.ty.elem) {
            (Elem::Index(d), Elem::Index(e)) if self.root(d) == self.root(e) => {
                self.elementwise(function, vec![a, b], span)
            }
            (Elem::Index(d), Elem::Index(e)) => {
                let error = errors::indices_differ(
                    (a.span, &self.dim_name(d)),
                    (b.span, &self.dim_name(e)),
                );
                self.fail(error)
            }
            (Elem::Index(d), _) if matches!(b.kind, ExprKind::Number(_)) => {
                let b = self.position_literal(d, &b)?;
                self.elementwise(function, vec![a, b], span)
            }
            (_, Elem::Index(d)) if matches!(a.kind, ExprKind::Number(_)) => {
                let a = self.position_literal(d, &a)?;
                self.elementwise(function, vec![a, b], span)
            }
            _ => self.apply(function, vec![a, b], span),
        }
    }

    /// A position as written, from 1, to one from 0.
    fn position_literal(&mut self, dim: DimId, e: &Expr) -> Option<Expr> {
        let ExprKind::Number(value) = e.kind else { unreachable!("the caller saw a number") };
        let position = self.position(dim, value, e.span)?;
        Some(number(position as f64, e.span))
    }

    /// A function of numbers: indices are none, except the running index.
    pub(super) fn apply(
        &mut self,
        function: &'static Function,
        args: Vec<Expr>,
        span: Span,
    ) -> Option<Expr> {
        let branches = function.gives == Gives::AsBranches
            && matches!(args[1].ty.elem, Elem::Index(d) if args[2].ty.elem == Elem::Index(d));
        let mut numbers = vec![];
        for arg in args {
            numbers.push(if branches { Some(arg) } else { self.as_number(arg) });
        }
        let args = numbers.into_iter().collect::<Option<Vec<Expr>>>()?;
        for (arg, &domain) in args.iter().zip(function.domain) {
            self.expect_domain(function, arg, domain)?;
        }
        self.elementwise(function, args, span)
    }

    /// The running index counts from 1; other indices are positions or labels, with which nothing is computed.
    fn as_number(&mut self, arg: Expr) -> Option<Expr> {
        let Elem::Index(dim) = arg.ty.elem else { return Some(arg) };
        if !matches!(arg.kind, ExprKind::Position(_)) {
            let error = errors::index_as_number(arg.span, &self.dim_name(dim));
            return self.fail(error);
        }
        let span = arg.span;
        let first = number(1.0, span);
        let mut e = self.elementwise(functions::operator("+"), vec![arg, first], span)?;
        e.ty.elem = Elem::Int;
        Some(e)
    }

    fn expect_domain(
        &mut self,
        function: &'static Function,
        arg: &Expr,
        domain: Domain,
    ) -> Option<()> {
        if domain == Domain::Binary {
            return match arg.ty.elem {
                Elem::Binary => Some(()),
                _ => self.fail(errors::condition_needed(function.name, arg.span)),
            };
        }
        let (needed, fix) = (domain.interval(), domain.fix());
        match support::inside(arg, needed, fix) {
            Fit::Yes => Some(()),
            Fit::May { fix } => {
                let has = arg.ty.support;
                self.diags.push(errors::may_leave_domain(
                    function.name,
                    arg.span,
                    needed,
                    has,
                    fix,
                ));
                Some(())
            }
            Fit::No => {
                let has = arg.ty.support;
                self.fail(errors::outside_domain(function.name, arg.span, needed, has, fix))
            }
        }
    }

    /// Aligns the arguments by name and computes the type of the value.
    fn elementwise(
        &mut self,
        function: &'static Function,
        mut args: Vec<Expr>,
        span: Span,
    ) -> Option<Expr> {
        self.meet(&mut args)?;
        let supports: Vec<Interval> = args.iter().map(|a| a.ty.support).collect();
        let ty = Type {
            elem: element(function.gives, &args),
            support: (function.support)(&supports),
            mark: mark(function.name, &args).or_else(|| self.shares(function.name, &args)),
            dims: union(args.iter().map(|a| a.ty.dims.as_slice())),
            stage: args.iter().map(|a| a.ty.stage).max().unwrap_or(Stage::Constant),
        };
        Some(Expr { kind: ExprKind::Call { function, args }, ty, span })
    }

    /// `where(k == 1, p, 1 - p)` along two positions is a simplex.
    fn shares(&self, function: &str, args: &[Expr]) -> Option<Mark> {
        let ("where", [condition, yes, no]) = (function, args) else { return None };
        let ExprKind::Call { function: equal, args: sides } = &condition.kind else { return None };
        let [ExprKind::Position(dim), ExprKind::Number(_)] =
            [&sides.first()?.kind, &sides.get(1)?.kind]
        else {
            return None;
        };
        let two = equal.name == "==" && self.fixed_size(*dim) == Some(2);
        (two && are_shares(yes, no)).then_some(Mark::Simplex(*dim))
    }
}

/// The union in order of first appearance.
pub(super) fn union<'a>(lists: impl IntoIterator<Item = &'a [DimId]>) -> Vec<DimId> {
    let mut all: Vec<DimId> = vec![];
    for &dim in lists.into_iter().flatten() {
        if !all.contains(&dim) {
            all.push(dim);
        }
    }
    all
}

fn sign(op: ast::BinaryOp) -> &'static str {
    match op {
        ast::BinaryOp::Add => "+",
        ast::BinaryOp::Sub => "-",
        ast::BinaryOp::Mul => "*",
        ast::BinaryOp::Div => "/",
        ast::BinaryOp::Pow => "^",
        ast::BinaryOp::Contract => unreachable!("a contraction is not elementwise"),
        ast::BinaryOp::Lt => "<",
        ast::BinaryOp::Le => "<=",
        ast::BinaryOp::Gt => ">",
        ast::BinaryOp::Ge => ">=",
        ast::BinaryOp::Eq => "==",
        ast::BinaryOp::Ne => "!=",
        ast::BinaryOp::And => "and",
        ast::BinaryOp::Or => "or",
    }
}

fn element(gives: Gives, args: &[Expr]) -> Elem {
    let whole = |args: &[Expr]| args.iter().all(|a| a.ty.elem != Elem::Real);
    match gives {
        Gives::Real => Elem::Real,
        Gives::Whole => Elem::Int,
        Gives::Binary => Elem::Binary,
        Gives::AsArguments => {
            if whole(args) {
                Elem::Int
            } else {
                Elem::Real
            }
        }
        Gives::AsBranches => match (args[1].ty.elem, args[2].ty.elem) {
            (a, b) if a == b => a,
            _ if whole(&args[1..]) => Elem::Int,
            _ => Elem::Real,
        },
    }
}

/// Shifting or scaling a whole vector, and rising functions, keep its order; a positive factor keeps a matrix what it is,
/// and positive factors of the elements keep a Cholesky factor one.
fn mark(function: &str, args: &[Expr]) -> Option<Mark> {
    let (at, mark) = args.iter().enumerate().find_map(|(i, a)| Some((i, a.ty.mark?)))?;
    let constant_along = |a: &Expr| mark.dims().iter().all(|d| !a.ty.dims.contains(d));
    let others: Vec<&Expr> =
        args.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, a)| a).collect();
    let apart = others.iter().all(|a| constant_along(a));
    let positive = others.iter().all(|a| a.ty.support.within(Interval::POSITIVE));
    let ordered = matches!(mark, Mark::Ordered(_));
    let scales = match mark {
        Mark::Simplex(_) | Mark::Corr(..) => false,
        Mark::Cholesky(..) => positive,
        Mark::Ordered(_) | Mark::Cov(..) => positive && apart,
    };
    let kept = match function {
        "+" => ordered && apart,
        "-" => ordered && apart && at == 0,
        "*" => scales,
        "/" => scales && at == 0,
        "exp" | "expm1" | "log" | "log1p" | "sigmoid" | "logit" | "softplus" | "sqrt" | "tanh"
        | "atan" => ordered,
        _ => false,
    };
    kept.then_some(mark)
}

/// The position of a label along its dimension.
fn label_position(dim: DimId, text: &str, span: Span) -> Expr {
    let (elem, support) = (Elem::Index(dim), Interval::NONNEG);
    let along = Type { elem, support, mark: None, dims: vec![dim], stage: Stage::Data };
    let ty = Type { dims: vec![], ..along.clone() };
    let base = Box::new(Expr { kind: ExprKind::Position(dim), ty: along, span });
    let entries = vec![(dim, Entry::Label { text: text.to_string(), span })];
    Expr { kind: ExprKind::Index { base, entries }, ty, span }
}
