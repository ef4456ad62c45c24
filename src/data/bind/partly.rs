//! New data under a fit: observed data may be lacking, and what is labelled or pointed at is what it was in the fit.

use super::super::errors::label as errors;
use super::super::table::Tables;
use super::super::{Array, Bound, BoundDim};
use super::labels::Labels;
use super::source::{Keys, Source};
use super::{filled, find, overrides, read};
use crate::check::model::{DimId, DimSize, Elem, Model, NameId, NameKind};
use crate::diag::{Diagnostic, Diagnostics};
use std::sync::Arc;

/// Data that are there, and what is not.
#[derive(Clone, Debug)]
pub struct Partial {
    pub bound: Bound,
    /// Observed data that no file holds; not a number in `bound`.
    pub lacking: Vec<NameId>,
    /// Other data that no file holds, of rows that no file has; blank as well. What is said where they are needed.
    pub absent: Vec<(NameId, Diagnostic)>,
    /// The dimensions of such rows.
    pub unasked: Vec<DimId>,
    /// Dimensions whose positions are others than those of the fit.
    pub fresh: Vec<DimId>,
    /// Dimensions that have labels behind those of the fit, and how many the fit has.
    pub grown: Vec<(DimId, usize)>,
}

/// Binds new data to a model whose dimensions were `fitted` before. Labels stay those of the fit, and so do positions that
/// indices point at; other dimensions have the size of the new data where these have them.
pub fn bind_partly(
    model: Arc<Model>,
    tables: &Tables,
    sizes: &[(String, u64)],
    fitted: &[BoundDim],
) -> (Option<Partial>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut sizes = overrides::apply(&model, sizes, false, &mut diagnostics);
    let lacking = find::lacking(&model, tables);
    let unasked = find::unasked(&model, tables);
    let absent = find::absent(&model, tables, &unasked);
    let blanks: Vec<NameId> =
        lacking.iter().copied().chain(absent.iter().map(|(name, _)| *name)).collect();
    let sources = find::sources(&model, tables, &blanks, &mut diagnostics);
    let (mut fresh, mut grown) = (vec![], vec![]);
    for (index, before) in fitted.iter().enumerate() {
        let dim = DimId(index as u32);
        if sizes[index] != DimSize::FromData {
            continue;
        }
        let is_carried = sources.iter().any(|s| s.dims().contains(&dim));
        sizes[index] = match &before.labels {
            Some(labels) => {
                let mut all = labels.to_vec();
                if !model.mixes(dim) {
                    all.extend(others(&sources, dim, labels));
                }
                if all.len() > labels.len() {
                    grown.push((dim, labels.len()));
                }
                DimSize::Labels(all)
            }
            None if is_carried && !is_pointed_at(&model, dim) => {
                fresh.push(dim);
                continue;
            }
            None => DimSize::Fixed(before.size as u64),
        };
    }
    let bound = read(&model, tables, &sources, &sizes, &mut diagnostics);
    drop(sources);
    if !diagnostics.has_errors() {
        for &(dim, known) in &grown {
            if let DimSize::Labels(labels) = &sizes[dim.0 as usize] {
                diagnostics.push(errors::new_labels(model.dim(dim), labels, known));
            }
        }
    }
    let partial = bound.map(|(dims, mut values, files)| {
        for &name in &blanks {
            values[name.0 as usize] = Some(blank(&model, name, &dims));
        }
        fresh.extend(followers(&model, &fresh));
        let bound = Bound::new(model, dims, values, files);
        Partial { bound, lacking, absent, unasked, fresh, grown }
    });
    (partial, diagnostics)
}

/// Labels of new data that the fit does not have.
fn others(sources: &[Source], dim: DimId, known: &[String]) -> Vec<String> {
    let mut labels = Labels::default();
    for source in sources {
        if source.decl.ty.elem == Elem::Index(dim) {
            labels.add_indices(source);
        }
        for (axis, keys) in source.keys.iter().enumerate() {
            if let (Keys::Field(key), true) = (keys, source.dims()[axis] == dim) {
                // Keys that are no labels are an error of reading.
                let _ = labels.add_keys(source, key);
            }
        }
    }
    labels.all().into_iter().filter(|label| !known.contains(label)).collect()
}

fn is_pointed_at(model: &Model, dim: DimId) -> bool {
    let points =
        |kind: &NameKind, elem| matches!(kind, NameKind::Data(_)) && elem == Elem::Index(dim);
    model.names.iter().any(|n| points(&n.kind, n.ty.elem))
}

/// The dimensions that are as long as others, or longer by some positions.
fn followers(model: &Model, of: &[DimId]) -> Vec<DimId> {
    let follows = |index: usize| match model.dims[index].size {
        DimSize::Prime { of: base } | DimSize::Offset { of: base, .. } => of.contains(&base),
        _ => false,
    };
    (0..model.dims.len()).filter(|&i| follows(i)).map(|i| DimId(i as u32)).collect()
}

/// Not a number, which is no position either.
fn blank(model: &Model, name: NameId, dims: &[BoundDim]) -> Array {
    let is_index = matches!(model.name(name).ty.elem, Elem::Index(_));
    filled(model, dims, name, if is_index { 0.0 } else { f64::NAN })
}
