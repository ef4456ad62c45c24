//! What can be wrong with an annotation.

use super::list;
use crate::check::model::{DistCall, EstimatorChoice};
use crate::diag::{Code, Diagnostic, nearest};
use crate::estimator::{OptionCard, OptionValues};
use crate::source::Span;
use crate::syntax::ast;

/// E0277. `@gumbel_sofmax`
pub(in crate::check) fn unknown_annotation(name: &ast::Ident, known: &[&str]) -> Diagnostic {
    let error = Diagnostic::new(Code::E0277, format!("there is no annotation `@{}`", name.text))
        .at(name.span, "not known");
    match nearest(&name.text, known.iter().copied()) {
        Some(near) => error.help(format!("did you mean `@{near}`?")),
        None => {
            let known: Vec<_> = known.iter().map(|k| format!("`@{k}`")).collect();
            error.note(format!("the annotations are {}", list(&known)))
        }
    }
}

/// E0278. An annotation before a statement that declares no latent.
pub(in crate::check) fn not_a_latent(annotation: &ast::Annotation, what: &str) -> Diagnostic {
    let name = &annotation.name.text;
    Diagnostic::new(Code::E0278, format!("`@{name}` cannot stand before {what}"))
        .at(annotation.span, "an annotation says how a latent is handled")
        .help("put it on the line above the `~` that declares the latent")
}

/// E0279. The same annotation again.
pub(in crate::check) fn annotation_twice(name: &ast::Ident, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0279, format!("`@{}` is given twice", name.text))
        .at(name.span, "again here")
        .also(first, "first here")
}

/// E0279. Two estimators on one latent.
pub(in crate::check) fn two_estimators(
    first: &EstimatorChoice,
    second: &EstimatorChoice,
) -> Diagnostic {
    Diagnostic::new(Code::E0279, "a latent has one gradient estimator")
        .at(second.span, "a second one")
        .also(first.span, "it has this one")
        .help(format!("keep `@{}` or `@{}`", first.name, second.name))
}

/// E0299. `baseline = net(…)`
pub(in crate::check) fn unnamed_net(option: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0299, format!("`{option}` takes a net of the model, by its name"))
        .at(span, "no net has this name")
        .help(format!(
            "declare `net critic(x[d]) -> value {{ dense(x) }}`, then `{option} = critic(x)`"
        ))
}

/// A net in the options of `--estimator`.
pub(in crate::check) fn net_outside(estimator: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0299, "a baseline that is a net is named in the model")
        .at(span, "a net of the model")
        .help(format!("write `@{estimator}(…)` above the latent, and no `--estimator` for it"))
}

pub(in crate::check) fn baseline_of_what(option: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0299, format!("`{option}` is a number that nets make of data alone"))
        .at(span, "reads a latent or a param, or is no number")
        .help(format!("write a net of data: `{option} = critic(x)`"))
}

pub(in crate::check) fn baseline_dims(
    option: &str,
    annotation: Span,
    name: &str,
    extra: &str,
    has: &str,
) -> Diagnostic {
    Diagnostic::new(Code::E0299, format!("`{option}` runs along `{extra}`, and `{name}` has {has}"))
        .at(annotation, format!("runs along `{extra}`"))
        .help(format!("sum `{extra}` in the net: `net critic(x[{extra}]) -> value`"))
}

pub(in crate::check) fn shared_baseline(net: &ast::Ident) -> Diagnostic {
    let name = &net.text;
    Diagnostic::new(
        Code::E0299,
        format!("`{name}` serves as a baseline and in the model, and cannot learn both"),
    )
    .at(net.span, "called in both")
    .help(format!("declare a second net for the baseline: `net {name}_baseline(…)`"))
}

/// E0281. `@gumbel_softmax(temperature = 0.5)`
pub(in crate::check) fn unknown_option(
    owner: &str,
    name: &ast::Ident,
    cards: &[OptionCard],
) -> Diagnostic {
    let error = Diagnostic::new(Code::E0281, takes(owner, cards))
        .at(name.span, format!("no option `{}`", name.text));
    match nearest(&name.text, cards.iter().map(|c| c.name)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if cards.is_empty() => error.help(format!("write `@{owner}`")),
        None => error.help(example(owner, cards)),
    }
}

/// E0281. `@gumbel_softmax(0.5)`, `@reinforce(loo)`
pub(in crate::check) fn unnamed_option(
    owner: &str,
    arg: &ast::Arg,
    cards: &[OptionCard],
) -> Diagnostic {
    let error = Diagnostic::new(Code::E0281, takes(owner, cards));
    let word = match &arg.value.kind {
        ast::ExprKind::Name(name) => name.text.as_str(),
        _ => "",
    };
    if let ast::ExprKind::Number { text, .. } = &arg.value.kind
        && let Some(card) = cards.iter().find(|c| {
            matches!(
                c.values,
                OptionValues::Number { .. }
                    | OptionValues::Temperature { .. }
                    | OptionValues::Count { .. }
            )
        })
    {
        return error
            .at(arg.span, "which option this is has to be said")
            .help(format!("`@{owner}({} = {text})`", card.name));
    }
    let of_word = |c: &&OptionCard| match c.values {
        OptionValues::Words(words) | OptionValues::WordsOrNet(words) => words.contains(&word),
        _ => false,
    };
    let error = error.at(arg.span, "which option this is has to be said");
    match cards.iter().find(of_word) {
        Some(card) => error.help(format!("`@{owner}({} = {word})`", card.name)),
        None if cards.is_empty() => error.help(format!("write `@{owner}`")),
        None => error.help(example(owner, cards)),
    }
}

/// E0281. `@kl` says nothing without an option.
pub(in crate::check) fn empty_kl(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0281, "`@kl` needs `weight` or `free_bits`")
        .at(span, "changes nothing as it stands")
        .help("`@kl(weight = anneal(0 -> 1, over = 5000))`")
}

fn takes(owner: &str, cards: &[OptionCard]) -> String {
    let names: Vec<_> = cards.iter().map(|c| format!("`{}`", c.name)).collect();
    match names.as_slice() {
        [] => format!("`@{owner}` takes no options"),
        [one] => format!("`@{owner}` takes the option {one}"),
        _ => format!("`@{owner}` takes the options {}", list(&names)),
    }
}

fn example(owner: &str, cards: &[OptionCard]) -> String {
    let first = &cards[0];
    format!("for example `@{owner}({} = {})`", first.name, first.default)
}

/// E0281. `tau = 1, tau = 2`
pub(in crate::check) fn option_twice(name: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0281, format!("the option `{name}` is given twice"))
        .at(again, "again here")
        .also(first, "first here")
}

/// E0282. A number, or an end of a schedule, that the option does not allow.
pub(in crate::check) fn option_out_of_range(
    card: &OptionCard,
    span: Span,
    low: f64,
    high: f64,
) -> Diagnostic {
    let range = match high {
        f64::MAX => format!("at least {low}"),
        _ => format!("between {low} and {high}"),
    };
    Diagnostic::new(Code::E0282, format!("`{}` must be {range}", card.name))
        .at(span, "outside")
        .note(format!("{}: {}; {} if not said", card.name, card.doc, card.default))
}

/// E0282. `hard = 0.5`
pub(in crate::check) fn not_a_flag(card: &OptionCard, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0282, format!("`{}` must be `true` or `false`", card.name))
        .at(span, "neither of them")
        .note(format!("{}: {}; {} if not said", card.name, card.doc, card.default))
}

/// E0282. `baseline = lo`
pub(in crate::check) fn unknown_word(
    card: &OptionCard,
    words: &[&str],
    value: &ast::Expr,
) -> Diagnostic {
    let quoted: Vec<_> = words.iter().map(|w| format!("`{w}`")).collect();
    let error =
        Diagnostic::new(Code::E0282, format!("`{}` is one of {}", card.name, list(&quoted)))
            .at(value.span, "none of them");
    let near = match &value.kind {
        ast::ExprKind::Name(word) => nearest(&word.text, words.iter().copied()),
        _ => None,
    };
    match near {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("`{} = {}` is the default", card.name, card.default)),
    }
}

/// E0283. `@noncentered` where no location and scale can be split off.
pub(in crate::check) fn no_standard_member(span: Span, call: &DistCall) -> Diagnostic {
    let dist = call.dist.0.signature().name;
    Diagnostic::new(Code::E0283, "`@noncentered` needs a location and a scale to split off")
        .at(span, format!("{dist} is not of the form loc + scale * noise"))
        .also(call.span, "the latent's distribution")
        .help("remove the annotation, or use a distribution such as `Normal(loc, scale)`")
}

/// W0231. `@noncentered` with nothing unknown to split off.
pub(in crate::check) fn nothing_to_center(span: Span, name: &str, call: &DistCall) -> Diagnostic {
    Diagnostic::new(Code::W0231, "`@noncentered` does nothing here")
        .at(span, format!("helps where the location or scale of `{name}` is itself unknown"))
        .also(call.span, "both are known before the fit")
        .help("remove the annotation")
}

/// W0232. Relaxations lose their gradient's variance to cold.
pub(in crate::check) fn too_cold(span: Span, coldest: f64, floor: f64) -> Diagnostic {
    Diagnostic::new(Code::W0232, format!("a temperature below {floor} makes gradients explode"))
        .at(span, format!("goes down to {coldest}"))
        .help("end higher: `tau = anneal(1 -> 0.5, over = 5000)`")
        .note("the reported ELBO uses hard draws at any temperature")
}

/// W0235. The spread of a relaxed gradient grows like 1/tau^2, and one draw per step has all of it.
pub(in crate::check) fn too_cold_alone(span: Span, coldest: f64, samples: Span) -> Diagnostic {
    Diagnostic::new(Code::W0235, "so cold a relaxation needs several draws per step")
        .at(span, format!("ends at {coldest}, where the gradient has much variance"))
        .also(samples, "one draw per step")
        .help("write `samples = 16`, or end higher: `tau = anneal(1 -> 0.5, over = 5000)`")
}

/// W0236. A hot relaxation is nearly the same point whatever its logits.
pub(in crate::check) fn too_hot(span: Span, end: f64, ceiling: f64) -> Diagnostic {
    Diagnostic::new(
        Code::W0236,
        format!("a temperature above {ceiling} makes gradients insensitive to the logits"),
    )
    .at(span, format!("still {end} at the end"))
    .help("let it fall: `tau = anneal(1 -> 0.5, over = 5000)`")
}

/// W0237. `@reinforce(baseline = none)`
pub(in crate::check) fn no_baseline(estimator: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0237, format!("`@{estimator}` needs a baseline for a usable variance"))
        .at(span, "every score is weighed by the whole cost")
        .help("write `baseline = loo`, which is unbiased too")
}
