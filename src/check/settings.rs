//! What annotations and the `fit` block say, as later passes read it: plain data.

use crate::ir::Schedule;
use crate::source::Span;

/// `@gumbel_softmax(tau = 0.5)`: a row of the registry of estimators by its name, with options as written.
#[derive(Clone, Debug, PartialEq)]
pub struct EstimatorChoice {
    pub name: &'static str,
    pub options: Vec<(String, OptionValue)>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// A number, `true` and `false` as 1 and 0, or a schedule of them.
    Schedule(Schedule),
    /// `tau = auto`, `tau = learnt`
    Adaptive(Adaptive),
    /// `baseline = loo`
    Word(String),
}

/// A temperature that the fit finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Adaptive {
    /// Falls from its start until the bias of the relaxed gradient is at most this share of the gradient's norm.
    Auto { from: f64, share: f64 },
    /// A parameter of the fit.
    Learnt { from: f64 },
}

impl Adaptive {
    /// No temperature is colder: gradients would explode.
    pub const FLOOR: f64 = 0.1;

    /// The temperature at first.
    pub fn from(self) -> f64 {
        match self {
            Adaptive::Auto { from, .. } | Adaptive::Learnt { from } => from,
        }
    }
}

impl std::fmt::Display for Adaptive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Adaptive::Auto { from, share } => write!(f, "auto(from = {from}, share = {share})"),
            Adaptive::Learnt { from } => write!(f, "learnt(from = {from})"),
        }
    }
}

/// `@kl(weight = …, free_bits = …)`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KlSettings {
    pub weight: Schedule,
    /// In bits per element of the latent; 0 is none.
    pub free_bits: Schedule,
}

impl Default for KlSettings {
    fn default() -> Self {
        Self { weight: Schedule::Constant(1.0), free_bits: Schedule::Constant(0.0) }
    }
}

/// The `fit` block; what it does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FitSettings {
    pub steps: Option<u64>,
    pub seed: Option<u64>,
    /// Monte Carlo draws per step.
    pub samples: Option<u64>,
    /// Posterior draws to write.
    pub draws: Option<u64>,
    pub optimizer: Option<OptimizerChoice>,
    pub learning_rate: Option<Schedule>,
    /// `f32` or `f64`
    pub precision: Option<Precision>,
    pub estimators: Option<Estimators>,
    /// Scattered starts, of which the best goes on.
    pub starts: Option<u64>,
}

impl FitSettings {
    /// These settings, and where they say nothing the others.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self {
            steps: self.steps.or(other.steps),
            seed: self.seed.or(other.seed),
            samples: self.samples.or(other.samples),
            draws: self.draws.or(other.draws),
            optimizer: self.optimizer.or(other.optimizer),
            learning_rate: self.learning_rate.or(other.learning_rate),
            precision: self.precision.or(other.precision),
            estimators: self.estimators.or(other.estimators),
            starts: self.starts.or(other.starts),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    F32,
    F64,
}

/// The policy of the automatic choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimators {
    Auto,
    Exact,
    Unbiased,
    /// The unbiased one of least variance × cost on the data at hand.
    Measured,
}

impl Estimators {
    /// Whether biased estimators are left out.
    pub fn is_unbiased(self) -> bool {
        matches!(self, Estimators::Unbiased | Estimators::Measured)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OptimizerChoice {
    Adam { lr: Option<Schedule> },
    Sgd { lr: Option<Schedule>, momentum: f64 },
}
