//! E0201 … E0259: what the checker says of names, dimensions, types and brackets.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast;

pub(super) fn unknown_name(ident: &ast::Ident, near: Option<&str>) -> Diagnostic {
    let name = &ident.text;
    Diagnostic::new(Code::E0201, format!("`{name}` is not declared"))
        .at(ident.span, "no value of this name")
        .help_if(near.is_some(), format!("did you mean `{}`?", near.unwrap_or_default()))
}

pub(super) fn used_above(ident: &ast::Ident, below: Span) -> Diagnostic {
    let name = &ident.text;
    Diagnostic::new(Code::E0202, format!("`{name}` is used above its statement"))
        .at(ident.span, "used here")
        .also(below, "declared here, further down")
        .help(format!("move the statement of `{name}` above this one"))
}

pub(super) fn declared_twice(name: &ast::Ident, first: Span) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(Code::E0203, format!("`{text}` is declared twice"))
        .at(name.span, "declared again here")
        .also(first, "first declared here")
        .help("give one of them another name")
}

pub(super) fn unsized_dimension(ident: &ast::Ident, near: Option<&str>) -> Diagnostic {
    let name = &ident.text;
    Diagnostic::new(Code::E0210, format!("nothing says how long the dimension `{name}` is"))
        .at(ident.span, "no data carry it and no `dim` declares it")
        .help_if(near.is_some(), format!("did you mean `{}`?", near.unwrap_or_default()))
        .help_if(near.is_none(), format!("declare it: `dim {name} = 3`"))
}

pub(super) fn not_a_left_side(target: &ast::Target, entry: &ast::Entry) -> Diagnostic {
    let name = &target.name.text;
    Diagnostic::new(Code::E0211, "a left side lists dimensions by name".to_string())
        .at(entry.span, "neither a dimension nor a size")
        .help(format!("write `{name}[D]` with a dimension D"))
}
