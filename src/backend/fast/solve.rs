//! Triangular systems, by substitution in place: along the lanes for many right sides at once, else one by one.

use super::layout::WIDTH;
use super::rows::{V, load, store};
use super::view::stride;
use super::whole::move_to;
use super::writer::{Axes, Val, joined};
use crate::backend::crew::{Parts, run_parts};
use crate::backend::simd::{Isa, Lane, kernel};
use crate::ir::{Dim, Graph, NodeId, Op};
use smallvec::SmallVec;

/// Multiplications of one part of the work, about.
const PART: usize = 30_000;

/// `Op::TriSolve` with where x, the result, and its arguments L and b lie.
#[derive(Debug)]
pub(super) struct Solve<E> {
    system: System,
    at: [*mut E; 3],
    /// Systems, apart from those side by side along the lanes.
    turns: Axes,
    systems: usize,
    /// Systems of one part.
    together: usize,
}

/// The shape of one system, or of those that lie side by side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct System {
    n: usize,
    transposed: bool,
    /// From row to row and from column to column of L.
    down: usize,
    right: usize,
    /// From one unknown to the next, in x and in b.
    steps: [usize; 2],
    /// Vectors of systems side by side, and whether L and b differ between these; no lanes: one system.
    lanes: Option<(usize, [bool; 2])>,
}

impl<E: Lane> Solve<E> {
    pub(super) fn new(graph: &Graph, id: NodeId, args: &[Val<E>], out: &Val<E>) -> Self {
        let node = graph.node(id);
        let Op::TriSolve { row, col, transposed } = node.op else {
            unreachable!("only triangular systems are solved");
        };
        let [l, b] = [&args[0], &args[1]];
        let lies_along = |dim| [l, b].map(|val| stride(&val.strides, dim)).iter().all(|&s| s <= 1);
        let lanes = node.shape.dims().last().copied();
        let lanes = lanes.filter(|&dim| dim != row && lies_along(dim));
        let outer: SmallVec<[Dim; 4]> =
            node.shape.iter().filter(|&d| d != row && Some(d) != lanes).collect();
        let turns = joined(graph, &outer, &[out, l, b]);
        let systems: usize = turns.iter().map(|turn| turn.count as usize).product();
        let n = graph.size(row);
        let system = System {
            n,
            transposed,
            down: stride(&l.strides, row),
            right: stride(&l.strides, col),
            steps: [stride(&out.strides, row), stride(&b.strides, row)],
            lanes: lanes.map(|dim| {
                (graph.size(dim).div_ceil(WIDTH), [l, b].map(|val| stride(&val.strides, dim) == 1))
            }),
        };
        let work = n * n * lanes.map_or(1, |dim| graph.size(dim));
        let together = (PART / work).max(1);
        Self { system, at: [out.ptr, l.ptr, b.ptr], turns, systems, together }
    }

    pub(super) fn run(&self, isa: Isa, threads: usize) {
        run_parts(&Systems(self, isa), self.parts(), threads);
    }

    /// Vectors of lanes are parts of their own, unless whole systems are small enough to go together.
    pub(super) fn parts(&self) -> usize {
        match self.system.lanes {
            Some((vectors, _)) if self.together == 1 => self.systems * vectors,
            _ => self.systems.div_ceil(self.together),
        }
    }
}

/// The systems, for one instruction set.
struct Systems<'a, E>(&'a Solve<E>, Isa);

// SAFETY: a part writes to the unknowns of its own systems, and reads no others.
unsafe impl<E: Lane> Parts for Systems<'_, E> {
    fn run_part(&self, number: usize) {
        let Self(solve, isa) = self;
        let place = |system: usize| {
            let mut at = solve.at;
            move_to(&solve.turns, system, &mut at);
            at
        };
        match solve.system.lanes {
            Some((vectors, _)) if solve.together == 1 => {
                vector(*isa, solve.system, place(number / vectors), number % vectors);
            }
            lanes => {
                let first = number * solve.together;
                for system in first..solve.systems.min(first + solve.together) {
                    match lanes {
                        Some((vectors, _)) => {
                            (0..vectors).for_each(|v| vector(*isa, solve.system, place(system), v));
                        }
                        None => single(solve.system, place(system)),
                    }
                }
            }
        }
    }
}

impl System {
    /// The unknowns in the order in which they are found.
    fn order(self) -> impl Iterator<Item = usize> {
        (0..self.n).map(move |k| if self.transposed { self.n - 1 - k } else { k })
    }

    /// Those that are known when unknown `i` is found.
    fn known(self, i: usize) -> std::ops::Range<usize> {
        if self.transposed { i + 1..self.n } else { 0..i }
    }

    /// Where the coefficient of unknown `j` in equation `i` lies.
    fn coefficient(self, i: usize, j: usize) -> usize {
        let (row, column) = if self.transposed { (j, i) } else { (i, j) };
        row * self.down + column * self.right
    }
}

/// One system; sums in f64.
fn single<E: Lane>(system: System, [x, l, b]: [*mut E; 3]) {
    // SAFETY: strides and counts are those of arrays of the kernel.
    let read = |p: *mut E, i: usize| unsafe { *p.add(i) }.to_f64();
    for i in system.order() {
        let known = system
            .known(i)
            .map(|j| read(l, system.coefficient(i, j)) * read(x, j * system.steps[0]));
        let rest = read(b, i * system.steps[1]) - known.sum::<f64>();
        let value = E::of(rest / read(l, system.coefficient(i, i)));
        // SAFETY: as above; nothing else reads or writes the unknowns of this system.
        unsafe { *x.add(i * system.steps[0]) = value };
    }
}

kernel! {
    /// A vector of systems side by side.
    fn vector<E, F>(system: System, at: [*mut E; 3], number: usize) {
        let [x, l, b] = at;
        let (l_differs, b_differs) = system.lanes.map_or((false, false), |(_, d)| (d[0], d[1]));
        for k in 0..system.n {
            let i = if system.transposed { system.n - 1 - k } else { k };
            // SAFETY: strides and counts are those of arrays of the kernel, whose rows are padded to whole vectors.
            let mut rest = unsafe { lanes(b, i * system.steps[1], number, b_differs) };
            for j in system.known(i) {
                // SAFETY: as above.
                let (factor, value) = unsafe {
                    let factor = lanes(l, system.coefficient(i, j), number, l_differs);
                    (factor, load(x.add(j * system.steps[0]), number))
                };
                for lane in 0..WIDTH {
                    rest[lane] = (-factor[lane]).madd::<F>(value[lane], rest[lane]);
                }
            }
            // SAFETY: as above; nothing else reads or writes these unknowns.
            unsafe {
                let diagonal = lanes(l, system.coefficient(i, i), number, l_differs);
                for lane in 0..WIDTH {
                    rest[lane] = rest[lane] / diagonal[lane];
                }
                store(x.add(i * system.steps[0]), number, rest);
            }
        }
    }
}

/// A vector of an array, or an element of it repeated.
///
/// # Safety
/// They lie behind the pointer.
#[inline(always)]
unsafe fn lanes<E: Lane>(p: *const E, offset: usize, number: usize, differs: bool) -> V<E> {
    // SAFETY: promised by the caller.
    unsafe { if differs { load(p.add(offset), number) } else { [*p.add(offset); WIDTH] } }
}
