//! New data under a fit: which values are to be drawn, and from what.
//!
//! Latents without new rows are those of the fit. Those of new rows come from their guide where that computes them from data
//! that are there, else from the prior given the rest; those that are summed out are drawn given their data. Statistics of
//! data alone are numbers of the fit.

use super::{Inputs, Session, errors};
use crate::check::model::{DimId, Model, NameId, NameKind, Stage};
use crate::check::plan::{LatentPlan, Plan, Sizes, plan};
use crate::data::{self, BoundDim, Partial};
use crate::diag::{Diagnostic, Diagnostics};
use crate::infer::{self, Draws, Param, SEED, predictions};
use crate::lower::{Blanks, Problem, of_data, supports};
use std::collections::BTreeSet;
use std::sync::Arc;

/// New data, and what is to be drawn of them.
pub struct Prediction {
    pub problem: Problem,
    blanks: Blanks,
    /// Latents and computed names with new rows, and observed data that are drawn.
    wanted: Vec<NameId>,
    params: Vec<f64>,
}

impl Session {
    /// What a fit says of the data that it saw, were they drawn anew.
    ///
    /// # Errors
    /// E0447 where nothing is observed, E0448 where the fit lacks a parameter.
    pub fn replicas(&self, problem: Problem, fitted: &[Param]) -> Result<Prediction, Diagnostics> {
        let drawn: Vec<NameId> = self.model.observed().collect();
        let rows = (vec![], drawn.clone());
        Self::known(problem, Blanks { drawn, ..Blanks::default() }, rows, fitted)
    }

    /// What a fit says of new data. `before` are the dimensions of the fit, `then` its problem, which is asked for where the
    /// model has statistics of its data.
    ///
    /// # Errors
    /// Whatever is wrong with the data, E0447 where nothing is left to be drawn, E0448 where the fit lacks what new rows need.
    pub fn prediction(
        &self,
        inputs: &Inputs,
        before: &[BoundDim],
        fitted: &[Param],
        then: &dyn Fn() -> Result<Problem, Diagnostics>,
    ) -> Result<(Prediction, Diagnostics), Diagnostics> {
        let (tables, mut found) = data::read(&inputs.data);
        if found.has_errors() {
            return Err(found);
        }
        let (partial, more) = data::bind_partly(self.model.clone(), &tables, &inputs.dims, before);
        found.extend(more);
        let Some(Partial { mut bound, lacking, absent, unasked, fresh, grown }) = partial else {
            return Err(found);
        };
        bound.model = Arc::new(settled(&self.model, &fresh, then)?);
        let bound = Arc::new(bound);
        let sizes = Sizes { dims: bound.sizes(), supports: supports(&bound) };
        let (plan, more) = plan(&bound.model, &inputs.policy, &sizes);
        if more.has_errors() {
            return Err(more);
        }
        let said = Said {
            model: &bound.model,
            plan: &plan,
            lacking: &lacking,
            absent: &absent,
            unasked: &unasked,
            fresh: &fresh,
        };
        let (drawn, wanted) = said.wanted()?;
        let latents = said.blank_latents(&said.sources_of(&wanted)).map_err(super::one)?;
        let seed = inputs.seed.or(self.model.fit.seed).unwrap_or(SEED);
        let problem = self.assemble(bound, plan, seed);
        let blanks = Blanks { drawn, lacking, latents, grown };
        Ok((Self::known(problem, blanks, (fresh, wanted), fitted)?, found))
    }

    fn known(
        problem: Problem,
        blanks: Blanks,
        (fresh, wanted): (Vec<DimId>, Vec<NameId>),
        fitted: &[Param],
    ) -> Result<Prediction, Diagnostics> {
        let model = &problem.bound.model;
        let grown = blanks.grown.iter().map(|(d, _)| model.dim(*d).name.as_str());
        let (params, missing) = infer::fitted(&problem, fitted, &grown.collect::<Vec<_>>());
        let of_rows = |name: &NameId| is_param_of(model, *name, &fresh);
        if let Some(name) = model.modelled_reads().into_iter().find(of_rows) {
            return Err(super::one(errors::not_of_the_fit(model, &model.name(name).name, &fresh)));
        }
        let needed = |param: &&String| {
            let owner = model.find_name(param.split('.').next().unwrap_or_default());
            owner.is_none_or(|name| !blanks.latents.contains(&name) && !of_rows(&name))
        };
        if let Some(param) = missing.iter().find(needed) {
            return Err(super::one(errors::not_of_the_fit(model, param, &fresh)));
        }
        let prediction = Prediction { params, blanks, wanted, problem };
        let model = prediction.problem.bound.model.clone();
        match names(&model).any(|name| prediction.is_wanted(name)) {
            true => Ok(prediction),
            false => Err(super::one(errors::nothing_to_predict(&model))),
        }
    }
}

/// What new data say.
struct Said<'s> {
    model: &'s Model,
    plan: &'s Plan,
    lacking: &'s [NameId],
    absent: &'s [(NameId, Diagnostic)],
    unasked: &'s [DimId],
    fresh: &'s [DimId],
}

impl Said<'_> {
    /// The observed data that are to be drawn, and everything that is. What is of rows that nobody asks about and cannot be had
    /// is left out, where something else is asked for.
    fn wanted(&self) -> Result<(Vec<NameId>, Vec<NameId>), Diagnostics> {
        let mut left_out = vec![];
        let mut can_be_had = |name: &NameId| {
            let error = self.lack(*name).filter(|_| self.is_unasked(*name));
            error.map(|error| left_out.push(error)).is_none()
        };
        let drawn = self.lacking.iter().copied().filter(&mut can_be_had).collect::<Vec<_>>();
        let new = names(self.model).filter(|&name| is_new(self.model, name, self.fresh));
        let wanted: Vec<NameId> = new.filter(can_be_had).chain(drawn.iter().copied()).collect();
        let error = match wanted.is_empty() {
            true => left_out.into_iter().next().or_else(|| Some(self.absent.first()?.1.clone())),
            false => wanted.iter().find_map(|&name| self.lack(name)),
        };
        error.map_or(Ok((drawn, wanted)), |error| Err(super::one(error)))
    }

    /// What is missing for the draws of a name.
    fn lack(&self, name: NameId) -> Option<Diagnostic> {
        let needed = self.sources_of(&[name]);
        let absent = self.absent.iter().find(|(datum, _)| needed.contains(datum));
        let error = absent.map(|(_, error)| error.clone());
        error.or_else(|| self.blank_latents(&needed).err())
    }

    /// Whether it is of rows that the new data do not have.
    fn is_unasked(&self, name: NameId) -> bool {
        self.model.name(name).ty.dims.iter().any(|d| self.unasked.contains(d))
    }

    fn sources_of(&self, wanted: &[NameId]) -> BTreeSet<NameId> {
        let summed: Vec<NameId> = self.summed().collect();
        self.model.sources_of(wanted, &summed)
    }

    /// The latents that are summed inside the logarithm.
    fn summed(&self) -> impl Iterator<Item = NameId> {
        let is_summed = |l: &&LatentPlan| l.estimator().card().name == "marginalize";
        self.plan.latents.iter().filter(is_summed).map(|l| l.name)
    }

    /// The latents of new rows that are drawn from their priors, of those that are needed.
    fn blank_latents(&self, needed: &BTreeSet<NameId>) -> Result<Vec<NameId>, Diagnostic> {
        let Self { model, lacking, fresh, .. } = *self;
        let (mut blank, mut summed): (Vec<NameId>, Vec<NameId>) = (vec![], vec![]);
        for site in model.sites().filter(|site| !site.observed && needed.contains(&site.name)) {
            let is_new = site.dims.iter().any(|d| fresh.contains(d));
            if self.summed().any(|name| name == site.name) {
                if !is_new {
                    return Err(errors::summed_out(model, site.name));
                }
                summed.push(site.name);
                continue;
            }
            let reads = model.guide_names(site.name);
            let unknown = |n: &NameId| {
                lacking.contains(n) || blank.contains(n) || is_param_of(model, *n, fresh)
            };
            let without = reads.into_iter().find(unknown);
            match (is_new, without) {
                (false, Some(datum)) => return Err(errors::guide_lacks(model, site.name, datum)),
                (true, lack) if site.guide.is_none() || lack.is_some() => blank.push(site.name),
                _ => {}
            }
        }
        // Beside draws from a prior, which the data do not move, what was summed is drawn from its own.
        Ok(if blank.is_empty() { blank } else { blank.into_iter().chain(summed).collect() })
    }
}

impl Prediction {
    /// Draws of what lacks, and of latents and computed names that have new rows.
    pub fn draws(&self, count: usize, seed: u64) -> Draws {
        let wanted = |name| self.is_wanted(name);
        predictions(&self.problem, &self.params, &self.blanks, (count, seed), &wanted)
    }

    /// How many numbers a draw has.
    pub fn elements(&self) -> usize {
        let bound = &self.problem.bound;
        let wanted = names(&bound.model).filter(|&name| self.is_wanted(name));
        wanted.map(|name| bound.elements(name)).sum()
    }

    fn is_wanted(&self, name: NameId) -> bool {
        let is_short = self.blanks.drawn.is_empty() || infer::is_reported(&self.problem, name);
        self.blanks.drawn.contains(&name) || self.wanted.contains(&name) && is_short
    }
}

/// Whether it is a latent, or computed from some, and has new rows.
fn is_new(model: &Model, name: NameId, fresh: &[DimId]) -> bool {
    let decl = model.name(name);
    let is_shown = match decl.kind {
        NameKind::Latent { .. } => true,
        NameKind::Let { hidden, .. } => decl.ty.stage >= Stage::Param && !hidden,
        _ => false,
    };
    is_shown && decl.ty.dims.iter().any(|d| fresh.contains(d))
}

/// Whether it is a point estimate for each of some rows.
fn is_param_of(model: &Model, name: NameId, rows: &[DimId]) -> bool {
    let decl = model.name(name);
    let is_param = matches!(decl.kind, NameKind::Param { .. });
    is_param && decl.ty.dims.iter().any(|d| rows.contains(d))
}

/// The model with the statistics of the data that were fitted.
fn settled(
    model: &Model,
    fresh: &[DimId],
    then: &dyn Fn() -> Result<Problem, Diagnostics>,
) -> Result<Model, Diagnostics> {
    let any = model.clone().settle(fresh, &mut |_| vec![]);
    let mut settled = model.clone();
    if any {
        let then = then()?;
        settled.settle(fresh, &mut |e| of_data(&then, e));
    }
    Ok(settled)
}

fn names(model: &Model) -> impl Iterator<Item = NameId> {
    (0..model.names.len() as u32).map(NameId)
}
