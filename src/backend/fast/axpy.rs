//! Gradients scaled by what lies above them, and added up.

use crate::backend::crew::run_each;
use crate::backend::simd::update::PARALLEL;
use crate::backend::simd::{Isa, Lane, kernel};

/// Elements of one piece of work.
const CHUNK: usize = 16_384;

/// y ← by · x
pub(super) fn scale_into<E: Lane>(isa: Isa, by: E, x: &[E], y: &mut [E], threads: usize) {
    each_chunk(x, y, threads, |x, y| scale_chunk(isa, by, x, y));
}

/// y ← y + by · x
pub(super) fn add_scaled<E: Lane>(isa: Isa, by: E, x: &[E], y: &mut [E], threads: usize) {
    each_chunk(x, y, threads, |x, y| add_chunk(isa, by, x, y));
}

fn each_chunk<E: Lane>(x: &[E], y: &mut [E], threads: usize, f: impl Fn(&[E], &mut [E]) + Sync) {
    if x.len() < PARALLEL {
        return f(x, y);
    }
    run_each(x.chunks(CHUNK).zip(y.chunks_mut(CHUNK)), threads, |(x, y)| f(x, y));
}

kernel! {
    fn scale_chunk<E, F>(by: E, x: &[E], y: &mut [E]) {
        let _ = F;
        for (y, &x) in y.iter_mut().zip(x) {
            *y = by * x;
        }
    }
}

kernel! {
    fn add_chunk<E, F>(by: E, x: &[E], y: &mut [E]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = by.madd::<F>(x, *y);
        }
    }
}
