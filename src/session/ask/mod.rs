//! Questions: expressions answered from draws of the posterior or the prior, or exactly from data.
//!
//! Draws are one more dimension of the names that depend on latents. Errors of answers that reduce them come from a
//! jackknife: the answer again, each time without one group of the draws.

mod errors;
mod order;
mod short;
mod tree;
mod world;

pub use order::quantile;
pub use short::SHORT_FORMS;
pub use tree::type_text;

use super::Session;
use crate::check::model::{Elem, Model, NameId, NameKind, Stage, StmtKind};
use crate::diag::Diagnostics;
use crate::estimator::Value;
use crate::infer::{self, Draws, chosen_draws};
use crate::ir;
use crate::lower::{Mode, Problem, lower};
use crate::source;
use crate::syntax::{self, ast};
use short::{Bars, Writer, without_bars};
use std::collections::HashMap;
use std::sync::Arc;
use world::{Axis, Computed, Plain, World};

/// What an answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Data alone: exact.
    Data,
    Prior,
    Posterior,
}

/// The value of an expression, element by element.
#[derive(Clone, Debug)]
pub struct Answer {
    /// As types are written.
    pub ty: String,
    pub basis: Basis,
    /// How many draws it rests on.
    pub draws: usize,
    /// The labels of the classes where the values are positions.
    pub classes: Option<Vec<String>>,
    pub elements: Vec<Element>,
    pub warnings: Diagnostics,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Empty for a scalar; `"Choate"`, `"ML",2`.
    pub place: String,
    pub value: Answered,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Answered {
    Exact(f64),
    /// With its Monte Carlo error, where that was computed.
    Estimate(f64, Option<f64>),
    Draws(Vec<f64>),
}

/// Where draws come from.
#[derive(Clone, Copy)]
pub enum Origin<'a> {
    Prior,
    /// A fit's parameters.
    Fit(&'a [f64]),
}

/// A model with its data, and draws as a fit or the prior gives them.
pub struct Asked<'a> {
    pub session: &'a Session,
    pub problem: &'a Problem,
    /// The model whose names may be mentioned; `problem` may be a part of it.
    pub model: &'a Arc<Model>,
    pub draws_from: Origin<'a>,
    pub draws: usize,
    pub seed: u64,
    /// Whether observed data are drawn anew, each given the latents of its draw.
    pub predicts: bool,
    /// Names that were computed since from those of the model.
    pub later: &'a [ast::Stmt],
}

/// Groups of the jackknife, and element operations that it may take.
const GROUPS: usize = 25;
const MOST_WORK: f64 = 2e8;

/// A question as it is typed.
pub struct Question {
    expr: ast::Expr,
    bars: Bars,
}

impl Question {
    /// # Errors
    /// Where the text is no expression.
    pub fn parse(name: &str, text: &str) -> Result<Self, Diagnostics> {
        let (plain, bars) = without_bars(text);
        let (expr, found) = syntax::parse_value(&source::Source::new(name, plain));
        match expr {
            Some(expr) => Ok(Self { expr, bars }),
            None => Err(found),
        }
    }

    /// The words of it.
    pub fn words(&self) -> Vec<String> {
        syntax::words_of(&self.expr).iter().map(|w| w.text.clone()).collect()
    }

    /// The name that the question is, where it is nothing else.
    pub fn bare(&self) -> Option<&str> {
        match &self.expr.kind {
            ast::ExprKind::Name(name) if name.primes == 0 => Some(&name.text),
            _ => None,
        }
    }

    /// Answers it.
    ///
    /// # Errors
    /// Where the checker refuses it, or draws cannot be had.
    pub fn answer(&self, asked: &Asked) -> Result<Answer, Diagnostics> {
        let (world, random) = self.world(asked)?;
        let (computed, work) = self.compute(&world)?;
        let basis = match (random, asked.draws_from) {
            (false, _) => Basis::Data,
            (true, Origin::Prior) => Basis::Prior,
            (true, Origin::Fit(_)) => Basis::Posterior,
        };
        let errors = (random && computed.draws == 1).then(|| self.errors(&world, work)).flatten();
        if !self.bars.is_empty() && computed.values.iter().any(|x| x.is_nan()) {
            return Err(errors::never_holds());
        }
        Ok(answer(computed, basis, world.draws, errors.as_deref()))
    }

    /// The value, and the work that it was.
    fn compute(&self, world: &World) -> Result<(Computed, f64), Diagnostics> {
        let mut world = world.clone();
        let mut writer =
            Writer { world: &mut world, bars: &self.bars, work: 0.0, warnings: Diagnostics::new() };
        let written = writer.expr(&self.expr)?;
        let (work, mut warnings) = (writer.work, writer.warnings);
        let mut computed = world.compute(&written)?;
        warnings.extend(computed.warnings);
        computed.warnings = warnings;
        let work = work + computed.work;
        Ok((computed, work))
    }

    /// The jackknife's standard error of each element; `None` where that is too much work.
    fn errors(&self, world: &World, work: f64) -> Option<Vec<f64>> {
        if work * GROUPS as f64 > MOST_WORK || world.draws < 2 * GROUPS {
            return None;
        }
        let part = |group: usize| {
            let world = world.with_draws(&|draw| draw % GROUPS != group);
            self.compute(&world).ok().map(|(computed, _)| computed.values)
        };
        let parts: Vec<Vec<f64>> = (0..GROUPS).map(part).collect::<Option<_>>()?;
        let count = GROUPS as f64;
        let error = |i: usize| {
            let mean = parts.iter().map(|p| p[i]).sum::<f64>() / count;
            let sum: f64 = parts.iter().map(|p| (p[i] - mean).powi(2)).sum();
            ((count - 1.0) / count * sum).sqrt()
        };
        Some((0..parts[0].len()).map(error).collect())
    }

    /// The names of the model with the arrays of those that the question mentions, and whether one of them is random.
    fn world(&self, asked: &Asked) -> Result<(World, bool), Diagnostics> {
        let problem = asked.problem;
        let part: &Model = &problem.bound.model;
        let functions: Vec<ast::Stmt> = asked
            .session
            .program
            .stmts
            .iter()
            .filter(|s| matches!(s.kind, ast::StmtKind::Fn { .. }))
            .chain(asked.later)
            .cloned()
            .collect();
        let mut words = self.words();
        words.extend(functions.iter().flat_map(|f| syntax::mentions(f)).map(|w| w.text.clone()));
        let is_wanted = |id: NameId| words.contains(&part.name(id).name);
        let observed = |id: NameId| asked.predicts && is_observed(part, id);
        let random = |id: NameId| part.name(id).ty.stage >= Stage::Param || observed(id);
        let wanted: Vec<NameId> =
            (0..part.names.len() as u32).map(NameId).filter(|&id| is_wanted(id)).collect();
        let mut arrays = HashMap::new();
        if wanted.iter().any(|&id| random(id)) {
            let of = |id: &&NameId| random(**id);
            let size = |id: &NameId| problem.bound.elements(*id);
            let numbers = wanted.iter().filter(of).map(size).sum::<usize>() * asked.draws;
            if let Some(&largest) = wanted.iter().filter(of).max_by_key(|id| size(id))
                && numbers > infer::MOST_NUMBERS
            {
                return Err(errors::too_many_numbers(&part.name(largest).name, size(&largest)));
            }
            let drawn = draws_of(asked, &|id| is_wanted(id) && random(id));
            if let (Some(name), Origin::Prior) = (undrawn(&drawn), asked.draws_from) {
                return Err(errors::improper(name));
            }
            arrays.extend(drawn_arrays(part, world::draw_name(asked.model), drawn));
        }
        let exact = wanted.iter().copied().filter(|&id| !random(id));
        arrays.extend(data_arrays(problem, exact));
        let dims = part.dims.iter().zip(&problem.bound.dims).map(|(decl, bound)| Axis {
            name: decl.name.clone(),
            size: bound.size,
            labels: bound.labels.clone(),
        });
        let world = World {
            model: asked.model.clone(),
            dims: dims.collect(),
            functions,
            arrays,
            parts: vec![],
            draws: asked.draws,
        };
        let random = wanted.iter().any(|&id| random(id));
        Ok((world, random))
    }
}

fn draws_of(asked: &Asked, wanted: &dyn Fn(NameId) -> bool) -> Draws {
    let params = match asked.draws_from {
        Origin::Prior => None,
        Origin::Fit(params) => Some(params),
    };
    let of = infer::Source { params, predicts: asked.predicts };
    chosen_draws(asked.problem, of, asked.draws, asked.seed, wanted)
}

fn is_observed(model: &Model, id: NameId) -> bool {
    model.stmts.iter().any(|s| match &s.kind {
        StmtKind::Tilde(site) => site.observed && site.name == id,
        _ => false,
    })
}

/// A name whose draws are no numbers.
fn undrawn(draws: &Draws) -> Option<&str> {
    let broken = |values: &Vec<f64>| values.iter().all(|x| x.is_nan());
    let found = draws.quantities.iter().find(|q| q.values.iter().any(broken));
    found.map(|q| q.name.as_str())
}

fn drawn_arrays(
    model: &Model,
    draw: &'static str,
    draws: Draws,
) -> impl Iterator<Item = (String, Plain)> {
    draws.quantities.into_iter().map(move |q| {
        let ty = model.find_name(&q.name).map(|id| &model.name(id).ty);
        // Positions count from 1 in reports.
        let first = if ty.is_some_and(world::is_position) { 1.0 } else { 0.0 };
        let names = q.dims.iter().map(|&d| model.dim(d).name.clone());
        let dims = names.chain([draw.to_string()]).collect();
        let values = q.values.iter().flatten().map(|x| x - first).collect();
        (q.name, Plain { dims, values })
    })
}

/// Data, and names that are computed from data alone.
fn data_arrays(problem: &Problem, names: impl Iterator<Item = NameId>) -> Vec<(String, Plain)> {
    let model = &problem.bound.model;
    let mut computed = None;
    let mut found = vec![];
    for id in names {
        let decl = model.name(id);
        let dims: Vec<String> = decl.ty.dims.iter().map(|&d| model.dim(d).name.clone()).collect();
        let values = match (&decl.kind, &problem.bound.values[id.0 as usize]) {
            (NameKind::Data(_), Some(array)) => {
                let dims = array.dims.iter().map(|&d| model.dim(d).name.clone()).collect();
                found.push((decl.name.clone(), Plain { dims, values: array.values.clone() }));
                continue;
            }
            _ => {
                let assembly = computed.get_or_insert_with(|| lower(problem, Mode::Report, 1));
                let Some(Value::Plain(node)) = assembly.values[id.0 as usize] else { continue };
                let own: Vec<ir::Dim> =
                    decl.ty.dims.iter().map(|d| assembly.dims[d.0 as usize]).collect();
                let node = assembly.graph.expand(node, &own);
                let laid = ir::constant(&assembly.graph, node);
                world::row_major(&assembly.graph, &laid, node, &own)
            }
        };
        found.push((decl.name.clone(), Plain { dims, values }));
    }
    found
}

fn answer(computed: Computed, basis: Basis, draws: usize, errors: Option<&[f64]>) -> Answer {
    let labels = |elem| match elem {
        Elem::Index(dim) => Some(class_names(&computed, dim)),
        _ => None,
    };
    let classes = labels(computed.ty.elem);
    let first = f64::from(u8::from(classes.is_some()));
    let each = |i: usize| -> Answered {
        let values = &computed.values[i * computed.draws..(i + 1) * computed.draws];
        match (basis, computed.draws) {
            (Basis::Data, _) => Answered::Exact(values[0] + first),
            (_, 1) => Answered::Estimate(values[0] + first, errors.map(|e| e[i])),
            _ => Answered::Draws(values.iter().map(|x| x + first).collect()),
        }
    };
    let count = computed.values.len() / computed.draws.max(1);
    let elements =
        (0..count).map(|i| Element { place: place(&computed.axes, i), value: each(i) }).collect();
    let ty = tree::type_text(&computed.model, &computed.ty);
    Answer { ty, basis, draws, classes, elements, warnings: computed.warnings }
}

fn class_names(computed: &Computed, dim: crate::check::model::DimId) -> Vec<String> {
    match &computed.model.dim(dim).size {
        crate::check::model::DimSize::Labels(labels) => {
            labels.iter().map(|l| format!("{l:?}")).collect()
        }
        _ => {
            let size = computed.model.sizes()[dim.0 as usize].unwrap_or(0);
            (1..=size).map(|i| i.to_string()).collect()
        }
    }
}

/// The place of an element, as brackets hold it.
fn place(axes: &[Axis], flat: usize) -> String {
    let mut rest = flat;
    let mut parts = vec![];
    for axis in axes.iter().rev() {
        let at = rest % axis.size;
        rest /= axis.size;
        parts.push(match &axis.labels {
            Some(labels) => format!("{:?}", labels[at]),
            None => (at + 1).to_string(),
        });
    }
    parts.reverse();
    parts.join(",")
}
