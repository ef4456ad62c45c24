//! W0401–W0405: the words for what a fit shows of its own failures.

use crate::check::model::{Model, NameId};
use crate::diag::{Code, Diagnostic};
use crate::infer::Finding;

/// A finding of a run of so many steps, as a warning that points at the latent.
pub fn finding(model: &Model, steps: u64, finding: &Finding) -> Diagnostic {
    match *finding {
        Finding::Unfinished { latent, option, schedule, arrival } => {
            let (_, to) = schedule.ends();
            let reached = schedule.at(steps);
            let d = unfinished(option, to, arrival);
            let label = format!("`{option}` is {reached:.3} after {steps} steps");
            match latent {
                Some(latent) => d.at(model.name(latent).span, label),
                None => d.note(label),
            }
        }
        Finding::Collapsed { latent, kl } => collapsed(model, steps, latent, kl),
        Finding::Structureless { latent, share } => structureless(model, latent, share),
        Finding::RanAway { latent, tau } => ran_away(model, latent, tau),
        Finding::StillBiased { latent, bias, share } => still_biased(model, latent, bias, share),
    }
}

/// W0401.
fn unfinished(option: &str, to: f64, arrival: u64) -> Diagnostic {
    Diagnostic::new(
        Code::W0401,
        format!("the run ends before the schedule of `{option}` reaches {to}"),
    )
    .help(format!("it arrives after {arrival} steps: `--steps {arrival}`"))
}

/// W0402.
fn collapsed(model: &Model, steps: u64, latent: NameId, kl: f64) -> Diagnostic {
    let decl = model.name(latent);
    let name = &decl.name;
    Diagnostic::new(Code::W0402, format!("the posterior of `{name}` collapsed onto its prior"))
        .at(decl.span, format!("KL {:.4} nats per element: the fit does without it", kl.max(0.0)))
        .help(format!(
            "write `@kl(weight = anneal(0 -> 1, over = {}))` above it",
            (steps / 2).max(1)
        ))
        .help("or keep a share of it free: `@kl(free_bits = 0.1)`")
}

/// W0403.
fn structureless(model: &Model, latent: NameId, share: f64) -> Diagnostic {
    let decl = model.name(latent);
    let name = &decl.name;
    Diagnostic::new(Code::W0403, format!("`{name}` learnt no structure"))
        .at(decl.span, format!("its entropy is {:.1} % of the greatest", 100.0 * share))
        .help(format!(
            "try `--estimator {name}=marginalize`, more `--starts`, or a lower temperature"
        ))
}

/// W0404.
fn still_biased(model: &Model, latent: NameId, bias: f64, share: f64) -> Diagnostic {
    let decl = model.name(latent);
    let name = &decl.name;
    Diagnostic::new(
        Code::W0404,
        format!("the relaxation of `{name}` is biased even at the coldest temperature"),
    )
    .at(decl.span, format!("{bias:.2} of the gradient's norm; {share} was asked for"))
    .help(format!("`--estimator {name}=reinforce` has no bias"))
}

/// W0405.
fn ran_away(model: &Model, latent: NameId, tau: f64) -> Diagnostic {
    let decl = model.name(latent);
    let name = &decl.name;
    Diagnostic::new(Code::W0405, format!("the learnt temperature of `{name}` ran away"))
        .at(decl.span, format!("{tau:.1} in the end: the fit lives on blurred values"))
        .help("write `tau = auto` in place of `tau = learnt`")
}
