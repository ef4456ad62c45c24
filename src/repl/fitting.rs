//! `:run` and `:more`: fits that are kept, also when they were interrupted.

use super::look::text_of;
use super::{Repl, Reply, errors};
use crate::backend::Lowering;
use crate::check::model::FitSettings;
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::front::{Fit, Progress, Run};
use crate::infer::{self, Config, Finding, Stop};
use crate::lower::Problem;
use crate::report::{self, Exit};
use crate::session::standing::Standing;
use crate::session::{Inputs, Session};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A fit, and the model that it is of.
pub(super) struct Fitted {
    pub(super) run: Run,
    pub(super) report: Fit,
    pub(super) session: Session,
    /// The statements of the model, and their text.
    pub(super) standing: Standing,
    pub(super) text: String,
    pub(super) inputs: Inputs,
    /// Steps that the fit was asked for from its fresh start; `None` once `:more` went on.
    pub(super) fresh: Option<u64>,
}

impl Repl {
    /// `:run [STEPS]`
    pub(super) fn run(&mut self, rest: &str, reply: &mut Reply) {
        let Some(steps) = steps("run", rest, reply) else { return };
        let Some((session, problem, config)) = self.ready(steps, reply) else { return };
        let interrupt = &self.interrupt;
        let (run, stopped) = interrupt.during(|| {
            let progress = Progress::new(self.options.watched, config.steps);
            let (mut run, mut stopped) = Run::begin(problem, config, Instant::now());
            if stopped.is_ok() {
                stopped = run.go(&progress, interrupt);
            }
            (run, stopped)
        });
        let fresh = Some(run.config.steps);
        self.settle(run, stopped, session, fresh, true, reply);
    }

    /// `:more [STEPS]`
    pub(super) fn more(&mut self, rest: &str, reply: &mut Reply) {
        let Some(steps) = steps("more", rest, reply) else { return };
        let Some(old) = self.fit.take() else { return reply.complain(errors::no_fit()) };
        if self.is_same(&old) {
            return self.go_on(old, steps, reply);
        }
        let Some((session, problem, config)) = self.ready(steps, reply) else {
            self.fit = Some(old);
            return;
        };
        let config = config.resumed();
        let (new, before) = (self.state.standing.cores(), old.standing.cores());
        let keeps = |name: &str| new.get(name).is_some_and(|core| before.get(name) == Some(core));
        let interrupt = &self.interrupt;
        let (run, stopped) = interrupt.during(|| {
            let progress = Progress::new(self.options.watched, config.steps);
            let (mut run, mut stopped) = Run::resume(problem, config, &old.run, &keeps);
            if stopped.is_ok() {
                stopped = run.go(&progress, interrupt);
            }
            (run, stopped)
        });
        self.settle(run, stopped, session, None, true, reply);
    }

    /// More steps of the same fit.
    fn go_on(&mut self, old: Fitted, steps: Option<u64>, reply: &mut Reply) {
        let Fitted { mut run, session, .. } = old;
        let settings = session.settings(&FitSettings { steps, ..FitSettings::default() });
        let usual = Config::new(&run.problem, &settings, 1, Lowering::Fast).steps;
        let (done, missing) = (run.fitter.done(), run.config.steps - run.fitter.done());
        // An interrupted fit goes to its end, unless it is told how far.
        if missing == 0 || steps.is_some() {
            run.end_at(done + usual);
        }
        let progress = Progress::new(self.options.watched, run.config.steps);
        let interrupt = &self.interrupt;
        let stopped = interrupt.during(|| run.go(&progress, interrupt));
        let fresh = (missing > 0 && steps.is_none()).then_some(run.config.steps);
        self.settle(run, stopped, session, fresh, false, reply);
    }

    /// Whether a fit is of the model and the data as they stand, whatever its settings and estimators.
    pub(super) fn is_current(&self, fit: &Fitted) -> bool {
        fit.standing.meaning() == self.state.standing.meaning() && self.same_data(fit)
    }

    /// Whether it is of the settings and estimators that stand, too.
    pub(super) fn is_same(&self, fit: &Fitted) -> bool {
        fit.text == self.state.standing.text() && self.same_data(fit)
    }

    fn same_data(&self, fit: &Fitted) -> bool {
        fit.inputs.data == self.state.inputs.data
    }

    /// The model with its data, ready to be fitted; says why not.
    pub(super) fn ready(
        &self,
        steps: Option<u64>,
        reply: &mut Reply,
    ) -> Option<(Session, Arc<Problem>, Config)> {
        let (session, problem) = self.problem(reply)?;
        let settings = session.settings(&FitSettings { steps, ..FitSettings::default() });
        let config = Config::new(&problem, &settings, self.options.threads, Lowering::Fast);
        let late = infer::unfinished(&problem, &config);
        reply.report(&warnings(&session, config.steps, &late), &session.source);
        Some((session, problem, config))
    }

    /// The model with its data, and its warnings told.
    pub(super) fn problem(&self, reply: &mut Reply) -> Option<(Session, Arc<Problem>)> {
        for (statement, why) in self.state.standing.aside() {
            reply.complain(errors::set_aside(&statement, &why));
        }
        if self.state.standing.is_empty() {
            reply.complain(errors::no_model());
        }
        if reply.status > super::Status::Done {
            return None;
        }
        let (session, mut found) = self.session();
        let (problem, more) = session.problem(&self.state.inputs);
        found.extend(more);
        reply.report(&self.news(found), &session.source);
        Some((session, Arc::new(problem?)))
    }

    /// Without the warnings that were told before.
    pub(super) fn news(&self, found: Diagnostics) -> Diagnostics {
        let mut told = self.told.borrow_mut();
        let is_new = |d: &&Diagnostic| {
            let words = format!("{} {}", d.code.name(), d.message);
            d.severity == Severity::Error || told.insert(words)
        };
        found.iter().filter(is_new).cloned().collect()
    }

    /// Keeps a fit and reports it.
    fn settle(
        &mut self,
        mut run: Run,
        stopped: Result<(), Stop>,
        session: Session,
        fresh: Option<u64>,
        plan: bool,
        reply: &mut Reply,
    ) {
        let report = run.report(stopped);
        if plan {
            let rows = report::latent_rows(&session.model, &run.problem.plan);
            let sizes = run.problem.bound.sizes();
            let batches = report::batch_rows(&session.model, &run.problem.plan, &sizes);
            reply.say(&report::batch_text(&batches));
            reply.say(&report::estimators(&rows));
        }
        reply.say(&text_of(&report));
        reply.report(&warnings(&session, run.config.steps, &report.findings), &session.source);
        if report.exit == Exit::NotFinite {
            let bound = &run.problem.bound;
            let broken = report::not_finite(bound, report.blame.as_ref(), report.steps);
            reply.report(&Diagnostics::from_iter([broken]), &session.source);
        }
        if report.exit != Exit::Done {
            reply.broke_off();
        }
        self.took = Some((Duration::from_secs_f64(report.seconds), report.us_per_step));
        let standing = self.state.standing.clone();
        let (text, inputs) = (session.source.text.clone(), self.state.inputs.clone());
        self.fit = Some(Fitted { run, report, session, standing, text, inputs, fresh });
    }
}

fn warnings(session: &Session, steps: u64, findings: &[Finding]) -> Diagnostics {
    findings.iter().map(|f| report::finding(&session.model, steps, f)).collect()
}

/// The number of steps, if one is given; `None` after saying that it is none.
#[allow(clippy::option_option)]
fn steps(name: &str, rest: &str, reply: &mut Reply) -> Option<Option<u64>> {
    if rest.is_empty() {
        return Some(None);
    }
    match rest.replace('_', "").parse() {
        Ok(steps) if steps > 0 => Some(Some(steps)),
        _ => {
            reply.complain(errors::usage(name, "[STEPS]", "takes a number of steps"));
            None
        }
    }
}
