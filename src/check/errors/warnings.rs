//! W02xx: what is allowed and probably not meant.

use super::did_you_mean;
use crate::check::model::{Interval, NameDecl};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast;

pub(in crate::check) fn unused_data(decl: &NameDecl, near: Option<&str>) -> Diagnostic {
    let name = &decl.name;
    let d = Diagnostic::new(Code::W0201, format!("the data `{name}` are read and never used"))
        .at(decl.span, "no statement uses it");
    did_you_mean(d, near).help(format!("observe it, `{name} ~ …`, or remove the statement"))
}

pub(in crate::check) fn idle_latent(decl: &NameDecl, near: Option<&str>) -> Diagnostic {
    let name = &decl.name;
    let d = Diagnostic::new(Code::W0202, format!("`{name}` reaches no data"))
        .at(decl.span, "nothing observed depends on it, so its posterior is its prior");
    did_you_mean(d, near)
        .help(format!("use `{name}` in what the data are drawn from, or remove it"))
}

pub(in crate::check) fn may_leave_domain(
    function: &str,
    span: Span,
    needed: Interval,
    has: Interval,
    fix: &str,
) -> Diagnostic {
    Diagnostic::new(
        Code::W0203,
        format!("`{function}` needs a value in {needed}, which this may leave"),
    )
    .at(span, format!("computed, in {has}"))
    .help(format!("write `{fix}(…)` around it"))
}

pub(in crate::check) fn unused_dim(name: &ast::Ident, near: Option<&str>) -> Diagnostic {
    let text = &name.text;
    let d = Diagnostic::new(Code::W0204, format!("the dimension `{text}` is never used"))
        .at(name.span, "nothing has it");
    did_you_mean(d, near).help(format!("give it to a value, `x[{text}]`, or remove the statement"))
}

pub(in crate::check) fn unused_param(decl: &NameDecl, near: Option<&str>) -> Diagnostic {
    let name = &decl.name;
    let d = Diagnostic::new(Code::W0205, format!("the param `{name}` is never used"))
        .at(decl.span, "nothing moves it from its first value");
    did_you_mean(d, near).help("use it, or remove the statement")
}
