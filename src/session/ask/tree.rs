//! Trees that nobody typed: the declarations that a question is checked among, and what its short forms stand for.

use crate::check::model::{DimDecl, Elem, Interval, Mark, Model, Type};
use crate::source::Span;
use crate::syntax::ast::{
    Arg, BinaryOp, DimRef, Expr, ExprKind, Ident, Stmt, StmtKind, Target, Type as TypeTree,
};

pub(super) fn ident(text: &str, span: Span) -> Ident {
    let name = text.trim_end_matches('\'');
    Ident { text: name.into(), primes: (text.len() - name.len()) as u8, span }
}

pub(super) fn name(text: &str, span: Span) -> Expr {
    Expr { kind: ExprKind::Name(ident(text, span)), span }
}

pub(super) fn number(value: f64, span: Span) -> Expr {
    Expr { kind: ExprKind::Number { value, text: value.to_string() }, span }
}

pub(super) fn call(callee: &str, args: Vec<Expr>, over: Vec<Ident>, span: Span) -> Expr {
    let arg = |value: Expr| Arg { name: None, span: value.span, value };
    let args = args.into_iter().map(arg).collect();
    Expr { kind: ExprKind::Call { callee: ident(callee, span), args, over, by: None }, span }
}

pub(super) fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    let (left, right) = (Box::new(left), Box::new(right));
    Expr { kind: ExprKind::Binary { op, op_span: span, left, right, over: vec![] }, span }
}

/// A statement of its own, outside of any text.
fn stmt(kind: StmtKind) -> Stmt {
    Stmt { annotations: vec![], kind, span: Span::default() }
}

/// `answer = value`
pub(super) fn answer(value: Expr) -> Stmt {
    let span = value.span;
    let target = Target { name: ident(ANSWER, Span::default()), entries: vec![], span };
    Stmt { annotations: vec![], kind: StmtKind::Let { targets: vec![target], value }, span }
}

/// No name that can be typed.
pub(super) const ANSWER: &str = "the answer";

/// `dim name = size`, or its labels.
pub(super) fn dim(name: &str, size: usize, labels: Option<&[String]>) -> Stmt {
    let none = Span::default();
    let value = match labels {
        None => number(size as f64, none),
        Some(labels) => {
            let label = |l: &String| Expr { kind: ExprKind::Text(l.clone()), span: none };
            Expr { kind: ExprKind::List(labels.iter().map(label).collect()), span: none }
        }
    };
    stmt(StmtKind::Dim { name: ident(name, none), value })
}

/// `data name: type[dims]` for a name of a model, with dimensions beside its own.
pub(super) fn datum(model: &Model, name: &str, ty: &Type, beside: &[String]) -> Stmt {
    let none = Span::default();
    let decl = |d| model.dim(d);
    let event = ty.mark.map(Mark::dims).unwrap_or_default();
    let outer = ty.dims.iter().filter(|d| !event.contains(d)).map(|&d| decl(d));
    let dims = outer.map(dim_ref).chain(beside.iter().map(|d| DimRef::Named(ident(d, none))));
    let (element, bounds) = element(ty);
    let index = match ty.elem {
        Elem::Index(d) => Some(self::name(&decl(d).name, none)),
        _ => None,
    };
    let values = index.into_iter().chain(bounds.into_iter().flatten().map(|x| number(x, none)));
    let ty = TypeTree {
        element: ident(element, none),
        args: values.map(|value| Arg { name: None, value, span: none }).collect(),
        over: event.iter().map(|&d| ident(&decl(d).name, none)).collect(),
        optional: false,
        dims: dims.collect(),
        span: none,
    };
    stmt(StmtKind::Data { name: ident(name, none), ty, from: None })
}

fn dim_ref(dim: &DimDecl) -> DimRef {
    match dim.name.parse() {
        Ok(size) => DimRef::Size { size, span: Span::default() },
        Err(_) => DimRef::Named(ident(&dim.name, Span::default())),
    }
}

/// The word for a type's element, and the bounds that it takes.
fn element(ty: &Type) -> (&'static str, Option<[f64; 2]>) {
    let Interval { low, high, .. } = ty.support;
    let word = match (ty.mark, ty.elem) {
        (Some(Mark::Simplex(_)), _) => "simplex",
        (Some(Mark::Ordered(_)), _) => "ordered",
        (Some(Mark::Cholesky(..)), _) => "cholesky",
        (Some(Mark::Cov(..)), _) => "cov",
        (Some(Mark::Corr(..)), _) => "corr",
        (None, Elem::Index(_)) => "index",
        (None, Elem::Binary) => "binary",
        (None, Elem::Int) if (low, high) == (0.0, 1.0) => "unit",
        (None, Elem::Int) if low >= 0.0 => "count",
        (None, Elem::Int) => "int",
        (None, Elem::Real) if ty.support.within(Interval::POSITIVE) && high == f64::INFINITY => {
            "positive"
        }
        (None, Elem::Real) if low == 0.0 && high == f64::INFINITY => "nonneg",
        (None, Elem::Real) if (low, high) == (0.0, 1.0) => "unit",
        (None, Elem::Real) if low < high && low.is_finite() && high.is_finite() => {
            return ("real", Some([low, high]));
        }
        (None, Elem::Real) => "real",
    };
    (word, None)
}

/// A type as it is written: `real[school]`, `index(k)[n]`.
pub fn type_text(model: &Model, ty: &Type) -> String {
    let names = |dims: &[crate::check::model::DimId]| {
        let names: Vec<&str> = dims.iter().map(|&d| model.dim(d).name.as_str()).collect();
        names.join(", ")
    };
    let event = ty.mark.map(Mark::dims).unwrap_or_default();
    let outer: Vec<_> = ty.dims.iter().copied().filter(|d| !event.contains(d)).collect();
    let (word, bounds) = element(ty);
    let mut text = match (ty.elem, bounds) {
        (Elem::Index(d), _) => format!("index({})", model.dim(d).name),
        (_, Some([low, high])) => format!("real({low}, {high})"),
        _ => word.to_string(),
    };
    match event.as_slice() {
        [] => {}
        [only] => text.push_str(&format!(" over {}", names(&[*only]))),
        several => text.push_str(&format!(" over [{}]", names(several))),
    }
    if !outer.is_empty() {
        text.push_str(&format!("[{}]", names(&outer)));
    }
    text
}
