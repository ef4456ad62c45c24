//! Arrays between the user's order of dimensions and the graph's, and the starts of point estimates.

use super::{Lowerer, Problem};
use crate::check::model::{DimId, Elem, Expr, Interval, Mark, NameId, NameKind, Type};
use crate::dist::Domain;
use crate::estimator::Value;
use crate::guide::Bijector;
use crate::ir::{Dim, Graph, NodeId, Shape, constant};
use nalgebra::DMatrix;

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
pub(super) fn places(g: &Graph, dims: &[Dim]) -> impl Iterator<Item = usize> + use<> {
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

/// The unconstrained start of a point estimate along `base`, kept off the ends of its support; 0 where none is given, or
/// it is a matrix that has no Cholesky factor.
pub(super) fn start(
    g: &mut Graph,
    bijector: &Bijector,
    wanted: Option<NodeId>,
    base: &[Dim],
) -> Vec<f64> {
    /// −log 10⁻⁶: a millionth from the end of an interval.
    const EDGE: f64 = 13.815_510_557_964_274;
    let Some(start) = wanted.and_then(|value| unconstrained(g, bijector, value)) else {
        return vec![0.0; base.iter().map(|&d| g.size(d)).product()];
    };
    let start = g.expand(start, base);
    let inside = |u: f64| match u {
        f64::INFINITY => EDGE,
        f64::NEG_INFINITY => -EDGE,
        _ if u.is_nan() => 0.0,
        _ => u,
    };
    constant(g, start).into_iter().map(inside).collect()
}

fn unconstrained(g: &mut Graph, bijector: &Bijector, value: NodeId) -> Option<NodeId> {
    let Some((row, column, of_factor)) = bijector.factor() else {
        return bijector.inverse(g, value);
    };
    let factor = cholesky(g, value, row, column)?;
    of_factor.inverse(g, factor)
}

/// The lower factors of a constant array of matrices; `None` where one of them is not positive definite.
fn cholesky(g: &mut Graph, value: NodeId, row: Dim, column: Dim) -> Option<NodeId> {
    let dims: Vec<Dim> = g.shape(value).iter().collect();
    let outer = dims.iter().copied().filter(|&d| d != row && d != column);
    let order: Vec<Dim> = outer.chain([row, column]).collect();
    let (n, laid) = (g.size(row), constant(g, value));
    let values: Vec<f64> = places(g, &order).map(|place| laid[place]).collect();
    let mut factors = vec![];
    for matrix in values.chunks_exact(n * n) {
        let factor = DMatrix::from_row_slice(n, n, matrix).cholesky()?.l();
        factors.extend_from_slice(factor.transpose().as_slice());
    }
    let laid = to_layout(g, &order, &factors);
    Some(g.add_data("first factor", &dims, laid.into()))
}

/// The first values that the model gives its point estimates, row-major along the dimensions of each.
pub fn first_values(problem: &Problem) -> Vec<(NameId, Vec<f64>)> {
    let mut lowerer = Lowerer::of_data(problem);
    let names = problem.bound.model.names.iter().enumerate();
    let given = names.filter_map(|(index, decl)| match &decl.kind {
        NameKind::Param { init: Some(init) } => Some((NameId(index as u32), decl, init)),
        _ => None,
    });
    given
        .map(|(name, decl, init)| {
            let node = lowerer.node(init);
            (name, lowerer.in_order(node, &decl.ty.dims))
        })
        .collect()
}

/// The value of an expression of data alone, row-major in the user's order.
pub fn of_data(problem: &Problem, e: &Expr) -> Vec<f64> {
    let mut lowerer = Lowerer::of_data(problem);
    let node = lowerer.node(e);
    lowerer.in_order(node, &e.ty.dims)
}

/// The same of a name.
pub(super) fn of_name(problem: &Problem, name: NameId) -> Vec<f64> {
    let mut lowerer = Lowerer::of_data(problem);
    let Value::Plain(node) = lowerer.declare(name) else { unreachable!("data are not relaxed") };
    lowerer.in_order(node, &problem.bound.model.name(name).ty.dims)
}

impl Lowerer<'_> {
    /// A constant, row-major along `dims` in the user's order.
    fn in_order(&mut self, node: NodeId, dims: &[DimId]) -> Vec<f64> {
        let dims: Vec<Dim> = dims.iter().map(|&d| self.dim(d)).collect();
        let node = self.g.expand(node, &dims);
        let laid = constant(&self.g, node);
        places(&self.g, &dims).map(|place| laid[place]).collect()
    }
}
