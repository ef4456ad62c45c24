//! A loop over the tiles of one long dimension, in chunks that threads may take.
//!
//! How a loop is cut depends on its work alone, never on the number of threads: each chunk folds into accumulators of its
//! own, and these are joined in the order of the chunks. So one thread and two give the same bits.

use super::exec::{execute, join};
use super::instr::{Block, Place, Tile};
use super::lanes::finite;
use super::layout::WIDTH;
use super::memory::Buffer;
use crate::backend::crew::{Parts, run_parts};
use crate::backend::simd::{Isa, Lane};
use crate::ir::Reduce;

/// The most chunks of a loop.
const CHUNKS: usize = 8;
/// Elements times instructions below which a loop stays in one piece.
const WORTH_SPLITTING: usize = 10_000;

/// A fold along the tiles: accumulators in scratch memory, and the array that the result goes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fold<E> {
    pub(super) how: Reduce,
    /// In elements of E from the start of the scratch memory.
    pub(super) offset: usize,
    /// Accumulators; as many elements of the result, padding included.
    pub(super) len: usize,
    pub(super) out: *mut E,
}

impl<E: Lane> Fold<E> {
    /// Elements of E that one accumulator takes: an f64, or two.
    pub(super) fn words(how: Reduce) -> usize {
        let numbers = if how == Reduce::LogSumExp { 2 } else { 1 };
        numbers * size_of::<f64>() / size_of::<E>()
    }

    fn start(how: Reduce) -> [f64; 2] {
        match how {
            Reduce::Sum => [0.0; 2],
            Reduce::Prod => [1.0; 2],
            Reduce::Max => [f64::NEG_INFINITY; 2],
            Reduce::Min => [f64::INFINITY; 2],
            Reduce::LogSumExp => [f64::NEG_INFINITY, 0.0],
        }
    }

    fn value(how: Reduce, sum: [f64; 2]) -> f64 {
        if how == Reduce::LogSumExp { finite(sum[0]) + sum[1].ln() } else { sum[0] }
    }
}

#[derive(Debug)]
pub(super) struct Loop<E> {
    block: Block<E>,
    lanes: usize,
    tile: usize,
    chunks: usize,
    /// Scratch elements of one chunk.
    stride: usize,
    scratch: Buffer<E>,
    folds: Vec<Fold<E>>,
}

/// The chunks of a loop, for one instruction set.
struct Chunks<'a, E>(&'a Loop<E>, Isa);

// SAFETY: chunks write to scratch memory of their own and to disjoint lanes of streamed arrays; what they share they read.
unsafe impl<E: Lane> Parts for Chunks<'_, E> {
    fn run_part(&self, number: usize) {
        self.0.run_chunk(self.1, number);
    }
}

impl<E: Lane> Loop<E> {
    /// `lanes` elements in tiles of `tile`; `work` is elements times instructions; `scratch` elements for each chunk.
    pub(super) fn new(
        mut block: Block<E>,
        lanes: usize,
        tile: usize,
        work: usize,
        scratch: usize,
        folds: Vec<Fold<E>>,
    ) -> Self {
        let tiles = lanes.div_ceil(tile);
        let chunks = if work < WORTH_SPLITTING { 1 } else { tiles.min(CHUNKS) };
        let stride = scratch.next_multiple_of(WIDTH);
        let scratch: Buffer<E> = Buffer::zeros(chunks * stride);
        let operands = block.code.iter_mut().flat_map(|i| &mut i.operands);
        for operand in operands.filter(|o| o.place == Place::Scratch) {
            operand.ptr = scratch.ptr().wrapping_byte_add(operand.ptr.addr());
        }
        Self { block, lanes, tile, chunks, stride, scratch, folds }
    }

    pub(super) fn parts(&self) -> usize {
        self.chunks
    }

    pub(super) fn run(&self, isa: Isa, threads: usize) {
        run_parts(&Chunks(self, isa), self.parts(), threads);
        self.finish();
    }

    fn run_chunk(&self, isa: Isa, chunk: usize) {
        for fold in &self.folds {
            let start = Fold::<E>::start(fold.how);
            (0..fold.len).for_each(|i| self.put(fold, chunk, i, start));
        }
        let tiles = self.lanes.div_ceil(self.tile);
        let bound = |chunk: usize| chunk * tiles / self.chunks;
        for number in bound(chunk)..bound(chunk + 1) {
            let start = number * self.tile;
            let lanes = self.tile.min(self.lanes - start);
            execute(isa, isa, &self.block, Tile { start, lanes, scratch: chunk * self.stride });
        }
    }

    /// Joins the accumulators of the chunks, in their order.
    fn finish(&self) {
        for fold in &self.folds {
            for i in 0..fold.len {
                let chunks = (1..self.chunks).map(|chunk| self.get(fold, chunk, i));
                let sum = chunks.fold(self.get(fold, 0, i), |a, b| join(fold.how, a, b));
                // SAFETY: the result has `len` elements, and no chunk is running.
                unsafe { *fold.out.add(i) = E::of(Fold::<E>::value(fold.how, sum)) };
            }
        }
    }

    fn accumulator(&self, fold: &Fold<E>, chunk: usize, i: usize) -> *mut f64 {
        let offset = chunk * self.stride + fold.offset + i * Fold::<E>::words(fold.how);
        self.scratch.ptr().wrapping_add(offset).cast()
    }

    fn get(&self, fold: &Fold<E>, chunk: usize, i: usize) -> [f64; 2] {
        let at = self.accumulator(fold, chunk, i);
        // SAFETY: the scratch memory has room for these accumulators, aligned by the multiple-of-16 offsets.
        unsafe {
            match fold.how {
                Reduce::LogSumExp => [*at, *at.add(1)],
                _ => [*at, 0.0],
            }
        }
    }

    fn put(&self, fold: &Fold<E>, chunk: usize, i: usize, value: [f64; 2]) {
        let at = self.accumulator(fold, chunk, i);
        // SAFETY: as in `get`; only the thread of this chunk touches its accumulators.
        unsafe {
            *at = value[0];
            if fold.how == Reduce::LogSumExp {
                *at.add(1) = value[1];
            }
        }
    }
}
