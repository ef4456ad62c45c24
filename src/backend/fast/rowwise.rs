//! Loops that are cut along their rows rather than along their lanes.
//!
//! Chunks of lanes are pieces of every row, so that two threads write by turns to the same pages, and each fetches ahead what
//! the other one owns: on arrays of a few hundred lanes two threads were then slower than one. Chunks of rows lie apart.

use super::instr::{Block, Code, Instr, Place};
use super::layout::WIDTH;
use crate::backend::simd::Lane;
use crate::ir::Reduce;

/// Rows from which on a loop may be cut along them.
const LEAST_ROWS: usize = 16;
/// Lanes from which on chunks of lanes lie far enough apart.
const WIDE: usize = 8192;

/// Whether loops over so many rows and lanes are cut along their rows where they can be.
pub(super) fn is_tall(rows: usize, lanes: usize) -> bool {
    rows >= LEAST_ROWS && lanes < WIDE
}

/// The instructions that add up rows into an array which outlives the loop, where every row of a block can be computed without
/// the others, and nothing but such sums needs all of them.
pub(super) fn sums_of_rows<E: Lane>(
    block: &Block<E>,
    lanes: usize,
    tile: usize,
) -> Option<Vec<usize>> {
    let rows = block.code.iter().map(|instr| instr.rows as usize).max()?;
    if !is_tall(rows, lanes) {
        return None;
    }
    let mut sums = vec![];
    let (mut earlier, mut read): (Vec<Access>, Vec<Access>) = (vec![], vec![]);
    for (at, instr) in block.code.iter().enumerate() {
        if instr.turns.0 < instr.turns.1 {
            return None;
        }
        let use_of = Use::of(instr)?;
        let [result, args @ ..] = &operands(instr, use_of, lanes, tile)?[..] else { return None };
        if !args.iter().all(|arg| arg.finds(&earlier, use_of)) {
            return None;
        }
        match (result.kind, result.place) {
            (Kind::Sum, Place::Streamed) => sums.push(at),
            (Kind::Row, _) | (_, Place::Scratch) => {}
            _ => return None,
        }
        earlier.push(*result);
        read.extend(args);
    }
    // Other chunks are elsewhere in the block.
    let mut outside = earlier.iter().filter(|a| a.place != Place::Scratch);
    let meets = |a: &Access| earlier.iter().chain(&read).any(|b| a != b && a.overlaps(b));
    (!outside.any(meets)).then_some(sums)
}

/// What an instruction does with rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Each result from its own row, of so many arguments.
    Each(usize),
    /// Adds up rows.
    Sums(usize),
    /// Adds the lanes of what may be a sum of rows to the accumulator of the chunk.
    Ends,
}

impl Use {
    fn of<E>(instr: &Instr<E>) -> Option<Self> {
        let is_single = instr.rows == 1;
        Some(match instr.code {
            Code::Unary(_) | Code::Copy | Code::Splat | Code::Finite => Self::Each(1),
            Code::Binary(..) | Code::ExpSub => Self::Each(2),
            Code::Select => Self::Each(3),
            Code::Rows(Reduce::Sum) if !is_single => Self::Sums(1),
            Code::RowsDot(_) if !is_single => Self::Sums(2),
            Code::Lanes(Reduce::Sum, true) if is_single => Self::Ends,
            Code::Lanes(..) if !is_single => Self::Each(1),
            Code::LanesDot(_) if !is_single => Self::Each(2),
            _ => return None,
        })
    }
}

/// How memory moves with the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Each row has its own.
    Row,
    /// All rows have the same.
    Shared,
    /// All rows are added up there.
    Sum,
    /// The accumulator of a chunk.
    Accumulator,
}

/// Addresses that an operand takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Access {
    kind: Kind,
    place: Place,
    from: usize,
    to: usize,
    step: usize,
}

impl Access {
    /// Whether the two may be the same memory.
    fn overlaps(&self, other: &Self) -> bool {
        let is_scratch = |a: &Self| a.place == Place::Scratch;
        is_scratch(self) == is_scratch(other) && self.from < other.to && other.from < self.to
    }

    /// Whether a chunk of rows finds here what it wrote itself, or what is not written at all.
    fn finds(&self, earlier: &[Self], use_of: Use) -> bool {
        let Some(written) = earlier.iter().rev().find(|a| a.overlaps(self)) else {
            return use_of != Use::Ends;
        };
        match use_of {
            Use::Ends => written.kind == Kind::Sum && self.place == Place::Scratch,
            _ => match self.kind {
                Kind::Row => written == self,
                _ => written.kind == Kind::Shared,
            },
        }
    }
}

/// The result of an instruction, then its arguments; `None` where rows lie backwards, or results on one another.
fn operands<E: Lane>(
    instr: &Instr<E>,
    use_of: Use,
    lanes: usize,
    tile: usize,
) -> Option<Vec<Access>> {
    let count = match use_of {
        Use::Each(count) | Use::Sums(count) => count,
        Use::Ends => 1,
    };
    let mut all = (0..=count).map(|k| access(instr, k, lanes, tile)).collect::<Option<Vec<_>>>()?;
    all[0].kind = match (use_of, all[0].kind) {
        (Use::Sums(_), _) => Kind::Sum,
        (Use::Ends, _) => Kind::Accumulator,
        (Use::Each(_), Kind::Shared) if instr.rows > 1 => return None,
        (_, kind) => kind,
    };
    Some(all)
}

fn access<E: Lane>(instr: &Instr<E>, k: usize, lanes: usize, tile: usize) -> Option<Access> {
    let operand = &instr.operands[k];
    let lanes = match (instr.lanes, operand.place) {
        (0, Place::Streamed) => lanes,
        (0, _) => tile,
        (own, _) => own as usize,
    };
    let further = operand.step.checked_mul(instr.rows as usize - 1)?;
    let bytes = lanes.next_multiple_of(WIDTH).checked_add(further)?.checked_mul(size_of::<E>())?;
    let from = operand.ptr.addr();
    Some(Access {
        kind: if instr.rows > 1 && operand.step > 0 { Kind::Row } else { Kind::Shared },
        place: operand.place,
        from,
        to: from.checked_add(bytes)?,
        step: operand.step,
    })
}
