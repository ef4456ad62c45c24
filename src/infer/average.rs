//! Averages of iterates over the later part of a fit (Polyak & Juditsky 1992), without knowing when it ends.

/// Sums restart whenever the number of steps doubles; the last full one is kept beside the running one.
#[derive(Clone, Debug)]
pub(super) struct Average {
    steps: u64,
    running: Sum,
    last: Sum,
}

#[derive(Clone, Debug)]
struct Sum {
    count: u64,
    total: Vec<f64>,
}

impl Average {
    pub(super) fn new(len: usize) -> Self {
        let sum = Sum { count: 0, total: vec![0.0; len] };
        Self { steps: 0, running: sum.clone(), last: sum }
    }

    pub(super) fn push(&mut self, values: &[f64]) {
        self.steps += 1;
        if self.steps.is_power_of_two() {
            std::mem::swap(&mut self.running, &mut self.last);
            self.running.count = 0;
            self.running.total.fill(0.0);
        }
        self.running.count += 1;
        for (sum, x) in self.running.total.iter_mut().zip(values) {
            *sum += x;
        }
    }

    /// The mean over at least a quarter of the steps, the latest ones; `None` before the first.
    pub(super) fn mean(&self) -> Option<Vec<f64>> {
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
