//! E0290–E0299: estimators that a latent cannot have.

use super::flow::Jump;
use super::model::{DistCall, EstimatorChoice, Model, NameDecl, NameId, Site};
use super::plan::{BUDGET, LatentPlan, MOST_LOGITS};
use crate::diag::{Code, Diagnostic, nearest};
use crate::dist::Signature;
use crate::estimator;
use crate::source::Span;

/// E0290. From `--estimator z=…`.
pub(super) fn scored_below_sum(
    model: &Model,
    summed: &LatentPlan,
    follower: &LatentPlan,
) -> Diagnostic {
    let (name, other) = (&model.name(summed.name).name, &model.name(follower.name).name);
    let by = follower.estimator;
    Diagnostic::new(
        Code::E0298,
        format!("`@{by}` cannot serve `{other}`: its guide reads `{name}`, which is summed"),
    )
    .at(model.name(follower.name).span, format!("drawn along the values of `{name}`"))
    .also(model.name(summed.name).span, "summed under its guide")
    .help(format!("serve `{other}` by `@pathwise` or `@gumbel_softmax`, or sample `{name}`"))
}

/// A guide that reads a latent would have to be drawn again for each of its values.
pub(super) fn read_by_guide(
    model: &Model,
    latent: NameId,
    follower: NameId,
    estimator: &str,
) -> Diagnostic {
    let (name, follower) = (&model.name(latent).name, &model.name(follower).name);
    Diagnostic::new(
        Code::E0298,
        format!("`@{estimator}` cannot serve `{name}`: the guide of `{follower}` reads it"),
    )
    .at(model.name(latent).span, format!("read by the guide of `{follower}`"))
    .help("use `@reinforce`, `@gumbel_softmax` or `@enumerate`, or let the guide read data instead")
}

pub(super) fn no_such_latent(model: &Model, name: &str) -> Diagnostic {
    let latents: Vec<&str> =
        model.latents().map(|(_, s)| model.name(s.name).name.as_str()).collect();
    let near = nearest(name, latents.iter().copied());
    let known = if latents.is_empty() { "none".into() } else { latents.join(", ") };
    Diagnostic::new(Code::E0290, format!("`--estimator {name}=…` names no latent of the model"))
        .note(format!("latents: {known}"))
        .help_if(near.is_some(), format!("did you mean `{}`?", near.unwrap_or_default()))
}

/// E0291. From the command line.
pub(super) fn no_such_estimator(name: &str) -> Diagnostic {
    let known: Vec<&str> = estimator::ALL.iter().map(|e| e.card().name).collect();
    let near = nearest(name, known.iter().copied());
    Diagnostic::new(Code::E0291, format!("there is no estimator `{name}`"))
        .note(format!("estimators: {}", known.join(", ")))
        .help_if(near.is_some(), format!("did you mean `{}`?", near.unwrap_or_default()))
}

/// E0292.
pub(super) fn estimator_refuses(
    choice: &EstimatorChoice,
    latent: &str,
    dist: &Signature,
    why: &str,
    candidates: &[&str],
) -> Diagnostic {
    let (asked, dist) = (choice.name, dist.name);
    Diagnostic::new(Code::E0292, format!("`{asked}` {why}, and `{latent}` is {dist}"))
        .at(choice.span, format!("asked for `{latent} ~ {dist}`"))
        .help(format!("estimators that can serve {dist}: {}", candidates.join(", ")))
}

/// E0293. Both spans: where it is asked for and the use that forbids it.
pub(super) fn use_forbids(choice: &EstimatorChoice, latent: &str, jump: &Jump) -> Diagnostic {
    let asked = choice.name;
    Diagnostic::new(
        Code::E0293,
        format!("`{asked}` needs every use of `{latent}` to be smooth, and one is {}", jump.what),
    )
    .at(choice.span, "sends its gradient through the value")
    .also(jump.span, format!("no gradient passes {} of `{latent}`", jump.what))
    .help("write `@reinforce`, which needs no gradient of the model")
}

/// The command line asks for a sum in place of a guide that the model writes.
pub(super) fn summed_beside_guide(choice: &EstimatorChoice, name: &str, guide: Span) -> Diagnostic {
    Diagnostic::new(Code::E0255, format!("`{name}` is summed out of the model, and has no guide"))
        .at(choice.span, "asked to be summed out")
        .also(guide, "drawn here")
        .help(format!(
            "remove the guide's line, or ask for `enumerate` to sum `{name}` under its guide"
        ))
}

/// E0294.
pub(super) fn over_budget(choice: &EstimatorChoice, latent: &str, joint: u128) -> Diagnostic {
    Diagnostic::new(
        Code::E0294,
        format!(
            "the sum over `{latent}` may take {BUDGET} joint values, and needs {}",
            count(joint)
        ),
    )
    .at(choice.span, "sums over all joint values of the elements that some use mixes")
    .help("write `@gumbel_softmax` or `@reinforce`, or use each element of the latent by itself")
}

/// E0294 where a table of several latents is over the budget, E0295 where none of any size would do.
pub(super) fn sums_fail(
    model: &Model,
    latents: &[&LatentPlan],
    stmt: usize,
    table: Option<u128>,
) -> Diagnostic {
    let names: Vec<String> =
        latents.iter().map(|l| format!("`{}`", model.name(l.name).name)).collect();
    let names = names.join(" and ");
    let d = match table {
        Some(table) => Diagnostic::new(
            Code::E0294,
            format!(
                "the sum over {names} may take {BUDGET} joint values, and needs {}",
                count(table)
            ),
        )
        .at(model.stmts[stmt].span, "depends on all of them at once"),
        None => {
            Diagnostic::new(Code::E0295, format!("{names} cannot be summed one after the other"))
                .at(
                    model.stmts[stmt].span,
                    "what is left of one sum depends on a whole plate of the other",
                )
        }
    };
    let label = |d: Diagnostic, l: &&LatentPlan| {
        d.also(model.name(l.name).span, format!("summed exactly: {}", l.estimator))
    };
    latents.iter().fold(d, label).help("write `@reinforce` or `@gumbel_softmax` above one of them")
}

/// `600 values, over 256`
pub(super) fn values(joint: u128) -> String {
    format!("{} values, over {BUDGET}", count(joint))
}

fn count(joint: u128) -> String {
    if joint == u128::MAX { "far too many".into() } else { joint.to_string() }
}

/// E0296.
pub(super) fn no_guide(model: &Model, site: &Site) -> Diagnostic {
    let name = model.name(site.name);
    let dist = site.dist.root().signature().name;
    Diagnostic::new(Code::E0296, format!("no guide serves a latent that is {dist}"))
        .at(name.span, "is a latent, because no datum has this name")
        .help(format!("declare it as data (`data {}: …`) or draw its parts one by one", name.name))
}

/// E0296. The bound of a count is a latent, or made from one.
pub(super) fn bound_moves(latent: &NameDecl, bound: Span) -> Diagnostic {
    let name = &latent.name;
    Diagnostic::new(Code::E0296, format!("the guide of `{name}` needs a bound that the data give"))
        .at(bound, "changes from draw to draw")
        .also(latent.span, "a latent, with a logit for each value up to its bound")
        .help("write `Poisson(n * p)` with the mean, or a bound that the data give")
}

/// E0296.
pub(super) fn too_many_counts(latent: &NameDecl, values: u128) -> Diagnostic {
    let name = &latent.name;
    Diagnostic::new(
        Code::E0296,
        format!("the guide of `{name}` may have {MOST_LOGITS} values, and needs {values}"),
    )
    .at(latent.span, "a latent, with a logit for each value up to its bound")
    .help(format!("write `{name} ~ Poisson(n * p)`, whose guide has one parameter"))
}

/// E0296. The size of a subset is a latent, data, or differs between elements.
pub(super) fn subset_size_open(latent: &NameDecl, call: &DistCall) -> Diagnostic {
    let name = &latent.name;
    let size = call.counts().next().map_or(latent.span, |size| size.span);
    Diagnostic::new(Code::E0296, format!("the guide of `{name}` needs the size of its subsets"))
        .at(size, "not a number")
        .also(latent.span, "a latent")
        .help("write the size as a whole number")
}

/// E0296. More items than there are.
pub(super) fn subset_too_large(latent: &NameDecl, site: &Site) -> Diagnostic {
    let name = &latent.name;
    let size = site.dist.root_call().counts().next().map_or(latent.span, |size| size.span);
    Diagnostic::new(Code::E0296, format!("`{name}` has no value: there are fewer items"))
        .at(size, "more than the dimension has positions")
        .also(latent.span, "a subset of its last dimension")
}
