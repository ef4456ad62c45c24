//! What the guides of others forbid: estimators of a latent that some written guide reads.

use super::flow::Flows;
use super::model::Site;
use super::plan::{LatentPlan, Planner};
use super::plan_errors as errors;
use crate::diag::Diagnostic;
use crate::estimator::Estimator;

impl Planner<'_> {
    /// Why an estimator cannot serve a latent that other guides read.
    pub(super) fn parted(
        &self,
        site: &Site,
        flows: &Flows,
        estimator: &dyn Estimator,
    ) -> Option<Diagnostic> {
        let follower = *flows.followers.first()?;
        let name = estimator.card().name;
        let compares = estimator.compares() || name == "marginalize";
        compares.then(|| errors::read_by_guide(self.model, site.name, follower, name))
    }

    /// Draws that follow an exact sum lie along its values, where no score function weighs them.
    pub(super) fn expect_parted(&mut self, latents: &[LatentPlan]) {
        if let Some((summed, follower)) = parted(latents) {
            let (summed, follower) = (&latents[summed], &latents[follower]);
            self.diags.push(errors::scored_below_sum(self.model, summed, follower));
        }
    }
}

/// A latent that is summed under its guide, and one whose guide reads it and that the score function serves.
pub(super) fn parted(latents: &[LatentPlan]) -> Option<(usize, usize)> {
    let scored = |l: &LatentPlan| l.estimator().samples() && !l.estimator().card().needs_smooth;
    latents.iter().enumerate().filter(|(_, l)| l.estimator == "enumerate").find_map(|(row, l)| {
        let follows = |other: &LatentPlan| l.flows.followers.contains(&other.name);
        let other = latents.iter().position(|other| follows(other) && scored(other))?;
        Some((row, other))
    })
}
