//! The elementwise ops of the IR over whole slices: one loop per op, each a kernel.

use super::{Lane, kernel};
use crate::ir::Unary;

kernel! {
    /// `out[i] = op(x[i])`
    fn unary<E, F>(op: Unary, out: &mut [E], x: &[E]) {
        match op {
            Unary::Neg => each(out, x, |x| -x),
            Unary::Abs => each(out, x, E::abs),
            Unary::Sign => each(out, x, E::sign),
            Unary::Floor => each(out, x, E::floor::<F>),
            Unary::Exp => each(out, x, E::exp::<F>),
            Unary::Expm1 => each(out, x, E::expm1::<F>),
            Unary::Ln => each(out, x, E::ln::<F>),
            Unary::Log1p => each(out, x, E::log1p::<F>),
            Unary::Sqrt => each(out, x, E::sqrt),
            Unary::Square => each(out, x, |x| x * x),
            Unary::Recip => each(out, x, |x| E::ONE / x),
            Unary::Sigmoid => each(out, x, E::sigmoid::<F>),
            Unary::Softplus => each(out, x, E::softplus::<F>),
            Unary::Tanh => each(out, x, E::tanh::<F>),
            Unary::Sin => each(out, x, E::sin::<F>),
            Unary::Cos => each(out, x, E::cos::<F>),
            Unary::Atan => each(out, x, E::atan::<F>),
            Unary::Lgamma => each(out, x, E::lgamma::<F>),
            Unary::Digamma => each(out, x, E::digamma::<F>),
            Unary::Trigamma => each(out, x, E::trigamma::<F>),
            Unary::Erf => each(out, x, E::erf::<F>),
            Unary::LogNdtr => each(out, x, E::log_ndtr::<F>),
            Unary::Not => each(out, x, |x| if x == E::ZERO { E::ONE } else { E::ZERO }),
        }
    }
}

/// Inlined with `f` into each arm, so that every op has a loop of its own.
#[inline(always)]
fn each<E: Lane>(out: &mut [E], x: &[E], f: impl Fn(E) -> E) {
    for (out, &x) in out.iter_mut().zip(x) {
        *out = f(x);
    }
}

kernel! {
    /// `out[i] = x[i] to the y[i]`
    fn pow<E, F>(out: &mut [E], x: &[E], y: &[E]) {
        for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
            *out = x.pow::<F>(y);
        }
    }
}
