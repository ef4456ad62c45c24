//! Reductions of slices: lane-wise partial results over a block of 1024, then f64 over blocks, in one fixed order.
//!
//! The `…_in` forms are for bodies of other kernels; the kernels over whole slices call them.

use super::{Lane, kernel};

/// Elements that are summed in their own precision before f64 takes over.
const BLOCK: usize = 1024;
/// Partial sums kept side by side: two AVX-512 registers of f32.
const WIDTH: usize = 32;

/// Folds in `WIDTH` independent columns, then the columns pairwise. Of an empty slice: `start`.
#[inline(always)]
fn fold<E: Lane>(n: usize, start: E, at: impl Fn(usize) -> E, join: impl Fn(E, E) -> E) -> E {
    let mut columns = [start; WIDTH];
    let whole = n - n % WIDTH;
    for row in (0..whole).step_by(WIDTH) {
        for (c, column) in columns.iter_mut().enumerate() {
            *column = join(*column, at(row + c));
        }
    }
    for (i, column) in (whole..n).zip(&mut columns) {
        *column = join(*column, at(i));
    }
    let mut half = WIDTH / 2;
    while half > 0 {
        for c in 0..half {
            columns[c] = join(columns[c], columns[c + half]);
        }
        half /= 2;
    }
    columns[0]
}

/// Σ over at most a few thousand elements, in their own precision.
#[inline(always)]
pub(crate) fn sum_in<E: Lane>(x: &[E]) -> E {
    fold(x.len(), E::ZERO, |i| x[i], |a, b| a + b)
}

/// Σ x·y over at most a few thousand elements, in their own precision.
#[inline(always)]
pub(crate) fn dot_in<E: Lane, const F: bool>(x: &[E], y: &[E]) -> E {
    let y = &y[..x.len()];
    fold(x.len(), E::ZERO, |i| x[i] * y[i], |a, b| a + b)
}

/// Σ x·y over any number of elements.
#[inline(always)]
pub(crate) fn wide_dot_in<E: Lane, const F: bool>(x: &[E], y: &[E]) -> f64 {
    x.chunks(BLOCK).zip(y.chunks(BLOCK)).map(|(x, y)| dot_in::<E, F>(x, y).to_f64()).sum()
}

/// The largest element, NaN if there is one; −∞ of none.
#[inline(always)]
pub(crate) fn max_in<E: Lane>(x: &[E]) -> E {
    fold(x.len(), -E::INFINITY, |i| x[i], E::maximum)
}

/// The smallest element, NaN if there is one; ∞ of none.
#[inline(always)]
pub(crate) fn min_in<E: Lane>(x: &[E]) -> E {
    fold(x.len(), E::INFINITY, |i| x[i], E::minimum)
}

kernel! {
    /// Σ x
    fn sum<E, F>(x: &[E]) -> f64 {
        let _ = F;
        x.chunks(BLOCK).map(|block| sum_in(block).to_f64()).sum()
    }
}

kernel! {
    /// Σ x·y; the slices are of one length.
    fn dot<E, F>(x: &[E], y: &[E]) -> f64 {
        wide_dot_in::<E, F>(x, y)
    }
}

kernel! {
    /// The largest element, NaN if there is one; −∞ of none.
    fn max<E, F>(x: &[E]) -> E {
        let _ = F;
        max_in(x)
    }
}

kernel! {
    /// The smallest element, NaN if there is one; ∞ of none.
    fn min<E, F>(x: &[E]) -> E {
        let _ = F;
        min_in(x)
    }
}

kernel! {
    /// log Σ exp x without overflow; −∞ of all −∞ and of none, ∞ if an element is.
    fn log_sum_exp<E, F>(x: &[E]) -> E {
        let top = max_in(x);
        let sum: f64 = x
            .chunks(BLOCK)
            .map(|x| fold(x.len(), E::ZERO, |i| (x[i] - top).exp::<F>(), |a, b| a + b).to_f64())
            .sum();
        if top == -E::INFINITY || top == E::INFINITY { top } else { top + E::of(sum).ln::<F>() }
    }
}
