//! From a support back to unconstrained space: where a guide has to stand to give a certain value.
//!
//! Sums that the forward map runs through from the front are taken from the back, so that no small rest is a difference
//! of large numbers.

use super::matrix::{Kind, Matrix};
use super::{Bijector, pad};
use crate::ir::{Dim, Graph, NodeId, Op};

impl Bijector {
    /// The base of a value inside the support; it is not finite where the value is on the edge or outside. `None` for
    /// products L Lᵀ, whose factor no op finds: `factor` maps that one back.
    pub fn inverse(&self, g: &mut Graph, value: NodeId) -> Option<NodeId> {
        Some(match *self {
            Bijector::Identity => value,
            Bijector::Interval { lower, upper } => interval(g, lower, upper, value),
            Bijector::Simplex { over, free: [free] } => sticks(g, value, over, free),
            Bijector::Ordered { over: [over] } => rises(g, value, over),
            Bijector::Matrix(matrix) => matrix.inverse(g, value)?,
            Bijector::Point { over, column, free: [free] } => {
                let dims = g.shape(value).iter().filter(|&d| d != over && Some(d) != column);
                let dims: Vec<Dim> = dims.chain([free]).collect();
                let zero = g.number(0.0);
                g.expand(zero, &dims)
            }
        })
    }

    /// For products L Lᵀ, rows and columns of the matrices and the bijector from the same base onto L.
    pub fn factor(&self) -> Option<(Dim, Dim, Bijector)> {
        let Bijector::Matrix(matrix) = *self else { return None };
        let kind = match matrix.kind {
            Kind::Cov => Kind::Cholesky,
            Kind::Corr => Kind::CorrCholesky,
            Kind::Cholesky | Kind::CorrCholesky => return None,
        };
        Some((matrix.row, matrix.column, Bijector::Matrix(Matrix { kind, ..matrix })))
    }
}

fn interval(g: &mut Graph, lower: Option<NodeId>, upper: Option<NodeId>, x: NodeId) -> NodeId {
    let log_above = lower.map(|lower| log_gap(g, lower, x));
    let log_below = upper.map(|upper| log_gap(g, x, upper));
    match (log_above, log_below) {
        (None, None) => x,
        (Some(log), None) | (None, Some(log)) => log,
        (Some(above), Some(below)) => g.sub(above, below),
    }
}

/// log(to − from)
fn log_gap(g: &mut Graph, from: NodeId, to: NodeId) -> NodeId {
    let gap = g.sub(to, from);
    g.ln(gap)
}

/// u_k = log x_k − log Σ_{j>k} x_j + log(K − k)
fn sticks(g: &mut Graph, x: NodeId, over: Dim, free: Dim) -> NodeId {
    let rest = g.push(Op::Cumsum { dim: over, reverse: true }, [x]);
    let (own, after) = (g.run(x, over, free, 0), g.run(rest, over, free, 1));
    let (own, after) = (g.ln(own), g.ln(after));
    let logit = g.sub(own, after);
    let offsets = super::stick_offsets(g, free);
    g.sub(logit, offsets)
}

/// u_1 = x_1, u_k = log(x_k − x_{k−1})
fn rises(g: &mut Graph, x: NodeId, over: Dim) -> NodeId {
    let count = g.size(over) - 1;
    if count == 0 {
        return x;
    }
    let step = g.dim("step", count);
    let (before, after) = (g.run(x, over, step, 0), g.run(x, over, step, 1));
    let rise = log_gap(g, before, after);
    let rise = pad(g, rise, step, over, 1);
    let position = g.iota(over);
    let first = g.not(position);
    g.select(first, x, rise)
}

impl Matrix {
    fn inverse(&self, g: &mut Graph, x: NodeId) -> Option<NodeId> {
        let base = match self.kind {
            Kind::Cholesky => self.log_diagonal(g, x),
            Kind::CorrCholesky => self.partial_correlations(g, x),
            Kind::Cov | Kind::Corr => return None,
        };
        Some(self.gather(g, base))
    }

    fn log_diagonal(&self, g: &mut Graph, x: NodeId) -> NodeId {
        let (i, j) = (g.iota(self.row), g.iota(self.column));
        let diagonal = g.eq(i, j);
        let log = g.ln(x);
        g.select(diagonal, log, x)
    }

    /// u_ij = artanh(L_ij / w_ij), where w_ij² is what the row has left: Σ_{k≥j} L_ik².
    fn partial_correlations(&self, g: &mut Graph, x: NodeId) -> NodeId {
        let square = g.square(x);
        let left = g.push(Op::Cumsum { dim: self.column, reverse: true }, [square]);
        let left = g.sqrt(left);
        let (up, down) = (g.add(left, x), g.sub(left, x));
        let (up, down) = (g.ln(up), g.ln(down));
        let twice = g.sub(up, down);
        g.scale(0.5, twice)
    }

    /// The elements of the lower triangle, in the order of the free coordinates.
    fn gather(&self, g: &mut Graph, x: NodeId) -> NodeId {
        let n = g.size(self.row);
        let last = |i: usize| match self.kind {
            Kind::Cholesky | Kind::Cov => i + 1,
            Kind::CorrCholesky | Kind::Corr => i,
        };
        let places: Vec<(usize, usize)> =
            (0..n).flat_map(|i| (0..last(i)).map(move |j| (i, j))).collect();
        let rows: Vec<f64> = places.iter().map(|&(i, _)| i as f64).collect();
        let columns: Vec<f64> = places.iter().map(|&(_, j)| j as f64).collect();
        let rows = g.add_data("rows", &self.free, rows.into());
        let columns = g.add_data("columns", &self.free, columns.into());
        let along = g.pick(x, self.row, rows);
        g.pick(along, self.column, columns)
    }
}
