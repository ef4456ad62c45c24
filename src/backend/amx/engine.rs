//! A product, strip by strip: what of a is multiplied often is packed once and stays in the cache, b is packed as it is used.

use super::Product;
use super::block::{InUse, SIDE, Strip, block};
use super::pack::{DEPTH, PAIR, Rows, Tile, pack};
use std::arch::x86_64::*;
use std::cell::RefCell;
use std::ops::Range;

/// Both sides of a block.
const BLOCK: usize = 2 * SIDE;
/// Pairs of tiles along the sum that are multiplied in one go, at most.
const DEEPEST: usize = 32;
/// Pairs of tiles of a that stay in the cache of a processor, 6 KiB each.
const KEPT: usize = 128;
/// Pairs of tiles of b that are packed in one go, if one strip has fewer: what lies side by side is read in one go.
const GROUP: usize = 32;

/// Whether the machine has tile registers for bfloat16 beside AVX-512, and the system lets this process use them.
pub(super) fn are_there() -> bool {
    const BF16: u32 = 1 << 22;
    const TILE: u32 = 1 << 24;
    /// "Request permission for an extended state component", and the component of the tile registers.
    const ARCH_REQ_XCOMP_PERM: libc::c_long = 0x1023;
    const XTILEDATA: libc::c_long = 18;
    let features = __cpuid_count(7, 0).edx;
    // SAFETY: the request changes nothing but what this process may use.
    let is_granted =
        || unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XTILEDATA) == 0 };
    features & BF16 != 0
        && features & TILE != 0
        && std::is_x86_feature_detected!("avx512f")
        && is_granted()
}

thread_local! {
    static PACKED: RefCell<Vec<Tile>> = const { RefCell::new(vec![]) };
}

/// Ranges of at most so many out of `count`, as even as multiples of `unit` allow.
fn spans(count: usize, most: usize, unit: usize) -> impl Iterator<Item = Range<usize>> {
    let parts = count.div_ceil(most);
    let length = count.div_ceil(parts).next_multiple_of(unit);
    (0..count).step_by(length).map(move |at| at..count.min(at + length))
}

/// # Safety
/// As `Tiles::multiply`; the tile registers are there.
pub(super) unsafe fn multiply(product: Product) -> bool {
    // SAFETY: as the caller promises.
    let _in_use = unsafe { InUse::new() };
    PACKED.with_borrow_mut(|packed| {
        spans(product.depth, DEEPEST * DEPTH, DEPTH).all(|depths| {
            let pairs = depths.len().div_ceil(DEPTH);
            let most = (KEPT / pairs).max(1) * BLOCK;
            spans(product.rows, most, BLOCK).all(|rows| {
                let part = product.part(rows, depths.clone());
                // SAFETY: as the caller promises.
                unsafe { part.strips(packed, pairs) }.is_some()
            })
        })
    })
}

impl Product {
    fn part(self, rows: Range<usize>, depths: Range<usize>) -> Self {
        Self {
            rows: rows.len(),
            depth: depths.len(),
            out: self.out.wrapping_add(rows.start * self.step),
            a: self.a.from(rows.start, depths.start),
            b: self.b.from(0, depths.start),
            adds: self.adds || depths.start > 0,
            ..self
        }
    }

    /// All rows times one strip of 32 columns after the other. None if an operand cannot be packed.
    ///
    /// # Safety
    /// As `multiply`; tile registers are in use.
    unsafe fn strips(self, packed: &mut Vec<Tile>, pairs: usize) -> Option<()> {
        let length = pairs * PAIR;
        let strips = self.rows.div_ceil(BLOCK);
        let group = (GROUP / pairs).max(1);
        packed.resize(packed.len().max((strips + group) * length), Tile::ZERO);
        let (b_tiles, a_tiles) = packed.split_at_mut(group * length);
        // SAFETY: as the caller promises; who has tile registers has AVX-512.
        let digits_a = unsafe { pack(self.a, self.rows, self.depth, Rows::Own, a_tiles) }?;
        for columns in spans(self.columns, group * BLOCK, BLOCK) {
            let from = self.b.from(columns.start, 0);
            // SAFETY: as above.
            let digits = unsafe { pack(from, columns.len(), self.depth, Rows::Summed, b_tiles) }?;
            for (i, a) in a_tiles.chunks_exact(length).take(strips).enumerate() {
                let a = Strip { at: a.as_ptr(), digits: digits_a };
                for (j, b) in columns.clone().step_by(BLOCK).zip(b_tiles.chunks_exact(length)) {
                    let b = Strip { at: b.as_ptr(), digits };
                    // SAFETY: as the caller promises.
                    unsafe { self.block([a, b], pairs, [i * BLOCK, j]) };
                }
            }
        }
        Some(())
    }

    /// The block that begins at a row and a column.
    ///
    /// # Safety
    /// As `strips`.
    unsafe fn block(&self, [a, b]: [Strip; 2], pairs: usize, [row, column]: [usize; 2]) {
        let out = self.out.wrapping_add(row * self.step + column);
        let (rows, columns) = ((self.rows - row).min(BLOCK), (self.columns - column).min(BLOCK));
        // SAFETY: as the caller promises; what reaches beyond the result is written to a block of its own.
        unsafe {
            if [rows, columns] == [BLOCK; 2] {
                // What the block waits for last is on its way while it is computed.
                for i in 0..BLOCK {
                    let row = out.wrapping_add(i * self.step);
                    _mm_prefetch::<_MM_HINT_T0>(row.cast());
                    _mm_prefetch::<_MM_HINT_T0>(row.wrapping_add(SIDE).cast());
                }
                return block(a, b, pairs, out, self.step, self.adds);
            }
            let mut whole = [[0.0_f32; BLOCK]; BLOCK];
            block(a, b, pairs, whole.as_mut_ptr().cast(), BLOCK, false);
            for (i, from) in whole.iter().take(rows).enumerate() {
                let to = std::slice::from_raw_parts_mut(out.add(i * self.step), columns);
                for (to, &x) in to.iter_mut().zip(from) {
                    *to = if self.adds { *to + x } else { x };
                }
            }
        }
    }
}
