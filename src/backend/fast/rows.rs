//! The inner loops of the interpreter: what an instruction does to some rows, one vector at a time.
//!
//! Whole vectors throughout: rows are padded. Only folds over lanes look at the exact length.

use super::layout::WIDTH;
use crate::backend::simd::Lane;

/// A vector: LLVM keeps it in registers.
pub(super) type V<E> = [E; WIDTH];

/// The rows that one call works on: pointers to the first row and the way to the next.
#[derive(Clone, Copy)]
pub(super) struct Rows<E> {
    pub(super) ptr: [*mut E; 4],
    pub(super) step: [usize; 4],
    pub(super) count: usize,
    pub(super) lanes: usize,
    /// Where the first lane is, along the dimension that the lanes are of.
    pub(super) start: usize,
}

impl<E: Lane> Rows<E> {
    #[inline(always)]
    fn vectors(&self) -> usize {
        self.lanes.div_ceil(WIDTH)
    }

    /// Operand `k` in row `row`.
    #[inline(always)]
    pub(super) fn at(&self, k: usize, row: usize) -> *mut E {
        self.ptr[k].wrapping_add(self.step[k].wrapping_mul(row))
    }
}

/// Called once per vector, keeps LLVM from vectorising the loop over vectors, which it would do by gathering their lanes
/// from far apart: a vector is a register already. No code comes of it.
#[inline(always)]
pub(super) fn vector_by_vector() {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    // SAFETY: no instructions, and none of memory, stack or flags is touched.
    unsafe {
        std::arch::asm!("", options(nomem, nostack, preserves_flags));
    }
}

/// # Safety
/// A whole vector lies behind `p`.
#[inline(always)]
pub(super) unsafe fn load<E: Lane>(p: *const E, vector: usize) -> V<E> {
    // SAFETY: promised by the caller; the element type has no invalid values.
    unsafe { p.add(vector * WIDTH).cast::<V<E>>().read_unaligned() }
}

/// # Safety
/// A whole vector lies behind `p`, and nothing else refers to it.
#[inline(always)]
pub(super) unsafe fn store<E: Lane>(p: *mut E, vector: usize, v: V<E>) {
    // SAFETY: promised by the caller.
    unsafe { p.add(vector * WIDTH).cast::<V<E>>().write_unaligned(v) }
}

#[inline(always)]
pub(super) fn each<E: Lane>(a: V<E>, f: impl Fn(E) -> E) -> V<E> {
    let mut out = a;
    for i in 0..WIDTH {
        out[i] = f(a[i]);
    }
    out
}

#[inline(always)]
pub(super) fn zip<E: Lane>(a: V<E>, b: V<E>, f: impl Fn(E, E) -> E) -> V<E> {
    let mut out = a;
    for i in 0..WIDTH {
        out[i] = f(a[i], b[i]);
    }
    out
}

/// # Safety
/// As `Instr` says of its operands: this holds for every function below.
#[inline(always)]
pub(super) unsafe fn map<E: Lane>(r: &Rows<E>, f: impl Fn(E) -> E) {
    for row in 0..r.count {
        let (out, a) = (r.at(0, row), r.at(1, row));
        for v in 0..r.vectors() {
            vector_by_vector();
            // SAFETY: promised by the caller.
            unsafe { store(out, v, each(load(a, v), &f)) };
        }
    }
}

/// Hands each row to a function over slices, which keeps long code out of the interpreter.
///
/// # Safety
/// See `map`; the result does not overlap the arguments.
#[inline(always)]
pub(super) unsafe fn call<E: Lane>(r: &Rows<E>, f: impl Fn(&mut [E], &[E])) {
    for row in 0..r.count {
        let (out, a) = (r.at(0, row), r.at(1, row));
        // SAFETY: promised by the caller.
        unsafe {
            f(std::slice::from_raw_parts_mut(out, r.lanes), std::slice::from_raw_parts(a, r.lanes));
        }
    }
}

/// # Safety
/// See `call`.
#[inline(always)]
pub(super) unsafe fn call_both<E: Lane>(r: &Rows<E>, f: impl Fn(&mut [E], &[E], &[E])) {
    for row in 0..r.count {
        let (out, a, b) = (r.at(0, row), r.at(1, row), r.at(2, row));
        // SAFETY: promised by the caller.
        unsafe {
            f(
                std::slice::from_raw_parts_mut(out, r.lanes),
                std::slice::from_raw_parts(a, r.lanes),
                std::slice::from_raw_parts(b, r.lanes),
            );
        }
    }
}

/// # Safety
/// See `map`.
#[inline(always)]
pub(super) unsafe fn splat<E: Lane>(r: &Rows<E>) {
    for row in 0..r.count {
        // SAFETY: promised by the caller.
        unsafe {
            let a = [*r.at(1, row); WIDTH];
            for v in 0..r.vectors() {
                vector_by_vector();
                store(r.at(0, row), v, a);
            }
        }
    }
}

/// # Safety
/// See `map`.
#[inline(always)]
pub(super) unsafe fn both<E: Lane>(r: &Rows<E>, f: impl Fn(E, E) -> E) {
    for row in 0..r.count {
        let (out, a, b) = (r.at(0, row), r.at(1, row), r.at(2, row));
        for v in 0..r.vectors() {
            vector_by_vector();
            // SAFETY: promised by the caller.
            unsafe { store(out, v, zip(load(a, v), load(b, v), &f)) };
        }
    }
}

/// One operand (`lanes`) with lanes, the other (`single`) one element per row: f(lanes, single).
///
/// # Safety
/// See `map`.
#[inline(always)]
pub(super) unsafe fn with_single<E: Lane>(
    r: &Rows<E>,
    lanes: usize,
    single: usize,
    f: impl Fn(E, E) -> E,
) {
    for row in 0..r.count {
        let (out, a) = (r.at(0, row), r.at(lanes, row));
        // SAFETY: promised by the caller.
        unsafe {
            let b = *r.at(single, row);
            for v in 0..r.vectors() {
                vector_by_vector();
                store(out, v, each(load(a, v), |x| f(x, b)));
            }
        }
    }
}

/// # Safety
/// See `map`.
#[inline(always)]
pub(super) unsafe fn select<E: Lane>(r: &Rows<E>) {
    for row in 0..r.count {
        let (out, c, a, b) = (r.at(0, row), r.at(1, row), r.at(2, row), r.at(3, row));
        for v in 0..r.vectors() {
            vector_by_vector();
            // SAFETY: promised by the caller.
            unsafe {
                let (c, a, b) = (load(c, v), load(a, v), load(b, v));
                let mut out_v = a;
                for i in 0..WIDTH {
                    out_v[i] = if c[i] != E::ZERO { a[i] } else { b[i] };
                }
                store(out, v, out_v);
            }
        }
    }
}

/// Folds the rows of `a` into one row, lane by lane: `join(so far, element)` from the start value.
///
/// # Safety
/// See `map`.
#[inline(always)]
pub(super) unsafe fn fold_rows<E: Lane>(r: &Rows<E>, start: E, join: impl Fn(E, E) -> E) {
    for v in 0..r.vectors() {
        let mut sum = [start; WIDTH];
        for row in 0..r.count {
            vector_by_vector();
            // SAFETY: promised by the caller.
            sum = zip(sum, unsafe { load(r.at(1, row), v) }, &join);
        }
        // SAFETY: promised by the caller.
        unsafe { store(r.ptr[0], v, sum) };
    }
}

/// Vectors that `dot_rows` works on together, so that each row is read in longer runs.
const TOGETHER: usize = 4;

/// Σ over rows of a·b, lane by lane; b is one element per row where `single`.
///
/// # Safety
/// See `map`.
#[inline(always)]
pub(super) unsafe fn dot_rows<E: Lane, const F: bool>(r: &Rows<E>, single: bool) {
    let vectors = r.vectors();
    let mut v = 0;
    while v + TOGETHER <= vectors {
        // SAFETY: promised by the caller.
        unsafe { dot_columns::<E, F, TOGETHER>(r, v, single) };
        v += TOGETHER;
    }
    for v in v..vectors {
        // SAFETY: promised by the caller.
        unsafe { dot_columns::<E, F, 1>(r, v, single) };
    }
}

/// # Safety
/// See `map`; vectors `from .. from + N` exist.
#[inline(always)]
unsafe fn dot_columns<E: Lane, const F: bool, const N: usize>(
    r: &Rows<E>,
    from: usize,
    single: bool,
) {
    let mut sums = [[E::ZERO; WIDTH]; N];
    for row in 0..r.count {
        vector_by_vector();
        let (a, b) = (r.at(1, row), r.at(2, row));
        for (k, sum) in sums.iter_mut().enumerate() {
            // SAFETY: promised by the caller.
            let (x, y) = unsafe {
                let y = if single { [*b; WIDTH] } else { load(b, from + k) };
                (load(a, from + k), y)
            };
            for i in 0..WIDTH {
                sum[i] = x[i].madd::<F>(y[i], sum[i]);
            }
        }
    }
    for (k, sum) in sums.into_iter().enumerate() {
        // SAFETY: promised by the caller.
        unsafe { store(r.ptr[0], from + k, sum) };
    }
}

/// # Safety
/// See `map`.
#[inline(always)]
pub(super) unsafe fn arg_max_rows<E: Lane>(r: &Rows<E>) {
    for v in 0..r.vectors() {
        // SAFETY: promised by the caller.
        unsafe {
            let mut best = load(r.ptr[1], v);
            let mut place = [E::ZERO; WIDTH];
            for row in 1..r.count {
                vector_by_vector();
                let x = load(r.at(1, row), v);
                let position = E::of(row as f64);
                for i in 0..WIDTH {
                    let better = x[i] > best[i];
                    best[i] = if better { x[i] } else { best[i] };
                    place[i] = if better { position } else { place[i] };
                }
            }
            store(r.ptr[0], v, place);
        }
    }
}

/// # Safety
/// See `map`.
#[inline(always)]
pub(super) unsafe fn cumsum_rows<E: Lane>(r: &Rows<E>) {
    for v in 0..r.vectors() {
        let mut sum = [E::ZERO; WIDTH];
        for row in 0..r.count {
            vector_by_vector();
            // SAFETY: promised by the caller.
            unsafe {
                sum = zip(sum, load(r.at(1, row), v), |a, b| a + b);
                store(r.at(0, row), v, sum);
            }
        }
    }
}
