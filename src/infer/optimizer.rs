//! Adam and SGD on a plain vector: for coordinates that are not the parameters themselves.

use super::config::Optimizer;

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPS: f64 = 1e-8;

/// The update that the backend's own optimiser makes at step `t`, from 1.
pub(super) fn update(optimizer: Optimizer, lr: f64, t: u64) -> crate::backend::Update {
    match optimizer {
        Optimizer::Adam => {
            crate::backend::Update::Adam { lr, beta1: BETA1, beta2: BETA2, eps: EPS, t }
        }
        Optimizer::Sgd { momentum } => crate::backend::Update::Sgd { lr, momentum },
    }
}

/// A point and its moments.
pub(super) struct Walker {
    pub(super) at: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Walker {
    pub(super) fn new(at: Vec<f64>) -> Self {
        let zeros = vec![0.0; at.len()];
        Self { at, first: zeros.clone(), second: zeros }
    }

    /// One step downhill; `t` counts from 1 (Kingma & Ba 2015, algorithm 1).
    pub(super) fn walk(&mut self, optimizer: Optimizer, lr: f64, t: u64, gradient: &[f64]) {
        let unbias = |beta: f64| 1.0 / (1.0 - beta.powf(t as f64));
        let (c1, c2) = (unbias(BETA1), unbias(BETA2));
        for (i, &g) in gradient.iter().enumerate() {
            let (m, v) = (&mut self.first[i], &mut self.second[i]);
            match optimizer {
                Optimizer::Adam => {
                    *m = BETA1 * *m + (1.0 - BETA1) * g;
                    *v = BETA2 * *v + (1.0 - BETA2) * g * g;
                    self.at[i] -= lr * (*m * c1) / ((*v * c2).sqrt() + EPS);
                }
                Optimizer::Sgd { momentum } => {
                    *m = momentum * *m + g;
                    self.at[i] -= lr * *m;
                }
            }
        }
    }
}
