//! A picture as PNG: lines by tiny-skia, letters as outlines of a font that is compiled in.

use super::{Anchor, Color, FONT_SIZE, Picture, Place, Shape};
use tiny_skia::{
    FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, StrokeDash, Transform,
};
use ttf_parser::{Face, OutlineBuilder};

/// The bytes of a PNG file, at twice the resolution.
pub fn png(picture: &Picture) -> Vec<u8> {
    let (width, height) = (picture.width * SCALE, picture.height * SCALE);
    let Some(mut canvas) = Pixmap::new(width as u32, height as u32) else {
        unreachable!("pictures have a size");
    };
    canvas.fill(tiny_skia::Color::WHITE);
    let Ok(face) = Face::parse(epaint_default_fonts::UBUNTU_LIGHT, 0) else {
        unreachable!("the font that is compiled in is one");
    };
    for shape in &picture.shapes {
        draw(&mut canvas, &face, shape);
    }
    match canvas.encode_png() {
        Ok(bytes) => bytes,
        Err(_) => unreachable!("memory takes every PNG"),
    }
}

/// Pixels a unit of the picture.
const SCALE: f32 = 2.0;
const DOT: f32 = 3.0;

fn draw(canvas: &mut Pixmap, face: &Face, shape: &Shape) {
    let scale = Transform::from_scale(SCALE, SCALE);
    match shape {
        Shape::Line { points, color, width, dashed } => {
            let Some(path) = polyline(points) else { return };
            let dash = if *dashed { StrokeDash::new(vec![6.0, 4.0], 0.0) } else { None };
            let (line_cap, line_join) = (LineCap::Butt, LineJoin::Round);
            let stroke = Stroke { width: *width, dash, line_cap, line_join, ..Stroke::default() };
            canvas.stroke_path(&path, &paint(*color), &stroke, scale, None);
        }
        Shape::Dot { at: (x, y), color } => {
            let Some(path) = PathBuilder::from_circle(*x, *y, DOT) else { return };
            canvas.fill_path(&path, &paint(*color), FillRule::Winding, scale, None);
        }
        Shape::Text { at, anchor, text, color } => {
            let Some(path) = outlines(face, text, *at, *anchor) else { return };
            canvas.fill_path(&path, &paint(*color), FillRule::Winding, scale, None);
        }
    }
}

fn paint(Color(r, g, b): Color) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(r, g, b, 255);
    paint
}

fn polyline(points: &[Place]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        match i {
            0 => path.move_to(x, y),
            _ => path.line_to(x, y),
        }
    }
    path.finish()
}

/// A line of text as one path; letters that the font lacks are left out.
fn outlines(face: &Face, text: &str, (x, y): Place, anchor: Anchor) -> Option<Path> {
    let size = FONT_SIZE / f32::from(face.units_per_em());
    let glyphs = || text.chars().filter_map(|c| face.glyph_index(c));
    let advance = |glyph| f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * size;
    let width: f32 = glyphs().map(advance).sum();
    let start = match anchor {
        Anchor::Start => x,
        Anchor::Middle => x - 0.5 * width,
        Anchor::End => x - width,
    };
    let mut letters = Letters { path: PathBuilder::new(), at: (start, y), size };
    for glyph in glyphs() {
        face.outline_glyph(glyph, &mut letters);
        letters.at.0 += advance(glyph);
    }
    letters.path.finish()
}

/// Outlines in font units, upwards, onto the picture, downwards.
struct Letters {
    path: PathBuilder,
    at: Place,
    size: f32,
}

impl Letters {
    fn place(&self, x: f32, y: f32) -> Place {
        (self.at.0 + x * self.size, self.at.1 - y * self.size)
    }
}

impl OutlineBuilder for Letters {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.place(x1, y1), self.place(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) =
            (self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
