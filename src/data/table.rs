//! What data files hold, before a model looks at it: fields of cells with a shape, each able to name the place of a cell.
//!
//! A missing cell is a NaN among numbers, and among texts one of `MISSING`.

use super::disk::OnDisk;
use std::sync::Arc;

/// Everything that `--data` named, in its order.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    pub files: Vec<File>,
}

#[derive(Clone, Debug)]
pub struct File {
    /// As the user typed it.
    pub path: String,
    pub sha256: String,
    /// `y` of `--data y=FILE`: the file serves this datum alone.
    pub target: Option<String>,
    pub layout: Layout,
    pub fields: Vec<Field>,
    /// Rows of the file before the first one that was asked for.
    pub skipped: usize,
}

/// How a place in the file is named.
#[derive(Clone, Debug)]
pub enum Layout {
    /// Rows and columns of a text.
    Table(Lines),
    /// Rows and columns of a binary file.
    Rows,
    /// Named lists of any depth.
    Keys,
    /// Arrays of a binary file.
    Arrays,
}

/// A column, a key or an array. Cells are row-major.
#[derive(Clone, Debug)]
pub struct Field {
    /// Empty where the file holds one unnamed array.
    pub key: String,
    pub shape: Vec<usize>,
    pub cells: Cells,
}

#[derive(Clone, Debug)]
pub enum Cells {
    /// Images, flags: an eighth of the memory.
    Bytes(Vec<u8>),
    Numbers(Vec<f64>),
    Texts(Vec<String>),
    OnDisk(Arc<OnDisk>),
    /// Nothing that a datum could be; an error only for a datum that is read from it.
    Flawed(Flaw),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Flaw {
    /// Lists of one depth that differ in length, or cells at different depths.
    Ragged { place: String, expected: String, found: String },
    /// Numbers and texts in one list.
    Mixed { place: String, found: String },
    /// An object where a list or a number is needed.
    Object { place: String },
    /// Something that is neither numbers nor texts, in words.
    Kind(&'static str),
    /// A column that the model does not mention.
    Unread,
}

/// The line of every row, kept as the rows after which a line is not the next one.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    jumps: Vec<(usize, u64)>,
    rows: usize,
    last: u64,
}

/// Cells that stand for "no value", as R and pandas write them.
const MISSING: &[&str] =
    &["", "NA", "N/A", "#N/A", "n/a", "<NA>", "NaN", "nan", "-NaN", "-nan", "NULL", "null"];

pub(super) fn is_missing(text: &str) -> bool {
    MISSING.contains(&text)
}

impl Lines {
    /// Notes the line on which the next row ends.
    pub fn push(&mut self, line: u64) {
        if self.rows == 0 || line != self.last + 1 {
            self.jumps.push((self.rows, line));
        }
        self.rows += 1;
        self.last = line;
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn line(&self, row: usize) -> u64 {
        let after = self.jumps.partition_point(|(first, _)| *first <= row);
        let (first, line) = self.jumps[..after].last().copied().unwrap_or((0, 1));
        line + (row - first) as u64
    }
}

impl Cells {
    pub fn len(&self) -> usize {
        match self {
            Cells::Bytes(bytes) => bytes.len(),
            Cells::Numbers(numbers) => numbers.len(),
            Cells::Texts(texts) => texts.len(),
            Cells::OnDisk(numbers) => numbers.len(),
            Cells::Flawed(_) => 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// NaN for missing cells and for texts.
    pub fn number(&self, cell: usize) -> f64 {
        match self {
            Cells::Bytes(bytes) => f64::from(bytes[cell]),
            Cells::Numbers(numbers) => numbers[cell],
            Cells::OnDisk(numbers) => numbers.number(cell),
            Cells::Texts(_) | Cells::Flawed(_) => f64::NAN,
        }
    }

    pub fn text(&self, cell: usize) -> Option<&str> {
        match self {
            Cells::Texts(texts) => Some(&texts[cell]),
            _ => None,
        }
    }
}

impl File {
    pub fn is_table(&self) -> bool {
        matches!(self.layout, Layout::Table(_) | Layout::Rows)
    }

    /// What a field of this file is called.
    pub fn noun(&self) -> &'static str {
        match self.layout {
            Layout::Table(_) | Layout::Rows => "column",
            Layout::Keys => "key",
            Layout::Arrays => "array",
        }
    }

    /// Where a field is: ``column `y` of schools.csv``.
    pub fn whole(&self, field: &Field) -> String {
        match field.key.as_str() {
            "" => self.path.clone(),
            key => format!("{} `{key}` of {}", self.noun(), self.path),
        }
    }

    /// Where a cell is, counted from 1: ``schools.csv:17, column `y` ``, ``data.json, `y[3, 2]` ``.
    pub fn place(&self, field: &Field, cell: usize) -> String {
        let row = field.shape.iter().skip(1).product::<usize>();
        let cell = cell + self.skipped * row;
        match &self.layout {
            Layout::Table(lines) => {
                format!("{}:{}, column `{}`", self.path, lines.line(cell), field.key)
            }
            Layout::Rows => format!("{}, row {} of column `{}`", self.path, cell + 1, field.key),
            Layout::Keys | Layout::Arrays => {
                let entry = entry(&field.shape, cell);
                match (field.key.as_str(), entry.as_str()) {
                    ("", "") => self.path.clone(),
                    ("", entry) => format!("{}, entry {entry}", self.path),
                    (key, entry) => format!("{}, `{key}{entry}`", self.path),
                }
            }
        }
    }
}

/// `[3, 2]`, from 1; empty for a scalar.
fn entry(shape: &[usize], mut cell: usize) -> String {
    let mut positions: Vec<String> = Vec::with_capacity(shape.len());
    for (axis, &size) in shape.iter().enumerate().rev() {
        // Some rows of an array may be beyond its size.
        let size = if axis == 0 { usize::MAX } else { size.max(1) };
        positions.push((cell % size + 1).to_string());
        cell /= size;
    }
    positions.reverse();
    if positions.is_empty() { String::new() } else { format!("[{}]", positions.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_jumps() {
        let mut lines = Lines::default();
        for line in [2, 3, 4, 7, 8, 12] {
            lines.push(line);
        }
        let found: Vec<u64> = (0..6).map(|row| lines.line(row)).collect();
        assert_eq!(found, [2, 3, 4, 7, 8, 12]);
        assert_eq!(lines.jumps.len(), 3);
    }

    #[test]
    fn entries_count_from_one() {
        assert_eq!(entry(&[3, 2], 5), "[3, 2]");
        assert_eq!(entry(&[], 0), "");
    }
}
