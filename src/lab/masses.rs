//! The exact posterior: masses where every latent is finite, a member of a family where the model is conjugate.

use super::conjugate::conjugate;
use super::moments::element;
use super::replan::with;
use crate::backend::{self, CounterNoise, Options, Program};
use crate::check::model::{Elem, NameKind};
use crate::check::plan::BUDGET;
use crate::ir::Graph;
use crate::lower::Problem;
use crate::objective::{Masses, Weights, masses};

/// What is known of the latents after the data, exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    pub log_evidence: f64,
    pub elements: Vec<Element>,
}

/// One element of a latent.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// `z[n = 3]`
    pub name: String,
    pub exact: Exact,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Exact {
    /// Each value as the user writes it, with its mass.
    Masses(Vec<(String, f64)>),
    Member(Member),
}

/// A member of a family of distributions: what one element, or one vector of elements, is by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub family: &'static str,
    pub args: Vec<f64>,
    /// One per element.
    pub mean: Vec<f64>,
    pub sd: Vec<f64>,
}

/// `None` where a latent cannot be summed out within the budget of plans and the latents are not conjugate, or the model has
/// `param`s.
pub fn posterior(problem: &Problem, options: Options) -> Option<Posterior> {
    let problem = problem.whole();
    finite(&problem, options).or_else(|| conjugate(&problem))
}

fn finite(problem: &Problem, options: Options) -> Option<Posterior> {
    let problem = marginalized(problem)?;
    let Masses { graph, log_evidence, latents } = masses(&problem);
    let mut g = graph.clone();
    let loss = g.neg(log_evidence);
    let program = Program { graph: g, loss, watch: vec![log_evidence] };
    let mut step = backend::compile(program, options);
    step.run(0, &mut CounterNoise::new(0));
    let gradient = step.gradient();
    let spans = graph.param_spans();
    let of = |(weights, span): (&Weights, std::ops::Range<usize>)| {
        elements(&problem, &graph, weights, &gradient[span])
    };
    let elements = latents.iter().zip(spans).flat_map(of).collect();
    Some(Posterior { log_evidence: step.watched(0)[0], elements })
}

fn marginalized(problem: &Problem) -> Option<Problem> {
    let model = &problem.bound.model;
    let free =
        model.names.iter().any(|n| matches!(n.kind, NameKind::Param { .. } | NameKind::Weight(_)));
    if free || problem.plan.latents.is_empty() {
        return None;
    }
    let rows = 0..problem.plan.latents.len();
    rows.into_iter().try_fold(problem.clone(), |p, row| with(&p, row, "marginalize", BUDGET))
}

/// The masses of each element are minus the loss's slopes in its log weights.
fn elements(problem: &Problem, g: &Graph, weights: &Weights, slopes: &[f64]) -> Vec<Element> {
    let shape = g.shape(weights.node);
    let strides = shape.strides(g);
    let stride = |d| shape.iter().position(|s| s == d).map_or(0, |i| strides[i]);
    let outer = shape.without(&[weights.values]);
    let values = 0..g.size(weights.values);
    let name = &problem.bound.model.name(weights.name).name;
    let of = |place: usize| {
        let position = outer.coordinates(g, place);
        let start: usize = position.iter().map(|&(d, i)| i * stride(d)).sum();
        let mass = |v: usize| -slopes[start + v * stride(weights.values)];
        Element {
            name: element(g, name, &outer, place),
            exact: Exact::Masses(
                values.clone().map(|v| (value(problem, weights, v), mass(v))).collect(),
            ),
        }
    };
    (0..g.count(&outer)).map(of).collect()
}

/// A label in quotes, a position from 1, a count.
fn value(problem: &Problem, weights: &Weights, at: usize) -> String {
    if let Some(rows) = &weights.rows {
        return vector(&rows[at]);
    }
    let Elem::Index(dim) = problem.bound.model.name(weights.name).ty.elem else {
        return at.to_string();
    };
    match &problem.bound.dims[dim.0 as usize].labels {
        Some(labels) => format!("{:?}", labels[at]),
        None => (at + 1).to_string(),
    }
}

/// `[1, 0, 1]`
fn vector(row: &[f64]) -> String {
    let numbers: Vec<String> = row.iter().map(f64::to_string).collect();
    format!("[{}]", numbers.join(", "))
}
