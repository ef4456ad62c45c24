//! Graphs from graphs over the same dimensions: copies of nodes with other leaves.

use crate::ir::{Graph, NodeId, Op, Shape};
use std::collections::HashMap;
use std::sync::Arc;

/// Adds an input to a graph: a parameter row without values.
pub(super) fn add_input(graph: &mut Graph, shape: &Shape) -> NodeId {
    let zeros = vec![0.0; graph.count(shape)];
    graph.add_param("", shape.dims(), zeros)
}

/// Adds an array of constants.
pub(super) fn add_data(graph: &mut Graph, shape: &Shape, values: Arc<[f64]>) -> NodeId {
    graph.add_data("", shape.dims(), values)
}

/// Copies nodes into another graph over the same dimensions.
#[derive(Debug, Default)]
pub(super) struct Copier {
    pub(super) map: HashMap<NodeId, NodeId>,
}

impl Copier {
    /// Copies a node whose arguments have been copied; data come along.
    pub(super) fn copy(&mut self, from: &Graph, id: NodeId, to: &mut Graph) -> NodeId {
        if let Some(&copy) = self.map.get(&id) {
            return copy;
        }
        let node = from.node(id);
        to.set_origin(node.origin, node.span);
        let copy = match &node.op {
            Op::Data(row) => {
                let data = &from.data[*row as usize];
                add_data(to, &data.shape, data.values.clone())
            }
            op => to.push(op.clone(), node.args.iter().map(|arg| self.map[arg])),
        };
        self.map.insert(id, copy);
        copy
    }
}
