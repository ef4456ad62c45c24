//! `images/`: what a model draws and reconstructs, as grids of pictures.

use super::picture::{Layout, grid};
use crate::infer::Tile;

/// How the positions of a dimension lie in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    pub rows: usize,
    pub columns: usize,
}

/// Pictures across a grid, and pairs down.
const ACROSS: usize = 10;
const PAIRS: usize = 5;
/// Pixels of a grid, before it is enlarged.
const PIXELS: usize = 4_000_000;

impl Frame {
    fn pixels(self) -> usize {
        self.rows * self.columns
    }

    /// Pictures that a grid of them holds: a hundred, or fewer of large ones.
    pub fn most(self) -> usize {
        (PIXELS / self.pixels()).clamp(1, ACROSS * ACROSS)
    }

    /// Pairs that a grid of them holds.
    pub fn most_pairs(self) -> usize {
        (self.most() / 2).clamp(1, ACROSS * PAIRS)
    }

    fn layout(self, count: usize) -> Layout {
        let across = ACROSS.min((count as f64).sqrt().ceil() as usize).max(1);
        Layout { rows: self.rows, columns: self.columns, across }
    }
}

/// A grid of pictures as PNG. Without a range, the least value is black and the largest one is white.
pub fn image_grid(tiles: &[Tile], frame: Frame, range: Option<(f64, f64)>) -> Vec<u8> {
    let all: Vec<&[f64]> = tiles.iter().map(Vec::as_slice).collect();
    grid(&all, frame.layout(tiles.len()), range.unwrap_or_else(|| ends(&all)))
}

/// The same of pairs: a line of the first ones above a line of the second.
pub fn pair_grid(pairs: &[(Tile, Tile)], frame: Frame, range: Option<(f64, f64)>) -> Vec<u8> {
    let layout = frame.layout(2 * pairs.len());
    let blank: Tile = vec![];
    let mut all: Vec<&[f64]> = vec![];
    for line in pairs.chunks(layout.across) {
        let filled = |tile: fn(&(Tile, Tile)) -> &Tile| {
            let gaps = std::iter::repeat_n(&blank, layout.across - line.len());
            line.iter().map(tile).chain(gaps).map(Vec::as_slice)
        };
        all.extend(filled(|pair| &pair.0));
        all.extend(filled(|pair| &pair.1));
    }
    grid(&all, layout, range.unwrap_or_else(|| ends(&all)))
}

fn ends(tiles: &[&[f64]]) -> (f64, f64) {
    let known = tiles.iter().flat_map(|t| t.iter().copied()).filter(|x| x.is_finite());
    known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
}
