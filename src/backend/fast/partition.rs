//! From one graph to the nodes of the tape: a guide, which makes small values that several costs read, and the costs.
//!
//! The loss is a sum of terms. Terms that share something large are one cost, so that it is computed once and never stored;
//! small shared values (draws of latents, scales) are made by the guide and handed to the costs.

use super::schedule::{is_input, is_leaf, iteration, needed};
use crate::ir::{Binary, Graph, NodeId, Op, Unary};
use smallvec::{SmallVec, smallvec};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Elements up to which a shared value is stored rather than its readers joined.
const SMALL: usize = 4096;
/// Elements computed in a whole program below which one node is quicker than several.
const TINY: usize = 512;

/// The nodes of the tape, as parts of a graph that also holds the sums of the costs.
#[derive(Debug)]
pub(super) struct Partition {
    pub(super) graph: Graph,
    /// What the guide makes; it may be nothing.
    pub(super) shared: Vec<NodeId>,
    /// Scalars whose sum is the loss.
    pub(super) costs: Vec<NodeId>,
}

impl Partition {
    pub(super) fn new(graph: &Graph, loss: NodeId) -> Self {
        let mut graph = graph.clone();
        let terms = terms(&graph, loss);
        let mut clusters = Clusters::new(&graph, &terms);
        let work: usize =
            needed(&graph, &[loss]).iter().map(|&id| graph.count(&iteration(&graph, id))).sum();
        if work < TINY {
            (1..terms.len()).for_each(|t| clusters.join(0, t));
        }
        clusters.join_sharers(&graph, SMALL);
        let groups = clusters.groups();
        let shared = clusters.frontier(&graph, &terms);
        let costs = groups.iter().map(|group| {
            let scaled: Vec<NodeId> =
                group.iter().map(|&t| graph.scale(terms[t].1, terms[t].0)).collect();
            graph.add_all(scaled)
        });
        let costs = costs.collect();
        Self { graph, shared, costs }
    }
}

/// The loss as Σ factor · node.
fn terms(graph: &Graph, loss: NodeId) -> Vec<(NodeId, f64)> {
    let mut factors = BTreeMap::from([(loss, 1.0)]);
    let mut terms = Vec::new();
    while let Some((id, factor)) = factors.pop_last() {
        let node = graph.node(id);
        let number = |i: usize| node.args.get(i).and_then(|&a| graph.as_number(a));
        let parts: SmallVec<[(NodeId, f64); 2]> = match (&node.op, number(0), number(1)) {
            (Op::Binary(Binary::Add), ..) => smallvec![(node.args[0], 1.0), (node.args[1], 1.0)],
            (Op::Binary(Binary::Sub), ..) => smallvec![(node.args[0], 1.0), (node.args[1], -1.0)],
            (Op::Unary(Unary::Neg), ..) => smallvec![(node.args[0], -1.0)],
            (Op::Binary(Binary::Mul), Some(x), _) => smallvec![(node.args[1], x)],
            (Op::Binary(Binary::Mul), _, Some(x)) => smallvec![(node.args[0], x)],
            _ => {
                terms.push((id, factor));
                continue;
            }
        };
        for (part, by) in parts {
            *factors.entry(part).or_insert(0.0) += by * factor;
        }
    }
    terms
}

/// Nodes that are not made of constants and data alone.
fn varying(graph: &Graph) -> Vec<bool> {
    let mut varies: Vec<bool> = Vec::with_capacity(graph.len());
    for id in graph.ids() {
        let node = graph.node(id);
        varies.push(is_input(&node.op) || node.args.iter().any(|a| varies[a.0 as usize]));
    }
    varies
}

/// Nodes through which a gradient may reach a parameter.
pub(super) fn moving(graph: &Graph) -> Vec<bool> {
    use Unary::{Floor, Not, Sign};
    let mut moves: Vec<bool> = Vec::with_capacity(graph.len());
    for id in graph.ids() {
        let node = graph.node(id);
        moves.push(match node.op {
            Op::Param(_) => true,
            Op::Draw(sampler) if !sampler.is_continuous() => false,
            Op::Stop | Op::ArgMax(_) | Op::Assign { .. } | Op::Slope(..) => false,
            Op::Unary(Sign | Floor | Not) => false,
            Op::Binary(Binary::Lt | Binary::Le | Binary::Eq) => false,
            _ => node.args.iter().any(|a| moves[a.0 as usize]),
        });
    }
    moves
}

/// Which terms belong together: a union-find over them, and who reaches which node.
struct Clusters {
    parent: Vec<usize>,
    /// Per computed node, the terms that depend on it.
    reached: BTreeMap<NodeId, BTreeSet<usize>>,
}

impl Clusters {
    fn new(graph: &Graph, terms: &[(NodeId, f64)]) -> Self {
        let varies = varying(graph);
        let mut reached: BTreeMap<NodeId, BTreeSet<usize>> = BTreeMap::new();
        for (t, &(root, _)) in terms.iter().enumerate() {
            for id in needed(graph, &[root]) {
                if varies[id.0 as usize] && !is_leaf(graph.op(id)) {
                    reached.entry(id).or_default().insert(t);
                }
            }
        }
        let mut clusters = Self { parent: (0..terms.len()).collect(), reached };
        let fixed = (0..terms.len()).filter(|&t| !varies[terms[t].0.0 as usize]);
        fixed.for_each(|t| clusters.join(0, t));
        clusters
    }

    fn find(&self, mut t: usize) -> usize {
        while self.parent[t] != t {
            t = self.parent[t];
        }
        t
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b)] = a.min(b);
    }

    /// Joins terms that share a value of more than `small` elements.
    fn join_sharers(&mut self, graph: &Graph, small: usize) {
        for (id, terms) in std::mem::take(&mut self.reached) {
            if graph.count(graph.shape(id)) > small {
                let mut terms = terms.iter();
                let Some(&first) = terms.next() else { continue };
                terms.for_each(|&t| self.join(first, t));
            }
            self.reached.insert(id, terms);
        }
    }

    fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for t in 0..self.parent.len() {
            groups.entry(self.find(t)).or_default().push(t);
        }
        groups.into_values().collect()
    }

    fn is_shared(&self, id: NodeId) -> bool {
        let Some(terms) = self.reached.get(&id) else { return false };
        let mut roots = terms.iter().map(|&t| self.find(t));
        let first = roots.next();
        roots.any(|root| Some(root) != first)
    }

    /// Shared nodes that something reads which is not shared.
    fn frontier(&self, graph: &Graph, terms: &[(NodeId, f64)]) -> Vec<NodeId> {
        let own = self.reached.keys().filter(|&&id| !self.is_shared(id));
        let read = own.flat_map(|&id| graph.node(id).args.iter().copied());
        let roots = terms.iter().map(|t| t.0);
        let cut: BTreeSet<NodeId> = read.chain(roots).filter(|&id| self.is_shared(id)).collect();
        cut.into_iter().collect()
    }
}

/// A part of a graph as a graph of its own.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) graph: Graph,
    /// What each parameter of `graph` stands for, leaves and nodes where the part was cut off, and its node.
    pub(super) inputs: Vec<(NodeId, NodeId)>,
    pub(super) outputs: Vec<NodeId>,
    /// The computed nodes, by their ids in the whole graph.
    pub(super) nodes: HashMap<NodeId, NodeId>,
}

impl Part {
    /// The part that computes `outputs` from leaves and nodes in `cut`.
    pub(super) fn new(graph: &Graph, outputs: &[NodeId], cut: &BTreeSet<NodeId>) -> Self {
        let mut part =
            Self { graph: graph.emptied(), inputs: vec![], outputs: vec![], nodes: HashMap::new() };
        let mut copier = super::graphs::Copier::default();
        for id in needed_after(graph, outputs, cut) {
            let op = graph.op(id);
            if is_input(op) || cut.contains(&id) {
                let input = super::graphs::add_input(&mut part.graph, graph.shape(id));
                copier.map.insert(id, input);
                part.inputs.push((id, input));
                continue;
            }
            let copy = copier.copy(graph, id, &mut part.graph);
            if !is_leaf(op) {
                part.nodes.insert(id, copy);
            }
        }
        part.outputs = outputs.iter().map(|id| copier.map[id]).collect();
        part
    }
}

/// What `outputs` need, not going behind nodes in `cut`.
fn needed_after(graph: &Graph, outputs: &[NodeId], cut: &BTreeSet<NodeId>) -> Vec<NodeId> {
    let mut marked: BTreeSet<NodeId> = BTreeSet::new();
    let mut stack = outputs.to_vec();
    while let Some(id) = stack.pop() {
        if marked.insert(id) && !cut.contains(&id) {
            stack.extend(graph.node(id).args.iter().copied());
        }
    }
    marked.into_iter().collect()
}
