//! What several commands share: reading a model file or standard input, and the flags for data and estimators.

use super::Status;
use crate::check::asked;
use crate::check::model::{Estimators, ObjectiveAsk};
use crate::check::objective::parse;
use crate::check::plan::Policy;
use crate::diag::Diagnostics;
use crate::front::{Terminal, reading};
use crate::session::{Inputs, Session};
use crate::source::Source;
use std::error::Error;
use std::io::Read;
use std::path::Path;

/// A model file; `-` is standard input. `None` where it cannot be read, after saying so.
pub(super) fn open(path: &Path, terminal: &Terminal) -> Option<(Session, Diagnostics)> {
    let opened = if path == Path::new("-") {
        let mut bytes = vec![];
        match std::io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Session::from_bytes("<stdin>", bytes),
            Err(error) => Err(Session::unreadable("<stdin>", &error)),
        }
    } else {
        Session::open(path)
    };
    let show =
        |found: Diagnostics| terminal.report(&found, &Source::new(path.display().to_string(), ""));
    opened.map_err(show).ok()
}

/// A model without errors, its warnings told.
pub(super) fn open_checked(
    path: &Path,
    terminal: &Terminal,
) -> Result<(Session, Diagnostics), Status> {
    let (mut session, found) = open(path, terminal).ok_or(Status::Mistake)?;
    session.watch = reading(terminal);
    if found.has_errors() {
        terminal.report(&found, &session.source);
        return Err(Status::Mistake);
    }
    Ok((session, found))
}

#[derive(clap::Args, Clone, Debug)]
pub(super) struct DataArgs {
    /// A data file, read by column name, or name=FILE for one datum; FILE[1:1000] are some of its rows
    #[arg(long, value_name = "FILE | NAME=FILE")]
    data: Vec<String>,
    /// The size of a dimension
    #[arg(long = "dim", value_name = "NAME=SIZE", value_parser = size)]
    dims: Vec<(String, u64)>,
    #[command(flatten)]
    policy: PolicyArgs,
}

#[derive(clap::Args, Clone, Debug)]
pub(super) struct PolicyArgs {
    /// Which estimators to choose from where the model asks for none
    #[arg(long, value_enum)]
    estimators: Option<EstimatorsArg>,
    /// The estimator of one latent, with options as in an annotation, which it wins over: z=reinforce, "z=reinforce(baseline = none)"
    #[arg(long = "estimator", value_name = "LATENT=NAME", value_parser = estimator)]
    overrides: Vec<(String, String)>,
    /// What is maximised: elbo, stl, iwae(8), iwae(8 over n), dreg(8 over n)
    #[arg(long, value_name = "OBJECTIVE", value_parser = parse)]
    objective: Option<ObjectiveAsk>,
    /// Rows of a dimension that a step sees; wins over the model
    #[arg(long = "batch", value_name = "DIM=ROWS", value_parser = size)]
    batches: Vec<(String, u64)>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum EstimatorsArg {
    Auto,
    Exact,
    Unbiased,
    /// The unbiased one of least variance × cost, by pilots on the data
    Measured,
}

impl DataArgs {
    pub(super) fn inputs(&self) -> Inputs {
        let (data, dims) = (self.data.clone(), self.dims.clone());
        Inputs { data, dims, policy: self.policy.policy(), seed: None }
    }

    /// Whether anything is known of the data.
    pub(super) fn are_given(&self) -> bool {
        !self.data.is_empty() || !self.dims.is_empty()
    }
}

impl PolicyArgs {
    fn policy(&self) -> Policy {
        let estimators = self.estimators.map(|e| match e {
            EstimatorsArg::Auto => Estimators::Auto,
            EstimatorsArg::Exact => Estimators::Exact,
            EstimatorsArg::Unbiased => Estimators::Unbiased,
            EstimatorsArg::Measured => Estimators::Measured,
        });
        let (overrides, batches) = (self.overrides.clone(), self.batches.clone());
        Policy { estimators, overrides, batches, objective: self.objective.clone() }
    }
}

/// `z=reinforce`
fn pair(text: &str) -> Result<(String, String), String> {
    let split = text.split_once('=').filter(|(name, value)| !name.is_empty() && !value.is_empty());
    let (name, value) = split.ok_or("a name, `=` and a value are needed")?;
    Ok((name.to_string(), value.trim_start_matches('@').to_string()))
}

/// `z=reinforce(baseline = none)`. What is wrong with the options is shown in the argument.
fn estimator(text: &str) -> Result<(String, String), Box<dyn Error + Send + Sync>> {
    let (latent, estimator) = pair(text)?;
    if !estimator.contains(|c: char| !c.is_alphanumeric() && c != '_') {
        return Ok((latent, estimator));
    }
    match asked::read(text, latent.len() + 1) {
        Ok(_) => Ok((latent, estimator)),
        Err(found) => Err(Refused { found, argument: Source::new("--estimator", text) }.into()),
    }
}

/// What is wrong with an argument that is a piece of the language.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) found: Diagnostics,
    pub(super) argument: Source,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let messages: Vec<&str> = self.found.iter().map(|d| d.message.as_str()).collect();
        f.write_str(&messages.join("; "))
    }
}

impl Error for Refused {}

/// `K=5`
fn size(text: &str) -> Result<(String, u64), String> {
    let (name, value) = pair(text)?;
    match value.replace('_', "").parse() {
        Ok(size) if size > 0 => Ok((name, size)),
        _ => Err(format!("a size is a whole number from 1, not `{value}`")),
    }
}
