//! 32 x 32 elements of a result: two tiles of a times two of b, summed up in four registers.

use super::pack::{Digits, PAIR, Tile};
use std::arch::asm;

/// Rows of a tile; and columns, of 32 bits each.
pub(super) const SIDE: usize = 16;

/// What the registers hold, in the form that `ldtilecfg` reads.
#[repr(C, align(64))]
struct Config {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

static CONFIG: Config = {
    let (mut row_bytes, mut rows) = ([0; 16], [0; 16]);
    let mut register = 0;
    while register < 8 {
        row_bytes[register] = 64;
        rows[register] = SIDE as u8;
        register += 1;
    }
    Config { palette: 1, start_row: 0, reserved: [0; 14], row_bytes, rows }
};

/// The tile registers of this thread in use, until this is dropped: a register that is in use is saved whenever the system
/// switches between threads.
pub(super) struct InUse(());

impl InUse {
    /// # Safety
    /// The registers are there, and the process may use them.
    pub(super) unsafe fn new() -> Self {
        // SAFETY: the configuration is valid; the rest is as the caller promises.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const CONFIG, options(nostack, readonly)) };
        Self(())
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        // SAFETY: the registers are there, since they are in use.
        unsafe { asm!("tilerelease", options(nostack, nomem)) };
    }
}

/// Loads two tiles of a part of a, or of b: the parts lie 2 KiB apart, the tiles of a part 1 KiB.
macro_rules! load {
    (a $part:literal) => {
        load!("4", "5", "a", $part)
    };
    (b $part:literal) => {
        load!("6", "7", "b", $part)
    };
    ($first:literal, $second:literal, $of:literal, $part:literal) => {
        concat!(
            "tileloadd tmm",
            $first,
            ", [{",
            $of,
            "} + {row} + 2048 * ",
            $part,
            "]\n",
            "tileloadd tmm",
            $second,
            ", [{",
            $of,
            "} + {row} + 2048 * ",
            $part,
            " + 1024]\n",
        )
    };
}

/// Adds the products of the loaded tiles.
macro_rules! multiply {
    () => {
        "tdpbf16ps tmm0, tmm4, tmm6
         tdpbf16ps tmm1, tmm4, tmm7
         tdpbf16ps tmm2, tmm5, tmm6
         tdpbf16ps tmm3, tmm5, tmm7\n"
    };
}

/// `block!(/// doc
/// name: [a i b j] [b k] …)` loads the named parts, multiplies, loads the next ones, and so on, for one pair of tiles after
/// the other along the sum.
macro_rules! block {
    ($(#[$meta:meta])* $name:ident: $([$($of:ident $part:literal)*])*) => {
        $(#[$meta])*
        unsafe fn $name(a: *const Tile, b: *const Tile, pairs: usize, out: *mut f32, step: usize, adds: bool) {
            // SAFETY: the registers are in use, and the places are there, as the caller promises.
            unsafe {
                asm!(
                    "test {adds}, {adds}",
                    "jz 2f",
                    "tileloadd tmm0, [{out} + {step}]",
                    "tileloadd tmm1, [{out} + {step} + 64]",
                    "tileloadd tmm2, [{below} + {step}]",
                    "tileloadd tmm3, [{below} + {step} + 64]",
                    "jmp 3f",
                    "2:",
                    "tilezero tmm0",
                    "tilezero tmm1",
                    "tilezero tmm2",
                    "tilezero tmm3",
                    "3:",
                    $($(load!($of $part),)* multiply!(),)*
                    "add {a}, 6144",
                    "add {b}, 6144",
                    "dec {pairs}",
                    "jnz 3b",
                    "tilestored [{out} + {step}], tmm0",
                    "tilestored [{out} + {step} + 64], tmm1",
                    "tilestored [{below} + {step}], tmm2",
                    "tilestored [{below} + {step} + 64], tmm3",
                    a = inout(reg) a => _,
                    b = inout(reg) b => _,
                    pairs = inout(reg) pairs => _,
                    row = in(reg) 64_usize,
                    out = in(reg) out,
                    below = in(reg) out.wrapping_add(SIDE * step),
                    step = in(reg) step * size_of::<f32>(),
                    adds = in(reg) usize::from(adds),
                    out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                    out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                    options(nostack),
                );
            }
        }
    };
}

block!(
    /// The six largest products of three parts of both, small ones first.
    both: [a 0 b 2] [b 1] [a 1] [b 0] [a 2] [a 0]
);
block!(
    /// a is its first part.
    b_alone: [a 0 b 2] [b 1] [b 0]
);
block!(
    /// b is its first part.
    a_alone: [b 0 a 2] [a 1] [a 0]
);
block!(
    /// Both are their first parts.
    neither: [a 0 b 0]
);

/// Two rows of tiles to be multiplied.
#[derive(Clone, Copy)]
pub(super) struct Strip {
    pub(super) at: *const Tile,
    pub(super) digits: Digits,
}

/// Writes 32 x 32 elements of a result, or adds to them: the product of so many pairs of tiles, `PAIR` tiles apart.
///
/// # Safety
/// Registers are in use, operands and result are there, rows of the result are `step` apart.
pub(super) unsafe fn block(
    a: Strip,
    b: Strip,
    pairs: usize,
    out: *mut f32,
    step: usize,
    adds: bool,
) {
    const { assert!(PAIR * size_of::<Tile>() == 6144, "as the block has it") };
    let block = match (a.digits, b.digits) {
        (Digits::All, Digits::All) => both,
        (Digits::Few, Digits::All) => b_alone,
        (Digits::All, Digits::Few) => a_alone,
        (Digits::Few, Digits::Few) => neither,
    };
    // SAFETY: as the caller promises; there is at least one pair.
    unsafe { block(a.at, b.at, pairs.max(1), out, step, adds) }
}
