//! The elementwise ops of the IR over whole slices: one loop per op, each a kernel.

use super::kernel;
use crate::ir::Unary;

/// One loop. A macro, since a closure this large is not always inlined, and then has lost its instruction set.
macro_rules! each {
    ($out:ident, $x:ident => $value:expr) => {
        for (out, &$x) in $out.iter_mut().zip($x) {
            *out = $value;
        }
    };
}

kernel! {
    /// `out[i] = op(x[i])`
    fn unary<E, F>(op: Unary, out: &mut [E], x: &[E]) {
        match op {
            Unary::Neg => each!(out, x => -x),
            Unary::Abs => each!(out, x => x.abs()),
            Unary::Sign => each!(out, x => x.sign()),
            Unary::Floor => each!(out, x => x.floor::<F>()),
            Unary::Exp => each!(out, x => x.exp::<F>()),
            Unary::Expm1 => each!(out, x => x.expm1::<F>()),
            Unary::Ln => each!(out, x => x.ln::<F>()),
            Unary::Log1p => each!(out, x => x.log1p::<F>()),
            Unary::Sqrt => each!(out, x => x.sqrt()),
            Unary::Square => each!(out, x => x * x),
            Unary::Recip => each!(out, x => E::ONE / x),
            Unary::Sigmoid => each!(out, x => x.sigmoid::<F>()),
            Unary::Softplus => each!(out, x => x.softplus::<F>()),
            Unary::Tanh => each!(out, x => x.tanh::<F>()),
            Unary::Sin => each!(out, x => x.sin::<F>()),
            Unary::Cos => each!(out, x => x.cos::<F>()),
            Unary::Atan => each!(out, x => x.atan::<F>()),
            Unary::Lgamma => each!(out, x => x.lgamma::<F>()),
            Unary::Digamma => each!(out, x => x.digamma::<F>()),
            Unary::Trigamma => each!(out, x => x.trigamma::<F>()),
            Unary::Erf => each!(out, x => x.erf::<F>()),
            Unary::LogNdtr => each!(out, x => x.log_ndtr::<F>()),
            Unary::Not => each!(out, x => if x == E::ZERO { E::ONE } else { E::ZERO }),
        }
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
