//! Which rows a figure is computed of where there are too many for all of them: a random sample, drawn without replacement.

use super::batches::below;
use super::config::Config;
use crate::backend::{CounterNoise, NoiseSource};
use crate::check::model::DimId;
use crate::ir::Noise;
use crate::lower::Problem;
use std::collections::HashMap;
use std::ops::Range;

/// A dimension of which a figure sees some rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampledDim {
    pub dim: DimId,
    pub rows: usize,
    pub of: usize,
}

/// The batched dimensions that have more rows than the figures of a fit see.
pub fn sampled(problem: &Problem, config: &Config) -> Vec<SampledDim> {
    let rows = config.elbo_rows.unwrap_or(usize::MAX);
    let dims = problem.plan.batches.iter().map(|&(dim, _)| dim);
    let row = |dim: DimId| SampledDim { dim, rows, of: problem.bound.dims[dim.0 as usize].size };
    dims.map(row).filter(|d| d.of > d.rows).collect()
}

/// Samples have noise of their own.
const SEED: u64 = 0x0073_616d_706c_6564;
/// Chunks of a sample, at least: their spread tells what other rows would have given.
const LEAST_CHUNKS: usize = 32;

/// Rows along the dimensions that are sampled, in random order, so that chunks of neighbours are random groups.
#[derive(Default)]
pub(super) struct Sample(Vec<(DimId, Vec<usize>)>);

impl Sample {
    pub(super) fn new(problem: &Problem, config: &Config) -> Self {
        let mut noise = CounterNoise::new(config.seed ^ SEED);
        let dims = sampled(problem, config).into_iter().enumerate();
        Self(dims.map(|(place, d)| (d.dim, draw(&mut noise, place, d.rows, d.of))).collect())
    }

    pub(super) fn dims(&self) -> impl Iterator<Item = DimId> {
        self.0.iter().map(|(dim, _)| *dim)
    }

    fn along(&self, dim: DimId) -> Option<&Vec<usize>> {
        self.0.iter().find(|(d, _)| *d == dim).map(|(_, rows)| rows)
    }

    /// How many rows a dimension has here.
    pub(super) fn count(&self, problem: &Problem, dim: DimId) -> usize {
        self.along(dim).map_or(problem.bound.dims[dim.0 as usize].size, Vec::len)
    }

    /// The share of the rows of a dimension that is not here.
    pub(super) fn rest(&self, problem: &Problem, dim: DimId) -> f64 {
        let whole = problem.bound.dims[dim.0 as usize].size;
        1.0 - self.count(problem, dim) as f64 / whole as f64
    }

    /// Rows of a chunk: fewer where there would be too few chunks.
    pub(super) fn cut(&self, dim: DimId, rows: usize) -> usize {
        self.along(dim).map_or(rows, |own| rows.min(own.len() / LEAST_CHUNKS).max(1))
    }

    /// The rows at these places, ascending, as a file is best read.
    pub(super) fn rows(&self, dim: DimId, places: Range<usize>) -> Vec<usize> {
        let Some(own) = self.along(dim) else { return places.collect() };
        let mut rows = own[places].to_vec();
        rows.sort_unstable();
        rows
    }
}

/// So many of all rows, each ordered choice as likely as any other (Fisher & Yates, of which only what moved is kept).
fn draw(noise: &mut CounterNoise, place: usize, rows: usize, of: usize) -> Vec<usize> {
    let mut shares = vec![0.0; rows];
    noise.fill_f64(0, place, Noise::Uniform, &mut shares);
    let mut moved: HashMap<usize, usize> = HashMap::new();
    let pick = |(i, share): (usize, f64)| {
        let at = i + below(share, of - i);
        let here = moved.get(&i).copied().unwrap_or(i);
        moved.insert(at, here).unwrap_or(at)
    };
    shares.into_iter().enumerate().map(pick).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_distinct_and_any_is_as_likely() {
        let (of, rows, rounds) = (7, 3, 7000);
        let mut seen = vec![[0_u32; 3]; of];
        for seed in 0..rounds {
            let found = draw(&mut CounterNoise::new(seed), 0, rows, of);
            for (place, row) in found.iter().enumerate() {
                assert!(!found[..place].contains(row), "{found:?}");
                seen[*row][place] += 1;
            }
        }
        let expected = rounds as f64 / of as f64;
        let z = |count: &u32| (f64::from(*count) - expected) / (expected * 6.0 / 7.0).sqrt();
        assert!(seen.iter().flatten().all(|count| z(count).abs() < 5.0), "{seen:?}");
        let all = draw(&mut CounterNoise::new(1), 0, of, of);
        assert_eq!((0..of).filter(|row| all.contains(row)).count(), of);
    }
}
