//! The fit with a clock beside it: start, steps in short chunks between which the user is looked after, then the draws.

use super::interrupt::Interrupt;
use super::progress::Progress;
use crate::infer::{
    Beginning, Blame, Config, Draws, Finding, Fitter, History, Param, Reading, Stop, Summary,
    summarize,
};
use crate::lower::Problem;
use crate::report::{Elbos, Exit, HeldOutElbo};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a fit leaves.
pub struct Fit {
    pub exit: Exit,
    pub blame: Option<Blame>,
    pub steps: u64,
    pub beginning: Beginning,
    /// From the start of the process to the end of the first step.
    pub startup_ms: f64,
    /// Of the beginning and all steps.
    pub seconds: f64,
    /// Of the steps alone.
    pub us_per_step: f64,
    pub elbos: Elbos,
    pub held_out: Vec<HeldOutElbo>,
    pub history: History,
    pub temperatures: Vec<Reading>,
    pub draws: Draws,
    pub summary: Vec<Summary>,
    /// Of a fit that came to its end.
    pub findings: Vec<Finding>,
    /// Of the averaged iterate.
    pub params: Vec<Param>,
}

/// How long the loop runs before it looks up.
const CHUNK: Duration = Duration::from_millis(50);
/// The optimised ELBO is averaged over this share of the history, its end.
const TAIL: usize = 10;

/// A fit under way, which can be gone on with. Lives in the thread pool that its steps use.
pub struct Run {
    pub problem: Arc<Problem>,
    pub config: Config,
    pub fitter: Fitter,
    beginning: Beginning,
    startup_ms: f64,
    begin_seconds: f64,
    loop_seconds: f64,
}

impl Run {
    /// Compiles, finds a start, and takes the first step. `started` is when the process began.
    pub fn begin(
        problem: Arc<Problem>,
        config: Config,
        started: Instant,
    ) -> (Self, Result<(), Stop>) {
        let begin = Instant::now();
        let mut fitter = Fitter::new(problem.clone(), config.clone());
        let beginning = fitter.start();
        Self::of(problem, config, fitter, beginning, begin, started)
    }

    /// Begins where another fit stands, as far as the guides are the same; `keeps` says of which latents.
    pub fn resume(
        problem: Arc<Problem>,
        config: Config,
        from: &Run,
        keeps: &dyn Fn(&str) -> bool,
    ) -> (Self, Result<(), Stop>) {
        let begin = Instant::now();
        let mut fitter = Fitter::new(problem.clone(), config.clone());
        let beginning = fitter.resume(&from.fitter, keeps);
        Self::of(problem, config, fitter, beginning, begin, begin)
    }

    fn of(
        problem: Arc<Problem>,
        config: Config,
        mut fitter: Fitter,
        beginning: Beginning,
        begin: Instant,
        started: Instant,
    ) -> (Self, Result<(), Stop>) {
        let loop_begin = Instant::now();
        let stopped = fitter.advance(1);
        let run = Self {
            problem,
            config,
            fitter,
            beginning,
            startup_ms: started.elapsed().as_secs_f64() * 1e3,
            begin_seconds: (loop_begin - begin).as_secs_f64(),
            loop_seconds: loop_begin.elapsed().as_secs_f64(),
        };
        (run, stopped)
    }

    /// Ends after so many steps instead of as many as the configuration says.
    pub fn end_at(&mut self, steps: u64) {
        self.config.steps = steps;
        self.fitter.end_at(steps);
    }

    /// Steps until the last one, Ctrl-C, or a number that is not finite.
    pub fn go(&mut self, progress: &Progress, interrupt: &Interrupt) -> Result<(), Stop> {
        let loop_begin = Instant::now();
        let mut stopped = Ok(());
        let mut chunk = 1;
        while stopped.is_ok() && self.fitter.done() < self.config.steps && !interrupt.is_set() {
            let at = Instant::now();
            stopped = self.fitter.advance(chunk);
            chunk = next_chunk(chunk, at.elapsed());
            progress.show(&self.fitter);
        }
        progress.finish();
        self.loop_seconds += loop_begin.elapsed().as_secs_f64();
        stopped
    }

    /// What the fit is worth where it stands.
    pub fn report(&mut self, stopped: Result<(), Stop>) -> Fit {
        let steps = self.fitter.done();
        let (exit, blame) = match stopped {
            Err(Stop::NotFinite(blame)) => (Exit::NotFinite, blame),
            Ok(()) if steps < self.config.steps => (Exit::Interrupted, None),
            Ok(()) => (Exit::Done, None),
        };
        let draws = self.fitter.draws();
        let findings = if exit == Exit::Done { self.fitter.diagnose() } else { vec![] };
        Fit {
            exit,
            blame,
            steps,
            beginning: self.beginning,
            startup_ms: self.startup_ms,
            seconds: self.begin_seconds + self.loop_seconds,
            us_per_step: self.loop_seconds * 1e6 / steps.max(1) as f64,
            elbos: elbos(&mut self.fitter),
            held_out: vec![],
            history: self.fitter.history().clone(),
            temperatures: self.fitter.temperatures().to_vec(),
            summary: summarize(&self.problem, &draws),
            draws,
            findings,
            params: self.fitter.fitted(),
        }
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

fn elbos(fitter: &mut Fitter) -> Elbos {
    let elbo = fitter.elbo();
    let bound = fitter.bound().map(|bound| (fitter.objective(), bound));
    let recorded = fitter.history().objective();
    let tail = &recorded[recorded.len() - recorded.len().div_ceil(TAIL)..];
    let mean = tail.iter().sum::<f64>() / tail.len() as f64;
    Elbos { elbo, bound, optimised: (fitter.relaxed() && !tail.is_empty()).then_some(mean) }
}
