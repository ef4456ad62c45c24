//! What can be wrong in a `fit` block.

use super::list;
use crate::check::elsewhere;
use crate::diag::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::ast;

/// E0284. `fit { step = 100 }`
pub(in crate::check) fn unknown_setting(
    name: &ast::Ident,
    settings: &[(&str, &str)],
) -> Diagnostic {
    let error = Diagnostic::new(Code::E0284, format!("`fit` has no setting `{}`", name.text))
        .at(name.span, "not known");
    let names = settings.iter().map(|(name, _)| *name);
    let near = elsewhere::setting(&name.text).or_else(|| nearest(&name.text, names.clone()));
    match settings.iter().find(|(name, _)| Some(*name) == near) {
        Some((name, value)) => error.help(format!("did you mean `{name} = {value}`?")),
        None => {
            let names: Vec<_> = names.map(|n| format!("`{n}`")).collect();
            error.note(format!("the settings are {}", list(&names)))
        }
    }
}

/// E0284. `fit { threads = 2 }`
pub(in crate::check) fn flag_as_setting(name: &ast::Ident, flag: &str) -> Diagnostic {
    Diagnostic::new(Code::E0284, format!("`{}` is a flag of the command, not a setting", name.text))
        .at(name.span, "belongs to the run, not to the model")
        .help(format!("`elbow run FILE {flag}`"))
}

/// E0284. `fit { 100 }`
pub(in crate::check) fn setting_without_name(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0284, "a setting needs its name")
        .at(span, "a value without a name")
        .help("`fit { steps = 5000 }`")
}

/// E0285. `steps = 0`, `samples = 1.5`
pub(in crate::check) fn not_whole(arg: &ast::Arg, low: u64, example: &str) -> Diagnostic {
    let name = arg.name.as_ref().map_or("", |n| n.text.as_str());
    Diagnostic::new(Code::E0285, format!("`{name}` must be a whole number, at least {low}"))
        .at(arg.value.span, "not one")
        .help(format!("`{name} = {example}`"))
}

/// E0285. `batch image = 0`
pub(in crate::check) fn no_batch_size(dim: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0285, "the rows of a batch must be a whole number, at least 1")
        .at(span, "not one")
        .help(format!("`batch {dim} = 128`"))
}

/// E0285. `precision = f16`
pub(in crate::check) fn not_among(arg: &ast::Arg, words: &[&str]) -> Diagnostic {
    let name = arg.name.as_ref().map_or("", |n| n.text.as_str());
    let quoted: Vec<_> = words.iter().map(|w| format!("`{w}`")).collect();
    let error = Diagnostic::new(Code::E0285, format!("`{name}` is one of {}", list(&quoted)))
        .at(arg.value.span, "none of them");
    let near = match &arg.value.kind {
        ast::ExprKind::Name(word) => nearest(&word.text, words.iter().copied()),
        _ => None,
    };
    match near {
        Some(near) => error.help(format!("did you mean `{name} = {near}`?")),
        None => error.help(format!("`{name} = {}`", words[0])),
    }
}

/// E0285. `lr = 0`
pub(in crate::check) fn rate_out_of_range(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0285, "a learning rate must be positive")
        .at(span, "not positive all the way")
        .help("`lr = 0.01`, or `lr = cosine(0.1 -> 0.001, over = 5000)`")
}

/// E0285. `clip = 0`
pub(in crate::check) fn clip_out_of_range(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0285, "`clip` is the longest gradient that a step follows")
        .at(span, "not a positive number")
        .help("`clip = 10`")
}

/// E0285. `weight_decay = -1`
pub(in crate::check) fn decay_out_of_range(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0285, "`weight_decay` must be a number from 0 on")
        .at(span, "not such a number")
        .help("`weight_decay = 1e-4`")
}

/// E0285. `weight_decay = 1e-4` in a model without nets
pub(in crate::check) fn nothing_decays(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0285, "`weight_decay` shrinks the weights of nets, and no net is called")
        .at(span, "nothing decays")
        .help("take it out: latents have priors, which do the same")
}

/// E0285. `elbo_rows = 10`
pub(in crate::check) fn not_elbo_rows(span: Span, least: u64) -> Diagnostic {
    let message = format!("`elbo_rows` is `all`, or a whole number, at least {least}");
    Diagnostic::new(Code::E0285, message)
        .at(span, "neither of them")
        .note("the ELBO of more rows is estimated from a random sample of so many")
        .help("`elbo_rows = 100_000`")
}

/// E0285. `average = ema(1)`
pub(in crate::check) fn not_an_average(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0285, "`average` is `tail`, or `ema` of a number from 0 to below 1")
        .at(span, "neither of them")
        .help("`average = ema(0.999)`")
}

/// E0285. `sgd(0.01, momentum = 1)`
pub(in crate::check) fn momentum_out_of_range(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0285, "`momentum` must be a number from 0 to below 1")
        .at(span, "not one")
        .help("`sgd(0.01, momentum = 0.9)`")
}

/// E0285. `optimizer = adagrad(0.1)`
pub(in crate::check) fn not_an_optimizer(span: Span, name: Option<&str>) -> Diagnostic {
    let error =
        Diagnostic::new(Code::E0285, "`optimizer` is `adam(lr)` or `sgd(lr, momentum = 0.9)`");
    match name {
        Some(name) => {
            let error = error.at(span, format!("no optimizer `{name}`"));
            match nearest(name, ["adam", "sgd"]) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`optimizer = adam(0.01)`"),
            }
        }
        None => error.at(span, "neither of them").help("`optimizer = adam(0.01)`"),
    }
}

/// E0285. `adam(rate = 0.1)`, `adam(0.1, 0.2)`
pub(in crate::check) fn bad_optimizer_option(
    name: &ast::Ident,
    arg: &ast::Arg,
    known: &[&str],
) -> Diagnostic {
    let quoted: Vec<_> = known.iter().map(|k| format!("`{k}`")).collect();
    let twice = arg.name.as_ref().is_some_and(|n| known.contains(&n.text.as_str()));
    let label = if twice { "given twice" } else { "not one of them" };
    let error = Diagnostic::new(Code::E0285, format!("`{}` takes {}", name.text, list(&quoted)));
    let error = error.at(arg.span, label);
    match arg.name.as_ref().and_then(|n| nearest(&n.text, known.iter().copied())) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("`optimizer = adam(0.01)`, or `optimizer = sgd(0.01, momentum = 0.9)`"),
    }
}

/// E0286. `fit { steps = 1, steps = 2 }`
pub(in crate::check) fn setting_twice(name: &ast::Ident, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0286, format!("`{}` is set twice", name.text))
        .at(name.span, "again here")
        .also(first, "first here")
}

/// E0286. Two `fit` blocks.
pub(in crate::check) fn second_block(span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0286, "a model has one `fit` block")
        .at(span, "a second one")
        .also(first, "the first one")
        .help("write all settings into one of them")
}

/// E0286. `fit { optimizer = adam(1e-3), lr = 1e-2 }`
pub(in crate::check) fn two_rates(optimizer: Span, lr: Span) -> Diagnostic {
    Diagnostic::new(Code::E0286, "the learning rate is set twice")
        .at(lr, "again here")
        .also(optimizer, "first here")
        .help("leave it out of one of them: `optimizer = adam`")
}

/// E0287. `fit { guide = full_rank }`
pub(in crate::check) fn later_setting(name: &ast::Ident, what: &str) -> Diagnostic {
    Diagnostic::new(Code::E0287, format!("`{}` is not in this version of Elbow", name.text))
        .at(name.span, format!("a later version has it ({what})"))
        .help("remove it; the fit then uses the ELBO and a mean-field guide")
}
