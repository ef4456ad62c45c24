//! The instructions of a kernel: one vector op over the lanes of some rows.
//!
//! A row is a contiguous run of lanes; an instruction does the same to every row that its odometer reaches. An operand
//! without lanes is one element per row.

use crate::ir::{Binary, Reduce, Unary};

/// How the two operands of a binary op lie: V has lanes, S is one element per row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    VV,
    VS,
    SV,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Unary(Unary),
    Copy,
    /// Repeats one element along the lanes.
    Splat,
    /// 0 in place of an infinity: what may be subtracted before `exp`.
    Finite,
    Binary(Binary, Mode),
    /// exp(a − b), b with lanes
    ExpSub,
    /// `a ≠ 0 ? b : c`, all with lanes.
    Select,
    /// Folds the rows of `a` lane by lane into one row.
    Rows(Reduce),
    /// Σ over rows of a·b, lane by lane; b may be one element per row.
    RowsDot(Mode),
    /// The position of the largest row, lane by lane.
    RowsArgMax,
    /// Running sums over rows.
    RowsCumsum,
    /// Folds the lanes of each row into one element, or, if true, into the accumulator of the chunk.
    Lanes(Reduce, bool),
    /// Σ over lanes of a·b, to where `Lanes` goes.
    LanesDot(bool),
    /// Elements of `a` at the positions that `b` and `c` hold; see `Reach`.
    Gather,
}

/// What a pointer means in a loop over tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The same in every tile.
    Fixed,
    /// An array that is streamed: it moves on with the tile.
    Streamed,
    /// A tile buffer: every chunk has its own.
    Scratch,
    /// An array that is streamed, of which every chunk has its own.
    Partial,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Operand<E> {
    pub(super) ptr: *mut E,
    /// Elements from one row to the next; wraps.
    pub(super) step: usize,
    pub(super) place: Place,
}

/// One outer dimension of an instruction: how often, and how far each operand moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn<const N: usize = 4> {
    pub(super) count: u32,
    pub(super) steps: [usize; N],
}

/// How a gather reads: `a[lane · stride + Σ index · step]`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reach {
    /// Elements of `a` from one lane to the next.
    pub(super) stride: usize,
    /// Of the first and the second index.
    pub(super) by: [Option<Position>; 2],
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    /// Elements of `a` from one position to the next.
    pub(super) step: usize,
    /// Positions there are: what is held is clamped below this.
    pub(super) size: usize,
    /// Whether the index has lanes, or is one element per row.
    pub(super) lanes: bool,
}

/// One vector op. `operands` are the result, then a, b and c; those that the code does not use are copies of the result.
///
/// Only `emit` makes these. It sees to it that for every row, each operand with lanes has `lanes`, rounded up to whole
/// vectors, elements behind its pointer that live as long as the kernel, and that rows are written before they are read.
#[derive(Clone, Debug)]
pub(super) struct Instr<E> {
    pub(super) code: Code,
    /// Elements per row; 0 where the tile says.
    pub(super) lanes: u32,
    pub(super) rows: u32,
    /// A range of `Block::turns`, outermost first.
    pub(super) turns: (u32, u32),
    /// A row of `Block::reaches`.
    pub(super) reach: u32,
    pub(super) operands: [Operand<E>; 4],
}

/// A straight run of instructions.
#[derive(Clone, Debug)]
pub(super) struct Block<E> {
    pub(super) code: Vec<Instr<E>>,
    pub(super) turns: Vec<Turn>,
    pub(super) reaches: Vec<Reach>,
}

impl<E> Default for Block<E> {
    fn default() -> Self {
        Self { code: Vec::new(), turns: Vec::new(), reaches: Vec::new() }
    }
}

/// Where in a loop a block runs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tile {
    /// First element along the streaming dimension.
    pub(super) start: usize,
    /// Elements of the tile.
    pub(super) lanes: usize,
    /// Elements from the scratch memory of chunk 0 to that of this chunk.
    pub(super) scratch: usize,
    /// Likewise of partial arrays.
    pub(super) partial: usize,
    pub(super) rows: Share,
}

/// Instructions of several rows do the part number `part` of `of`; all of them where `of` is 0.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    pub(super) part: usize,
    pub(super) of: usize,
}

impl Share {
    /// Of so many rows, if it is a share: the first one, and how many.
    #[inline(always)]
    pub(super) fn of(self, rows: usize) -> (usize, usize) {
        if rows == 1 {
            return (0, rows);
        }
        let first = rows * self.part / self.of;
        (first, rows * (self.part + 1) / self.of - first)
    }
}
