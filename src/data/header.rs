//! Finds the header line of a table, and its separator, from the first lines of the text.
//!
//! The separator is the one that cuts most lines into the same number of cells. A first line that is cut into another
//! number of cells is text above the header; one that holds numbers is data without a header.

use super::csv::number;
use super::errors::file as errors;
use crate::diag::Diagnostic;
use csv::{ByteRecord, ReaderBuilder};

pub(super) struct Header {
    pub(super) separator: u8,
    pub(super) names: Vec<String>,
    /// The offset of the first byte below the header.
    pub(super) end: usize,
    /// The number of the line below the header.
    pub(super) line: u64,
}

/// A line that is neither blank nor a comment.
struct Line<'t> {
    text: &'t str,
    number: u64,
    end: usize,
}

/// As many lines as show what a file looks like.
const SEEN: usize = 100;

/// In order of preference.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b' '];

pub(super) fn find(path: &str, text: &str) -> Result<Header, Diagnostic> {
    let lines = first_lines(text);
    let Some(first) = lines.first() else { return Err(errors::table_empty(path)) };
    let separator = separator(path, &lines);
    let widths: Vec<usize> = lines.iter().map(|l| cells(l.text, separator).len()).collect();
    let (width, _) = most_common(&widths);
    let names: Vec<String> = cells(first.text, separator)
        .iter()
        .map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned())
        .collect();
    if names.len() != width && names.len() + 1 != width {
        let likely = likely_header(&lines, &widths, width, separator);
        return Err(errors::text_above_header(path, first.number, likely.number, likely.text));
    }
    if is_data(&names) {
        return Err(errors::header_missing(path, first.number, first.text));
    }
    Ok(Header { separator, names, end: first.end, line: first.number + 1 })
}

fn first_lines(text: &str) -> Vec<Line<'_>> {
    let mut end = 0;
    text.split_inclusive('\n')
        .zip(1..)
        .map(|(line, number)| {
            end += line.len();
            Line { text: line.trim_end_matches('\n'), number, end }
        })
        .filter(|line| !line.text.trim().is_empty() && !line.text.starts_with('#'))
        .take(SEEN)
        .collect()
}

fn separator(path: &str, lines: &[Line<'_>]) -> u8 {
    if path.to_lowercase().trim_end_matches(".gz").ends_with(".tsv") {
        return b'\t';
    }
    let agreeing = |separator: u8| {
        let widths: Vec<usize> = lines.iter().map(|l| cells(l.text, separator).len()).collect();
        let (width, lines) = most_common(&widths);
        if width > 1 { lines } else { 0 }
    };
    let best = SEPARATORS.iter().map(|&s| agreeing(s)).max().unwrap_or(0);
    SEPARATORS.into_iter().find(|&s| agreeing(s) == best && best > 0).unwrap_or(b',')
}

/// The most common value and how often it occurs; the first of several.
fn most_common(widths: &[usize]) -> (usize, usize) {
    let count = |width: usize| widths.iter().filter(|w| **w == width).count();
    widths.iter().map(|&w| (w, count(w))).rev().max_by_key(|(_, n)| *n).unwrap_or((0, 0))
}

/// The line above the first one that holds a number, or else the first of the common width.
fn likely_header<'l, 't>(
    lines: &'l [Line<'t>],
    widths: &[usize],
    width: usize,
    separator: u8,
) -> &'l Line<'t> {
    let holds_number = |line: &Line<'_>| cells(line.text, separator).iter().any(is_number);
    let fits = |i: &usize| widths[*i] == width;
    let data = (0..lines.len()).find(|i| fits(i) && holds_number(&lines[*i]));
    let above = data.and_then(|i| i.checked_sub(1)).filter(fits);
    &lines[above.or_else(|| (0..lines.len()).find(fits)).unwrap_or(0)]
}

/// Whether a line that should hold names holds numbers: all of its cells, or one with a fraction.
fn is_data(names: &[String]) -> bool {
    let numbers = names.iter().filter(|name| is_number(name.as_bytes()));
    let fraction = |name: &&String| name.contains('.');
    numbers.clone().count() == names.len() || numbers.clone().any(|name| fraction(&name))
}

fn is_number(cell: impl AsRef<[u8]>) -> bool {
    number(cell.as_ref()).is_some_and(|n| !n.is_nan())
}

fn cells(line: &str, separator: u8) -> ByteRecord {
    let mut record = ByteRecord::new();
    let mut reader =
        ReaderBuilder::new().delimiter(separator).has_headers(false).from_reader(line.as_bytes());
    match reader.read_byte_record(&mut record) {
        Ok(_) => record,
        Err(_) => unreachable!("a line in memory can be read"),
    }
}
