//! What `verify` and `variance` share: a model with its data, the latents asked for, and how gradients are measured.

use super::Status;
use super::errors;
use super::inputs::{DataArgs, open_checked};
use crate::backend::{Float, Lowering, Options};
use crate::diag::Diagnostics;
use crate::front::Terminal;
use crate::infer::Config;
use crate::lab::Settings;
use crate::lower::Problem;
use crate::session::Session;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct MeasureArgs {
    /// The model file; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Measure the estimators of this latent only; can be given several times
    #[arg(long = "latent", value_name = "NAME")]
    latents: Vec<String>,
    /// Monte Carlo draws of one gradient
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..))]
    draws: u64,
    /// Independent gradients of each estimator
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(2..))]
    gradients: u64,
    /// The seed of all randomness
    #[arg(long, default_value_t = 20)]
    seed: u64,
    /// Threads of the computation [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

/// What is measured.
pub(super) struct Ready {
    pub(super) session: Session,
    pub(super) problem: Problem,
    /// Places in the plan.
    pub(super) latents: Vec<usize>,
    pub(super) settings: Settings,
    /// What a fit would maximise, as it is written.
    pub(super) objective: String,
}

impl MeasureArgs {
    /// Everything that a user can get wrong; warnings are told.
    pub(super) fn prepare(&self, terminal: &Terminal) -> Result<Ready, Status> {
        let (session, mut found) = open_checked(&self.file, terminal)?;
        let (problem, more) = session.problem(&self.data.inputs());
        found.extend(more);
        let latents = problem.as_ref().map(|p| self.places(p, &mut found)).unwrap_or_default();
        terminal.report(&found, &session.source);
        let problem = problem.filter(|_| !found.has_errors()).ok_or(Status::Mistake)?;
        let objective = problem.plan.objective.words(&problem.bound.model);
        let problem = problem.on_elbo();
        let settings = self.settings(&session, &problem);
        Ok(Ready { session, problem, latents, settings, objective })
    }

    fn places(&self, problem: &Problem, found: &mut Diagnostics) -> Vec<usize> {
        let names = names(problem);
        if self.latents.is_empty() {
            return (0..names.len()).collect();
        }
        let mut places = vec![];
        for latent in &self.latents {
            match names.iter().position(|name| name == latent) {
                Some(place) => places.push(place),
                None => found.push(errors::no_such_latent(latent, &names)),
            }
        }
        places
    }

    /// Schedules are read where a fit would end.
    fn settings(&self, session: &Session, problem: &Problem) -> Settings {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.threads.map_or_else(all, usize::from);
        let fit = session.settings(&Default::default());
        let at = Config::new(problem, &fit, threads, Lowering::Fast).steps;
        let options = Options { lowering: Lowering::Fast, float: Float::F64, threads };
        let (draws, gradients, seed) = (self.draws as usize, self.gradients, self.seed);
        Settings { draws, gradients, seed, at, options }
    }
}

/// The latents of a plan.
pub(super) fn names(problem: &Problem) -> Vec<&str> {
    let model = &problem.bound.model;
    problem.plan.latents.iter().map(|l| model.name(l.name).name.as_str()).collect()
}
