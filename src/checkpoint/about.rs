//! What a checkpoint is of: the model's text, where the data came from, their sizes and labels, the settings.

use crate::data::FileUsed;
use crate::infer::{Beginning, Config};
use crate::lower::Problem;
use crate::session::{Inputs, Session};
use serde::{Deserialize, Serialize};

/// The layout of the file; another one is another number.
pub(super) const FORMAT: u64 = 1;

/// Everything about a fit but its numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    pub format: u64,
    /// The version of Elbow that wrote it.
    pub elbow: String,
    pub model: ModelText,
    /// As they were typed.
    pub inputs: Inputs,
    /// Where relative paths start.
    pub directory: String,
    pub files: Vec<FileUsed>,
    pub dims: Vec<DimUsed>,
    /// As the fit began; `Standing` says where it ends.
    pub config: Config,
    pub held_out: HeldOut,
    /// `--images`
    #[serde(default)]
    pub images: Vec<String>,
    /// `--save-every`
    pub save_every: Option<String>,
}

/// `--test` and `--test-bound`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeldOut {
    pub data: Vec<String>,
    pub bound: Option<u64>,
}

/// Whether there is something to go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// Not yet at its last step.
    UnderWay,
    Done,
    /// The next step gives a number that is not finite.
    NotFinite,
}

/// Where a fit stands, beside its arrays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Done.
    pub steps: u64,
    /// At which it ends.
    pub last: u64,
    pub ending: Ending,
    pub beginning: Beginning,
    pub startup_ms: f64,
    pub begin_seconds: f64,
    pub loop_seconds: f64,
}

/// The model as it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelText {
    /// As messages name it: a path, or `<stdin>`.
    pub name: String,
    pub text: String,
}

/// A dimension with the data of the fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DimUsed {
    pub name: String,
    pub size: usize,
    pub labels: Option<Vec<String>>,
}

impl About {
    /// What a fit of this problem is of.
    pub fn new(session: &Session, inputs: &Inputs, problem: &Problem, config: &Config) -> Self {
        let bound = &problem.bound;
        let dims = bound.dims.iter().zip(&bound.model.dims).map(|(bound, dim)| DimUsed {
            name: dim.name.clone(),
            size: bound.size,
            labels: bound.labels.as_ref().map(|labels| labels.to_vec()),
        });
        let here = std::env::current_dir().unwrap_or_default();
        Self {
            format: FORMAT,
            elbow: env!("CARGO_PKG_VERSION").into(),
            model: ModelText {
                name: session.source.name.clone(),
                text: session.source.text.to_string(),
            },
            inputs: inputs.clone(),
            directory: here.display().to_string(),
            files: bound.files.clone(),
            dims: dims.collect(),
            config: config.clone(),
            held_out: HeldOut::default(),
            images: vec![],
            save_every: None,
        }
    }
}
