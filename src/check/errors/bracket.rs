//! Brackets: one family, since gather, lag, prime, slice and pick are one operation.

use super::did_you_mean;
use crate::diag::{self, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast;

pub(in crate::check) fn nothing_to_index(base: Span, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0241, "brackets pick along a dimension, and this value has none")
        .at(base, "a single number")
        .also(span, "nothing to pick from")
        .help("remove the brackets, or give the value a dimension in its statement")
}

pub(in crate::check) fn wrong_index(entry: Span, of: &str, base: Span, dim: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0242,
        format!("an index of `{dim}` is needed, and this is one of `{of}`"),
    )
    .at(entry, format!("points into `{of}`"))
    .also(base, format!("picked along `{dim}`"))
    .help(format!("write `{dim} = …` with an index of `{dim}`"))
}

pub(in crate::check) fn index_of_missing(
    entry: Span,
    of: &str,
    base: Span,
    has: &str,
) -> Diagnostic {
    let help = match has.starts_with('[') {
        true => format!("pick with an index of {has}, or declare the value with `[{of}]`"),
        false => "remove this entry".to_string(),
    };
    Diagnostic::new(
        Code::E0242,
        format!("an index of `{of}` picks along `{of}`, and nothing of it is left"),
    )
    .at(entry, format!("points into `{of}`"))
    .also(base, format!("left to pick from: {has}"))
    .help(help)
}

pub(in crate::check) fn no_such_axis(name: &ast::Ident, base: Span, has: &str) -> Diagnostic {
    let text = format!("{}{}", name.text, "'".repeat(name.primes.into()));
    Diagnostic::new(Code::E0243, format!("`{text} = …` needs a value with the dimension `{text}`"))
        .at(name.span, "not a dimension that is left")
        .also(base, format!("left to pick from: {has}"))
        .help(format!("name one of {has}"))
}

pub(in crate::check) fn which_axis(entry: Span, base: Span, has: &str, first: &str) -> Diagnostic {
    Diagnostic::new(Code::E0244, "a bare position or label picks from a value with one dimension")
        .at(entry, "along which dimension?")
        .also(base, format!("has {has}"))
        .help(format!("name it: `[{first} = …]`"))
}

pub(in crate::check) fn number_as_index(span: Span, real: bool) -> Diagnostic {
    let what = if real { "a real number" } else { "a number" };
    Diagnostic::new(Code::E0245, format!("an index is needed in brackets, and this is {what}"))
        .at(span, "points into no dimension")
        .help("declare it as an index: `data g: index(group)[row]`")
}

pub(in crate::check) fn not_a_position(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0246, "positions are whole numbers that count from 1")
        .at(span, "not a position")
        .help("the first element is `x[1]`")
}

pub(in crate::check) fn bad_slice(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0246,
        "a slice goes from a position to a later one, both included, from 1",
    )
    .at(span, "holds no position")
    .help("write `x[2:5]` for four elements")
}

pub(in crate::check) fn out_of_range(
    span: Span,
    position: u64,
    dim: &str,
    size: u64,
    decl: Span,
) -> Diagnostic {
    Diagnostic::new(
        Code::E0247,
        format!("the dimension `{dim}` has {size} positions, and {position} is beyond"),
    )
    .at(span, format!("position {position}"))
    .also(decl, format!("{size} positions"))
    .help(format!("the last one is `{size}`"))
}

pub(in crate::check) fn unknown_label(
    span: Span,
    text: &str,
    dim: &str,
    labels: &[String],
    decl: Span,
) -> Diagnostic {
    let near = diag::nearest(text, labels.iter().map(String::as_str));
    let d = Diagnostic::new(Code::E0248, format!("`{dim}` has no label {text:?}"))
        .at(span, "not one of its labels")
        .also(decl, "its labels stand here");
    match near {
        Some(near) => d.help(format!("did you mean {near:?}?")),
        None => did_you_mean(d, None).help(format!("write one of {}", labels.join(", "))),
    }
}

pub(in crate::check) fn label_without_labels(span: Span, dim: &str, decl: Span) -> Diagnostic {
    Diagnostic::new(Code::E0248, format!("`{dim}` has a size, and no labels"))
        .at(span, "a label")
        .also(decl, "a number of positions")
        .help("pick by position: `[1]`")
}

pub(in crate::check) fn lag_not_listed(name: &ast::Ident, span: Span) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(Code::E0249, format!("`{text}` runs only where the left side lists it"))
        .at(span, "looks back along a dimension that does not run")
        .help(format!("list it on the left: `y[{text}] ~ …`"))
}

pub(in crate::check) fn lag_of_prime(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0249, "a lag looks back along the dimension that it names")
        .at(span, "would shift and transpose at once")
        .help("transpose first, in a statement of its own: `B = A'`")
}

pub(in crate::check) fn value_in_part(span: Span, arg: Span, dim: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0250,
        format!("this runs along all of `{dim}`, and its argument looks back along it"),
    )
    .at(span, format!("needs every position of `{dim}`"))
    .also(arg, format!("exists only where every lag along `{dim}` does"))
    .help("take what is known throughout, without the lag")
}

pub(in crate::check) fn latent_in_part(name: &str, span: Span, dim: &str) -> Diagnostic {
    Diagnostic::new(Code::E0251, format!("every element of `{name}` needs a distribution"))
        .at(span, format!("reads beyond the ends of `{dim}`, so some elements have none"))
        .help(format!("draw `{name}` from values without a lag along `{dim}`"))
}
