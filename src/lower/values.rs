//! Arrays between the user's order of dimensions and the graph's, and the starts of point estimates.

use super::Lowerer;
use crate::check::model::{DimId, Elem, Interval, Mark, Type};
use crate::dist::Domain;
use crate::guide::Bijector;
use crate::ir::{Dim, Graph, NodeId, Shape};

impl Lowerer<'_> {
    /// Values row-major along `dims` in the user's order, as a node.
    pub(super) fn data(&mut self, name: &str, dims: &[DimId], values: &[f64]) -> NodeId {
        if dims.is_empty() {
            return self.g.number(values[0]);
        }
        let dims: Vec<Dim> = dims.iter().map(|&d| self.dim(d)).collect();
        let laid = to_layout(&self.g, &dims, values);
        self.g.add_data(name, &dims, laid.into())
    }
}

/// From row-major along `dims` to the layout of their shape.
pub(super) fn to_layout(g: &Graph, dims: &[Dim], values: &[f64]) -> Vec<f64> {
    let places = places(g, dims);
    let mut laid = vec![0.0; values.len()];
    for (value, place) in values.iter().zip(places) {
        laid[place] = *value;
    }
    laid
}

/// For each element, row-major along `dims`, its place in the layout of their shape.
fn places(g: &Graph, dims: &[Dim]) -> impl Iterator<Item = usize> + use<> {
    let shape = Shape::new(g, dims.iter().copied());
    let strides = shape.strides(g);
    let stride_of = |d: &Dim| shape.iter().position(|s| s == *d).map_or(0, |i| strides[i]);
    let axes: Vec<(usize, usize)> = dims.iter().map(|d| (g.size(*d), stride_of(d))).collect();
    let count: usize = axes.iter().map(|(size, _)| size).product();
    (0..count).map(move |flat| {
        let mut rest = flat;
        let mut place = 0;
        for &(size, stride) in axes.iter().rev() {
            place += rest % size * stride;
            rest /= size;
        }
        place
    })
}

/// The domain that a declared type stands for.
pub(super) fn domain(g: &mut Graph, ty: &Type, dims: &[Dim]) -> Domain {
    let dim = |d: DimId| dims[d.0 as usize];
    match (ty.mark, ty.elem) {
        (Some(Mark::Simplex(over)), _) => Domain::Simplex(dim(over)),
        (Some(Mark::Ordered(over)), _) => Domain::Ordered(dim(over)),
        (Some(Mark::Cholesky(row, column)), _) => Domain::Cholesky(dim(row), dim(column)),
        (Some(Mark::Cov(row, column)), _) => Domain::Cov(dim(row), dim(column)),
        (Some(Mark::Corr(row, column)), _) => Domain::Corr(dim(row), dim(column)),
        (None, Elem::Real) => interval(g, ty.support),
        (None, _) => unreachable!("the checker refuses discrete params"),
    }
}

fn interval(g: &mut Graph, support: Interval) -> Domain {
    let mut end = |x: f64| x.is_finite().then(|| g.number(x));
    let (lower, upper) = (end(support.low), end(support.high));
    if lower.is_none() && upper.is_none() {
        return Domain::Real;
    }
    Domain::Interval { lower, upper }
}

/// The unconstrained start of a point estimate; 0 where none is given or the support is not elementwise.
pub(super) fn start(
    g: &Graph,
    bijector: &Bijector,
    wanted: Option<Vec<f64>>,
    count: usize,
) -> Vec<f64> {
    let Some(wanted) = wanted else { return vec![0.0; count] };
    match bijector {
        Bijector::Identity => wanted,
        Bijector::Interval { lower, upper } => {
            let ends = [lower, upper].map(|e| e.and_then(|n| g.as_number(n)));
            wanted.into_iter().map(|x| unbounded(x, ends)).collect()
        }
        _ => vec![0.0; count],
    }
}

/// The inverse of the interval bijector, kept off the ends.
fn unbounded(x: f64, ends: [Option<f64>; 2]) -> f64 {
    const EDGE: f64 = 1e-6;
    match ends {
        [None, None] => x,
        [Some(a), None] => (x - a).max(EDGE).ln(),
        [None, Some(b)] => (b - x).max(EDGE).ln(),
        [Some(a), Some(b)] => {
            let share = ((x - a) / (b - a)).clamp(EDGE, 1.0 - EDGE);
            (share / (1.0 - share)).ln()
        }
    }
}
