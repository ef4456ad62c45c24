//! The loop: noise, step, check, record, update; and the averages that a fit ends with.

mod ending;
mod figures;
mod state;

pub(super) use figures::changing;

use super::average::{Average, put_all};
use super::batches::Batches;
use super::blame::{At, Blame, blame};
use super::config::Config;
use super::coordinates::Walker;
use super::history::History;
use super::newton;
use super::optimizer::update;
use super::starts::{best_start, settled};
use super::tables::{Locals, carried, gathered};
use super::tempering::{Reading, Tempering};
use crate::backend::{self, CounterNoise, Program, Step};
use crate::ir::{Graph, Rows};
use crate::lower::Problem;
use crate::objective::{self, Objective, objective};
use std::sync::Arc;

/// A fit under way.
pub struct Fitter {
    problem: Arc<Problem>,
    config: Config,
    step: Box<dyn Step>,
    graph: Graph,
    loss: crate::ir::NodeId,
    noise: CounterNoise,
    /// Steps done.
    done: u64,
    /// After a Newton start, in whose coordinates the optimiser moves.
    walker: Option<Walker>,
    /// Of the parameters, or of the walker's coordinates.
    average: Average,
    /// Whether the fit ended, and did so with the last iterate.
    ends_at_last: bool,
    /// Iterates go into the average every so many steps, so that large models spend no time on it.
    thinning: u64,
    history: History,
    recent: Option<f64>,
    batched: Option<Batched>,
    tempering: Tempering,
    /// Columns of the history that are learnt temperatures.
    learnt: Vec<String>,
}

/// What a fit with batched dimensions carries: where its rows come from, and those of parameters and states.
struct Batched {
    batches: Batches,
    locals: Locals,
    /// Those of the step at hand.
    rows: Rows,
}

/// How a fit began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Beginning {
    /// Starts that were compared; 1 is the usual start alone.
    pub starts: usize,
    /// `None` where the fit began without Newton steps.
    pub newton_iterations: Option<usize>,
}

/// Why a fit ended before its last step.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// A number was not finite; the parameters are those before it.
    NotFinite(Option<Blame>),
}

/// An ELBO and the standard error of its estimate, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elbo {
    pub mean: f64,
    pub se: f64,
}

/// Iterates of a fit that the average has at least, where there are as many steps.
const AVERAGED: u64 = 200;
/// Noise of the Newton start has a seed of its own.
const NEWTON_SEED: u64 = 0x6e65_7774_6f6e;

impl Fitter {
    /// Compiles the objective; nothing is computed yet.
    pub fn new(problem: Arc<Problem>, config: Config) -> Self {
        let Objective { graph, loss, elbo, mut terms, learnt, .. } =
            objective(&problem, config.samples);
        let names: Vec<String> = learnt.iter().map(|(name, _)| name.clone()).collect();
        terms.extend(learnt);
        let value = objective::column(&problem);
        let mut columns = vec!["step".to_string(), value, "gradient_norm".into()];
        columns.extend(terms.iter().map(|(name, _)| name.clone()));
        columns.extend(graph.knobs.iter().map(|k| k.name.clone()));
        let watch = std::iter::once(elbo).chain(terms.iter().map(|(_, node)| *node)).collect();
        let is_batched = !problem.plan.batches.is_empty();
        let batched = is_batched.then(|| Batched {
            batches: Batches::new(&graph, &config),
            locals: Locals::new(&graph),
            rows: Rows::first(&graph),
        });
        let program = Program { graph: graph.clone(), loss, watch };
        let step = backend::compile(program, config.options);
        let len = step.param_count();
        let thinning = (len as u64 / 1000).min(config.steps / AVERAGED).max(1);
        Self {
            noise: CounterNoise::new(config.seed),
            step,
            graph,
            loss,
            done: 0,
            walker: None,
            average: Average::new(len, config.average, thinning),
            ends_at_last: false,
            thinning,
            history: History::new(columns),
            recent: None,
            batched,
            tempering: Tempering::new(&problem, &config),
            learnt: names,
            problem,
            config,
        }
    }

    /// The best of several starts, then Newton steps, where the problem wants them and is not too large.
    pub fn start(&mut self) -> Beginning {
        let best = best_start(&self.problem, &self.config);
        if let Some((params, _)) = &best {
            self.set_params(params);
        }
        let starts = best.map_or(1, |(_, count)| count);
        Beginning { starts, newton_iterations: self.newton() }
    }

    /// Begins where another fit stands: parameters of the same name and shape are taken over, but for those of latents that
    /// `keeps` refuses, which catch up first; then Newton steps from there.
    pub fn resume(&mut self, from: &Fitter, keeps: &dyn Fn(&str) -> bool) -> Beginning {
        let (mut params, still) = carried(&self.graph, &from.graph, &from.params(), keeps);
        let some = !still.is_empty() && still.len() < params.len();
        if self.batched.is_none() && some {
            params = settled(&self.problem, &self.config, params, &still);
        }
        self.set_params(&params);
        Beginning { starts: 1, newton_iterations: self.newton() }
    }

    /// Ends after so many steps instead of as many as the configuration says.
    pub fn end_at(&mut self, steps: u64) {
        self.config.steps = steps;
    }

    /// Takes over parameters of all rows.
    fn set_params(&mut self, params: &[f64]) {
        let rows = match &mut self.batched {
            Some(Batched { locals, rows, .. }) => {
                locals.set(&self.graph, params);
                rows.clone()
            }
            None => Rows::default(),
        };
        self.step.set_params(&gathered(&self.graph, params, &rows));
    }

    fn newton(&mut self) -> Option<usize> {
        let is_batched = self.batched.is_some();
        if is_batched || !self.config.newton || !newton::smooth(&self.problem) {
            return None;
        }
        let noise = CounterNoise::new(self.config.seed ^ NEWTON_SEED);
        let from = self.step.params();
        let problem = self.problem.on_elbo();
        let start = newton::newton(&problem, self.config.options, noise, from)?;
        self.step.set_params(&start.params);
        self.walker = Some(Walker::new(start.coordinates, &start.params));
        Some(start.iterations)
    }

    pub fn done(&self) -> u64 {
        self.done
    }

    /// Up to `count` more steps, never beyond the last.
    ///
    /// # Errors
    /// A number that is not finite ends the fit; parameters are then those that the step began with.
    pub fn advance(&mut self, count: u64) -> Result<(), Stop> {
        let last = self.config.steps.min(self.done + count);
        self.ends_at_last = false;
        backend::together(self.step.threads(), || {
            while self.done < last {
                self.one()?;
            }
            Ok(())
        })
    }

    fn one(&mut self) -> Result<(), Stop> {
        let now = self.done;
        if self.tempering.is_due(now) {
            let at = (&self.graph, &*self.step.params());
            self.tempering.lower(&self.problem, &self.config, now, at);
        }
        for row in 0..self.graph.knobs.len() {
            self.step.set_knob(row, self.knob(row, now));
        }
        if let Some(Batched { batches, locals, rows }) = &mut self.batched {
            *rows = batches.at(now);
            self.step.set_rows(rows);
            locals.load(self.step.as_mut(), rows);
            if self.graph.batches.iter().any(|batch| batch.table.is_far()) {
                let next = batches.at(now + 1);
                self.graph.batches.iter().for_each(|batch| next.expect(&self.graph, batch));
            }
        }
        let loss = self.step.run(now, &mut self.noise);
        let norm = self.step.gradient_norm();
        if !(loss.is_finite() && norm.is_finite()) {
            return Err(Stop::NotFinite(self.blame(now)));
        }
        if History::wants(now, self.config.steps) {
            self.record(now, norm);
        }
        if let Some(most) = self.config.clip.filter(|most| norm > *most) {
            self.step.scale_gradient(most / norm);
        }
        self.move_on(now);
        self.done += 1;
        if now.is_multiple_of(self.thinning) {
            self.remember();
        }
        Ok(())
    }

    fn move_on(&mut self, now: u64) {
        let Config { optimizer, learning_rate, whitened_rate, .. } = &self.config;
        match &mut self.walker {
            None => {
                let rate = learning_rate.at(now);
                if self.config.weight_decay > 0.0 {
                    self.step.shrink_weights(1.0 - rate * self.config.weight_decay);
                }
                self.step.update(update(*optimizer, rate, now + 1));
                if let Some(Batched { locals, rows, .. }) = &mut self.batched {
                    locals.update(self.step.as_ref(), |visit| update(*optimizer, rate, visit));
                    locals.keep_states(self.step.as_ref(), rows);
                }
            }
            Some(walker) => {
                let update = update(*optimizer, whitened_rate.at(now), now + 1);
                walker.walk(self.step.as_mut(), update);
            }
        }
    }

    fn remember(&mut self) {
        let Self { walker, average, step, .. } = self;
        average.push(|keep, take, total| match walker {
            Some(walker) => put_all(keep, take, total, walker.at()),
            None => step.average_params(keep, take, total),
        });
    }

    fn record(&mut self, now: u64, norm: f64) {
        let mut row = vec![now as f64];
        let terms = self.history.columns.len() - 3 - self.graph.knobs.len();
        row.push(self.step.watched(0)[0]);
        self.recent = Some(row[1]);
        row.push(norm);
        row.extend((1..=terms).map(|i| self.step.watched(i)[0]));
        row.extend((0..self.graph.knobs.len()).map(|knob| self.knob(knob, now)));
        self.history.rows.push(row);
    }

    fn blame(&mut self, now: u64) -> Option<Blame> {
        let float = self.config.options.float;
        let rows = self.batched.as_ref().map(|b| b.rows.clone()).unwrap_or_default();
        let at = At { params: self.step.params(), step: now, rows, float };
        blame(&self.graph, self.loss, at, &mut self.noise)
    }

    /// What is optimised, at the last recorded step.
    pub fn recent(&self) -> Option<f64> {
        self.recent
    }

    /// The name of what is optimised: `ELBO`, `iwae(8 over n)`.
    pub fn objective(&self) -> String {
        let choice = self.problem.plan.objective;
        let model = &self.problem.bound.model;
        if choice.kind.weighs() { choice.words(model) } else { "ELBO".into() }
    }

    /// Temperatures and weights at this step, by name.
    pub fn knobs(&self) -> Vec<(String, f64)> {
        let knobs = self.graph.knobs.iter().enumerate();
        knobs.map(|(row, k)| (k.name.clone(), self.knob(row, self.done))).collect()
    }

    fn knob(&self, row: usize, step: u64) -> f64 {
        let knob = &self.graph.knobs[row];
        self.tempering.at(&knob.name).unwrap_or_else(|| knob.schedule.at(step))
    }

    /// The temperatures that the fit set itself, and why.
    pub fn temperatures(&self) -> &[Reading] {
        &self.tempering.readings
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// The iterate that the fit ended with, else the averaged one, or the parameters as they are before the first step. Where
    /// rows are batched, those of all rows.
    pub fn params(&self) -> Vec<f64> {
        let flat = self.step_params();
        match &self.batched {
            Some(batched) => batched.locals.all(&self.graph, &flat),
            None => flat,
        }
    }

    fn step_params(&self) -> Vec<f64> {
        match (self.average.mean().filter(|_| !self.ends_at_last), &self.walker) {
            (None, _) => self.step.params(),
            (Some(mean), None) => mean,
            (Some(mean), Some(walker)) => walker.parameters(&mean),
        }
    }
}
