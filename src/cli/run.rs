//! `elbow run FILE`: fits a model to data, reports, and leaves a folder of results.

use super::Status;
use super::fitting::{Ready, Shown};
use super::held_out::held_out;
use super::images::ImageArgs;
use super::inputs::{DataArgs, open_checked};
use crate::backend::Lowering;
use crate::check::model::{ElboRows, FitSettings, Precision, Schedule};
use crate::checkpoint::{self, About};
use crate::front::{self, Every, Terminal};
use crate::infer::{self, Config};
use crate::report::{self, Folder};
use crate::session::Inputs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Fit a model to data and report its posterior
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Run {
    /// The model file; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    fit: FitArgs,
    #[command(flatten)]
    images: ImageArgs,
    /// Held-out data, in place of the data of those names: their ELBO is reported
    #[arg(long, value_name = "FILE | NAME=FILE")]
    test: Vec<String>,
    /// Draws of the importance-weighted bound of held-out data
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(2..), requires = "test")]
    test_bound: Option<u64>,
    /// Write the fit down every so often while it runs, for `elbow resume`: steps, or a time as 30s, 5m, 2h
    #[arg(long, value_name = "STEPS | TIME", value_parser = every)]
    save_every: Option<(String, Every)>,
    /// Where to write the results [default: NAME.fit]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace the results of another run
    #[arg(long)]
    force: bool,
    /// Print warnings and errors only
    #[arg(long)]
    quiet: bool,
    /// Print the run and its summary as one JSON object
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  elbow run eight_schools.elbow --data eight_schools.csv
  elbow run model.elbow --data y=heights.npy --data covariates.csv --dim K=3
  elbow run mixture.elbow --data x.csv --estimator z=marginalize --steps 20000 --seed 7
  elbow run model.elbow --data data.json --out fits/first --force --json
  elbow run vae.elbow --data x=train.npz --test x=test.npz --test-bound 100
  elbow run vae.elbow --data x=train.npz --test x=test.npz --images pixel=28x28
  elbow run vae.elbow --data x=train.npz --save-every 5m

Exit codes: 0 done, 1 a mistake in what was given, 2 the fit broke off.";

/// Settings of the fit; they win over the model's `fit` block.
#[derive(clap::Args)]
struct FitArgs {
    /// Steps of the optimiser
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// The seed of all randomness
    #[arg(long)]
    seed: Option<u64>,
    /// Monte Carlo draws per step
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    samples: Option<u64>,
    /// The learning rate
    #[arg(long, value_name = "RATE", value_parser = rate, allow_hyphen_values = true)]
    lr: Option<f64>,
    /// Width of floating-point numbers [default: f64]
    #[arg(long, value_enum)]
    precision: Option<PrecisionArg>,
    /// Threads of the computation [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Posterior draws to write
    #[arg(long, value_parser = clap::value_parser!(u64).range(2..))]
    draws: Option<u64>,
    /// Scattered starts, of which the best goes on [default: 24 where modes are many, else 1]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    starts: Option<u64>,
    /// Rows of a batched dimension that ELBOs and bounds are reported of, `all` or a random sample of so many [default: 100000]
    #[arg(long, value_name = "ROWS | all", value_parser = elbo_rows)]
    elbo_rows: Option<ElboRows>,
    /// How the graph is computed
    #[arg(long, value_enum, default_value_t = BackendArg::Fast)]
    backend: BackendArg,
}

#[derive(clap::ValueEnum, Clone, Copy)]
enum PrecisionArg {
    F32,
    F64,
}

#[derive(clap::ValueEnum, Clone, Copy)]
enum BackendArg {
    Fast,
    /// One node per operation: slow, for comparison
    Reference,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|r: &f64| r.is_finite() && *r > 0.0);
    rate.ok_or_else(|| "a positive number is needed".into())
}

/// `100_000`, `all`
fn elbo_rows(text: &str) -> Result<ElboRows, String> {
    if text == "all" {
        return Ok(ElboRows::All);
    }
    let rows = text.replace('_', "").parse().ok().filter(|rows| *rows >= ElboRows::LEAST);
    let wrong = || format!("`all` or a whole number is needed, at least {}", ElboRows::LEAST);
    rows.map(ElboRows::Most).ok_or_else(wrong)
}

/// With the words, which go into the checkpoint.
pub(super) fn every(text: &str) -> Result<(String, Every), String> {
    Ok((text.to_string(), text.parse()?))
}

impl FitArgs {
    fn settings(&self) -> FitSettings {
        FitSettings {
            steps: self.steps,
            seed: self.seed,
            samples: self.samples,
            draws: self.draws,
            starts: self.starts,
            elbo_rows: self.elbo_rows,
            learning_rate: self.lr.map(Schedule::Constant),
            precision: self.precision.map(|p| match p {
                PrecisionArg::F32 => Precision::F32,
                PrecisionArg::F64 => Precision::F64,
            }),
            ..FitSettings::default()
        }
    }

    fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(all, usize::from)
    }

    fn lowering(&self) -> Lowering {
        match self.backend {
            BackendArg::Fast => Lowering::Fast,
            BackendArg::Reference => Lowering::Reference,
        }
    }
}

impl Run {
    pub(super) fn run(self, terminal: &Terminal, started: Instant) -> Status {
        let ready = match self.prepare(terminal) {
            Ok(ready) => ready,
            Err(status) => return status,
        };
        if !self.json {
            terminal.report(&ready.warnings, &ready.session.source);
        }
        let (problem, config) = (ready.problem.clone(), ready.config.clone());
        ready.fit(terminal, false, || Ok(front::Run::begin(problem, config, started)))
    }

    /// Everything that a user can get wrong, before anything is computed.
    fn prepare(&self, terminal: &Terminal) -> Result<Ready, Status> {
        let (session, mut warnings) = open_checked(&self.file, terminal)?;
        let inputs = Inputs { seed: self.fit.seed, ..self.data.inputs() };
        let (problem, found) = session.problem(&inputs);
        warnings.extend(found);
        let Some(problem) = problem else {
            terminal.report(&warnings, &session.source);
            return Err(Status::Mistake);
        };
        let folder = Folder::claim(self.out(), self.force).map_err(|error| {
            terminal.complain(error);
            Status::Mistake
        })?;
        let settings = session.settings(&self.fit.settings());
        let config = Config::new(&problem, &settings, self.fit.threads(), self.fit.lowering());
        let images = self.images.find(&problem).map_err(|error| {
            terminal.complain(error);
            Status::Mistake
        })?;
        let (words, save_every) = self.save_every.clone().unzip();
        let asked = checkpoint::HeldOut { data: self.test.clone(), bound: self.test_bound };
        let held_out = held_out(&asked, &session, &inputs, &problem, terminal)?;
        let about = About {
            held_out: asked,
            images: self.images.words(),
            save_every: words,
            ..About::new(&session, &inputs, &problem, &config)
        };
        let mut ready = Ready {
            latents: report::latent_rows(&session.model, &problem.plan),
            batches: report::batch_rows(&session.model, &problem.plan, &problem.bound.sizes()),
            session,
            inputs,
            problem: Arc::new(problem),
            config,
            warnings,
            folder,
            held_out,
            images,
            about,
            save_every,
            shown: Shown { quiet: self.quiet, json: self.json },
        };
        ready.warn(&infer::unfinished(&ready.problem, &ready.config));
        Ok(ready)
    }

    /// `NAME.fit` in the current directory.
    fn out(&self) -> PathBuf {
        let stem = self.file.file_stem().filter(|s| *s != "-");
        let name = stem.map_or("model".into(), |s| s.to_string_lossy());
        self.out.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.fit")))
    }
}
