//! Folds over the lanes of a row: exact in length, vectors of columns side by side, then the columns pairwise.

use super::layout::WIDTH;
use super::rows::{Rows, V, each, load, vector_by_vector, zip};
use crate::backend::simd::{Lane, elementary::select};

/// Folds the lanes of one row of `get`, given by vector number, exactly. Four vectors side by side, so that one need not wait
/// for another; each has its name, because an array of them would lie on the stack.
#[inline(always)]
fn fold_lanes<E: Lane>(
    lanes: usize,
    start: E,
    get: impl Fn(usize) -> V<E>,
    join: impl Fn(E, E) -> E,
) -> E {
    let (whole, rest) = (lanes / WIDTH, lanes % WIDTH);
    let [mut sum, mut b, mut c, mut d] = [[start; WIDTH]; 4];
    for four in 0..whole / 4 {
        vector_by_vector();
        sum = zip(sum, get(four * 4), &join);
        vector_by_vector();
        b = zip(b, get(four * 4 + 1), &join);
        vector_by_vector();
        c = zip(c, get(four * 4 + 2), &join);
        vector_by_vector();
        d = zip(d, get(four * 4 + 3), &join);
    }
    for v in whole / 4 * 4..whole {
        vector_by_vector();
        sum = zip(sum, get(v), &join);
    }
    if rest > 0 {
        sum = zip(sum, mask(get(whole), rest, start), &join);
    }
    across(zip(zip(sum, b, &join), zip(c, d, &join), &join), join)
}

/// Folds each row of `a`; `put` takes the row's number and its value.
///
/// # Safety
/// As `Instr` says of its operands.
#[inline(always)]
pub(super) unsafe fn lanes<E: Lane>(
    r: &Rows<E>,
    start: E,
    join: impl Fn(E, E) -> E,
    put: impl Fn(*mut E, E),
) {
    for row in 0..r.count {
        let a = r.at(1, row);
        // SAFETY: promised by the caller.
        let value = fold_lanes(r.lanes, start, |v| unsafe { load(a, v) }, &join);
        put(r.at(0, row), value);
    }
}

/// Σ over the lanes of a·b for each row.
///
/// # Safety
/// As `Instr` says of its operands.
#[inline(always)]
pub(super) unsafe fn lanes_dot<E: Lane>(r: &Rows<E>, put: impl Fn(*mut E, E)) {
    for row in 0..r.count {
        let (a, b) = (r.at(1, row), r.at(2, row));
        // SAFETY: promised by the caller.
        let product = |v| unsafe { zip(load(a, v), load(b, v), |x, y| x * y) };
        put(r.at(0, row), fold_lanes(r.lanes, E::ZERO, product, |x, y| x + y));
    }
}

/// The largest lane of each row and Σ exp(lane − largest), as `put` takes them.
///
/// # Safety
/// As `Instr` says of its operands.
#[inline(always)]
pub(super) unsafe fn lanes_log_sum_exp<E: Lane, const F: bool>(
    r: &Rows<E>,
    put: impl Fn(*mut E, E, E),
) {
    for row in 0..r.count {
        let a = r.at(1, row);
        // SAFETY: promised by the caller.
        let get = |v| unsafe { load(a, v) };
        let top = fold_lanes(r.lanes, -E::INFINITY, get, E::maximum);
        let from = finite(top);
        let (whole, rest) = (r.lanes / WIDTH, r.lanes % WIDTH);
        let mut sum = [E::ZERO; WIDTH];
        for v in 0..whole {
            vector_by_vector();
            sum = zip(sum, get(v), |s, x| s + (x - from).exp::<F>());
        }
        if rest > 0 {
            let last = each(get(whole), |x| (x - from).exp::<F>());
            sum = zip(sum, mask(last, rest, E::ZERO), |s, x| s + x);
        }
        put(r.at(0, row), top, across(sum, |x, y| x + y));
    }
}

/// 0 in place of an infinity.
#[inline(always)]
pub(super) fn finite<E: Lane>(x: E) -> E {
    if x.abs() == E::INFINITY { E::ZERO } else { x }
}

/// `v` in the first `lanes` lanes, `fill` in the others.
#[inline(always)]
fn mask<E: Lane>(v: V<E>, lanes: usize, fill: E) -> V<E> {
    let mut out = v;
    for (i, x) in out.iter_mut().enumerate() {
        *x = select(i < lanes, *x, fill);
    }
    out
}

/// Folds a vector pairwise.
#[inline(always)]
fn across<E: Lane>(v: V<E>, f: impl Fn(E, E) -> E) -> E {
    let mut v = v;
    let mut half = WIDTH / 2;
    while half > 0 {
        for i in 0..half {
            v[i] = f(v[i], v[i + half]);
        }
        half /= 2;
    }
    v[0]
}
