//! `checkpoint.safetensors`: a fit as it stands, in a file that any reader of safetensors opens.
//!
//! Parameters of the averaged iterate lie there under the names that users see, as wide as f64 is; the state that a fit goes on
//! from under names with a `/`, which no parameter has. What the fit is of is one JSON text among the metadata, under `elbow`.

mod about;
mod errors;
mod format;
mod origin;

pub use about::{About, DimUsed, Ending, HeldOut, ModelText, Standing};
pub use errors::{already_there, broke_off, nothing_left, unfit};

use crate::diag::Diagnostic;
use crate::infer::{Param, Saved};
use std::path::Path;

/// The file in the folder of a fit.
pub const FILE: &str = "checkpoint.safetensors";

/// A fit that is written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    pub about: About,
    pub standing: Standing,
    /// Of the averaged iterate.
    pub params: Vec<Param>,
    pub state: Saved,
}

impl Checkpoint {
    /// The bytes of the file; the same fit gives the same ones.
    pub fn bytes(&self) -> Vec<u8> {
        format::bytes(self)
    }

    /// Reads the folder of a fit.
    ///
    /// # Errors
    /// E0440 where there is no such file, E0441 where it is damaged, E0442 where it has the format of another version.
    pub fn open(folder: &Path) -> Result<Self, Diagnostic> {
        let path = folder.join(FILE);
        let bytes = std::fs::read(&path).map_err(|e| errors::no_fit(folder, &e))?;
        format::read(&bytes).map_err(|fault| match fault {
            format::Fault::Damaged(why) => errors::damaged(&path, &why),
            format::Fault::Format { written, by } => errors::other_format(&path, written, &by),
        })
    }
}
