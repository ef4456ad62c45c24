//! The estimators that can serve a latent, each as the problem that it makes: the plan with that row replaced.

use super::replan::{others_unbiased, under};
use crate::check::model::{OptionValue, Schedule};
use crate::check::plan::{BUDGET, LatentPlan};
use crate::estimator::{self, Bias, Card, Estimator, OptionValues};
use crate::lower::Problem;

/// One estimator of one latent.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The latent's place in the plan.
    pub latent: usize,
    pub estimator: &'static str,
    /// With its options: `reinforce(baseline = loo)`.
    pub label: String,
    pub bias: Bias,
    /// Whether the plan has it.
    pub planned: bool,
    pub problem: Problem,
}

/// Every row of the registry that neither the distribution, a use of the latent nor another exact sum refuses: with the options
/// of the plan or their defaults, and with each word and flag varied by itself. The other latents are as planned, but that
/// none is biased. Schedules are labelled as they are at a step.
pub fn candidates(problem: &Problem, latent: usize, at: u64) -> Vec<Candidate> {
    let problem = &others_unbiased(&problem.whole(), latent);
    let planned = &problem.plan.latents[latent];
    let mut found: Vec<Candidate> = vec![];
    for estimator in estimator::ALL {
        for options in variants(estimator.card(), planned) {
            let candidate = candidate(problem, latent, *estimator, &options, at);
            let is_new = |c: &Candidate| found.iter().all(|f| f.label != c.label);
            found.extend(candidate.filter(is_new));
        }
    }
    found
}

fn candidate(
    problem: &Problem,
    latent: usize,
    estimator: &dyn Estimator,
    options: &[(String, OptionValue)],
    at: u64,
) -> Option<Candidate> {
    let before = &problem.plan.latents[latent];
    let problem = under(problem, latent, estimator, options, BUDGET)?;
    let (row, card) = (&problem.plan.latents[latent], estimator.card());
    Some(Candidate {
        latent,
        estimator: card.name,
        label: label(card, row, at),
        bias: card.bias,
        planned: row.estimator == before.estimator && row.options == before.options,
        problem,
    })
}

type Options = Vec<(String, OptionValue)>;

/// The options to begin with, then each word and flag at its other values.
fn variants(card: &Card, planned: &LatentPlan) -> Vec<Options> {
    let own = planned.estimator == card.name;
    let own = planned.options.iter().filter(|_| own).map(|(n, v)| (n.to_string(), v.clone()));
    let start: Options = own.collect();
    let mut all = vec![start.clone()];
    for option in card.options {
        for value in values(option.values) {
            let others = start.iter().filter(|(name, _)| name != option.name).cloned();
            all.push(others.chain([(option.name.to_string(), value)]).collect());
        }
    }
    all
}

fn values(of: OptionValues) -> Vec<OptionValue> {
    match of {
        OptionValues::Number { .. }
        | OptionValues::Temperature { .. }
        | OptionValues::Count { .. } => vec![],
        OptionValues::Flag => {
            [0.0, 1.0].map(|x| OptionValue::Schedule(Schedule::Constant(x))).into()
        }
        OptionValues::Words(words) | OptionValues::WordsOrNet(words) => {
            words.iter().map(|w| OptionValue::Word((*w).into())).collect()
        }
    }
}

/// Numbers and words as they are, flags where they are set.
fn label(card: &Card, row: &LatentPlan, at: u64) -> String {
    let mut parts = vec![];
    for (option, (name, value)) in card.options.iter().zip(&row.options) {
        match (option.values, value) {
            (OptionValues::Flag, OptionValue::Schedule(s)) if s.at(at) == 0.0 => {}
            (OptionValues::Flag, _) => parts.push((*name).to_string()),
            (_, OptionValue::Schedule(s)) => parts.push(format!("{name} = {}", s.at(at))),
            (_, OptionValue::Adaptive(adaptive)) => {
                parts.push(format!("{name} = {}", adaptive.from()));
            }
            (_, OptionValue::Word(word)) => parts.push(format!("{name} = {word}")),
            (_, OptionValue::Name(_)) => parts.push(format!("{name} = net")),
        }
    }
    match parts.is_empty() {
        true => card.name.into(),
        false => format!("{}({})", card.name, parts.join(", ")),
    }
}
