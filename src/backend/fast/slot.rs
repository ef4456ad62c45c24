//! Slots: dfdx tensors that are created once and overwritten in place each step.
//!
//! The tensor's id keys its gradient in dfdx's `Gradients`, which is kept between steps; so a step allocates nothing but the
//! closures on the tape.

use super::memory::{prefer_large_pages, zeros};
use crate::backend::NoiseSource;
use crate::backend::simd::Lane;
use crate::ir::{Noise, Table};
use dfdx::prelude::{Cpu, Gradients, Rank0, Tensor, TensorFromVec, Unit};

/// An element that both our kernels and dfdx know.
pub(super) trait Elem: Lane + Unit {
    /// Whether denormal numbers count as 0.
    const FLUSHES: bool;

    fn fill(source: &mut dyn NoiseSource, step: u64, noise: usize, kind: Noise, out: &mut [Self]);

    fn read(table: &dyn Table, row: usize, out: &mut [Self]);
}

impl Elem for f32 {
    const FLUSHES: bool = true;

    fn fill(source: &mut dyn NoiseSource, step: u64, noise: usize, kind: Noise, out: &mut [f32]) {
        source.fill_f32(step, noise, kind, out);
    }

    fn read(table: &dyn Table, row: usize, out: &mut [f32]) {
        table.read_single(row, out);
    }
}

impl Elem for f64 {
    const FLUSHES: bool = false;

    fn fill(source: &mut dyn NoiseSource, step: u64, noise: usize, kind: Noise, out: &mut [f64]) {
        source.fill_f64(step, noise, kind, out);
    }

    fn read(table: &dyn Table, row: usize, out: &mut [f64]) {
        table.read(row, out);
    }
}

/// A flat tensor whose memory kernels write to.
#[derive(Debug)]
pub(super) struct Slot<E: Unit> {
    tensor: Tensor<(usize,), E, Cpu>,
    /// The first aligned element, and its place in the tensor.
    start: *mut E,
    skip: usize,
    len: usize,
}

impl<E: Elem> Slot<E> {
    pub(super) fn zeros(device: &Cpu, len: usize) -> Self {
        let (owner, start) = zeros::<E>(len);
        let skip = (start.addr() - owner.as_ptr().addr()) / size_of::<E>();
        // The tensor takes over the vector, so its memory stays where it is, and keeps it as long as the slot lives.
        let whole = owner.len();
        Self { tensor: device.tensor_from_vec(owner, (whole,)), start, skip, len }
    }

    pub(super) fn ptr(&self) -> *mut E {
        self.start
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// # Safety
    /// No kernel is writing to the slot while the slice lives.
    pub(super) unsafe fn as_slice(&self) -> &[E] {
        // SAFETY: `start` points into the tensor's memory with `len` elements behind it; the caller excludes writers.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }

    /// # Safety
    /// Nothing else reads or writes the slot while the slice lives.
    #[allow(clippy::mut_from_ref)]
    pub(super) unsafe fn as_mut(&self) -> &mut [E] {
        // SAFETY: as in `as_slice`; the caller excludes every other access.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.len) }
    }

    /// The gradient of the slot, allocated at the first call.
    pub(super) fn gradient<'g>(&self, gradients: &'g mut Gradients<E, Cpu>) -> &'g mut [E] {
        &mut self.whole_gradient(gradients)[self.skip..self.skip + self.len]
    }

    /// Where the gradient begins, which is allocated here.
    pub(super) fn gradient_place(&self, gradients: &mut Gradients<E, Cpu>) -> *mut E {
        prefer_large_pages(self.whole_gradient(gradients));
        self.gradient(gradients).as_mut_ptr()
    }

    fn whole_gradient<'g>(&self, gradients: &'g mut Gradients<E, Cpu>) -> &'g mut [E] {
        let all = gradients.get_or_alloc_mut(&self.tensor);
        all.expect("memory for a gradient as large as its tensor")
    }
}

/// A dfdx scalar that is overwritten each step.
#[derive(Debug)]
pub(super) struct Scalar<E: Unit> {
    pub(super) tensor: Tensor<Rank0, E, Cpu>,
    ptr: *mut E,
}

impl<E: Elem> Scalar<E> {
    pub(super) fn zero(device: &Cpu) -> Self {
        let mut owner = vec![E::ZERO];
        let ptr = owner.as_mut_ptr();
        Self { tensor: device.tensor_from_vec(owner, ()), ptr }
    }

    pub(super) fn set(&self, value: E) {
        // SAFETY: the tensor took over the vector that this points to, and nobody reads it now.
        unsafe { *self.ptr = value };
    }

    pub(super) fn gradient<'g>(&self, gradients: &'g mut Gradients<E, Cpu>) -> &'g mut [E] {
        gradients.get_or_alloc_mut(&self.tensor).expect("memory for one number")
    }
}
