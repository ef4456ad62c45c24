//! Finds the field that each declared datum is read from, and what keys its axes.

use super::source::{Keys, Source};
use crate::check::model::{Columns, DataDecl, DimId, DimSize, Model, NameDecl, NameId, NameKind};
use crate::data::errors::{file as file_errors, find as errors};
use crate::data::table::{Cells, Field, File, Layout, Tables};
use crate::diag::{Diagnostic, Diagnostics};

/// A source for every datum that some file holds in the declared rank; errors for the others, but for those that are `lacking`.
pub(super) fn sources<'a>(
    model: &'a Model,
    tables: &'a Tables,
    lacking: &[NameId],
    diagnostics: &mut Diagnostics,
) -> Vec<Source<'a>> {
    let finder = Finder { model, tables };
    for file in &tables.files {
        if let Some(name) = file.target.as_deref().filter(|name| !finder.is_datum(name)) {
            diagnostics.push(file_errors::target_unknown(name, file, model));
        }
    }
    if diagnostics.has_errors() {
        return vec![];
    }
    let needed = data(model).filter(|(name, ..)| !lacking.contains(name));
    let needed: Vec<&NameDecl> = needed.map(|(_, decl, _)| decl).collect();
    if tables.files.is_empty() && !needed.is_empty() {
        diagnostics.push(errors::no_files(&needed));
        return vec![];
    }
    let mut sources = vec![];
    for (name, decl, data) in data(model).filter(|(name, ..)| !lacking.contains(name)) {
        match finder.source(name, decl, data) {
            Ok(source) => sources.push(source),
            Err(error) => diagnostics.push(error),
        }
    }
    let unused = |file: &&File| !sources.iter().any(|s: &Source<'_>| std::ptr::eq(s.file, *file));
    if !diagnostics.has_errors() {
        for file in tables.files.iter().filter(unused) {
            diagnostics.push(errors::file_unused(file));
        }
    }
    sources
}

/// The observed data that no file holds.
pub(super) fn lacking(model: &Model, tables: &Tables) -> Vec<NameId> {
    let finder = Finder { model, tables };
    let observed = data(model).filter(|(_, _, data)| data.observed);
    observed.filter(|(_, decl, data)| !finder.holds(decl, data)).map(|(name, ..)| name).collect()
}

/// The dimensions that data would size and that no file has.
pub(super) fn unasked(model: &Model, tables: &Tables) -> Vec<DimId> {
    let finder = Finder { model, tables };
    let held: Vec<&NameDecl> = data(model)
        .filter(|(_, decl, data)| finder.holds(decl, data))
        .map(|(_, decl, _)| decl)
        .collect();
    let dims = (0..model.dims.len() as u32).map(DimId);
    let is_sized = |d: &DimId| model.dim(*d).size == DimSize::FromData;
    dims.filter(is_sized).filter(|d| !held.iter().any(|h| h.ty.dims.contains(d))).collect()
}

/// Data beside the observed ones that no file holds, of rows that no file has: each with what is to be said where it is needed.
pub(super) fn absent(
    model: &Model,
    tables: &Tables,
    unasked: &[DimId],
) -> Vec<(NameId, Diagnostic)> {
    let finder = Finder { model, tables };
    let of_others = |dims: &[DimId]| dims.is_empty() || dims.iter().any(|d| unasked.contains(d));
    let absent = data(model).filter(|(_, decl, data)| {
        !data.observed && of_others(&decl.ty.dims) && !finder.holds(decl, data)
    });
    absent.filter_map(|(name, decl, data)| Some((name, finder.locate(decl, data).err()?))).collect()
}

fn data(model: &Model) -> impl Iterator<Item = (NameId, &NameDecl, &DataDecl)> {
    model.names.iter().enumerate().filter_map(|(i, decl)| match &decl.kind {
        NameKind::Data(data) => Some((NameId(i as u32), decl, data)),
        _ => None,
    })
}

struct Finder<'a> {
    model: &'a Model,
    tables: &'a Tables,
}

/// A file and the fields in it that a datum asks for.
type Found<'a> = (&'a File, Vec<&'a Field>);

impl<'a> Finder<'a> {
    fn source(
        &self,
        name: NameId,
        decl: &'a NameDecl,
        data: &'a DataDecl,
    ) -> Result<Source<'a>, Diagnostic> {
        let (file, fields) = self.locate(decl, data)?;
        let shape = shape(decl, data, file, &fields)?;
        let keys = (0..shape.len()).map(|axis| self.keys(decl, data, file, &shape, axis)).collect();
        Ok(Source { name, decl, data, file, fields, shape, keys })
    }

    /// Whether some file has it, in whatever state.
    fn holds(&self, decl: &NameDecl, data: &DataDecl) -> bool {
        self.files(decl).iter().any(|f| !matches!(fields(decl, data, f), Ok(None)))
    }

    fn is_datum(&self, name: &str) -> bool {
        data(self.model).any(|(_, decl, _)| decl.name == name)
    }

    /// Those that may hold a datum.
    fn files(&self, decl: &NameDecl) -> Vec<&'a File> {
        let own = |file: &&File| file.target.as_deref() == Some(&decl.name);
        match self.tables.files.iter().filter(own).collect::<Vec<_>>() {
            own if !own.is_empty() => own,
            _ => self.tables.files.iter().filter(|f| f.target.is_none()).collect(),
        }
    }

    /// The one file that holds the datum; a file named for it on the command line goes before all others.
    fn locate(&self, decl: &NameDecl, data: &DataDecl) -> Result<Found<'a>, Diagnostic> {
        let files = self.files(decl);
        let mut found: Vec<Found<'a>> = vec![];
        for file in &files {
            found.extend(fields(decl, data, file)?.map(|fields| (*file, fields)));
        }
        if found.len() > 1 && found.iter().any(|(file, _)| !self.is_key(file, &decl.name)) {
            found.retain(|(file, _)| !self.is_key(file, &decl.name));
        }
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(errors::missing(decl, wanted(decl, data), &files)),
            [(first, _), (second, _), ..] => {
                Err(errors::in_two_files(decl, &first.path, &second.path))
            }
        }
    }

    /// Whether a column only keys the rows of a file: it is called like a dimension of another datum of the file.
    fn is_key(&self, file: &File, key: &str) -> bool {
        self.model.find_dim(key).is_some_and(|dim| {
            data(self.model).any(|(_, decl, data)| {
                decl.name != key
                    && decl.ty.dims.contains(&dim)
                    && file.fields.iter().any(|f| f.key == wanted(decl, data))
            })
        })
    }

    fn keys(
        &self,
        decl: &NameDecl,
        data: &DataDecl,
        file: &'a File,
        shape: &[usize],
        axis: usize,
    ) -> Keys<'a> {
        let dim = self.model.dim(decl.ty.dims[axis]);
        if matches!(dim.size, DimSize::Literal(_)) {
            return Keys::Unkeyed;
        }
        if axis == 1 && matches!(data.columns, Some(Columns::Run { .. })) {
            return Keys::Run;
        }
        let over_itself = |other: &NameDecl| other.ty.dims.contains(&decl.ty.dims[axis]);
        let taken = data_named(self.model, &dim.name)
            .is_some_and(|other| !file.is_table() || over_itself(other));
        let key = file.fields.iter().find(|f| f.key == dim.name && f.shape == [shape[axis]]);
        match key {
            Some(key) if !taken && key.key != wanted(decl, data) => Keys::Field(key),
            _ => Keys::Unkeyed,
        }
    }
}

fn data_named<'m>(model: &'m Model, name: &str) -> Option<&'m NameDecl> {
    data(model).map(|(_, decl, _)| decl).find(|decl| decl.name == name)
}

/// The key that a datum is stored under; of a run, the first.
fn wanted<'m>(decl: &'m NameDecl, data: &'m DataDecl) -> &'m str {
    match &data.columns {
        None => &decl.name,
        Some(Columns::Name(name)) => name,
        Some(Columns::Run { first, .. }) => first,
    }
}

/// The fields of one file that a datum asks for, if it holds them.
fn fields<'a>(
    decl: &NameDecl,
    data: &DataDecl,
    file: &'a File,
) -> Result<Option<Vec<&'a Field>>, Diagnostic> {
    let key = wanted(decl, data);
    let matching: Vec<usize> =
        (0..file.fields.len()).filter(|&i| file.fields[i].key == key).collect();
    match (matching.as_slice(), &data.columns) {
        ([_, _, ..], _) => Err(errors::twice_in_file(decl, key, file)),
        ([first], Some(Columns::Run { last, .. })) => {
            let end = (*first..file.fields.len()).find(|&i| file.fields[i].key == *last);
            let end = end.ok_or_else(|| errors::run_has_no_end(decl, key, last, file))?;
            Ok(Some(file.fields[*first..=end].iter().collect()))
        }
        ([one], _) => Ok(Some(vec![&file.fields[*one]])),
        ([], _) => match file.fields.as_slice() {
            [only] if file.target.is_some() && data.columns.is_none() => Ok(Some(vec![only])),
            _ => Ok(None),
        },
    }
}

/// Rows and columns of an image as its pixels.
fn flatten_last(shape: &mut Vec<usize>) {
    if let (Some(columns), Some(rows)) = (shape.pop(), shape.last_mut()) {
        *rows *= columns;
    }
}

/// The sizes of the axes, in the rank that the model declares.
fn shape(
    decl: &NameDecl,
    data: &DataDecl,
    file: &File,
    fields: &[&Field],
) -> Result<Vec<usize>, Diagnostic> {
    for field in fields {
        if let Cells::Flawed(flaw) = &field.cells {
            return Err(errors::flawed(decl, &file.path, &field.key, flaw));
        }
    }
    let mut shape = fields[0].shape.clone();
    if matches!(data.columns, Some(Columns::Run { .. })) {
        if shape.len() != 1 || decl.ty.dims.len() != 2 {
            return Err(errors::run_needs_two_dims(decl, fields.len()));
        }
        shape.push(fields.len());
    }
    if decl.ty.dims.is_empty() && file.is_table() && shape == [1] {
        shape.clear();
    }
    if matches!(file.layout, Layout::Arrays)
        && shape.len() == decl.ty.dims.len() + 1
        && shape.len() > 2
    {
        flatten_last(&mut shape);
    }
    if shape.len() == decl.ty.dims.len() {
        Ok(shape)
    } else {
        Err(errors::rank(decl, &shape, &file.whole(fields[0]), file.is_table()))
    }
}
