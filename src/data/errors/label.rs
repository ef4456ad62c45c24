//! E0315, E0320–E0325: labels that a dimension does not have, indices outside it, and keys that do not name every
//! position once.

use super::shape::Carrier;
use super::{LISTED, count, list};
use crate::check::model::{DimDecl, NameDecl};
use crate::diag::{Code, Diagnostic, nearest};
use crate::source::Span;

/// `label` as the file has it, texts in quotes.
pub(in crate::data) fn unknown_in_data(
    decl: &NameDecl,
    label: &str,
    place: &str,
    labels: Option<&[String]>,
) -> Diagnostic {
    let known = || labels.into_iter().flatten().map(String::as_str);
    let meant = nearest(label.trim_matches('"'), known());
    let diagnostic = Diagnostic::new(
        Code::E0320,
        format!("`{}` must hold labels of its dimension, found {label} at {place}", decl.name),
    )
    .at(decl.span, "declared here")
    .help_if(meant.is_some(), format!("did you mean \"{}\"?", meant.unwrap_or("")));
    match labels {
        Some(_) => diagnostic.note(format!("the labels are {}", list(known()))),
        None => diagnostic.note("the dimension has no labels, only positions 1, 2, …"),
    }
}

/// W0406. `labels` has those that the fit does not know behind those that it does.
pub(in crate::data) fn new_labels(dim: &DimDecl, labels: &[String], known: usize) -> Diagnostic {
    let (known, new) = labels.split_at(known);
    let meant = nearest(&new[0], known.iter().map(String::as_str));
    let message =
        format!("the fit knows no `{}` called {}", dim.name, list(new.iter().map(String::as_str)));
    Diagnostic::new(Code::W0406, message)
        .note("what belongs to it is drawn from its prior")
        .help_if(meant.is_some(), format!("did you mean \"{}\"?", meant.unwrap_or("")))
}

pub(in crate::data) fn index_outside(
    decl: &NameDecl,
    index: i64,
    place: &str,
    size: usize,
    from: Option<i64>,
) -> Diagnostic {
    let first = from.unwrap_or(1);
    let last = first.saturating_add(size as i64 - 1);
    Diagnostic::new(
        Code::E0321,
        format!("`{}` needs an index from {first} to {last}, found {index} at {place}", decl.name),
    )
    .at(decl.span, format!("an index into {}", count(size, "position")))
    .help_if(index == 0 && from.is_none(), "if the file counts from 0: `index(D, from = 0)`")
    .help_if(index == 0 && from == Some(0), "if the file counts from 1, leave `from` out")
}

pub(in crate::data) fn mixed(
    dim: &DimDecl,
    text: &(&NameDecl, String),
    number: &(&NameDecl, String),
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::E0322,
        format!(
            "`{}` must be indexed by texts or by numbers, not both: {} is a text, {} a number",
            dim.name, text.1, number.1
        ),
    )
    .at(text.0.span, "texts here");
    let diagnostic = if text.0.span == number.0.span {
        diagnostic
    } else {
        diagnostic.also(number.0.span, "numbers here")
    };
    diagnostic.help("write the same labels everywhere, or give the two a dimension each")
}

pub(in crate::data) fn runs_differ(
    dim: &DimDecl,
    first: &Carrier<'_>,
    second: &Carrier<'_>,
) -> Diagnostic {
    Diagnostic::new(
        Code::E0322,
        format!("the columns along `{}` must have the same names everywhere", dim.name),
    )
    .at(second.decl.span, second.origin.clone())
    .also(first.decl.span, first.origin.clone())
    .help(format!(
        "fix the size by a number instead of a name: `[row, {}]`",
        first.shape[first.axis]
    ))
}

pub(in crate::data) fn key_unusable(decl: &NameDecl, place: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0322,
        format!("a key must be a text or a whole number, found neither at {place}"),
    )
    .at(decl.span, format!("the rows of `{}` are named by this key", decl.name))
    .help("rename the column if it is no key")
}

pub(in crate::data) fn unkeyed(
    dim: &DimDecl,
    carrier: &Carrier<'_>,
    labels: &[String],
) -> Diagnostic {
    let name = &dim.name;
    Diagnostic::new(
        Code::E0323,
        format!(
            "`{}` needs a key that says which row is which, {} has no column `{name}` beside it",
            carrier.decl.name, carrier.origin
        ),
    )
    .at(carrier.decl.span, format!("`{name}` has labels"))
    .help(format!("put the labels into the file, under the name `{name}`"))
    .note(format!("the labels are {}", list(labels.iter().map(String::as_str))))
}

pub(in crate::data) fn key_twice(
    decl: &NameDecl,
    label: &str,
    first: &str,
    second: &str,
) -> Diagnostic {
    Diagnostic::new(
        Code::E0324,
        format!(
            "the key of `{}` must name each row once, {label} is at {first} and again at {second}",
            decl.name
        ),
    )
    .at(decl.span, "one value per label")
    .help("keep one row per label, or declare the datum over the rows: `[row]`")
}

pub(in crate::data) fn key_missing(
    decl: &NameDecl,
    origin: &str,
    missing: &[String],
) -> Diagnostic {
    let shown = missing[..missing.len().min(LISTED)].join(", ");
    let more = if missing.len() > LISTED { ", …" } else { "" };
    Diagnostic::new(
        Code::E0324,
        format!("`{}` needs a row for every label, {origin} has none for {shown}{more}", decl.name),
    )
    .at(decl.span, format!("{} without a value", count(missing.len(), "label")))
    .help("add the rows to the file")
}

pub(in crate::data) fn count_differs(dim: &DimDecl, size: usize, labels: &[String]) -> Diagnostic {
    let (name, found) = (&dim.name, count(labels.len(), "label"));
    Diagnostic::new(
        Code::E0315,
        format!("`{name}` needs {}, the data have {found}", count(size, "label")),
    )
    .at(dim.span, format!("size {size}"))
    .help(format!("let the data decide: leave `dim {name} = {size}` out"))
    .help(format!("or list all labels: `dim {name} = [\"a\", \"b\"]`"))
    .note(format!("the labels in the data are {}", list(labels.iter().map(String::as_str))))
}

/// `site` is the distribution to which the order means something.
pub(in crate::data) fn order_unsaid(dim: &DimDecl, site: Span, labels: &[String]) -> Diagnostic {
    let listed: Vec<String> = labels.iter().take(LISTED).map(|l| format!("\"{l}\"")).collect();
    let rest = if labels.len() > LISTED { ", …" } else { "" };
    Diagnostic::new(
        Code::E0325,
        format!("the order of `{}` must be said, and the file only has its labels", dim.name),
    )
    .at(site, "needs classes from the lowest to the highest")
    .also(dim.span, "labelled by texts")
    .help(format!("write `dim {} = [{}{rest}]`, in their order", dim.name, listed.join(", ")))
}
