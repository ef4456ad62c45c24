//! Types of declarations, elements and supports of values.

use super::did_you_mean;
use crate::check::elsewhere;
use crate::check::model::Interval;
use crate::check::types::ELEMENTS;
use crate::diag::{self, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast;

pub(in crate::check) fn unknown_element(name: &ast::Ident) -> Diagnostic {
    let text = &name.text;
    let near = diag::nearest(text, ELEMENTS.iter().copied());
    let near = elsewhere::element(text).or(near);
    let d = Diagnostic::new(Code::E0228, format!("no type is called `{text}`"))
        .at(name.span, "not a type");
    match near {
        Some(near) => did_you_mean(d, Some(near)),
        None => d.help(format!("types are {}", ELEMENTS.join(", "))),
    }
}

pub(in crate::check) fn element_takes_no_arguments(ty: &ast::Type) -> Diagnostic {
    let name = &ty.element.text;
    Diagnostic::new(Code::E0229, format!("the type `{name}` takes no arguments"))
        .at(ty.element.span, "followed by arguments")
        .help(format!("write `{name}`; bounds are written `real(0, 10)`"))
}

pub(in crate::check) fn bad_bounds(ty: &ast::Type) -> Diagnostic {
    Diagnostic::new(Code::E0229, "bounds of `real` are two numbers, the lower one first")
        .at(ty.span, "no such bounds")
        .help("write `real(0, 10)`, or `real` without bounds")
}

pub(in crate::check) fn index_of_what(ty: &ast::Type) -> Diagnostic {
    Diagnostic::new(Code::E0229, "an index says into which dimension it points")
        .at(ty.span, "an index into what?")
        .help("write `index(group)[row]`: one position along `group` for each `row`")
}

pub(in crate::check) fn origin_not_whole(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0229, "the number of the first position is a whole number")
        .at(span, "not a whole number")
        .help("write `from = 0`")
}

pub(in crate::check) fn no_event_dimensions(ty: &ast::Type, over: &ast::Ident) -> Diagnostic {
    let (name, dim) = (&ty.element.text, &over.text);
    Diagnostic::new(Code::E0230, format!("a `{name}` is a single number and runs over nothing"))
        .at(over.span, "no such dimension of the element")
        .help(format!("write `{name}[{dim}]`: one number for each `{dim}`"))
}

pub(in crate::check) fn event_dimensions(ty: &ast::Type, matrix: bool) -> Diagnostic {
    let name = &ty.element.text;
    let needed = if matrix { "two dimensions, D and D'" } else { "one dimension" };
    let form = if matrix { "[n, n']" } else { " over topic" };
    Diagnostic::new(Code::E0230, format!("a `{name}` runs over {needed}"))
        .at(ty.span, "over which?")
        .help(format!("write `{name}{form}`"))
}

pub(in crate::check) fn param_of_what(ty: &ast::Type) -> Diagnostic {
    let name = &ty.element.text;
    Diagnostic::new(Code::E0231, format!("a `param` moves continuously, which `{name}` does not"))
        .at(ty.span, "cannot be optimised")
        .help("write `real`, `positive`, `unit`, `real(0, 10)`, `simplex over D` …")
}

pub(in crate::check) fn init_of_latent(name: &ast::Ident, init: Span) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(
        Code::E0232,
        format!("the first value of `{text}` comes from numbers and data alone"),
    )
    .at(init, "depends on a latent or another param")
    .also(name.span, "the param")
    .help("write a number")
}

pub(in crate::check) fn init_dimensions(
    name: &ast::Ident,
    has: &str,
    init: Span,
    extra: &str,
) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(
        Code::E0232,
        format!("the first value of `{text}` has no more dimensions than `{text}`"),
    )
    .at(init, format!("has `{extra}`"))
    .also(name.span, format!("has {has}"))
    .help(format!("write `mean(… over {extra})`"))
}

pub(in crate::check) fn init_outside(
    name: &ast::Ident,
    needed: Interval,
    init: Span,
    has: Interval,
) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(Code::E0232, format!("the first value of `{text}` has to lie in {needed}"))
        .at(init, place(has))
        .also(name.span, format!("declared to lie in {needed}"))
        .help("write a number inside")
}

pub(in crate::check) fn index_as_number(span: Span, dim: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0233,
        format!("a number is needed here, and this is an index of `{dim}`"),
    )
    .at(span, format!("a position along `{dim}`, not an amount"))
    .help(format!("pick with it, `x[…]` from an `x[{dim}]`, or declare it as `int` or `count`"))
}

pub(in crate::check) fn index_in_reduction(callee: &ast::Ident, span: Span) -> Diagnostic {
    let name = &callee.text;
    Diagnostic::new(Code::E0233, format!("`{name}` needs numbers, and this is an index"))
        .at(span, "positions, not amounts")
        .help("count positions with `sum(onehot(…) over D)`")
}

pub(in crate::check) fn index_in_product(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0233, "`@` needs numbers, and this is an index")
        .at(span, "positions, not amounts")
        .help("write `onehot(…)` for a 1 at the position and 0 elsewhere")
}

pub(in crate::check) fn condition_needed(function: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0234, format!("`{function}` needs a condition, and this is a number"))
        .at(span, "neither true nor false")
        .help("compare it: `… > 0`")
}

pub(in crate::check) fn outside_domain(
    function: &str,
    span: Span,
    needed: Interval,
    has: Interval,
    fix: &str,
) -> Diagnostic {
    Diagnostic::new(Code::E0235, format!("`{function}` needs a value in {needed}"))
        .at(span, place(has))
        .help(format!("write `{fix}(…)` around it, or give it a support inside {needed}"))
}

pub(in crate::check) fn text_as_value(text: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0236, format!("a number is needed here, and {text:?} is a label"))
        .at(span, "a label")
        .help(format!("labels pick, `x[{text:?}]`, or are compared, `group == {text:?}`"))
}

pub(in crate::check) fn tuple_as_value(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0236, "one value is needed here, and these are several")
        .at(span, "only the value of a net is a tuple")
        .help("for values along a dimension write a list: `[1, 2]`")
}

pub(in crate::check) fn arrow_as_value(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0236, "a value is needed here, and `->` belongs to a schedule")
        .at(span, "from one value to another, with the steps")
        .help("schedules stand in annotations: `@gumbel_softmax(tau = anneal(1.0 -> 0.5, over = 2000))`")
}

pub(in crate::check) fn setting_as_value(name: &ast::Ident) -> Diagnostic {
    Diagnostic::new(Code::E0236, "a value is needed here, and this is a setting")
        .at(name.span, "a setting of the `fit` block")
        .help("move it into `fit { }`")
}

pub(in crate::check) fn several_targets(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0236, "several names on the left need a value with several parts")
        .at(span, "only a net gives several values")
        .help("write one statement for each name")
}

pub(in crate::check) fn empty_list(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0237, "a list holds at least one number")
        .at(span, "empty")
        .help("write `[1, 2, 3]`, or `zeros(K)`")
}

pub(in crate::check) fn ragged_list(span: Span, first: u64, length: u64) -> Diagnostic {
    Diagnostic::new(
        Code::E0237,
        format!("rows of a list are equally long, but one has {first} elements and one {length}"),
    )
    .at(span, format!("{length} here"))
    .help("fill the shorter ones: `[[1, 2], [3, 4]]`")
}

pub(in crate::check) fn list_of_what(item: &ast::Expr) -> Diagnostic {
    let label = match item.kind {
        ast::ExprKind::Text(_) => "a label",
        _ => "not a number without dimensions",
    };
    Diagnostic::new(Code::E0237, "a list holds numbers, each without dimensions")
        .at(item.span, label)
        .help("for a value per position declare a dimension: `dim K = 2`, then `a[K] ~ …`")
}

pub(in crate::check) fn label_against_what(label: Span, other: Span) -> Diagnostic {
    Diagnostic::new(Code::E0238, "a label is compared with an index, and this is a number")
        .at(other, "not an index")
        .also(label, "a label")
        .help("declare the other side as `index(group)[row]`")
}

pub(in crate::check) fn indices_differ(left: (Span, &str), right: (Span, &str)) -> Diagnostic {
    let (of_left, of_right) = (left.1, right.1);
    Diagnostic::new(
        Code::E0238,
        format!("an index of `{of_left}` is never an index of `{of_right}`"),
    )
    .at(right.0, format!("points into `{of_right}`"))
    .also(left.0, format!("points into `{of_left}`"))
    .help("compare what they pick: `a[i] == b[j]`")
}

pub(in crate::check) fn onehot_of_what(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0239, "`onehot` needs an index, and this is a number")
        .at(span, "of no dimension")
        .help("declare it as `index(group)[row]`")
}

pub(in crate::check) fn factor_of_what(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0240, "`factor` adds a log density, which is a number")
        .at(span, "not a number")
        .help("write `factor where(…, 0, -10)` to weigh a condition")
}

/// `lies in (0, ∞)`, `is -2`
fn place(has: Interval) -> String {
    if has.low == has.high { format!("is {}", has.low) } else { format!("lies in {has}") }
}
