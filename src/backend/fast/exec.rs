//! The interpreter: runs a block of instructions at one tile. Compiled whole for each instruction set, so that nothing is
//! dispatched but the instruction itself.

use super::gather::gather;
use super::instr::{Block, Code, Instr, Mode, Place, Tile, Turn};
use super::lanes;
use super::rows::{self, Rows};
use crate::backend::simd::{Isa, Lane, elementwise, kernel};
use crate::ir::{Binary, Reduce, Unary};

/// Dimensions, beyond the inner row loop and the lanes, that an instruction may have.
pub(super) const MAX_TURNS: usize = 28;

kernel! {
    /// Runs the instructions in order.
    fn execute<E, F>(own: Isa, block: &Block<E>, tile: Tile) {
        for instr in &block.code {
            let mut rows = place(instr, &tile);
            let turns = &block.turns[instr.turns.0 as usize..instr.turns.1 as usize];
            if turns.is_empty() {
                // SAFETY: `emit` vouches for the operands of every instruction, see `Instr`.
                unsafe { step::<E, F>(own, block, instr, &rows) };
                continue;
            }
            let mut counts = [0; MAX_TURNS];
            loop {
                // SAFETY: as above; the odometer visits the rows that `emit` laid out.
                unsafe { step::<E, F>(own, block, instr, &rows) };
                if !advance(turns, &mut counts, &mut rows.ptr) {
                    break;
                }
            }
        }
    }
}

/// Where the operands of an instruction lie in this tile.
#[inline(always)]
fn place<E: Lane>(instr: &Instr<E>, tile: &Tile) -> Rows<E> {
    let shift = |place: Place| match place {
        Place::Fixed => 0,
        Place::Streamed => tile.start,
        Place::Scratch => tile.scratch,
        Place::Partial => tile.start + tile.partial,
    };
    let o = &instr.operands;
    let (start, lanes) = match instr.lanes {
        0 => (tile.start, tile.lanes),
        lanes => (0, lanes as usize),
    };
    let mut rows = Rows {
        ptr: std::array::from_fn(|k| o[k].ptr.wrapping_add(shift(o[k].place))),
        step: std::array::from_fn(|k| o[k].step),
        count: instr.rows as usize,
        lanes,
        start,
    };
    if tile.rows.of > 0 {
        let (first, count) = tile.rows.of(rows.count);
        rows.ptr = std::array::from_fn(|k| rows.at(k, first));
        rows.count = count;
    }
    rows
}

/// Moves to the next row of the outer dimensions; false after the last one.
#[inline(always)]
fn advance<E>(turns: &[Turn], counts: &mut [u32; MAX_TURNS], ptr: &mut [*mut E; 4]) -> bool {
    for (turn, count) in turns.iter().zip(counts).rev() {
        *count += 1;
        let back = if *count < turn.count { 0 } else { turn.count as usize };
        for (p, &step) in ptr.iter_mut().zip(&turn.steps) {
            *p = p.wrapping_add(step).wrapping_sub(step.wrapping_mul(back));
        }
        if back == 0 {
            return true;
        }
        *count = 0;
    }
    false
}

/// # Safety
/// The operands are as `Instr` says.
#[inline(always)]
unsafe fn step<E: Lane, const F: bool>(isa: Isa, block: &Block<E>, instr: &Instr<E>, r: &Rows<E>) {
    // SAFETY: every arm passes on what the caller promised.
    unsafe {
        match instr.code {
            Code::Unary(op) => unary::<E, F>(isa, op, r),
            Code::Binary(op, mode) => binary::<E, F>(isa, op, mode, r),
            Code::Copy => rows::map(r, |x| x),
            Code::Splat => rows::splat(r),
            Code::Finite => rows::map(r, lanes::finite),
            Code::ExpSub => rows::both(r, |a, b| (a - b).exp::<F>()),
            Code::Select => rows::select(r),
            Code::Rows(how) => fold_rows(how, r),
            Code::RowsDot(mode) => rows::dot_rows::<E, F>(r, mode == Mode::VS),
            Code::RowsArgMax => rows::arg_max_rows(r),
            Code::RowsCumsum => rows::cumsum_rows(r),
            Code::Lanes(how, is_chunked) => fold_lanes::<E, F>(how, r, is_chunked),
            Code::LanesDot(is_chunked) => lanes::lanes_dot(r, |out, x| {
                if is_chunked {
                    *out.cast::<f64>() += x.to_f64();
                } else {
                    *out = x;
                }
            }),
            Code::Gather => gather(isa, *r, block.reaches[instr.reach as usize]),
        }
    }
}

/// # Safety
/// As `step`.
#[inline(always)]
unsafe fn unary<E: Lane, const F: bool>(isa: Isa, op: Unary, r: &Rows<E>) {
    // SAFETY: promised by the caller; `is_called` keeps the result of a call apart from its argument.
    unsafe {
        match op {
            Unary::Neg => rows::map(r, |x| -x),
            Unary::Exp => rows::map(r, |x| x.exp::<F>()),
            Unary::Ln => rows::map(r, |x| x.ln::<F>()),
            Unary::Log1p => rows::map(r, |x| x.log1p::<F>()),
            Unary::Sqrt => rows::map(r, |x| x.sqrt()),
            Unary::Square => rows::map(r, |x| x * x),
            Unary::Recip => rows::map(r, |x| E::ONE / x),
            Unary::Sigmoid => rows::map(r, |x| x.sigmoid::<F>()),
            Unary::Softplus => rows::map(r, |x| x.softplus::<F>()),
            op => rows::call(r, |out, x| elementwise::unary(isa, op, out, x)),
        }
    }
}

/// Whether a unary op is a call: its result must not lie where its argument lies.
pub(super) fn is_called(op: Unary) -> bool {
    use Unary::{Exp, Ln, Log1p, Neg, Recip, Sigmoid, Softplus, Sqrt, Square};
    !matches!(op, Neg | Exp | Ln | Log1p | Sqrt | Square | Recip | Sigmoid | Softplus)
}

/// # Safety
/// As `step`; ops other than the four of arithmetic have lanes on both sides.
#[inline(always)]
unsafe fn binary<E: Lane, const F: bool>(isa: Isa, op: Binary, mode: Mode, r: &Rows<E>) {
    let truth = |yes: bool| if yes { E::ONE } else { E::ZERO };
    // SAFETY: promised by the caller.
    unsafe {
        match op {
            Binary::Add => arms(mode, r, |a, b| a + b),
            Binary::Sub => arms(mode, r, |a, b| a - b),
            Binary::Mul => arms(mode, r, |a, b| a * b),
            Binary::Div => arms(mode, r, |a, b| a / b),
            Binary::Pow => rows::call_both(r, |out, a, b| elementwise::pow(isa, out, a, b)),
            Binary::Max => rows::both(r, E::maximum),
            Binary::Min => rows::both(r, E::minimum),
            Binary::Lt => rows::both(r, |a, b| truth(a < b)),
            Binary::Le => rows::both(r, |a, b| truth(a <= b)),
            Binary::Eq => rows::both(r, |a, b| truth(a == b)),
        }
    }
}

/// Whether a binary op has a form for one element per row.
pub(super) fn is_arithmetic(op: Binary) -> bool {
    matches!(op, Binary::Add | Binary::Sub | Binary::Mul | Binary::Div)
}

/// # Safety
/// As `step`.
#[inline(always)]
unsafe fn arms<E: Lane>(mode: Mode, r: &Rows<E>, f: impl Fn(E, E) -> E) {
    // SAFETY: promised by the caller.
    unsafe {
        match mode {
            Mode::VV => rows::both(r, f),
            Mode::VS => rows::with_single(r, 1, 2, f),
            Mode::SV => rows::with_single(r, 2, 1, |b, a| f(a, b)),
        }
    }
}

/// # Safety
/// As `step`; log-sum-exp over rows is emitted as several instructions.
#[inline(always)]
unsafe fn fold_rows<E: Lane>(how: Reduce, r: &Rows<E>) {
    // SAFETY: promised by the caller.
    unsafe {
        match how {
            Reduce::Sum | Reduce::LogSumExp => rows::fold_rows(r, E::ZERO, |a, b| a + b),
            Reduce::Prod => rows::fold_rows(r, E::ONE, |a, b| a * b),
            Reduce::Max => rows::fold_rows(r, -E::INFINITY, E::maximum),
            Reduce::Min => rows::fold_rows(r, E::INFINITY, E::minimum),
        }
    }
}

/// Folds over lanes: to the result, or, if `is_chunked`, to an accumulator in f64 (two of them for log-sum-exp).
///
/// # Safety
/// As `step`; results are as `is_chunked` says.
#[inline(always)]
unsafe fn fold_lanes<E: Lane, const F: bool>(how: Reduce, r: &Rows<E>, is_chunked: bool) {
    let put = |out: *mut E, x: E| {
        if is_chunked {
            let out = out.cast::<f64>();
            // SAFETY: promised by the caller.
            unsafe { *out = join(how, [*out, 0.0], [x.to_f64(), 0.0])[0] };
        } else {
            // SAFETY: promised by the caller.
            unsafe { *out = x };
        }
    };
    // SAFETY: promised by the caller.
    unsafe {
        match how {
            Reduce::Sum => lanes::lanes(r, E::ZERO, |a, b| a + b, put),
            Reduce::Prod => lanes::lanes(r, E::ONE, |a, b| a * b, put),
            Reduce::Max => lanes::lanes(r, -E::INFINITY, E::maximum, put),
            Reduce::Min => lanes::lanes(r, E::INFINITY, E::minimum, put),
            Reduce::LogSumExp => lanes::lanes_log_sum_exp::<E, F>(r, |out, top, sum| {
                if is_chunked {
                    let out = out.cast::<[f64; 2]>();
                    *out = join(how, *out, [top.to_f64(), sum.to_f64()]);
                } else {
                    *out = lanes::finite(top) + sum.ln::<F>();
                }
            }),
        }
    }
}

/// Joins two partial folds; the second numbers are for log-sum-exp, (largest, Σ exp(x − largest)).
#[inline(always)]
pub(super) fn join(how: Reduce, a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    match how {
        Reduce::Sum => [a[0] + b[0], 0.0],
        Reduce::Prod => [a[0] * b[0], 0.0],
        Reduce::Max => [Lane::maximum(a[0], b[0]), 0.0],
        Reduce::Min => [Lane::minimum(a[0], b[0]), 0.0],
        Reduce::LogSumExp => join_log_sums(a, b),
    }
}

/// Of two (largest, Σ exp(x − largest)); an infinite largest counts as 0 there.
#[inline(never)]
fn join_log_sums(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    let top = Lane::maximum(a[0], b[0]);
    let scaled = |[t, s]: [f64; 2]| {
        if s == 0.0 { s } else { s * (lanes::finite(t) - lanes::finite(top)).exp() }
    };
    [top, scaled(a) + scaled(b)]
}
