//! What can be wrong with `objective = …`, alone and beside the latents of the model.

use super::model::{EstimatorChoice, Model, ObjectiveAsk};
use super::plan::LatentPlan;
use crate::diag::{Code, Diagnostic, nearest};
use crate::source::{Span, Spanned};

const WORDS: [&str; 4] = ["elbo", "stl", "iwae", "dreg"];

/// E0285. `objective = iwea(8)`
pub(super) fn not_an_objective(span: Span, name: Option<&str>) -> Diagnostic {
    let error = Diagnostic::new(
        Code::E0285,
        "`objective` is `elbo`, `stl`, `iwae(draws over dimension)` or `dreg(draws over dimension)`",
    );
    match name.map(|name| (name, nearest(name, WORDS))) {
        Some((_, Some(near))) => {
            error.at(span, "none of them").help(format!("did you mean `{near}`?"))
        }
        Some((name, None)) => error.at(span, format!("no objective `{name}`")),
        None => error.at(span, "none of them"),
    }
}

/// E0285. `objective = stl(8)`
pub(super) fn takes_nothing(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::E0285, format!("`{word}` takes no arguments"))
        .at(span, "has some")
        .help(format!("`objective = {word}`; `samples = 8` says how many draws a step takes"))
}

/// E0285. `objective = iwae`
pub(super) fn needs_draws(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::E0285, format!("`{word}` needs the number of draws that it weighs"))
        .at(span, "a whole number, at least 1, and at most one dimension")
        .help(format!(
            "`objective = {word}(8)`, or `objective = {word}(8 over image)` for a bound per image"
        ))
}

/// E0285. `objective = iwae(8 over imge)`
pub(super) fn no_such_dimension(
    model: &Model,
    ask: &ObjectiveAsk,
    name: &Spanned<String>,
) -> Diagnostic {
    let dims = model.dims.iter().map(|d| d.name.as_str());
    let near = nearest(&name.value, dims.clone());
    let error = Diagnostic::new(
        Code::E0285,
        format!(
            "`{}` runs over a dimension, and the model has none called `{}`",
            ask.kind.word(),
            name.value
        ),
    );
    let error = if ask.span.is_some() { error.at(name.span, "not a dimension") } else { error };
    let help = near.map_or_else(
        || format!("leave `over {}` out for one bound of the whole model", name.value),
        |near| format!("did you mean `{near}`?"),
    );
    error.help(help)
}

/// E0501. Both spans: the estimator that is asked for and the objective that it does not serve.
pub(super) fn objective_forbids(
    choice: &EstimatorChoice,
    latent: &str,
    why: &str,
    ask: Option<&ObjectiveAsk>,
    able: &[&str],
) -> Diagnostic {
    let asked = choice.name;
    let but = match ask {
        Some(ask) if ask.draws == 1 && ask.kind.weighs() => "a bound has one draw".into(),
        Some(ask) if ask.kind.weighs() && asked == "vimco" => {
            format!("`{latent}` is drawn once for every `{}`", over(ask))
        }
        _ => format!("the objective is `{}`", ask.map_or("elbo", |ask| ask.kind.word())),
    };
    let error = Diagnostic::new(Code::E0501, format!("`{asked}` {why}, and {but}"))
        .at(choice.span, "asked for here");
    let error = ask.map_or(error.clone(), |ask| beside(error, ask));
    let able = format!("estimators that can serve `{latent}` here: {}", able.join(", "));
    let weigh = "`fit { objective = iwae(8) }` weighs draws";
    error.help(able).help_if(asked == "vimco" && ask.is_none(), weigh)
}

/// E0501. `objective = dreg(8)` where no draw has a gradient.
pub(super) fn no_path(model: &Model, ask: &ObjectiveAsk, latents: &[LatentPlan]) -> Diagnostic {
    let error =
        Diagnostic::new(Code::E0501, "`dreg` needs a weighed latent that is pathwise or implicit");
    let label = |d: Diagnostic, l: &LatentPlan| {
        d.also(model.name(l.name).span, format!("is {}", l.estimator))
    };
    let error = match ask.span {
        Some(span) => error.at(span, "has no gradient to take through the draws"),
        None => error,
    };
    latents.iter().fold(error, label).help("`objective = iwae(…)`")
}

/// E0502. No latent has the dimension of the bound.
pub(super) fn nothing_to_weigh(model: &Model, ask: &ObjectiveAsk) -> Diagnostic {
    let over = ask.over.as_ref().map(|over| format!(" with the dimension `{}`", over.value));
    let error = Diagnostic::new(
        Code::E0502,
        format!("there is no latent{} whose draws could be weighed", over.unwrap_or_default()),
    );
    let error = model.latents().fold(error, |d, (_, site)| {
        d.also(model.name(site.name).span, "drawn once for all bounds")
    });
    at_ask(error, ask, "nothing to weigh")
        .help("leave `objective` out: the ELBO is then the same bound")
}

/// E0502. A cost of one element depends on draws of others.
pub(super) fn mixed(
    model: &Model,
    ask: &ObjectiveAsk,
    latent: &LatentPlan,
    stmt: usize,
) -> Diagnostic {
    let name = &model.name(latent.name).name;
    let over = over(ask);
    let error = Diagnostic::new(
        Code::E0502,
        format!("a bound per `{over}` needs costs per `{over}`, and one mixes the draws of `{name}` along it"),
    )
    .at(model.stmts[stmt].span, format!("depends on several elements of `{name}`"));
    let word = ask.kind.word();
    beside(error, ask)
        .help(format!("`objective = {word}({})`: one bound of the whole model", ask.draws))
}

/// E0502. Two latents reach one cost by different elements.
pub(super) fn two_ways(
    model: &Model,
    ask: &ObjectiveAsk,
    latents: [&LatentPlan; 2],
    stmt: usize,
) -> Diagnostic {
    let [first, second] = latents.map(|l| &model.name(l.name).name);
    let over = over(ask);
    let error = Diagnostic::new(
        Code::E0502,
        format!("a bound per `{over}` needs one `{over}` in each cost, and `{first}` and `{second}` bring two"),
    )
    .at(model.stmts[stmt].span, "depends on one element of each, not the same one");
    let word = ask.kind.word();
    beside(error, ask)
        .help(format!("`objective = {word}({})`: one bound of the whole model", ask.draws))
}

/// E0502. The sum over a latent without the dimension runs over the bounds of all elements at once.
pub(super) fn sum_over_bounds(
    model: &Model,
    ask: &ObjectiveAsk,
    summed: &LatentPlan,
    drawn: &LatentPlan,
    stmt: usize,
) -> Diagnostic {
    let [sum, draw] = [summed, drawn].map(|l| &model.name(l.name).name);
    let over = over(ask);
    let error = Diagnostic::new(
        Code::E0502,
        format!(
            "`{sum}` has no `{over}` and cannot be summed beside the weighed draws of `{draw}`"
        ),
    )
    .at(model.stmts[stmt].span, format!("depends on `{sum}` and on draws of `{draw}`"))
    .also(model.name(summed.name).span, format!("summed exactly: {}", summed.estimator));
    beside(error, ask).help(format!("write `@reinforce` above `{sum}`: one draw for all bounds"))
}

fn over(ask: &ObjectiveAsk) -> &str {
    ask.over.as_ref().map_or("", |over| &over.value)
}

fn at_ask(error: Diagnostic, ask: &ObjectiveAsk, text: &str) -> Diagnostic {
    match ask.span {
        Some(span) => error.at(span, text),
        None => error,
    }
}

/// The objective as a second label, where the model has it.
fn beside(error: Diagnostic, ask: &ObjectiveAsk) -> Diagnostic {
    match ask.span {
        Some(span) => error.also(span, "the objective"),
        None => error.note(format!("asked for by `--objective {}(…)`", ask.kind.word())),
    }
}
