//! The variance laboratory: bias, variance, signal to noise, time and efficiency of every estimator of a latent, in the
//! parameters of its guide; and how the variance falls with the number of draws.

use super::bound::two_sided;
use super::candidate::{Candidate, candidates};
use super::moments::{Sampler, labels};
use super::oracle::{Oracle, Oracles};
use super::verify::{ALPHA, Verdict, z};
use super::{Estimate, Point, Settings};
use crate::estimator::Bias;
use crate::lower::Problem;

/// One estimator of one latent, measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub latent: String,
    pub estimator: String,
    pub bias: Bias,
    pub planned: bool,
    /// Of the latent's guide.
    pub parameters: Vec<Parameter>,
    /// Of one gradient, over all of these parameters.
    pub variance: f64,
    /// The norm of the exact gradient over the root of the variance.
    pub signal_to_noise: f64,
    /// Time of one gradient.
    pub seconds: f64,
    /// 1 / (variance × time).
    pub efficiency: f64,
    pub verdict: Verdict,
}

/// The gradient in one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub name: String,
    pub exact: Estimate,
    pub mean: Estimate,
    pub variance: f64,
    /// Half the width of the 99 % interval of the bias, for all parameters of the latent at once.
    pub interval: f64,
}

impl Parameter {
    pub fn bias(&self) -> f64 {
        self.mean.value - self.exact.value
    }
}

impl Measured {
    /// The parameter whose bias is largest beside its interval.
    pub fn worst(&self) -> Option<&Parameter> {
        let size = |p: &Parameter| p.bias().abs() / (p.interval + f64::MIN_POSITIVE);
        self.parameters.iter().max_by(|a, b| size(a).total_cmp(&size(b)))
    }
}

/// What is measured of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// Places in the plan.
    pub latents: &'a [usize],
    pub point: Point,
    /// Only the estimators of the plan.
    pub planned: bool,
}

impl Scope<'_> {
    fn candidates(&self, problem: &Problem, at: u64) -> Vec<Candidate> {
        let all = self.latents.iter().flat_map(|&latent| candidates(problem, latent, at));
        all.filter(|c| c.planned || !self.planned).collect()
    }
}

/// The confidence of intervals.
const MISS: f64 = 0.01;
/// Of so many batches, the fastest says how long a gradient takes.
const BATCHES: u64 = 10;

/// Measures each candidate; `clock` tells seconds from any start.
pub fn variance(
    problem: &Problem,
    scope: Scope,
    settings: &Settings,
    clock: &mut dyn FnMut() -> f64,
) -> Vec<Measured> {
    let rows = scope.candidates(problem, settings.at);
    let mut oracles = Oracles::new(*settings);
    let counts = rows.iter().map(|c| oracles.of(&c.problem, scope.point).labels.len());
    let bound = two_sided(ALPHA, counts.sum());
    let row = |candidate: &Candidate| {
        let exact = oracles.of(&candidate.problem, scope.point);
        measure(candidate, exact, settings, bound, clock)
    };
    rows.iter().map(row).collect()
}

fn measure(
    candidate: &Candidate,
    exact: &Oracle,
    settings: &Settings,
    bound: f64,
    clock: &mut dyn FnMut() -> f64,
) -> Measured {
    let problem = &candidate.problem;
    let latent = name(candidate);
    let mut sampler = Sampler::new(problem, settings.draws, &exact.point, settings);
    let moments = sampler.moments(settings.gradients);
    let means = moments.estimates();
    let names = labels(sampler.graph());
    let prefixes = prefixes(candidate);
    let rows = || own(&prefixes, exact, &names);
    let width = two_sided(MISS, rows().count());
    let parameter = |(name, exact, place): (&String, Estimate, usize)| {
        let interval = width * means[place].error.hypot(exact.error);
        let (mean, variance) = (means[place], moments.variance[place]);
        Parameter { name: name.clone(), exact, mean, variance, interval }
    };
    let parameters: Vec<Parameter> = rows().map(parameter).collect();
    let variance: f64 = parameters.iter().map(|p| p.variance).sum();
    let signal: f64 = parameters.iter().map(|p| p.exact.value.powi(2)).sum();
    let seconds = seconds(&mut sampler, settings.gradients, clock);
    Measured {
        verdict: verdict(candidate.bias, &parameters, bound),
        latent,
        estimator: candidate.label.clone(),
        bias: candidate.bias,
        planned: candidate.planned,
        parameters,
        variance,
        signal_to_noise: (signal / variance).sqrt(),
        seconds,
        efficiency: 1.0 / (variance * seconds),
    }
}

fn name(candidate: &Candidate) -> String {
    let latent = &candidate.problem.plan.latents[candidate.latent];
    candidate.problem.bound.model.name(latent.name).name.clone()
}

/// How the names of the parameters of a latent's guide begin: with its own name, or with what a written guide reads.
fn prefixes(candidate: &Candidate) -> Vec<String> {
    let model = &candidate.problem.bound.model;
    let latent = &candidate.problem.plan.latents[candidate.latent];
    let read = model.guide_reads(latent.name);
    match latent.guided {
        true => read.into_iter().map(|name| model.name(name).name.clone()).collect(),
        false => vec![format!("{}.", name(candidate))],
    }
}

/// The parameters of a latent's guide that oracle and estimator both have, with their places in the estimator's.
fn own<'a>(
    prefixes: &[String],
    exact: &'a Oracle,
    names: &[String],
) -> impl Iterator<Item = (&'a String, Estimate, usize)> {
    let rows = exact.labels.iter().zip(&exact.gradient);
    rows.filter(move |(label, _)| is_own(prefixes, label)).filter_map(|(label, exact)| {
        let place = names.iter().position(|name| name == label)?;
        Some((label, *exact, place))
    })
}

fn is_own(prefixes: &[String], label: &str) -> bool {
    !label.is_empty() && prefixes.iter().any(|prefix| label.starts_with(prefix))
}

fn verdict(bias: Bias, parameters: &[Parameter], bound: f64) -> Verdict {
    let scale = parameters.iter().fold(1.0_f64, |m, p| m.max(p.exact.value.abs()));
    let passes = parameters.iter().all(|p| z(p.mean, p.exact, scale).abs() < bound);
    match (bias, passes) {
        _ if parameters.is_empty() => Verdict::Nothing,
        (Bias::Biased, _) => Verdict::Biased,
        (_, true) => Verdict::Passes,
        (_, false) => Verdict::Fails,
    }
}

fn seconds(sampler: &mut Sampler, gradients: u64, clock: &mut dyn FnMut() -> f64) -> f64 {
    let count = (gradients / BATCHES).max(1);
    let mut batch = || {
        let begin = clock();
        sampler.skip(count);
        (clock() - begin) / count as f64
    };
    (0..BATCHES).map(|_| batch()).fold(f64::INFINITY, f64::min)
}

/// How the variance of one estimator falls with the number of draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    pub latent: String,
    pub estimator: String,
    /// Draws of a gradient, and the variance of it.
    pub points: Vec<(usize, f64)>,
}

impl Curve {
    /// The slope of log variance in log draws, by least squares: −1 for independent draws.
    pub fn slope(&self) -> f64 {
        let logs = || self.points.iter().map(|&(n, v)| ((n as f64).ln(), v.ln()));
        let count = self.points.len() as f64;
        let (x, y) = logs().fold((0.0, 0.0), |(x, y), (a, b)| (x + a / count, y + b / count));
        let both: f64 = logs().map(|(a, b)| (a - x) * (b - y)).sum();
        both / logs().map(|(a, _)| (a - x).powi(2)).sum::<f64>()
    }
}

/// Two a decade.
const DRAWS: [usize; 7] = [1, 3, 10, 32, 100, 316, 1000];
/// Gradients at each number of draws.
pub const TRIALS: u64 = 200;
/// Element operations of a point of a curve; larger ones are left out.
const WORK: f64 = 4e9;

/// Variances below this share of the squared gradient are rounding.
const ROUNDING: f64 = 1e-20;

/// A curve for each candidate with a variance. A number of draws that an estimator cannot do with is left out.
pub fn curves(problem: &Problem, scope: Scope, settings: &Settings) -> Vec<Curve> {
    let problem = &problem.whole();
    let rows = scope.candidates(problem, settings.at);
    let curves = rows.iter().map(|candidate| curve(candidate, scope.point, settings));
    curves.filter(|c| c.points.len() > 1).collect()
}

fn curve(candidate: &Candidate, point: Point, settings: &Settings) -> Curve {
    let latent = name(candidate);
    let prefixes = prefixes(candidate);
    let mut points = vec![];
    for draws in DRAWS {
        let mut sampler = Sampler::new(&candidate.problem, draws, &point, settings);
        if sampler.draws > draws || sampler.graph().operations() * TRIALS as f64 > WORK {
            continue;
        }
        let moments = sampler.moments(TRIALS);
        let names = labels(sampler.graph());
        let own = || (0..names.len()).filter(|&i| is_own(&prefixes, &names[i]));
        let variance: f64 = own().map(|i| moments.variance[i]).sum();
        let signal: f64 = own().map(|i| moments.mean[i].powi(2)).sum();
        if variance.is_finite() && variance > ROUNDING * signal {
            points.push((draws, variance));
        }
    }
    Curve { latent, estimator: candidate.label.clone(), points }
}
