//! What can be wrong with the dimensions of a distribution's parameters.

use super::list;
use crate::diag::{Code, Diagnostic};
use crate::dist::{Event, Signature};
use crate::source::Span;

/// What the event dimension of a distribution is called.
fn role(s: &Signature) -> &'static str {
    match s.event {
        Event::Classes => "the classes",
        Event::Components => "the components",
        Event::Vector | Event::Scalar => "its vectors",
        Event::Matrix | Event::Pair => "its squares",
    }
}

/// E0270. No dimension, or several, could be the event dimension.
pub(in crate::check) fn no_single_event(
    s: &Signature,
    candidates: &[String],
    span: Span,
) -> Diagnostic {
    let (name, role) = (s.name, role(s));
    let message = format!("{name} needs one dimension for {role}");
    let error = Diagnostic::new(Code::E0270, message);
    match candidates {
        [] => error
            .at(span, "its parameters have no dimension")
            .help(format!("name it: `{name}(… over k)`, with `dim k = 3` above")),
        _ => {
            let each = candidates.iter().map(|c| format!("`{name}(… over {c})`"));
            error
                .at(span, format!("could be {}", list(candidates)))
                .help(format!("say which: {}", each.collect::<Vec<_>>().join(" or ")))
        }
    }
}

/// E0270. Cutpoints along no dimension that has one position fewer than there are classes.
pub(in crate::check) fn no_cut_dim(
    s: &Signature,
    classes: &str,
    cutpoints: Span,
    span: Span,
) -> Diagnostic {
    let name = s.name;
    Diagnostic::new(
        Code::E0270,
        format!("{name} needs cutpoints along a dimension of one position less than `{classes}`"),
    )
    .at(cutpoints, format!("not known to have a dimension of size `{classes} - 1`"))
    .also(span, format!("the classes are those of `{classes}`"))
    .help(format!("write `dim cut = {classes} - 1` and a prior, `c ~ Ordered(Normal(0, 5), cut)`"))
}

/// E0270. Not two dimensions to match, or more than two.
pub(in crate::check) fn no_pair(
    s: &Signature,
    (name, left): (&str, Span),
    listed: &[String],
    further: &[String],
    span: Span,
) -> Diagnostic {
    let found = match further {
        [] => "its parameters have no further ones".to_string(),
        _ => format!("its parameters have {} besides those", list(further)),
    };
    let is_matched = listed.len() >= 2;
    let (first, last) = if is_matched { (further, listed) } else { (listed, further) };
    let mut wanted: Vec<&str> = first.iter().chain(last).map(String::as_str).collect();
    let rows_and_columns = ["row", "column"];
    wanted.extend(rows_and_columns.iter().skip(wanted.len().min(2)));
    Diagnostic::new(Code::E0270, format!("{} needs two dimensions to match", s.name))
        .at(left, format!("`{name}` has {}", dimensions(listed)))
        .also(span, found)
        .help(format!("list both last: `{name}[{}] ~ {}(…)`", wanted.join(", "), s.name))
}

fn dimensions(names: &[String]) -> String {
    if names.is_empty() { "no dimension".into() } else { list(names) }
}

/// E0217. Rows and columns that cannot be matched one by one.
pub(in crate::check) fn unequal_pair(
    s: &Signature,
    row: &(String, u64),
    column: &(String, u64),
    span: Span,
) -> Diagnostic {
    Diagnostic::new(Code::E0217, format!("{} needs two dimensions of one size", s.name))
        .at(span, format!("`{}` has {}, `{}` has {}", row.0, row.1, column.0, column.1))
        .help("add rows or columns that stand for `none`, so that each has a partner")
}

/// E0270. An observed datum without the dimension of the draw.
pub(in crate::check) fn datum_lacks_event(
    s: &Signature,
    datum: &str,
    left: Span,
    dim: &str,
    span: Span,
) -> Diagnostic {
    let what = match s.event {
        Event::Matrix => "square",
        Event::Pair => "matrix",
        _ => "vector",
    };
    Diagnostic::new(Code::E0270, format!("a draw of {} is a {what} over `{dim}`", s.name))
        .at(left, format!("`{datum}` has no dimension `{dim}`"))
        .also(span, format!("over `{dim}`"))
        .help(format!("give `{datum}` the dimension `{dim}` where it is declared"))
}

/// E0270. Classes or components among the dimensions of the left side.
pub(in crate::check) fn event_on_the_left(
    s: &Signature,
    name: &str,
    left: Span,
    dim: &str,
    span: Span,
) -> Diagnostic {
    let role = role(s);
    Diagnostic::new(
        Code::E0270,
        format!("`{dim}` cannot be both {role} and a dimension of `{name}`"),
    )
    .at(span, format!("here `{dim}` is {role} of {}", s.name))
    .also(left, format!("`{name}` has dimension `{dim}` itself"))
    .help(format!("take `{dim}` off the left side, or rename {role}: `… as j`"))
}

/// E0269. A parameter of a latent has a dimension that the left side lacks.
pub(in crate::check) fn latent_lacks_dim(
    name: &str,
    left: Span,
    dim: &str,
    wanted: &[String],
    arg: Span,
) -> Diagnostic {
    Diagnostic::new(Code::E0269, format!("`{name}` needs every dimension of its parameters"))
        .at(left, format!("`{name}` has no dimension `{dim}`"))
        .also(arg, format!("this has `{dim}`"))
        .help(format!("write `{name}[{}] ~ …`", wanted.join(", ")))
}

/// E0269. A parameter of an observed datum has a dimension that the datum lacks; `multiplied`: by a `*`
/// of two values that have it.
pub(in crate::check) fn datum_lacks_dim(
    (name, left): (&str, Span),
    param: &str,
    dim: &str,
    arg: Span,
    multiplied: bool,
) -> Diagnostic {
    let error =
        Diagnostic::new(Code::E0269, format!("`{param}` may only have dimensions of `{name}`"))
            .at(arg, format!("this has `{dim}`"))
            .also(left, format!("`{name}` has no dimension `{dim}`"));
    match multiplied {
        true => error.help(format!("to multiply and sum over `{dim}` write `@` in place of `*`")),
        false => error.help(format!(
            "pick from `{dim}` with an index, `a[{dim}]`, or reduce it, `sum(… over {dim})`"
        )),
    }
}

/// E0269. A parameter of an observed datum has a dimension without a name.
pub(in crate::check) fn datum_lacks_unnamed(
    (name, left): (&str, Span),
    param: &str,
    size: &str,
    arg: Span,
) -> Diagnostic {
    Diagnostic::new(Code::E0269, format!("`{param}` may only have dimensions of `{name}`"))
        .at(arg, format!("has an unnamed dimension of {size}"))
        .also(left, format!("`{name}` does not have it"))
        .help(format!(
            "list the dimensions of `{name}` where it is declared, in place of `[{size}]`"
        ))
}

/// E0269. A parameter inside `Ordered` varies along the dimension that is sorted.
pub(in crate::check) fn not_constant(
    s: &Signature,
    param: &str,
    dim: &str,
    arg: Span,
) -> Diagnostic {
    Diagnostic::new(Code::E0269, format!("`{param}` of {} must be constant along `{dim}`", s.name))
        .at(arg, format!("this has `{dim}`"))
        .help("sorted draws are exchangeable: give all of them the same parameters")
}

/// E0269. A list or slice that does not say along which dimension it runs.
pub(in crate::check) fn unnamed_event(s: &Signature, dim: &str, arg: Span) -> Diagnostic {
    Diagnostic::new(Code::E0269, format!("{} needs a parameter along `{dim}`", s.name))
        .at(arg, "its length is known, its dimension has no name")
        .help(format!("name it: `… as {dim}`"))
}

/// E0269. Components given by a list without a name, and a parameter of each along a named dimension.
pub(in crate::check) fn unnamed_twin(
    s: &Signature,
    param: &str,
    dim: &str,
    arg: Span,
) -> Diagnostic {
    Diagnostic::new(Code::E0269, format!("`{param}` of {} has a dimension of its own", s.name))
        .at(arg, format!("runs along `{dim}`, not along the list around it"))
        .help(format!("name the list: `[…] as {dim}`"))
}
