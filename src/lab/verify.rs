//! z-tests of every estimator of a model against the oracle.

use super::bound::two_sided;
use super::candidate::{Candidate, candidates};
use super::moments::{Moments, Sampler, labels};
use super::oracle::{Oracle, Oracles};
use super::{Estimate, Point, Settings};
use crate::estimator::Bias;
use crate::lower::Problem;
use std::collections::HashMap;

/// What came out for every candidate of every latent asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// Of the plan as it is, at each point.
    pub oracles: Vec<Oracle>,
    pub tests: Vec<Test>,
    /// |z| that an unbiased estimator exceeds by chance, in any of the comparisons, once in `1 / ALPHA` verifications.
    pub bound: f64,
    pub comparisons: usize,
}

/// One estimator of one latent.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    pub latent: String,
    pub estimator: String,
    pub bias: Bias,
    pub planned: bool,
    /// The worst parameter at each point.
    pub worst: Vec<Worst>,
    pub verdict: Verdict,
}

/// The parameter whose mean gradient is farthest from the exact one, in standard errors.
#[derive(Clone, Debug, PartialEq)]
pub struct Worst {
    pub point: Point,
    pub parameter: String,
    pub z: f64,
    pub mean: Estimate,
    pub exact: Estimate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passes,
    /// As its card says.
    Biased,
    /// No parameter is left to compare: a latent that is summed out has no guide.
    Nothing,
    Fails,
}

impl Verdict {
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Passes => "passes",
            Verdict::Biased => "biased, as declared",
            Verdict::Nothing => "no parameters left",
            Verdict::Fails => "FAILS",
        }
    }
}

/// The chance of a false alarm in a whole verification.
pub(super) const ALPHA: f64 = 1e-3;
/// What looks like a failure is measured again, on new noise, with so many times the gradients: standard errors of rare large
/// values are too small until some were seen.
const AGAIN: u64 = 8;

/// Tests the estimators that can serve these latents, by their places in the plan.
pub fn verify(problem: &Problem, latents: &[usize], settings: &Settings) -> Verification {
    let problem = &problem.whole();
    let rows: Vec<Candidate> =
        latents.iter().flat_map(|&l| candidates(problem, l, settings.at)).collect();
    let mut oracles = Oracles::new(*settings);
    let comparisons = rows.iter().map(|c| oracles.of(&c.problem, Point::Initial).labels.len());
    let comparisons = comparisons.sum::<usize>() * Point::ALL.len();
    let bound = two_sided(ALPHA, comparisons);
    let tests = rows.iter().map(|c| test(c, &mut oracles, settings, bound)).collect();
    let oracles = Point::ALL.map(|point| oracles.of(problem, point).clone()).into();
    Verification { oracles, tests, bound, comparisons }
}

fn test(candidate: &Candidate, oracles: &mut Oracles, settings: &Settings, bound: f64) -> Test {
    let may_differ = candidate.bias == Bias::Biased;
    let mut all = vec![];
    for point in Point::ALL {
        let exact = oracles.of(&candidate.problem, point);
        let mut sampler = Sampler::new(&candidate.problem, settings.draws, &point, settings);
        let names = labels(sampler.graph());
        let mut found = worst(exact, &names, &sampler.moments(settings.gradients));
        if !may_differ && !passes(&found, bound) {
            found = worst(exact, &names, &sampler.moments(AGAIN * settings.gradients));
        }
        all.extend(found);
    }
    let verdict = match passes(&all, bound) {
        _ if all.is_empty() => Verdict::Nothing,
        _ if may_differ => Verdict::Biased,
        true => Verdict::Passes,
        false => Verdict::Fails,
    };
    let latent = &candidate.problem.plan.latents[candidate.latent];
    Test {
        latent: candidate.problem.bound.model.name(latent.name).name.clone(),
        estimator: candidate.label.clone(),
        bias: candidate.bias,
        planned: candidate.planned,
        worst: all,
        verdict,
    }
}

fn passes<'a>(found: impl IntoIterator<Item = &'a Worst>, bound: f64) -> bool {
    found.into_iter().all(|w| w.z.abs() < bound)
}

/// The largest |z| among the parameters that both have; NaN beats all.
fn worst(exact: &Oracle, names: &[String], moments: &Moments) -> Option<Worst> {
    let scale = exact.gradient.iter().fold(1.0_f64, |m, g| m.max(g.value.abs()));
    let means: HashMap<&String, Estimate> = names.iter().zip(moments.estimates()).collect();
    let compare = |(name, &exact): (&String, &Estimate)| {
        let mean = *means.get(name).filter(|_| !name.is_empty())?;
        let z = z(mean, exact, scale);
        Some(Worst { point: Point::Initial, parameter: name.clone(), z, mean, exact })
    };
    let size = |w: &Worst| if w.z.is_nan() { f64::INFINITY } else { w.z.abs() };
    let rows = exact.labels.iter().zip(&exact.gradient).filter_map(compare);
    let worst = rows.max_by(|a, b| size(a).total_cmp(&size(b)))?;
    Some(Worst { point: exact.point, ..worst })
}

/// Standard errors between a mean and the exact value; rounding alone is no difference.
pub(super) fn z(mean: Estimate, exact: Estimate, scale: f64) -> f64 {
    const ROUNDING: f64 = 1e-9;
    (mean.value - exact.value) / (mean.error.hypot(exact.error) + ROUNDING * scale)
}
