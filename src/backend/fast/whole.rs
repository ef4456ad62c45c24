//! Ops along the lanes for which there are no instructions: running sums, the largest, draws and their slopes. Line by line and in place;
//! threads take lines.

use super::view::stride;
use super::writer::{Axes, Val, joined};
use crate::backend::crew::{Parts, run_parts};
use crate::backend::simd::Lane;
use crate::ir::{self, Dim, Graph, NodeId, Op, Sampler};
use smallvec::SmallVec;

/// Elements of one part of the work, about.
const PART: usize = 8192;
/// The result, the noise of a draw and its parameters.
const OPERANDS: usize = 5;

/// One op, with where the lines of its result and of its arguments lie.
#[derive(Debug)]
pub(super) struct Whole<E> {
    op: LineOp,
    first: Line<E>,
    turns: Axes<OPERANDS>,
    lines: usize,
    /// Lines of one part.
    together: usize,
}

#[derive(Clone, Copy, Debug)]
enum LineOp {
    Cumsum {
        reverse: bool,
    },
    ArgMax,
    /// With so many parameters.
    Draw(Sampler, usize),
    /// By the parameter of this number, of so many.
    Slope(Sampler, u8, usize),
}

/// The lanes of the result and of the arguments: their first elements and the distances to the next.
#[derive(Clone, Debug)]
struct Line<E> {
    at: [*mut E; OPERANDS],
    steps: [usize; OPERANDS],
    len: usize,
}

impl<E: Lane> Whole<E> {
    pub(super) fn new(graph: &Graph, id: NodeId, args: &[Val<E>], out: &Val<E>) -> Self {
        let node = graph.node(id);
        let op = match node.op {
            Op::Cumsum { reverse, .. } => LineOp::Cumsum { reverse },
            Op::ArgMax(_) => LineOp::ArgMax,
            Op::Draw(sampler) => LineOp::Draw(sampler, args.len() - 1),
            Op::Slope(sampler, by) => LineOp::Slope(sampler, by, args.len() - 1),
            ref op => unreachable!("{op:?} has instructions"),
        };
        let shape = super::schedule::iteration(graph, id);
        let (lanes, outer): (Option<&Dim>, &[Dim]) =
            shape.dims().split_last().map_or((None, &[]), |(lanes, outer)| (Some(lanes), outer));
        let vals: SmallVec<[&Val<E>; OPERANDS]> = [out].into_iter().chain(args).collect();
        let turns = joined(graph, outer, &vals);
        let first = Line {
            at: std::array::from_fn(|k| vals.get(k).unwrap_or(&out).ptr),
            steps: std::array::from_fn(|k| match (vals.get(k), lanes) {
                (Some(val), Some(&dim)) => stride(&val.strides, dim),
                _ => 0,
            }),
            len: lanes.map_or(1, |&dim| graph.size(dim)),
        };
        let lines = turns.iter().map(|turn| turn.count as usize).product();
        let together = (PART / first.len).max(1);
        Self { op, first, turns, lines, together }
    }

    pub(super) fn parts(&self) -> usize {
        self.lines.div_ceil(self.together)
    }

    pub(super) fn run(&self, threads: usize) {
        run_parts(self, self.parts(), threads);
    }
}

// SAFETY: lines of the result are disjoint, and it overlaps no argument.
unsafe impl<E: Lane> Parts for Whole<E> {
    fn run_part(&self, number: usize) {
        let first = number * self.together;
        for line in first..self.lines.min(first + self.together) {
            let mut at = self.first.at;
            move_to(&self.turns, line, &mut at);
            let line = Line { at, ..self.first };
            match self.op {
                LineOp::Cumsum { reverse } => line.cumsum(reverse),
                LineOp::ArgMax => line.arg_max(),
                LineOp::Draw(sampler, count) => line.sample(count, |u, p| ir::draw(sampler, u, p)),
                LineOp::Slope(sampler, by, count) => {
                    line.sample(count, |z, p| ir::slope(sampler, by, z, p));
                }
            }
        }
    }
}

/// Moves pointers from the first line to another one.
pub(super) fn move_to<E, const N: usize, const M: usize>(
    turns: &Axes<N>,
    mut line: usize,
    at: &mut [*mut E; M],
) {
    for turn in turns.iter().rev() {
        let position = line % turn.count as usize;
        line /= turn.count as usize;
        for (at, step) in at.iter_mut().zip(turn.steps) {
            *at = at.wrapping_add(position * step);
        }
    }
}

impl<E: Lane> Line<E> {
    fn get(&self, operand: usize, i: usize) -> f64 {
        // SAFETY: strides and counts are those of arrays of the kernel.
        unsafe { *self.at[operand].add(i * self.steps[operand]) }.to_f64()
    }

    fn put(&self, i: usize, value: f64) {
        // SAFETY: as in `get`; nothing else reads or writes this line of the result.
        unsafe { *self.at[0].add(i * self.steps[0]) = E::of(value) };
    }

    /// The sum is kept in f64, so that long lines keep their digits.
    fn cumsum(&self, reverse: bool) {
        let mut sum = 0.0;
        for k in 0..self.len {
            let i = if reverse { self.len - 1 - k } else { k };
            sum += self.get(1, i);
            self.put(i, sum);
        }
    }

    fn arg_max(&self) {
        let best = (1..self.len).fold(
            0,
            |best, i| {
                if self.get(1, i) > self.get(1, best) { i } else { best }
            },
        );
        self.put(0, best as f64);
    }

    /// From the first argument and so many parameters.
    fn sample(&self, count: usize, f: impl Fn(f64, &[f64]) -> f64) {
        for i in 0..self.len {
            let parameters: [f64; OPERANDS - 2] = std::array::from_fn(|k| self.get(2 + k, i));
            self.put(i, f(self.get(1, i), &parameters[..count]));
        }
    }
}
