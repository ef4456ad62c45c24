//! Dimensions: sizes, alignment, what runs along them.

use super::did_you_mean;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast;

/// A value, and the length of its unnamed dimension.
type Long = (Span, u64);

pub(in crate::check) fn unsized_dimension(ident: &ast::Ident, near: Option<&str>) -> Diagnostic {
    let name = &ident.text;
    let d = how_long(name).at(ident.span, "no data carry it and no `dim` declares it");
    match near {
        Some(near) => did_you_mean(d, Some(near)),
        None => d.help(format!("declare it: `dim {name} = 3`")),
    }
}

/// A datum has the name, but its values are no positions along a dimension.
pub(in crate::check) fn datum_as_dimension(
    ident: &ast::Ident,
    datum: Span,
    has: &str,
) -> Diagnostic {
    let name = &ident.text;
    let d = how_long(name)
        .at(ident.span, "needs a dimension of this name")
        .also(datum, "a datum of numbers");
    match has.starts_with('[') {
        true => d.help(format!("declare it as an index: `data {name}: index({name}){has}`")),
        false => d.help(format!(
            "name the dimension in the data that carry it, `data y: real[{name}]`; they size it"
        )),
    }
}

pub(in crate::check) fn not_a_left_side(target: &ast::Target, entry: &ast::Entry) -> Diagnostic {
    let name = &target.name.text;
    Diagnostic::new(Code::E0211, format!("the left side of `{name}` lists its dimensions"))
        .at(entry.span, "needs the name of a dimension or a size")
        .help(format!("write `{name}[group]` with a dimension, or `{name}[3]`"))
}

pub(in crate::check) fn dimension_twice(name: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0212, format!("the dimension `{name}` is listed twice"))
        .at(again, "listed again")
        .also(first, "listed here")
        .help(format!(
            "for a square write `[{name}, {name}']`: `{name}'` is a second axis of the same length"
        ))
}

pub(in crate::check) fn dim_declared_twice(name: &ast::Ident, first: Span) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(Code::E0213, format!("the dimension `{text}` has two `dim` statements"))
        .at(name.span, "declared again")
        .also(first, "first declared here")
        .help("remove one of them")
}

pub(in crate::check) fn label_twice(label: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0213, format!("labels of a dimension differ, but {label:?} comes twice"))
        .at(span, "two positions with one label")
        .help("write every label once")
}

pub(in crate::check) fn not_a_size(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0214, "the size of a dimension is a whole number from 1 on")
        .at(span, "not such a number")
        .help("write a size such as `3`")
}

pub(in crate::check) fn not_a_dim_value(value: &ast::Expr) -> Diagnostic {
    Diagnostic::new(
        Code::E0214,
        "a `dim` is a number, a list of labels, or another dimension and a number",
    )
    .at(value.span, "none of these")
    .help(r#"write `dim K = 3`, `dim rating = ["low", "high"]` or `dim cut = rating - 1`"#)
}

pub(in crate::check) fn size_of_itself(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0215, format!("the size of `{name}` depends on itself"))
        .at(span, format!("leads back to `{name}`"))
        .help(format!("give it a number: `dim {name} = 3`"))
}

pub(in crate::check) fn unnamed_dimensions(left: Long, right: Long) -> Diagnostic {
    let (of, has) = (left.1, |long: Long| format!("has an unnamed dimension of {}", long.1));
    Diagnostic::new(
        Code::E0216,
        "values align by the names of their dimensions, and these have none",
    )
    .at(right.0, has(right))
    .also(left.0, has(left))
    .help(format!("give both the same name: `dim k = {of}`, and `[k]` in place of `[{of}]`"))
}

pub(in crate::check) fn list_without_name(list: Span, named: Span, dim: &str) -> Diagnostic {
    Diagnostic::new(Code::E0216, format!("a list does not run along `{dim}` unless it says so"))
        .at(list, format!("as long as `{dim}`, but without its name"))
        .also(named, format!("has the dimension `{dim}`"))
        .help(format!("name it: `… as {dim}`"))
}

pub(in crate::check) fn lengths_differ((left, a): Long, (right, b): Long) -> Diagnostic {
    Diagnostic::new(
        Code::E0217,
        format!("these have to be equally long, but one has {a} elements and one {b}"),
    )
    .at(right, format!("{b} elements"))
    .also(left, format!("{a} elements"))
    .help(format!("write {a} elements in both"))
}

pub(in crate::check) fn as_length(
    base: Span,
    name: &ast::Ident,
    has: Option<u64>,
    wanted: Option<u64>,
) -> Diagnostic {
    let (has, wanted) = (has.unwrap_or_default(), wanted.unwrap_or_default());
    let text = &name.text;
    Diagnostic::new(
        Code::E0217,
        format!("`{text}` has {wanted} elements, but what is to run along it has {has}"),
    )
    .at(base, format!("{has} elements"))
    .also(name.span, format!("a dimension of {wanted}"))
    .help(format!("write {wanted} elements, or declare `dim {text} = {has}`"))
}

pub(in crate::check) fn over_what(
    callee: &ast::Ident,
    dim: &ast::Ident,
    arg: Span,
    has: &str,
) -> Diagnostic {
    let name = format!("{}{}", dim.text, "'".repeat(dim.primes.into()));
    Diagnostic::new(
        Code::E0218,
        format!("`{}` runs over a dimension of its argument, and `{name}` is none", callee.text),
    )
    .at(dim.span, "not among them")
    .also(arg, format!("has {has}"))
    .help_if(has.starts_with('['), format!("`over` one of {has}"))
}

pub(in crate::check) fn over_on_elementwise(callee: &ast::Ident, dim: &ast::Ident) -> Diagnostic {
    let (name, dim_name) = (&callee.text, &dim.text);
    Diagnostic::new(
        Code::E0218,
        format!("`{name}` works element by element and runs over no dimension"),
    )
    .at(dim.span, format!("`over {dim_name}` has no meaning here"))
    .help(format!("remove `over {dim_name}`"))
}

pub(in crate::check) fn nothing_to_reduce(callee: &ast::Ident, arg: Span) -> Diagnostic {
    let name = &callee.text;
    Diagnostic::new(
        Code::E0219,
        format!("`{name}` runs along a dimension, and its argument has none"),
    )
    .at(arg, "a single number")
    .help(format!("remove `{name}`"))
}

pub(in crate::check) fn over_which(
    callee: &ast::Ident,
    arg: Span,
    has: &str,
    dims: &[String],
) -> Diagnostic {
    let name = &callee.text;
    Diagnostic::new(
        Code::E0219,
        format!("`{name}` runs along one dimension, and its argument has several"),
    )
    .at(arg, format!("has {has}"))
    .help(format!("say which: {}", each(dims, |d| format!("`{name}(… over {d})`"))))
}

/// E0219. A matching is along two dimensions.
pub(in crate::check) fn no_matching(callee: &ast::Ident, arg: Span, has: &str) -> Diagnostic {
    let name = &callee.text;
    Diagnostic::new(Code::E0219, format!("`{name}` matches the positions of two dimensions"))
        .at(arg, format!("has {has}"))
        .help(format!("say which: `{name}(… over [row, column])`"))
}

/// E0217. Rows without a column, or columns without a row.
pub(in crate::check) fn unequal_matching(
    callee: &ast::Ident,
    span: Span,
    [row, column]: &[(String, u64); 2],
) -> Diagnostic {
    Diagnostic::new(Code::E0217, format!("`{}` needs two dimensions of one size", callee.text))
        .at(span, format!("`{}` has {}, `{}` has {}", row.0, row.1, column.0, column.1))
        .help("add rows or columns that stand for `none`, so that each has a partner")
}

pub(in crate::check) fn nothing_shared(
    op: Span,
    left: (Span, &str),
    right: (Span, &str),
) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0220,
        "`@` sums over a dimension that both sides have, and they share none",
    )
    .at(op, "nothing to sum over");
    have(d, left, right).help("to multiply element by element write `*`")
}

pub(in crate::check) fn over_not_shared(
    dim: &ast::Ident,
    left: (Span, &str),
    right: (Span, &str),
) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0220,
        format!("`@` sums over a dimension that both sides have, and `{}` is none", dim.text),
    )
    .at(dim.span, "not on both sides");
    have(d, left, right).help(format!("to sum one side alone write `sum(… over {})`", dim.text))
}

pub(in crate::check) fn several_shared(
    op: Span,
    left: Span,
    right: Span,
    shared: &str,
    dims: &[String],
) -> Diagnostic {
    Diagnostic::new(
        Code::E0221,
        format!("`@` sums over one dimension, and both sides have {shared}"),
    )
    .at(op, "over which of them?")
    .also(left, format!("has {shared}"))
    .also(right, format!("has {shared} too"))
    .help(format!("say which: {}", each(dims, |d| format!("`a @ b over {d}`"))))
    .help(format!("or all of them: `a @ b over {shared}`"))
}

pub(in crate::check) fn as_of_what(base: Span, name: &ast::Ident, dims: &str) -> Diagnostic {
    Diagnostic::new(Code::E0222, "`as` names the one unnamed dimension of a value")
        .at(base, format!("has {dims}"))
        .also(name.span, "a name for which dimension?")
        .help("for a second axis of a named dimension write a prime: `x[n']`")
}

pub(in crate::check) fn as_taken(base: Span, name: &ast::Ident, dims: &str) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(
        Code::E0222,
        format!("`as` gives a new name, and the value has `{text}` already"),
    )
    .at(name.span, "taken")
    .also(base, format!("has {dims}"))
    .help(format!("take the second axis: `… as {text}'`"))
}

pub(in crate::check) fn prime_of_what(base: Span, prime: Span, dims: &str) -> Diagnostic {
    let help = match dims.split_once(',') {
        Some((first, rest)) => format!("say in brackets which axis is meant: `x{first}',{rest}`"),
        None => "remove the prime".to_string(),
    };
    Diagnostic::new(Code::E0223, "a prime transposes a square or moves a vector to its second axis")
        .at(prime, "neither a square nor a vector")
        .also(base, format!("has {dims}"))
        .help(help)
}

pub(in crate::check) fn only_sums_by(callee: &ast::Ident, by: &ast::Ident) -> Diagnostic {
    let (name, by_name) = (&callee.text, &by.text);
    Diagnostic::new(Code::E0225, format!("only `sum` goes `by` an index, not `{name}`"))
        .at(callee.span, "not a sum")
        .also(by.span, "the index")
        .help(format!("write `sum(x by {by_name})`; a mean is `sum(x by {by_name}) / sum(1 + 0 * x by {by_name})`"))
}

pub(in crate::check) fn by_what(by: &ast::Ident) -> Diagnostic {
    let name = &by.text;
    Diagnostic::new(
        Code::E0225,
        format!("`by` needs a value of type `index(…)`, and `{name}` is a number"),
    )
    .at(by.span, "not an index")
    .help(format!("declare it as an index: `data {name}: index(group)[row]`"))
}

pub(in crate::check) fn by_lacks(
    by: &ast::Ident,
    missing: &str,
    arg: Span,
    dims: &str,
) -> Diagnostic {
    let name = &by.text;
    Diagnostic::new(
        Code::E0225,
        format!("what is summed by `{name}` has its dimension `{missing}`"),
    )
    .at(arg, format!("has {dims}"))
    .also(by.span, format!("runs along `{missing}`"))
    .help(format!("sum a value that has `{missing}`"))
}

pub(in crate::check) fn by_taken(by: &ast::Ident, dim: &str, arg: Span) -> Diagnostic {
    let name = &by.text;
    Diagnostic::new(
        Code::E0225,
        format!("a sum by `{name}` gets the dimension `{dim}`, and its argument has it already"),
    )
    .at(arg, format!("has `{dim}`"))
    .also(by.span, format!("an index of `{dim}`"))
    .help(format!("pick first: `x[{name}]`"))
}

pub(in crate::check) fn left_side_lacks(
    target: &ast::Target,
    missing: &str,
    value: Span,
    dims: &str,
) -> Diagnostic {
    let name = &target.name.text;
    Diagnostic::new(
        Code::E0226,
        format!("the left side lists every dimension of the value, but not `{missing}`"),
    )
    .at(target.span, format!("`{missing}` is missing"))
    .also(value, format!("has {dims}"))
    .help(format!("write `{name}{dims} = …`, or `{name} = …` to take them as they are"))
}

pub(in crate::check) fn not_a_dimension(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0227, "the name of a dimension is needed here")
        .at(span, "not a dimension")
        .help("write `zeros(K)` or `size(K)` for a dimension K")
}

pub(in crate::check) fn filled_without_dimension(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0227, "`zeros` and `ones` need a dimension to run along")
        .at(span, "of which dimension?")
        .help("write `zeros(K)`, or the plain number `0`")
}

fn how_long(dim: &str) -> Diagnostic {
    Diagnostic::new(Code::E0210, format!("nothing says how long the dimension `{dim}` is"))
}

/// What both sides of a product have.
fn have(d: Diagnostic, left: (Span, &str), right: (Span, &str)) -> Diagnostic {
    d.also(left.0, format!("has {}", left.1)).also(right.0, format!("has {}", right.1))
}

/// A way to write it for each dimension.
fn each(dims: &[String], way: impl Fn(&str) -> String) -> String {
    dims.iter().map(|d| way(d)).collect::<Vec<_>>().join(" or ")
}
