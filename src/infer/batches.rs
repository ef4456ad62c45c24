//! Which rows a step sees: a function of (seed, step) alone.
//!
//! Shuffled: the rows of all epochs lie end to end, each epoch in an order of its own, and step t takes the next rows from
//! t·b on. A batch at the border of two epochs takes rows of both, so that every step has b rows, each of them any row with
//! the same chance: every step is unbiased, and no row is left out.

use super::config::Config;
use crate::backend::{CounterNoise, NoiseSource};
use crate::check::model::Sampling;
use crate::ir::{Dim, Graph, Noise, Rows};

/// Batches have noise of their own.
const SEED: u64 = 0x0062_6174_6368;

/// The batches of a fit.
pub(super) struct Batches(Vec<Stream>);

/// The rows along one dimension.
struct Stream {
    dim: Dim,
    /// Its place among the batched dimensions: a key of its noise.
    place: usize,
    rows: usize,
    whole: usize,
    sampling: Sampling,
    noise: CounterNoise,
    /// The orders of the epochs that were used last.
    orders: Vec<(u64, Vec<u32>)>,
}

impl Batches {
    pub(super) fn new(graph: &Graph, config: &Config) -> Self {
        let stream = |(place, dim): (usize, Dim)| Stream {
            dim,
            place,
            rows: graph.size(dim),
            whole: graph.whole(dim),
            sampling: config.sampling,
            noise: CounterNoise::new(config.seed ^ SEED),
            orders: vec![],
        };
        Self(graph.batched_dims().into_iter().enumerate().map(stream).collect())
    }

    /// The rows that a step sees.
    pub(super) fn at(&mut self, step: u64) -> Rows {
        Rows(self.0.iter_mut().map(|stream| (stream.dim, stream.at(step))).collect())
    }
}

impl Stream {
    fn at(&mut self, step: u64) -> Vec<usize> {
        if self.sampling == Sampling::Replacement {
            let shares = self.shares(step, self.rows);
            return shares.into_iter().map(|u| below(u, self.whole)).collect();
        }
        let whole = self.whole as u64;
        let first = step * self.rows as u64;
        let place = |i: u64| ((first + i) / whole, ((first + i) % whole) as usize);
        (0..self.rows as u64).map(place).map(|(epoch, i)| self.order(epoch)[i] as usize).collect()
    }

    fn order(&mut self, epoch: u64) -> &[u32] {
        let known = self.orders.iter().position(|(e, _)| *e == epoch);
        let at = known.unwrap_or_else(|| {
            let order = self.shuffled(epoch);
            self.orders.truncate(1);
            self.orders.insert(0, (epoch, order));
            0
        });
        &self.orders[at].1
    }

    /// All rows in an order that any is as likely as any other (Fisher & Yates).
    fn shuffled(&mut self, epoch: u64) -> Vec<u32> {
        let shares = self.shares(epoch, self.whole);
        let mut order: Vec<u32> = (0..self.whole as u32).collect();
        for (i, share) in shares.into_iter().enumerate().skip(1) {
            order.swap(i, below(share, i + 1));
        }
        order
    }

    fn shares(&mut self, step: u64, count: usize) -> Vec<f64> {
        let mut shares = vec![0.0; count];
        self.noise.fill_f64(step, self.place, Noise::Uniform, &mut shares);
        shares
    }
}

/// A whole number below `count` from a uniform one.
pub(super) fn below(share: f64, count: usize) -> usize {
    ((share * count as f64) as usize).min(count - 1)
}
