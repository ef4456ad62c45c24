//! Sizes from the command line, in the place of those that the model fixes.

use crate::check::model::{DimSize, Model};
use crate::data::errors::file as errors;
use crate::diag::Diagnostics;

/// The size of every dimension as declared, overrides applied.
pub(super) fn apply(
    model: &Model,
    overrides: &[(String, u64)],
    diagnostics: &mut Diagnostics,
) -> Vec<DimSize> {
    let mut sizes: Vec<DimSize> = model.dims.iter().map(|dim| dim.size.clone()).collect();
    for (name, size) in overrides {
        match model.find_dim(name) {
            Some(dim) if matches!(model.dim(dim).size, DimSize::Fixed(_)) => {
                sizes[dim.0 as usize] = DimSize::Fixed(*size);
            }
            Some(dim) => diagnostics.push(errors::override_not_fixed(model.dim(dim), *size)),
            None => diagnostics.push(errors::override_unknown(name, model)),
        }
    }
    sizes
}
