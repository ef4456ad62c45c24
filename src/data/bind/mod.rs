//! Model and files to `Bound`: finds every datum, decides sizes and labels, checks every value.

mod axes;
mod entries;
mod find;
mod keys;
mod labels;
mod marks;
mod overrides;
mod pairs;
mod source;
mod values;

use super::errors::shape as errors;
use super::table::Tables;
use super::{Array, Bound, BoundDim, FileUsed};
use crate::check::model::Model;
use crate::diag::Diagnostics;
use axes::Axis;
pub use marks::check as check_marks;
use std::sync::Arc;

/// Binds the data that a model declares to what the files hold. `overrides` are sizes from the command line, for
/// dimensions that the model fixes. Nothing comes back where there was an error.
pub fn bind(
    model: Arc<Model>,
    tables: &Tables,
    overrides: &[(String, u64)],
) -> (Option<Bound>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let sizes = overrides::apply(&model, overrides, &mut diagnostics);
    let sources = find::sources(&model, tables, &mut diagnostics);
    let axes = axes::decide(&model, &sizes, &sources, &mut diagnostics);
    let mut values: Vec<Option<Array>> = vec![None; model.names.len()];
    for source in &sources {
        match values::read(source, &axes) {
            Ok(array) => values[source.name.0 as usize] = array,
            Err(error) => diagnostics.push(error),
        }
    }
    pairs::check(&model, &axes, &values, &mut diagnostics);
    entries::check(&model, &axes, &mut diagnostics);
    let dims = if diagnostics.has_errors() { None } else { sized(&model, axes, &mut diagnostics) };
    let files =
        tables.files.iter().map(|f| FileUsed { path: f.path.clone(), sha256: f.sha256.clone() });
    let files = files.collect();
    (dims.map(|dims| Bound { model, dims, values, files }), diagnostics)
}

/// Labels, positions and slices in the expressions of a model against sizes and labels that are known.
pub fn check_entries(model: &Model, dims: &[BoundDim]) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let axes: Vec<Option<Arc<Axis>>> = dims.iter().map(|d| Some(Arc::new(Axis::of(d)))).collect();
    entries::check(model, &axes, &mut diagnostics);
    diagnostics
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
