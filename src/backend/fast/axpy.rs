//! Gradients scaled by what lies above them, and added up.

use crate::backend::simd::{Isa, Lane, kernel};
use rayon::prelude::*;

/// Elements of one piece of work.
const CHUNK: usize = 16_384;
/// Below this length one thread is faster.
const PARALLEL: usize = 100_000;

/// y ← by · x
pub(super) fn scale_into<E: Lane>(isa: Isa, by: E, x: &[E], y: &mut [E]) {
    each_chunk(x, y, |x, y| scale_chunk(isa, by, x, y));
}

/// y ← y + by · x
pub(super) fn add_scaled<E: Lane>(isa: Isa, by: E, x: &[E], y: &mut [E]) {
    each_chunk(x, y, |x, y| add_chunk(isa, by, x, y));
}

fn each_chunk<E: Lane>(x: &[E], y: &mut [E], f: impl Fn(&[E], &mut [E]) + Sync) {
    if x.len() < PARALLEL {
        return f(x, y);
    }
    x.par_chunks(CHUNK).zip(y.par_chunks_mut(CHUNK)).for_each(|(x, y)| f(x, y));
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
