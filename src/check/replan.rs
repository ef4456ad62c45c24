//! A plan with another estimator for one latent: what measurements compare.

use super::elimination::eliminate;
use super::followers::parted;
use super::model::{Model, ObjectiveChoice, OptionValue, StmtKind};
use super::plan::{LatentPlan, Plan};
use super::settings::option;
use crate::estimator::{Bias, Estimator};

/// The plan with another estimator for the latent at this place, under these options and defaults for the rest. `None` where
/// its distribution or a use forbids that, or an exact sum would take more than `budget` joint values or does not factor.
pub fn replan(
    model: &Model,
    plan: &Plan,
    place: usize,
    estimator: &dyn Estimator,
    options: &[(String, OptionValue)],
    budget: u128,
) -> Option<Plan> {
    let mut latents = plan.latents.clone();
    let latent = &mut latents[place];
    if !serves(model, plan.objective, latent, estimator, budget) {
        return None;
    }
    let card = estimator.card();
    latent.estimator = card.name;
    latent.exact = latent.exact.take().filter(|_| card.bias != Bias::Exact);
    latent.options = card.options.iter().map(|o| (o.name, option(options, o))).collect();
    if parted(&latents).is_some() {
        return None;
    }
    let sums = eliminate(model, &latents, budget).ok()?;
    let (objective, batches) = (plan.objective, plan.batches.clone());
    Some(Plan { objective, latents, sums, batches, masks: true })
}

fn serves(
    model: &Model,
    objective: ObjectiveChoice,
    latent: &LatentPlan,
    estimator: &dyn Estimator,
    budget: u128,
) -> bool {
    let StmtKind::Tilde(site) = &model.stmts[latent.stmt].kind else {
        unreachable!("plans are of `~` statements");
    };
    let card = estimator.card();
    let is_finite = latent.joint.is_some_and(|joint| joint <= budget);
    let parted = !latent.flows.followers.is_empty() && estimator.compares();
    let summed = latent.guided && card.name == "marginalize";
    model.refusal(estimator, site).is_none()
        && estimator.misses(objective.aim(&site.dims), site.dist.root().signature()).is_none()
        && !parted
        && !summed
        && (latent.flows.jumps.is_empty() || !card.needs_smooth)
        && (is_finite || card.bias != Bias::Exact)
}
