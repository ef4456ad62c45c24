//! The fit with a clock beside it: start, steps in short chunks between which the user is looked after, then the draws.

use super::held_out::HeldOut;
use super::interrupt::Interrupt;
use super::progress::Progress;
use crate::backend::fast::in_pool;
use crate::infer::{
    Beginning, Blame, Config, Draws, Finding, Fitter, History, Reading, Stop, Summary, summarize,
};
use crate::lower::Problem;
use crate::report::{Elbos, Exit, HeldOutElbo};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a fit leaves.
pub(super) struct Fit {
    pub(super) exit: Exit,
    pub(super) blame: Option<Blame>,
    pub(super) steps: u64,
    pub(super) beginning: Beginning,
    /// From the start of the process to the end of the first step.
    pub(super) startup_ms: f64,
    /// Of the beginning and all steps.
    pub(super) seconds: f64,
    /// Of the steps alone.
    pub(super) us_per_step: f64,
    pub(super) elbos: Elbos,
    pub(super) held_out: Vec<HeldOutElbo>,
    pub(super) history: History,
    pub(super) temperatures: Vec<Reading>,
    pub(super) draws: Draws,
    pub(super) summary: Vec<Summary>,
    /// Of a fit that came to its end.
    pub(super) findings: Vec<Finding>,
}

/// How long the loop runs before it looks up.
const CHUNK: Duration = Duration::from_millis(50);
/// The optimised ELBO is averaged over this share of the history, its end.
const TAIL: usize = 10;

/// Fits inside a thread pool of the size that the configuration asks for.
pub(super) fn fit(
    problem: &Arc<Problem>,
    config: &Config,
    held_out: &[HeldOut],
    progress: &Progress,
    started: Instant,
) -> Fit {
    let interrupt = Interrupt::listen();
    in_pool(config.options.threads, || {
        let fit = steps(problem, config, held_out, progress, &interrupt, started);
        progress.finish();
        fit
    })
}

fn steps(
    problem: &Arc<Problem>,
    config: &Config,
    held_out: &[HeldOut],
    progress: &Progress,
    interrupt: &Interrupt,
    started: Instant,
) -> Fit {
    let begin = Instant::now();
    let mut fitter = Fitter::new(problem.clone(), config.clone());
    let beginning = fitter.start();
    let loop_begin = Instant::now();
    let mut stopped = fitter.advance(1);
    let startup_ms = started.elapsed().as_secs_f64() * 1e3;
    let mut chunk = 1;
    while stopped.is_ok() && fitter.done() < config.steps && !interrupt.is_set() {
        let at = Instant::now();
        stopped = fitter.advance(chunk);
        chunk = next_chunk(chunk, at.elapsed());
        progress.show(&fitter);
    }
    let loop_seconds = loop_begin.elapsed().as_secs_f64();
    let seconds = begin.elapsed().as_secs_f64();
    let steps = fitter.done();
    let (exit, blame) = match stopped {
        Err(Stop::NotFinite(blame)) => (Exit::NotFinite, blame),
        Ok(()) if steps < config.steps => (Exit::Interrupted, None),
        Ok(()) => (Exit::Done, None),
    };
    let draws = fitter.draws();
    let findings = if exit == Exit::Done { fitter.diagnose() } else { vec![] };
    Fit {
        exit,
        blame,
        steps,
        beginning,
        startup_ms,
        seconds,
        us_per_step: loop_seconds * 1e6 / steps.max(1) as f64,
        elbos: elbos(&mut fitter),
        held_out: held_out.iter().map(|h| measure(&mut fitter, h)).collect(),
        history: fitter.history().clone(),
        temperatures: fitter.temperatures().to_vec(),
        summary: summarize(problem, &draws),
        draws,
        findings,
    }
}

/// Twice as many steps while there is time for them, half when there is not.
fn next_chunk(chunk: u64, took: Duration) -> u64 {
    if took < CHUNK / 2 {
        chunk * 2
    } else if took > CHUNK {
        (chunk / 2).max(1)
    } else {
        chunk
    }
}

fn measure(fitter: &mut Fitter, held_out: &HeldOut) -> HeldOutElbo {
    let HeldOut { name, rows, problem } = held_out;
    HeldOutElbo { name: name.clone(), rows: rows.clone(), elbo: fitter.held_out(problem) }
}

fn elbos(fitter: &mut Fitter) -> Elbos {
    let elbo = fitter.elbo();
    let bound = fitter.bound().map(|bound| (fitter.objective(), bound));
    let recorded = fitter.history().objective();
    let tail = &recorded[recorded.len() - recorded.len().div_ceil(TAIL)..];
    let mean = tail.iter().sum::<f64>() / tail.len() as f64;
    Elbos { elbo, bound, optimised: (fitter.relaxed() && !tail.is_empty()).then_some(mean) }
}
