//! Gradients with some nodes held: what flows past them does not count.

use super::{Graph, NodeId, Op};
use std::collections::{BTreeSet, HashMap};

impl Graph {
    /// The same value, through which no gradient reaches a parameter but by way of the nodes that are held.
    pub fn fixed_but(&mut self, node: NodeId, held: &[NodeId]) -> NodeId {
        if !held.iter().any(|&h| self.depends(node, h)) {
            return self.stop(node);
        }
        let mut before = BTreeSet::new();
        let mut open = vec![node];
        while let Some(next) = open.pop() {
            if !held.contains(&next) && before.insert(next) {
                open.extend(self.node(next).args.iter().copied());
            }
        }
        let mut new: HashMap<NodeId, NodeId> = HashMap::new();
        for id in before {
            let old = self.node(id).clone();
            let args = old.args.iter().map(|arg| new.get(arg).copied().unwrap_or(*arg));
            let args: Vec<NodeId> = args.collect();
            let made = match old.op {
                Op::Param(_) => self.stop(id),
                _ if args[..] == old.args[..] => id,
                op => self.push(op, args),
            };
            new.insert(id, made);
        }
        new.get(&node).copied().unwrap_or(node)
    }
}
