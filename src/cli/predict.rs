//! `elbow predict DIR`: what a fit says of new data.

use super::{Status, errors};
use crate::checkpoint::Checkpoint;
use crate::data::BoundDim;
use crate::diag::Diagnostics;
use crate::front::Terminal;
use crate::infer::summarize;
use crate::report::{Folder, Predicted};
use crate::session::{Inputs, Prediction, Session};
use crate::source::Source;
use std::path::PathBuf;

/// Predict what new data lack from a fit
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Predict {
    /// The folder that `elbow run` wrote
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// New data: a data file, read by column name, or name=FILE for one datum [default: those of the fit]
    #[arg(long, value_name = "FILE | NAME=FILE")]
    data: Vec<String>,
    /// Draws of each predicted value [default: as many as the fit's, fewer of very many values]
    #[arg(long, value_parser = clap::value_parser!(u64).range(2..))]
    draws: Option<u64>,
    /// The seed of the draws [default: the fit's]
    #[arg(long)]
    seed: Option<u64>,
    /// Where to write all predictions and their draws
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace the predictions of another time
    #[arg(long, requires = "out")]
    force: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  elbow predict model.fit --data new.csv
  elbow predict model.fit --data new.csv --out predictions
  elbow predict model.fit

Every observed datum that the new files lack is predicted, with latents and computed names that have new rows.
Labels are those of the fit; a dimension without labels has the size of the new files. Latents of new rows are
drawn from a guide that computes them from data, or from the prior given the rest. Without --data the observed
data of the fit are drawn once more.";

/// Draws of all values together that are made unless more are asked for.
const MOST_NUMBERS: usize = 50_000_000;

impl Predict {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        match self.predicted(terminal) {
            Ok(()) => Status::Done,
            Err((found, source)) => {
                terminal.report(&found, &source);
                Status::Mistake
            }
        }
    }

    fn predicted(&self, terminal: &Terminal) -> Result<(), (Diagnostics, Source)> {
        let nowhere = |found: Diagnostics| (found, Source::new("elbow", ""));
        let one = |error| nowhere(Diagnostics::from_iter([error]));
        let checkpoint = Checkpoint::open(&self.folder).map_err(one)?;
        let session = checkpoint.session(&self.folder).map_err(nowhere)?;
        let out = self.out.clone().map(|out| Folder::claim(out, self.force)).transpose();
        let out = out.map_err(one)?;
        let (prediction, warnings) = self
            .prediction(&checkpoint, &session)
            .map_err(|found| (found, session.source.clone()))?;
        terminal.report(&warnings, &session.source);
        let config = &checkpoint.about.config;
        let seed = self.seed.unwrap_or(config.seed);
        let few = (MOST_NUMBERS / prediction.elements().max(1)).max(2);
        let count = self.draws.map_or(config.draws.min(few), |n| n as usize);
        let draws = prediction.draws(count, seed);
        let summary = summarize(&prediction.problem, &draws);
        let predicted = Predicted {
            model: &session.source.name,
            fit: &self.folder,
            files: &prediction.problem.bound.files,
            draws: &draws,
            summary: &summary,
            seed,
        };
        if let Some(folder) = &out {
            folder.write(&predicted.files()).map_err(one)?;
        }
        terminal.print(&match self.json {
            true => format!("{:#}\n", predicted.to_json()),
            false => predicted.text(out.as_ref().map(Folder::path)),
        });
        Ok(())
    }

    fn prediction(
        &self,
        checkpoint: &Checkpoint,
        session: &Session,
    ) -> Result<(Prediction, Diagnostics), Diagnostics> {
        let fitted = || {
            let inputs = checkpoint.inputs();
            checkpoint.problem(&self.folder, session, &inputs).map(|(problem, _)| problem)
        };
        if self.data.is_empty() {
            let prediction = session.replicas(fitted()?, &checkpoint.params)?;
            return Ok((prediction, Diagnostics::new()));
        }
        let Some(before) = dims(checkpoint, session) else {
            return Err(Diagnostics::from_iter([errors::other_dims(&self.folder)]));
        };
        let inputs = Inputs { data: self.data.clone(), ..checkpoint.inputs() };
        session.prediction(&inputs, &before, &checkpoint.params, &fitted)
    }
}

/// The dimensions of the fit, as the model has them.
fn dims(checkpoint: &Checkpoint, session: &Session) -> Option<Vec<BoundDim>> {
    let (known, dims) = (&checkpoint.about.dims, &session.model.dims);
    let same = known.len() == dims.len() && known.iter().zip(dims).all(|(k, d)| k.name == d.name);
    let bound = known
        .iter()
        .map(|known| BoundDim { size: known.size, labels: known.labels.clone().map(Into::into) });
    same.then(|| bound.collect())
}
