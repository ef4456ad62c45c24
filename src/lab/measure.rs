//! `estimators = measured`: pilots on the user's own model choose the unbiased estimator of least variance × cost.
//!
//! The cost is the number of element operations of the objective, not a time, and the noise has a fixed seed: the same model and
//! data give the same plan.

use super::candidate::{Candidate, candidates};
use super::moments::Sampler;
use super::replan::under;
use super::{Point, Settings};
use crate::backend::{Float, Lowering, Options};
use crate::check::model::OptionValue;
use crate::check::plan::BUDGET;
use crate::estimator::Bias;
use crate::lower::Problem;
use std::cmp::Ordering;
use std::sync::Arc;

const PILOT: Settings = Settings {
    draws: 8,
    gradients: 100,
    seed: 0x0070_696c_6f74,
    at: 0,
    options: Options { lowering: Lowering::Fast, float: Float::F64, threads: 1 },
};

/// The problem with the estimators that the pilots choose, at the initial parameters, for all latents without one that was asked
/// for: one latent after the other, beside those chosen before.
pub fn measured(problem: &Problem) -> Problem {
    let rows = 0..problem.plan.latents.len();
    let open = rows.filter(|&row| !problem.plan.latents[row].asked);
    open.fold(problem.clone(), choose)
}

struct Pilot {
    candidate: Candidate,
    /// Of the whole gradient.
    variance: f64,
    cost: f64,
}

impl Pilot {
    /// Candidates without any variance differ in cost alone.
    fn price(&self) -> (f64, f64) {
        (self.variance * self.cost, self.cost)
    }
}

fn choose(problem: Problem, row: usize) -> Problem {
    let unbiased = candidates(&problem, row, PILOT.at).into_iter();
    let pilots = unbiased.filter(|c| c.bias != Bias::Biased).map(pilot);
    let mut pilots: Vec<Pilot> = pilots.filter(|p| p.variance.is_finite()).collect();
    pilots.sort_by(|a, b| a.price().partial_cmp(&b.price()).unwrap_or(Ordering::Equal));
    let chosen = pilots.first().and_then(|best| adopt(&problem, row, best, &reason(&pilots)));
    chosen.unwrap_or(problem)
}

fn pilot(candidate: Candidate) -> Pilot {
    let mut sampler = Sampler::new(&candidate.problem, PILOT.draws, &Point::Initial, &PILOT);
    let variance = sampler.moments(PILOT.gradients).variance.iter().fold(0.0, |sum, v| sum + v);
    let cost = sampler.graph().operations();
    Pilot { candidate, variance, cost }
}

/// `measured: variance × cost is 1.20e-1 × 340, next rebar 2.10e-1 × 610`
fn reason(pilots: &[Pilot]) -> String {
    let price = |p: &Pilot| format!("{:.2e} × {:.0}", p.variance, p.cost);
    let next = |p: &Pilot| format!(", next {} {}", p.candidate.label, price(p));
    let mut prices = pilots.iter();
    let best = prices.next().map(price).unwrap_or_default();
    format!("measured: variance × cost is {best}{}", prices.next().map(next).unwrap_or_default())
}

fn adopt(problem: &Problem, row: usize, best: &Pilot, reason: &str) -> Option<Problem> {
    let wanted = &best.candidate.problem.plan.latents[row];
    let options: Vec<(String, OptionValue)> =
        wanted.options.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let adopted = under(problem, row, wanted.estimator(), &options, BUDGET)?;
    let mut plan = (*adopted.plan).clone();
    plan.latents[row].reason = reason.into();
    Some(Problem { plan: Arc::new(plan), ..adopted })
}
