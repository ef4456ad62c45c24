//! The loop: noise, step, check, record, update; and the averages that a fit ends with.

use super::average::Average;
use super::blame::{Blame, blame};
use super::config::Config;
use super::coordinates::Walker;
use super::diagnosis::{Finding, diagnose};
use super::history::History;
use super::newton;
use super::optimizer::update;
use super::starts::{best_start, carried};
use crate::backend::{self, CounterNoise, Program, Step};
use crate::ir::Graph;
use crate::lower::Problem;
use crate::objective::{self, Objective, objective, true_elbo};
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
    /// Room for the parameters of a step.
    params: Vec<f64>,
    /// Iterates go into the average every so many steps, so that large models spend no time on it.
    thinning: u64,
    history: History,
    recent: Option<f64>,
}

/// How a fit began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Noise of the ELBO that is reported is not that of any step.
const REPORT_STEP: u64 = 1 << 40;
/// Noise of the Newton start has a seed of its own.
const NEWTON_SEED: u64 = 0x6e65_7774_6f6e;
const REPORT_SAMPLES: usize = 100;
const REPORT_BATCHES: u64 = 10;

impl Fitter {
    /// Compiles the objective; nothing is computed yet.
    pub fn new(problem: Arc<Problem>, config: Config) -> Self {
        let Objective { graph, loss, elbo, terms, .. } = objective(&problem, config.samples);
        let value = if objective::differs(&problem) { "optimised_elbo" } else { "elbo" };
        let mut columns = vec!["step".to_string(), value.into(), "gradient_norm".into()];
        columns.extend(terms.iter().map(|(name, _)| name.clone()));
        columns.extend(graph.knobs.iter().map(|k| k.name.clone()));
        let watch = std::iter::once(elbo).chain(terms.iter().map(|(_, node)| *node)).collect();
        let program = Program { graph: graph.clone(), loss, watch };
        let step = backend::compile(program, config.options);
        let len = step.param_count();
        Self {
            noise: CounterNoise::new(config.seed),
            step,
            graph,
            loss,
            done: 0,
            walker: None,
            average: Average::new(len),
            params: vec![0.0; len],
            thinning: (len as u64 / 1000).max(1),
            history: History::new(columns),
            recent: None,
            problem,
            config,
        }
    }

    /// The best of several starts, then Newton steps, where the problem wants them and is not too large.
    pub fn start(&mut self) -> Beginning {
        let best = best_start(&self.problem, &self.config);
        if let Some((params, _)) = &best {
            self.step.set_params(params);
        }
        let starts = best.map_or(1, |(_, count)| count);
        Beginning { starts, newton_iterations: self.newton() }
    }

    /// Begins where another fit stands: parameters of the same name and shape are taken over, but for those of latents that
    /// `keeps` refuses, which catch up first; then Newton steps from there.
    pub fn resume(&mut self, from: &Fitter, keeps: &dyn Fn(&str) -> bool) -> Beginning {
        let params = carried(&self.problem, &self.config, &from.graph, &from.params(), keeps);
        self.step.set_params(&params);
        Beginning { starts: 1, newton_iterations: self.newton() }
    }

    /// Ends after so many steps instead of as many as the configuration says.
    pub fn end_at(&mut self, steps: u64) {
        self.config.steps = steps;
    }

    /// The parameters of the averaged iterate, array by array.
    pub fn named_params(&self) -> Vec<(String, Vec<f64>)> {
        let params = self.params();
        let spans = self.graph.param_spans().into_iter();
        let named = spans.zip(&self.graph.params);
        named.map(|(span, info)| (info.name.clone(), params[span].to_vec())).collect()
    }

    fn newton(&mut self) -> Option<usize> {
        if !self.config.newton || !newton::smooth(&self.problem) {
            return None;
        }
        let noise = CounterNoise::new(self.config.seed ^ NEWTON_SEED);
        let from = self.step.params();
        let start = newton::newton(&self.problem, self.config.options, noise, from)?;
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
        while self.done < last {
            self.one()?;
        }
        Ok(())
    }

    fn one(&mut self) -> Result<(), Stop> {
        let now = self.done;
        for (row, knob) in self.graph.knobs.iter().enumerate() {
            self.step.set_knob(row, knob.schedule.at(now));
        }
        let loss = self.step.run(now, &mut self.noise);
        let norm = self.step.gradient_norm();
        if !(loss.is_finite() && norm.is_finite()) {
            return Err(Stop::NotFinite(self.blame(now)));
        }
        if History::wants(now, self.config.steps) {
            self.record(now, norm);
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
            None => self.step.update(update(*optimizer, learning_rate.at(now), now + 1)),
            Some(walker) => {
                let update = update(*optimizer, whitened_rate.at(now), now + 1);
                walker.walk(self.step.as_mut(), update);
            }
        }
    }

    fn remember(&mut self) {
        match &self.walker {
            Some(walker) => self.average.push(walker.at()),
            None => {
                self.step.read_params(&mut self.params);
                self.average.push(&self.params);
            }
        }
    }

    fn record(&mut self, now: u64, norm: f64) {
        let mut row = vec![now as f64];
        let terms = self.history.columns.len() - 3 - self.graph.knobs.len();
        row.push(self.step.watched(0)[0]);
        self.recent = Some(row[1]);
        row.push(norm);
        row.extend((1..=terms).map(|i| self.step.watched(i)[0]));
        row.extend(self.graph.knobs.iter().map(|k| k.schedule.at(now)));
        self.history.rows.push(row);
    }

    fn blame(&mut self, now: u64) -> Option<Blame> {
        let float = self.config.options.float;
        blame(&self.graph, self.loss, self.step.params(), now, float, &mut self.noise)
    }

    /// The ELBO of the last recorded step.
    pub fn recent_elbo(&self) -> Option<f64> {
        self.recent
    }

    /// Temperatures and weights at this step, by name.
    pub fn knobs(&self) -> Vec<(String, f64)> {
        let knobs = self.graph.knobs.iter();
        knobs.map(|k| (k.name.clone(), k.schedule.at(self.done))).collect()
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// The averaged iterate, or the parameters as they are before the first step.
    pub fn params(&self) -> Vec<f64> {
        match (self.average.mean(), &self.walker) {
            (None, _) => self.step.params(),
            (Some(mean), None) => mean,
            (Some(mean), Some(walker)) => walker.parameters(&mean),
        }
    }

    /// The true ELBO at the averaged iterate: hard draws, every weight 1.
    pub fn elbo(&mut self) -> Elbo {
        let Objective { graph, loss, per_draw, .. } = true_elbo(&self.problem, REPORT_SAMPLES);
        let mut step =
            backend::compile(Program { graph, loss, watch: vec![per_draw] }, self.config.options);
        step.set_params(&self.params());
        let mut values = vec![];
        for batch in 0..REPORT_BATCHES {
            step.run(REPORT_STEP + batch, &mut self.noise);
            values.extend(step.watched(0));
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let spread =
            values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
        Elbo { mean, se: (spread / count).sqrt() }
    }

    /// Whether what is optimised is another quantity than the ELBO that is reported.
    pub fn relaxed(&self) -> bool {
        objective::differs(&self.problem)
    }

    /// What the averaged iterate shows of failures that the ELBO hides.
    pub fn diagnose(&self) -> Vec<Finding> {
        diagnose(&self.problem, &self.params(), &self.config)
    }

    /// Posterior draws at the averaged iterate.
    pub fn draws(&self) -> super::Draws {
        super::draws(&self.problem, &self.params(), self.config.draws, self.config.seed)
    }
}
