//! The settings of one fit: what the `fit` block and the flags say, and defaults for the rest.

use super::starts::usual_count;
use crate::backend::{Float, Lowering, Options};
use crate::check::model::{
    Averaging, ElboRows, FitSettings, OptimizerChoice, Precision, Sampling, Schedule,
};
use crate::lower::Problem;
use crate::objective;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    pub steps: u64,
    pub seed: u64,
    /// Monte Carlo draws per step.
    pub samples: usize,
    /// Posterior draws that are kept.
    pub draws: usize,
    pub optimizer: Optimizer,
    pub learning_rate: Schedule,
    /// After a Newton start, in the coordinates that it gives.
    pub whitened_rate: Schedule,
    pub options: Options,
    /// The longest gradient that a step follows.
    pub clip: Option<f64>,
    /// What share of itself, times the learning rate, a weight of a net loses in a step.
    pub weight_decay: f64,
    pub average: Averaging,
    /// Scattered starts, of which the best after a short pilot goes on; 1 is the usual start alone.
    pub starts: usize,
    /// Newton steps first, where the problem is smooth.
    pub newton: bool,
    /// How the rows of batches are chosen.
    pub sampling: Sampling,
    /// Rows of a batched dimension that ELBOs and bounds are reported of, at most; `None` is all.
    #[serde(default)]
    pub elbo_rows: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Optimizer {
    Adam,
    Sgd { momentum: f64 },
}

const STEPS: u64 = 10_000;
const DRAWS: u64 = 1000;
/// Of so many rows the standard error of a reported ELBO is far below what one fit differs by from another.
const MOST_ROWS: usize = 100_000;
/// The seed where none is given.
pub const SEED: u64 = 20;
/// Draws per step where some latent needs the score function, whose variance they share, and where they cost next to nothing:
/// the averaged iterate is as many times less noisy.
const SAMPLES: usize = 8;
/// Element operations of one draw up to which a step is mostly overhead.
const SMALL: f64 = 20_000.0;
/// Adam falls from a rate that crosses wide valleys to one that settles.
const ADAM_RATES: (f64, f64) = (0.1, 1e-3);
const RESUMED_RATE: f64 = 0.01;
const SGD_RATE: f64 = 1e-3;
/// After a Newton start all directions have unit curvature, and the start is close.
const WHITENED_RATE: f64 = 0.01;

impl Config {
    /// The same for a fit that begins where another one stands: unless a rate is asked for, it is one that does not leave.
    #[must_use]
    pub fn resumed(self) -> Self {
        let (from, to) = ADAM_RATES;
        let usual = Schedule::Cosine { from, to, over: self.steps };
        let settling = Schedule::Cosine { from: RESUMED_RATE, to, over: self.steps };
        let learning_rate = if self.learning_rate == usual { settling } else { self.learning_rate };
        Self { learning_rate, ..self }
    }

    /// Settings with defaults filled in. `samples` is at least what the estimators need.
    pub fn new(
        problem: &Problem,
        settings: &FitSettings,
        threads: usize,
        lowering: Lowering,
    ) -> Self {
        let least = objective::least_samples(problem);
        let copies = problem.plan.objective.copies().unwrap_or(1);
        let several = SAMPLES.div_ceil(copies).max(least);
        let usual = if least > 1 || is_small(problem) { several } else { 1 };
        let samples = settings.samples.map_or(usual, |s| (s as usize).max(least));
        let steps = settings.steps.unwrap_or(STEPS);
        let (from, to) = ADAM_RATES;
        let falling = Schedule::Cosine { from, to, over: steps };
        let (optimizer, own_rate, usual_rate) = match settings.optimizer {
            Some(OptimizerChoice::Sgd { lr, momentum }) => {
                (Optimizer::Sgd { momentum }, lr, Schedule::Constant(SGD_RATE))
            }
            Some(OptimizerChoice::Adam { lr }) => (Optimizer::Adam, lr, falling),
            None => (Optimizer::Adam, None, falling),
        };
        let asked = settings.learning_rate.or(own_rate);
        let float = match settings.precision {
            Some(Precision::F32) => Float::F32,
            _ => Float::F64,
        };
        Self {
            steps,
            seed: settings.seed.unwrap_or(SEED),
            samples,
            draws: settings.draws.unwrap_or(DRAWS).max(2) as usize,
            optimizer,
            learning_rate: asked.unwrap_or(usual_rate),
            whitened_rate: asked.unwrap_or(Schedule::Constant(WHITENED_RATE)),
            options: Options { lowering, float, threads },
            clip: settings.clip,
            weight_decay: settings.weight_decay.unwrap_or(0.0),
            average: settings.average.unwrap_or(Averaging::Tail),
            starts: settings.starts.map_or_else(|| usual_count(problem), |n| n as usize),
            newton: settings.weight_decay.is_none(),
            sampling: settings.sampling.unwrap_or_default(),
            elbo_rows: match settings.elbo_rows {
                Some(ElboRows::All) => None,
                Some(ElboRows::Most(rows)) => Some(rows as usize),
                None => Some(MOST_ROWS),
            },
        }
    }
}

fn is_small(problem: &Problem) -> bool {
    objective::objective(problem, 1).graph.operations() <= SMALL
}
