//! Model and files to `Bound`: finds every datum, decides sizes and labels, checks every value.

mod axes;
mod entries;
mod find;
mod keys;
mod labels;
mod marks;
mod overrides;
mod pairs;
mod partly;
mod source;
mod values;

use super::errors::shape as errors;
use super::table::Tables;
use super::{Array, Bound, BoundDim, FileUsed};
use crate::check::model::{DimSize, Model, NameId};
use crate::diag::Diagnostics;
use axes::Axis;
pub use marks::check as check_marks;
pub use partly::{Partial, bind_partly};
use source::Source;
use std::sync::Arc;

/// Binds the data that a model declares to what the files hold. `overrides` are sizes from the command line, for
/// dimensions that the model fixes. Nothing comes back where there was an error.
pub fn bind(
    model: Arc<Model>,
    tables: &Tables,
    overrides: &[(String, u64)],
) -> (Option<Bound>, Diagnostics) {
    bound(model, tables, overrides, None)
}

/// The same where data of these names need not be there: they are zeros, which nothing may read. The command line can then say
/// sizes that data give otherwise.
pub fn bind_without(
    model: Arc<Model>,
    tables: &Tables,
    overrides: &[(String, u64)],
    absent: &[NameId],
) -> (Option<Bound>, Diagnostics) {
    bound(model, tables, overrides, Some(absent))
}

fn bound(
    model: Arc<Model>,
    tables: &Tables,
    overrides: &[(String, u64)],
    absent: Option<&[NameId]>,
) -> (Option<Bound>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let sizes = overrides::apply(&model, overrides, absent.is_some(), &mut diagnostics);
    let mut lacking = find::lacking(&model, tables);
    lacking.retain(|name| absent.is_some_and(|absent| absent.contains(name)));
    let sources = find::sources(&model, tables, &lacking, &mut diagnostics);
    let read = read(&model, tables, &sources, &sizes, &mut diagnostics);
    drop(sources);
    let whole = |(dims, mut values, files): Read| {
        for &name in &lacking {
            values[name.0 as usize] = Some(filled(&model, &dims, name, 0.0));
        }
        Bound::new(model, dims, values, files)
    };
    (read.map(whole), diagnostics)
}

/// Dimensions, values by name, and the files that they are from.
type Read = (Vec<BoundDim>, Vec<Option<Array>>, Vec<FileUsed>);

fn read(
    model: &Model,
    tables: &Tables,
    sources: &[Source],
    sizes: &[DimSize],
    diagnostics: &mut Diagnostics,
) -> Option<Read> {
    let axes = axes::decide(model, sizes, sources, diagnostics);
    let mut values: Vec<Option<Array>> = vec![None; model.names.len()];
    for source in sources {
        match values::read(source, &axes) {
            Ok(array) => values[source.name.0 as usize] = array,
            Err(error) => diagnostics.push(error),
        }
    }
    pairs::check(model, &axes, &values, diagnostics);
    entries::check(model, &axes, diagnostics);
    let dims = if diagnostics.has_errors() { None } else { sized(model, axes, diagnostics) };
    let files =
        tables.files.iter().map(|f| FileUsed { path: f.path.clone(), sha256: f.sha256.clone() });
    Some((dims?, values, files.collect()))
}

/// Labels, positions and slices in the expressions of a model against sizes and labels that are known.
pub fn check_entries(model: &Model, dims: &[BoundDim]) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let axes: Vec<Option<Arc<Axis>>> = dims.iter().map(|d| Some(Arc::new(Axis::of(d)))).collect();
    entries::check(model, &axes, &mut diagnostics);
    diagnostics
}

/// A datum that has one value everywhere.
fn filled(model: &Model, dims: &[BoundDim], name: NameId, value: f64) -> Array {
    let own = model.name(name).ty.dims.clone();
    let count = own.iter().map(|d| dims[d.0 as usize].size).product();
    Array::new(own, vec![value; count])
}

/// All dimensions, once each has a size.
fn sized(
    model: &Model,
    axes: Vec<Option<Arc<Axis>>>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<BoundDim>> {
    let unsized_dims = model.dims.iter().zip(&axes).filter(|(_, axis)| axis.is_none());
    for (dim, _) in unsized_dims {
        diagnostics.push(errors::nothing_sizes(dim));
    }
    let bound = |axis: Arc<Axis>| BoundDim { size: axis.size, labels: axis.labels.clone() };
    axes.into_iter().map(|axis| axis.map(bound)).collect()
}
