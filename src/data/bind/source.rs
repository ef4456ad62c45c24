//! One declared datum and the cells of a file that it is read from.

use crate::check::model::{DataDecl, DimId, NameDecl, NameId};
use crate::data::OnDisk;
use crate::data::table::{Cells, Field, File, is_missing};
use std::sync::Arc;

pub(super) struct Source<'a> {
    pub(super) name: NameId,
    pub(super) decl: &'a NameDecl,
    pub(super) data: &'a DataDecl,
    pub(super) file: &'a File,
    /// One field, or the columns of a run, side by side along the last axis.
    pub(super) fields: Vec<&'a Field>,
    /// As the model's dimensions.
    pub(super) shape: Vec<usize>,
    /// What names the positions of each axis.
    pub(super) keys: Vec<Keys<'a>>,
}

#[derive(Clone, Copy)]
pub(super) enum Keys<'a> {
    /// Nothing: positions in the order of the file.
    Unkeyed,
    /// The field that is called like the dimension.
    Field(&'a Field),
    /// The names of a run of columns.
    Run,
}

/// What a file calls a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Label<'a> {
    Number(i64),
    Text(&'a str),
}

/// Whole numbers up to here are exact in a double.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

impl<'a> Source<'a> {
    pub(super) fn dims(&self) -> &'a [DimId] {
        &self.decl.ty.dims
    }

    pub(super) fn len(&self) -> usize {
        self.shape.iter().product()
    }

    pub(super) fn number(&self, cell: usize) -> f64 {
        let (field, cell) = self.locate(cell);
        field.cells.number(cell)
    }

    pub(super) fn text(&self, cell: usize) -> Option<&'a str> {
        let (field, cell) = self.locate(cell);
        field.cells.text(cell)
    }

    pub(super) fn label(&self, cell: usize) -> Option<Label<'a>> {
        let (field, cell) = self.locate(cell);
        label(field, cell)
    }

    pub(super) fn place(&self, cell: usize) -> String {
        let (field, cell) = self.locate(cell);
        self.file.place(field, cell)
    }

    /// The numbers, where they are one array on disk.
    pub(super) fn disk(&self) -> Option<&'a Arc<OnDisk>> {
        match self.fields[..] {
            [Field { cells: Cells::OnDisk(disk), .. }] => Some(disk),
            _ => None,
        }
    }

    pub(super) fn has_texts(&self) -> bool {
        self.fields.iter().any(|f| matches!(f.cells, Cells::Texts(_)))
    }

    /// ``column `y` of schools.csv``.
    pub(super) fn origin(&self) -> String {
        match self.fields.as_slice() {
            [field] => self.file.whole(field),
            [first, .., last] => {
                format!("columns `{}` to `{}` of {}", first.key, last.key, self.file.path)
            }
            [] => self.file.path.clone(),
        }
    }

    fn locate(&self, cell: usize) -> (&'a Field, usize) {
        let columns = self.fields.len();
        (self.fields[cell % columns], cell / columns)
    }
}

/// The label in a cell; `None` for a missing cell and for a number that is not whole.
pub(super) fn label(field: &Field, cell: usize) -> Option<Label<'_>> {
    if let Some(text) = field.cells.text(cell) {
        return (!is_missing(text)).then_some(Label::Text(text));
    }
    let number = field.cells.number(cell);
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(Label::Number(number as i64))
}

impl std::fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Label::Number(number) => write!(f, "{number}"),
            Label::Text(text) => write!(f, "\"{text}\""),
        }
    }
}
