//! Where results lie: a bump allocator with free lists, one for memory at fixed places and one for tile buffers.

use super::layout::WIDTH;
use super::memory::Buffer;
use crate::backend::simd::Lane;
use std::collections::HashMap;

/// Elements of the memory that small arrays share.
const SLAB: usize = 8192;

/// Arrays that live as long as the kernel; what is given back is used again, the most recent first, while it is in cache.
#[derive(Debug)]
pub(super) struct Pool<E> {
    buffers: Vec<Buffer<E>>,
    /// What is left of the last slab.
    free: (*mut E, usize),
    returned: HashMap<usize, Vec<*mut E>>,
}

impl<E: Lane> Pool<E> {
    pub(super) fn new() -> Self {
        Self { buffers: Vec::new(), free: (std::ptr::null_mut(), 0), returned: HashMap::new() }
    }

    /// Room for `len` elements, rounded up to whole vectors, on a cache line, zero at first.
    pub(super) fn take(&mut self, len: usize) -> *mut E {
        let len = len.next_multiple_of(WIDTH);
        if let Some(ptr) = self.returned.get_mut(&len).and_then(Vec::pop) {
            return ptr;
        }
        if len > SLAB / 4 {
            return self.buffer(len);
        }
        if self.free.1 < len {
            self.free = (self.buffer(SLAB), SLAB);
        }
        let (ptr, left) = self.free;
        self.free = (ptr.wrapping_add(len), left - len);
        ptr
    }

    pub(super) fn give_back(&mut self, ptr: *mut E, len: usize) {
        self.returned.entry(len.next_multiple_of(WIDTH)).or_default().push(ptr);
    }

    fn buffer(&mut self, len: usize) -> *mut E {
        self.buffers.push(Buffer::zeros(len));
        self.buffers[self.buffers.len() - 1].ptr()
    }

    /// The memory itself, to be kept while instructions point into it.
    pub(super) fn into_buffers(self) -> Vec<Buffer<E>> {
        self.buffers
    }
}

/// Offsets into the scratch memory of a chunk.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    len: usize,
    returned: HashMap<usize, Vec<usize>>,
}

impl Scratch {
    pub(super) fn take(&mut self, len: usize) -> usize {
        let len = len.next_multiple_of(WIDTH);
        if let Some(offset) = self.returned.get_mut(&len).and_then(Vec::pop) {
            return offset;
        }
        self.keep(len)
    }

    /// Room that nothing else ever has: what is in it lasts from one tile to the next.
    pub(super) fn keep(&mut self, len: usize) -> usize {
        let len = len.next_multiple_of(WIDTH);
        self.len += len;
        self.len - len
    }

    pub(super) fn give_back(&mut self, offset: usize, len: usize) {
        self.returned.entry(len.next_multiple_of(WIDTH)).or_default().push(offset);
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }
}
