//! Views: nodes that compute nothing but say how another node's array is read.
//!
//! `Stop`, `Expand` and an `Index` without positions held in data are views, as long as the lanes of what they give lie
//! contiguous in the array below. Then no instruction is spent on them.

use super::layout::Strides;
use crate::ir::{Dim, Entry, Graph, NodeId, Op};
use smallvec::SmallVec;

/// How an array is read: its node, and where along each of its dimensions.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) base: NodeId,
    axes: SmallVec<[Axis; 4]>,
}

/// Position `start`, plus the position along `run` if there is one, of a dimension of the base.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Axis {
    dim: Dim,
    start: usize,
    run: Option<Dim>,
}

impl View {
    /// The array as it is.
    pub(super) fn whole(graph: &Graph, base: NodeId) -> Self {
        let axes = graph.shape(base).iter().map(|dim| Axis { dim, start: 0, run: Some(dim) });
        Self { base, axes: axes.collect() }
    }

    /// The view that a node is of `arg`, an argument's view; none if the node computes something.
    pub(super) fn of(graph: &Graph, id: NodeId, arg: impl Fn(NodeId) -> View) -> Option<Self> {
        let node = graph.node(id);
        let view = match &node.op {
            Op::Stop | Op::Expand(_) => arg(node.args[0]),
            Op::Index(entries) if !has_positions(entries) => arg(node.args[0]).index(entries),
            _ => return None,
        };
        view.is_loadable(graph, id).then_some(view)
    }

    fn index(mut self, entries: &[(Dim, Entry)]) -> Self {
        for axis in &mut self.axes {
            let entry = entries.iter().find(|(dim, _)| axis.run == Some(*dim));
            match entry {
                Some(&(_, Entry::At(i))) => {
                    *axis = Axis { start: axis.start + i, run: None, ..*axis }
                }
                Some(&(_, Entry::Run { to, start })) => {
                    *axis = Axis { start: axis.start + start, run: Some(to), ..*axis };
                }
                _ => {}
            }
        }
        self
    }

    /// Whether the lanes of node `id` are missing from, or contiguous in, the array below.
    fn is_loadable(&self, graph: &Graph, id: NodeId) -> bool {
        let Some(&lanes) = graph.shape(id).dims().last() else { return true };
        let mut along = self.axes.iter().filter(|a| a.run == Some(lanes));
        match (along.next(), along.next()) {
            (None, _) => true,
            (Some(axis), None) => graph.shape(self.base).dims().last() == Some(&axis.dim),
            _ => false,
        }
    }

    /// Whether the lanes along `dim` are those of the base, one by one, so that a tile of one is a tile of the other.
    pub(super) fn keeps(&self, dim: Dim) -> bool {
        let same = Axis { dim, start: 0, run: Some(dim) };
        self.axes.iter().all(|a| if a.dim == dim { *a == same } else { a.run != Some(dim) })
    }

    /// Whether this is the base, untouched.
    pub(super) fn is_whole(&self) -> bool {
        self.axes.iter().all(|a| a.start == 0 && a.run == Some(a.dim))
    }

    /// Strides of the view, and the offset of its first element, from those of the base.
    pub(super) fn strides(&self, base: &Strides) -> (usize, Strides) {
        let mut offset = 0;
        let mut strides = Strides::new();
        for axis in &self.axes {
            let step = stride(base, axis.dim);
            offset += axis.start * step;
            if let Some(run) = axis.run {
                add_stride(&mut strides, run, step);
            }
        }
        (offset, strides)
    }
}

/// The distance along a dimension; 0 where the array lacks it.
pub(super) fn stride(strides: &Strides, dim: Dim) -> usize {
    strides.iter().find(|(d, _)| *d == dim).map_or(0, |&(_, step)| step)
}

/// Moves along `dim` go `step` further: two strides along one dimension are a diagonal.
pub(super) fn add_stride(strides: &mut Strides, dim: Dim, step: usize) {
    match strides.iter_mut().find(|(d, _)| *d == dim) {
        Some((_, sum)) => *sum += step,
        None => strides.push((dim, step)),
    }
}

/// Whether an index reads at positions that an argument holds.
pub(super) fn has_positions(entries: &[(Dim, Entry)]) -> bool {
    entries.iter().any(|(_, e)| matches!(e, Entry::By(_)))
}

/// Ops that only say how an array is read.
pub(super) fn is_view(op: &Op) -> bool {
    match op {
        Op::Stop | Op::Expand(_) => true,
        Op::Index(entries) => !has_positions(entries),
        _ => false,
    }
}
