//! E0404–E0407: output folders, and numbers that are not finite.

use crate::data::Bound;
use crate::diag::{Code, Diagnostic};
use crate::infer::Blame;
use std::path::Path;

/// E0404.
pub(super) fn results_exist(path: &Path) -> Diagnostic {
    let path = path.display();
    Diagnostic::new(Code::E0404, format!("the folder `{path}` holds the results of another run"))
        .help("write elsewhere with `--out DIR`, or replace them with `--force`")
}

/// E0405.
pub(super) fn not_results(path: &Path) -> Diagnostic {
    let path = path.display();
    Diagnostic::new(
        Code::E0405,
        format!("the output folder must be new, empty or a run's: `{path}` is something else"),
    )
    .note("`--force` replaces the results of a run, nothing else")
    .help("name another folder with `--out DIR`")
}

/// E0406.
pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> Diagnostic {
    let path = path.display();
    Diagnostic::new(Code::E0406, format!("cannot write the output folder `{path}`: {error}"))
        .help("name a folder that you may write to with `--out DIR`")
}

/// E0407. Points at the operation, and says what went into it.
pub fn not_finite(bound: &Bound, blame: Option<&Blame>, step: u64) -> Diagnostic {
    let Some(blame) = blame else {
        let message = format!("the ELBO or its gradient is not finite at step {step}");
        return Diagnostic::new(Code::E0407, message).help("try a smaller `--lr`");
    };
    let what = if blame.in_gradient { "the gradient" } else { "the value" };
    let message = format!("{what} is {} at step {}", blame.value, blame.step);
    let operands = list(blame.operands.iter().map(f64::to_string));
    let of = if operands.is_empty() { String::new() } else { format!(" of {operands}") };
    let label = format!("`{}`{of} gives {}", blame.op, blame.value);
    let mut diagnostic = Diagnostic::new(Code::E0407, message);
    if let Some(span) = blame.span {
        diagnostic = diagnostic.at(span, label);
    } else {
        diagnostic = diagnostic.note(label);
    }
    let element = list(blame.element.iter().map(|(dim, at)| element(bound, dim, *at)));
    if !element.is_empty() {
        diagnostic = diagnostic.note(format!("at {element}"));
    }
    diagnostic
        .note(format!("in the statement `{}`", blame.statement))
        .help("keep the value inside the function's domain, or start closer: tighter priors, a smaller `--lr`")
}

/// `school = "Choate"`, `draw = 3`
fn element(bound: &Bound, dim: &str, position: usize) -> String {
    let row = bound.model.find_dim(dim).map(|d| &bound.dims[d.0 as usize]);
    let label = row.and_then(|r| r.labels.as_ref()).and_then(|l| l.get(position.wrapping_sub(1)));
    match label {
        Some(label) => format!("{dim} = {label:?}"),
        None => format!("{dim} = {position}"),
    }
}

fn list(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}
