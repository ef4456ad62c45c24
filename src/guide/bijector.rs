//! From unconstrained space onto a support, with the log determinant of the Jacobian.
//!
//! exp, a scaled sigmoid, stick-breaking (Stan reference manual, "unit simplex"), ordered steps and matrices.

mod inverse;
mod matrix;

use crate::dist::Domain;
use crate::ir::{Dim, Entry, Graph, NodeId, Op};
use matrix::{Kind, Matrix};
use smallvec::smallvec;

/// ½ log(2π)
const HALF_LOG_2PI: f64 = 0.918_938_533_204_672_8;

/// A map from unconstrained space onto a domain.
#[derive(Clone, Copy)]
pub enum Bijector {
    Identity,
    Interval {
        lower: Option<NodeId>,
        upper: Option<NodeId>,
    },
    /// A simplex over K has K − 1 free coordinates, along a dimension of their own.
    Simplex {
        over: Dim,
        free: [Dim; 1],
    },
    Ordered {
        over: [Dim; 1],
    },
    Matrix(Matrix),
    /// The one value of a support that is a single point: a simplex over one class, a correlation of one row. The base
    /// coordinate that is left has a standard normal of its own, which the guide matches exactly.
    Point {
        over: Dim,
        column: Option<Dim>,
        free: [Dim; 1],
    },
}

/// A value on the support.
pub struct Bijected {
    pub value: NodeId,
    /// log |∂value/∂base| with the event dimension summed out; `None` where it is 0.
    pub log_det: Option<NodeId>,
}

impl Bijector {
    pub fn new(g: &mut Graph, domain: &Domain) -> Self {
        match *domain {
            Domain::Simplex(over) if g.size(over) == 1 => point(g, over, None),
            Domain::Corr(row, column) | Domain::CorrCholesky(row, column) if g.size(row) == 1 => {
                point(g, row, Some(column))
            }
            Domain::Interval { lower, upper } => Bijector::Interval { lower, upper },
            Domain::Simplex(over) => {
                let (name, size) = (g.dim_info(over).name.clone(), g.size(over));
                Bijector::Simplex { over, free: [g.dim(format!("{name} - 1"), size - 1)] }
            }
            Domain::Ordered(over) => Bijector::Ordered { over: [over] },
            Domain::Cholesky(row, column) => matrix(g, Kind::Cholesky, row, column),
            Domain::CorrCholesky(row, column) => matrix(g, Kind::CorrCholesky, row, column),
            Domain::Cov(row, column) => matrix(g, Kind::Cov, row, column),
            Domain::Corr(row, column) => matrix(g, Kind::Corr, row, column),
            _ => Bijector::Identity,
        }
    }

    /// Dimensions of the base draw, for a value of dimensions `dims`.
    pub fn base_dims(&self, dims: &[Dim]) -> Vec<Dim> {
        let (over, free, gone) = match *self {
            Bijector::Simplex { over, free: [free] } => (over, free, None),
            Bijector::Matrix(Matrix { row, column, free: [free], .. }) => (row, free, Some(column)),
            Bijector::Point { over, column, free: [free] } => (over, free, column),
            _ => return dims.to_vec(),
        };
        let left = dims.iter().filter(|&&d| Some(d) != gone);
        left.map(|&d| if d == over { free } else { d }).collect()
    }

    /// Dimensions of the base draw whose elements make one value together.
    pub fn event(&self) -> &[Dim] {
        match self {
            Bijector::Simplex { free, .. } | Bijector::Point { free, .. } => free,
            Bijector::Ordered { over } => over,
            Bijector::Matrix(matrix) => &matrix.free,
            Bijector::Identity | Bijector::Interval { .. } => &[],
        }
    }

    /// Maps a base draw onto the support.
    pub fn forward(&self, g: &mut Graph, base: NodeId) -> Bijected {
        match *self {
            Bijector::Identity => Bijected { value: base, log_det: None },
            Bijector::Interval { lower, upper } => interval(g, lower, upper, base),
            Bijector::Simplex { over, free: [free] } => stick_breaking(g, base, free, over),
            Bijector::Ordered { over: [over] } => ordered(g, base, over),
            Bijector::Matrix(matrix) => matrix.forward(g, base),
            Bijector::Point { over, column, free: [free] } => {
                one_point(g, base, free, over, column)
            }
        }
    }
}

fn matrix(g: &mut Graph, kind: Kind, row: Dim, column: Dim) -> Bijector {
    Bijector::Matrix(Matrix::new(g, kind, row, column))
}

fn point(g: &mut Graph, over: Dim, column: Option<Dim>) -> Bijector {
    let name = g.dim_info(over).name.clone();
    Bijector::Point { over, column, free: [g.dim(name, 1)] }
}

/// 1, and the log density of a standard normal at u in place of a Jacobian: entropy and it are −KL(q‖Normal(0, 1)).
fn one_point(g: &mut Graph, u: NodeId, free: Dim, over: Dim, column: Option<Dim>) -> Bijected {
    let dims = g.shape(u).iter().filter(|&d| d != free).chain([over]).chain(column);
    let dims: Vec<Dim> = dims.collect();
    let one = g.number(1.0);
    let square = g.square(u);
    let fall = g.scale(-0.5, square);
    let log_density = g.shift(-HALF_LOG_2PI, fall);
    Bijected { value: g.expand(one, &dims), log_det: Some(g.sum(log_density, &[free])) }
}

fn interval(g: &mut Graph, lower: Option<NodeId>, upper: Option<NodeId>, u: NodeId) -> Bijected {
    match (lower, upper) {
        (None, None) => Bijected { value: u, log_det: None },
        (Some(lower), None) => {
            let rise = g.exp(u);
            Bijected { value: g.add(lower, rise), log_det: Some(u) }
        }
        (None, Some(upper)) => {
            let fall = g.exp(u);
            Bijected { value: g.sub(upper, fall), log_det: Some(u) }
        }
        (Some(lower), Some(upper)) => {
            let width = g.sub(upper, lower);
            let share = g.sigmoid(u);
            let rise = g.mul(width, share);
            let value = g.add(lower, rise);
            let (left, right) = log_shares(g, u);
            let slope = g.add(left, right);
            let log_width = g.ln(width);
            Bijected { value, log_det: Some(g.add(slope, log_width)) }
        }
    }
}

/// log σ(u) and log(1 − σ(u))
fn log_shares(g: &mut Graph, u: NodeId) -> (NodeId, NodeId) {
    let down = g.neg(u);
    let (right, left) = (g.softplus(u), g.softplus(down));
    (g.neg(left), g.neg(right))
}

/// x_k = z_k ∏_{j<k} (1 − z_j), z_k = σ(u_k − log(K − k)), so that u = 0 is the uniform point.
///
/// The Jacobian is triangular: ∂x_k/∂u_k = z_k (1 − z_k) ∏_{j<k} (1 − z_j).
fn stick_breaking(g: &mut Graph, u: NodeId, free: Dim, over: Dim) -> Bijected {
    let offsets = stick_offsets(g, free);
    let logit = g.add(u, offsets);
    let (taken, left) = log_shares(g, logit);
    let remaining = g.cumsum(left, free);
    let own = pad(g, taken, free, over, 0);
    let before = pad(g, remaining, free, over, 1);
    let log = g.add(own, before);
    let value = g.exp(log);
    let slope = g.add(taken, remaining);
    Bijected { value, log_det: Some(g.sum(slope, &[free])) }
}

/// −log(K − k)
fn stick_offsets(g: &mut Graph, free: Dim) -> NodeId {
    let sticks = g.size(free);
    let offsets: Vec<f64> = (0..sticks).map(|k| -((sticks - k) as f64).ln()).collect();
    g.add_data("stick offsets", &[free], offsets.into())
}

/// Writes x along `from` into zeros along `to`, from position `start` on.
fn pad(g: &mut Graph, x: NodeId, from: Dim, to: Dim, start: usize) -> NodeId {
    let shape = g.shape(x).iter().filter(|&d| d != from).chain([to]).collect();
    let entries = smallvec![(to, Entry::Run { to: from, start })];
    g.push(Op::Scatter { entries, shape }, [x])
}

/// x_1 = u_1, x_k = x_{k−1} + exp(u_k)
fn ordered(g: &mut Graph, u: NodeId, over: Dim) -> Bijected {
    let position = g.iota(over);
    let first = g.not(position);
    let rise = g.exp(u);
    let steps = g.select(first, u, rise);
    let zero = g.number(0.0);
    let slopes = g.select(first, zero, u);
    Bijected { value: g.cumsum(steps, over), log_det: Some(g.sum(slopes, &[over])) }
}
