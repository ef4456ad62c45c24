//! Questions at the prompt: which draws answer, and how an answer is shown.

use super::fitting::Fitted;
use super::{Repl, Reply, errors};
use crate::check::model::{Model, Stage};
use crate::diag::Diagnostics;
use crate::infer::Config;
use crate::report::{self, short, table};
use crate::session::Session;
use crate::session::ask::quantile;
use crate::session::ask::{Answer, Answered, Asked, Basis, Element, Origin, Question};
use crate::session::standing::TYPED;
use crate::source::Source;
use crate::syntax::{self, ast};

/// Rows that a table shows, and classes that have a column each.
const SHOWN: usize = 12;
const MOST_CLASSES: usize = 8;

impl Repl {
    pub(super) fn question(&mut self, text: &str, reply: &mut Reply) {
        let Some((question, answer, earlier)) = self.ask(text, false, reply) else { return };
        let name = question.bare().unwrap_or_default();
        reply.say(&shown(name, &answer, earlier));
    }

    /// The answer, and whether it is of an earlier model.
    pub(super) fn ask(
        &self,
        text: &str,
        predicts: bool,
        reply: &mut Reply,
    ) -> Option<(Question, Answer, bool)> {
        let source = Source::new(TYPED, text);
        let question = match Question::parse(TYPED, text) {
            Ok(question) => question,
            Err(found) => {
                reply.report(&found, &source);
                return None;
            }
        };
        let (session, _) = self.session();
        let later = match &self.fit {
            Some(fit) if !predicts => later(fit, &session),
            _ => vec![],
        };
        let serves = |fit: &&Fitted| serves(fit, &session, &question, &later, predicts);
        let fit = self.fit.as_ref().filter(serves);
        let answered = match fit {
            Some(fit) => question.answer(&Asked {
                session: &fit.session,
                problem: &fit.run.problem,
                model: &fit.session.model,
                draws_from: Origin::Fit(&fit.run.fitter.params()),
                draws: self.draws(fit, &session),
                seed: fit.run.config.seed,
                predicts,
                later: &later,
            }),
            None => self.by_prior(&question, &session, predicts, reply)?,
        };
        match answered {
            Ok(answer) => {
                reply.report(&answer.warnings, &source);
                let earlier = fit.is_some_and(|fit| !self.is_current(fit));
                Some((question, answer, earlier))
            }
            Err(found) => {
                reply.report(&found, &source);
                None
            }
        }
    }

    /// How many draws answer: as the settings say now, since more of them need no other fit.
    fn draws(&self, fit: &Fitted, session: &Session) -> usize {
        session.model.fit.draws.map_or(fit.run.config.draws, |n| n.max(2) as usize)
    }

    /// An answer from the prior, or from data alone; `None` after saying that the data are missing.
    #[allow(clippy::type_complexity)]
    fn by_prior(
        &self,
        question: &Question,
        session: &Session,
        predicts: bool,
        reply: &mut Reply,
    ) -> Option<Result<Answer, Diagnostics>> {
        let (part, problem) = match predicts {
            true => {
                let (part, problem) = self.problem(reply)?;
                (part, (*problem).clone())
            }
            false => {
                let known = |name: &str| self.fields.iter().any(|f| f == name);
                let (part, found) = session.part(&question.words(), &known);
                let (problem, found) = match found.has_errors() {
                    true => (None, found),
                    false => part.problem(&self.state.inputs),
                };
                let Some(problem) = problem else {
                    reply.report(&found, &session.source);
                    return None;
                };
                (part, problem)
            }
        };
        let settings = part.settings(&Default::default());
        let config = Config::new(&problem, &settings, 1, crate::backend::Lowering::Fast);
        Some(question.answer(&Asked {
            session,
            problem: &problem,
            model: &session.model,
            draws_from: Origin::Prior,
            draws: config.draws,
            seed: config.seed,
            predicts,
            later: &[],
        }))
    }

    /// `:predict EXPR`: the observed data in an expression are drawn anew.
    pub(super) fn predict(&mut self, rest: &str, reply: &mut Reply) {
        if rest.is_empty() {
            let what = "takes an expression of the observed data";
            return reply.complain(errors::usage("predict", "EXPR", what));
        }
        let Some((question, answer, earlier)) = self.ask(rest, true, reply) else { return };
        let shown = shown(question.bare().unwrap_or_default(), &answer, earlier);
        reply.say(&format!("predicted: {shown}"));
    }

    /// `:sample [COUNT]`: joint draws of everything that depends on a latent.
    pub(super) fn sample(&mut self, rest: &str, reply: &mut Reply) {
        let count = match rest {
            "" => 5,
            text => match text.parse::<usize>() {
                Ok(count) if (1..=1000).contains(&count) => count,
                _ => {
                    let what = "takes a number of draws, 1 to 1000";
                    return reply.complain(errors::usage("sample", "[COUNT]", what));
                }
            },
        };
        let (session, _) = self.session();
        let model = self.fit.as_ref().map_or(&session.model, |f| &f.session.model).clone();
        let names: Vec<String> = model
            .names
            .iter()
            .filter(|n| n.ty.stage >= Stage::Param)
            .map(|n| n.name.clone())
            .collect();
        if names.is_empty() {
            return reply.complain(errors::no_model());
        }
        let mut rows = vec![];
        let mut basis = String::new();
        for name in names {
            let Some((_, answer, earlier)) = self.ask(&name, false, reply) else { return };
            basis = words(&answer, earlier);
            for element in answer.elements.iter().take(SHOWN) {
                rows.push(sampled(&name, element, count));
            }
            if answer.elements.len() > SHOWN {
                rows.push(vec![format!("… {} more of {name}", answer.elements.len() - SHOWN)]);
            }
        }
        let header: Vec<String> =
            std::iter::once(String::new()).chain((1..=count).map(|i| i.to_string())).collect();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        reply.say(&format!("joint draws{basis}"));
        reply.say(&table(&header, rows, 1));
    }
}

fn sampled(name: &str, element: &Element, count: usize) -> Vec<String> {
    let values: Vec<f64> = match &element.value {
        Answered::Draws(values) => values.iter().copied().take(count).collect(),
        Answered::Exact(x) | Answered::Estimate(x, _) => vec![*x; count],
    };
    std::iter::once(labelled(name, &element.place)).chain(values.into_iter().map(short)).collect()
}

/// An answer as the prompt shows it.
pub(super) fn shown(name: &str, answer: &Answer, earlier: bool) -> String {
    let note = format!("{}{}", answer.ty, words(answer, earlier));
    if let [Element { place, value: value @ (Answered::Exact(_) | Answered::Estimate(..)) }] =
        answer.elements.as_slice()
        && place.is_empty()
    {
        return format!("{}    {note}\n", number(value, answer));
    }
    let drawn = answer.elements.iter().any(|e| matches!(e.value, Answered::Draws(_)));
    let shown = if answer.elements.len() > SHOWN + 1 { SHOWN } else { answer.elements.len() };
    let mut rows: Vec<Vec<String>> =
        answer.elements[..shown].iter().map(|e| row(name, e, answer)).collect();
    if shown < answer.elements.len() {
        rows.push(vec![format!("… {} more", answer.elements.len() - shown)]);
    }
    let header: Vec<String> = match (&answer.classes, drawn) {
        (Some(classes), true) if classes.len() <= MOST_CLASSES => {
            let share = classes.iter().map(|c| format!("P({c})"));
            std::iter::once(String::new()).chain(share).collect()
        }
        (Some(_), true) => ["", "likeliest", "P"].map(String::from).into(),
        (None, true) if answer.ty.starts_with("binary") => ["", "P"].map(String::from).into(),
        (None, true) => ["", "mean", "sd", "5%", "50%", "95%"].map(String::from).into(),
        (_, false) => vec![],
    };
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let body = match header.is_empty() {
        true => rows.iter().map(|r| format!(" {}\n", r.join("  "))).collect(),
        false => table(&header, rows, 1),
    };
    format!("{note}\n{body}{}", no_numbers(answer))
}

/// A line about draws that are not finite, which the moments leave out.
fn no_numbers(answer: &Answer) -> String {
    let broken = |e: &Element| match &e.value {
        Answered::Draws(values) => values.iter().filter(|x| x.is_nan()).count(),
        _ => 0,
    };
    let most = answer.elements.iter().map(broken).max().unwrap_or(0);
    match most {
        0 => String::new(),
        n => format!("up to {n} of {} draws are no numbers, and left out\n", answer.draws),
    }
}

/// `, posterior of 1000 draws`
fn words(answer: &Answer, earlier: bool) -> String {
    let draws = answer.draws;
    let of = if earlier { ", of the earlier model" } else { "" };
    match answer.basis {
        Basis::Data => ", exact".into(),
        Basis::Prior => format!(", {draws} draws from the prior"),
        Basis::Posterior => format!(", {draws} draws from the posterior{of}"),
    }
}

fn labelled(name: &str, place: &str) -> String {
    if place.is_empty() { name.to_string() } else { format!("{name}[{place}]") }
}

fn number(value: &Answered, answer: &Answer) -> String {
    match value {
        Answered::Exact(x) | Answered::Estimate(x, None) => plain(*x, answer),
        Answered::Estimate(x, Some(error)) => with_error(*x, *error),
        Answered::Draws(_) => String::new(),
    }
}

/// Whole numbers as they are; positions by their label.
fn plain(x: f64, answer: &Answer) -> String {
    match &answer.classes {
        Some(classes) if x >= 1.0 && x.fract() == 0.0 => {
            classes.get(x as usize - 1).cloned().unwrap_or_else(|| x.to_string())
        }
        _ if x.fract() == 0.0 && x.abs() < 1e15 => x.to_string(),
        _ if x.abs() < 0.1 => report::significant(x),
        _ => short(x),
    }
}

/// The error to two digits, and the value to as many places.
pub(super) fn with_error(x: f64, error: f64) -> String {
    if !(error.is_finite() && x.is_finite()) || error <= 1e-9 * x.abs() || x.abs() > 1e6 {
        return format!("{} ± {}", short(x), short(error));
    }
    let places = (1 - error.log10().floor() as i32).clamp(0, 9) as usize;
    format!("{x:.places$} ± {error:.places$}")
}

fn row(name: &str, element: &Element, answer: &Answer) -> Vec<String> {
    let label = labelled(name, &element.place);
    let Answered::Draws(values) = &element.value else {
        return vec![label, number(&element.value, answer)];
    };
    let values: &Vec<f64> = &values.iter().copied().filter(|x| !x.is_nan()).collect();
    let cells: Vec<String> = match &answer.classes {
        Some(classes) if classes.len() <= MOST_CLASSES => {
            (1..=classes.len()).map(|c| short(share(values, c as f64))).collect()
        }
        Some(classes) => {
            let best = (1..=classes.len())
                .max_by(|&a, &b| share(values, a as f64).total_cmp(&share(values, b as f64)))
                .unwrap_or(1);
            vec![classes[best - 1].clone(), short(share(values, best as f64))]
        }
        None if answer.ty.starts_with("binary") => {
            let p = mean(values);
            vec![with_error(p, (p * (1.0 - p) / values.len() as f64).sqrt())]
        }
        None => moments(values),
    };
    std::iter::once(label).chain(cells).collect()
}

fn moments(values: &[f64]) -> Vec<String> {
    let count = values.len() as f64;
    let mean = mean(values);
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let sd = variance.sqrt();
    let at = |p| short(quantile(values.to_vec(), p));
    vec![with_error(mean, sd / count.sqrt()), short(sd), at(0.05), at(0.5), at(0.95)]
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn share(values: &[f64], class: f64) -> f64 {
    values.iter().filter(|x| **x == class).count() as f64 / values.len() as f64
}

/// Names that were computed since a fit, from what it knows.
fn later(fit: &Fitted, session: &Session) -> Vec<ast::Stmt> {
    let known = |model: &Model, word: &str| model.find_name(word).is_some();
    let mut found: Vec<ast::Stmt> = vec![];
    for stmt in &session.program.stmts {
        let Some(name) = defined(stmt).filter(|name| !known(&fit.session.model, name)) else {
            continue;
        };
        let reaches = |word: &&syntax::ast::Ident| {
            let here = found.iter().any(|s| defined(s) == Some(word.text.as_str()));
            here || known(&fit.session.model, &word.text) || !known(&session.model, &word.text)
        };
        if known(&session.model, name) && syntax::mentions(stmt).iter().all(reaches) {
            found.push(stmt.clone());
        }
    }
    found
}

/// The one name that a statement computes.
fn defined(stmt: &ast::Stmt) -> Option<&str> {
    match &stmt.kind {
        ast::StmtKind::Let { targets, .. } => match &targets[..] {
            [target] => Some(&target.name.text),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a fit knows every random name of a question, and there is one; of a prediction, every name.
fn serves(
    fit: &Fitted,
    session: &Session,
    question: &Question,
    later: &[ast::Stmt],
    predicts: bool,
) -> bool {
    let words = question.words();
    let asked = |model: &Model, word: &str| {
        let found = model.find_name(word);
        found.is_some_and(|id| predicts || model.name(id).ty.stage >= Stage::Param)
    };
    let knows = |word: &str| {
        let since = later.iter().any(|s| defined(s) == Some(word));
        asked(&fit.session.model, word) || since && asked(&session.model, word)
    };
    let mut now = words.iter().filter(|w| asked(&session.model, w));
    words.iter().any(|w| knows(w)) && now.all(|w| knows(w))
}
