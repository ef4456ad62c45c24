//! `elbow sample FILE`: draws from the prior and of the data that the model would have, before a fit.

use super::images::{self, ImageArgs, Images};
use super::inputs::{DataArgs, open_checked};
use super::{Status, errors, write_whole};
use crate::backend::Lowering;
use crate::check::model::{FitSettings, NameId, NameKind, Stage, StmtKind};
use crate::diag::{Diagnostic, Diagnostics};
use crate::front::Terminal;
use crate::infer::{Config, Draws, Source, chosen_draws, summarize};
use crate::lower::Problem;
use crate::report;
use crate::session::Inputs;
use std::path::{Path, PathBuf};

/// Draw from a model before a fit: latents from the prior, observed data given them
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Sample {
    /// The model file; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
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
  elbow sample vae.elbow --dim image=100 --dim pixel=784 --draws 2 --images pixel=28x28";

/// How draws are written.
#[derive(Clone, Copy)]
enum Format {
    Csv,
    Npz,
}

/// Numbers that are held together.
const MOST: f64 = 2e8;

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
        let (session, mut found) = open_checked(&self.file, terminal)?;
        let inputs = Inputs { seed: self.seed, ..self.data.inputs() };
        let (problem, more) = session.problem_without_data(&inputs);
        found.extend(more);
        terminal.report(&found, &session.source);
        let problem = problem.ok_or(Status::Mistake)?;
        let images = self.images.find(&problem).map_err(mistake)?;
        let flags = FitSettings { seed: self.seed, ..FitSettings::default() };
        let config = Config::new(&problem, &session.settings(&flags), 1, Lowering::Fast);
        let draws = self.draw(&problem, format.is_some(), config.seed).map_err(mistake)?;
        if let Some(improper) = improper(&problem, &draws) {
            let error = errors::improper_prior(&session, improper);
            terminal.report(&Diagnostics::from_iter([error]), &session.source);
            return Err(Status::Mistake);
        }
        let mut files = self.pictures(&images, &problem, config.seed);
        if let (Some(format), Some(path)) = (format, &self.out) {
            let bytes = match format {
                Format::Csv => {
                    report::draws_csv(&draws, &session.source.name, config.seed).into_bytes()
                }
                Format::Npz => report::draws_npz(&draws, &problem.bound),
            };
            files.push((path.clone(), bytes));
        }
        for (path, bytes) in &files {
            write_whole(path, bytes).map_err(|e| mistake(errors::cannot_draw(path, &e)))?;
        }
        if !self.quiet {
            terminal.print(&self.text(&problem, &draws, &files));
        }
        Ok(())
    }

    /// Draws of every name that is written, or of those that are short enough to be shown.
    fn draw(&self, problem: &Problem, all: bool, seed: u64) -> Result<Draws, Diagnostic> {
        let count = self.draws as usize;
        let size = |name| elements(problem, name);
        let wanted = |name: NameId| all || size(name) <= SHOWN;
        let names = (0..problem.bound.model.names.len() as u32).map(NameId);
        let drawn = names.filter(|&name| is_drawn(problem, name) && wanted(name));
        let largest = drawn.clone().max_by_key(|&name| size(name));
        let numbers = drawn.map(size).sum::<usize>() as f64 * count as f64;
        if let Some(largest) = largest.filter(|_| numbers > MOST) {
            let name = &problem.bound.model.name(largest).name;
            let fits = (MOST / numbers * count as f64) as usize;
            return Err(errors::too_many_numbers(name, size(largest), count, fits));
        }
        let source = Source { params: None, predicts: true };
        Ok(chosen_draws(problem, source, count, seed, &wanted))
    }

    /// Beside the file of the draws, or in the folder at hand under the name of the model.
    fn pictures(&self, images: &[Images], problem: &Problem, seed: u64) -> Vec<(PathBuf, Vec<u8>)> {
        let beside =
            self.out.as_deref().unwrap_or(Path::new(self.file.file_name().unwrap_or_default()));
        let stem = beside
            .file_stem()
            .filter(|s| *s != "-")
            .map_or("model".into(), |s| s.to_string_lossy());
        let place = |name: String| beside.with_file_name(format!("{stem}_{name}"));
        let files = images::samples_alone(images, problem, None, seed).into_iter();
        files.map(|(name, bytes)| (place(name), bytes)).collect()
    }

    fn text(&self, problem: &Problem, draws: &Draws, files: &[(PathBuf, Vec<u8>)]) -> String {
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
            let count = elements(problem, NameId(row as u32));
            out +=
                &format!("… {} has {count} elements; `--out draws.npz` writes them\n", decl.name);
        }
        out += &format!("\n{} draws from the prior", draws.count);
        let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
        if names.is_empty() { out + "\n" } else { out + &format!("; wrote {}\n", names.join(", ")) }
    }
}

/// Elements of a name beyond which it is not drawn for the screen alone.
const SHOWN: usize = 10_000;

fn elements(problem: &Problem, name: NameId) -> usize {
    let dims = problem.bound.model.name(name).ty.dims.iter();
    dims.map(|d| problem.bound.dims[d.0 as usize].size).product()
}

/// Whether draws have the name: latents, params, what is computed from them, and observed data.
fn is_drawn(problem: &Problem, name: NameId) -> bool {
    let model = &problem.bound.model;
    let decl = model.name(name);
    match decl.kind {
        NameKind::Latent { .. } | NameKind::Param { .. } => true,
        NameKind::Let { hidden: false, .. } if decl.ty.stage >= Stage::Param => true,
        NameKind::Weight(_) => false,
        NameKind::Data(_) | NameKind::Let { .. } => model.stmts.iter().any(
            |s| matches!(&s.kind, StmtKind::Tilde(site) if site.observed && site.name == name),
        ),
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
