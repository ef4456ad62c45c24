//! Averages of iterates, without knowing when a fit ends: over its later part (Polyak & Juditsky 1992), or with weights that
//! fade.

use super::saved::{Saved, Unfit};
use crate::check::model::Averaging;

/// A mean of what was pushed.
#[derive(Clone, Debug)]
pub(super) enum Average {
    Tail(Tail),
    Exponential(Exponential),
}

impl Average {
    /// `thinning` steps pass between two iterates.
    pub(super) fn new(len: usize, averaging: Averaging, thinning: u64) -> Self {
        match averaging {
            Averaging::Tail => Average::Tail(Tail::new(len)),
            Averaging::Exponential(decay) => Average::Exponential(Exponential {
                keep: decay.powf(thinning as f64),
                missing: 1.0,
                total: vec![0.0; len],
            }),
        }
    }

    /// Takes one more iterate: `put(keep, take, total)` puts `take` of it beside `keep` of the total.
    pub(super) fn push(&mut self, put: impl FnOnce(f64, f64, &mut [f64])) {
        match self {
            Average::Tail(tail) => tail.push(put),
            Average::Exponential(fading) => fading.push(put),
        }
    }

    pub(super) fn save(&self, to: &mut Saved) {
        match self {
            Average::Tail(Tail { steps, running, last }) => {
                to.put_counts("fit/average/counts", &[3], vec![*steps, running.count, last.count]);
                to.put_all("fit/average/running", running.total.clone());
                to.put_all("fit/average/last", last.total.clone());
            }
            Average::Exponential(Exponential { missing, total, .. }) => {
                to.put_all("fit/average/missing", vec![*missing]);
                to.put_all("fit/average/total", total.clone());
            }
        }
    }

    pub(super) fn load(&mut self, from: &Saved) -> Result<(), Unfit> {
        match self {
            Average::Tail(Tail { steps, running, last }) => {
                let counts = from.counts("fit/average/counts", 3)?;
                (*steps, running.count, last.count) = (counts[0], counts[1], counts[2]);
                let len = running.total.len();
                running.total.copy_from_slice(from.get("fit/average/running", len)?);
                last.total.copy_from_slice(from.get("fit/average/last", len)?);
            }
            Average::Exponential(Exponential { missing, total, .. }) => {
                *missing = from.get("fit/average/missing", 1)?[0];
                let len = total.len();
                total.copy_from_slice(from.get("fit/average/total", len)?);
            }
        }
        Ok(())
    }

    /// `None` before the first iterate.
    pub(super) fn mean(&self) -> Option<Vec<f64>> {
        match self {
            Average::Tail(tail) => tail.mean(),
            Average::Exponential(fading) => fading.mean(),
        }
    }
}

/// Sums restart whenever the number of steps doubles; the last full one is kept beside the running one.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    steps: u64,
    running: Sum,
    last: Sum,
}

#[derive(Clone, Debug)]
struct Sum {
    count: u64,
    total: Vec<f64>,
}

impl Tail {
    fn new(len: usize) -> Self {
        let sum = Sum { count: 0, total: vec![0.0; len] };
        Self { steps: 0, running: sum.clone(), last: sum }
    }

    fn push(&mut self, put: impl FnOnce(f64, f64, &mut [f64])) {
        self.steps += 1;
        if self.steps.is_power_of_two() {
            std::mem::swap(&mut self.running, &mut self.last);
            self.running.count = 0;
            self.running.total.fill(0.0);
        }
        self.running.count += 1;
        put(1.0, 1.0, &mut self.running.total);
    }

    /// The mean over at least a quarter of the steps, the latest ones.
    fn mean(&self) -> Option<Vec<f64>> {
        let sums: &[&Sum] = if 2 * self.running.count >= self.last.count {
            &[&self.running]
        } else {
            &[&self.running, &self.last]
        };
        let count: u64 = sums.iter().map(|s| s.count).sum();
        if count == 0 {
            return None;
        }
        let total = |i: usize| sums.iter().map(|s| s.total[i]).sum::<f64>();
        Some((0..self.running.total.len()).map(|i| total(i) / count as f64).collect())
    }
}

/// The weights that are still missing to 1 are divided out, so that the start at 0 does not count.
#[derive(Clone, Debug)]
pub(super) struct Exponential {
    keep: f64,
    missing: f64,
    total: Vec<f64>,
}

impl Exponential {
    fn push(&mut self, put: impl FnOnce(f64, f64, &mut [f64])) {
        self.missing *= self.keep;
        put(self.keep, 1.0 - self.keep, &mut self.total);
    }

    fn mean(&self) -> Option<Vec<f64>> {
        let known = 1.0 - self.missing;
        (known > 0.0).then(|| self.total.iter().map(|sum| sum / known).collect())
    }
}

/// Puts an iterate that is at hand into an average.
pub(super) fn put_all(keep: f64, take: f64, total: &mut [f64], values: &[f64]) {
    for (sum, x) in total.iter_mut().zip(values) {
        *sum = keep * *sum + take * x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(average: &mut Average, value: f64) {
        average.push(|keep, take, total| put_all(keep, take, total, &[value]));
    }

    #[test]
    fn fading_weights_add_up_to_one() {
        let mut average = Average::new(1, Averaging::Exponential(0.5), 1);
        assert_eq!(average.mean(), None);
        for value in [1.0, 2.0, 3.0] {
            push(&mut average, value);
        }
        let exact = (1.0 + 2.0 * 2.0 + 4.0 * 3.0) / 7.0;
        assert!((average.mean().unwrap()[0] - exact).abs() < 1e-15);
    }

    #[test]
    fn thinned_weights_fade_as_fast() {
        let mut average = Average::new(1, Averaging::Exponential(0.5), 2);
        push(&mut average, 1.0);
        push(&mut average, 2.0);
        assert!((average.mean().unwrap()[0] - (1.0 + 4.0 * 2.0) / 5.0).abs() < 1e-15);
    }
}
