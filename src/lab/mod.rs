//! The laboratory: what every estimator does on the user's own model and data, held against an exact gradient.
//!
//! Everything is read from the registry. The oracle sums finite latents, integrates a few continuous ones by quadrature, and
//! samples what is left with an unbiased estimator; it says which.

mod bound;
mod candidate;
mod conjugate;
mod family;
mod masses;
mod measure;
mod moments;
mod oracle;
mod point;
mod quadrature;
mod relaxation;
mod replan;
mod variance;
mod verify;

pub use candidate::{Candidate, candidates};
pub use masses::{Element, Exact, Member, Posterior, posterior};
pub use measure::measured;
pub use oracle::{How, Oracle, oracle};
pub use point::Point;
pub use relaxation::Relaxation;
pub use variance::{Curve, Measured, Parameter, Scope, TRIALS, curves, variance};
pub use verify::{Test, Verdict, Verification, Worst, verify};

use crate::backend::Options;

/// How gradients are measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Monte Carlo draws of one gradient; estimators that need more take more.
    pub draws: usize,
    /// Independent gradients.
    pub gradients: u64,
    pub seed: u64,
    /// The step of a fit at which temperatures and other schedules are read.
    pub at: u64,
    pub options: Options,
}

/// A number and its uncertainty: a standard error, or a bound on the error of quadrature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub error: f64,
}
