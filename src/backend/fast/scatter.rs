//! Adds elements into places: what the gradient of a pick does, in one walk over the elements.
//!
//! Sums are kept in f64, because one place may take in any number of elements; and several times side by side, because an
//! addition to a place waits for the one before it. They are joined in a fixed order.

use super::layout::Layout;
use super::memory::Buffer;
use super::walk::{Index, Walk};
use super::writer::Val;
use crate::backend::crew::{Parts, run_parts};
use crate::backend::simd::{Isa, Lane};
use crate::ir::{Graph, NodeId, Op};
use std::cell::UnsafeCell;

/// Sums of one place, taken in turn.
const SIDE_BY_SIDE: usize = 4;
/// The most chunks of a row, which threads may take.
const CHUNKS: usize = 8;
/// Elements per chunk, at least.
const CHUNK: usize = 8192;

/// `Op::Scatter` with where its arguments and its result lie.
#[derive(Debug)]
pub(super) struct Scatter<E> {
    walk: Walk<E>,
    chunks: usize,
    /// Sums of each place within a chunk, and the places.
    copies: usize,
    places: usize,
    /// For each chunk, its copies of all places.
    sums: Buffer<f64>,
    /// Room for the places of a row; each chunk has its own part.
    offsets: UnsafeCell<Vec<u32>>,
    out: *mut E,
}

impl<E: Lane> Scatter<E> {
    /// `args` are those of the node, with their values.
    pub(super) fn new(graph: &Graph, id: NodeId, args: &[Val<E>], out: &Val<E>) -> Self {
        let node = graph.node(id);
        let Op::Scatter { entries, .. } = &node.op else {
            unreachable!("only scatters are made into one");
        };
        let index = Index {
            entries,
            args: &node.args,
            vals: args,
            elements: &args[0],
            shape: graph.shape(node.args[0]),
            array: out,
        };
        let walk = Walk::new(graph, index);
        let places = Layout::of(graph, &node.shape).len();
        let chunks = (walk.lanes() / CHUNK.max(places)).clamp(1, CHUNKS);
        let copies = if walk.count() < chunks * SIDE_BY_SIDE * places { 1 } else { SIDE_BY_SIDE };
        let sums = Buffer::zeros(chunks * copies * places);
        let offsets = UnsafeCell::new(vec![0; walk.lanes()]);
        Self { walk, chunks, copies, places, sums, offsets, out: out.ptr }
    }

    pub(super) fn parts(&self) -> usize {
        self.chunks
    }

    pub(super) fn run(&self, isa: Isa, threads: usize) {
        run_parts(&Chunks(self, isa), self.parts(), threads);
        // SAFETY: no chunk is running any more.
        let sums = unsafe { self.sums.as_slice() };
        for place in 0..self.places {
            let copies = sums[place..].iter().step_by(self.places);
            // SAFETY: the result is laid out as the sums are, and nothing else runs meanwhile.
            unsafe { *self.out.add(place) = E::of(copies.sum()) };
        }
    }

    fn run_chunk(&self, isa: Isa, chunk: usize) {
        let (count, width) = (self.walk.lanes(), self.copies * self.places);
        let bound = |chunk: usize| chunk * count / self.chunks;
        let lanes = bound(chunk)..bound(chunk + 1);
        // SAFETY: these parts of the sums and of the offsets are this chunk's own, and a chunk is not run twice at a time.
        let (sums, offsets) = unsafe {
            let sums = self.sums.ptr().add(chunk * width);
            let offsets = (*self.offsets.get()).as_mut_ptr().add(lanes.start);
            (
                std::slice::from_raw_parts_mut(sums, width),
                std::slice::from_raw_parts_mut(offsets, lanes.len()),
            )
        };
        sums.fill(0.0);
        let step = self.walk.step();
        self.walk.each_row(isa, lanes, offsets, |first, place, offsets| {
            let mut copy = 0;
            for (i, &offset) in offsets.iter().enumerate() {
                // SAFETY: strides and counts are those of the array of elements.
                sums[copy + place + offset as usize] += unsafe { *first.add(i * step) }.to_f64();
                copy = if copy + self.places < width { copy + self.places } else { 0 };
            }
        });
    }
}

/// The chunks of a scatter, for one instruction set.
struct Chunks<'a, E>(&'a Scatter<E>, Isa);

// SAFETY: chunks write to sums and offsets of their own; what they share they read.
unsafe impl<E: Lane> Parts for Chunks<'_, E> {
    fn run_part(&self, number: usize) {
        self.0.run_chunk(self.1, number);
    }
}
