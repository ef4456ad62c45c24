//! Names of values and functions.

use super::{did_you_mean, words};
use crate::check::elsewhere;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast;

pub(in crate::check) fn unknown_name(ident: &ast::Ident, near: Option<&str>) -> Diagnostic {
    let name = &ident.text;
    let d = Diagnostic::new(Code::E0201, format!("no value is called `{name}`"))
        .at(ident.span, "not declared anywhere");
    match near {
        Some(near) => did_you_mean(d, Some(near)),
        None => d.help(format!("declare it above: `data {name}: real` or `{name} ~ Normal(0, 1)`")),
    }
}

/// `x[i]` where nothing is called `i`.
pub(in crate::check) fn unknown_index(ident: &ast::Ident, near: Option<&str>) -> Diagnostic {
    let name = &ident.text;
    let d = Diagnostic::new(Code::E0201, format!("no index or dimension is called `{name}`"))
        .at(ident.span, "not declared anywhere");
    match near {
        Some(near) => did_you_mean(d, Some(near)),
        None => d.help("remove the brackets: without them a line holds for every element"),
    }
}

pub(in crate::check) fn used_above(ident: &ast::Ident, below: Span) -> Diagnostic {
    let name = &ident.text;
    Diagnostic::new(Code::E0202, format!("`{name}` is used above the statement that declares it"))
        .at(ident.span, "used here")
        .also(below, "declared only here")
        .help(format!("move the statement of `{name}` above this one"))
}

pub(in crate::check) fn used_in_itself(ident: &ast::Ident) -> Diagnostic {
    let name = &ident.text;
    Diagnostic::new(Code::E0202, format!("`{name}` is used in the statement that declares it"))
        .at(ident.span, "has no value yet")
        .help(format!("give the new value another name: `new_{name} = …`"))
}

pub(in crate::check) fn declared_twice(name: &ast::Ident, first: Span) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(Code::E0203, format!("a name has one statement, but `{text}` has two"))
        .at(name.span, "declared again")
        .also(first, "first declared here")
        .help(format!("call one of them `{text}_2`"))
}

pub(in crate::check) fn unknown_function(callee: &ast::Ident, near: Option<&str>) -> Diagnostic {
    let name = &callee.text;
    let d = Diagnostic::new(Code::E0204, format!("no function is called `{name}`"))
        .at(callee.span, "not a function");
    match (elsewhere::function(name), near) {
        (Some(ours), _) => d.help(format!("in Elbow this is `{ours}`")),
        (None, Some(near)) => did_you_mean(d, Some(near)),
        (None, None) => d
            .help(format!("define it: `fn {name}(x) = …`"))
            .note("`elbow list functions` shows the built-in ones"),
    }
}

pub(in crate::check) fn wrong_number(
    callee: &ast::Ident,
    given: usize,
    params: &[&str],
) -> Diagnostic {
    let name = &callee.text;
    let count = |n: usize| match n {
        0 => "no arguments".to_string(),
        1 => "1 argument".to_string(),
        n => format!("{n} arguments"),
    };
    let (needed, given) = (count(params.len()), count(given));
    Diagnostic::new(Code::E0205, format!("`{name}` takes {needed}, and this call has {given}"))
        .at(callee.span, format!("needs ({})", params.join(", ")))
        .help(format!("write `{name}({})`", params.join(", ")))
}

pub(in crate::check) fn unknown_argument(
    callee: &ast::Ident,
    arg: &ast::Arg,
    params: &[&str],
) -> Diagnostic {
    let name = &callee.text;
    let called = arg.name.as_ref().map_or("this place", |n| n.text.as_str());
    let taken = params.contains(&called) || arg.name.is_none();
    let label = if taken { "given twice" } else { "no argument of this name" };
    Diagnostic::new(Code::E0205, format!("`{name}` takes {} once each", words(params)))
        .at(arg.span, label)
        .help(format!("write `{name}({})`", params.join(", ")))
}

pub(in crate::check) fn recursion(callee: &ast::Ident) -> Diagnostic {
    let name = &callee.text;
    Diagnostic::new(
        Code::E0206,
        format!("a function is put in the place of its call, so `{name}` may not call itself"),
    )
    .at(callee.span, "leads back to the function that is being read")
    .help("sum or accumulate along a dimension instead: `cumsum(x over t)`")
}

pub(in crate::check) fn function_as_value(ident: &ast::Ident) -> Diagnostic {
    let name = &ident.text;
    Diagnostic::new(Code::E0207, format!("a value is needed here, but `{name}` is a function"))
        .at(ident.span, "not called")
        .help(format!("call it: `{name}(…)`"))
}

/// `declares` is the name left of `~` or `=`.
pub(in crate::check) fn dimension_as_value(
    ident: &ast::Ident,
    declares: Option<&str>,
) -> Diagnostic {
    let left = declares.unwrap_or("y");
    let name = format!("{}{}", ident.text, "'".repeat(ident.primes.into()));
    Diagnostic::new(Code::E0207, format!("a value is needed here, but `{name}` is a dimension"))
        .at(ident.span, "a dimension that the left side does not list")
        .help(format!("for its length write `size({name})`"))
        .help(format!("for the position along it list it on the left: `{left}[{name}]`"))
}

pub(in crate::check) fn distribution_as_value(callee: &ast::Ident) -> Diagnostic {
    let name = &callee.text;
    Diagnostic::new(Code::E0207, format!("a value is needed here, but `{name}` is a distribution"))
        .at(callee.span, "stands only right of `~`")
        .help(format!("draw from it in a statement of its own: `x ~ {name}(…)`"))
}

pub(in crate::check) fn value_as_function(callee: &ast::Ident, decl: Span) -> Diagnostic {
    let name = &callee.text;
    Diagnostic::new(
        Code::E0208,
        format!("a function is needed before `(`, but `{name}` is a value"),
    )
    .at(callee.span, "called here")
    .also(decl, "declared as a value here")
    .help(format!("multiply with `{name} * (…)`, pick with `{name}[…]`"))
}

pub(in crate::check) fn built_in_redefined(name: &ast::Ident) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(Code::E0209, format!("`{text}` is a built-in function"))
        .at(name.span, "defined a second time")
        .help(format!("call yours `my_{text}`"))
}

pub(in crate::check) fn prime_in_name(name: &ast::Ident) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(
        Code::E0224,
        format!("a new name has no prime, but this is `{text}{}`", "'".repeat(name.primes.into())),
    )
    .at(name.span, "a prime means the second axis of a dimension")
    .help(format!("call it `{text}_2`"))
}
