//! A grid of small grey pictures as PNG, black for the low end and white for the high one.

use png::{BitDepth, ColorType, Compression, Encoder, Filter};

/// How pictures are laid out.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Layout {
    /// Pixels of one picture.
    pub(in crate::report) rows: usize,
    pub(in crate::report) columns: usize,
    /// Pictures side by side.
    pub(in crate::report) across: usize,
}

/// Width that a small grid is enlarged to, about.
const WIDTH: usize = 600;
/// Pixels between pictures, before they are enlarged.
const GAP: usize = 1;
const BETWEEN: u8 = 96;
/// Of numbers that are none.
const UNKNOWN: u8 = 128;

/// The bytes of a PNG file; `range` is what is black and what is white.
pub(in crate::report) fn grid(tiles: &[&[f64]], layout: Layout, range: (f64, f64)) -> Vec<u8> {
    let Layout { rows, columns, across } = layout;
    let down = tiles.len().div_ceil(across).max(1);
    let (width, height) = (across * (columns + GAP) + GAP, down * (rows + GAP) + GAP);
    let mut canvas = vec![BETWEEN; width * height];
    for (place, tile) in tiles.iter().enumerate() {
        let (top, left) =
            (place / across * (rows + GAP) + GAP, place % across * (columns + GAP) + GAP);
        for (row, values) in tile.chunks(columns).enumerate() {
            let start = (top + row) * width + left;
            let line = canvas[start..start + columns].iter_mut();
            line.zip(values).for_each(|(to, &x)| *to = grey(x, range));
        }
    }
    encoded(&canvas, width, (WIDTH / width).max(1))
}

fn grey(x: f64, (low, high): (f64, f64)) -> u8 {
    if x.is_nan() {
        return UNKNOWN;
    }
    let share = if high > low { (x - low) / (high - low) } else { 0.0 };
    (share.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Each pixel as a square of so many.
fn encoded(canvas: &[u8], width: usize, scale: usize) -> Vec<u8> {
    let wide = |line: &[u8]| line.iter().flat_map(|&x| std::iter::repeat_n(x, scale)).collect();
    let lines = canvas.chunks(width).map(wide);
    let pixels: Vec<u8> = lines.flat_map(|line: Vec<u8>| line.repeat(scale)).collect();
    let (across, down) = (width * scale, canvas.len() / width * scale);
    let mut bytes = vec![];
    let mut encoder = Encoder::new(&mut bytes, across as u32, down as u32);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    encoder.set_filter(Filter::Adaptive);
    let written = encoder.write_header().and_then(|mut file| file.write_image_data(&pixels));
    match written {
        Ok(()) => bytes,
        Err(_) => unreachable!("memory takes every PNG"),
    }
}
