//! Matchings with the largest sum, matrix by matrix; threads take matrices.

use super::view::stride;
use super::whole::move_to;
use super::writer::{Axes, Val, joined};
use crate::backend::crew::{Parts, run_parts};
use crate::backend::simd::Lane;
use crate::ir::{self, Dim, Graph, NodeId, Op};
use smallvec::SmallVec;

/// Steps of one part of the work, about: a matrix takes the third power of its size.
const PART: usize = 30_000;

/// `Op::Assign` with where the result and its argument lie.
#[derive(Debug)]
pub(super) struct Assign<E> {
    n: usize,
    at: [*mut E; 2],
    /// From row to row and from column to column, in the result and in the argument.
    steps: [[usize; 2]; 2],
    turns: Axes,
    matrices: usize,
    /// Matrices of one part.
    together: usize,
}

impl<E: Lane> Assign<E> {
    pub(super) fn new(graph: &Graph, id: NodeId, arg: &Val<E>, out: &Val<E>) -> Self {
        let node = graph.node(id);
        let Op::Assign { row, col } = node.op else {
            unreachable!("only matchings are assigned");
        };
        let others: SmallVec<[Dim; 4]> = node.shape.without(&[row, col]).iter().collect();
        let turns: Axes = joined(graph, &others, &[out, arg]);
        let n = graph.size(row);
        let steps = [out, arg].map(|val| [row, col].map(|dim| stride(&val.strides, dim)));
        let matrices = turns.iter().map(|turn| turn.count as usize).product();
        let together = (PART / n.pow(3)).max(1);
        Self { n, at: [out.ptr, arg.ptr], steps, turns, matrices, together }
    }

    pub(super) fn parts(&self) -> usize {
        self.matrices.div_ceil(self.together)
    }

    pub(super) fn run(&self, threads: usize) {
        run_parts(self, self.parts(), threads);
    }

    fn matrix(&self, number: usize) {
        let mut at = self.at;
        move_to(&self.turns, number, &mut at);
        let n = self.n;
        let place = |operand: usize, cell: usize| {
            let [down, right] = self.steps[operand];
            at[operand].wrapping_add(cell / n * down + cell % n * right)
        };
        // SAFETY: strides and counts are those of arrays of the kernel.
        let entries: Vec<f64> = (0..n * n).map(|c| unsafe { *place(1, c) }.to_f64()).collect();
        let columns = ir::assignment(n, &entries);
        for cell in 0..n * n {
            let value = match &columns {
                Some(columns) => f64::from(u8::from(columns[cell / n] == cell % n)),
                None => f64::NAN,
            };
            // SAFETY: as above; nothing else reads or writes this matrix of the result.
            unsafe { *place(0, cell) = E::of(value) };
        }
    }
}

// SAFETY: matrices of the result are disjoint, and it overlaps no argument.
unsafe impl<E: Lane> Parts for Assign<E> {
    fn run_part(&self, number: usize) {
        let first = number * self.together;
        (first..self.matrices.min(first + self.together)).for_each(|matrix| self.matrix(matrix));
    }
}
