//! All rows of a batched problem in turn, so that what is reported of them needs no more memory than a few.
//!
//! Chunks cover every row once. A graph scales what it sees to all rows; the mean over chunks, weighed by their shares of
//! the rows, is then what one graph of all rows would give.

use super::fitter::Elbo;
use super::tables::gathered;
use crate::backend::{self, CounterNoise, NoiseSource, Options, Program, Step};
use crate::check::model::DimId;
use crate::ir::{Graph, Noise, Rows};
use crate::lower::Problem;
use crate::objective::Objective;
use std::collections::HashMap;

/// Rows of a chunk, where batches are smaller.
const CHUNK: usize = 256;
/// Copies of draws of a chunk.
const COPIES: usize = 2048;
/// Element operations of a reported ELBO; its draws, and those that are computed together.
const BUDGET: f64 = 1e9;
const DRAWS: (f64, f64) = (4.0, 1000.0);
const TOGETHER: usize = 100;

/// Some of the rows along each batched dimension.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub(super) sizes: Vec<(DimId, usize)>,
    pub(super) firsts: Vec<usize>,
    /// Of all rows.
    pub(super) share: f64,
    /// Its place among the chunks.
    pub(super) place: u64,
}

impl Chunk {
    /// Whether it begins with the first row of every batched dimension but these.
    pub(super) fn is_first_but_along(&self, dims: &[DimId]) -> bool {
        let mut rows = self.sizes.iter().zip(&self.firsts);
        rows.all(|((dim, _), &first)| first == 0 || dims.contains(dim))
    }

    pub(super) fn rows(&self, graph: &Graph) -> Rows {
        let along = graph.batched_dims().into_iter().zip(&self.firsts).zip(&self.sizes);
        Rows(along.map(|((dim, &first), &(_, n))| (dim, (first..first + n).collect())).collect())
    }
}

/// How much is computed at a time, and for how long.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    /// Rows of a chunk, where batches are smaller.
    rows: usize,
    least_draws: f64,
}

impl Effort {
    pub(super) const ELBO: Effort = Effort { rows: CHUNK, least_draws: DRAWS.0 };

    /// Of a bound with so many copies of every draw.
    pub(super) fn bound(copies: usize) -> Self {
        Self { rows: (COPIES / copies).clamp(1, CHUNK), least_draws: 2.0 }
    }
}

/// Chunks that cover all rows; one of everything where nothing is batched.
pub(super) fn chunks(problem: &Problem) -> Vec<Chunk> {
    in_chunks(problem, CHUNK)
}

fn in_chunks(problem: &Problem, rows: usize) -> Vec<Chunk> {
    let whole = Chunk { sizes: vec![], firsts: vec![], share: 1.0, place: 0 };
    let mut all = vec![whole];
    for (dim, rows) in at_least(problem, rows).plan.batches.iter().copied() {
        let count = size(problem, dim);
        let further = |chunk: &Chunk| {
            let chunk = chunk.clone();
            (0..count).step_by(rows).map(move |first| {
                let mut part = chunk.clone();
                let here = rows.min(count - first);
                part.sizes.push((dim, here));
                part.firsts.push(first);
                part.share *= here as f64 / count as f64;
                part
            })
        };
        all = all.iter().flat_map(further).collect();
    }
    placed(all)
}

fn placed(mut chunks: Vec<Chunk>) -> Vec<Chunk> {
    for (place, chunk) in chunks.iter_mut().enumerate() {
        chunk.place = place as u64;
    }
    chunks
}

/// Chunks for terms none of which has two batched dimensions: each share of the rows once, at the same place along all of them.
/// They are as many as the dimensions have together, not as many as there are combinations.
fn side_by_side(problem: &Problem, rows: usize) -> Vec<Chunk> {
    let dims = at_least(problem, rows).plan.batches.clone();
    let whole = |dim: DimId| size(problem, dim) as f64;
    let mut all = vec![];
    let (mut firsts, mut done) = (vec![0; dims.len()], 0.0);
    while dims.iter().zip(&firsts).all(|(&(dim, _), &first)| first < size(problem, dim)) {
        let here = |(&(dim, rows), &first): (&(DimId, usize), &usize)| {
            (dim, rows.min(size(problem, dim) - first))
        };
        let sizes: Vec<(DimId, usize)> = dims.iter().zip(&firsts).map(here).collect();
        let ends = sizes.iter().zip(&firsts).map(|(&(dim, n), &at)| (at + n) as f64 / whole(dim));
        let ends: Vec<f64> = ends.collect();
        let end = ends.iter().copied().fold(1.0, f64::min);
        all.push(Chunk {
            sizes: sizes.clone(),
            firsts: firsts.clone(),
            share: end - done,
            place: 0,
        });
        done = end;
        for (k, &(_, n)) in sizes.iter().enumerate() {
            firsts[k] += if ends[k] <= end { n } else { 0 };
        }
    }
    placed(all)
}

/// Whether some value has several batched dimensions.
fn crosses(graph: &Graph) -> bool {
    let batched = |id| graph.shape(id).iter().filter(|&d| graph.is_batched(d)).count();
    graph.ids().any(|id| batched(id) > 1)
}

/// The problem with batches that are large enough to stand for all rows.
pub(super) fn larger(problem: &Problem) -> Problem {
    at_least(problem, CHUNK)
}

/// Batches that are small are as large as what is asked for; one below a batch is a chunk of its own size.
fn at_least(problem: &Problem, rows: usize) -> Problem {
    let batches = problem.plan.batches.iter();
    let fit = |own: usize| if rows < CHUNK { rows } else { own.max(rows) };
    let larger = batches.map(|&(d, own)| (d, fit(own).min(size(problem, d))));
    problem.in_batches(larger.collect())
}

fn size(problem: &Problem, dim: DimId) -> usize {
    problem.bound.dims[dim.0 as usize].size
}

/// The same draws of what all rows share in every chunk, other ones for what a row has of its own.
pub(super) struct ChunkNoise<'a> {
    noise: &'a mut CounterNoise,
    is_local: Vec<bool>,
    chunk: u64,
}

/// Steps between those of one chunk and the next.
const APART: u64 = 1 << 16;

impl<'a> ChunkNoise<'a> {
    pub(super) fn new(graph: &Graph, noise: &'a mut CounterNoise, chunk: u64) -> Self {
        let local = |n: &crate::ir::NoiseInfo| n.shape.iter().any(|d| graph.is_batched(d));
        Self { noise, is_local: graph.noises.iter().map(local).collect(), chunk }
    }

    fn step(&self, step: u64, noise: usize) -> u64 {
        if self.is_local[noise] { step + self.chunk * APART } else { step }
    }
}

impl NoiseSource for ChunkNoise<'_> {
    fn fill_f32(&mut self, step: u64, noise: usize, kind: Noise, out: &mut [f32]) {
        let step = self.step(step, noise);
        self.noise.fill_f32(step, noise, kind, out);
    }

    fn fill_f64(&mut self, step: u64, noise: usize, kind: Noise, out: &mut [f64]) {
        let step = self.step(step, noise);
        self.noise.fill_f64(step, noise, kind, out);
    }
}

/// The ELBO, or the bound that `of` makes, of each of several draws, at the parameters of all rows.
pub(super) fn elbos(
    problem: &Problem,
    params: &[f64],
    options: Options,
    step: u64,
    noise: &mut CounterNoise,
    effort: Effort,
    of: &dyn Fn(&Problem, usize) -> Objective,
) -> Vec<f64> {
    let one = of(&at_least(problem, effort.rows), 1);
    let chunks = match crosses(&one.graph) || problem.plan.batches.len() < 2 {
        true => in_chunks(problem, effort.rows),
        false => side_by_side(problem, effort.rows),
    };
    let single = one.graph.operations() * chunks.len() as f64;
    let draws = (BUDGET / single).clamp(effort.least_draws, DRAWS.1) as usize;
    let together = draws.min(TOGETHER);
    let mut compiled: HashMap<_, (Graph, Box<dyn Step>)> = HashMap::new();
    let passes = draws.div_ceil(together) as u64;
    let mut values = vec![0.0; together * passes as usize];
    for chunk in chunks {
        let (graph, part) = compiled.entry(chunk.sizes.clone()).or_insert_with(|| {
            let problem = problem.in_batches(chunk.sizes.clone());
            let Objective { graph, loss, per_draw, .. } = of(&problem, together);
            let program = Program { graph: graph.clone(), loss, watch: vec![per_draw] };
            (graph, backend::compile(program, options))
        });
        let rows = chunk.rows(graph);
        part.set_rows(&rows);
        part.set_params(&gathered(graph, params, &rows));
        let mut noise = ChunkNoise::new(graph, noise, chunk.place);
        for (pass, values) in values.chunks_exact_mut(together).enumerate() {
            part.run(step + pass as u64, &mut noise);
            let found = part.watched(0);
            for (i, value) in values.iter_mut().enumerate() {
                *value += chunk.share * found[i % found.len()];
            }
        }
    }
    values
}

/// A mean and its standard error.
pub(super) fn estimate(values: &[f64]) -> Elbo {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    Elbo { mean, se: (spread / count).sqrt() }
}
