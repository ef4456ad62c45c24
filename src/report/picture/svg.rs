//! A picture as SVG.

use super::{Anchor, Color, FONT_SIZE, Picture, Shape};
use std::fmt::Write;

/// The text of an SVG file.
pub fn svg(picture: &Picture) -> String {
    let Picture { width, height, shapes } = picture;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"{FONT_SIZE}\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n"
    );
    for shape in shapes {
        out += &element(shape);
    }
    out + "</svg>\n"
}

fn element(shape: &Shape) -> String {
    match shape {
        Shape::Line { points, color, width, dashed } => {
            let mut places = String::new();
            for (x, y) in points {
                let _ = write!(places, "{x:.1},{y:.1} ");
            }
            let dashes = if *dashed { " stroke-dasharray=\"6 4\"" } else { "" };
            format!(
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\"{dashes}/>\n",
                places.trim_end(),
                hex(*color),
            )
        }
        Shape::Dot { at: (x, y), color } => {
            format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{}\"/>\n", hex(*color))
        }
        Shape::Text { at: (x, y), anchor, text, color } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            format!(
                "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{}\">{}</text>\n",
                hex(*color),
                escaped(text),
            )
        }
    }
}

fn hex(Color(r, g, b): Color) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
