//! What `run` and `resume` share: a fit with a folder to write to, and what is told of it.

use super::Status;
use super::held_out::HeldOut;
use super::images::{self, Images, Pictured};
use crate::backend::fast::in_pool;
use crate::checkpoint::{self, About, Checkpoint, Ending};
use crate::diag::{self, Diagnostic, Diagnostics};
use crate::front::{self, Every, Fit, Interrupt, Progress, Terminal};
use crate::infer::{Config, Finding, Param, Stop, unreported};
use crate::lower::Problem;
use crate::report::{self, BatchRow, Exit, Folder, LatentRow, Record};
use crate::session::{Inputs, Session};
use std::sync::Arc;

/// A fit whose inputs are all good.
pub(super) struct Ready {
    pub(super) session: Session,
    pub(super) inputs: Inputs,
    pub(super) problem: Arc<Problem>,
    pub(super) config: Config,
    pub(super) latents: Vec<LatentRow>,
    pub(super) batches: Vec<BatchRow>,
    pub(super) warnings: Diagnostics,
    pub(super) folder: Folder,
    pub(super) held_out: Vec<HeldOut>,
    pub(super) images: Vec<Images>,
    pub(super) about: About,
    pub(super) save_every: Option<Every>,
    pub(super) shown: Shown,
}

/// A fit that took so many seconds is saved before its report.
const WORTH_SAVING: f64 = 10.0;

/// What is told.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) quiet: bool,
    pub(super) json: bool,
}

impl Ready {
    /// Fits, writes the folder and tells what is in it. The fit stands in its folder already where it `goes_on`.
    pub(super) fn fit(
        mut self,
        terminal: &Terminal,
        goes_on: bool,
        begin: impl FnOnce() -> Result<(front::Run, Result<(), Stop>), Diagnostic> + Send,
    ) -> Status {
        let watched = terminal.watched && !self.shown.quiet && !self.shown.json;
        let progress = Progress::new(watched, self.config.steps);
        let interrupt = Interrupt::listen();
        let mut writer = Writer { folder: &self.folder, stands: goes_on, failed: false };
        let fitted = in_pool(self.config.options.threads, || {
            let (mut run, mut stopped) = begin()?;
            let mut save = |run: &front::Run| {
                writer.save(&self.begun(), &self.checkpoint(run, Ending::UnderWay), terminal);
            };
            if self.save_every.is_some() && !goes_on {
                save(&run);
            }
            if stopped.is_ok() {
                stopped = run.go_saving(&progress, &interrupt, self.save_every, &mut save);
            }
            // What is reported is worth keeping before: a report may take long, and end with Ctrl-C.
            if stopped.is_ok() && (self.save_every.is_some() || run.seconds() >= WORTH_SAVING) {
                save(&run);
            }
            interrupt.dismiss();
            let mut fit = run.report(stopped);
            fit.held_out = self.held_out.iter().map(|h| h.measure(&mut run.fitter)).collect();
            let ending = match fit.exit {
                Exit::Done => Ending::Done,
                Exit::Interrupted => Ending::UnderWay,
                Exit::NotFinite => Ending::NotFinite,
            };
            let checkpoint = self.checkpoint(&run, ending);
            let pictured = self.pictured(&fit, &checkpoint.params);
            let pictures = images::files(&self.images, &pictured);
            Ok((fit, checkpoint, pictures))
        });
        let (fit, checkpoint, pictures) = match fitted {
            Ok(fitted) => fitted,
            Err(error) => {
                terminal.complain(error);
                return Status::Mistake;
            }
        };
        let stands = writer.stands;
        let found = self.warn(&fit.findings);
        let status = self.finish(terminal, &fit, (&checkpoint, pictures), stands);
        if !self.shown.json {
            terminal.report(&found, &self.session.source);
        }
        status
    }

    /// Takes findings among the warnings.
    pub(super) fn warn(&mut self, findings: &[Finding]) -> Diagnostics {
        let words = |f| report::finding(&self.session.model, self.config.steps, f);
        let found: Diagnostics = findings.iter().map(words).collect();
        self.warnings.extend(found.clone());
        found
    }

    fn pictured<'a>(&'a self, fit: &'a Fit, params: &'a [Param]) -> Pictured<'a> {
        Pictured {
            problem: &self.problem,
            params,
            held_out: self.held_out.first().map(|h| &h.problem),
            draws: &fit.draws,
            seed: self.config.seed,
        }
    }

    fn checkpoint(&self, run: &front::Run, ending: Ending) -> Checkpoint {
        Checkpoint {
            about: self.about.clone(),
            standing: run.standing(ending),
            params: run.fitter.fitted(),
            state: run.fitter.state(),
        }
    }

    /// `run.json` until the end.
    fn begun(&self) -> serde_json::Value {
        let source = &self.session.source;
        let files = &self.problem.bound.files;
        report::begun((&source.name, &source.text), files, self.config.seed)
    }

    /// Writes the folder, then tells what is in it. In a folder that stands the checkpoint comes last: until then the one before
    /// is there to go on from.
    fn finish(
        &self,
        terminal: &Terminal,
        fit: &Fit,
        (checkpoint, pictures): (&Checkpoint, Files),
        stands: bool,
    ) -> Status {
        let bound = &self.problem.bound;
        let broken = (fit.exit == Exit::NotFinite)
            .then(|| report::not_finite(bound, fit.blame.as_ref(), fit.steps));
        let record = record(self, fit, broken.as_ref());
        let count = pictures.len();
        let files = files(self, fit, &record, (checkpoint, pictures));
        let written = match stands {
            true => files.iter().try_for_each(|(name, bytes)| self.folder.put(name, bytes)),
            false => self.folder.write(&files),
        };
        if let Err(error) = written {
            terminal.complain(error);
            return Status::Mistake;
        }
        if self.shown.json {
            let mut record = record;
            record["summary"] = fit.summary.iter().map(row).collect();
            terminal.print(&format!("{record:#}\n"));
        } else if !self.shown.quiet {
            terminal.print(&text(self, fit, count));
        }
        if let Some(broken) = broken {
            terminal.report(&Diagnostics::from_iter([broken]), &self.session.source);
        }
        if fit.exit == Exit::Done { Status::Done } else { Status::BrokeOff }
    }
}

/// Writes a fit down while it runs.
struct Writer<'a> {
    folder: &'a Folder,
    /// Whether the folder is that of this fit by now.
    stands: bool,
    failed: bool,
}

impl Writer<'_> {
    /// A failure is told once, and no reason to lose the fit.
    fn save(&mut self, begun: &serde_json::Value, checkpoint: &Checkpoint, terminal: &Terminal) {
        let bytes = checkpoint.bytes();
        let written = match self.stands {
            true => self.folder.put(checkpoint::FILE, &bytes),
            false => self.folder.write(&[
                ("run.json".to_string(), format!("{begun:#}\n").into_bytes()),
                (checkpoint::FILE.to_string(), bytes),
            ]),
        };
        match written {
            Ok(()) => self.stands = true,
            Err(error) if !self.failed => {
                self.failed = true;
                terminal.complain(error);
            }
            Err(_) => {}
        }
    }
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
        ends_at_last: fit.ends_at_last,
        fit_seconds: fit.seconds,
        us_per_step: fit.us_per_step,
        startup_ms: fit.startup_ms,
        elbos: fit.elbos.clone(),
        held_out: &fit.held_out,
        temperatures: &fit.temperatures,
    };
    record.to_json()
}

/// Files by their names in the folder.
type Files = Vec<(String, Vec<u8>)>;

fn files(
    ready: &Ready,
    fit: &Fit,
    record: &serde_json::Value,
    (checkpoint, pictures): (&Checkpoint, Files),
) -> Files {
    let draws = report::draws_csv(&fit.draws, &ready.session.source.name, ready.config.seed);
    let tables = [
        ("summary.csv", report::summary_csv(&fit.summary)),
        ("draws.csv", draws.into_bytes()),
        ("history.csv", report::history_csv(&fit.history)),
        ("run.json", format!("{record:#}\n").into_bytes()),
    ];
    let last = (checkpoint::FILE.to_string(), checkpoint.bytes());
    let tables = tables.map(|(name, bytes)| (name.to_string(), bytes));
    tables.into_iter().chain(pictures).chain([last]).collect()
}

fn row(s: &crate::infer::Summary) -> serde_json::Value {
    serde_json::json!({
        "name": s.name, "mean": s.mean, "sd": s.sd, "q05": s.q05, "q50": s.q50, "q95": s.q95,
    })
}

/// The report on the screen.
fn text(ready: &Ready, fit: &Fit, pictures: usize) -> String {
    let mut out = report::batch_text(&ready.batches);
    out.push_str(&report::estimators(&ready.latents));
    out.push('\n');
    out.push_str(&report::posterior_table(&fit.summary, " in summary.csv"));
    let bound = &ready.problem.bound;
    let long = unreported(&ready.problem).into_iter();
    let long: Vec<(&str, usize)> =
        long.map(|id| (bound.model.name(id).name.as_str(), bound.elements(id))).collect();
    out.push_str(&report::left_out_lines(&long, &ready.folder.path().display().to_string()));
    out.push('\n');
    out.push_str(&report::elbo_lines(&fit.elbos));
    out.push_str(&report::held_out_lines(&fit.held_out));
    let ending = match fit.exit {
        Exit::Done => "",
        Exit::Interrupted => ", interrupted",
        Exit::NotFinite => ", broken off",
    };
    let folder = ready.folder.path().display();
    out += &format!("{} steps in {:.2} s{ending}; results in {folder}/", fit.steps, fit.seconds);
    if pictures > 0 {
        out += &format!(", pictures in {folder}/images/");
    }
    out + "\n"
}
