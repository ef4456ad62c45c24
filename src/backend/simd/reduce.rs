//! Reductions of slices: lane-wise partial results over a block of 1024, then f64 over blocks, in one fixed order.
//!
//! The `…_in` forms are for bodies of other kernels; the kernels over whole slices call them.

use super::{Lane, kernel};

/// Elements that are summed in their own precision before f64 takes over.
const BLOCK: usize = 1024;
/// Partial sums kept side by side: two AVX-512 registers of f32.
const WIDTH: usize = 32;

/// `fold!(start, (x, y) in (xs, ys), sum => next(sum, x, y), (a, b) => join(a, b))` folds in `WIDTH` independent columns,
/// then joins the columns pairwise; of empty slices it is `start`. A macro, so that the steps are surely inlined.
macro_rules! fold {
    ($start:expr, ($x:ident, $y:ident) in ($xs:expr, $ys:expr), $sum:ident => $next:expr, ($a:ident, $b:ident) => $join:expr) => {{
        let mut columns = [$start; WIDTH];
        let (rows_x, rows_y) = ($xs.chunks_exact(WIDTH), $ys.chunks_exact(WIDTH));
        let rest = rows_x.remainder().iter().zip(rows_y.remainder());
        for (row_x, row_y) in rows_x.zip(rows_y) {
            for (column, (&$x, &$y)) in columns.iter_mut().zip(row_x.iter().zip(row_y)) {
                let $sum = *column;
                *column = $next;
            }
        }
        for (column, (&$x, &$y)) in columns.iter_mut().zip(rest) {
            let $sum = *column;
            *column = $next;
        }
        let mut half = WIDTH / 2;
        while half > 0 {
            for c in 0..half {
                let ($a, $b) = (columns[c], columns[c + half]);
                columns[c] = $join;
            }
            half /= 2;
        }
        columns[0]
    }};
}

/// Σ over at most a few thousand elements, in their own precision.
#[inline(always)]
pub(crate) fn sum_in<E: Lane>(x: &[E]) -> E {
    fold!(E::ZERO, (x, _y) in (x, x), sum => sum + x, (a, b) => a + b)
}

/// Σ x·y over at most a few thousand elements, in their own precision.
#[inline(always)]
pub(crate) fn dot_in<E: Lane, const F: bool>(x: &[E], y: &[E]) -> E {
    fold!(E::ZERO, (x, y) in (x, y), sum => x.madd::<F>(y, sum), (a, b) => a + b)
}

/// Σ x·y over any number of elements.
#[inline(always)]
pub(crate) fn wide_dot_in<E: Lane, const F: bool>(x: &[E], y: &[E]) -> f64 {
    let mut total = 0.0;
    for (x, y) in x.chunks(BLOCK).zip(y.chunks(BLOCK)) {
        total += dot_in::<E, F>(x, y).to_f64();
    }
    total
}

/// The largest element, NaN if there is one; −∞ of none.
#[inline(always)]
pub(crate) fn max_in<E: Lane>(x: &[E]) -> E {
    fold!(-E::INFINITY, (x, _y) in (x, x), top => top.maximum(x), (a, b) => a.maximum(b))
}

kernel! {
    /// Σ x
    fn sum<E, F>(x: &[E]) -> f64 {
        let _ = F;
        let mut total = 0.0;
        for block in x.chunks(BLOCK) {
            total += sum_in(block).to_f64();
        }
        total
    }
}

/// Stretches that are read side by side: a processor fetches each of them ahead, and one alone is fetched too late where it
/// comes from beyond its own caches.
const STRETCHES: usize = 4;

kernel! {
    /// Σ x²
    fn sum_of_squares<E, F>(x: &[E]) -> f64 {
        let mut total = 0.0;
        let length = x.len() / (STRETCHES * BLOCK) * BLOCK;
        for start in (0..length).step_by(BLOCK) {
            let mut columns = [[E::ZERO; WIDTH]; STRETCHES];
            for at in (start..start + BLOCK).step_by(WIDTH) {
                for (stretch, columns) in columns.iter_mut().enumerate() {
                    let row = &x[stretch * length + at..][..WIDTH];
                    for (column, &x) in columns.iter_mut().zip(row) {
                        *column = x.madd::<F>(x, *column);
                    }
                }
            }
            for columns in &columns {
                total += sum_in(columns).to_f64();
            }
        }
        let rest = &x[STRETCHES * length..];
        total + wide_dot_in::<E, F>(rest, rest)
    }
}

kernel! {
    /// log Σ exp x without overflow; −∞ of all −∞ and of none, ∞ if an element is.
    fn log_sum_exp<E, F>(x: &[E]) -> E {
        let top = max_in(x);
        let mut total = 0.0;
        for block in x.chunks(BLOCK) {
            total += fold!(E::ZERO, (x, _y) in (block, block), sum => sum + (x - top).exp::<F>(), (a, b) => a + b).to_f64();
        }
        if top == -E::INFINITY || top == E::INFINITY { top } else { top + E::of(total).ln::<F>() }
    }
}
