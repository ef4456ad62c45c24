//! Posterior draws and their summaries, scalar by scalar, under the names that a user reads.

use super::chunks::{Chunk, ChunkNoise, chunks};
use super::tables::{gathered, initial};
use crate::backend::{CounterNoise, NoiseSource};
use crate::check::model::{DimId, Elem, NameId, NameKind, Stage};
use crate::ir::{self, Inputs, Rounding};
use crate::lower::{Blanks, Problem};
use crate::objective::{self, Posterior, posterior};
use std::collections::HashMap;

/// Draws of every reported name.
#[derive(Clone, Debug, PartialEq)]
pub struct Draws {
    pub count: usize,
    pub quantities: Vec<Quantity>,
}

/// One name with all of its elements.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    pub name: String,
    /// In the user's order.
    pub dims: Vec<DimId>,
    /// Of each element, row-major: positions from 1 along the dimensions.
    pub positions: Vec<Vec<usize>>,
    /// For each element its draws. Indices count from 1.
    pub values: Vec<Vec<f64>>,
    /// Whether it is the same in every draw.
    pub is_fixed: bool,
}

impl Quantity {
    /// Row-major, however the rows came.
    fn sort(&mut self) {
        if self.positions.is_sorted() {
            return;
        }
        let both = std::mem::take(&mut self.positions).into_iter();
        let mut both: Vec<_> = both.zip(std::mem::take(&mut self.values)).collect();
        both.sort_by(|a, b| a.0.cmp(&b.0));
        (self.positions, self.values) = both.into_iter().unzip();
    }
}

/// One scalar's posterior.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// `theta[3]`, or with labels `theta["Choate"]`.
    pub name: String,
    pub mean: f64,
    pub sd: f64,
    pub q05: f64,
    pub q50: f64,
    pub q95: f64,
}

/// Elements of a name with an unlabelled dimension beyond which it is reported on request only.
pub(super) const MOST_ELEMENTS: usize = 1000;
/// The same where all dimensions are labelled or short: a thousand draws are then less than a gigabyte.
const MOST_LABELLED: usize = 100_000;
/// Numbers of draws that are held together, at most.
pub const MOST_NUMBERS: usize = 200_000_000;
/// Draws have noise of their own.
const DRAW_STEP: u64 = 1 << 41;
/// Draws that are computed together, so that memory stays flat.
const CHUNK: usize = 100;

/// Draws from the guide at fitted parameters, and whatever follows from them.
pub fn draws(problem: &Problem, params: &[f64], count: usize, seed: u64) -> Draws {
    let wanted = |name| is_reported(problem, name);
    draws_of(
        problem,
        &Recipe { params: Some(params), graphs: &posterior, wanted: &wanted },
        count,
        seed,
    )
}

/// Where draws come from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Of the guide; `None` draws from the prior, where point estimates have their first values.
    pub params: Option<&'a [f64]>,
    /// Whether observed data are drawn anew.
    pub predicts: bool,
}

/// Draws of chosen names, however long they are.
pub fn chosen_draws(
    problem: &Problem,
    source: Source,
    count: usize,
    seed: u64,
    wanted: &dyn Fn(NameId) -> bool,
) -> Draws {
    let graphs = |problem: &Problem, size| match (source.params, source.predicts) {
        (Some(_), false) => posterior(problem, size),
        (None, false) => objective::prior(problem, size),
        (fitted, true) => objective::predictive(problem, size, fitted.is_some()),
    };
    draws_of(problem, &Recipe { params: source.params, graphs: &graphs, wanted }, count, seed)
}

/// Draws of what new data leave blank, and of whatever depends on it.
pub fn predictions(
    problem: &Problem,
    params: &[f64],
    blanks: &Blanks,
    (count, seed): (usize, u64),
    wanted: &dyn Fn(NameId) -> bool,
) -> Draws {
    let graphs = |problem: &Problem, size| objective::predicted(problem, size, blanks);
    draws_of(problem, &Recipe { params: Some(params), graphs: &graphs, wanted }, count, seed)
}

/// How draws are made, and of what.
struct Recipe<'a> {
    params: Option<&'a [f64]>,
    graphs: &'a dyn Fn(&Problem, usize) -> Posterior,
    wanted: &'a dyn Fn(NameId) -> bool,
}

/// Draws of all that a graph has, in the first rows of what is batched.
pub(super) fn first_rows(
    problem: &Problem,
    p: &Posterior,
    params: &[f64],
    count: usize,
    step: u64,
    seed: u64,
) -> Draws {
    let chunk = Chunk::first(problem);
    let recipe = Recipe { params: Some(params), graphs: &posterior, wanted: &|_| true };
    let mut noise = CounterNoise::new(seed);
    chunk_of_rows(problem, p, &recipe, count, &chunk, step, &mut noise)
}

fn draws_of(problem: &Problem, recipe: &Recipe, count: usize, seed: u64) -> Draws {
    let mut noise = CounterNoise::new(seed);
    let mut all = Draws { count: 0, quantities: vec![] };
    for (chunk, start) in (0..count).step_by(CHUNK).enumerate() {
        let size = CHUNK.min(count - start);
        let step = DRAW_STEP + chunk as u64;
        if chunk == 0 {
            all = chunk_of_draws(problem, recipe, size, step, &mut noise);
            continue;
        }
        let is_fixed = |name: &str| all.quantities.iter().any(|q| q.is_fixed && q.name == name);
        let wanted = |id| (recipe.wanted)(id) && !is_fixed(&problem.bound.model.name(id).name);
        let recipe = Recipe { wanted: &wanted, ..*recipe };
        let part = chunk_of_draws(problem, &recipe, size, step, &mut noise);
        all.append(size, part);
    }
    all
}

impl Draws {
    /// More rows of what is batched, in the same draws. Where several dimensions are, a quantity that lacks one of them has its
    /// rows from the first chunk along that one.
    fn append_rows(&mut self, chunk: &Chunk, part: Draws) {
        for (mine, theirs) in self.quantities.iter_mut().zip(part.quantities) {
            if chunk.is_first_but_along(&mine.dims) {
                mine.positions.extend(theirs.positions);
                mine.values.extend(theirs.values);
            }
        }
    }

    /// More draws of what is not fixed.
    fn append(&mut self, count: usize, part: Draws) {
        self.count += count;
        let mut drawn = part.quantities.into_iter();
        for mine in &mut self.quantities {
            if mine.is_fixed {
                mine.values.iter_mut().for_each(|values| values.resize(self.count, values[0]));
                continue;
            }
            let theirs = drawn.next().into_iter().flat_map(|q| q.values);
            mine.values.iter_mut().zip(theirs).for_each(|(values, more)| values.extend(more));
        }
    }
}

fn chunk_of_draws(
    problem: &Problem,
    recipe: &Recipe,
    count: usize,
    step: u64,
    noise: &mut CounterNoise,
) -> Draws {
    let mut all: Option<Draws> = None;
    let mut graphs: HashMap<_, Posterior> = HashMap::new();
    for chunk in chunks(problem) {
        // Rows along two dimensions that no quantity has both of are in the chunks at the first rows of the other.
        let adds = |all: &Draws| all.quantities.iter().any(|q| chunk.is_first_but_along(&q.dims));
        if all.as_ref().is_some_and(|all| !adds(all)) {
            continue;
        }
        let p = graphs
            .entry(chunk.sizes.clone())
            .or_insert_with(|| (recipe.graphs)(&problem.in_batches(chunk.sizes.clone()), count));
        let part = chunk_of_rows(problem, p, recipe, count, &chunk, step, noise);
        let is_last = !part.quantities.iter().any(|q| is_batched(problem, q));
        match &mut all {
            None => all = Some(part),
            Some(all) => all.append_rows(&chunk, part),
        }
        if is_last {
            break;
        }
    }
    let mut draws = all.unwrap_or(Draws { count: 0, quantities: vec![] });
    draws.quantities.iter_mut().for_each(Quantity::sort);
    draws
}

/// Draws of some rows, and of what all rows share.
fn chunk_of_rows(
    problem: &Problem,
    p: &Posterior,
    recipe: &Recipe,
    count: usize,
    chunk: &Chunk,
    step: u64,
    noise: &mut CounterNoise,
) -> Draws {
    let rows = chunk.rows(&p.graph);
    let mut inputs = Inputs::at(&p.graph, &rows);
    let params = recipe.params.map_or_else(|| initial(&p.graph), <[f64]>::to_vec);
    inputs.params = gathered(&p.graph, &params, &rows);
    let mut noise = ChunkNoise::new(&p.graph, noise, chunk.place);
    for (row, info) in p.graph.noises.iter().enumerate() {
        noise.fill_f64(step, row, info.kind, &mut inputs.noises[row]);
    }
    let shown: Vec<&objective::Quantity> =
        p.quantities.iter().filter(|q| (recipe.wanted)(q.name)).collect();
    let nodes: Vec<ir::NodeId> = shown.iter().map(|q| q.node).collect();
    let values = ir::eval(&p.graph, &inputs, &nodes, Rounding::F64);
    let quantities = shown
        .into_iter()
        .zip(values)
        .map(|(q, values)| quantity(problem, p, q, &values, count, chunk))
        .collect();
    Draws { count, quantities }
}

fn is_batched(problem: &Problem, q: &Quantity) -> bool {
    q.dims.iter().any(|&d| problem.plan.batch_of(d).is_some())
}

/// Names with an unlabelled dimension over a thousand are reported on request only, and so are those of very many elements.
pub fn is_reported(problem: &Problem, name: NameId) -> bool {
    let dims = &problem.bound.model.name(name).ty.dims;
    let long = |d: &DimId| {
        let dim = &problem.bound.dims[d.0 as usize];
        dim.labels.is_none() && dim.size > MOST_ELEMENTS
    };
    !dims.iter().any(long) && problem.bound.elements(name) <= MOST_LABELLED
}

/// The unknowns that are too long to be reported, in the order of the model.
pub fn unreported(problem: &Problem) -> Vec<NameId> {
    let model = &problem.bound.model;
    let is_unknown = |name: &NameId| match model.name(*name).kind {
        NameKind::Latent { .. } | NameKind::Param { .. } => true,
        NameKind::Let { hidden, .. } => !hidden && model.name(*name).ty.stage >= Stage::Param,
        _ => false,
    };
    let names = (0..model.names.len() as u32).map(NameId).filter(is_unknown);
    names.filter(|&name| !is_reported(problem, name)).collect()
}

/// Reads the elements of one quantity, in the user's order, out of the layout of its node.
fn quantity(
    problem: &Problem,
    p: &objective::Posterior,
    q: &objective::Quantity,
    values: &[f64],
    count: usize,
    chunk: &Chunk,
) -> Quantity {
    let g = &p.graph;
    let decl = problem.bound.model.name(q.name);
    let shape = g.shape(q.node);
    let strides = shape.strides(g);
    let stride = |d: ir::Dim| shape.iter().position(|s| s == d).map_or(0, |i| strides[i]);
    let sizes: Vec<usize> = q.dims.iter().map(|&d| g.size(d)).collect();
    let steps: Vec<usize> = q.dims.iter().map(|&d| stride(d)).collect();
    let draw_step = p.draws.map_or(0, stride);
    let first = f64::from(u8::from(matches!(decl.ty.elem, Elem::Index(_))));
    let positions = positions(&sizes);
    let element = |position: &Vec<usize>| {
        let start: usize = position.iter().zip(&steps).map(|(i, s)| (i - 1) * s).sum();
        (0..count).map(|d| values[start + d * draw_step] + first).collect()
    };
    let values = positions.iter().map(element).collect();
    let first = |d: &DimId| chunk.sizes.iter().position(|(c, _)| c == d).map(|i| chunk.firsts[i]);
    let firsts: Vec<usize> = decl.ty.dims.iter().map(|d| first(d).unwrap_or(0)).collect();
    let shift = |p: Vec<usize>| p.iter().zip(&firsts).map(|(i, first)| i + first).collect();
    let positions = positions.into_iter().map(shift).collect();
    let is_noise = |id: &ir::NodeId| matches!(g.op(*id), ir::Op::Noise(_));
    let is_fixed = !g.ancestors([q.node]).iter().any(is_noise);
    Quantity { name: decl.name.clone(), dims: decl.ty.dims.clone(), positions, values, is_fixed }
}

/// Every position, from 1, row-major.
fn positions(sizes: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for &size in sizes {
        all = all
            .into_iter()
            .flat_map(|p: Vec<usize>| {
                (1..=size).map(move |i| p.iter().copied().chain([i]).collect())
            })
            .collect();
    }
    all
}

/// One row per scalar, in the order of the model.
pub fn summarize(problem: &Problem, draws: &Draws) -> Vec<Summary> {
    let rows = draws.quantities.iter().flat_map(|q| {
        q.positions.iter().zip(&q.values).map(|(position, values)| {
            let name = scalar_name(problem, q, position);
            summary(name, values)
        })
    });
    rows.collect()
}

/// `theta`, `theta[3]`, `theta["Choate"]`, `beta["ML", 2]`
fn scalar_name(problem: &Problem, q: &Quantity, position: &[usize]) -> String {
    if position.is_empty() {
        return q.name.clone();
    }
    let part = |(&dim, &i): (&DimId, &usize)| match &problem.bound.dims[dim.0 as usize].labels {
        Some(labels) => format!("{:?}", labels[i - 1]),
        None => i.to_string(),
    };
    let parts: Vec<String> = q.dims.iter().zip(position).map(part).collect();
    format!("{}[{}]", q.name, parts.join(","))
}

fn summary(name: String, values: &[f64]) -> Summary {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let [q05, q50, q95] = [0.05, 0.5, 0.95].map(|p| quantile(&sorted, p));
    Summary { name, mean, sd: variance.sqrt(), q05, q50, q95 }
}

/// Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996, R's and NumPy's default).
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let (below, share) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + share * (sorted[above] - sorted[below])
}
