//! Where a fit begins when its objective has many modes: several scattered starts, a short pilot of each, and the one with
//! the best ELBO goes on.
//!
//! A guide that holds discrete latents apart from the rest freezes at the first assignment that it finds, from nearly
//! any start. Pilots therefore sum out what can be summed, where modes are fewer and wide; then the discrete guides catch
//! up with the winner while the rest stands still.

use super::chunks::larger;
use super::config::{Config, Optimizer};
use super::optimizer::update;
use super::scatter::scatter;
use super::tables::{adopt, gathered, initial};
use crate::backend::{self, CounterNoise, Moments, Program, Step};
use crate::check::model::{DistCall, StmtKind};
use crate::dist::Event;
use crate::ir::{Graph, Rows};
use crate::lower::Problem;
use crate::objective::{Objective, least_samples, objective, true_elbo};
use std::sync::Arc;

/// Starts of a problem that may have many modes.
const STARTS: usize = 24;
/// Steps of the first round, but no more than this share of the fit's. The better half of the starts goes on to the next
/// one, which is twice as long: all of them together take at most three quarters of the steps of the fit.
const ROUND: u64 = 100;
const SHARE: u64 = 100;
const ROUNDS: u32 = 3;
const RATE: f64 = 0.1;
/// Draws that pilots are compared by, the same for all.
const JUDGE_DRAWS: usize = 20;
const JUDGE_STEP: u64 = 1 << 41;
/// Noise of scattered starts and of their pilots has a seed of its own.
const SEED: u64 = 0x73_7461_7274;

/// How many starts a problem wants: components can change places, and any discrete choice can be frozen.
pub(super) fn usual_count(problem: &Problem) -> usize {
    let model = &problem.bound.model;
    let many = model.stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Tilde(site) => {
            let discrete = site.dist.root().signature().support.is_discrete();
            !site.observed && discrete || has_components(&site.dist)
        }
        _ => false,
    });
    if many && !model.has_weights() { STARTS } else { 1 }
}

fn has_components(dist: &DistCall) -> bool {
    let inside = dist.inner.as_ref().is_some_and(|inner| has_components(inner));
    inside || dist.dist.0.signature().event == Event::Components
}

/// The parameters of the best of several starts after its pilot, and how many there were; `None` where there is nothing
/// to scatter or no pilot has a finite ELBO.
pub(super) fn best_start(problem: &Problem, config: &Config) -> Option<(Vec<f64>, usize)> {
    if config.starts == 1 {
        return None;
    }
    let problem = &problem.on_elbo();
    let summed = summed(problem);
    let eased = summed.as_ref().unwrap_or(problem);
    let noise = CounterNoise::new(config.seed ^ SEED);
    let (some, eased) = (larger(problem), larger(eased));
    let places = scatter(&eased, config.starts, noise);
    let count = places.len();
    if count == 1 {
        return None;
    }
    let length = (config.steps / SHARE).clamp(1, ROUND);
    let mut pilots = Pilots::new(&eased, config, noise);
    let best = pilots.race(places, length)?;
    if summed.is_none() {
        return Some((pilots.all_rows(&best), count));
    }
    let mut followers = Pilots::new(&some, config, noise);
    let best = followers.catch_up(&pilots.graph, &best, length);
    Some((followers.all_rows(&best), count))
}

/// Parameters of which `still` stand where another fit left them, once the rest has followed.
pub(super) fn settled(
    problem: &Problem,
    config: &Config,
    params: Vec<f64>,
    still: &[usize],
) -> Vec<f64> {
    let noise = CounterNoise::new(config.seed ^ SEED);
    let mut runner = Runner::new(params);
    Pilots::new(&problem.on_elbo(), config, noise).run(&mut runner, 0, ROUND, still);
    runner.at
}

/// The problem with whatever can be summed out summed out, where that is another one.
fn summed(problem: &Problem) -> Option<Problem> {
    let plan = problem.plan.summed(&problem.bound.model)?;
    (plan != *problem.plan).then(|| Problem { plan: Arc::new(plan), ..problem.clone() })
}

/// An objective to walk along, and the ELBO to judge by; of batched dimensions on some rows, the same for all pilots.
struct Pilots {
    graph: Graph,
    step: Box<dyn Step>,
    judge: Box<dyn Step>,
    noise: CounterNoise,
}

impl Pilots {
    fn new(problem: &Problem, config: &Config, noise: CounterNoise) -> Self {
        let samples = config.samples.max(least_samples(problem));
        let Objective { graph, loss, .. } = objective(problem, samples);
        let program = Program { graph: graph.clone(), loss, watch: vec![] };
        let step = backend::compile(program, config.options);
        let Objective { graph: report, loss, elbo, .. } = true_elbo(problem, JUDGE_DRAWS);
        let program = Program { graph: report, loss, watch: vec![elbo] };
        let judge = backend::compile(program, config.options);
        let rows = Rows::spread(&graph);
        let mut pilots = Self { graph, step, judge, noise };
        pilots.step.set_rows(&rows);
        pilots.judge.set_rows(&rows);
        pilots
    }

    /// The parameters of all rows: those that no pilot saw are as they start.
    fn all_rows(&self, params: &[f64]) -> Vec<f64> {
        let mut all = initial(&self.graph);
        adopt(&self.graph, &mut all, params, &Rows::spread(&self.graph));
        all
    }

    /// Rounds of `length` steps and more, after which the better half goes on; the winner.
    fn race(&mut self, places: Vec<Vec<f64>>, length: u64) -> Option<Vec<f64>> {
        let mut field: Vec<Runner> = places.into_iter().map(Runner::new).collect();
        let mut done = 0;
        for round in 0..ROUNDS {
            let length = length << round;
            for runner in &mut field {
                self.run(runner, done, length, &[]);
                runner.elbo = self.elbo(&runner.at);
            }
            field.sort_by(|a, b| b.elbo.total_cmp(&a.elbo));
            field.truncate(field.len().div_ceil(2));
            done += length;
        }
        let winner = field.swap_remove(0);
        winner.elbo.is_finite().then_some(winner.at)
    }

    /// Takes over the parameters of another graph by name, and lets the rest follow them.
    fn catch_up(&mut self, graph: &Graph, values: &[f64], length: u64) -> Vec<f64> {
        let rows = Rows::spread(&self.graph);
        let mut params = gathered(&self.graph, &initial(&self.graph), &rows);
        let (spans, theirs) = (self.graph.param_spans(), graph.param_spans());
        let mut still = vec![];
        for (span, info) in spans.into_iter().zip(&self.graph.params) {
            let same = graph.params.iter().position(|p| p.name == info.name);
            if let Some(row) = same {
                params[span.clone()].copy_from_slice(&values[theirs[row].clone()]);
                still.extend(span);
            }
        }
        let mut runner = Runner::new(params);
        self.run(&mut runner, 0, length, &still);
        runner.at
    }

    /// `count` steps from step `from` on, in which the parameters `still` do not move.
    fn run(&mut self, runner: &mut Runner, from: u64, count: u64, still: &[usize]) {
        let Runner { at, moments: [first, second], gradient, .. } = runner;
        for now in from..from + count {
            self.step.set_params(at);
            self.step.run(now, &mut self.noise);
            self.step.read_gradient(gradient);
            still.iter().for_each(|&i| gradient[i] = 0.0);
            let moments = Moments { params: at, grad: gradient, first, second };
            backend::update(update(Optimizer::Adam, RATE, now + 1), moments);
        }
    }

    /// The true ELBO; minus infinity where it is not a number.
    fn elbo(&mut self, params: &[f64]) -> f64 {
        self.judge.set_params(params);
        self.judge.run(JUDGE_STEP, &mut self.noise);
        let elbo = self.judge.watched(0)[0];
        if elbo.is_finite() { elbo } else { f64::NEG_INFINITY }
    }
}

/// One start under way.
struct Runner {
    at: Vec<f64>,
    moments: [Vec<f64>; 2],
    gradient: Vec<f64>,
    elbo: f64,
}

impl Runner {
    fn new(at: Vec<f64>) -> Self {
        let zeros = vec![0.0; at.len()];
        Self {
            moments: [zeros.clone(), zeros.clone()],
            gradient: zeros,
            at,
            elbo: f64::NEG_INFINITY,
        }
    }
}
