//! What the settings of an optimiser mean for one step.

use super::config::Optimizer;
use crate::backend::Update;

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPS: f64 = 1e-8;

/// The update at step `t`, from 1.
pub(super) fn update(optimizer: Optimizer, lr: f64, t: u64) -> Update {
    match optimizer {
        Optimizer::Adam => Update::Adam { lr, beta1: BETA1, beta2: BETA2, eps: EPS, t },
        Optimizer::Sgd { momentum } => Update::Sgd { lr, momentum },
    }
}
