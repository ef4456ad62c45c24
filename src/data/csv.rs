//! CSV, TSV and their kin to columns: numbers where every cell is one or is missing, texts otherwise.
//!
//! Lines that begin with `#` and blank lines are skipped. A first pass reads numbers and drops a column at its first
//! text; a second pass, over the dropped ones alone, keeps the texts.

use super::errors::file as errors;
use super::header::{self, Header};
use super::read::Content;
use super::table::{Cells, Field, Layout, Lines, is_missing};
use crate::diag::Diagnostic;
use csv::{ByteRecord, ReaderBuilder};

/// Reads a table with a header line.
pub(super) fn read(path: &str, bytes: Vec<u8>) -> Result<Content, Diagnostic> {
    let text = normalize(path, bytes)?;
    let header = header::find(path, &text)?;
    let mut table =
        Numbers { lines: Lines::default(), columns: vec![Some(vec![]); header.names.len()] };
    each_row(path, &text, &header, |line, record| table.push(line, record))?;
    let mut texts: Vec<Vec<String>> = table.columns.iter().map(|_| vec![]).collect();
    if table.columns.iter().any(Option::is_none) {
        each_row(path, &text, &header, |_, record| push_texts(&table.columns, record, &mut texts))?;
    }
    let rows = table.lines.rows();
    let cells = table.columns.into_iter().zip(texts).map(|(numbers, texts)| match numbers {
        Some(numbers) => Cells::Numbers(numbers),
        None => Cells::Texts(texts),
    });
    let field = |(key, cells)| Field { key, shape: vec![rows], cells };
    let fields = header.names.into_iter().zip(cells).map(field).collect();
    Ok((Layout::Table(table.lines), fields))
}

/// UTF-8 without a byte order mark, lines ended by `\n`, the last one too.
fn normalize(path: &str, bytes: Vec<u8>) -> Result<String, Diagnostic> {
    let text = String::from_utf8(bytes).map_err(|e| {
        let valid = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        errors::not_utf8(path, valid.iter().filter(|&&b| b == b'\n').count() + 1)
    })?;
    let mut text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_string(),
        None => text,
    };
    if text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// Calls `row` with every record below the header and the line on which it ends.
fn each_row(
    path: &str,
    text: &str,
    header: &Header,
    mut row: impl FnMut(u64, &ByteRecord),
) -> Result<(), Diagnostic> {
    let mut reader = ReaderBuilder::new()
        .delimiter(header.separator)
        .comment(Some(b'#'))
        .flexible(true)
        .has_headers(false)
        .from_reader(&text.as_bytes()[header.end..]);
    let mut record = ByteRecord::new();
    while reader
        .read_byte_record(&mut record)
        .map_err(|e| errors::damaged(path, "CSV", &e.to_string()))?
    {
        let line = header.line + reader.position().line() - 2;
        if record.len() != header.names.len() {
            return Err(errors::row_length(path, line, record.len(), header.names.len()));
        }
        row(line, &record);
    }
    Ok(())
}

struct Numbers {
    lines: Lines,
    /// `None` from the first text on.
    columns: Vec<Option<Vec<f64>>>,
}

impl Numbers {
    fn push(&mut self, line: u64, record: &ByteRecord) {
        self.lines.push(line);
        for (column, cell) in self.columns.iter_mut().zip(record) {
            let Some(numbers) = column else { continue };
            match number(cell) {
                Some(value) => numbers.push(value),
                None => *column = None,
            }
        }
    }
}

fn push_texts(columns: &[Option<Vec<f64>>], record: &ByteRecord, texts: &mut [Vec<String>]) {
    for ((column, cell), texts) in columns.iter().zip(record).zip(texts) {
        if column.is_none() {
            texts.push(String::from_utf8_lossy(cell.trim_ascii()).into_owned());
        }
    }
}

/// The number that a cell holds, NaN for a missing one, `None` for a text.
pub(super) fn number(cell: &[u8]) -> Option<f64> {
    let text = str::from_utf8(cell.trim_ascii()).ok()?;
    match text.parse() {
        Ok(number) => Some(number),
        Err(_) if is_missing(text) => Some(f64::NAN),
        Err(_) => None,
    }
}
