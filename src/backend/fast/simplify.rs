//! Rewrites a graph before it is scheduled: what depends on data alone is computed now.

use super::graphs::{Copier, add_data, add_input};
use super::schedule::{is_leaf, needed};
use super::view::is_view;
use crate::ir::{self, Graph, NodeId, Op};
use std::collections::HashMap;

/// How many times the elements of the data a computed array may have, and what it may have in any case.
const GROWTH: usize = 2;
const SMALL: usize = 4096;

/// The same outputs in a new graph with the same parameters.
pub(super) fn simplify(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let mut rewriter = Rewriter {
        copier: Copier::default(),
        to: graph.emptied(),
        constant: HashMap::new(),
        folded: HashMap::new(),
    };
    for param in &graph.params {
        add_input(&mut rewriter.to, &param.shape);
    }
    for id in needed(graph, outputs) {
        rewriter.node(graph, id);
    }
    let outputs = outputs.iter().map(|id| {
        let id = rewriter.copier.map[id];
        rewriter.fold(id)
    });
    let outputs = outputs.collect();
    (rewriter.to, outputs)
}

/// Builds the new graph.
pub(super) struct Rewriter {
    copier: Copier,
    pub(super) to: Graph,
    /// Nodes of the new graph that depend on data alone, with the elements of the largest array behind them.
    constant: HashMap<NodeId, usize>,
    folded: HashMap<NodeId, NodeId>,
}

impl Rewriter {
    fn node(&mut self, from: &Graph, id: NodeId) {
        let node = from.node(id);
        if is_leaf(&node.op) {
            let copy = match node.op {
                Op::Iota(dim) => {
                    let values: Vec<f64> = (0..from.size(dim)).map(|i| i as f64).collect();
                    add_data(&mut self.to, &node.shape, values.into())
                }
                _ => self.copier.copy(from, id, &mut self.to),
            };
            self.copier.map.insert(id, copy);
            return self.note(copy);
        }
        let args: Vec<NodeId> = node.args.iter().map(|arg| self.copier.map[arg]).collect();
        let is_constant = args.iter().all(|&arg| self.is_constant(arg));
        let folds = !is_constant || is_view(&node.op);
        let args: Vec<NodeId> =
            args.into_iter().map(|arg| if folds { self.fold(arg) } else { arg }).collect();
        self.to.set_origin(node.origin, node.span);
        let op = with_distinct_dims(&node.op);
        let copy = if is_constant {
            let copy = self.to.push(op, args);
            self.note(copy);
            copy
        } else {
            self.push(op, &args)
        };
        debug_assert_eq!(self.to.shape(copy), &node.shape, "{:?} keeps its shape", node.op);
        self.copier.map.insert(id, copy);
    }

    pub(super) fn is_constant(&self, id: NodeId) -> bool {
        self.constant.contains_key(&id) || self.to.as_number(id).is_some()
    }

    /// Sees whether a new node depends on data alone.
    pub(super) fn note(&mut self, id: NodeId) {
        let node = self.to.node(id);
        let is_constant = match node.op {
            Op::Const(_) | Op::Data(_) | Op::Iota(_) => true,
            Op::Draw(_) => false,
            ref op => !is_leaf(op) && node.args.iter().all(|&arg| self.is_constant(arg)),
        };
        if is_constant {
            let own = if is_leaf(&node.op) { self.to.count(&node.shape) } else { 1 };
            let behind = node
                .args
                .iter()
                .filter_map(|arg| self.constant.get(arg))
                .copied()
                .max()
                .unwrap_or(1);
            self.constant.insert(id, behind.max(own));
        }
    }

    /// The node as an array of data, if it is one and that is no waste of memory.
    pub(super) fn fold(&mut self, id: NodeId) -> NodeId {
        let op = self.to.op(id);
        let Some(&behind) = self.constant.get(&id) else { return id };
        let shape = self.to.shape(id).clone();
        let count = self.to.count(&shape);
        let is_done = matches!(op, Op::Const(_) | Op::Data(_)) || is_view(op);
        if is_done || count > (GROWTH * behind).max(SMALL) {
            return id;
        }
        if let Some(&done) = self.folded.get(&id) {
            return done;
        }
        let values = ir::constant(&self.to, id);
        let folded = match values[..] {
            [x] if shape.is_scalar() => self.to.number(x),
            _ => add_data(&mut self.to, &shape, values.into()),
        };
        self.constant.insert(folded, count);
        self.folded.insert(id, folded);
        folded
    }
}

/// The op, with each dimension that it folds named once.
fn with_distinct_dims(op: &Op) -> Op {
    let mut op = op.clone();
    if let Op::Reduce(_, dims) | Op::Contract(dims) = &mut op {
        dims.sort();
        dims.dedup();
    }
    op
}
