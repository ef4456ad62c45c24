//! The rows of a batched problem in turn, so that what is reported of them needs no more memory than a few.
//!
//! Chunks cover every row once, or every row of a sample. A graph scales what it sees to all rows; the mean over chunks, weighed
//! by their shares of the rows, is then what one graph of these rows would give.

use super::sample::Sample;
use crate::backend::{CounterNoise, NoiseSource};
use crate::check::model::DimId;
use crate::ir::{Graph, Noise, Rows};
use crate::lower::Problem;

/// Rows of a chunk, where batches are smaller.
pub(super) const CHUNK: usize = 256;

/// Some of the rows along each batched dimension.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub(super) sizes: Vec<(DimId, usize)>,
    /// Among the rows of the sample where there is one.
    pub(super) firsts: Vec<usize>,
    /// Of the rows.
    pub(super) share: f64,
    /// What it ends at, as a share of the rows, where chunks are side by side.
    end: f64,
    /// Its place among the chunks.
    pub(super) place: u64,
}

impl Chunk {
    const WHOLE: Chunk = Chunk { sizes: vec![], firsts: vec![], share: 1.0, end: 1.0, place: 0 };

    /// The first rows of each batch.
    pub(super) fn first(problem: &Problem) -> Self {
        let sizes = problem.plan.batches.clone();
        Self { firsts: vec![0; sizes.len()], sizes, ..Self::WHOLE }
    }

    /// Whether it begins with the first row of every batched dimension but these.
    pub(super) fn is_first_but_along(&self, dims: &[DimId]) -> bool {
        let mut rows = self.sizes.iter().zip(&self.firsts);
        rows.all(|((dim, _), &first)| first == 0 || dims.contains(dim))
    }

    /// Its rows where it is one of all rows.
    pub(super) fn rows(&self, graph: &Graph) -> Rows {
        self.rows_of(graph, &Sample::default())
    }

    pub(super) fn rows_of(&self, graph: &Graph, sample: &Sample) -> Rows {
        let along = graph.batched_dims().into_iter().zip(&self.firsts).zip(&self.sizes);
        let rows = along.map(|((dim, &first), &(id, n))| (dim, sample.rows(id, first..first + n)));
        Rows(rows.collect())
    }

    /// The same with some rows of one dimension more.
    fn with(&self, part: &Part, share: f64, end: f64) -> Chunk {
        let mut chunk = self.clone();
        chunk.sizes.push((part.dim, part.count));
        chunk.firsts.push(part.first);
        Chunk { share, end, ..chunk }
    }
}

/// Neighbouring rows along one dimension.
struct Part {
    dim: DimId,
    first: usize,
    count: usize,
    /// Of the rows of the dimension.
    share: f64,
    /// Up to here.
    end: f64,
}

fn parts(dim: DimId, count: usize, together: usize) -> impl Iterator<Item = Part> {
    (0..count).step_by(together).map(move |first| {
        let here = together.min(count - first);
        let [share, end] = [here, first + here].map(|n| n as f64 / count as f64);
        Part { dim, first, count: here, share, end }
    })
}

/// How chunks run along several batched dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meeting {
    /// Every combination of rows once.
    Crossing,
    /// Each share of the rows once, at the same place along all of them: for terms none of which has two batched dimensions.
    /// Chunks are then as many as the dimensions have together.
    SideBySide,
}

impl Meeting {
    /// As some value of the graph has several batched dimensions or none has.
    pub(super) fn of(graph: &Graph) -> Self {
        let batched = |id| graph.shape(id).iter().filter(|&d| graph.is_batched(d)).count();
        let several = graph.batched_dims().len() > 1;
        match several && graph.ids().all(|id| batched(id) < 2) {
            true => Meeting::SideBySide,
            false => Meeting::Crossing,
        }
    }

    fn join(self, chunks: &[Chunk], parts: &[Part]) -> Vec<Chunk> {
        if self == Meeting::Crossing {
            let pair = |c: &Chunk, p: &Part| c.with(p, c.share * p.share, 1.0);
            let pairs = chunks.iter().flat_map(|c| parts.iter().map(move |p| pair(c, p)));
            return pairs.collect();
        }
        let (mut joined, mut done) = (vec![], 0.0);
        let (mut chunks, mut parts) = (chunks.iter().peekable(), parts.iter().peekable());
        while let (Some(chunk), Some(part)) = (chunks.peek(), parts.peek()) {
            let end = chunk.end.min(part.end);
            joined.push(chunk.with(part, end - done, end));
            done = end;
            let (chunk_ends, part_ends) = (chunk.end <= end, part.end <= end);
            chunks.next_if(|_| chunk_ends);
            parts.next_if(|_| part_ends);
        }
        joined
    }
}

/// Chunks that cover all rows; one of everything where nothing is batched.
pub(super) fn chunks(problem: &Problem) -> Vec<Chunk> {
    chunks_of(problem, &Sample::default(), CHUNK, Meeting::Crossing)
}

/// Chunks of so many rows that cover a sample.
pub(super) fn chunks_of(
    problem: &Problem,
    sample: &Sample,
    rows: usize,
    meeting: Meeting,
) -> Vec<Chunk> {
    let mut all = vec![Chunk::WHOLE];
    for (dim, rows) in at_least(problem, rows).plan.batches.iter().copied() {
        let rows = sample.cut(dim, rows);
        let parts: Vec<Part> = parts(dim, sample.count(problem, dim), rows).collect();
        all = meeting.join(&all, &parts);
    }
    for (place, chunk) in all.iter_mut().enumerate() {
        chunk.place = place as u64;
    }
    all
}

/// The problem with batches that are large enough to stand for all rows.
pub(super) fn larger(problem: &Problem) -> Problem {
    at_least(problem, CHUNK)
}

/// Batches that are small are as large as what is asked for; one below a batch is a chunk of its own size.
pub(super) fn at_least(problem: &Problem, rows: usize) -> Problem {
    let batches = problem.plan.batches.iter();
    let fit = |own: usize| if rows < CHUNK { rows } else { own.max(rows) };
    let size = |dim: DimId| problem.bound.dims[dim.0 as usize].size;
    let larger = batches.map(|&(d, own)| (d, fit(own).min(size(d))));
    problem.in_batches(larger.collect())
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

    /// Whether all draws are of what a row has of its own.
    pub(super) fn is_local(&self) -> bool {
        self.is_local.iter().all(|&local| local)
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
