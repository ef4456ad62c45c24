//! A log–log chart as a list of shapes, which SVG and PNG draw alike, and grids of grey pictures. No system font is needed.

mod grid;
mod png;
mod svg;

pub(super) use grid::{Layout, grid};
pub use png::png;
pub use svg::svg;

/// A picture of shapes, in pixels from the upper left corner.
pub struct Picture {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) shapes: Vec<Shape>,
}

pub(super) type Place = (f32, f32);

pub(super) enum Shape {
    Line { points: Vec<Place>, color: Color, width: f32, dashed: bool },
    Dot { at: Place, color: Color },
    Text { at: Place, anchor: Anchor, text: String, color: Color },
}

#[derive(Clone, Copy)]
pub(super) struct Color(pub(super) u8, pub(super) u8, pub(super) u8);

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Points of one curve, all positive.
pub(super) struct Series {
    pub(super) label: String,
    pub(super) points: Vec<(f64, f64)>,
}

pub(super) const FONT_SIZE: f32 = 13.0;
const BLACK: Color = Color(32, 32, 32);
const GREY: Color = Color(216, 216, 216);
/// Colours that are told apart without seeing all of them (Okabe & Ito 2008).
const COLORS: [Color; 7] = [
    Color(0, 114, 178),
    Color(213, 94, 0),
    Color(0, 158, 115),
    Color(204, 121, 167),
    Color(230, 159, 0),
    Color(86, 180, 233),
    Color(96, 96, 96),
];
const SIZE: Place = (960.0, 520.0);
/// Left, top, right and bottom of the plot.
const FRAME: [f32; 4] = [76.0, 48.0, 600.0, 460.0];
const LINE_HEIGHT: f32 = 20.0;

/// A chart with both axes logarithmic, its legend at the right.
pub(super) fn log_chart(title: &str, x_label: &str, y_label: &str, series: &[Series]) -> Picture {
    let axis =
        |pick: fn(&(f64, f64)) -> f64| decades(series.iter().flat_map(|s| &s.points).map(pick));
    let axes = Axes { x: axis(|p| p.0), y: axis(|p| p.1) };
    let mut shapes = axes.grid();
    let [left, top, right, bottom] = FRAME;
    shapes.push(text((left, top - 26.0), Anchor::Start, title));
    shapes.push(text((left, top - 8.0), Anchor::Start, y_label));
    shapes.push(text((0.5 * (left + right), bottom + 42.0), Anchor::Middle, x_label));
    for (row, series) in series.iter().enumerate() {
        shapes.extend(axes.curve(row, series));
    }
    Picture { width: SIZE.0, height: SIZE.1, shapes }
}

/// The powers of ten around positive numbers.
fn decades(values: impl Iterator<Item = f64>) -> (i32, i32) {
    let ends = |(low, high): (f64, f64), x: f64| (low.min(x.log10()), high.max(x.log10()));
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), ends);
    if !(low.is_finite() && high.is_finite()) {
        return (0, 1);
    }
    let low = low.floor() as i32;
    (low, (high.ceil() as i32).max(low + 1))
}

struct Axes {
    x: (i32, i32),
    y: (i32, i32),
}

impl Axes {
    fn place(&self, (x, y): (f64, f64)) -> Place {
        let [left, top, right, bottom] = FRAME;
        let share = |value: f64, (low, high): (i32, i32)| {
            ((value.log10() - f64::from(low)) / f64::from(high - low)) as f32
        };
        (left + share(x, self.x) * (right - left), bottom - share(y, self.y) * (bottom - top))
    }

    /// A line and a number at every power of ten.
    fn grid(&self) -> Vec<Shape> {
        let [left, top, right, bottom] = FRAME;
        let mut shapes = vec![];
        for k in self.x.0..=self.x.1 {
            let (x, _) = self.place((10f64.powi(k), 1.0));
            shapes.push(rule([(x, top), (x, bottom)]));
            shapes.push(text((x, bottom + 20.0), Anchor::Middle, &power(k)));
        }
        for k in self.y.0..=self.y.1 {
            let (_, y) = self.place((1.0, 10f64.powi(k)));
            shapes.push(rule([(left, y), (right, y)]));
            shapes.push(text((left - 8.0, y + 4.0), Anchor::End, &power(k)));
        }
        shapes
    }

    /// A line with a dot at every point, and its row of the legend.
    fn curve(&self, row: usize, series: &Series) -> Vec<Shape> {
        let color = COLORS[row % COLORS.len()];
        let dashed = row >= COLORS.len();
        let points: Vec<Place> = series.points.iter().map(|&p| self.place(p)).collect();
        let mut shapes: Vec<Shape> = points.iter().map(|&at| Shape::Dot { at, color }).collect();
        shapes.push(Shape::Line { points, color, width: 2.0, dashed });
        let [_, top, right, _] = FRAME;
        let y = top + 8.0 + row as f32 * LINE_HEIGHT;
        let key = vec![(right + 16.0, y), (right + 44.0, y)];
        shapes.push(Shape::Line { points: key, color, width: 2.0, dashed });
        shapes.push(text((right + 52.0, y + 4.0), Anchor::Start, &series.label));
        shapes
    }
}

fn rule(points: [Place; 2]) -> Shape {
    Shape::Line { points: points.into(), color: GREY, width: 1.0, dashed: false }
}

fn text(at: Place, anchor: Anchor, text: &str) -> Shape {
    Shape::Text { at, anchor, text: text.into(), color: BLACK }
}

/// `0.01`, `100`, `1e-6`
fn power(k: i32) -> String {
    if (-3..=4).contains(&k) { 10f64.powi(k).to_string() } else { format!("1e{k}") }
}
