//! Matchings: rows and columns are equally many, and observed matrices have one 1 in each.

use super::axes::Axis;
use super::marks::slices;
use crate::check::model::{DimId, Model, StmtKind};
use crate::data::Array;
use crate::data::errors::{shape, value};
use crate::diag::Diagnostics;
use crate::dist::Event;
use std::sync::Arc;

/// Checks all matchings of a model whose sizes are decided.
pub(super) fn check(
    model: &Model,
    axes: &[Option<Arc<Axis>>],
    values: &[Option<Array>],
    diagnostics: &mut Diagnostics,
) {
    for stmt in &model.stmts {
        let (call, observed) = match &stmt.kind {
            StmtKind::Tilde(site) => (&site.dist, site.observed.then_some(site.name)),
            StmtKind::Guide(site) => (&site.dist, None),
            StmtKind::Let { .. } | StmtKind::Factor(_) => continue,
        };
        let &[row, column] = call.event.as_slice() else { continue };
        if call.dist.0.signature().event != Event::Pair {
            continue;
        }
        let axis = |d: &DimId| axes[d.0 as usize].as_deref();
        let (Some(rows), Some(columns)) = (axis(&row), axis(&column)) else { continue };
        if rows.size != columns.size {
            let (row, column) = (model.dim(row), model.dim(column));
            let sizes = (rows.size, columns.size);
            diagnostics.push(shape::unequal_pair(row, column, sizes, call.span));
        } else if let Some(array) = observed.and_then(|name| values[name.0 as usize].as_ref())
            && let Some(name) = observed
            && let Some(sizes) = array.dims.iter().map(|d| Some(axis(d)?.size)).collect()
        {
            let found = unmatched(array, sizes, [row, column]);
            let error = found.map(|(side, at, sum)| {
                let (dim, axis) = [(row, rows), (column, columns)][side];
                let place = format!("`{} = {}`", model.dim(dim).name, axis.name(at));
                value::not_permutation(model.name(name), sum, &place)
            });
            error.into_iter().for_each(|error| diagnostics.push(error));
        }
    }
}

/// The first row (side 0) or column without a 1, or with several, and how many it has.
fn unmatched(array: &Array, sizes: Vec<usize>, pair: [DimId; 2]) -> Option<(usize, usize, f64)> {
    let values = array.held();
    slices(&array.dims, &sizes, &pair).iter().find_map(|cells| {
        let count = cells.len().isqrt();
        let sum = |cell: &dyn Fn(usize) -> usize| -> f64 {
            (0..count).map(|k| values[cells[cell(k)]]).sum()
        };
        (0..count).find_map(|at| {
            let sums = [sum(&|k| at * count + k), sum(&|k| k * count + at)];
            let side = sums.iter().position(|&sum| sum != 1.0)?;
            Some((side, at, sums[side]))
        })
    })
}
