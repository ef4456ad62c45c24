//! The `~` statements: sites with their distributions.

use super::Checker;
use crate::syntax::ast;

pub(super) fn check_tilde(
    cx: &mut Checker,
    _stmt: &ast::Stmt,
    target: &ast::Target,
    dist: &ast::Expr,
) {
    cx.target_dims(target);
    cx.expr(dist);
}
