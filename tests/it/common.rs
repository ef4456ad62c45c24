//! Problems from text, and gradients of their objectives.

use elbow::backend::{self, CounterNoise, Float, Lowering, Options, Program, Step};
use elbow::check::plan::Policy;
use elbow::diag::Diagnostics;
use elbow::lower::Problem;
use elbow::objective::{Objective, objective};
use elbow::session::{Inputs, Session};
use elbow::source::Source;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// The program with arguments, in a folder, with nothing to read.
pub(crate) fn program(words: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_elbow"));
    command.args(words.split_whitespace()).current_dir(folder).stdin(Stdio::null());
    command
}

/// Checks, binds and plans a model; `data` is a JSON object, `estimators` are overrides such as `("z", "reinforce")`.
pub(crate) fn problem(text: &str, data: &str, estimators: &[(&str, &str)]) -> Problem {
    attempt(text, data, estimators)
        .unwrap_or_else(|(session, diags)| panic!("{}", shown(&session, &diags)))
}

fn attempt(
    text: &str,
    data: &str,
    estimators: &[(&str, &str)],
) -> Result<Problem, (Session, Diagnostics)> {
    let (session, diags) = Session::from_source(Source::new("test.elbow", text));
    if diags.has_errors() {
        return Err((session, diags));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.json");
    std::fs::write(&file, data).unwrap();
    let overrides = estimators.iter().map(|(l, e)| (l.to_string(), e.to_string())).collect();
    let inputs = Inputs {
        data: vec![file.display().to_string()],
        dims: vec![],
        policy: Policy { overrides, ..Policy::default() },
        seed: None,
    };
    let (problem, diags) = session.problem(&inputs);
    problem.ok_or((session, diags))
}

/// The codes with which a model is refused; none where it can be fitted.
pub(crate) fn refusals(text: &str, data: &str, estimators: &[(&str, &str)]) -> Vec<&'static str> {
    match attempt(text, data, estimators) {
        Ok(_) => vec![],
        Err((_, diags)) => diags.iter().map(|d| d.code.name()).collect(),
    }
}

/// The log joint density of a model without latents.
pub(crate) fn log_joint(text: &str, data: &str) -> f64 {
    -loss(&problem(text, data, &[]), &[])
}

/// The loss of one draw at given parameters.
pub(crate) fn loss(problem: &Problem, params: &[f64]) -> f64 {
    let mut step = step(problem, 1, F64);
    step.set_params(params);
    step.run(0, &mut CounterNoise::new(0))
}

fn shown(session: &Session, diags: &Diagnostics) -> String {
    diags.iter().map(|d| elbow::diag::render(d, &session.source, false)).collect()
}

/// A compiled objective at given parameters.
pub(crate) fn step(problem: &Problem, samples: usize, options: Options) -> Box<dyn Step> {
    let Objective { graph, loss, elbo, per_draw, .. } = objective(problem, samples);
    backend::compile(Program { graph, loss, watch: vec![elbo, per_draw] }, options)
}

pub(crate) const F64: Options = Options { lowering: Lowering::Fast, float: Float::F64, threads: 1 };

/// Parameters away from any symmetry, the same for every estimator of a model.
pub(crate) fn scattered(count: usize) -> Vec<f64> {
    (0..count).map(|i| 0.9 * ((i as f64 + 1.0) * 1.7).sin()).collect()
}

/// Mean and standard error of each element of the gradient over independent steps.
pub(crate) fn mean_gradient(
    problem: &Problem,
    samples: usize,
    runs: u64,
    seed: u64,
) -> Vec<(f64, f64)> {
    let params = scattered(step(problem, 1, F64).params().len());
    mean_gradient_at(problem, &params, samples, runs, seed)
}

/// The same at given parameters.
pub(crate) fn mean_gradient_at(
    problem: &Problem,
    params: &[f64],
    samples: usize,
    runs: u64,
    seed: u64,
) -> Vec<(f64, f64)> {
    let mut step = step(problem, samples, F64);
    let mut noise = CounterNoise::new(seed);
    let (mut sum, mut square) = (vec![0.0; params.len()], vec![0.0; params.len()]);
    for run in 0..runs {
        step.set_params(params);
        step.run(run, &mut noise);
        for (i, g) in step.gradient().into_iter().enumerate() {
            sum[i] += g;
            square[i] += g * g;
        }
    }
    let n = runs as f64;
    let moments = sum.iter().zip(&square).map(|(s, q)| {
        let mean = s / n;
        (mean, ((q / n - mean * mean).max(0.0) / n).sqrt())
    });
    moments.collect()
}

/// The largest |z| between two gradients, of means and standard errors; rounding alone is no difference.
pub(crate) fn z_between(a: &[(f64, f64)], b: &[(f64, f64)]) -> f64 {
    assert_eq!(a.len(), b.len(), "both have the same parameters");
    let z = |(a, b): (&(f64, f64), &(f64, f64))| (a.0 - b.0).abs() / (a.1.hypot(b.1) + 1e-9);
    let worst = |m: f64, z: f64| if z.is_nan() { z } else { m.max(z) };
    a.iter().zip(b).map(z).fold(0.0, worst)
}

/// The folder of shared data, or `None` with a line that says what is skipped; its absence is a failure under CI.
pub(crate) fn shared(what: &str) -> Option<PathBuf> {
    let root = std::env::var_os("ELBOW_SHARED").map(PathBuf::from);
    let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let folder = root.join("data").join(what);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", folder.display());
    println!("skipped: {} is missing", folder.display());
    None
}

/// A shared problem.
pub(crate) fn arc(problem: Problem) -> Arc<Problem> {
    Arc::new(problem)
}
