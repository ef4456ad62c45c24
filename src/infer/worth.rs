//! The ELBO, or another bound, of a batched problem: chunk by chunk, several draws at a time, with its standard error.
//!
//! Its estimate varies with the draws, and with the rows where they are a sample. The chunks of a sample are random groups of
//! rows, so that their spread, less what draws put into it, is what the choice of rows puts into the mean; of a finite number
//! of rows only the share that was left out is unknown (Cochran 1977, sections 2.6 and 9.2).

use super::chunks::{CHUNK, Chunk, ChunkNoise, Meeting, at_least, chunks_of};
use super::fitter::Elbo;
use super::sample::Sample;
use super::tables::gathered;
use crate::backend::{self, CounterNoise, Options, Program, Step};
use crate::check::model::DimId;
use crate::ir::Graph;
use crate::lower::Problem;
use crate::objective::Objective;
use std::collections::{BTreeMap, HashMap};

/// Copies of draws of a chunk.
const COPIES: usize = 2048;
/// Element operations of a reported ELBO; its draws, and those that are computed together.
const BUDGET: f64 = 1e9;
const DRAWS: (f64, f64) = (4.0, 1000.0);
const TOGETHER: usize = 100;

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

/// Makes the objective of a problem with so many draws.
pub(super) type Make<'m> = dyn Fn(&Problem, usize) -> Objective + 'm;

/// What is computed, and how.
pub(super) struct Task<'t> {
    pub(super) problem: &'t Problem,
    /// Of all rows.
    pub(super) params: &'t [f64],
    pub(super) options: Options,
    /// Of the noise of the first draws.
    pub(super) step: u64,
    pub(super) effort: Effort,
    pub(super) sample: &'t Sample,
}

impl Task<'_> {
    /// The estimate of the objective that `of` makes.
    pub(super) fn worth(&self, noise: &mut CounterNoise, of: &Make) -> Elbo {
        let problem = self.problem;
        let one = of(&at_least(problem, self.effort.rows), 1);
        let meeting = Meeting::of(&one.graph);
        let chunks = chunks_of(problem, self.sample, self.effort.rows, meeting);
        let single = one.graph.operations() * chunks.len() as f64;
        let draws = (BUDGET / single).clamp(self.effort.least_draws, DRAWS.1) as usize;
        let is_local = ChunkNoise::new(&one.graph, noise, 0).is_local();
        let values = self.values(chunks, draws, noise, of);
        values.estimate(problem, self.sample, meeting, is_local)
    }

    fn values(
        &self,
        chunks: Vec<Chunk>,
        draws: usize,
        noise: &mut CounterNoise,
        of: &Make,
    ) -> Values {
        let together = draws.min(TOGETHER);
        let passes = draws.div_ceil(together) as u64;
        let mut compiled: HashMap<_, (Graph, Box<dyn Step>)> = HashMap::new();
        let mut found = vec![];
        for chunk in &chunks {
            let (graph, part) = compiled.entry(chunk.sizes.clone()).or_insert_with(|| {
                let problem = self.problem.in_batches(chunk.sizes.clone());
                let Objective { graph, loss, per_draw, .. } = of(&problem, together);
                let program = Program { graph: graph.clone(), loss, watch: vec![per_draw] };
                (graph, backend::compile(program, self.options))
            });
            let rows = chunk.rows_of(graph, self.sample);
            part.set_rows(&rows);
            part.set_params(&gathered(graph, self.params, &rows));
            let mut noise = ChunkNoise::new(graph, noise, chunk.place);
            for pass in 0..passes {
                part.run(self.step + pass, &mut noise);
                let here = part.watched(0);
                found.extend((0..together).map(|i| here[i % here.len()]));
            }
        }
        Values { chunks, found, draws: together * passes as usize }
    }
}

/// What every draw has in every chunk, on the scale of all rows.
struct Values {
    chunks: Vec<Chunk>,
    /// Chunk by chunk.
    found: Vec<f64>,
    draws: usize,
}

impl Values {
    fn estimate(
        self,
        problem: &Problem,
        sample: &Sample,
        meeting: Meeting,
        is_local: bool,
    ) -> Elbo {
        let each = self.groups(|chunk| vec![chunk.place as usize]);
        let mut mean_of_draws = vec![0.0; self.draws];
        for group in &each {
            mean_of_draws
                .iter_mut()
                .zip(&group.values)
                .for_each(|(sum, x)| *sum += group.share * x);
        }
        let of_draws = estimate(&mean_of_draws);
        if sample.dims().next().is_none() {
            return of_draws;
        }
        let all = Spread::of(&each, &mean_of_draws);
        let draws = if is_local { all.draws } else { of_draws.se.powi(2) };
        let along = |dim: DimId| {
            let groups = self.groups(|chunk| first_along(chunk, dim).into_iter().collect());
            let spread = Spread::of(&groups, &mean_of_draws);
            sample.rest(problem, dim) * (spread.rows - spread.draws).max(0.0)
        };
        let rows = sample.dims().map(along);
        // Side by side each chunk varies with the rows of all dimensions, which the coarsest groups show.
        let rows: f64 = match meeting {
            Meeting::Crossing => rows.sum(),
            Meeting::SideBySide => rows.fold(0.0, f64::max),
        };
        Elbo { mean: of_draws.mean, se: (draws + rows).sqrt() }
    }

    /// Chunks with one key as one.
    fn groups(&self, key: impl Fn(&Chunk) -> Vec<usize>) -> Vec<Group> {
        let mut groups: BTreeMap<Vec<usize>, Group> = BTreeMap::new();
        for (chunk, values) in self.chunks.iter().zip(self.found.chunks_exact(self.draws)) {
            let none = || Group { share: 0.0, values: vec![0.0; self.draws] };
            let group = groups.entry(key(chunk)).or_insert_with(none);
            group.share += chunk.share;
            group.values.iter_mut().zip(values).for_each(|(sum, x)| *sum += chunk.share * x);
        }
        let mean = |group: Group| {
            let values = group.values.iter().map(|sum| sum / group.share).collect();
            Group { values, ..group }
        };
        groups.into_values().map(mean).collect()
    }
}

fn first_along(chunk: &Chunk, dim: DimId) -> Option<usize> {
    chunk.sizes.iter().position(|(d, _)| *d == dim).map(|at| chunk.firsts[at])
}

/// Rows that were computed together.
struct Group {
    share: f64,
    /// Of every draw.
    values: Vec<f64>,
}

/// What groups of rows say of the variance of the mean over all groups and draws.
struct Spread {
    /// By the means of groups: of rows, and of draws within groups.
    rows: f64,
    /// Of draws within groups alone, by what is left of a value without the means of its group and of its draw.
    draws: f64,
}

impl Spread {
    fn of(groups: &[Group], mean_of_draws: &[f64]) -> Self {
        let (count, draws) = (groups.len() as f64, mean_of_draws.len() as f64);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / draws;
        let whole = mean(mean_of_draws);
        let (mut between, mut within) = (0.0, 0.0);
        for group in groups {
            let own = mean(&group.values) - whole;
            between += group.share * own.powi(2);
            let rest = |(x, of_draw): (&f64, &f64)| (x - of_draw - own).powi(2);
            within += group.share * group.values.iter().zip(mean_of_draws).map(rest).sum::<f64>();
        }
        let free = (count - 1.0).max(1.0);
        Self { rows: between / free, draws: within / free / (draws - 1.0).max(1.0) / draws }
    }
}

/// A mean and its standard error.
pub(super) fn estimate(values: &[f64]) -> Elbo {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    Elbo { mean, se: (spread / count).sqrt() }
}
