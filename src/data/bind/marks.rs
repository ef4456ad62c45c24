//! What a whole array must be along some dimensions: a simplex, ascending, a triangular or a symmetric matrix.

use crate::check::model::{DimId, Mark, NameDecl};
use crate::data::errors::value as errors;
use crate::diag::Diagnostic;

/// How far the sum of a simplex, or two sides of a symmetric matrix, may differ, relative to 1.
const TOLERANCE: f64 = 1e-8;

/// Checks values in the order of the dimensions; `place` says where one stands.
///
/// # Errors
/// The first thing that breaks the mark of the declaration.
pub fn check(
    decl: &NameDecl,
    sizes: &[usize],
    values: &[f64],
    place: impl Fn(usize) -> String,
) -> Result<(), Diagnostic> {
    let slices = |dims: &[DimId]| slices(&decl.ty.dims, sizes, dims);
    match decl.ty.mark {
        None => Ok(()),
        Some(Mark::Simplex(dim)) => slices(&[dim]).iter().try_for_each(|cells| {
            let sum: f64 = cells.iter().map(|&c| values[c]).sum();
            let good = (sum - 1.0).abs() <= TOLERANCE;
            if good { Ok(()) } else { Err(errors::not_simplex(decl, sum, &place(cells[0]))) }
        }),
        Some(Mark::Ordered(dim)) => slices(&[dim]).iter().try_for_each(|cells| {
            match cells.windows(2).find(|pair| values[pair[0]] >= values[pair[1]]) {
                Some(pair) => {
                    let (low, high) = (values[pair[0]], values[pair[1]]);
                    Err(errors::not_ascending(decl, low, high, &place(pair[1])))
                }
                None => Ok(()),
            }
        }),
        Some(Mark::Cholesky(row, column)) => slices(&[row, column])
            .iter()
            .try_for_each(|m| matrix(decl, values, m, &place, triangular)),
        Some(Mark::Cov(row, column)) => slices(&[row, column])
            .iter()
            .try_for_each(|m| matrix(decl, values, m, &place, covariance)),
        Some(Mark::Corr(row, column)) => slices(&[row, column])
            .iter()
            .try_for_each(|m| matrix(decl, values, m, &place, correlation)),
    }
}

/// The cells of every slice along `dims`, first of them outermost.
pub(super) fn slices(all: &[DimId], sizes: &[usize], dims: &[DimId]) -> Vec<Vec<usize>> {
    let strides: Vec<usize> = (0..sizes.len()).map(|a| sizes[a + 1..].iter().product()).collect();
    let along = |axes: Vec<usize>| {
        axes.into_iter().fold(vec![0], |cells: Vec<usize>, a| {
            cells
                .iter()
                .flat_map(|c| (0..sizes[a]).map(|i| c + i * strides[a]).collect::<Vec<_>>())
                .collect()
        })
    };
    let outer: Vec<usize> = (0..all.len()).filter(|&a| !dims.contains(&all[a])).collect();
    let inner = dims.iter().filter_map(|d| all.iter().position(|a| a == d)).collect();
    let inner = along(inner);
    along(outer).iter().map(|start| inner.iter().map(|c| start + c).collect()).collect()
}

/// A rule for a square matrix: the entry that breaks it, and what it should be.
type Rule = fn(&dyn Fn(usize, usize) -> f64, usize) -> Option<(usize, usize, &'static str)>;

fn matrix(
    decl: &NameDecl,
    values: &[f64],
    cells: &[usize],
    place: impl Fn(usize) -> String,
    rule: Rule,
) -> Result<(), Diagnostic> {
    let size = cells.len().isqrt();
    match rule(&|i, j| values[cells[i * size + j]], size) {
        None => Ok(()),
        Some((i, j, needs)) => {
            let cell = cells[i * size + j];
            Err(errors::not_matrix(decl, needs, values[cell], &place(cell)))
        }
    }
}

fn triangular(m: &dyn Fn(usize, usize) -> f64, n: usize) -> Option<(usize, usize, &'static str)> {
    let above =
        pairs(n).find(|&(i, j)| m(j, i) != 0.0).map(|(i, j)| (j, i, "0 above the diagonal"));
    above.or_else(|| diagonal(n, |i| m(i, i) > 0.0, "a positive number on the diagonal"))
}

fn covariance(m: &dyn Fn(usize, usize) -> f64, n: usize) -> Option<(usize, usize, &'static str)> {
    let differs = |i: usize, j: usize| {
        (m(i, j) - m(j, i)).abs() > TOLERANCE * m(i, j).abs().max(m(j, i).abs()).max(1.0)
    };
    let skew = pairs(n)
        .find(|&(i, j)| differs(i, j))
        .map(|(i, j)| (i, j, "the same number as across the diagonal"));
    skew.or_else(|| not_definite(m, n))
}

fn correlation(m: &dyn Fn(usize, usize) -> f64, n: usize) -> Option<(usize, usize, &'static str)> {
    diagonal(n, |i| (m(i, i) - 1.0).abs() <= TOLERANCE, "1 on the diagonal")
        .or_else(|| covariance(m, n))
}

fn diagonal(
    n: usize,
    good: impl Fn(usize) -> bool,
    needs: &'static str,
) -> Option<(usize, usize, &'static str)> {
    (0..n).find(|&i| !good(i)).map(|i| (i, i, needs))
}

/// Below the diagonal, row by row.
fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(|i| (0..i).map(move |j| (i, j)))
}

/// The first row at which a Cholesky factorisation meets a pivot that is not positive.
fn not_definite(m: &dyn Fn(usize, usize) -> f64, n: usize) -> Option<(usize, usize, &'static str)> {
    let mut factor = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = m(i, j) - dot;
            if i == j && rest <= 0.0 {
                return Some((i, i, "a larger number, for the matrix to be positive definite"));
            }
            factor[i][j] = if i == j { rest.sqrt() } else { rest / factor[j][j] };
        }
    }
    None
}
