//! What can be wrong with the call of a distribution.

use super::{list, ways};
use crate::check::elsewhere;
use crate::check::model::DistCall;
use crate::diag::{Code, Diagnostic, nearest};
use crate::dist::{self, Needs, Param, Signature};
use crate::source::Span;
use crate::syntax::ast;

/// E0260. A call or a name that is no distribution.
pub(in crate::check) fn not_a_distribution(name: &ast::Ident, span: Span) -> Diagnostic {
    let text = &name.text;
    let error = Diagnostic::new(Code::E0260, "a distribution is needed here");
    let near = nearest(text, dist::ALL.iter().map(|d| d.signature().name));
    match near.or_else(|| elsewhere::distribution(text)) {
        Some(near) => error
            .at(name.span, format!("there is no distribution `{text}`"))
            .help(format!("did you mean `{near}`?")),
        None if span != name.span && text.starts_with(char::is_uppercase) => error
            .at(name.span, format!("there is no distribution `{text}`"))
            .help("`elbow list distributions` shows all of them"),
        None => error.at(span, "this is a value").help(AROUND),
    }
}

/// E0260. A number or an expression.
pub(in crate::check) fn value_for_distribution(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0260, "a distribution is needed here")
        .at(span, "this is a value")
        .help(AROUND)
}

const AROUND: &str = "write `=` to give a value, or a distribution around it: `Normal(…, 1)`";

/// E0260. `y ~ Normal`
pub(in crate::check) fn without_arguments(s: &Signature, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0260, format!("`{}` needs its parameters", s.name))
        .at(span, "a distribution without them")
        .help(format!("write {}", ways(s)))
}

/// E0264. `Normal(0, sclae = 1)`
pub(in crate::check) fn unknown_parameter(s: &Signature, name: &ast::Ident) -> Diagnostic {
    let error = Diagnostic::new(Code::E0264, format!("{} is written {}", s.name, ways(s)))
        .at(name.span, format!("no parameter `{}`", name.text));
    let known = s.forms.iter().flat_map(|f| f.params).map(|p| p.name);
    match (elsewhere::parameter(s, &name.text), nearest(&name.text, known)) {
        (Some(help), _) => error.help(help),
        (None, Some(near)) => error.help(format!("did you mean `{near}`?")),
        (None, None) => error.help(format!("its parameters: {}", described(s))),
    }
}

/// `` `loc` (mean), `scale` (standard deviation) ``
fn described(s: &Signature) -> String {
    let mut params: Vec<&Param> = vec![];
    for param in s.forms.iter().flat_map(|f| f.params) {
        if params.iter().all(|p| p.name != param.name) {
            params.push(param);
        }
    }
    let words: Vec<String> = params.iter().map(|p| format!("`{}` ({})", p.name, p.doc)).collect();
    if words.is_empty() { "none".into() } else { words.join(", ") }
}

/// E0265. `Normal(0)`
pub(in crate::check) fn missing(s: &Signature, missing: &[&str], span: Span) -> Diagnostic {
    let quoted: Vec<_> = missing.iter().map(|m| format!("`{m}`")).collect();
    Diagnostic::new(Code::E0265, format!("{} needs {}", s.name, list(&quoted)))
        .at(span, "not given")
        .help(format!("write {}", ways(s)))
}

/// E0266. `Normal(0, 1, loc = 2)`
pub(in crate::check) fn parameter_twice(
    s: &Signature,
    param: &str,
    again: Span,
    first: Span,
) -> Diagnostic {
    Diagnostic::new(Code::E0266, format!("`{param}` of {} is given twice", s.name))
        .at(again, format!("`{param}` again"))
        .also(first, format!("`{param}` first"))
        .help(format!("write {}", ways(s)))
}

/// E0267. `Normal(0, 1, 2)`
pub(in crate::check) fn too_many(s: &Signature, extra: Span, given: usize) -> Diagnostic {
    let most = s.forms.iter().map(|f| f.params.len()).max().unwrap_or(0);
    let takes = match most {
        0 => "no parameters".to_string(),
        1 => "at most 1 parameter".to_string(),
        _ => format!("at most {most} parameters"),
    };
    let vector = |p: &Param| matches!(p.needs, Needs::RealVector | Needs::PositiveVector);
    let list = most == 1 && s.forms[0].params.iter().any(vector);
    Diagnostic::new(Code::E0267, format!("{} takes {takes}, here are {given}", s.name))
        .at(extra, "one too many")
        .help(format!("write {}", ways(s)))
        .help_if(list, format!("several numbers are one list: `{}([1, 2] as k)`", s.name))
}

/// E0268. `Bernoulli(probs = 0.5, logits = 0)`
pub(in crate::check) fn mixed_forms(s: &Signature, args: &[ast::Arg], span: Span) -> Diagnostic {
    let error = Diagnostic::new(Code::E0268, format!("{} is either {}", s.name, ways(s)));
    let first = &s.forms[0].params;
    let error = match args {
        [a, .., b] => {
            let label = |arg: &ast::Arg, place: usize| match (&arg.name, first.get(place)) {
                (Some(name), _) => format!("`{}` of one form", name.text),
                (None, Some(param)) => format!("by position this is `{}`", param.name),
                (None, None) => "of another form".to_string(),
            };
            error.at(b.span, label(b, args.len() - 1)).also(a.span, label(a, 0))
        }
        _ => error.at(span, "the two are mixed here"),
    };
    error.help("keep the parameters of one form")
}

/// E0271. `Normal(0, 1 over k)`
pub(in crate::check) fn no_event(s: &Signature, over: Span) -> Diagnostic {
    Diagnostic::new(Code::E0271, format!("{} takes no `over`", s.name))
        .at(over, "every element is a draw of its own: no dimension is treated as a whole")
        .help("list the dimension on the left instead: `name[D] ~ …`")
}

/// E0271. `Permutation(s over person)`
pub(in crate::check) fn pair_on_the_left(s: &Signature, over: Span) -> Diagnostic {
    Diagnostic::new(Code::E0271, format!("{} takes no `over`", s.name))
        .at(over, "a draw has two dimensions, which the left side says")
        .help("list rows and columns last on the left: `name[row, column] ~ …`")
}

/// E0271. `Dirichlet(a over k, n)`
pub(in crate::check) fn two_events(s: &Signature, second: Span) -> Diagnostic {
    Diagnostic::new(Code::E0271, format!("`over` in {} names one dimension", s.name))
        .at(second, "a second one")
        .help("list the other dimensions on the left: `name[D] ~ …`")
}

/// E0271. `Normal(x, 1 by county)`
pub(in crate::check) fn summed_by(s: &Signature, by: Span) -> Diagnostic {
    Diagnostic::new(Code::E0271, format!("{} takes no `by`", s.name))
        .at(by, "`by` belongs to sums")
        .help("sum the parameter: `sum(x by county)`")
}

/// E0276. `Ordered(Normal(0, 1), 3)`
pub(in crate::check) fn not_a_dimension(s: &Signature, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0276, format!("{} needs the name of a dimension here", s.name))
        .at(span, "not a name")
        .help(format!("declare one with `dim k = 3`, then write {}", ways(s)))
}

/// E0297. `Ordered(Gamma(1, 1), k)`
pub(in crate::check) fn cannot_wrap(s: &Signature, needed: &str, inner: &DistCall) -> Diagnostic {
    let wrapped = inner.dist.0.signature().name;
    Diagnostic::new(Code::E0297, format!("{} needs a distribution with {needed}", s.name))
        .at(inner.span, format!("{wrapped} is no such distribution"))
        .help(format!("for example `{}`", s.example.lines().last().unwrap_or_default()))
}
