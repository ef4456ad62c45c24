//! Data under batches: arrays with a batched dimension become rows that each step is given.
//!
//! Whatever data alone determine is computed on all rows, in a graph of its own where no dimension is batched, and brought
//! over: so a statistic such as a mean over all rows is exact, whichever rows a step sees.

use super::values::{places, start, to_layout};
use super::{Assembly, Lowerer, Mode, Problem, values};
use crate::check::model::{DimId, Expr, ExprKind, NameId, NameKind};
use crate::data::Bound;
use crate::estimator::Value;
use crate::guide::Bijector;
use crate::ir::{self, Dim, Graph, Held, NodeId, Op, Table, table_of};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// The graph where no dimension is batched, and what was brought over from it.
#[derive(Default)]
pub(super) struct Side {
    whole: Option<Box<Assembly>>,
    brought: HashMap<NodeId, NodeId>,
}

impl Problem {
    /// The same problem where each step sees all rows.
    #[must_use]
    pub fn whole(&self) -> Problem {
        self.in_batches(vec![])
    }

    /// The same problem with other batches.
    #[must_use]
    pub fn in_batches(&self, batches: Vec<(DimId, usize)>) -> Problem {
        let mut problem = self.clone();
        Arc::make_mut(&mut problem.plan).batches = batches;
        problem
    }
}

impl<'a> Lowerer<'a> {
    /// Where no dimension is batched and names are computed when they are read.
    pub(super) fn of_data(problem: &'a Problem) -> Self {
        let mut g = Graph::new();
        let sized = problem.bound.model.dims.iter().zip(&problem.bound.dims);
        let dims = sized.map(|(d, b)| g.dim(&d.name, b.size)).collect();
        let values = vec![None; problem.bound.model.names.len()];
        let assembly = Assembly { graph: g, dims, values, ..Assembly::default() };
        Self { is_lazy: true, ..Self::resume(problem, Mode::Report, assembly) }
    }

    /// Computes a name of data alone.
    pub(super) fn declare(&mut self, name: NameId) -> Value {
        let windows = std::mem::take(&mut self.windows);
        let folding = std::mem::replace(&mut self.folding, false);
        let here = self.g.origin();
        match &self.model.name(name).kind {
            NameKind::Let { stmt, .. } => self.stmt(*stmt),
            _ => self.datum(name),
        }
        self.g.set_origin(here.0, here.1);
        (self.windows, self.folding) = (windows, folding);
        let Some(value) = self.values[name.0 as usize] else {
            unreachable!("names of data alone are data, or made from them");
        };
        value
    }

    /// A datum, of which a batch has some rows where it has a batched dimension.
    pub(super) fn datum(&mut self, name: NameId) {
        let Some(array) = &self.problem.bound.values[name.0 as usize] else { return };
        let label = &self.model.name(name).name;
        let dims: Vec<Dim> = array.dims.iter().map(|&d| self.dim(d)).collect();
        let node = match dims.iter().any(|&d| self.g.is_batched(d)) {
            true => {
                let table = BoundTable::new(&self.g, self.problem.bound.clone(), name, &dims);
                let table: Arc<dyn Table> = match &array.disk {
                    Some(disk) if !table.offsets.is_empty() => {
                        Arc::new(Held(table_of(&self.g, &dims, &disk.all()).into()))
                    }
                    _ => Arc::new(table),
                };
                self.g.add_batch(label, &dims, table)
            }
            false => self.data(label, &array.dims, &array.held()),
        };
        self.values[name.0 as usize] = Some(Value::Plain(node));
    }

    /// Whether an expression of data alone has to be computed on all rows.
    pub(super) fn needs_all_rows(&self, e: &Expr) -> bool {
        let is_local = match &e.kind {
            ExprKind::Name(_) | ExprKind::Number(_) | ExprKind::Size(_) => true,
            ExprKind::Literal(values) => values.len() == 1,
            _ => false,
        };
        self.side.is_some() && !is_local
    }

    /// An expression of data alone, computed on all rows.
    pub(super) fn bring(&mut self, e: &Expr) -> NodeId {
        let windows: Vec<_> = self.windows.iter().map(|&(w, _)| w).collect();
        self.beside(|inner| {
            inner.windows = windows.into_iter().map(|w| (w, inner.shorter(w))).collect();
            let node = inner.node(e);
            inner.windows.clear();
            node
        })
    }

    /// A name of data alone, computed on all rows.
    pub(super) fn bring_name(&mut self, name: NameId) -> NodeId {
        let dims = self.model.name(name).ty.dims.clone();
        let dims: Vec<Dim> = dims.into_iter().map(|d| self.dim(d)).collect();
        if dims.iter().any(|&d| self.g.is_batched(d)) {
            return self.computed(name, &dims);
        }
        self.beside(|inner| {
            let known = inner.values[name.0 as usize];
            match known.unwrap_or_else(|| inner.declare(name)) {
                Value::Plain(node) => node,
                Value::Soft { .. } => unreachable!("data are not relaxed"),
            }
        })
    }

    /// A name of data alone that has rows, computed once for all graphs of its data.
    fn computed(&mut self, name: NameId, dims: &[Dim]) -> NodeId {
        let bound = self.problem.bound.clone();
        bound.compute(name, || values::of_name(self.problem, name));
        let table = BoundTable::new(&self.g, bound, name, dims);
        self.g.add_batch(&self.model.name(name).name, dims, Arc::new(table))
    }

    /// Makes a node in the other graph and brings it over.
    fn beside(&mut self, make: impl FnOnce(&mut Lowerer<'a>) -> NodeId) -> NodeId {
        let mut side = self.side.take().unwrap_or_default();
        let mut inner = match side.whole.take() {
            Some(whole) => {
                Self { is_lazy: true, ..Self::resume(self.problem, Mode::Report, *whole) }
            }
            None => Self::of_data(self.problem),
        };
        let there = make(&mut inner);
        let whole = inner.finish();
        let known = side.brought.get(&there).copied();
        let here = known.unwrap_or_else(|| self.import(&whole, there));
        side.brought.insert(there, here);
        side.whole = Some(Box::new(whole));
        self.side = Some(side);
        here
    }

    fn import(&mut self, whole: &Assembly, node: NodeId) -> NodeId {
        let values = match whole.graph.op(node) {
            Op::Const(x) => return self.g.number(x.0),
            Op::Data(row) => whole.graph.data[*row as usize].values.clone(),
            _ => ir::constant(&whole.graph, node).into(),
        };
        let dims: Vec<Dim> =
            whole.graph.shape(node).iter().map(|d| self.same_dim(whole, d)).collect();
        if dims.iter().any(|&d| self.g.is_batched(d)) {
            let table = table_of(&self.g, &dims, &values);
            return self.g.add_batch("data", &dims, Arc::new(Held(table.into())));
        }
        let laid = to_layout(&self.g, &dims, &values);
        self.g.add_data("data", &dims, laid.into())
    }

    /// The dimension here that stands for one of the other graph: of the model, or a window.
    fn same_dim(&mut self, whole: &Assembly, dim: Dim) -> Dim {
        if let Some(at) = whole.dims.iter().position(|&d| d == dim) {
            return self.dims[at];
        }
        let window = whole.shortened.iter().find(|(_, short)| **short == dim);
        let Some((&window, _)) = window else {
            unreachable!("data have dimensions of the model, or parts of them");
        };
        self.shorter(window)
    }

    /// The first values of a point estimate with a batched dimension, of all rows, in the order of a table.
    pub(super) fn whole_start(&mut self, name: NameId, init: &Expr, base: &[Dim]) -> Vec<f64> {
        let ty = &self.model.name(name).ty;
        let mut inner = Self::of_data(self.problem);
        let dims: Vec<Dim> = ty.dims.iter().map(|&d| inner.dim(d)).collect();
        let domain = values::domain(&mut inner.g, ty, &inner.dims);
        let bijector = Bijector::new(&mut inner.g, &domain);
        let there = bijector.base_dims(&dims);
        let node = inner.node(init);
        let node = inner.g.expand(node, &dims);
        let laid = start(&mut inner.g, &bijector, Some(node), &there);
        let in_order: Vec<f64> = places(&inner.g, &there).map(|place| laid[place]).collect();
        table_of(&self.g, base, &in_order)
    }
}

/// A datum as it was bound, or a name computed from data, whose rows are read where they lie.
struct BoundTable {
    bound: Arc<Bound>,
    name: NameId,
    /// Sizes and distances of the batched dimensions, in their order.
    batched: Vec<(usize, usize)>,
    /// Where the elements of a row lie behind its first one; empty where they lie one after the other.
    offsets: Vec<usize>,
}

impl std::fmt::Debug for BoundTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.bound.model.name(self.name).name)
    }
}

impl BoundTable {
    /// `dims` are those of the array as it was bound, row-major.
    fn new(g: &Graph, bound: Arc<Bound>, name: NameId, dims: &[Dim]) -> Self {
        let mut strides: Vec<(Dim, usize)> = vec![];
        let mut stride = 1;
        for &dim in dims.iter().rev() {
            strides.push((dim, stride));
            stride *= g.whole(dim);
        }
        let (mut batched, mut rest): (Vec<_>, Vec<_>) =
            strides.into_iter().partition(|&(d, _)| g.is_batched(d));
        batched.sort();
        rest.sort_by_key(|&(d, _)| (g.size(d), d));
        let mut offsets = vec![0];
        for (dim, stride) in rest {
            let further = |&at: &usize| (0..g.size(dim)).map(move |i| at + i * stride);
            offsets = offsets.iter().flat_map(further).collect();
        }
        if offsets.iter().enumerate().all(|(i, &at)| i == at) {
            offsets.clear();
        }
        let batched = batched.into_iter().map(|(d, stride)| (g.whole(d), stride)).collect();
        Self { bound, name, batched, offsets }
    }
}

impl BoundTable {
    /// Where a row begins.
    fn first(&self, row: usize) -> usize {
        let (mut rest, mut first) = (row, 0);
        for &(size, stride) in self.batched.iter().rev() {
            first += rest % size * stride;
            rest /= size;
        }
        first
    }

    /// Copies the elements of one row.
    fn copy<T: Copy, U>(&self, from: &[T], out: &mut [U], convert: impl Fn(T) -> U) {
        if self.offsets.is_empty() {
            return out.iter_mut().zip(from).for_each(|(to, &x)| *to = convert(x));
        }
        out.iter_mut().zip(&self.offsets).for_each(|(to, &at)| *to = convert(from[at]));
    }
}

impl Table for BoundTable {
    fn is_far(&self) -> bool {
        self.bound.array(self.name).is_some_and(|array| array.disk.is_some())
    }

    fn expect(&self, row: usize, len: usize) {
        let disk = self.bound.array(self.name).and_then(|array| array.disk.as_ref());
        if let Some(disk) = disk {
            disk.expect(self.first(row), len);
        }
    }

    fn memory(&self, row: usize, len: usize) -> Option<Range<*const u8>> {
        let array = self.bound.array(self.name).filter(|_| self.offsets.is_empty())?;
        let own = self.first(row)..self.first(row) + len;
        if let Some(bytes) = array.bytes() {
            return Some(bytes.get(own)?.as_ptr_range());
        }
        let Range { start, end } = array.values.get(own)?.as_ptr_range();
        Some(start.cast()..end.cast())
    }

    fn read(&self, row: usize, out: &mut [f64]) {
        let Some(array) = self.bound.array(self.name) else { return };
        let first = self.first(row);
        if let Some(disk) = &array.disk {
            // A fit that can no longer read its data breaks off, since its numbers are none.
            return disk.read(first, out).unwrap_or_else(|_| out.fill(f64::NAN));
        }
        if let Some(bytes) = array.bytes() {
            return self.copy(&bytes[first..], out, f64::from);
        }
        self.copy(&array.values[first..], out, |x| x);
    }

    fn read_single(&self, row: usize, out: &mut [f32]) {
        let Some(array) = self.bound.array(self.name) else { return };
        let first = self.first(row);
        if array.disk.is_some() {
            return ir::read_rounded(self, row, out);
        }
        if let Some(bytes) = array.bytes() {
            return self.copy(&bytes[first..], out, f32::from);
        }
        self.copy(&array.values[first..], out, |x| x as f32);
    }
}
