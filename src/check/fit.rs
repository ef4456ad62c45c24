//! The `fit` block: settings as named arguments.

use super::Checker;
use crate::source::Span;
use crate::syntax::ast;

pub(super) fn check_fit(cx: &mut Checker, settings: &[ast::Arg], _span: Span) {
    for setting in settings {
        cx.expr(&setting.value);
    }
}
