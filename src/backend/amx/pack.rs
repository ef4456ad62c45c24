//! Operands as the tile registers want them: in parts of eight binary digits, two neighbours of a sum side by side.
//!
//! Positions i and i + 16 of 32 along the sum make a pair, whose low and high half lie in one word: no element moves within
//! its register. A tile of a has a row of 16 pairs for each of 16 positions of its own side; a tile of b has them the other
//! way round.

use super::Operand;
use super::block::SIDE;
use std::arch::x86_64::*;

/// Positions along the sum in one tile.
pub(super) const DEPTH: usize = 2 * SIDE;
/// Tiles for 32 positions of an operand's own side and 32 of the sum: three parts of two.
pub(super) const PAIR: usize = 6;
const PARTS: usize = 3;
/// Tiles along the sum that are fetched ahead.
const AHEAD: usize = 2;

/// What one register holds.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
pub(super) struct Tile([[u32; SIDE]; SIDE]);

impl Tile {
    pub(super) const ZERO: Self = Self([[0; SIDE]; SIDE]);
}

/// What a row of a tile is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// A position of the operand's own side, as in a.
    Own,
    /// A pair of positions along the sum, as in b.
    Summed,
}

/// What packed numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    /// Numbers of eight digits: the first parts are all there is, and the other parts stay as they were.
    Few,
    All,
}

/// A strip of 32 positions of an operand's own side after the other, in `PAIR` tiles per 32 positions of the sum. None if a
/// number is infinite, or none, or too close to the largest one to be rounded.
///
/// # Safety
/// The machine has AVX-512, and the operand is there.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn pack(
    from: Operand,
    own: usize,
    depth: usize,
    rows: Rows,
    to: &mut [Tile],
) -> Option<Digits> {
    // SAFETY: as the caller promises.
    unsafe {
        if pack_parts::<1>(from, own, depth, rows, to) {
            return Some(Digits::Few);
        }
        pack_parts::<PARTS>(from, own, depth, rows, to).then_some(Digits::All)
    }
}

/// Packs that many parts; whether no more are needed. Stops where they prove too few.
#[target_feature(enable = "avx512f")]
unsafe fn pack_parts<const N: usize>(
    from: Operand,
    own: usize,
    depth: usize,
    rows: Rows,
    to: &mut [Tile],
) -> bool {
    let natural = if from.depth_step == 1 { Rows::Own } else { Rows::Summed };
    let (blocks, chunks) = (own.div_ceil(2 * SIDE) * 2, depth.div_ceil(DEPTH));
    for number in 0..blocks * chunks {
        // As the elements lie.
        let (block, chunk) = match natural {
            Rows::Own => (number / chunks, number % chunks),
            Rows::Summed => (number % blocks, number / blocks),
        };
        let at = from.from(block * SIDE, chunk * DEPTH);
        let left = [own.saturating_sub(block * SIDE), depth - chunk * DEPTH];
        let tiles = &mut to[(block / 2 * chunks + chunk) * PAIR + block % 2..][..2 * PARTS - 1];
        // SAFETY: as the caller promises.
        if !unsafe { tile::<N>(at, left, natural, tiles) } {
            return false;
        }
        if natural != rows {
            for part in 0..N {
                transpose(&mut tiles[2 * part]);
            }
        }
    }
    true
}

/// The first so many of 16 lanes.
#[inline]
fn first(count: usize) -> __mmask16 {
    if count < SIDE { (1 << count) - 1 } else { !0 }
}

/// N parts of a tile, in every second one of `to`, with rows along which elements are neighbours; 0 beyond what is left of
/// the own side and of the sum. Whether no more parts are needed.
#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn tile<const N: usize>(
    from: Operand,
    [own, depth]: [usize; 2],
    natural: Rows,
    to: &mut [Tile],
) -> bool {
    let later = depth.saturating_sub(SIDE);
    // Lanes of the two halves of a row, and how many rows have them.
    let (step, half, lanes, rows) = match natural {
        Rows::Own => (from.step, SIDE, [first(depth), first(later)], [own; 2]),
        Rows::Summed => (from.depth_step, SIDE * from.depth_step, [first(own); 2], [depth, later]),
    };
    let ahead = AHEAD * DEPTH * from.depth_step;
    let mut rest = 0;
    for row in 0..SIDE {
        let low = from.at.wrapping_add(row * step);
        let high = low.wrapping_add(half);
        _mm_prefetch::<_MM_HINT_T0>(low.wrapping_add(ahead).cast());
        _mm_prefetch::<_MM_HINT_T0>(high.wrapping_add(ahead).cast());
        // SAFETY: as the caller promises; lanes that the masks leave out are not read.
        let pair = unsafe {
            [
                _mm512_maskz_loadu_ps(if row < rows[0] { lanes[0] } else { 0 }, low),
                _mm512_maskz_loadu_ps(if row < rows[1] { lanes[1] } else { 0 }, high),
            ]
        };
        rest |= split::<N>(pair, row, to);
    }
    rest == 0
}

/// Two registers in N parts, which become a row of every second tile. Lanes that N parts do not make up are set in what is
/// returned: those with more digits, and those that are no finite number.
#[target_feature(enable = "avx512f")]
#[inline]
fn split<const N: usize>(pair: [__m512; 2], row: usize, to: &mut [Tile]) -> __mmask16 {
    let half = _mm512_set1_epi32(0x8000);
    let leading = _mm512_set1_epi32(0xffff_0000_u32.cast_signed());
    let [mut low, mut high] = pair;
    for part in 0..N {
        let (mut x, mut y) = (_mm512_castps_si512(low), _mm512_castps_si512(high));
        // The last part has no more than eight digits left.
        if part + 1 < PARTS {
            (x, y) = (_mm512_add_epi32(x, half), _mm512_add_epi32(y, half));
        }
        let (top_x, top_y) = (_mm512_and_si512(x, leading), _mm512_and_si512(y, leading));
        let word = _mm512_or_si512(_mm512_srli_epi32::<16>(x), top_y);
        // SAFETY: a row has as many bytes as a register.
        unsafe { _mm512_store_si512(to[2 * part].0[row].as_mut_ptr().cast(), word) };
        low = _mm512_sub_ps(low, _mm512_castsi512_ps(top_x));
        high = _mm512_sub_ps(high, _mm512_castsi512_ps(top_y));
    }
    let rest = _mm512_or_si512(_mm512_castps_si512(low), _mm512_castps_si512(high));
    _mm512_test_epi32_mask(rest, rest)
}

/// Rows and columns exchanged: neighbours of one, two, four and eight rows, one after the other.
#[target_feature(enable = "avx512f")]
fn transpose(tile: &mut Tile) {
    let mut x = [_mm512_setzero_si512(); SIDE];
    for (i, row) in tile.0.iter().enumerate() {
        // SAFETY: a row has as many bytes as a register.
        x[i] = unsafe { _mm512_load_si512(row.as_ptr().cast()) };
    }
    let mut y = x;
    for i in (0..SIDE).step_by(2) {
        y[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
        y[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
    }
    // Of row 4 i + j: columns j, j + 4, … of the four rows from 4 i on.
    for i in (0..SIDE).step_by(4) {
        x[i] = _mm512_unpacklo_epi64(y[i], y[i + 2]);
        x[i + 1] = _mm512_unpackhi_epi64(y[i], y[i + 2]);
        x[i + 2] = _mm512_unpacklo_epi64(y[i + 1], y[i + 3]);
        x[i + 3] = _mm512_unpackhi_epi64(y[i + 1], y[i + 3]);
    }
    for i in 0..4 {
        y[i] = _mm512_shuffle_i32x4::<0x88>(x[i], x[i + 4]);
        y[i + 4] = _mm512_shuffle_i32x4::<0xdd>(x[i], x[i + 4]);
        y[i + 8] = _mm512_shuffle_i32x4::<0x88>(x[i + 8], x[i + 12]);
        y[i + 12] = _mm512_shuffle_i32x4::<0xdd>(x[i + 8], x[i + 12]);
    }
    for i in 0..8 {
        x[i] = _mm512_shuffle_i32x4::<0x88>(y[i], y[i + 8]);
        x[i + 8] = _mm512_shuffle_i32x4::<0xdd>(y[i], y[i + 8]);
    }
    for (i, row) in tile.0.iter_mut().enumerate() {
        // SAFETY: as above.
        unsafe { _mm512_store_si512(row.as_mut_ptr().cast(), x[i]) };
    }
}
