//! One pass over the flat vectors of an optimiser, in which parameters and moments move; and the norm of a gradient.

use super::elementary::select;
use super::{Isa, Lane, kernel, reduce};
use crate::backend::Update;
use crate::backend::crew::run_each;

/// Elements of one piece of work; fixed, so that the norm does not depend on the number of threads.
const CHUNK: usize = 16_384;
/// Below this length one thread is faster.
pub(crate) const PARALLEL: usize = 100_000;

/// The flat vectors of an optimiser, all of one length.
pub struct Moments<'a, E> {
    pub params: &'a mut [E],
    pub grad: &'a [E],
    /// Adam's first moment; SGD's velocity.
    pub first: &'a mut [E],
    /// Adam's second moment; SGD does not touch it.
    pub second: &'a mut [E],
}

/// Moves the parameters downhill.
pub(crate) fn apply<E: Lane>(isa: Isa, update: Update, on: Moments<'_, E>, threads: usize) {
    let Moments { params, grad, first, second } = on;
    let one = |p: &mut [E], g: &[E], m: &mut [E], v: &mut [E]| match update {
        Update::Adam { lr, beta1, beta2, eps, t } => {
            let (c1, c2) = (1.0 - power(beta1, t), 1.0 - power(beta2, t));
            adam(isa, p, g, m, v, lr / c1, beta1, beta2, 1.0 / c2.sqrt(), eps)
        }
        Update::Sgd { lr, momentum } => sgd(isa, p, g, m, lr, momentum),
    };
    if params.len() < PARALLEL {
        return one(params, grad, first, second);
    }
    let chunks = params
        .chunks_mut(CHUNK)
        .zip(grad.chunks(CHUNK))
        .zip(first.chunks_mut(CHUNK).zip(second.chunks_mut(CHUNK)));
    run_each(chunks, threads, |((p, g), (m, v))| one(p, g, m, v));
}

/// βᵗ, or 0 where 1 − βᵗ rounds to 1.
fn power(beta: f64, t: u64) -> f64 {
    let t = t as f64;
    if (1.0 - beta) * t > 40.0 { 0.0 } else { beta.powf(t) }
}

/// A moment, or 0 once it has decayed to where no step feels it: on denormal numbers, where the moments of a weight without
/// gradients would end, arithmetic is many times slower.
#[inline(always)]
fn faded<E: Lane>(moment: E, least: E) -> E {
    select(moment.abs() < least, E::ZERO, moment)
}

/// Σ g², NaN or infinite if an element is.
pub(crate) fn squared_norm<E: Lane>(isa: Isa, grad: &[E], threads: usize) -> f64 {
    if grad.len() < PARALLEL {
        return reduce::sum_of_squares(isa, grad);
    }
    run_each(grad.chunks(CHUNK), threads, |grad| reduce::sum_of_squares(isa, grad)).iter().sum()
}

kernel! {
    /// Kingma & Ba 2015, algorithm 1; `rate` is lr / (1 − β₁ᵗ), `scale` is 1 / √(1 − β₂ᵗ).
    fn adam<E, F>(
        params: &mut [E], grad: &[E], first: &mut [E], second: &mut [E],
        rate: f64, beta1: f64, beta2: f64, scale: f64, eps: f64,
    ) {
        let (rate, scale, eps) = (E::of(rate), E::of(scale), E::of(eps));
        let (keep1, keep2) = (E::of(beta1), E::of(beta2));
        let (take1, take2) = (E::of(1.0 - beta1), E::of(1.0 - beta2));
        let least = E::TINY * E::HUGE;
        let n = params.len();
        let (grad, first, second) = (&grad[..n], &mut first[..n], &mut second[..n]);
        for i in 0..n {
            let g = grad[i];
            let m = faded(keep1.madd::<F>(first[i], take1 * g), least);
            let v = faded(keep2.madd::<F>(second[i], take2 * (g * g)), least);
            first[i] = m;
            second[i] = v;
            params[i] -= rate * m / v.sqrt().madd::<F>(scale, eps);
        }
    }
}

kernel! {
    /// v ← momentum · v + g, then p ← p − lr · v.
    fn sgd<E, F>(params: &mut [E], grad: &[E], velocity: &mut [E], lr: f64, momentum: f64) {
        let (lr, momentum) = (E::of(lr), E::of(momentum));
        let least = E::TINY * E::HUGE;
        let n = params.len();
        let (grad, velocity) = (&grad[..n], &mut velocity[..n]);
        for i in 0..n {
            let v = faded(momentum.madd::<F>(velocity[i], grad[i]), least);
            velocity[i] = v;
            params[i] -= lr * v;
        }
    }
}
