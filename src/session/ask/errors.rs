//! E0420–E0423, E0434: questions that cannot be answered.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::ast::Ident;

fn one(diagnostic: Diagnostic) -> Diagnostics {
    Diagnostics::from_iter([diagnostic])
}

/// E0420.
pub(super) fn expectation_of_what(span: Span) -> Diagnostics {
    let message = "`E` takes one expression, or one and a condition";
    one(Diagnostic::new(Code::E0420, message)
        .at(span, "not of this form")
        .help("write `E[x]` or `E[x | a > 0]`"))
}

/// E0420.
pub(super) fn probability_of_what(span: Span) -> Diagnostics {
    let message = "`P` takes one condition, or two with a bar between them";
    one(Diagnostic::new(Code::E0420, message)
        .at(span, "not of this form")
        .help("write `P(a > 0)` or `P(a > 0 | b > 0)`"))
}

/// E0420.
pub(super) fn form_takes(callee: &Ident, forms: &[(&str, &str)]) -> Diagnostics {
    let word = &callee.text;
    let form = forms.iter().find(|(form, _)| form.starts_with(&format!("{word}(")));
    let form = form.map_or("", |(form, _)| *form);
    one(Diagnostic::new(Code::E0420, format!("`{word}` takes other arguments"))
        .at(callee.span, "called here")
        .help(format!("write `{form}`")))
}

/// E0420.
pub(super) fn one_argument(callee: &str, span: Span) -> Diagnostics {
    one(Diagnostic::new(Code::E0420, format!("`{callee}` over draws takes one argument"))
        .at(span, "not of this form")
        .help(format!("write `{callee}(x over draw)`")))
}

/// E0420.
pub(super) fn quantile_of_what(span: Span) -> Diagnostics {
    one(Diagnostic::new(Code::E0420, "`quantile` takes a number between 0 and 1")
        .at(span, "not such a number")
        .help("write `quantile(x, 0.9 over draw)`"))
}

/// E0421.
pub(super) fn improper(name: &str) -> Diagnostics {
    one(Diagnostic::new(Code::E0421, format!("the prior of `{name}` cannot be drawn from"))
        .note("a prior without a total mass says nothing before the data do")
        .help("fit first: `:run`"))
}

/// E0422.
pub(super) fn never_holds() -> Diagnostics {
    one(Diagnostic::new(Code::E0422, "the condition behind the bar holds in no draw")
        .help("weaken it, or take more draws: `:set draws = 10_000`"))
}

/// E0434.
pub(super) fn too_many_numbers(name: &str, size: usize) -> Diagnostics {
    let message = format!("`{name}` has {size} elements, whose draws are too many to hold");
    one(Diagnostic::new(Code::E0434, message)
        .help("take fewer draws, `:set draws = 100`, or ask about fewer rows"))
}
