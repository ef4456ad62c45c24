//! Commands that show the plan, the guides, the posterior, and how long it took.

use super::{Repl, Reply, errors};
use crate::backend::{Float, Lowering, Options};
use crate::check::model::{NameKind, Stage};
use crate::check::plan::Plan;
use crate::front::Fit;
use crate::infer::{Config, Param};
use crate::lab::{self, Point, Scope};
use crate::report::{self, Exit, short, table};
use crate::session::Session;
use crate::session::ask::type_text;
use crate::source::Span;
use crate::syntax::{self, ast};
use std::time::Instant;

/// Parameters of an array that are shown.
const SHOWN: usize = 8;

impl Repl {
    /// `:plan`
    pub(super) fn plan(&mut self, _: &str, reply: &mut Reply) {
        if let Some((session, plan, sizes)) = self.planned(reply) {
            let rows = report::latent_rows(&session.model, &plan);
            let sums = report::sum_rows(&session.model, &plan);
            let objective = plan.objective.words(&session.model);
            let batches = report::batch_rows(&session.model, &plan, &sizes);
            reply.say(&report::batch_text(&batches));
            reply.say(&report::plan_text(&objective, &rows, &sums));
        }
    }

    /// The plan, with the sizes of the data where there are data.
    fn planned(&self, reply: &mut Reply) -> Option<(Session, Plan, Vec<Option<usize>>)> {
        if !self.state.inputs.data.is_empty() || !self.state.inputs.dims.is_empty() {
            let (session, problem) = self.problem(reply)?;
            return Some((session, (*problem.plan).clone(), problem.bound.sizes()));
        }
        if self.state.standing.is_empty() {
            reply.complain(errors::no_model());
            return None;
        }
        let (session, mut found) = self.session();
        let (plan, more) = session.plan(&self.state.inputs.policy);
        found.extend(more);
        reply.report(&self.news(found.clone()), &session.source);
        let sizes = session.model.sizes();
        (!found.has_errors()).then_some((session, plan, sizes))
    }

    /// `:why LATENT`
    pub(super) fn why(&mut self, rest: &str, reply: &mut Reply) {
        if rest.is_empty() {
            return reply.complain(errors::usage("why", "LATENT", "takes the name of a latent"));
        }
        let Some((session, plan, _)) = self.planned(reply) else { return };
        let rows = report::latent_rows(&session.model, &plan);
        let Some((row, latent)) = rows.iter().zip(&plan.latents).find(|(r, _)| r.latent == rest)
        else {
            return reply.complain(self.unknown_latent(rest));
        };
        let options: Vec<String> = row.options.iter().map(|(n, v)| format!("{n} = {v}")).collect();
        let options =
            if options.is_empty() { String::new() } else { format!("({})", options.join(", ")) };
        reply.say(&format!("@{}{options}: {}, {}", row.estimator, row.bias, row.why));
        let jumps: Vec<(Span, &str)> =
            latent.flows.jumps.iter().map(|j| (j.span, j.what.as_str())).collect();
        for line in uses(&session, rest, &jumps) {
            reply.say(&line);
        }
        if !row.keeps.is_empty() || !row.mixes.is_empty() {
            let list = |names: &[String]| match names.is_empty() {
                true => "none".to_string(),
                false => names.join(", "),
            };
            reply.say(&format!("keeps {}, mixes {}", list(&row.keeps), list(&row.mixes)));
        }
        if let Some(exact) = &row.exact {
            reply.say(&format!("exact: {exact}"));
        }
    }

    /// `:guide [LATENT]`
    pub(super) fn guide(&mut self, rest: &str, reply: &mut Reply) {
        let Some((session, plan, _)) = self.planned(reply) else { return };
        let rows = report::latent_rows(&session.model, &plan);
        if !rest.is_empty() && rows.iter().all(|r| r.latent != rest) {
            return reply.complain(self.unknown_latent(rest));
        }
        let fit = self.fit.as_ref().filter(|f| self.is_current(f));
        let params = fit.map(|f| f.run.fitter.fitted()).unwrap_or_default();
        let mut cells = vec![];
        for row in rows.iter().filter(|r| rest.is_empty() || r.latent == rest) {
            cells.push(vec![row.latent.clone(), row.guide.to_string()]);
            let own = |name: &str| name.split_once('.').is_some_and(|(l, _)| l == row.latent);
            for Param { name, values, .. } in params.iter().filter(|p| own(&p.name)) {
                let shown: Vec<String> = values.iter().take(SHOWN).map(|x| short(*x)).collect();
                let more = if values.len() > SHOWN {
                    format!(" … {} in all", values.len())
                } else {
                    String::new()
                };
                cells.push(vec![format!("  {name}"), shown.join("  ") + &more]);
            }
        }
        reply.say(&table(&["latent", "guide"], cells, 2));
    }

    /// `:summary`
    pub(super) fn summary(&mut self, _: &str, reply: &mut Reply) {
        match &self.fit {
            None => reply.complain(errors::no_fit()),
            Some(fit) => {
                if !self.is_current(fit) {
                    reply.say("of the earlier model:");
                }
                reply.say(&text_of(&fit.report));
            }
        }
    }

    /// `:variance LATENT`
    pub(super) fn variance(&mut self, rest: &str, reply: &mut Reply) {
        if rest.is_empty() {
            let what = "takes the name of a latent";
            return reply.complain(errors::usage("variance", "LATENT", what));
        }
        let Some((session, problem)) = self.problem(reply) else { return };
        let model = &session.model;
        let place = problem.plan.latents.iter().position(|l| model.name(l.name).name == rest);
        let Some(place) = place else { return reply.complain(self.unknown_latent(rest)) };
        let config =
            Config::new(&problem, &session.settings(&Default::default()), 1, Lowering::Fast);
        let threads = self.options.threads;
        let options = Options { lowering: Lowering::Fast, float: Float::F64, threads };
        let settings = lab::Settings {
            draws: 8,
            gradients: 1000,
            seed: config.seed,
            at: config.steps,
            options,
        };
        let objective = problem.plan.objective.words(&problem.bound.model);
        let problem = problem.on_elbo();
        let scope = Scope { latents: &[place], point: Point::Initial, planned: false };
        let began = Instant::now();
        let rows = lab::variance(&problem, scope, &settings, &mut || began.elapsed().as_secs_f64());
        reply.say(&report::variance_text(&rows, scope, &settings, &objective));
    }

    /// `:time`
    pub(super) fn time(&mut self, _: &str, reply: &mut Reply) {
        match self.took {
            None => reply.complain(errors::no_fit()),
            Some((took, step)) => reply.say(&format!(
                "the last fit took {:.2} s, {} µs a step",
                took.as_secs_f64(),
                report::significant(step)
            )),
        }
    }
}

/// The posterior, the ELBO and how the fit ended.
pub(super) fn text_of(fit: &Fit) -> String {
    let mut out = report::posterior_table(&fit.summary, "");
    out.push('\n');
    out.push_str(&report::elbo_lines(&fit.elbos));
    let ending = match fit.exit {
        Exit::Done => "",
        Exit::Interrupted => ", interrupted: `:more` goes on",
        Exit::NotFinite => ", broken off",
    };
    out + &format!("{} steps in {:.2} s{ending}\n", fit.steps, fit.seconds)
}

/// The lines that use a latent, each use underlined.
fn uses(session: &Session, latent: &str, jumps: &[(Span, &str)]) -> Vec<String> {
    let source = &session.source;
    let mut out = vec![];
    for stmt in &session.program.stmts {
        let words = syntax::mentions(stmt);
        for word in words.iter().filter(|w| w.text == latent) {
            let jump = jumps
                .iter()
                .find(|(span, _)| span.start <= word.span.start && word.span.end <= span.end);
            let (span, what) = match jump {
                Some((span, what)) => (*span, (*what).to_string()),
                None => (word.span, role(&stmt.kind)),
            };
            out.extend(underlined(source, span, &what));
        }
    }
    out
}

fn role(stmt: &ast::StmtKind) -> String {
    match stmt {
        ast::StmtKind::Tilde { .. } | ast::StmtKind::Factor(_) => "a smooth use".into(),
        _ => "on its way to other statements".into(),
    }
}

/// A line of the source, and under it the place that is meant.
fn underlined(source: &crate::source::Source, span: Span, what: &str) -> Option<String> {
    let text = &source.text;
    let start = text.get(..span.start as usize)?.rfind('\n').map_or(0, |i| i + 1);
    let line = text.get(start..)?.lines().next()?;
    let before = text.get(start..span.start as usize)?.chars().count();
    let under = source.slice(span).lines().next()?.chars().count().max(1);
    Some(format!("  {line}\n  {}{} {what}", " ".repeat(before), "─".repeat(under)))
}

/// What a statement declared: `theta: real[school]`. `None` for what has no type.
pub(super) fn declared(session: &Session, stmt: &ast::Stmt) -> Option<String> {
    let name = match &stmt.kind {
        ast::StmtKind::Data { name, .. } | ast::StmtKind::Param { name, .. } => &name.text,
        ast::StmtKind::Let { targets, .. } => &targets.first()?.name.text,
        ast::StmtKind::Tilde { target, .. } => &target.name.text,
        _ => return None,
    };
    let model = &session.model;
    let decl = model.name(model.find_name(name)?);
    let ty = type_text(model, &decl.ty);
    let what = match (&decl.kind, &stmt.kind) {
        (_, ast::StmtKind::Tilde { .. }) if decl.ty.stage < Stage::Latent => "observed",
        (NameKind::Data(_), _) => "data",
        (NameKind::Param { .. }, _) => "point estimate",
        (NameKind::Latent { .. }, _) => "latent",
        (NameKind::Let { .. }, _) => "computed",
        (NameKind::Weight(_) | NameKind::Mask { .. }, _) => return None,
    };
    Some(format!("{name}: {ty}, {what}"))
}
