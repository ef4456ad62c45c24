//! The optimisers, as their papers write them.

use crate::backend::Update;

/// What the optimisers carry from step to step, per parameter.
pub(super) struct Moments {
    pub(super) first: Vec<f64>,
    pub(super) second: Vec<f64>,
}

impl Moments {
    pub(super) fn new(count: usize) -> Self {
        Self { first: vec![0.0; count], second: vec![0.0; count] }
    }

    /// Moves `params` downhill.
    pub(super) fn update(&mut self, update: Update, params: &mut [f64], gradient: &[f64]) {
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((p, &g), (m, v)) in params.iter_mut().zip(gradient).zip(moments) {
            match update {
                Update::Adam { lr, beta1, beta2, eps, t } => {
                    *m = beta1 * *m + (1.0 - beta1) * g;
                    *v = beta2 * *v + (1.0 - beta2) * g * g;
                    let mean = *m / (1.0 - beta1.powf(t as f64));
                    let spread = (*v / (1.0 - beta2.powf(t as f64))).sqrt();
                    *p -= lr * mean / (spread + eps);
                }
                Update::Sgd { lr, momentum } => {
                    *m = momentum * *m + g;
                    *p -= lr * *m;
                }
            }
        }
    }
}
