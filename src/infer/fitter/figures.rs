//! What a fit is worth at its averaged iterate: the ELBO, bounds, held-out data, findings, draws.

use super::{Elbo, Fitter};
use crate::backend::{self, Program};
use crate::check::model::{DimId, DimSize, NameKind};
use crate::infer::diagnosis::{Finding, diagnose, ran_away};
use crate::infer::sample::{Sample, SampledDim, sampled};
use crate::infer::tables::carry;
use crate::infer::worth::{Effort, Make, Task, estimate};
use crate::lower::Problem;
use crate::objective::{self, Objective, objective, true_bound, true_elbo};

/// Noise of the ELBO that is reported is not that of any step.
const REPORT_STEP: u64 = 1 << 40;
/// Noise of held-out data is neither.
const HELD_OUT_STEP: u64 = 1 << 42;
const REPORT_SAMPLES: usize = 100;
const REPORT_BATCHES: u64 = 10;
/// Bounds whose mean is reported, at least.
const LEAST_BOUNDS: u64 = 50;

impl Fitter {
    /// The true ELBO at the averaged iterate: hard draws, every weight 1.
    pub fn elbo(&mut self) -> Elbo {
        if self.batched.is_some() {
            return self.in_chunks(Effort::ELBO, &|problem, draws| true_elbo(problem, draws));
        }
        let objective = true_elbo(&self.problem, REPORT_SAMPLES);
        self.estimate(objective, REPORT_BATCHES)
    }

    fn in_chunks(&mut self, effort: Effort, of: &Make) -> Elbo {
        let (params, problem) = (self.params(), self.problem.clone());
        self.worth(&problem, &params, REPORT_STEP, effort, of)
    }

    fn worth(
        &mut self,
        problem: &Problem,
        params: &[f64],
        step: u64,
        effort: Effort,
        of: &Make,
    ) -> Elbo {
        let sample = &Sample::new(problem, &self.config);
        let task = Task { problem, params, options: self.config.options, step, effort, sample };
        task.worth(&mut self.noise, of)
    }

    /// The dimensions whose rows the figures of a problem are computed of a sample of.
    pub fn sampled(&self, problem: &Problem) -> Vec<SampledDim> {
        sampled(problem, &self.config)
    }

    /// The ELBO of other data at the averaged iterate, or the bound of that problem where it has one.
    ///
    /// # Errors
    /// The name of a parameter that the other data need and this fit does not have: a guide with values of its own for each
    /// row knows nothing of new rows.
    pub fn held_out(&mut self, other: &Problem) -> Result<Elbo, String> {
        let graph = objective(other, objective::least_samples(other)).graph;
        let params = carry(&self.graph, &self.params(), &graph, &changing(&self.problem))?;
        let copies = other.plan.objective.copies();
        let effort = copies.map_or(Effort::ELBO, Effort::bound);
        let of = |problem: &Problem, draws| match copies {
            Some(_) => true_bound(problem, draws),
            None => true_elbo(problem, draws),
        };
        Ok(self.worth(other, &params, HELD_OUT_STEP, effort, &of))
    }

    /// The importance-weighted bound there, where one is optimised.
    pub fn bound(&mut self) -> Option<Elbo> {
        let choice = self.problem.plan.objective;
        if !choice.kind.weighs() {
            return None;
        }
        if self.batched.is_some() {
            let effort = Effort::bound(choice.draws);
            return Some(self.in_chunks(effort, &|problem, draws| true_bound(problem, draws)));
        }
        let samples = (REPORT_SAMPLES / choice.draws).max(1);
        let batches = LEAST_BOUNDS.div_ceil(samples as u64).max(REPORT_BATCHES);
        Some(self.estimate(true_bound(&self.problem, samples), batches))
    }

    fn estimate(&mut self, objective: Objective, batches: u64) -> Elbo {
        let Objective { graph, loss, per_draw, .. } = objective;
        let mut step =
            backend::compile(Program { graph, loss, watch: vec![per_draw] }, self.config.options);
        step.set_params(&self.params());
        let mut values = vec![];
        for batch in 0..batches {
            step.run(REPORT_STEP + batch, &mut self.noise);
            values.extend(step.watched(0));
        }
        estimate(&values)
    }

    /// Whether what is optimised is another quantity than the bound that is reported.
    pub fn relaxed(&self) -> bool {
        objective::differs(&self.problem)
    }

    /// What the averaged iterate shows of failures that the ELBO hides.
    pub fn diagnose(&self) -> Vec<Finding> {
        let mut found = diagnose(&self.problem, &self.params(), &self.config);
        found.extend(self.tempering.unmet());
        let last = |name: &String| Some((name.clone(), *self.history.column(name)?.last()?));
        let learnt: Vec<(String, f64)> = self.learnt.iter().filter_map(last).collect();
        found.extend(ran_away(&self.problem, &learnt));
        found
    }

    /// Posterior draws at the averaged iterate.
    pub fn draws(&self) -> crate::infer::Draws {
        crate::infer::draws(&self.problem, &self.params(), self.config.draws, self.config.seed)
    }
}

/// The dimensions whose positions are other things in other data: those that are batched; where none is, those that observed
/// data have first, where the data size them without labels.
pub(in crate::infer) fn changing(problem: &Problem) -> Vec<&str> {
    let model = &problem.bound.model;
    let unnamed = |d: &DimId| {
        let sized = model.dim(*d).size == DimSize::FromData;
        sized && problem.bound.dims[d.0 as usize].labels.is_none()
    };
    let observed = model.names.iter().filter_map(|n| match &n.kind {
        NameKind::Data(data) if data.observed => n.ty.dims.first(),
        _ => None,
    });
    let batched: Vec<DimId> = problem.plan.batches.iter().map(|(d, _)| *d).collect();
    let first: Vec<DimId> = observed.copied().filter(unnamed).collect();
    let rows = if batched.is_empty() { first } else { batched };
    rows.into_iter().map(|d| model.dim(d).name.as_str()).collect()
}
