//! The fit with a clock beside it: start, steps in short chunks between which the user is looked after, then the draws.

use super::interrupt::Interrupt;
use super::progress::Progress;
use super::saving::{Every, Rhythm};
use crate::checkpoint::{Ending, Standing};
use crate::infer::{
    Beginning, Blame, Config, Draws, Finding, Fitter, History, Reading, Saved, Stop, Summary,
    Unfit, summarize,
};
use crate::lower::Problem;
use crate::report::{Elbos, Exit, HeldOutElbo, sampled_rows};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a fit leaves.
pub struct Fit {
    pub exit: Exit,
    pub blame: Option<Blame>,
    pub steps: u64,
    pub beginning: Beginning,
    /// Whether the result is the last iterate, not an average.
    pub ends_at_last: bool,
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
    /// Where the fit ends; beyond the steps of the configuration it is one that was gone on with.
    last: u64,
    /// Where it stops for now.
    stop: u64,
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
            last: config.steps,
            stop: config.steps,
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
        (self.last, self.stop) = (steps, steps);
        self.fitter.end_at(steps);
    }

    /// Goes on where a fit that was written down stood: to its own end, or to `steps` where that is asked for. Beyond its end
    /// whatever depends on the number of steps stays as it was there.
    ///
    /// # Errors
    /// An array that does not fit the problem.
    pub fn restore(
        problem: Arc<Problem>,
        config: Config,
        (saved, standing): (&Saved, &Standing),
        steps: Option<u64>,
    ) -> Result<Self, Unfit> {
        let mut fitter = Fitter::new(problem.clone(), config.clone());
        fitter.restore(saved)?;
        let stop = steps.unwrap_or(standing.last);
        let last = standing.last.max(stop);
        if last > config.steps {
            fitter.end_at(last);
        }
        Ok(Self {
            problem,
            config,
            fitter,
            last,
            stop,
            beginning: standing.beginning,
            startup_ms: standing.startup_ms,
            begin_seconds: standing.begin_seconds,
            loop_seconds: standing.loop_seconds,
        })
    }

    /// Where the fit stands, beside its arrays.
    pub fn standing(&self, ending: Ending) -> Standing {
        Standing {
            steps: self.fitter.done(),
            last: self.last,
            ending,
            beginning: self.beginning,
            startup_ms: self.startup_ms,
            begin_seconds: self.begin_seconds,
            loop_seconds: self.loop_seconds,
        }
    }

    /// Steps until the last one, Ctrl-C, or a number that is not finite.
    pub fn go(&mut self, progress: &Progress, interrupt: &Interrupt) -> Result<(), Stop> {
        self.go_saving(progress, interrupt, None, &mut |_| {})
    }

    /// The same, with a look at the fit every so often.
    pub fn go_saving(
        &mut self,
        progress: &Progress,
        interrupt: &Interrupt,
        every: Option<Every>,
        save: &mut dyn FnMut(&Self),
    ) -> Result<(), Stop> {
        let mut rhythm = Rhythm::new(every);
        let mut stopped = Ok(());
        let mut chunk = 1;
        while stopped.is_ok() && self.fitter.done() < self.stop && !interrupt.is_set() {
            let at = Instant::now();
            let done = self.fitter.done();
            chunk = chunk.min(self.stop - done).min(rhythm.room(done));
            stopped = self.fitter.advance(chunk);
            chunk = next_chunk(chunk, at.elapsed());
            self.loop_seconds += at.elapsed().as_secs_f64();
            progress.show(&self.fitter);
            if stopped.is_ok() && rhythm.is_due(self.fitter.done()) {
                save(self);
            }
        }
        progress.finish();
        stopped
    }

    /// How long it took so far.
    pub fn seconds(&self) -> f64 {
        self.begin_seconds + self.loop_seconds
    }

    /// What the fit is worth where it stands.
    pub fn report(&mut self, stopped: Result<(), Stop>) -> Fit {
        let steps = self.fitter.done();
        let (exit, blame) = match stopped {
            Err(Stop::NotFinite(blame)) => (Exit::NotFinite, blame),
            Ok(()) if steps < self.last => (Exit::Interrupted, None),
            Ok(()) => (Exit::Done, None),
        };
        self.fitter.settle();
        let draws = self.fitter.draws();
        let findings = if exit == Exit::Done { self.fitter.diagnose() } else { vec![] };
        Fit {
            exit,
            blame,
            steps,
            beginning: self.beginning,
            ends_at_last: self.fitter.ends_at_last(),
            startup_ms: self.startup_ms,
            seconds: self.seconds(),
            us_per_step: self.loop_seconds * 1e6 / steps.max(1) as f64,
            elbos: elbos(&self.problem, &mut self.fitter),
            held_out: vec![],
            history: self.fitter.history().clone(),
            temperatures: self.fitter.temperatures().to_vec(),
            summary: summarize(&self.problem, &draws),
            draws,
            findings,
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

fn elbos(problem: &Problem, fitter: &mut Fitter) -> Elbos {
    let elbo = fitter.elbo();
    let bound = fitter.bound().map(|bound| (fitter.objective(), bound));
    let recorded = fitter.history().objective();
    let tail = &recorded[recorded.len() - recorded.len().div_ceil(TAIL)..];
    let mean = tail.iter().sum::<f64>() / tail.len() as f64;
    let optimised = (fitter.relaxed() && !tail.is_empty()).then_some(mean);
    let sampled = sampled_rows(&problem.bound.model, &fitter.sampled(problem));
    Elbos { elbo, bound, optimised, sampled }
}
