//! `elbow resume DIR`: goes on with a fit from where it was written down.

use super::Status;
use super::fitting::{Ready, Shown};
use super::held_out::held_out;
use super::images::ImageArgs;
use super::run::every;
use crate::checkpoint::{self, About, Checkpoint, Ending};
use crate::diag::{Diagnostic, Diagnostics};
use crate::front::{self, Every, Terminal};
use crate::infer::{self, Config};
use crate::report::{self, Folder};
use crate::session::{Inputs, Session};
use crate::source::Source;
use std::path::PathBuf;
use std::sync::Arc;

/// Go on with a fit that was interrupted, or beyond its last step
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Resume {
    /// The folder that `elbow run` wrote
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The step to end at, counted from the beginning [default: the fit's own last step]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// Where the data are now, if they were moved: a data file, or name=FILE for one datum
    #[arg(long, value_name = "FILE | NAME=FILE")]
    data: Vec<String>,
    /// Write the fit down every so often: steps, or a time as 30s, 5m, 2h [default: as before]
    #[arg(long, value_name = "STEPS | TIME", value_parser = every)]
    save_every: Option<(String, Every)>,
    /// Threads of the computation [default: as before]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Print warnings and errors only
    #[arg(long)]
    quiet: bool,
    /// Print the run and its summary as one JSON object
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  elbow resume model.fit
  elbow resume model.fit --steps 20000

An interrupted fit ends as if it had never stopped: the same parameters, draws and history, to the bit.
Beyond its last step, whatever depends on the number of steps stays as it was there: a learning rate
that falls over the fit, for one, is what it fell to.
Exit codes: 0 done, 1 a mistake in what was given, 2 the fit broke off or stopped before its last step.";

impl Resume {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        match self.prepare(terminal) {
            Ok((ready, checkpoint)) => self.go_on(ready, checkpoint, terminal),
            Err(status) => status,
        }
    }

    fn prepare(&self, terminal: &Terminal) -> Result<(Ready, Checkpoint), Status> {
        let complain = |error: Diagnostic| {
            terminal.complain(error);
            Status::Mistake
        };
        let checkpoint = Checkpoint::open(&self.folder).map_err(complain)?;
        if let Some(error) = self.unable(&checkpoint) {
            return Err(complain(error));
        }
        let tell = |found: Diagnostics, source: &Source| {
            terminal.report(&found, source);
            Status::Mistake
        };
        let session = checkpoint
            .session(&self.folder)
            .map_err(|found| tell(found, &Source::new("elbow", "")))?;
        let inputs = match self.data.is_empty() {
            true => checkpoint.inputs(),
            false => Inputs { data: self.data.clone(), ..checkpoint.inputs() },
        };
        let (problem, warnings) = checkpoint
            .problem(&self.folder, &session, &inputs)
            .map_err(|found| tell(found, &session.source))?;
        let about = self.about(&checkpoint, &session, &problem, &inputs);
        let asked = checkpoint::HeldOut {
            data: checkpoint.specs_from_here(&about.held_out.data),
            ..about.held_out.clone()
        };
        let held_out = held_out(&asked, &session, &inputs, &problem, terminal)?;
        let images = ImageArgs::of_words(&about.images).find(&problem).map_err(complain)?;
        let folder = Folder::of_run(self.folder.clone());
        folder.sweep();
        let mut ready = Ready {
            latents: report::latent_rows(&session.model, &problem.plan),
            batches: report::batch_rows(&session.model, &problem.plan, &problem.bound.sizes()),
            config: Config {
                steps: checkpoint.standing.last.max(self.steps.unwrap_or(0)),
                ..about.config.clone()
            },
            session,
            inputs,
            problem: Arc::new(problem),
            warnings,
            folder,
            held_out,
            images,
            save_every: about.save_every.as_ref().and_then(|words| words.parse().ok()),
            about,
            shown: Shown { quiet: self.quiet, json: self.json },
        };
        ready.warn(&infer::unfinished(&ready.problem, &ready.about.config.clone()));
        Ok((ready, checkpoint))
    }

    /// Why there is nothing to go on with.
    fn unable(&self, checkpoint: &Checkpoint) -> Option<Diagnostic> {
        let (done, last) = (checkpoint.standing.steps, checkpoint.standing.last);
        match (checkpoint.standing.ending, self.steps) {
            (Ending::NotFinite, _) => {
                Some(checkpoint::broke_off(&self.folder, &checkpoint.about, done))
            }
            (_, None) if done >= last => Some(checkpoint::nothing_left(&self.folder, done)),
            (_, Some(steps)) if steps <= done => {
                Some(checkpoint::already_there(&self.folder, steps, done))
            }
            _ => None,
        }
    }

    /// What the next checkpoint says of the fit.
    fn about(
        &self,
        checkpoint: &Checkpoint,
        session: &Session,
        problem: &crate::lower::Problem,
        inputs: &Inputs,
    ) -> About {
        let mut about = checkpoint.about.clone();
        if let Some(threads) = self.threads {
            about.config.options.threads = threads.into();
        }
        if let Some((words, _)) = &self.save_every {
            about.save_every = Some(words.clone());
        }
        if self.data.is_empty() {
            return about;
        }
        let held_out = checkpoint::HeldOut {
            data: checkpoint.specs_from_here(&about.held_out.data),
            ..about.held_out
        };
        let moved = About::new(session, inputs, problem, &about.config);
        About { held_out, images: about.images, save_every: about.save_every, ..moved }
    }

    fn go_on(self, ready: Ready, checkpoint: Checkpoint, terminal: &Terminal) -> Status {
        if !self.json {
            terminal.report(&ready.warnings, &ready.session.source);
        }
        let (problem, config) = (ready.problem.clone(), ready.about.config.clone());
        let Checkpoint { standing, state, .. } = checkpoint;
        ready.fit(terminal, true, || {
            front::Run::restore(problem, config, (&state, &standing), self.steps)
                .map(|run| (run, Ok(())))
                .map_err(|unfit| checkpoint::unfit(&self.folder, &unfit))
        })
    }
}
