//! Contractions of matrices by a modern gemm: the products of a dense layer and of its backward pass.
//!
//! A contraction becomes a list of pieces, blocks of the result that one thread computes in one go. How it is cut depends on
//! its size alone, so that any number of threads gives the same bits. Strides say where elements lie: nothing is transposed,
//! and padding is neither read nor written. The gemm chooses its instruction set itself, the widest of the machine; large
//! products of f32 go to the tile registers where there are some.

use super::instr::Turn;
use super::writer::{Axes, Val, joined};
use crate::backend::amx::{self, Operand, Tiles};
use crate::backend::crew::{Parts, run_parts};
use crate::backend::simd::Lane;
use crate::ir::{Dim, Graph, NodeId, Op};
use gemm::Parallelism;
use smallvec::SmallVec;
use std::any::TypeId;
use std::ops::Range;

/// Multiplications that are worth handing to a second thread.
const UNIT: usize = 1_250_000;
/// The most pieces of one product.
const PIECES: usize = 16;
/// The gemm's register block: along the contiguous side of the result, and across.
const BLOCK: [usize; 2] = [64, 12];
/// A contiguous side up to this long leaves the other operand where it is.
const UNPACKED: usize = 128;
/// Where a gemm begins to be quicker than the dot products of the interpreter, forward and backward together, as measured on
/// Zen 5: 8 x 8 x 8 takes 0.8 us rather than 1.1, 100 x 100 x 100 a fifth. A matrix times a vector stays in the loop with the
/// ops around it, which read the matrix once for both directions; so do sums that give only a few numbers.
const LEAST_SIDE: usize = 2;
const LEAST_DEPTH: usize = 4;
const LEAST_RESULT: usize = 64;
const LEAST_WORK: usize = 512;
/// The least length of each side and of the sum for which tile registers are worth it: theirs are multiples of 32.
const LEAST_TILED: u32 = 32;

/// A dimension, or neighbours joined: how many positions, and the steps of the result, a and b.
type Axis = Turn;
type Dims = SmallVec<[Dim; 4]>;

/// Whether a node is a contraction that a gemm does best.
pub(super) fn is_product(graph: &Graph, id: NodeId) -> bool {
    if !matches!(graph.op(id), Op::Contract(_)) {
        return false;
    }
    let size = |dims: Dims| dims.iter().map(|&dim| graph.size(dim)).product::<usize>();
    let [rows, columns, depth, _] = kinds(graph, id).map(size);
    rows.min(columns) >= LEAST_SIDE
        && depth >= LEAST_DEPTH
        && rows * columns >= LEAST_RESULT
        && rows * columns * depth >= LEAST_WORK
}

/// Dimensions of a contraction in a alone, in b alone, summed, and in both and kept.
fn kinds(graph: &Graph, id: NodeId) -> [Dims; 4] {
    let node = graph.node(id);
    let Op::Contract(summed) = &node.op else {
        unreachable!("only contractions are products");
    };
    let [a, b] = [graph.shape(node.args[0]), graph.shape(node.args[1])];
    let mut kinds: [Dims; 4] = Default::default();
    for dim in a.union(b, graph).iter() {
        let kind = match (summed.contains(&dim), a.contains(dim), b.contains(dim)) {
            (true, ..) => 2,
            (_, true, true) => 3,
            (_, true, _) => 0,
            _ => 1,
        };
        kinds[kind].push(dim);
    }
    kinds
}

/// Contractions none of which waits for another.
#[derive(Debug)]
pub(super) struct Products<E> {
    products: Vec<Product<E>>,
    /// A product and some of its pieces.
    tasks: Vec<(usize, Range<usize>)>,
    work: usize,
}

impl<E: Lane> Products<E> {
    pub(super) fn new(products: Vec<Product<E>>) -> Self {
        let tasks = products.iter().enumerate();
        let tasks = tasks.flat_map(|(k, product)| product.tasks().map(move |pieces| (k, pieces)));
        Self { tasks: tasks.collect(), work: products.iter().map(Product::work).sum(), products }
    }

    pub(super) fn run(&self, threads: usize) {
        let threads = if self.splits() { threads } else { 1 };
        run_parts(self, self.tasks.len(), threads);
    }

    /// Whether several threads are of use.
    pub(super) fn splits(&self) -> bool {
        self.work >= UNIT && self.tasks.len() > 1
    }
}

// SAFETY: tasks write disjoint blocks of the results, which overlap no argument of any.
unsafe impl<E: Lane> Parts for Products<E> {
    fn run_part(&self, number: usize) {
        let (product, pieces) = &self.tasks[number];
        let product = &self.products[*product];
        product.pieces[pieces.clone()].iter().for_each(|&piece| product.multiply(piece));
    }
}

/// A contraction, ready to run.
#[derive(Debug)]
pub(super) struct Product<E> {
    pieces: Vec<Piece<E>>,
    rows: Axis,
    columns: Axis,
    depth: Axis,
    /// Where in a and b the products begin that are added up: more than one if `depth` is not all that is summed.
    terms: Vec<[usize; 2]>,
    /// Pieces of one task.
    together: usize,
    tiles: Option<Tiles>,
}

/// A block of the result: where it starts in the result, in a and in b, and its size.
#[derive(Clone, Copy, Debug)]
struct Piece<E> {
    at: [*mut E; 3],
    rows: usize,
    columns: usize,
}

impl<E: Lane> Product<E> {
    pub(super) fn new(graph: &Graph, id: NodeId, args: &[Val<E>], out: &Val<E>) -> Self {
        let vals = [out, &args[0], &args[1]];
        let [mut rows, mut columns, mut depth, batch] =
            kinds(graph, id).map(|dims| joined(graph, &dims, &vals));
        let [row, column, summed] = [&mut rows, &mut columns, &mut depth].map(take_longest);
        let (m, n, k) = (row.count as usize, column.count as usize, summed.count as usize);
        let mut pieces = vec![Piece { at: vals.map(|val| val.ptr), rows: m, columns: n }];
        for axis in batch.into_iter().chain(rows).chain(columns) {
            pieces = pieces.iter().flat_map(|piece| piece.along(axis)).collect();
        }
        let sides = sides(row, column, summed);
        let tiles = tiles::<E>(row, column, summed);
        let [down, across] = match tiles {
            Some(_) => cuts(sides.map(|side| Side { is_packed: true, ..side }), k, tiled_worth),
            None => cuts(sides, k, worth),
        };
        pieces = pieces
            .iter()
            .flat_map(|piece| piece.cut_rows(row, spans(m, down, sides[0].block)))
            .flat_map(|piece| piece.cut_columns(column, spans(n, across, sides[1].block)))
            .collect();
        let mut terms = vec![[0, 0]];
        for axis in depth {
            let along = |[a, b]: [usize; 2]| {
                (0..axis.count as usize)
                    .map(move |i| [a + i * axis.steps[1], b + i * axis.steps[2]])
            };
            terms = terms.into_iter().flat_map(along).collect();
        }
        let together = (2 * UNIT / (m * n * k * terms.len())).max(1);
        Self { pieces, rows: row, columns: column, depth: summed, terms, together, tiles }
    }

    /// Multiplications in all.
    fn work(&self) -> usize {
        let result: usize = self.pieces.iter().map(|piece| piece.rows * piece.columns).sum();
        result * self.depth.count as usize * self.terms.len()
    }

    /// The pieces, by those that make one task.
    fn tasks(&self) -> impl Iterator<Item = Range<usize>> {
        let count = self.pieces.len();
        (0..count).step_by(self.together).map(move |i| i..count.min(i + self.together))
    }

    /// The sum of the terms, the first of which overwrites what was there.
    fn multiply(&self, piece: Piece<E>) {
        let is_done = self.tiles.is_some_and(|tiles| {
            self.terms(piece).all(|(term, adds)| self.add_on_tiles(tiles, term, adds))
        });
        if !is_done {
            self.terms(piece).for_each(|(term, adds)| self.add(term, adds));
        }
    }

    /// What is added up to a piece, each with whether something is there already.
    fn terms(&self, piece: Piece<E>) -> impl Iterator<Item = (Piece<E>, bool)> {
        let [out, a, b] = piece.at;
        self.terms.iter().enumerate().map(move |(i, &[skip_a, skip_b])| {
            let at = [out, a.wrapping_add(skip_a), b.wrapping_add(skip_b)];
            (Piece { at, ..piece }, i > 0)
        })
    }

    /// Whether that could be done: not with numbers that are not finite.
    fn add_on_tiles(&self, tiles: Tiles, piece: Piece<E>, adds: bool) -> bool {
        let operand = |axis: Axis, k: usize| Operand {
            at: piece.at[k].cast::<f32>(),
            step: axis.steps[k],
            depth_step: self.depth.steps[k],
        };
        let mut sides = [(self.rows, piece.rows, 1), (self.columns, piece.columns, 2)];
        if self.columns.steps[0] != 1 {
            sides.reverse();
        }
        let [(row, rows, a), (column, columns, b)] = sides;
        let product = amx::Product {
            rows,
            columns,
            depth: self.depth.count as usize,
            out: piece.at[0].cast(),
            step: row.steps[0],
            a: operand(row, a),
            b: operand(column, b),
            adds,
        };
        // SAFETY: steps and counts are those of arrays of the kernel, and the result overlaps neither argument.
        unsafe { tiles.multiply(product) }
    }

    fn add(&self, piece: Piece<E>, to_what_is_there: bool) {
        let [out, a, b] = piece.at;
        let step = |axis: &Axis, k: usize| axis.steps[k].cast_signed();
        // SAFETY: strides and counts are those of arrays of the kernel, and the result overlaps neither argument.
        unsafe {
            gemm::gemm(
                piece.rows,
                piece.columns,
                self.depth.count as usize,
                out,
                step(&self.columns, 0),
                step(&self.rows, 0),
                to_what_is_there,
                a,
                step(&self.depth, 1),
                step(&self.rows, 1),
                b,
                step(&self.columns, 2),
                step(&self.depth, 2),
                E::ONE,
                E::ONE,
                false,
                false,
                false,
                Parallelism::None,
            );
        }
    }
}

impl<E: Lane> Piece<E> {
    /// One such piece per position along an axis.
    fn along(self, axis: Axis) -> impl Iterator<Item = Self> {
        (0..axis.count as usize).map(move |i| self.moved(axis, i))
    }

    fn moved(self, axis: Axis, by: usize) -> Self {
        let at = std::array::from_fn(|k| self.at[k].wrapping_add(by * axis.steps[k]));
        Self { at, ..self }
    }

    fn cut_rows(
        self,
        axis: Axis,
        spans: impl Iterator<Item = Range<usize>>,
    ) -> impl Iterator<Item = Self> {
        spans.map(move |span| Self { rows: span.len(), ..self.moved(axis, span.start) })
    }

    fn cut_columns(
        self,
        axis: Axis,
        spans: impl Iterator<Item = Range<usize>>,
    ) -> impl Iterator<Item = Self> {
        spans.map(move |span| Self { columns: span.len(), ..self.moved(axis, span.start) })
    }
}

/// Takes the longest axis out of some; of none, an axis of one position.
fn take_longest(axes: &mut Axes) -> Axis {
    let longest = (0..axes.len()).max_by_key(|&i| axes[i].count);
    longest.map_or(Axis { count: 1, steps: [0; 4] }, |i| axes.remove(i))
}

/// The rows or the columns of a product, as the gemm sees them.
#[derive(Clone, Copy, Debug)]
struct Side {
    length: usize,
    /// Parts are multiples of this.
    block: usize,
    /// Whether the operand that has this side is packed.
    is_packed: bool,
}

/// Rows and columns: the operand with the side that is contiguous in the result is packed unless it is contiguous there
/// too, the other one unless it is contiguous along the sum.
fn sides(row: Axis, column: Axis, summed: Axis) -> [Side; 2] {
    let row_is_contiguous = row.steps[0] <= column.steps[0];
    let contiguous = if row_is_contiguous { row.count } else { column.count };
    let side = |axis: Axis, operand: usize, is_contiguous: bool| Side {
        length: axis.count as usize,
        block: BLOCK[usize::from(!is_contiguous)],
        is_packed: if is_contiguous {
            axis.steps[operand] != 1
        } else {
            summed.steps[operand] != 1 && contiguous as usize > UNPACKED
        },
    };
    [side(row, 1, row_is_contiguous), side(column, 2, !row_is_contiguous)]
}

/// Tile registers, if the product is one for them: of f32, large enough, with neighbours in every matrix.
fn tiles<E: Lane>(row: Axis, column: Axis, summed: Axis) -> Option<Tiles> {
    let is_single = TypeId::of::<E>() == TypeId::of::<f32>();
    let are_neighbours = row.steps[0] == 1 || column.steps[0] == 1;
    let is_dense =
        |axis: Axis, operand: usize| axis.steps[operand] == 1 || summed.steps[operand] == 1;
    let is_large = [row, column, summed].iter().all(|axis| axis.count >= LEAST_TILED);
    if is_single && is_large && are_neighbours && is_dense(row, 1) && is_dense(column, 2) {
        return Tiles::detect();
    }
    None
}

/// Multiplications from which twice as many pieces are better: pieces grow with the product, because packing shows in small
/// ones.
fn worth(pieces: usize) -> usize {
    4 * UNIT * pieces.pow(2)
}

/// The same on tile registers, which pack both operands of every piece.
fn tiled_worth(pieces: usize) -> usize {
    3 * UNIT * pieces.pow(4)
}

/// Into how many parts the two sides of a product are cut, by halves: the side whose operand the gemm packs, so that no part
/// of it is packed twice; if that settles nothing, the longer one.
fn cuts(sides: [Side; 2], depth: usize, worth: fn(usize) -> usize) -> [usize; 2] {
    let mut cuts = [1usize, 1];
    let length = |k: usize, cuts: [usize; 2]| sides[k].length / cuts[k];
    let is_short = |k: usize, cuts: [usize; 2]| length(k, cuts) < 2 * sides[k].block;
    let work = sides[0].length * sides[1].length * depth;
    while worth(cuts[0] * cuts[1]) <= work && cuts[0] * cuts[1] < PIECES {
        let longer = usize::from(length(1, cuts) > length(0, cuts));
        let chosen = match sides.map(|side| side.is_packed) {
            [true, false] if !is_short(0, cuts) => 0,
            [false, true] if !is_short(1, cuts) => 1,
            _ => longer,
        };
        cuts[chosen] *= 2;
    }
    cuts
}

/// 0 .. length in parts that start at multiples of a block, none of them empty.
fn spans(length: usize, parts: usize, block: usize) -> impl Iterator<Item = Range<usize>> {
    let blocks = length.div_ceil(block);
    let bound = move |part: usize| (part * blocks / parts * block).min(length);
    (0..parts).map(move |part| bound(part)..bound(part + 1)).filter(|span| !span.is_empty())
}
