//! Memory that instructions point into: allocated once, aligned to cache lines, never moved.

use crate::backend::simd::Lane;

/// Bytes of a cache line, and of the widest vector.
const LINE: usize = 64;
/// Elements past the end that a shifted vector load may touch.
const SLACK: usize = 16;

/// An aligned array that lives as long as the kernels that point into it.
#[derive(Debug)]
pub(super) struct Buffer<E> {
    /// Holds the memory; read and written through `start` only.
    _owner: Vec<E>,
    start: *mut E,
    len: usize,
}

/// Elements to ask for so that `len` of them can start on a cache line, with slack behind.
pub(super) fn padded<E>(len: usize) -> usize {
    len + SLACK + LINE / size_of::<E>()
}

/// The first element of a vector on a cache line.
pub(super) fn aligned<E>(owner: &mut [E]) -> *mut E {
    let skip = owner.as_ptr().align_offset(LINE).min(LINE / size_of::<E>());
    owner[skip..].as_mut_ptr()
}

impl<E: Lane> Buffer<E> {
    pub(super) fn zeros(len: usize) -> Self {
        let mut owner = vec![E::ZERO; padded::<E>(len)];
        let start = aligned(&mut owner);
        Self { _owner: owner, start, len }
    }

    pub(super) fn ptr(&self) -> *mut E {
        self.start
    }

    /// # Safety
    /// No instruction is writing to the buffer while the slice lives.
    pub(super) unsafe fn as_slice(&self) -> &[E] {
        // SAFETY: `start` is inside the vector with `len` elements behind it, all initialised; the caller excludes writers.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }

    /// # Safety
    /// Nothing else reads or writes the buffer while the slice lives.
    #[allow(clippy::mut_from_ref)]
    pub(super) unsafe fn as_mut(&self) -> &mut [E] {
        // SAFETY: as in `as_slice`; the caller excludes every other access.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.len) }
    }
}
