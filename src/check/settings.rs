//! What annotations and the `fit` block say, as later passes read it: plain data.

use super::model::{DimId, NameId};
use crate::estimator::{Aim, Default as Preset, OptionCard};
use crate::ir::Schedule;
use crate::source::{Span, Spanned};
use serde::{Deserialize, Serialize};

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
    /// `baseline = critic(x)`: the name of a value that the model computes.
    Name(NameId),
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
    pub objective: Option<ObjectiveAsk>,
    /// The longest gradient that a step follows; longer ones are shortened to it.
    pub clip: Option<f64>,
    /// What share of itself, times the learning rate, a weight of a net loses in a step.
    pub weight_decay: Option<f64>,
    pub average: Option<Averaging>,
    /// The dimensions of which a step sees some rows.
    pub batches: Vec<Batch>,
    pub sampling: Option<Sampling>,
    pub elbo_rows: Option<ElboRows>,
}

/// Rows of a batched dimension that a reported ELBO is computed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElboRows {
    All,
    /// A random sample where there are more.
    Most(u64),
}

impl ElboRows {
    /// Of fewer rows nothing could be said of the error.
    pub const LEAST: u64 = 100;
}

/// `batch image = 128`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Batch {
    pub dim: DimId,
    pub size: u64,
    pub span: Span,
}

/// How the rows of a step are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sampling {
    /// Every row once before any comes again.
    #[default]
    Shuffled,
    /// Each by itself.
    Replacement,
}

impl Sampling {
    pub fn words(self) -> &'static str {
        match self {
            Sampling::Shuffled => "shuffled",
            Sampling::Replacement => "replacement",
        }
    }
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
            objective: self.objective.clone().or_else(|| other.objective.clone()),
            clip: self.clip.or(other.clip),
            weight_decay: self.weight_decay.or(other.weight_decay),
            average: self.average.or(other.average),
            batches: if self.batches.is_empty() { &other.batches } else { &self.batches }.clone(),
            sampling: self.sampling.or(other.sampling),
            elbo_rows: self.elbo_rows.or(other.elbo_rows),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    F32,
    F64,
}

/// The policy of the automatic choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Which mean of the iterates a fit ends with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Averaging {
    /// Of the later ones, all alike.
    Tail,
    /// `ema(0.999)`: each counts this many times as much as the next one.
    Exponential(f64),
}

/// `objective = iwae(8 over n)` as written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectiveAsk {
    pub kind: ObjectiveKind,
    /// Draws of a bound.
    pub draws: u64,
    pub over: Option<Spanned<String>>,
    /// `None` on the command line.
    pub span: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectiveKind {
    Elbo,
    Stl,
    Iwae,
    Dreg,
}

impl ObjectiveKind {
    pub const ALL: [Self; 4] = [Self::Elbo, Self::Stl, Self::Iwae, Self::Dreg];

    pub fn word(self) -> &'static str {
        match self {
            Self::Elbo => "elbo",
            Self::Stl => "stl",
            Self::Iwae => "iwae",
            Self::Dreg => "dreg",
        }
    }

    /// Whether draws are weighed against each other.
    pub fn weighs(self) -> bool {
        matches!(self, Self::Iwae | Self::Dreg)
    }
}

/// What is maximised, with the gradient that it is followed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectiveChoice {
    pub kind: ObjectiveKind,
    /// Draws of a bound; 1 where they are not weighed.
    pub draws: usize,
    /// The dimension of which every element has a bound of its own; `None` for one bound of the whole model.
    pub over: Option<DimId>,
}

impl Default for ObjectiveChoice {
    fn default() -> Self {
        Self { kind: ObjectiveKind::Elbo, draws: 1, over: None }
    }
}

impl ObjectiveChoice {
    /// What a latent with these dimensions is drawn for. One without the dimension of the bound is drawn once for all copies;
    /// with a single copy the bound is the ELBO, and its doubly reparameterised gradient the one without the score.
    pub fn aim(&self, dims: &[DimId]) -> Aim {
        let has_bound = self.over.is_none_or(|over| dims.contains(&over));
        match (self.kind, self.copies()) {
            (ObjectiveKind::Elbo, _) | (ObjectiveKind::Iwae, None) => Aim::Elbo,
            (ObjectiveKind::Stl, _) | (ObjectiveKind::Dreg, None) => Aim::Stl,
            (_, Some(_)) if has_bound => Aim::Weighed,
            (_, Some(_)) => Aim::Elbo,
        }
    }

    /// How many draws are weighed against each other, where that are several.
    pub fn copies(&self) -> Option<usize> {
        (self.kind.weighs() && self.draws > 1).then_some(self.draws)
    }
}

/// What the command line says about estimators and batches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    pub estimators: Option<Estimators>,
    /// `--estimator "z=reinforce(baseline = none)"`: latents, and estimators with their options as written.
    pub overrides: Vec<(String, String)>,
    /// `--batch image=128`; wins over the model's.
    pub batches: Vec<(String, u64)>,
    /// `--objective "iwae(8 over n)"`
    pub objective: Option<ObjectiveAsk>,
}

/// What is known of sizes when a plan is made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sizes {
    /// Of each dimension.
    pub dims: Vec<Option<usize>>,
    /// How many values the latents have whose bound the data give.
    pub supports: Vec<(NameId, u128)>,
}

/// The option as asked for, or its default.
pub(super) fn option(asked: &[(String, OptionValue)], card: &OptionCard) -> OptionValue {
    let found = asked.iter().find(|(name, _)| name == card.name);
    found.map_or_else(|| default(card.default), |(_, value)| value.clone())
}

fn default(value: Preset) -> OptionValue {
    match value {
        Preset::Number(schedule) => OptionValue::Schedule(schedule),
        Preset::Flag(flag) => OptionValue::Schedule(Schedule::Constant(f64::from(u8::from(flag)))),
        Preset::Word(word) => OptionValue::Word(word.into()),
    }
}
