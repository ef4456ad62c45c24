//! `FILE[2:5]`: some rows of a file, counted and written as in the language: from 1, with both ends.

use super::errors::range as errors;
use super::table::{Cells, Field, File, Flaw};
use crate::diag::Diagnostic;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Rows of a file as they were asked for.
#[derive(Clone, Debug)]
pub(super) struct Rows<'s> {
    /// `FILE[2:5]`
    argument: &'s str,
    first: usize,
    /// `None` is all that follow.
    last: Option<usize>,
}

/// A path and the rows behind it, unless the whole is the path of a file.
///
/// # Errors
/// E0308 where brackets hold no range of rows.
pub(super) fn split(argument: &str) -> Result<(&str, Option<Rows<'_>>), Diagnostic> {
    let Some((path, text)) = argument.strip_suffix(']').and_then(|rest| rest.rsplit_once('['))
    else {
        return Ok((argument, None));
    };
    if Path::new(argument).exists() {
        return Ok((argument, None));
    }
    let number = |text: &str| -> Result<Option<usize>, Diagnostic> {
        let digits = text.trim().replace('_', "");
        match digits.as_str() {
            "" => Ok(None),
            _ => digits.parse().map(Some).map_err(|_| errors::no_range(argument, path)),
        }
    };
    let (first, last) = text.split_once(':').ok_or_else(|| errors::no_range(argument, path))?;
    let (first, last) = (number(first)?.unwrap_or(1), number(last)?);
    if first == 0 {
        return Err(errors::from_zero(argument, path, last));
    }
    if last.is_some_and(|last| last < first) {
        return Err(errors::no_rows(argument));
    }
    Ok((path, Some(Rows { argument, first, last })))
}

impl Rows<'_> {
    /// Leaves these rows in a file: of a table the rows, of arrays the positions along the first axis, which all have to share.
    ///
    /// # Errors
    /// E0308 where the file has fewer rows, or its arrays have other numbers of them.
    pub(super) fn cut(&self, file: &mut File) -> Result<(), Diagnostic> {
        let has_rows = |field: &&Field| !matches!(field.cells, Cells::Flawed(Flaw::Unread));
        let rows = |field: &Field| field.shape.first().copied();
        let mut fields = file.fields.iter().filter(has_rows);
        let Some(first) = fields.next() else { return Ok(()) };
        if let Some(other) = fields.find(|field| rows(field) != rows(first)) {
            let sides = [first, other].map(|field| (field.key.as_str(), rows(field)));
            return Err(errors::rows_differ(self.argument, sides));
        }
        let Some(count) = rows(first) else { return Err(errors::scalar(self.argument)) };
        let last = self.last.unwrap_or(count);
        if last > count || self.first > count {
            return Err(errors::beyond(self.argument, count));
        }
        for field in &mut file.fields {
            if !field.cells.is_empty() {
                cut(field, self.first - 1..last, count);
            }
        }
        file.skipped = self.first - 1;
        Ok(())
    }
}

fn cut(field: &mut Field, rows: Range<usize>, count: usize) {
    let inner = field.cells.len() / count;
    let cells = rows.start * inner..rows.end * inner;
    field.shape[0] = rows.len();
    match &mut field.cells {
        Cells::Bytes(all) => keep(all, cells),
        Cells::Numbers(all) => keep(all, cells),
        Cells::Texts(all) => keep(all, cells),
        Cells::OnDisk(all) => *all = Arc::new(all.part(cells)),
        Cells::Flawed(_) => {}
    }
}

fn keep<T>(all: &mut Vec<T>, cells: Range<usize>) {
    all.truncate(cells.end);
    all.drain(..cells.start);
    all.shrink_to_fit();
}
