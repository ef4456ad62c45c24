//! What can serve a latent, what is chosen where nothing is summed, and what the guides of others forbid.

use super::flow::Flows;
use super::model::{Estimators, Site};
use super::plan::{BUDGET, Chosen, LatentPlan, Planner};
use super::plan_errors as errors;
use crate::diag::Diagnostic;
use crate::dist::Support;
use crate::estimator::{self, Estimator};

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

    /// The choice where nothing is summed.
    pub(super) fn sampled(
        &self,
        site: &Site,
        flows: &Flows,
        estimators: Estimators,
    ) -> Option<Chosen> {
        let guide = self.model.guide_of(site);
        let support = guide.unwrap_or(&site.dist).root().signature().support;
        let jump = flows.jumps.first();
        let relaxes = matches!(support, Support::Binary | Support::Index);
        let smooth =
            if self.serves("implicit", site) && guide.is_some() { "implicit" } else { "pathwise" };
        match jump {
            None if !support.is_discrete() => Chosen::new(smooth, "continuous, every use smooth"),
            None if relaxes && !estimators.is_unbiased() => {
                Chosen::new("gumbel_softmax", "discrete, every use smooth when relaxed")
            }
            None if relaxes => Chosen::new("reinforce", "discrete; unbiased asked for"),
            None => Chosen::new("reinforce", "counts do not relax"),
            Some(jump) => Chosen::new("reinforce", format!("used in {}", jump.what)),
        }
    }

    /// The estimators that can serve a latent.
    pub(super) fn candidates(&self, site: &Site) -> Vec<&'static str> {
        let names = estimator::ALL.iter().map(|e| e.card().name);
        names.filter(|name| self.serves(name, site)).collect()
    }

    pub(super) fn serves(&self, name: &str, site: &Site) -> bool {
        let barred = name == "marginalize" && site.guide.is_some();
        let found = estimator::find(name);
        found.is_some_and(|e| self.model.refusal(e, site).is_none()) && !barred
    }

    pub(super) fn affordable(&self, site: &Site, joint: Option<u128>) -> bool {
        self.candidates(site).contains(&"enumerate") && joint.is_some_and(|joint| joint <= BUDGET)
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
