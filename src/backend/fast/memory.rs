//! Memory that instructions point into: allocated once, aligned to cache lines, never moved.

use crate::backend::simd::Lane;
use std::ops::Range;

/// Bytes of a cache line, and of the widest vector.
const LINE: usize = 64;
/// Elements past the end that a shifted vector load may touch.
const SLACK: usize = 16;
/// Bytes of a large page. A product walks across the rows of a matrix, each of them on another page of the usual size.
const PAGE: usize = 2 << 20;
/// Bytes from which on an array begins on a large page of its own.
const LARGE: usize = PAGE / 2;

/// An aligned array that lives as long as the kernels that point into it.
#[derive(Debug)]
pub(super) struct Buffer<E> {
    /// Holds the memory; read and written through `start` only.
    _owner: Vec<E>,
    start: *mut E,
    len: usize,
}

/// Zeros of which `len` begin at the place that comes second, on a cache line or a large page, with slack behind.
pub(super) fn zeros<E: Lane>(len: usize) -> (Vec<E>, *mut E) {
    let bytes = len * size_of::<E>();
    let (align, room) = match bytes >= LARGE {
        true => (PAGE, bytes.next_multiple_of(PAGE)),
        false => (LINE, bytes),
    };
    let mut owner = vec![E::ZERO; (room + align) / size_of::<E>() + SLACK];
    let skip = owner.as_ptr().align_offset(align).min(align / size_of::<E>());
    let start = owner[skip..].as_mut_ptr();
    if align == PAGE {
        prefer_large_pages(&mut owner);
    }
    (owner, start)
}

/// Asks for large pages, which the system gives where it can.
#[cfg(target_os = "linux")]
pub(super) fn prefer_large_pages<E>(array: &mut [E]) {
    use rustix::mm::{Advice, madvise};
    let start = array.as_mut_ptr();
    let skip = start.cast::<u8>().align_offset(PAGE);
    let bytes = size_of_val(array).saturating_sub(skip) / PAGE * PAGE;
    if bytes > 0 {
        // SAFETY: whole pages of the array; this advice changes neither what they hold nor who may use them.
        let advised =
            unsafe { madvise(start.wrapping_byte_add(skip).cast(), bytes, Advice::LinuxHugepage) };
        // A system without large pages is slower, and nothing else.
        let _ = advised;
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn prefer_large_pages<E>(_: &mut [E]) {}

/// Begins to bring memory into the cache.
pub(super) fn fetch(memory: Range<*const u8>) {
    #[cfg(target_arch = "x86_64")]
    for line in (memory.start.addr()..memory.end.addr()).step_by(LINE) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let at = memory.start.with_addr(line);
        // SAFETY: a hint, which reads nothing, wherever it points.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = memory;
}

impl<E: Lane> Buffer<E> {
    pub(super) fn zeros(len: usize) -> Self {
        let (owner, start) = zeros(len);
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
