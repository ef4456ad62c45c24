//! Nets and their layers.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast;

pub(in crate::check) fn several_values(
    callee: &ast::Ident,
    count: usize,
    span: Span,
) -> Diagnostic {
    let name = &callee.text;
    let names = ["a", "b", "c", "d"].iter().cycle().take(count).copied().collect::<Vec<_>>();
    Diagnostic::new(Code::E0254, format!("`{name}` has {count} values, and one is needed here"))
        .at(span, format!("{count} values"))
        .help(format!("give them names first: `({}) = {name}(…)`", names.join(", ")))
}

pub(in crate::check) fn other_count(names: usize, values: usize, span: Span) -> Diagnostic {
    let (n, v) = (plural(names, "name"), plural(values, "value"));
    Diagnostic::new(Code::E0254, format!("{n} on the left, and {v} on the right"))
        .at(span, "one name for each value")
        .help("write as many names on the left as the net has results")
}

pub(in crate::check) fn argument_lacks(
    callee: &ast::Ident,
    target: &ast::Target,
    arg: Span,
    dim: &str,
    has: &str,
) -> Diagnostic {
    let (name, param) = (&callee.text, &target.name.text);
    Diagnostic::new(
        Code::E0254,
        format!("`{name}` needs `{param}` along `{dim}`, and this value has {has}"),
    )
    .at(arg, format!("lacks `{dim}`"))
    .also(target.span, "declared here")
    .help(format!("pass a value along `{dim}`, or declare the net for what it gets"))
}

pub(in crate::check) fn other_results(
    net: &ast::Ident,
    promised: usize,
    given: usize,
    value: Span,
) -> Diagnostic {
    let (p, g) = (plural(promised, "result"), plural(given, "value"));
    Diagnostic::new(Code::E0254, format!("`{}` promises {p}, and its last line has {g}", net.text))
        .at(value, format!("{g} here"))
        .help("write as many results after `->` as the last line has values")
}

pub(in crate::check) fn other_result(
    net: &ast::Ident,
    target: &ast::Target,
    value: Span,
    own: &str,
    promised: &str,
) -> Diagnostic {
    Diagnostic::new(
        Code::E0254,
        format!("`{}` promises {promised}, and its value has {own}", net.text),
    )
    .at(value, format!("has {own}"))
    .also(target.span, format!("promises {promised}"))
    .help(match own {
        "no dimensions" => "write a name without brackets after `->`: `-> value`".to_string(),
        _ => format!("write `-> {own}`, or make the last line have {promised}"),
    })
}

pub(in crate::check) fn not_for_nets(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0256, "a net holds `name = expr` and a value on its last line")
        .at(span, "not a value")
        .help("move this line out of the net")
}

pub(in crate::check) fn bound_twice(name: &ast::Ident) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(Code::E0256, format!("a name has one statement, but `{text}` has two"))
        .at(name.span, "has a value already")
        .help(format!("call it `{text}_2`"))
}

pub(in crate::check) fn unseen(name: &ast::Ident, net: &str, declared: Span) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(Code::E0256, format!("a net sees its arguments alone, and `{text}` is none"))
        .at(name.span, format!("not an argument of `{net}`"))
        .also(declared, "declared outside")
        .help(format!("pass it: `net {net}(…, {text})`"))
}

pub(in crate::check) fn layer_outside(callee: &ast::Ident) -> Diagnostic {
    let name = &callee.text;
    Diagnostic::new(Code::E0257, format!("`{name}` owns weights, and those belong to a net"))
        .at(callee.span, "not inside a net")
        .help(format!("wrap it: `net f(x[d]) -> [e] {{ {name}(x, e) }}`, then `f(…)`"))
}

pub(in crate::check) fn layer_of_nothing(callee: &ast::Ident) -> Diagnostic {
    let name = &callee.text;
    Diagnostic::new(Code::E0257, format!("`{name}` needs what it is applied to first"))
        .at(callee.span, "no input")
        .help(format!("write `{name}(x, …)`"))
}

pub(in crate::check) fn layer_argument(callee: &ast::Ident, arg: &ast::Arg) -> Diagnostic {
    let name = &callee.text;
    let usage = crate::check::layers::LAYERS.iter().find(|l| l.name == name);
    let usage = usage.map_or("", |l| l.usage);
    Diagnostic::new(Code::E0257, format!("`{name}` has no such argument"))
        .at(arg.span, "not an argument")
        .help(format!("write `{usage}`"))
}

pub(in crate::check) fn dropout_rate(at: Span) -> Diagnostic {
    Diagnostic::new(Code::E0257, "`dropout` needs a rate: a number from 0 to below 1")
        .at(at, "no such rate")
        .help("write `dropout(x, 0.5)`")
}

pub(in crate::check) fn dropout_over(dim: &ast::Ident) -> Diagnostic {
    Diagnostic::new(Code::E0257, "`dropout` drops each element by itself")
        .at(dim.span, "nothing runs along this")
        .help("write `dropout(x, 0.5)`")
}

pub(in crate::check) fn layer_option(
    callee: &ast::Ident,
    arg: &ast::Arg,
    words: &[&str],
) -> Diagnostic {
    let option = arg.name.as_ref().map_or("", |n| n.text.as_str());
    let near = match &arg.value.kind {
        ast::ExprKind::Name(word) => crate::diag::nearest(&word.text, words.iter().copied()),
        _ => None,
    };
    let title = format!("`{option}` of `{}` is one of {}", callee.text, super::words(words));
    let d = Diagnostic::new(Code::E0257, title).at(arg.value.span, "none of them");
    match near {
        Some(near) => super::did_you_mean(d, Some(near)),
        None => d.help(format!("write `{option} = {}`", words[0])),
    }
}

pub(in crate::check) fn layer_along_mapped(span: Span, dim: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0257,
        format!("the net maps over `{dim}`, so no layer inside can give it"),
    )
    .at(span, format!("gives `{dim}`"))
    .help("give the layer a dimension of its own: `dim hidden = 20`")
}

pub(in crate::check) fn layer_over_missing(x: Span, dim: &str, has: &str) -> Diagnostic {
    Diagnostic::new(Code::E0257, format!("this layer runs along `{dim}`, and its input has {has}"))
        .at(x, format!("has {has}"))
        .help("run along a dimension of the input, or leave `over` out for all of one example's")
}

pub(in crate::check) fn other_weights(net: &str, span: Span, first: &str, now: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0257,
        format!("the weights of `{net}` are for {first}, and this call has {now}"),
    )
    .at(span, format!("the first call of `{net}` made it for {first}"))
    .help(format!("declare a second net like `{net}` for {now}"))
}

pub(in crate::check) fn index_as_input(span: Span, dim: &str) -> Diagnostic {
    Diagnostic::new(Code::E0257, format!("this is a position along `{dim}`, not a number"))
        .at(span, "a position")
        .help("write `onehot(…)` of it, or `embedding(…, out)`")
}

pub(in crate::check) fn embedding_of_what(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0257, "`embedding` needs an index, and this is a number")
        .at(span, "not an index")
        .help("for numbers there is `dense(x, out)`")
}

pub(in crate::check) fn mapped_over(dim: &ast::Ident, net: &str) -> Diagnostic {
    let name = &dim.text;
    Diagnostic::new(
        Code::E0256,
        format!("`{net}` is written for one example, and maps over `{name}`"),
    )
    .at(dim.span, "another example lies along this dimension")
    .help(format!("declare the argument along it: `net {net}(x[{name}])`"))
}

pub(in crate::check) fn unused_net(name: &ast::Ident) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(Code::W0206, format!("the net `{text}` is never called"))
        .at(name.span, "has no effect")
        .help(format!("call it: `{text}(…)`, or remove it"))
}

/// `1 name`, `2 names`
fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
