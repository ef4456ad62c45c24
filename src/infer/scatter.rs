//! Scattered places for a fit to begin.
//!
//! The first is the usual one. Of the others every second is a draw from the prior, at the scale that the model expects;
//! the rest have their locations within ±2 of the centre of unconstrained space, as Stan's do, where vague priors do not
//! blow them up.

use super::tables::{gathered, initial};
use crate::backend::{CounterNoise, NoiseSource};
use crate::ir::{self, Inputs, Noise, Rounding, Rows};
use crate::lower::{Prior, Problem, prior};

/// Half the width of the box in unconstrained space.
const REACH: f64 = 2.0;
/// Noise of the places is not that of any step.
const FIRST_STEP: u64 = 1 << 40;

/// `count` parameter vectors; only the usual one where the guide has no locations.
pub(super) fn scatter(problem: &Problem, count: usize, mut noise: CounterNoise) -> Vec<Vec<f64>> {
    let prior = prior(problem);
    let usual = gathered(&prior.graph, &initial(&prior.graph), &Rows::spread(&prior.graph));
    if prior.bases.is_empty() {
        return vec![usual];
    }
    let place = |index: usize| match index {
        0 => usual.clone(),
        _ => place(&prior, &usual, index, &mut noise),
    };
    (0..count).map(place).collect()
}

fn place(prior: &Prior, usual: &[f64], index: usize, noise: &mut CounterNoise) -> Vec<f64> {
    let step = FIRST_STEP + index as u64;
    let (spans, drawn) = (prior.graph.param_spans(), draw(prior, step, noise));
    let mut params = usual.to_vec();
    for (row, (&(param, _), drawn)) in prior.bases.iter().zip(drawn).enumerate() {
        let mut shares = vec![0.0; drawn.len()];
        noise.fill_f64(step, prior.graph.noises.len() + row, Noise::Uniform, &mut shares);
        let own = &mut params[spans[param as usize].clone()];
        for ((own, share), drawn) in own.iter_mut().zip(shares).zip(drawn) {
            let serves = index % 2 == 1 && drawn.is_finite();
            *own = if serves { drawn } else { REACH * (2.0 * share - 1.0) };
        }
    }
    params
}

/// The locations at which the guide stands at a draw from the prior.
fn draw(prior: &Prior, step: u64, noise: &mut CounterNoise) -> Vec<Vec<f64>> {
    let mut inputs = Inputs::at(&prior.graph, &Rows::spread(&prior.graph));
    for (row, info) in prior.graph.noises.iter().enumerate() {
        noise.fill_f64(step, row, info.kind, &mut inputs.noises[row]);
    }
    let nodes: Vec<ir::NodeId> = prior.bases.iter().map(|&(_, node)| node).collect();
    ir::eval(&prior.graph, &inputs, &nodes, Rounding::F64)
}
