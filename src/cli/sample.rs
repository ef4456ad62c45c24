//! `elbow sample FILE`: draws from the prior and of the data that the model would have, before a fit; with `--fit DIR` from the
//! posterior and of the data that the fitted model would have.

use super::images::{self, ImageArgs, Images};
use super::inputs::{DataArgs, open_checked};
use super::{Status, errors, write_whole};
use crate::backend::Lowering;
use crate::check::model::{FitSettings, NameId, NameKind, Stage};
use crate::checkpoint::{self, Checkpoint};
use crate::diag::{Diagnostic, Diagnostics};
use crate::front::Terminal;
use crate::infer::{self, Config, Draws, MOST_NUMBERS, Param, chosen_draws, summarize};
use crate::lower::Problem;
use crate::report;
use crate::session::{Inputs, Session};
use crate::source::Source;
use std::path::{Path, PathBuf};

/// Draw latents and observed data from a model before a fit, or from a fit
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Sample {
    /// The model file; `-` is standard input
    #[arg(value_name = "FILE", required_unless_present = "fit")]
    file: Option<PathBuf>,
    /// Draw from the fit in this folder
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with_all = ["file", "dims", "estimators", "overrides", "objective", "batches"],
    )]
    fit: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
    /// How many draws
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(2..))]
    draws: u64,
    /// The seed of all randomness
    #[arg(long)]
    seed: Option<u64>,
    /// Where to write the draws
    #[arg(long, value_name = "FILE.csv|FILE.npz")]
    out: Option<PathBuf>,
    #[command(flatten)]
    images: ImageArgs,
    /// Print errors only
    #[arg(long)]
    quiet: bool,
}

const EXAMPLES: &str =
    "Data that have a distribution need not be there; `--dim` then says how long they would be.

Examples:
  elbow sample eight_schools.elbow --data eight_schools.csv
  elbow sample coin.elbow --dim flip=100 --draws 5000 --out coin.csv
  elbow sample regression.elbow --data covariates.csv --out draws.npz --seed 7
  elbow sample vae.elbow --dim image=100 --dim pixel=784 --draws 2 --images pixel=28x28
  elbow sample --fit vae.fit --images pixel=28x28
  elbow sample --fit eight_schools.fit --out replicas.npz";

/// What is drawn from.
struct Drawn {
    session: Session,
    problem: Problem,
    seed: u64,
    /// The parameters of a fit, by name and as the problem has them; `None` for the prior.
    fitted: Option<(Vec<Param>, Vec<f64>)>,
    /// Of the model's file or the fit's folder.
    name: PathBuf,
}

/// How draws are written.
#[derive(Clone, Copy)]
enum Format {
    Csv,
    Npz,
}

impl Sample {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        match self.attempt(terminal) {
            Ok(()) => Status::Done,
            Err(status) => status,
        }
    }

    fn attempt(&self, terminal: &Terminal) -> Result<(), Status> {
        let mistake = |error: Diagnostic| {
            terminal.complain(error);
            Status::Mistake
        };
        let format = self.out.as_deref().map(format).transpose().map_err(mistake)?;
        let drawn = match &self.fit {
            Some(folder) => self.fitted(folder, terminal)?,
            None => self.unfitted(terminal)?,
        };
        let images = self.images.find(&drawn.problem).map_err(mistake)?;
        let draws = self.draw(&drawn, format.is_some()).map_err(mistake)?;
        if let Some(name) = improper(&drawn.problem, &draws).filter(|_| drawn.fitted.is_none()) {
            let error = errors::improper_prior(&drawn.session, name);
            terminal.report(&Diagnostics::from_iter([error]), &drawn.session.source);
            return Err(Status::Mistake);
        }
        let mut files = self.pictures(&images, &drawn);
        if let (Some(format), Some(path)) = (format, &self.out) {
            let bytes = match format {
                Format::Csv => {
                    report::draws_csv(&draws, &drawn.session.source.name, drawn.seed).into_bytes()
                }
                Format::Npz => report::draws_npz(&draws, &drawn.problem.bound),
            };
            files.push((path.clone(), bytes));
        }
        for (path, bytes) in &files {
            write_whole(path, bytes).map_err(|e| mistake(errors::cannot_draw(path, &e)))?;
        }
        if !self.quiet {
            terminal.print(&self.text(&drawn, &draws, &files));
        }
        Ok(())
    }

    /// A model without its observed data.
    fn unfitted(&self, terminal: &Terminal) -> Result<Drawn, Status> {
        let file = self.file.as_deref().unwrap_or(Path::new("-"));
        let (session, mut found) = open_checked(file, terminal)?;
        let inputs = Inputs { seed: self.seed, ..self.data.inputs() };
        let (problem, more) = session.problem_without_data(&inputs);
        found.extend(more);
        terminal.report(&found, &session.source);
        let problem = problem.ok_or(Status::Mistake)?;
        let flags = FitSettings { seed: self.seed, ..FitSettings::default() };
        let config = Config::new(&problem, &session.settings(&flags), 1, Lowering::Fast);
        let name = file.file_name().unwrap_or_default().into();
        Ok(Drawn { session, problem, seed: config.seed, fitted: None, name })
    }

    /// A model with the data and the parameters of a fit.
    fn fitted(&self, folder: &Path, terminal: &Terminal) -> Result<Drawn, Status> {
        let tell = |found: Diagnostics, source: &Source| {
            terminal.report(&found, source);
            Status::Mistake
        };
        let none = Source::new("elbow", "");
        let opened = Checkpoint::open(folder);
        let checkpoint = opened.map_err(|e| tell(Diagnostics::from_iter([e]), &none))?;
        let session = checkpoint.session(folder).map_err(|found| tell(found, &none))?;
        let given = self.data.inputs().data;
        let inputs = match given.is_empty() {
            true => checkpoint.inputs(),
            false => Inputs { data: given, ..checkpoint.inputs() },
        };
        let (problem, _) = checkpoint
            .problem(folder, &session, &inputs)
            .map_err(|found| tell(found, &session.source))?;
        let seed = self.seed.unwrap_or(checkpoint.about.config.seed);
        let (params, missing) = infer::fitted(&problem, &checkpoint.params, &[]);
        if let Some(name) = missing.into_iter().next() {
            terminal.complain(checkpoint::unfit(folder, &infer::Unfit(name)));
            return Err(Status::Mistake);
        }
        let name = folder.file_name().unwrap_or_default().into();
        Ok(Drawn { session, problem, seed, fitted: Some((checkpoint.params, params)), name })
    }

    /// Draws of every name that is written, or of those that are short enough to be shown.
    fn draw(&self, drawn: &Drawn, all: bool) -> Result<Draws, Diagnostic> {
        let (problem, count) = (&drawn.problem, self.draws as usize);
        let size = |name| problem.bound.elements(name);
        let wanted = |name: NameId| all || size(name) <= SHOWN;
        let names = (0..problem.bound.model.names.len() as u32).map(NameId);
        let names = names.filter(|&name| is_drawn(problem, name) && wanted(name));
        let largest = names.clone().max_by_key(|&name| size(name));
        let numbers = names.map(size).sum::<usize>() as f64 * count as f64;
        if let Some(largest) = largest.filter(|_| numbers > MOST_NUMBERS as f64) {
            let name = &problem.bound.model.name(largest).name;
            let fits = (MOST_NUMBERS as f64 / numbers * count as f64) as usize;
            return Err(errors::too_many_numbers(name, size(largest), count, fits));
        }
        let params = drawn.fitted.as_ref().map(|(_, params)| params.as_slice());
        let source = infer::Source { params, predicts: true };
        Ok(chosen_draws(problem, source, count, drawn.seed, &wanted))
    }

    /// Beside the file of the draws, or in the folder at hand under the name of the model or the fit.
    fn pictures(&self, images: &[Images], drawn: &Drawn) -> Vec<(PathBuf, Vec<u8>)> {
        let beside = self.out.as_deref().unwrap_or(&drawn.name);
        let stem = beside.file_stem().filter(|s| *s != "-");
        let stem = stem.map_or("model".into(), |s| s.to_string_lossy());
        let place = |name: String| beside.with_file_name(format!("{stem}_{name}"));
        let params = drawn.fitted.as_ref().map(|(known, _)| known.as_slice());
        let files = images::samples_alone(images, &drawn.problem, params, drawn.seed);
        files.into_iter().map(|(name, bytes)| (place(name), bytes)).collect()
    }

    fn text(&self, drawn: &Drawn, draws: &Draws, files: &[(PathBuf, Vec<u8>)]) -> String {
        let problem = &drawn.problem;
        let rest = match &self.out {
            Some(path) => format!(" in {}", path.display()),
            None => String::new(),
        };
        let mut out = report::posterior_table(&summarize(problem, draws), &rest);
        let left_out = problem.bound.model.names.iter().enumerate().filter(|(row, decl)| {
            let name = NameId(*row as u32);
            is_drawn(problem, name) && draws.quantities.iter().all(|q| q.name != decl.name)
        });
        for (row, decl) in left_out {
            let count = problem.bound.elements(NameId(row as u32));
            out +=
                &format!("… {} has {count} elements; `--out draws.npz` writes them\n", decl.name);
        }
        let from = if drawn.fitted.is_some() { "posterior" } else { "prior" };
        out += &format!("\n{} draws from the {from}", draws.count);
        let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
        if names.is_empty() { out + "\n" } else { out + &format!("; wrote {}\n", names.join(", ")) }
    }
}

/// Elements of a name beyond which it is not drawn for the screen alone.
const SHOWN: usize = 10_000;

/// Whether draws have the name: latents, params, what is computed from them, and observed data.
fn is_drawn(problem: &Problem, name: NameId) -> bool {
    let model = &problem.bound.model;
    let decl = model.name(name);
    match decl.kind {
        NameKind::Latent { .. } | NameKind::Param { .. } => true,
        NameKind::Let { hidden: false, .. } if decl.ty.stage >= Stage::Param => true,
        NameKind::Weight(_) | NameKind::Mask { .. } => false,
        NameKind::Data(_) | NameKind::Let { .. } => model.observed().any(|n| n == name),
    }
}

/// A name of which no draw is a number: a latent, if there is one.
fn improper<'d>(problem: &Problem, draws: &'d Draws) -> Option<&'d str> {
    let model = &problem.bound.model;
    let none = |values: &Vec<f64>| values.iter().all(|x| x.is_nan());
    let found = draws.quantities.iter().filter(|q| q.values.iter().any(none));
    let is_given = |name: &str| {
        model.find_name(name).is_some_and(|id| matches!(model.name(id).kind, NameKind::Data(_)))
    };
    found.map(|q| q.name.as_str()).min_by_key(|name| is_given(name))
}

fn format(path: &Path) -> Result<Format, Diagnostic> {
    match path.extension().and_then(|e| e.to_str()) {
        Some("csv") => Ok(Format::Csv),
        Some("npz") => Ok(Format::Npz),
        _ => Err(errors::no_such_table(path)),
    }
}
