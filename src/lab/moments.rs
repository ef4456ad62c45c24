//! Gradients of one problem at one point: independent ones, and their mean and variance, parameter by parameter.

use super::point::Place;
use super::{Estimate, Settings};
use crate::backend::{self, CounterNoise, NoiseSource, Program, Step};
use crate::ir::{Dim, Graph, ParamInfo, Shape};
use crate::lower::Problem;
use crate::objective::{Objective, least_samples, objective};

/// A compiled objective with its parameters set and its schedules stopped.
pub(super) struct Compiled {
    pub(super) step: Box<dyn Step>,
    pub(super) graph: Graph,
}

impl Compiled {
    pub(super) fn new(objective: Objective, place: &dyn Place, settings: &Settings) -> Self {
        let Objective { graph, loss, elbo, .. } = objective;
        let program = Program { graph: graph.clone(), loss, watch: vec![elbo] };
        let mut step = backend::compile(program, settings.options);
        step.set_params(&place.params(&graph));
        for (row, knob) in graph.knobs.iter().enumerate() {
            step.set_knob(row, knob.schedule.at(settings.at));
        }
        Self { step, graph }
    }

    /// The ELBO of one step and its gradient.
    pub(super) fn elbo(&mut self, step: u64, noise: &mut dyn NoiseSource) -> (f64, Vec<f64>) {
        self.step.run(step, noise);
        let gradient = self.step.gradient().into_iter().map(|g| -g).collect();
        (self.step.watched(0)[0], gradient)
    }
}

/// The name of every number of the flat parameter vector; empty where it is no part of the objective.
pub(super) fn labels(graph: &Graph) -> Vec<String> {
    let mut labels = vec![];
    for ParamInfo { name, shape, init, auxiliary, .. } in &graph.params {
        labels.extend((0..init.len()).map(|place| match auxiliary {
            true => String::new(),
            false => element(graph, name, shape, place),
        }));
    }
    labels
}

/// `z.logits[n = 1, class = 2]`
pub(super) fn element(graph: &Graph, name: &str, shape: &Shape, place: usize) -> String {
    let position = |(d, i): (Dim, usize)| format!("{} = {}", graph.dim_info(d).name, i + 1);
    let positions: Vec<String> =
        shape.coordinates(graph, place).into_iter().map(position).collect();
    match positions.is_empty() {
        true => name.to_string(),
        false => format!("{name}[{}]", positions.join(", ")),
    }
}

/// Independent gradients of the ELBO.
pub(super) struct Sampler {
    compiled: Compiled,
    noise: CounterNoise,
    done: u64,
    /// Monte Carlo draws of one gradient.
    pub(super) draws: usize,
}

/// Mean and variance of gradients.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moments {
    pub(super) count: u64,
    pub(super) elbo: Estimate,
    /// Of each parameter.
    pub(super) mean: Vec<f64>,
    pub(super) variance: Vec<f64>,
}

/// Steps after which a moving baseline has settled.
const WARM: u64 = 60;

impl Sampler {
    pub(super) fn new(
        problem: &Problem,
        draws: usize,
        place: &dyn Place,
        settings: &Settings,
    ) -> Self {
        let draws = draws.max(least_samples(problem));
        let compiled = Compiled::new(objective(problem, draws), place, settings);
        let noise = CounterNoise::new(settings.seed);
        let mut sampler = Self { compiled, noise, done: 0, draws };
        if !sampler.compiled.graph.states.is_empty() {
            sampler.skip(WARM);
        }
        sampler
    }

    pub(super) fn graph(&self) -> &Graph {
        &self.compiled.graph
    }

    /// Holds a knob at a value.
    pub(super) fn hold(&mut self, knob: &str, value: f64) {
        let row = self.compiled.graph.knobs.iter().position(|k| k.name == knob);
        if let Some(row) = row {
            self.compiled.step.set_knob(row, value);
        }
    }

    /// Computes gradients that nobody reads.
    pub(super) fn skip(&mut self, count: u64) {
        for _ in 0..count {
            self.compiled.step.run(self.done, &mut self.noise);
            self.done += 1;
        }
    }

    /// The moments of the next `count` gradients.
    pub(super) fn moments(&mut self, count: u64) -> Moments {
        let width = self.compiled.step.param_count();
        let (mut elbo, mut all) = (Running::new(1), Running::new(width));
        for _ in 0..count {
            let (value, gradient) = self.compiled.elbo(self.done, &mut self.noise);
            self.done += 1;
            elbo.push(&[value]);
            all.push(&gradient);
        }
        let value = elbo.mean[0];
        let error = (elbo.variance()[0] / count as f64).sqrt();
        let elbo = Estimate { value, error };
        Moments { count, elbo, variance: all.variance(), mean: all.mean }
    }
}

impl Moments {
    /// The mean gradient with its standard errors.
    pub(super) fn estimates(&self) -> Vec<Estimate> {
        let error = |v: &f64| (v / self.count as f64).sqrt();
        let both = self.mean.iter().zip(&self.variance);
        both.map(|(&value, v)| Estimate { value, error: error(v) }).collect()
    }
}

/// Means and sums of squared deviations, updated one by one (Welford 1962).
struct Running {
    count: f64,
    mean: Vec<f64>,
    squares: Vec<f64>,
}

impl Running {
    fn new(width: usize) -> Self {
        Self { count: 0.0, mean: vec![0.0; width], squares: vec![0.0; width] }
    }

    fn push(&mut self, values: &[f64]) {
        self.count += 1.0;
        for ((mean, square), x) in self.mean.iter_mut().zip(&mut self.squares).zip(values) {
            let before = x - *mean;
            *mean += before / self.count;
            *square += before * (x - *mean);
        }
    }

    fn variance(&self) -> Vec<f64> {
        self.squares.iter().map(|s| s / (self.count - 1.0).max(1.0)).collect()
    }
}
