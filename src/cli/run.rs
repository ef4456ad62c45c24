//! `elbow run FILE`: fits a model to data, reports, and leaves a folder of results.

use super::Status;
use super::held_out::HeldOut;
use super::inputs::{DataArgs, open_checked};
use crate::backend::Lowering;
use crate::backend::fast::in_pool;
use crate::check::model::{FitSettings, Precision, Schedule};
use crate::checkpoint::{self, About, Checkpoint};
use crate::diag::{self, Diagnostic, Diagnostics};
use crate::front::{self, Fit, Interrupt, Progress, Terminal};
use crate::infer::{self, Config, Finding, Saved};
use crate::lower::Problem;
use crate::report::{self, BatchRow, Exit, Folder, LatentRow, Record};
use crate::session::{Inputs, Session};
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
    /// Held-out data, in place of the data of those names: their ELBO is reported
    #[arg(long, value_name = "FILE | NAME=FILE")]
    pub(super) test: Vec<String>,
    /// Draws of the importance-weighted bound of held-out data
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(2..), requires = "test")]
    pub(super) test_bound: Option<u64>,
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

impl FitArgs {
    fn settings(&self) -> FitSettings {
        FitSettings {
            steps: self.steps,
            seed: self.seed,
            samples: self.samples,
            draws: self.draws,
            starts: self.starts,
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

/// A run whose inputs are all good.
struct Ready {
    session: Session,
    inputs: Inputs,
    problem: Arc<Problem>,
    config: Config,
    latents: Vec<LatentRow>,
    batches: Vec<BatchRow>,
    warnings: Diagnostics,
    folder: Folder,
    held_out: Vec<HeldOut>,
}

impl Run {
    pub(super) fn run(self, terminal: &Terminal, started: Instant) -> Status {
        let mut ready = match self.prepare(terminal) {
            Ok(ready) => ready,
            Err(status) => return status,
        };
        if !self.json {
            terminal.report(&ready.warnings, &ready.session.source);
        }
        let shown = terminal.watched && !self.quiet && !self.json;
        let progress = Progress::new(shown, ready.config.steps);
        let interrupt = Interrupt::listen();
        let fit = in_pool(ready.config.options.threads, || {
            let (problem, config) = (ready.problem.clone(), ready.config.clone());
            let (mut run, mut stopped) = front::Run::begin(problem, config, started);
            if stopped.is_ok() {
                stopped = run.go(&progress, &interrupt);
            }
            let held_out = ready.held_out.iter();
            let held_out = held_out.map(|h| h.measure(&mut run.fitter)).collect();
            front::Fit { held_out, ..run.report(stopped) }
        });
        let found = warnings_of(&ready, &fit.findings);
        ready.warnings.extend(found.clone());
        let status = self.finish(terminal, &ready, &fit);
        if !self.json {
            terminal.report(&found, &ready.session.source);
        }
        status
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
        let latents = report::latent_rows(&session.model, &problem.plan);
        let batches = report::batch_rows(&session.model, &problem.plan, &problem.bound.sizes());
        let held_out = self.held_out(&session, &inputs, &problem, terminal)?;
        let problem = Arc::new(problem);
        let mut ready = Ready {
            session,
            inputs,
            problem,
            config,
            latents,
            batches,
            warnings,
            folder,
            held_out,
        };
        let late = warnings_of(&ready, &infer::unfinished(&ready.problem, &ready.config));
        ready.warnings.extend(late);
        Ok(ready)
    }

    /// `NAME.fit` in the current directory.
    fn out(&self) -> PathBuf {
        let stem = self.file.file_stem().filter(|s| *s != "-");
        let name = stem.map_or("model".into(), |s| s.to_string_lossy());
        self.out.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.fit")))
    }

    /// Writes the folder, then tells what is in it.
    fn finish(&self, terminal: &Terminal, ready: &Ready, fit: &Fit) -> Status {
        let bound = &ready.problem.bound;
        let broken = (fit.exit == Exit::NotFinite)
            .then(|| report::not_finite(bound, fit.blame.as_ref(), fit.steps));
        let record = record(ready, fit, broken.as_ref());
        if let Err(error) = ready.folder.write(&files(ready, fit, &record)) {
            terminal.complain(error);
            return Status::Mistake;
        }
        if self.json {
            let mut record = record;
            record["summary"] = fit.summary.iter().map(row).collect();
            terminal.print(&format!("{record:#}\n"));
        } else if !self.quiet {
            terminal.print(&text(ready, fit));
        }
        if let Some(broken) = broken {
            terminal.report(&Diagnostics::from_iter([broken]), &ready.session.source);
        }
        if fit.exit == Exit::Done { Status::Done } else { Status::BrokeOff }
    }
}

fn warnings_of(ready: &Ready, findings: &[Finding]) -> Diagnostics {
    let words = |f| report::finding(&ready.session.model, ready.config.steps, f);
    findings.iter().map(words).collect()
}

fn record(ready: &Ready, fit: &Fit, broken: Option<&Diagnostic>) -> serde_json::Value {
    let source = &ready.session.source;
    let json = |d: &Diagnostic| diag::to_json(d, source);
    let record = Record {
        model: (&source.name, &source.text),
        files: &ready.problem.bound.files,
        dims: &ready.inputs.dims,
        config: &ready.config,
        policy: &ready.inputs.policy,
        objective: ready.problem.plan.objective.words(&ready.session.model),
        latents: &ready.latents,
        batches: &ready.batches,
        warnings: ready.warnings.iter().map(json).collect(),
        exit: fit.exit,
        error: broken.map(json),
        steps: fit.steps,
        beginning: fit.beginning,
        fit_seconds: fit.seconds,
        us_per_step: fit.us_per_step,
        startup_ms: fit.startup_ms,
        elbos: fit.elbos.clone(),
        held_out: &fit.held_out,
        temperatures: &fit.temperatures,
    };
    record.to_json()
}

fn files(ready: &Ready, fit: &Fit, record: &serde_json::Value) -> [(&'static str, Vec<u8>); 5] {
    let draws = report::draws_csv(&fit.draws, &ready.session.source.name, ready.config.seed);
    let about = About::new(&ready.session, &ready.inputs, &ready.problem, &ready.config);
    let checkpoint = Checkpoint { about, params: fit.params.clone(), state: Saved::new() };
    [
        ("summary.csv", report::summary_csv(&fit.summary)),
        ("draws.csv", draws.into_bytes()),
        ("history.csv", report::history_csv(&fit.history)),
        (checkpoint::FILE, checkpoint.bytes()),
        ("run.json", format!("{record:#}\n").into_bytes()),
    ]
}

fn row(s: &crate::infer::Summary) -> serde_json::Value {
    serde_json::json!({
        "name": s.name, "mean": s.mean, "sd": s.sd, "q05": s.q05, "q50": s.q50, "q95": s.q95,
    })
}

/// The report on the screen.
fn text(ready: &Ready, fit: &Fit) -> String {
    let mut out = report::batch_text(&ready.batches);
    out.push_str(&report::estimators(&ready.latents));
    out.push('\n');
    out.push_str(&report::posterior_table(&fit.summary, " in summary.csv"));
    out.push('\n');
    out.push_str(&report::elbo_lines(&fit.elbos));
    out.push_str(&report::held_out_lines(&fit.held_out));
    let ending = match fit.exit {
        Exit::Done => "",
        Exit::Interrupted => ", interrupted",
        Exit::NotFinite => ", broken off",
    };
    let folder = ready.folder.path().display();
    out + &format!("{} steps in {:.2} s{ending}; results in {folder}/\n", fit.steps, fit.seconds)
}
