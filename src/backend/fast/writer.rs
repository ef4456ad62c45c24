//! Writes instructions: from arrays with named dimensions to pointers, rows and strides.

use super::exec::MAX_TURNS;
use super::instr::{Block, Code, Instr, Mode, Operand, Place, Reach, Turn};
use super::layout::{Layout, Strides, WIDTH, strides};
use super::pool::{Pool, Scratch};
use super::view::stride;
use crate::backend::simd::Lane;
use crate::ir::{Dim, Graph, Shape};
use smallvec::SmallVec;

/// An array as an operand. In scratch memory, `ptr` is an offset until the loop is complete.
#[derive(Clone, Debug)]
pub(super) struct Val<E> {
    pub(super) ptr: *mut E,
    pub(super) strides: Strides,
    pub(super) is_scratch: bool,
}

impl<E> Val<E> {
    pub(super) fn has(&self, dim: Dim) -> bool {
        self.strides.iter().any(|(d, _)| *d == dim)
    }
}

/// Memory that is needed only within a few instructions.
#[derive(Clone, Debug)]
pub(super) struct Temp<E> {
    pub(super) val: Val<E>,
    len: usize,
}

/// Writes the block of one stage.
pub(super) struct Writer<'a, E> {
    pub(super) graph: &'a Graph,
    pub(super) pool: &'a mut Pool<E>,
    pub(super) scratch: Scratch,
    /// The dimension that is cut into tiles, and the elements of a tile.
    pub(super) tile: Option<(Dim, usize)>,
    pub(super) block: Block<E>,
}

/// What an instruction runs over: outer dimensions, the inner rows, the lanes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Over<'a> {
    pub(super) outer: &'a [Dim],
    /// The rows that the instruction itself goes over; none of them: the innermost of `outer`.
    pub(super) inner: &'a [Dim],
    pub(super) lanes: Option<Dim>,
}

impl<'a> Over<'a> {
    pub(super) fn shape(shape: &'a Shape) -> Self {
        match shape.dims().split_last() {
            Some((&lanes, outer)) => Self { outer, inner: &[], lanes: Some(lanes) },
            None => Self { outer: &[], inner: &[], lanes: None },
        }
    }
}

impl<E: Lane> Writer<'_, E> {
    /// Room for an array of this shape that lives within this stage.
    pub(super) fn take(&mut self, shape: &Shape) -> Temp<E> {
        let layout = Layout::of(self.graph, shape);
        match self.tile {
            Some((dim, tile)) if shape.contains(dim) => {
                let len = layout.rows * tile;
                let offset = self.scratch.take(len);
                let ptr = std::ptr::without_provenance_mut(offset * size_of::<E>());
                let strides = strides(self.graph, shape, tile);
                Temp { val: Val { ptr, strides, is_scratch: true }, len }
            }
            _ => {
                let ptr = self.pool.take(layout.len());
                let strides = strides(self.graph, shape, layout.pitch);
                Temp { val: Val { ptr, strides, is_scratch: false }, len: layout.len() }
            }
        }
    }

    pub(super) fn give_back(&mut self, temp: Temp<E>) {
        if temp.val.is_scratch {
            self.scratch.give_back(temp.val.ptr.addr() / size_of::<E>(), temp.len);
        } else {
            self.pool.give_back(temp.val.ptr, temp.len);
        }
    }

    pub(super) fn unary(&mut self, code: Code, out: &Val<E>, a: &Val<E>, shape: &Shape) {
        let over = Over::shape(shape);
        if self.has_lanes(a, over.lanes) {
            self.push(code, over, &[out, a]);
        } else if code == Code::Copy {
            self.push(Code::Splat, over, &[out, a]);
        } else {
            let a = self.spread(a, shape);
            self.push(code, over, &[out, &a.val]);
            self.give_back(a);
        }
    }

    pub(super) fn binary(
        &mut self,
        code: impl Fn(Mode) -> Code,
        out: &Val<E>,
        [a, b]: [&Val<E>; 2],
        shape: &Shape,
    ) {
        let over = Over::shape(shape);
        let mode = match (self.has_lanes(a, over.lanes), self.has_lanes(b, over.lanes)) {
            (true, true) => Mode::VV,
            (true, false) => Mode::VS,
            (false, true) => Mode::SV,
            (false, false) => {
                let a = self.spread(a, shape);
                self.push(code(Mode::VS), over, &[out, &a.val, b]);
                return self.give_back(a);
            }
        };
        self.push(code(mode), over, &[out, a, b]);
    }

    /// An elementwise op all of whose operands need lanes.
    pub(super) fn with_lanes(&mut self, code: Code, out: &Val<E>, args: &[&Val<E>], shape: &Shape) {
        let over = Over::shape(shape);
        let spread: Vec<Option<Temp<E>>> = args
            .iter()
            .map(|a| (!self.has_lanes(a, over.lanes)).then(|| self.spread(a, shape)))
            .collect();
        let mut operands = vec![out];
        operands.extend(spread.iter().zip(args).map(|(s, a)| s.as_ref().map_or(*a, |s| &s.val)));
        self.push(code, over, &operands);
        spread.into_iter().flatten().for_each(|temp| self.give_back(temp));
    }

    /// A copy with the lanes of a shape, which `a` lacks; no more rows than `a` has.
    pub(super) fn spread(&mut self, a: &Val<E>, shape: &Shape) -> Temp<E> {
        let rows = shape.dims().split_last().map_or(&[][..], |(_, rows)| rows);
        let lacking: SmallVec<[Dim; 4]> = rows.iter().copied().filter(|&d| !a.has(d)).collect();
        let shape = shape.without(&lacking);
        let temp = self.take(&shape);
        self.push(Code::Splat, Over::shape(&shape), &[&temp.val, a]);
        temp
    }

    pub(super) fn has_lanes(&self, a: &Val<E>, lanes: Option<Dim>) -> bool {
        lanes.is_none_or(|dim| a.has(dim))
    }

    pub(super) fn push(&mut self, code: Code, over: Over<'_>, vals: &[&Val<E>]) {
        self.push_gather(code, over, vals, Reach::default());
    }

    pub(super) fn push_gather(
        &mut self,
        code: Code,
        over: Over<'_>,
        vals: &[&Val<E>],
        reach: Reach,
    ) {
        let mut turns: Axes = joined(self.graph, over.outer, vals);
        let mut inner: Axes = joined(self.graph, over.inner, vals);
        debug_assert!(inner.len() <= 1, "the rows of an instruction are one run");
        if over.inner.is_empty() {
            inner.extend(turns.pop());
        }
        let inner = inner.pop().unwrap_or(Turn { count: 1, steps: [0; 4] });
        assert!(
            turns.len() <= MAX_TURNS,
            "this is a bug in Elbow: an array of too many dimensions"
        );
        let first = self.block.turns.len() as u32;
        self.block.turns.extend(turns);
        let operand = |k: usize| {
            let val = vals.get(k).unwrap_or(&vals[0]);
            Operand { ptr: val.ptr, step: inner.steps[k], place: self.place(val) }
        };
        let lanes = over.lanes.map_or(1, |d| self.graph.size(d));
        let is_tiled = self.tile.is_some_and(|(dim, _)| over.lanes == Some(dim));
        let instr = Instr {
            code,
            lanes: if is_tiled { 0 } else { lanes as u32 },
            rows: inner.count,
            turns: (first, self.block.turns.len() as u32),
            reach: self.block.reaches.len() as u32,
            operands: std::array::from_fn(operand),
        };
        self.block.code.push(instr);
        if code == Code::Gather {
            self.block.reaches.push(reach);
        }
    }

    fn place(&self, val: &Val<E>) -> Place {
        match self.tile {
            _ if val.is_scratch => Place::Scratch,
            Some((dim, _)) if val.has(dim) => Place::Streamed,
            _ => Place::Fixed,
        }
    }
}

/// Dimensions as loops, outermost first.
pub(super) type Axes<const N: usize = 4> = SmallVec<[Turn<N>; 8]>;

/// The dimensions as loops, with neighbours joined where every operand allows it.
pub(super) fn joined<E, const N: usize>(graph: &Graph, dims: &[Dim], vals: &[&Val<E>]) -> Axes<N> {
    let mut turns = Axes::new();
    for &dim in dims.iter().filter(|&&d| graph.size(d) > 1) {
        let count = graph.size(dim);
        let steps: [usize; N] =
            std::array::from_fn(|k| vals.get(k).map_or(0, |v| stride(&v.strides, dim)));
        match turns.last_mut() {
            Some(last) if (0..N).all(|k| last.steps[k] == steps[k].wrapping_mul(count)) => {
                *last = Turn { count: last.count * count as u32, steps };
            }
            _ => turns.push(Turn { count: count as u32, steps }),
        }
    }
    turns
}

/// Elements of a tile: short enough that what a loop touches stays near, long enough to be worth an instruction.
///
/// `held` are the rows of the largest tile buffer, `read` those of the largest array that is only read.
pub(super) fn tile_len(held: usize, read: usize) -> usize {
    let room = (HELD / held.max(1)).min(READ / read.max(1));
    let len = room.clamp(super::schedule::SHORTEST_TILE, LONGEST_TILE);
    len / WIDTH * WIDTH
}

const LONGEST_TILE: usize = 1024;
/// Elements of one tile buffer.
const HELD: usize = 2048;
/// Elements that one instruction reads.
const READ: usize = 12_800;
