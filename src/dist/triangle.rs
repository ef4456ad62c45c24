//! What densities of Cholesky factors share: the diagonal, the support, and the Gamma function of matrices.

use super::numeric::{all, is_positive};
use crate::ir::{Dim, Entry, Graph, NodeId, Op};
use smallvec::smallvec;
use std::f64::consts::PI;

/// The rows and the columns.
pub(super) type Axes = (Dim, Dim);

pub(super) fn diagonal(g: &mut Graph, square: NodeId, (row, column): Axes) -> NodeId {
    let along = Entry::Run { to: row, start: 0 };
    g.push(Op::Index(smallvec![(row, along), (column, along)]), [square])
}

/// Whether nothing stands above the diagonal, and nothing on it is not positive.
pub(super) fn is_triangle(g: &mut Graph, square: NodeId, axes: Axes) -> NodeId {
    let (row, column) = axes;
    let (i, j, zero) = (g.iota(row), g.iota(column), g.number(0.0));
    let (lower, nothing) = (g.le(j, i), g.eq(square, zero));
    let fits = g.max(lower, nothing);
    let fits = all(g, fits, column);
    let fits = all(g, fits, row);
    let diagonal = diagonal(g, square, axes);
    let positive = is_positive(g, diagonal);
    let positive = all(g, positive, row);
    g.mul(fits, positive)
}

/// The square, or the identity where it is none of the support.
pub(super) fn or_identity(
    g: &mut Graph,
    inside: NodeId,
    square: NodeId,
    (row, column): Axes,
) -> NodeId {
    let (i, j) = (g.iota(row), g.iota(column));
    let identity = g.eq(i, j);
    g.select(inside, square, identity)
}

/// log Γ_n(a), n the number of rows: n(n − 1)/4 log π + Σ_i log Γ(a − i/2), i from 0.
pub(super) fn log_gamma(g: &mut Graph, a: NodeId, row: Dim) -> NodeId {
    let n = g.size(row) as f64;
    let place = g.iota(row);
    let less = g.scale(-0.5, place);
    let each = g.add(a, less);
    let each = g.lgamma(each);
    let sum = g.sum(each, &[row]);
    g.shift(0.25 * n * (n - 1.0) * PI.ln(), sum)
}
