//! A loop over the tiles of one long dimension, in chunks that threads may take.
//!
//! How a loop is cut depends on its work alone, never on the number of threads: each chunk folds into accumulators of its
//! own, and these are joined in the order of the chunks. So one thread and two give the same bits. Chunks are of tiles, or
//! of the rows of all tiles where that can be.

use super::exec::{execute, join};
use super::instr::{Block, Place, Share, Tile};
use super::lanes::finite;
use super::layout::WIDTH;
use super::memory::Buffer;
use super::rowwise::sums_of_rows;
use crate::backend::crew::{Parts, run_parts};
use crate::backend::simd::{Isa, Lane};
use crate::ir::Reduce;

/// The most chunks of a loop.
pub(super) const CHUNKS: usize = 8;
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
    /// Whether chunks are of rows.
    is_rowwise: bool,
    sums: Sums<E>,
}

/// Sums over rows that are cut into chunks: one array for each chunk, and the array that they add up to.
#[derive(Debug)]
struct Sums<E> {
    partial: Buffer<E>,
    /// Elements of one array.
    len: usize,
    /// Elements of the arrays of one chunk.
    stride: usize,
    outs: Vec<*mut E>,
}

impl<E: Lane> Sums<E> {
    /// Lets the instructions of a block that add up rows do so for each chunk.
    fn new(block: &mut Block<E>, sums: &[usize], lanes: usize, tile: usize, chunks: usize) -> Self {
        let len = lanes.next_multiple_of(tile);
        let stride = sums.len() * len;
        let partial: Buffer<E> = Buffer::zeros(chunks * stride);
        let mut outs = vec![];
        for (k, &at) in sums.iter().enumerate() {
            let out = &mut block.code[at].operands[0];
            outs.push(out.ptr);
            (out.ptr, out.place) = (partial.ptr().wrapping_add(k * len), Place::Partial);
        }
        Self { partial, len, stride, outs }
    }

    /// Adds up the chunks, in their order.
    fn finish(&self, lanes: usize, chunks: usize) {
        // SAFETY: no chunk is running.
        let all = unsafe { self.partial.as_slice() };
        for (k, &out) in self.outs.iter().enumerate() {
            // SAFETY: the result has as many lanes, and nothing else refers to it now.
            let out = unsafe { std::slice::from_raw_parts_mut(out, lanes) };
            out.copy_from_slice(&all[k * self.len..][..lanes]);
            for chunk in 1..chunks {
                let part = &all[chunk * self.stride + k * self.len..][..lanes];
                out.iter_mut().zip(part).for_each(|(sum, &x)| *sum += x);
            }
        }
    }
}

/// The chunks of a loop, for one instruction set.
struct Chunks<'a, E>(&'a Loop<E>, Isa);

// SAFETY: chunks write to scratch memory of their own and to disjoint lanes or rows of streamed arrays; what they share they
// read.
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
        let is_long = work >= WORTH_SPLITTING;
        let rows = sums_of_rows(&block, lanes, tile).filter(|_| is_long);
        let is_rowwise = rows.is_some();
        let most = if is_rowwise { CHUNKS } else { lanes.div_ceil(tile) };
        let chunks = if is_long { most.min(CHUNKS) } else { 1 };
        let stride = scratch.next_multiple_of(WIDTH);
        let scratch: Buffer<E> = Buffer::zeros(chunks * stride);
        let operands = block.code.iter_mut().flat_map(|i| &mut i.operands);
        for operand in operands.filter(|o| o.place == Place::Scratch) {
            operand.ptr = scratch.ptr().wrapping_byte_add(operand.ptr.addr());
        }
        let sums = Sums::new(&mut block, &rows.unwrap_or_default(), lanes, tile, chunks);
        Self { block, lanes, tile, chunks, stride, scratch, folds, is_rowwise, sums }
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
        let (tiles, rows) = match self.is_rowwise {
            true => (0..tiles, Share { part: chunk, of: self.chunks }),
            false => (bound(chunk)..bound(chunk + 1), Share::default()),
        };
        let (scratch, partial) = (chunk * self.stride, chunk * self.sums.stride);
        for start in tiles.map(|number| number * self.tile) {
            let lanes = self.tile.min(self.lanes - start);
            execute(isa, isa, &self.block, Tile { start, lanes, scratch, partial, rows });
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
        self.sums.finish(self.lanes, self.chunks);
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
