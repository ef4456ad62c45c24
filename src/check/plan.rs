//! Which estimator serves each latent, and why.
//!
//! The command line wins over an annotation, an annotation over the automatic choice; a biased choice says what is exact
//! instead, where that is affordable.

use super::asked;
use super::batch::{Said, batches, faults, inside, unbounded};
use super::choice::{Chosen, able, affordable, candidates, moved_bound, sampled};
use super::counting::{joint_values, subset_size, values};
use super::elimination::{Obstacle, Sum, eliminate};
use super::flow::{Flows, flows};
use super::model::{
    DimId, DistCall, Elem, EstimatorChoice, Estimators, Model, NameId, ObjectiveAsk,
    ObjectiveChoice, OptionValue, Site,
};
use super::objective::{obstacle, resolve};
use super::objective_errors::objective_forbids;
use super::plan_errors as errors;
use super::settings::option;
pub use super::settings::{Policy, Sizes};
use super::site_errors::batch as batch_errors;
use crate::diag::{Diagnostic, Diagnostics};
use crate::dist::Support;
use crate::estimator::{self, Bias, Estimator};

/// Joint values per element of the kept dimensions that a sum may take.
pub const BUDGET: u128 = 256;

/// Values of a count that a guide gives a free logit each.
pub const MOST_LOGITS: u128 = 100_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub objective: ObjectiveChoice,
    /// In sampling order.
    pub latents: Vec<LatentPlan>,
    /// The exact sums, in the order in which they are taken.
    pub sums: Vec<Sum>,
    /// The dimensions of which a step sees some rows, and how many.
    pub batches: Vec<(DimId, usize)>,
    /// Whether dropout drops anything.
    pub masks: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LatentPlan {
    pub name: NameId,
    pub stmt: usize,
    pub estimator: &'static str,
    pub options: Vec<(&'static str, OptionValue)>,
    /// Whether an annotation or the command line asks for this estimator.
    pub asked: bool,
    /// Whether the model writes its guide.
    pub guided: bool,
    pub reason: String,
    pub flows: Flows,
    /// Joint values per element of the kept dimensions, for finite supports of known size.
    pub joint: Option<u128>,
    /// What to type for the exact estimator, where that is affordable and not chosen.
    pub exact: Option<String>,
}

impl LatentPlan {
    pub fn estimator(&self) -> &'static dyn Estimator {
        let Some(found) = estimator::find(self.estimator) else {
            unreachable!("plans name rows of the registry");
        };
        found
    }

    pub fn bias(&self) -> Bias {
        self.estimator().card().bias
    }

    /// Dimensions that every path to every cost keeps, in the user's order.
    pub fn kept(&self, model: &Model) -> Vec<DimId> {
        let mixed = self.flows.mixed();
        let dims = model.name(self.name).ty.dims.iter().copied();
        dims.filter(|d| !mixed.contains(d)).collect()
    }
}

impl Plan {
    /// How many rows of a dimension a step sees; `None` for all.
    pub fn batch_of(&self, dim: DimId) -> Option<usize> {
        self.batches.iter().find(|(d, _)| *d == dim).map(|&(_, rows)| rows)
    }

    pub fn of(&self, name: NameId) -> Option<&LatentPlan> {
        self.latents.iter().find(|l| l.name == name)
    }

    /// Whether some rows along a dimension can be computed without the others.
    pub fn parts(&self, model: &Model, dim: DimId) -> bool {
        let summed = self.latents.iter().filter(|l| l.estimator == "marginalize");
        faults(model, dim, Said::Flag).is_empty()
            && summed.into_iter().all(|l| inside(model, &[(dim, 1)], &l.flows).is_none())
    }

    /// The plan with every latent summed out of the model whose sum is affordable; `None` where those do not factor.
    pub fn summed(&self, model: &Model) -> Option<Plan> {
        let summed = |l: &LatentPlan| match (&l.exact, l.estimator) {
            (Some(_), _) | (None, "enumerate")
                if !l.guided && inside(model, &self.batches, &l.flows).is_none() =>
            {
                LatentPlan { estimator: "marginalize", options: vec![], exact: None, ..l.clone() }
            }
            _ => l.clone(),
        };
        let latents: Vec<LatentPlan> = self.latents.iter().map(summed).collect();
        let sums = eliminate(model, &latents, BUDGET).ok()?;
        let (objective, batches) = (self.objective, self.batches.clone());
        Some(Plan { objective, latents, sums, batches, masks: true })
    }
}

/// Chooses an estimator for every latent. Exact sums that were chosen, not asked for, give way where they do not factor.
pub fn plan(model: &Model, policy: &Policy, sizes: &Sizes) -> (Plan, Diagnostics) {
    let ask = policy.objective.as_ref().or(model.fit.objective.as_ref());
    let objective = ObjectiveChoice::default();
    let mut diags = Diagnostics::new();
    let batches = batches(model, policy, sizes, &mut diags);
    let mut planner = Planner { model, policy, sizes, ask, objective, batches, diags };
    planner.check_overrides();
    planner.check_objective();
    let planned = model.latents().filter_map(|(stmt, site)| planner.latent(stmt, site, None));
    let mut latents: Vec<LatentPlan> = planned.collect();
    let sums = planner.settle(&mut latents);
    planner.expect_parted(&latents);
    offer_exact(model, &mut latents);
    let (objective, batches) = (planner.objective, planner.batches);
    let mut diags = planner.diags;
    let whole = ask.filter(|_| !diags.has_errors());
    let obstacle = whole.and_then(|ask| obstacle(model, objective, ask, &latents));
    obstacle.into_iter().for_each(|error| diags.push(error));
    unbounded(model, objective, &batches).into_iter().for_each(|error| diags.push(error));
    (Plan { objective, latents, sums, batches, masks: true }, diags)
}

/// Says what to type for the latents whose exact sum is affordable and factors beside those that are chosen.
fn offer_exact(model: &Model, latents: &mut [LatentPlan]) {
    let holds = |row: usize| {
        let mut other = latents.to_vec();
        other[row].estimator = if other[row].guided { "enumerate" } else { "marginalize" };
        eliminate(model, &other, BUDGET).is_ok()
    };
    let offers: Vec<bool> =
        (0..latents.len()).map(|row| latents[row].exact.is_some() && holds(row)).collect();
    for (latent, offer) in latents.iter_mut().zip(offers) {
        latent.exact = latent.exact.take().filter(|_| offer);
    }
}

pub(super) struct Planner<'a> {
    pub(super) model: &'a Model,
    policy: &'a Policy,
    sizes: &'a Sizes,
    ask: Option<&'a ObjectiveAsk>,
    objective: ObjectiveChoice,
    batches: Vec<(DimId, usize)>,
    pub(super) diags: Diagnostics,
}

impl Planner<'_> {
    fn check_objective(&mut self) {
        match self.ask.map(|ask| resolve(self.model, ask)) {
            None => {}
            Some(Ok(objective)) => self.objective = objective,
            Some(Err(error)) => self.diags.push(error),
        }
    }

    fn check_overrides(&mut self) {
        for (name, _) in &self.policy.overrides {
            let mut latents = self.model.latents();
            if !latents.any(|(_, site)| self.model.name(site.name).name == *name) {
                self.diags.push(errors::no_such_latent(self.model, name));
            }
        }
    }

    /// The order of the exact sums. Of the latents that are in the way, the one with most values that was not asked for is
    /// planned again without it; an error where all were.
    fn settle(&mut self, latents: &mut [LatentPlan]) -> Vec<Sum> {
        loop {
            let obstacle = match eliminate(self.model, latents, BUDGET) {
                Ok(sums) => return sums,
                Err(obstacle) => obstacle,
            };
            let chosen = obstacle.latents.iter().copied().filter(|&row| !latents[row].asked);
            let Some(row) = chosen.max_by_key(|&row| latents[row].joint) else {
                let rows: Vec<&LatentPlan> =
                    obstacle.latents.iter().map(|&r| &latents[r]).collect();
                self.diags.push(errors::sums_fail(
                    self.model,
                    &rows,
                    obstacle.stmt,
                    obstacle.table,
                ));
                return vec![];
            };
            let why = self.why_not(latents, row, &obstacle);
            let stmt = latents[row].stmt;
            let site = self.model.latents().find(|(s, _)| *s == stmt).map(|(_, site)| site);
            let Some(planned) = site.and_then(|site| self.latent(stmt, site, Some(why))) else {
                unreachable!("what was planned can be planned again");
            };
            latents[row] = planned;
        }
    }

    fn why_not(&self, latents: &[LatentPlan], row: usize, obstacle: &Obstacle) -> String {
        let name = |r: usize| format!("`{}`", self.model.name(latents[r].name).name);
        let others: Vec<String> =
            obstacle.latents.iter().filter(|&&r| r != row).map(|&r| name(r)).collect();
        let others = others.join(", ");
        match obstacle.table {
            Some(table) => format!("not summed: {} with {others}", errors::values(table)),
            None => format!("not summed: couples with {others}"),
        }
    }

    /// `barred` says why its exact sum is not taken.
    fn latent(&mut self, stmt: usize, site: &Site, barred: Option<String>) -> Option<LatentPlan> {
        let flows = flows(self.model, site.name);
        let joint = joint_values(self.model, self.sizes, site, &flows);
        if let Some(error) = self.unguided(site) {
            self.diags.push(error);
            return None;
        }
        let asked = self.asked_for(site);
        let is_asked = asked.is_some();
        let chosen = match asked {
            Some(choice) => {
                let choice = choice?;
                let found = estimator::find(choice.name)?;
                self.forbid(site, &flows, &choice, found, joint)?;
                Chosen { estimator: found, options: choice.options, reason: "as asked for".into() }
            }
            None => self.automatic(site, &flows, joint, barred)?,
        };
        if let Some(error) = self.parted(site, &flows, chosen.estimator) {
            self.diags.push(error);
            return None;
        }
        if let Some(error) = self.overfull(site) {
            self.diags.push(error);
            return None;
        }
        let card = chosen.estimator.card();
        let options = card.options.iter().map(|o| (o.name, option(&chosen.options, o))).collect();
        let word = if site.guide.is_some() { "@enumerate" } else { "@marginalize" };
        let is_possible =
            word == "@enumerate" || inside(self.model, &self.batches, &flows).is_none();
        let is_affordable = is_possible && affordable(self.model, site, joint);
        let exact = (card.bias != Bias::Exact && is_affordable)
            .then(|| format!("{word}  # sums over {} values", joint.unwrap_or_default()));
        Some(LatentPlan {
            name: site.name,
            stmt,
            estimator: card.name,
            options,
            asked: is_asked,
            guided: site.guide.is_some(),
            reason: chosen.reason,
            flows,
            joint,
            exact,
        })
    }

    /// Why no guide serves a latent with this distribution, whatever its estimator.
    fn unguided(&self, site: &Site) -> Option<Diagnostic> {
        let open = |dist: &&DistCall| {
            let root = dist.root_call();
            let is_subset = matches!(root.dist.0.signature().support, Support::Subset(_));
            is_subset && subset_size(root).is_none()
        };
        let mut dists = self.model.guide_of(site).into_iter().chain([&site.dist]);
        if let Some(open) = dists.find(open) {
            return Some(errors::subset_size_open(self.model.name(site.name), open.root_call()));
        }
        if site.guide.is_some() {
            return None;
        }
        if !site.dist.root().signature().support.has_guide() {
            return Some(errors::no_guide(self.model, site));
        }
        let bound = moved_bound(&site.dist)?;
        Some(errors::bound_moves(self.model.name(site.name), bound.span))
    }

    /// Why a guide would have too many logits.
    fn overfull(&self, site: &Site) -> Option<Diagnostic> {
        let name = self.model.name(site.name);
        let values = values(self.model, self.sizes, site)?;
        if site.dist.root().signature().support.is_vector() {
            return (values == 0).then(|| errors::subset_too_large(name, site));
        }
        if site.guide.is_some() {
            return None;
        }
        let is_over = name.ty.elem == Elem::Int && values > MOST_LOGITS;
        is_over.then(|| errors::too_many_counts(name, values))
    }

    /// The estimator of the command line or the annotation; inside, `None` where that one does not exist.
    fn asked_for(&mut self, site: &Site) -> Option<Option<EstimatorChoice>> {
        let decl = self.model.name(site.name);
        let mut overrides = self.policy.overrides.iter().rev();
        let Some((_, wanted)) = overrides.find(|(n, _)| *n == decl.name) else {
            return site.estimator.clone().map(Some);
        };
        let read = asked::read(wanted, 0);
        let (choice, told) = match read {
            Ok((choice, told)) => (Some(EstimatorChoice { span: decl.span, ..choice }), told),
            Err(told) => (None, told),
        };
        for told in told.iter() {
            self.diags.push(Diagnostic { primary: None, others: vec![], ..told.clone() });
        }
        Some(choice)
    }

    /// Refuses what a distribution or a use forbids.
    fn forbid(
        &mut self,
        site: &Site,
        flows: &Flows,
        choice: &EstimatorChoice,
        estimator: &dyn Estimator,
        joint: Option<u128>,
    ) -> Option<()> {
        let card = estimator.card();
        let signature = site.dist.root().signature();
        let name = &self.model.name(site.name).name;
        let aim = self.objective.aim(&site.dims);
        let error = if let Some(why) = self.model.refusal(estimator, site) {
            let able = candidates(self.model, site);
            errors::estimator_refuses(choice, name, signature, why, &able)
        } else if let Some(why) = estimator.misses(aim, signature) {
            objective_forbids(choice, name, why, self.ask, &able(self.model, site, aim))
        } else if let (true, Some(jump)) = (card.needs_smooth, flows.jumps.first()) {
            errors::use_forbids(choice, name, jump)
        } else if let ("marginalize", Some(guide)) = (card.name, site.guide) {
            errors::summed_beside_guide(choice, name, self.model.stmts[guide].span)
        } else if let ("marginalize", Some(dim)) =
            (card.name, inside(self.model, &self.batches, flows))
        {
            batch_errors::summed_inside(self.model, dim, name, choice.span)
        } else {
            match joint {
                Some(joint) if card.bias == Bias::Exact && joint > BUDGET => {
                    errors::over_budget(choice, name, joint)
                }
                _ => return Some(()),
            }
        };
        self.diags.push(error);
        None
    }

    fn automatic(
        &self,
        site: &Site,
        flows: &Flows,
        joint: Option<u128>,
        barred: Option<String>,
    ) -> Option<Chosen> {
        let estimators =
            self.policy.estimators.or(self.model.fit.estimators).unwrap_or(Estimators::Auto);
        let exact = if site.guide.is_some() { "enumerate" } else { "marginalize" };
        let aim = self.objective.aim(&site.dims);
        if estimators != Estimators::Exact || !able(self.model, site, aim).contains(&exact) {
            return sampled(self.model, site, flows, estimators, aim);
        }
        let why_not = match (barred, joint) {
            (Some(why), _) => why,
            (None, Some(_)) if inside(self.model, &self.batches, flows).is_some() => {
                "not summed: its costs are batched".into()
            }
            (None, Some(joint)) if joint <= BUDGET => {
                let reason = format!("exact: {joint} values, within {BUDGET}");
                return Chosen::new(exact, reason);
            }
            (None, Some(joint)) => format!("not summed: {}", errors::values(joint)),
            (None, None) => "not summed: as many values as the data will say".into(),
        };
        let chosen = sampled(self.model, site, flows, estimators, aim)?;
        Some(Chosen { reason: format!("{why_not}; {}", chosen.reason), ..chosen })
    }
}
