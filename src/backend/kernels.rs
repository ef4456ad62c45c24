//! Single kernels on the widest instruction set of the machine, for `benches/kernels.rs` alone.

use super::Update;
use super::simd::elementwise;
use super::simd::update::{self, Moments};
use super::simd::{Isa, Lane, reduce};
use crate::ir::Unary;

/// f32 or f64; the kernels' own trait stays inside.
#[allow(private_bounds)]
pub trait Element: Lane {}
impl Element for f32 {}
impl Element for f64 {}

pub fn unary<E: Element>(op: Unary, out: &mut [E], x: &[E]) {
    elementwise::unary(Isa::detect(), op, out, x);
}

pub fn pow<E: Element>(out: &mut [E], x: &[E], y: &[E]) {
    elementwise::pow(Isa::detect(), out, x, y);
}

pub fn sum<E: Element>(x: &[E]) -> f64 {
    reduce::sum(Isa::detect(), x)
}

pub fn log_sum_exp<E: Element>(x: &[E]) -> f64 {
    reduce::log_sum_exp(Isa::detect(), x).to_f64()
}

/// One step of an optimiser; all slices are of one length.
pub fn step<E: Element>(
    update: Update,
    params: &mut [E],
    grad: &[E],
    first: &mut [E],
    second: &mut [E],
) {
    update::apply(Isa::detect(), update, Moments { params, grad, first, second }, 1);
}
