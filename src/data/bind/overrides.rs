//! Sizes from the command line, in the place of those that the model fixes.

use crate::check::model::{DimSize, Model};
use crate::data::errors::file as errors;
use crate::diag::Diagnostics;

/// The size of every dimension as declared, overrides applied; those that data give can be said too where data may be absent.
pub(super) fn apply(
    model: &Model,
    overrides: &[(String, u64)],
    of_data_too: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<DimSize> {
    let mut sizes: Vec<DimSize> = model.dims.iter().map(|dim| dim.size.clone()).collect();
    for (name, size) in overrides {
        match model.find_dim(name) {
            Some(dim) if can_be_said(&model.dim(dim).size, of_data_too) => {
                sizes[dim.0 as usize] = DimSize::Fixed(*size);
            }
            Some(dim) => diagnostics.push(errors::override_not_fixed(model.dim(dim), *size)),
            None => diagnostics.push(errors::override_unknown(name, model)),
        }
    }
    sizes
}

fn can_be_said(size: &DimSize, of_data_too: bool) -> bool {
    match size {
        DimSize::Fixed(_) => true,
        DimSize::FromData => of_data_too,
        _ => false,
    }
}
