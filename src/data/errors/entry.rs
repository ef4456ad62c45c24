//! E0340–E0342: labels, positions and lags in the model that the data leave no room for.

use super::{count, list};
use crate::check::model::{DimDecl, Window};
use crate::diag::{Code, Diagnostic, nearest};
use crate::source::Span;

pub(in crate::data) fn label_unknown(
    dim: &DimDecl,
    labels: Option<&[String]>,
    text: &str,
    span: Span,
) -> Diagnostic {
    let known = || labels.into_iter().flatten().map(String::as_str);
    let meant = nearest(text, known());
    let diagnostic =
        Diagnostic::new(Code::E0340, format!("\"{text}\" must be a label of `{}`", dim.name))
            .at(span, "no such label")
            .help_if(meant.is_some(), format!("did you mean \"{}\"?", meant.unwrap_or("")));
    match labels {
        Some(_) => diagnostic.note(format!("the labels are {}", list(known()))),
        None => diagnostic.help("its positions have no labels: write a number, from 1"),
    }
}

pub(in crate::data) fn position_beyond(
    dim: &DimDecl,
    position: u64,
    size: usize,
    span: Span,
) -> Diagnostic {
    Diagnostic::new(
        Code::E0341,
        format!("a position along `{}` must lie between 1 and {size}, found {position}", dim.name),
    )
    .at(span, format!("`{}` has {}", dim.name, count(size, "position")))
    .help(format!("the last one is {size}"))
}

pub(in crate::data) fn run_does_not_fit(
    dim: &DimDecl,
    size: usize,
    to: &DimDecl,
    last: u64,
    span: Span,
) -> Diagnostic {
    let (name, to) = (&dim.name, &to.name);
    Diagnostic::new(
        Code::E0341,
        format!("positions to {last} along `{name}` are needed, it has {size}"),
    )
    .at(span, format!("`{name}` has {}", count(size, "position")))
    .help(format!("give `{name}` and `{to}` the same size, or end the slice at {size}"))
}

pub(in crate::data) fn window(
    dim: &DimDecl,
    window: &Window,
    size: usize,
    span: Span,
) -> Diagnostic {
    let reach = window.back + window.ahead;
    Diagnostic::new(
        Code::E0342,
        format!(
            "a statement that reaches {} along `{}` needs more positions, the data have {size}",
            steps(reach),
            dim.name
        ),
    )
    .at(span, "holds nowhere")
    .help(format!(
        "use data with at least {} along `{}`",
        count(reach as usize + 1, "position"),
        dim.name
    ))
}

fn steps(reach: u64) -> String {
    count(reach as usize, "step")
}
