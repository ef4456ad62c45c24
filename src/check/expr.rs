//! Expressions: from what is written to what it is, with its type.

use super::Checker;
use super::model::{Elem, Expr, ExprKind, Interval, Stage, Type};
use crate::source::Span;
use crate::syntax::ast;

impl Checker {
    /// Checks an expression. `None` where it has an error, which is then already reported.
    pub(super) fn expr(&mut self, e: &ast::Expr) -> Option<Expr> {
        match &e.kind {
            ast::ExprKind::Number { value, .. } => Some(number(*value, e.span)),
            ast::ExprKind::Name(ident) => {
                let id = self.find(ident)?;
                let ty = self.model.name(id).ty.clone();
                Some(Expr { kind: ExprKind::Name(id), ty, span: e.span })
            }
            ast::ExprKind::Paren(inner) => self.expr(inner),
            _ => None,
        }
    }
}

pub(super) fn number(value: f64, span: Span) -> Expr {
    let elem = if value.fract() == 0.0 { Elem::Int } else { Elem::Real };
    let ty = Type {
        elem,
        support: Interval::point(value),
        mark: None,
        dims: vec![],
        stage: Stage::Constant,
    };
    Expr { kind: ExprKind::Number(value), ty, span }
}
