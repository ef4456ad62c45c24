//! Charts as lines of text: block elements for heights, Braille cells of 2 × 4 dots for points.

use super::table::short;

/// Rows of a histogram and of a field of points.
const ROWS: usize = 10;
/// Eighths of a cell.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Distinct whole numbers up to which each has a bar of its own.
const MOST_BARS: usize = 25;
/// The share of values at either end that a histogram leaves out where they would stretch it.
const TAIL: f64 = 0.005;
/// Columns that axis labels take.
const MARGIN: usize = 11;

/// The heights of bins; of few whole numbers a bar for each.
pub fn histogram(values: &[f64], width: usize) -> String {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        return "no finite values\n".into();
    }
    let mut distinct = sorted.clone();
    distinct.dedup();
    if distinct.len() <= MOST_BARS && distinct.iter().all(|x| x.fract() == 0.0) {
        let count = |x: f64| sorted.iter().filter(|v| **v == x).count() as f64;
        let rows: Vec<(String, f64)> = distinct
            .into_iter()
            .map(|x| (format!("{x}"), count(x) / values.len() as f64))
            .collect();
        return bars(&rows, width);
    }
    let (low, high) = span(&sorted);
    let bins = width.saturating_sub(MARGIN + 1).clamp(10, 60);
    let mut heights = vec![0.0; bins];
    let mut beyond = 0;
    for x in &sorted {
        let place = (x - low) / (high - low) * bins as f64;
        match (0.0..=bins as f64).contains(&place) {
            true => heights[(place as usize).min(bins - 1)] += 1.0,
            false => beyond += 1,
        }
    }
    let mut out = columns(&heights);
    out.push_str(&axis(low, high, bins));
    if beyond > 0 {
        out.push_str(&format!("{:MARGIN$}{beyond} of {} lie beyond\n", "", values.len()));
    }
    out
}

/// Ends that leave out a sliver at either side where that narrows the picture to less than half.
fn span(sorted: &[f64]) -> (f64, f64) {
    let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
    let (first, last) = (sorted[0], sorted[sorted.len() - 1]);
    let (low, high) = (at(TAIL), at(1.0 - TAIL));
    let (low, high) = if high - low < 0.5 * (last - first) { (low, high) } else { (first, last) };
    if high > low { (low, high) } else { (low - 0.5, high + 0.5) }
}

fn columns(heights: &[f64]) -> String {
    let most = heights.iter().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let eighths: Vec<usize> =
        heights.iter().map(|h| (h / most * (8 * ROWS) as f64).ceil() as usize).collect();
    let row = |r: usize| {
        let cell = |&e: &usize| BLOCKS[e.saturating_sub(8 * r).min(8)];
        let line: String = eighths.iter().map(cell).collect();
        format!("{:MARGIN$}{}\n", "", line.trim_end())
    };
    (0..ROWS).rev().map(row).collect()
}

/// The ends of a horizontal axis and its middle.
fn axis(low: f64, high: f64, width: usize) -> String {
    let [left, middle, right] = [low, 0.5 * (low + high), high].map(short);
    let rule = format!("{:MARGIN$}{}\n", "", "─".repeat(width));
    let half = (width / 2).saturating_sub(left.len() + middle.len() / 2);
    let rest = width.saturating_sub(left.len() + half + middle.len() + right.len());
    let labels =
        format!("{left}{}{middle}{}{right}", " ".repeat(half.max(1)), " ".repeat(rest.max(1)));
    format!("{rule}{:MARGIN$}{labels}\n", "")
}

/// A bar for each share.
pub fn bars(rows: &[(String, f64)], width: usize) -> String {
    let label = rows.iter().map(|(l, _)| l.chars().count()).max().unwrap_or(0);
    let room = width.saturating_sub(label + 10).clamp(10, 60);
    let most = rows.iter().map(|(_, x)| *x).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let row = |(name, x): &(String, f64)| {
        let eighths = (x / most * (8 * room) as f64).round() as usize;
        let mut bar = "█".repeat(eighths / 8);
        if !eighths.is_multiple_of(8) {
            // Horizontal eighths run the other way through the block elements.
            bar.push(char::from_u32(0x2590 - (eighths % 8) as u32).unwrap_or(' '));
        }
        format!(" {name:>label$}  {:<6} {bar}\n", short(*x))
    };
    rows.iter().map(row).collect()
}

/// One row of a forest: its label and its quantiles at 5, 25, 50, 75 and 95 %.
pub type Spread = (String, [f64; 5]);

/// Intervals one below the other: 90 % thin, 50 % thick, a dot at the median.
pub fn forest(rows: &[Spread], width: usize) -> String {
    let label = rows.iter().map(|(l, _)| l.chars().count()).max().unwrap_or(0);
    let finite = rows.iter().flat_map(|(_, q)| q).copied().filter(|x| x.is_finite());
    let (low, high) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
    if low > high {
        return "no finite values\n".into();
    }
    let (low, high) = if high > low { (low, high) } else { (low - 0.5, high + 0.5) };
    let room = width.saturating_sub(label + 3).clamp(10, 100);
    let place = |x: f64| ((x - low) / (high - low) * (room - 1) as f64).round() as usize;
    let zero = (low < 0.0 && high > 0.0).then(|| place(0.0));
    let mut out = String::new();
    for (name, quantiles) in rows {
        let mut line: Vec<char> = vec![' '; room];
        if let Some(zero) = zero {
            line[zero] = '┊';
        }
        let [a, b, c, d, e] = quantiles.map(|x| if x.is_finite() { place(x) } else { 0 });
        line[a..=e].fill('─');
        line[b..=d].fill('━');
        line[c] = '●';
        let line: String = line.into_iter().collect();
        out.push_str(&format!(" {name:<label$}  {}\n", line.trim_end()));
    }
    let ends = [short(low), short(high)];
    let gap = room.saturating_sub(ends[0].len() + ends[1].len()).max(1);
    out.push_str(&format!(" {:label$}  {}{}{}\n", "", ends[0], " ".repeat(gap), ends[1]));
    out
}

/// Points, or with `joined` a line through them.
pub fn points(places: &[(f64, f64)], joined: bool, width: usize) -> String {
    let places: Vec<(f64, f64)> =
        places.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    if places.is_empty() {
        return "no finite values\n".into();
    }
    let ends = |values: &mut dyn Iterator<Item = f64>| {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_by(f64::total_cmp);
        span(&sorted)
    };
    let (left, right) = ends(&mut places.iter().map(|p| p.0));
    let (bottom, top) = ends(&mut places.iter().map(|p| p.1));
    let columns = width.saturating_sub(MARGIN + 1).clamp(10, 80);
    let mut canvas = Canvas::new(columns);
    let at = |(x, y): (f64, f64)| {
        let across = (x - left) / (right - left) * (2 * columns - 1) as f64;
        let up = (y - bottom) / (top - bottom) * (4 * ROWS - 1) as f64;
        (across, up)
    };
    for place in &places {
        canvas.dot(at(*place));
    }
    for pair in places.windows(2).filter(|_| joined) {
        canvas.line(at(pair[0]), at(pair[1]));
    }
    let labels = [(0, top), (ROWS / 2, 0.5 * (top + bottom)), (ROWS - 1, bottom)];
    let mut out = String::new();
    for (row, cells) in canvas.lines().into_iter().enumerate() {
        let label =
            labels.iter().find(|(r, _)| *r == row).map_or(String::new(), |(_, y)| short(*y));
        out.push_str(&format!("{label:>width$} {}\n", cells.trim_end(), width = MARGIN - 1));
    }
    out + &axis(left, right, columns)
}

/// Dots, 2 × 4 a cell.
struct Canvas {
    columns: usize,
    cells: Vec<u8>,
}

impl Canvas {
    fn new(columns: usize) -> Self {
        Self { columns, cells: vec![0; columns * ROWS] }
    }

    /// A dot so many from the left and from below; what lies outside is left out.
    fn dot(&mut self, (x, y): (f64, f64)) {
        /// Bits of the dots of a Braille cell, by row from above and column.
        const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let (x, y) = (x.round(), (4 * ROWS - 1) as f64 - y.round());
        if !(0.0..(2 * self.columns) as f64).contains(&x) || !(0.0..(4 * ROWS) as f64).contains(&y)
        {
            return;
        }
        let (x, y) = (x as usize, y as usize);
        self.cells[y / 4 * self.columns + x / 2] |= BITS[y % 4][x % 2];
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64)) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).ceil().min(1e4);
        for i in 0..steps as usize {
            let share = i as f64 / steps;
            self.dot((from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1)));
        }
    }

    fn lines(&self) -> Vec<String> {
        let cell = |&bits: &u8| match bits {
            0 => ' ',
            _ => char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' '),
        };
        self.cells.chunks(self.columns).map(|row| row.iter().map(cell).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_fit_their_width_and_take_any_numbers() {
        let smooth: Vec<f64> = (0..500).map(|i| (i as f64 * 0.7).sin() * 1e3).collect();
        for values in [&smooth[..], &[1.0], &[2.0, 2.0], &[f64::NAN], &[], &[1e-300, 1e300]] {
            for width in [20, 80, 160] {
                let pairs: Vec<(f64, f64)> = values.iter().map(|&x| (x, x)).collect();
                let spread = vec![("a".to_string(), [values.first().copied().unwrap_or(0.0); 5])];
                let charts =
                    [histogram(values, width), points(&pairs, true, width), forest(&spread, width)];
                let longest =
                    charts.iter().flat_map(|c| c.lines()).map(|l| l.chars().count()).max();
                assert!(longest.unwrap() <= width.max(44), "{width}: {charts:?}");
            }
        }
    }

    #[test]
    fn whole_numbers_have_bars() {
        let chart = histogram(&[0.0, 1.0, 1.0, 1.0], 40);
        let lines: Vec<&str> = chart.lines().collect();
        assert_eq!(lines[0], format!(" 0  0.250  {}", "█".repeat(29 / 3) + "▋"));
        assert!(lines[1].ends_with(&"█".repeat(29)), "{chart}");
    }
}
