//! Reads elements at positions. Positions are clamped, so that no index, however wrong, reads outside.

use super::instr::{Position, Reach};
use super::layout::WIDTH;
use super::rows::{Rows, load, store, vector_by_vector};
use crate::backend::simd::{Lane, kernel};

/// A position with lanes, and where it is held.
type Moving<E> = (Position, *const E);

kernel! {
    /// Reads the lanes of every row. The operands are as `Instr` says; `a` reaches as far as strides and sizes say. Takes the
    /// rows by value, so that the interpreter can keep its own in registers.
    fn gather<E, F>(r: Rows<E>, reach: Reach) {
        let _ = F;
        for row in 0..r.count {
            let mut from = r.at(1, row).cast_const();
            let mut moving: [Option<Moving<E>>; 2] = [None; 2];
            for (k, by) in reach.by.into_iter().enumerate() {
                let at = r.at(2 + k, row).cast_const();
                match by {
                    Some(position) if position.lanes => moving[k] = Some((position, at)),
                    // SAFETY: `emit` vouches for the operands.
                    Some(position) => from = from.wrapping_add(place(unsafe { *at }, position)),
                    None => {}
                }
            }
            let out = r.at(0, row);
            // SAFETY: as above.
            unsafe {
                match (reach.stride, moving) {
                    (0, [Some(one), Some(two)]) => whole_vectors(out, from, r.lanes, [one, two]),
                    (0, [Some(one), None] | [None, Some(one)]) => {
                        whole_vectors(out, from, r.lanes, [one]);
                    }
                    (stride, moving) => {
                        let from = from.wrapping_add(r.start * stride);
                        one_by_one(out, from, r.lanes, stride, moving);
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn place<E: Lane>(x: E, position: Position) -> usize {
    x.position(position.size as u32) as usize * position.step
}

/// # Safety
/// As `Instr` says of its operands. The lanes of the padding hold anything, which is brought into range as well.
#[inline(always)]
unsafe fn whole_vectors<E: Lane, const N: usize>(
    out: *mut E,
    from: *const E,
    lanes: usize,
    moving: [Moving<E>; N],
) {
    for v in 0..lanes.div_ceil(WIDTH) {
        vector_by_vector();
        let mut places = [0u32; WIDTH];
        for (position, at) in moving {
            // SAFETY: promised by the caller.
            let x = unsafe { load(at, v) };
            for i in 0..WIDTH {
                places[i] += x[i].position(position.size as u32) * position.step as u32;
            }
        }
        let mut picked = [E::ZERO; WIDTH];
        for i in 0..WIDTH {
            // SAFETY: positions are clamped below the sizes that the strides belong to.
            picked[i] = unsafe { *from.add(places[i] as usize) };
        }
        // SAFETY: promised by the caller.
        unsafe { store(out, v, picked) };
    }
}

/// # Safety
/// As `Instr` says of its operands.
#[inline(always)]
unsafe fn one_by_one<E: Lane>(
    out: *mut E,
    from: *const E,
    lanes: usize,
    stride: usize,
    moving: [Option<Moving<E>>; 2],
) {
    for lane in 0..lanes {
        let mut reach = lane * stride;
        for (position, at) in moving.into_iter().flatten() {
            // SAFETY: promised by the caller.
            reach += place(unsafe { *at.add(lane) }, position);
        }
        // SAFETY: positions are clamped below the sizes that the strides belong to.
        unsafe { *out.add(lane) = *from.add(reach) };
    }
}
