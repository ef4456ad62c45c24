//! `:plot`: a histogram of a number, intervals of an array, two numbers against each other, the way of the fit.

use super::{Repl, Reply, errors};
use crate::report::{bars, forest, histogram, points};
use crate::session::ask::{Answer, Answered, quantile};

/// Points of a scatter, and rows of a forest.
const MOST_POINTS: usize = 1000;
const MOST_ROWS: usize = 40;

impl Repl {
    /// `:plot EXPR`, `:plot EXPR, EXPR`, `:plot elbow`
    pub(super) fn plot(&mut self, rest: &str, reply: &mut Reply) {
        let width = self.options.width;
        match split(rest).as_slice() {
            [] => {
                let what = "takes an expression, two, or `elbow`";
                reply.complain(errors::usage("plot", "EXPR | EXPR, EXPR | elbow", what));
            }
            ["elbow"] => self.way(width, reply),
            [one] => {
                if let Some((question, answer, _)) = self.ask(one, false, reply) {
                    reply.say(&alone(question.bare().unwrap_or(""), &answer, width));
                }
            }
            [x, y] => {
                let Some((_, across, _)) = self.ask(x, false, reply) else { return };
                let Some((_, up, _)) = self.ask(y, false, reply) else { return };
                reply.say(&format!("{y} against {x}\n"));
                reply.say(&points(&pairs(&across, &up), false, width));
            }
            _ => {
                let what = "takes two expressions at most";
                reply.complain(errors::usage("plot", "EXPR, EXPR", what));
            }
        }
    }

    /// The objective over the steps of the fit.
    fn way(&self, width: usize, reply: &mut Reply) {
        let Some(fit) = &self.fit else { return reply.complain(errors::no_fit()) };
        let history = fit.run.fitter.history();
        let (Some(steps), values) = (history.column("step"), history.objective()) else { return };
        let name = history.columns.get(1).map_or("elbo", String::as_str);
        reply.say(&format!("{name} by step\n"));
        let way: Vec<(f64, f64)> = steps.into_iter().zip(values).collect();
        reply.say(&points(&way, true, width));
    }
}

/// At commas outside of brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut start) = (0_i32, 0);
    let mut parts = vec![];
    for (i, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    if text.trim().is_empty() { vec![] } else { parts }
}

fn alone(name: &str, answer: &Answer, width: usize) -> String {
    let drawn = |value: &Answered| match value {
        Answered::Draws(values) => values.clone(),
        Answered::Exact(x) | Answered::Estimate(x, _) => vec![*x],
    };
    match answer.elements.as_slice() {
        [only] => match (&answer.classes, drawn(&only.value)) {
            (Some(classes), values) => {
                let share = |c: usize| values.iter().filter(|x| **x == (c + 1) as f64).count();
                let rows: Vec<(String, f64)> = classes
                    .iter()
                    .enumerate()
                    .map(|(c, label)| (label.clone(), share(c) as f64 / values.len() as f64))
                    .collect();
                bars(&rows, width)
            }
            (None, values) => histogram(&values, width),
        },
        all if all.iter().all(|e| !matches!(e.value, Answered::Draws(_))) => {
            let values: Vec<f64> = all.iter().flat_map(|e| drawn(&e.value)).collect();
            histogram(&values, width)
        }
        all => {
            let spread = |e: &crate::session::ask::Element| {
                let values = drawn(&e.value);
                let at = [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| quantile(values.clone(), p));
                (format!("{name}[{}]", e.place), at)
            };
            let shown: Vec<_> = all.iter().take(MOST_ROWS).map(spread).collect();
            let more = all.len() - shown.len();
            let rest = if more > 0 { format!(" … {more} more\n") } else { String::new() };
            forest(&shown, width) + &rest
        }
    }
}

/// Element by element where there are as many, else each of the one against the only one of the other.
fn pairs(x: &Answer, y: &Answer) -> Vec<(f64, f64)> {
    let values = |value: &Answered, count: usize| match value {
        Answered::Draws(values) => values.clone(),
        Answered::Exact(x) | Answered::Estimate(x, _) => vec![*x; count],
    };
    let (n, m) = (x.elements.len(), y.elements.len());
    let count = x.draws.max(y.draws).max(1);
    let mut found = vec![];
    for i in 0..n.max(m) {
        let (Some(a), Some(b)) = (
            x.elements.get(if n == 1 { 0 } else { i }),
            y.elements.get(if m == 1 { 0 } else { i }),
        ) else {
            break;
        };
        let exact = |v: &Answered| !matches!(v, Answered::Draws(_));
        let count = if exact(&a.value) && exact(&b.value) { 1 } else { count };
        found.extend(values(&a.value, count).into_iter().zip(values(&b.value, count)));
    }
    let step = found.len().div_ceil(MOST_POINTS).max(1);
    found.into_iter().step_by(step).collect()
}
