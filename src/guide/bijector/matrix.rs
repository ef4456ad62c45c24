//! Vectors onto matrices: lower triangles with a positive diagonal, covariances L Lᵀ, and correlations by their canonical
//! partial correlations (Lewandowski, Kurowicka & Joe 2009; Stan reference manual, "Cholesky factors of correlation
//! matrices").

use super::Bijected;
use crate::ir::{Dim, Entry, Graph, NodeId, Op};
use smallvec::smallvec;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Cholesky,
    CorrCholesky,
    Cov,
    Corr,
}

/// A map from a vector onto square matrices.
#[derive(Clone, Copy)]
pub struct Matrix {
    pub kind: Kind,
    pub row: Dim,
    pub column: Dim,
    /// The free coordinates, row by row of the lower triangle: with its diagonal, or below it for correlations.
    pub free: [Dim; 1],
}

/// The lower triangle of a matrix and its log Jacobian with respect to the free coordinates, coordinate by coordinate.
struct Factor {
    value: NodeId,
    /// log of the diagonal, along the rows.
    log_diagonal: NodeId,
    /// With no dimension of the matrix.
    log_det: NodeId,
}

impl Matrix {
    pub fn new(g: &mut Graph, kind: Kind, row: Dim, column: Dim) -> Self {
        let n = g.size(row);
        let count = match kind {
            Kind::Cholesky | Kind::Cov => n * (n + 1) / 2,
            Kind::CorrCholesky | Kind::Corr => n * (n - 1) / 2,
        };
        let name = format!("{} by {}", g.dim_info(row).name, g.dim_info(column).name);
        Self { kind, row, column, free: [g.dim(name, count)] }
    }

    pub fn forward(&self, g: &mut Graph, u: NodeId) -> Bijected {
        let factor = match self.kind {
            Kind::Cholesky | Kind::Cov => self.triangle(g, u),
            Kind::CorrCholesky | Kind::Corr => self.unit_rows(g, u),
        };
        match self.kind {
            Kind::Cholesky | Kind::CorrCholesky => {
                Bijected { value: factor.value, log_det: Some(factor.log_det) }
            }
            Kind::Cov | Kind::Corr => self.product(g, &factor),
        }
    }

    /// exp on the diagonal: ∂L_ii/∂u = L_ii.
    fn triangle(&self, g: &mut Graph, u: NodeId) -> Factor {
        let (i, j) = (g.iota(self.row), g.iota(self.column));
        let (below, diagonal) = (g.lt(j, i), g.eq(i, j));
        let spread = self.spread(g, u, 1.0);
        let zero = g.number(0.0);
        let log = g.select(diagonal, spread, zero);
        let rise = g.exp(log);
        let rest = g.select(below, spread, zero);
        let value = g.select(diagonal, rise, rest);
        let log_diagonal = g.sum(log, &[self.column]);
        let log_det = g.sum(log_diagonal, &[self.row]);
        Factor { value, log_diagonal, log_det }
    }

    /// z = tanh(u), L_ij = z_ij w_ij with w_ij² = ∏_{k<j} (1 − z_ik²), and L_ii = w_ii.
    ///
    /// Within a row the Jacobian is triangular: ∂L_ij/∂u_ij = (1 − z_ij²) w_ij.
    fn unit_rows(&self, g: &mut Graph, u: NodeId) -> Factor {
        let (i, j) = (g.iota(self.row), g.iota(self.column));
        let (below, diagonal) = (g.lt(j, i), g.eq(i, j));
        let zero = g.number(0.0);
        let spread = self.spread(g, u, -1.0);
        let spread = g.select(below, spread, zero);
        let partial = g.tanh(spread);
        let slope = log_sech_squared(g, spread);
        let half = g.scale(0.5, slope);
        let through = g.cumsum(half, self.column);
        let log_left = g.sub(through, half);
        let left = g.exp(log_left);
        let below_diagonal = g.mul(partial, left);
        let on_diagonal = g.select(diagonal, left, zero);
        let value = g.select(below, below_diagonal, on_diagonal);
        let log_diagonal = g.select(diagonal, log_left, zero);
        let log_diagonal = g.sum(log_diagonal, &[self.column]);
        let logs = g.add(slope, log_left);
        let logs = g.select(below, logs, zero);
        let log_det = g.sum(logs, &[self.row, self.column]);
        Factor { value, log_diagonal, log_det }
    }

    /// L Lᵀ. From the rows of L to those of the product the Jacobian is triangular, with L_jj at (i, j), and on the
    /// diagonal of a covariance, which has coordinates of its own, 2 L_ii.
    fn product(&self, g: &mut Graph, factor: &Factor) -> Bijected {
        let n = g.size(self.row);
        let inner = g.dim("inner", n);
        let left = g.run(factor.value, self.column, inner, 0);
        let rows = Entry::Run { to: self.column, start: 0 };
        let columns = Entry::Run { to: inner, start: 0 };
        let right =
            g.push(Op::Index(smallvec![(self.row, rows), (self.column, columns)]), [factor.value]);
        let value = g.contract(left, right, &[inner]);
        let i = g.iota(self.row);
        let back = g.neg(i);
        let (uses, constant) = match self.kind {
            Kind::Cov => (g.shift(n as f64, back), n as f64 * std::f64::consts::LN_2),
            _ => (g.shift(n as f64 - 1.0, back), 0.0),
        };
        let logs = g.contract(uses, factor.log_diagonal, &[self.row]);
        let logs = g.add(logs, factor.log_det);
        Bijected { value, log_det: Some(g.shift(constant, logs)) }
    }

    /// Coordinate i (i + by) / 2 + j at row i and column j of the lower triangle; above it anything.
    fn spread(&self, g: &mut Graph, u: NodeId, by: f64) -> NodeId {
        let (i, j) = (g.iota(self.row), g.iota(self.column));
        let longer = g.shift(by, i);
        let twice = g.mul(i, longer);
        let start = g.scale(0.5, twice);
        let place = g.add(start, j);
        let last = g.number(g.size(self.free[0]) as f64 - 1.0);
        let place = g.min(place, last);
        g.pick(u, self.free[0], place)
    }
}

/// log(1 − tanh²(u)) = 2 (log 2 − u − softplus(−2u))
fn log_sech_squared(g: &mut Graph, u: NodeId) -> NodeId {
    let down = g.scale(-2.0, u);
    let soft = g.softplus(down);
    let sum = g.add(u, soft);
    let fall = g.neg(sum);
    let log = g.shift(std::f64::consts::LN_2, fall);
    g.scale(2.0, log)
}
