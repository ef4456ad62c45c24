//! The exact ELBO of q as it is, and its exact gradient in the guide's parameters.
//!
//! Every finite latent within the budget is enumerated. What is left, if it is up to three numbers that are normal in some
//! coordinate or of a family that lies on the line, is integrated by quadrature; else it is sampled by unbiased estimators, with
//! a standard error.

use super::moments::{Compiled, Sampler, labels};
use super::point::Place;
use super::quadrature::{Points, Rule, live_noises};
use super::replan::{unbiased, with};
use super::{Estimate, Point, Settings};
use crate::backend::CounterNoise;
use crate::check::plan::LatentPlan;
use crate::estimator::Bias;
use crate::ir::{Graph, Noise, NoiseInfo};
use crate::lower::Problem;
use crate::objective::{Objective, least_samples, objective, weighted};
use std::collections::HashMap;

/// The ELBO and its gradient, and how they were had.
#[derive(Clone, Debug, PartialEq)]
pub struct Oracle {
    pub point: Point,
    pub elbo: Estimate,
    /// Names of the parameters: `z.logits[class = 2]`.
    pub labels: Vec<String>,
    pub gradient: Vec<Estimate>,
    /// For each latent of the plan.
    pub how: Vec<How>,
}

/// What was done about one latent.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// Over this many joint values per element.
    Summed(u128),
    /// With this many points in all.
    Integrated(usize),
    /// Under this estimator, in this many draws.
    Sampled(&'static str, u64),
}

impl How {
    pub fn words(&self) -> String {
        match self {
            How::Summed(values) => format!("summed over {values} values"),
            How::Integrated(points) => format!("integrated, {points} points"),
            How::Sampled(by, draws) => format!("sampled by {by}, {draws} draws"),
        }
    }
}

/// Joint values per element that the sum over one latent may take.
const JOINT: u128 = 1 << 16;
/// Element operations of one exact evaluation.
const SIZE: f64 = 2e7;
/// Element operations of a sampled gradient.
const WORK: f64 = 1e9;
/// Draws of one step of a sampled gradient.
const DRAWS: usize = 64;
/// Beyond this share of the largest slope the error of quadrature is too large to be called exact.
const COARSE: f64 = 0.05;
/// The oracle's own noise.
const SEED: u64 = 0x6f72_6163_6c65;

/// One oracle for each set of marginalised latents and point.
pub(super) struct Oracles {
    settings: Settings,
    known: HashMap<(Vec<bool>, Point), Oracle>,
}

impl Oracles {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, known: HashMap::new() }
    }

    pub(super) fn of(&mut self, problem: &Problem, point: Point) -> &Oracle {
        let out = problem.plan.latents.iter().map(|l| l.estimator == "marginalize").collect();
        let settings = self.settings;
        self.known.entry((out, point)).or_insert_with(|| oracle(problem, point, &settings))
    }
}

/// The exact gradient at a point, or the best that there is. Latents that the plan marginalises stay out of q.
pub fn oracle(problem: &Problem, point: Point, settings: &Settings) -> Oracle {
    let Exact { elbo, labels, gradient, how } = exact(problem, &point, settings);
    Oracle { point, elbo, labels, gradient, how }
}

/// An oracle that does not say where.
pub(super) struct Exact {
    pub(super) elbo: Estimate,
    pub(super) labels: Vec<String>,
    pub(super) gradient: Vec<Estimate>,
    pub(super) how: Vec<How>,
}

pub(super) fn exact(problem: &Problem, place: &dyn Place, settings: &Settings) -> Exact {
    let problem = &problem.whole();
    let exact = exactly(problem);
    let single = objective(&exact, 1);
    let noise: usize = single.graph.noises.iter().map(|n| single.graph.count(&n.shape)).sum();
    if noise == 0 {
        let mut compiled = Compiled::new(single, place, settings);
        let (elbo, gradient) = compiled.elbo(0, &mut CounterNoise::new(0));
        let sure = |value| Estimate { value, error: 0.0 };
        let gradient = gradient.into_iter().map(sure).collect();
        return finish(&exact, &compiled.graph, sure(elbo), gradient, None);
    }
    let one = weighted(&exact, [1.0].into());
    let rule = coordinates(&one).filter(|_| is_smooth(&exact)).and_then(Rule::new);
    let rule = rule.filter(|r| r.points.len() as f64 * one.graph.operations() <= SIZE);
    let integrated = rule.map(|rule| integrate(&exact, &rule, place, settings));
    match integrated.filter(is_settled) {
        Some(oracle) => oracle,
        None => sample(&exact, place, settings, single.graph.operations()),
    }
}

/// The problem with as many exact sums as the budget allows, and unbiased estimators for the rest.
fn exactly(problem: &Problem) -> Problem {
    let mut rows: Vec<usize> = (0..problem.plan.latents.len()).collect();
    rows.sort_by_key(|&row| problem.plan.latents[row].joint.unwrap_or(u128::MAX));
    let mut exact = problem.clone();
    for row in rows {
        if exact.plan.latents[row].bias() == Bias::Exact {
            continue;
        }
        let affordable = |p: &Problem| objective(p, 1).graph.operations() <= SIZE;
        exact = match with(&exact, row, "enumerate", JOINT).filter(affordable) {
            Some(summed) => summed,
            None => unbiased(exact, row),
        };
    }
    exact
}

/// How many normals the objective is a function of, if of nothing else that is random.
fn coordinates(objective: &Objective) -> Option<usize> {
    let g = &objective.graph;
    let noises = g.noises.iter().zip(live_noises(objective)).filter(|(_, is_live)| *is_live);
    let count =
        |(noise, _): (&NoiseInfo, _)| (noise.kind == Noise::Normal).then(|| g.count(&noise.shape));
    noises.map(count).sum()
}

/// Whether draws are smooth functions of their noise. Those that are integrated as densities are drawn again at each place,
/// which the guides that read them are not.
fn is_smooth(problem: &Problem) -> bool {
    let serves = |l: &LatentPlan| {
        let card = l.estimator().card();
        let is_read = card.name == "implicit" && !l.flows.followers.is_empty();
        card.bias == Bias::Exact || (card.bias == Bias::None && card.needs_smooth && !is_read)
    };
    problem.plan.latents.iter().all(serves)
}

/// Quadrature; its error is the difference from twice the step.
fn integrate(problem: &Problem, rule: &Rule, place: &dyn Place, settings: &Settings) -> Exact {
    let evaluate = |weights| {
        let objective = weighted(problem, weights);
        let Some(draws) = objective.draws else { unreachable!("a rule has several points") };
        let mut points = Points::new(&objective, draws, rule);
        let mut compiled = Compiled::new(objective, place, settings);
        (compiled.elbo(0, &mut points), compiled.graph)
    };
    let ((elbo, gradient), graph) = evaluate(rule.weights.clone());
    let ((coarse_elbo, coarse), _) = evaluate(rule.coarse.clone());
    let between = |value: f64, coarse: f64| Estimate { value, error: (value - coarse).abs() };
    let both = gradient.iter().zip(&coarse);
    let gradient = both.map(|(&fine, &coarse)| between(fine, coarse)).collect();
    let count = rule.points.len();
    let how = |_: &LatentPlan| How::Integrated(count);
    finish(problem, &graph, between(elbo, coarse_elbo), gradient, Some(&how))
}

fn is_settled(oracle: &Exact) -> bool {
    let largest = oracle.gradient.iter().fold(0.0_f64, |m, g| m.max(g.value.abs()));
    let fine = |g: &Estimate| g.error.is_finite() && g.error <= COARSE * largest + 1e-6;
    oracle.gradient.iter().all(fine) && oracle.elbo.error.is_finite()
}

fn sample(problem: &Problem, place: &dyn Place, settings: &Settings, operations: f64) -> Exact {
    let seed = settings.seed ^ SEED;
    let draws = DRAWS.max(least_samples(problem));
    let count = (WORK / (operations * draws as f64)).clamp(200.0, 20_000.0) as u64;
    let mut sampler = Sampler::new(problem, draws, place, &Settings { seed, ..*settings });
    let moments = sampler.moments(count);
    let total = count * draws as u64;
    let how = |l: &LatentPlan| How::Sampled(l.estimator, total);
    finish(problem, sampler.graph(), moments.elbo, moments.estimates(), Some(&how))
}

fn finish(
    problem: &Problem,
    graph: &Graph,
    elbo: Estimate,
    gradient: Vec<Estimate>,
    random: Option<&dyn Fn(&LatentPlan) -> How>,
) -> Exact {
    let how = |l: &LatentPlan| match random.filter(|_| l.bias() != Bias::Exact) {
        Some(random) => random(l),
        None => How::Summed(l.joint.unwrap_or(1)),
    };
    let how = problem.plan.latents.iter().map(how).collect();
    Exact { elbo, labels: labels(graph), gradient, how }
}
