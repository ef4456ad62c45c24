//! Problems under other plans.

use crate::check::model::OptionValue;
use crate::check::plan::BUDGET;
use crate::check::replan::replan;
use crate::estimator::{self, Bias, Estimator};
use crate::lower::Problem;
use std::sync::Arc;

/// Under an estimator with these options for one latent, whose exact sum may take `budget` joint values; `None` where the plan
/// has something against it, or the latent would have another guide: its parameters could not be compared.
pub(super) fn under(
    problem: &Problem,
    row: usize,
    estimator: &dyn Estimator,
    options: &[(String, OptionValue)],
    budget: u128,
) -> Option<Problem> {
    let planned = problem.plan.latents[row].estimator();
    if estimator.keeps_family() != planned.keeps_family() {
        return None;
    }
    let plan = replan(&problem.bound.model, &problem.plan, row, estimator, options, budget)?;
    Some(Problem { plan: Arc::new(plan), ..problem.clone() })
}

/// Under a row of the registry with its defaults.
pub(super) fn with(problem: &Problem, row: usize, name: &str, budget: u128) -> Option<Problem> {
    under(problem, row, estimator::find(name)?, &[], budget)
}

/// Under the first unbiased estimator of the registry that can serve the latent.
pub(super) fn unbiased(problem: Problem, row: usize) -> Problem {
    let mut unbiased = estimator::ALL.iter().filter(|e| e.card().bias == Bias::None);
    let found = unbiased.find_map(|e| under(&problem, row, *e, &[], BUDGET));
    found.unwrap_or(problem)
}

/// With exact sums, or unbiased estimators, in place of the biased ones of all latents but one.
pub(super) fn others_unbiased(problem: &Problem, but: usize) -> Problem {
    let mut clean = problem.clone();
    for row in (0..problem.plan.latents.len()).filter(|&row| row != but) {
        if clean.plan.latents[row].bias() == Bias::Biased {
            clean = match with(&clean, row, "enumerate", BUDGET) {
                Some(summed) => summed,
                None => unbiased(clean, row),
            };
        }
    }
    clean
}
