//! Rows and columns that a file names are put into the order of the dimension.

use super::axes::Axis;
use super::source::{Keys, Label, Source, label};
use crate::data::errors::label as errors;
use crate::data::table::Field;
use crate::diag::Diagnostic;

/// For every position along an axis of a datum, the row of the file; `None` where the file has the order already.
pub(super) fn order(
    source: &Source<'_>,
    number: usize,
    axis: &Axis,
) -> Result<Option<Vec<usize>>, Diagnostic> {
    let rows = source.shape[number];
    let name = |row: usize| match source.keys[number] {
        Keys::Unkeyed => None,
        Keys::Field(key) => Some(KeyCell::Cell(key, row)),
        Keys::Run => Some(KeyCell::Column(source.fields[row])),
    };
    let mut order: Vec<Option<usize>> = vec![None; axis.size];
    for row in 0..rows {
        let Some(cell) = name(row) else { return Ok(None) };
        let place = |row: usize| name(row).map_or(String::new(), |cell| cell.place(source));
        let label = cell.label().ok_or_else(|| errors::key_unusable(source.decl, &place(row)))?;
        let Some(position) = axis.position(label, None) else {
            return Err(errors::unknown_in_data(
                source.decl,
                &label.to_string(),
                &place(row),
                axis.labels.as_deref(),
            ));
        };
        if let Some(earlier) = order[position].replace(row) {
            return Err(errors::key_twice(
                source.decl,
                &label.to_string(),
                &place(earlier),
                &place(row),
            ));
        }
    }
    let complete: Option<Vec<usize>> = order.iter().copied().collect();
    match complete {
        Some(order) if order.is_sorted() => Ok(None),
        Some(order) => Ok(Some(order)),
        None => {
            let missing = (0..axis.size).filter(|&p| order[p].is_none()).map(|p| axis.name(p));
            Err(errors::key_missing(source.decl, &source.origin(), &missing.collect::<Vec<_>>()))
        }
    }
}

enum KeyCell<'a> {
    Cell(&'a Field, usize),
    Column(&'a Field),
}

impl<'a> KeyCell<'a> {
    fn label(&self) -> Option<Label<'a>> {
        match self {
            KeyCell::Cell(key, row) => label(key, *row),
            KeyCell::Column(field) => Some(match field.key.parse() {
                Ok(number) => Label::Number(number),
                Err(_) => Label::Text(&field.key),
            }),
        }
    }

    fn place(&self, source: &Source<'_>) -> String {
        match self {
            KeyCell::Cell(key, row) => source.file.place(key, *row),
            KeyCell::Column(field) => source.file.whole(field),
        }
    }
}
