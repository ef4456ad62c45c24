//! The order of work in a kernel: which nodes share a pass over the data, and what has to be stored between passes.
//!
//! Nodes whose last dimension is long are computed tile by tile; all nodes with that dimension and of one level share a
//! loop. A level ends where something is needed whole that a loop makes piece by piece: a sum along its dimension, say.
//! Short nodes run straight, one after the other.

use super::layout::Layout;
use super::product::is_product;
use super::view::{View, has_positions};
use crate::ir::{Dim, Entry, Graph, NodeId, Op};
use std::collections::{BTreeMap, HashMap};

/// Elements above which a node's last dimension is cut into tiles.
const LONG: usize = 8192;
/// The shortest tile; a dimension that fits one is not cut.
pub(super) const SHORTEST_TILE: usize = 64;

/// How a node is computed.
#[derive(Clone, Debug)]
pub(super) enum Role {
    /// A leaf.
    Given,
    /// Not at all: it is a way to read another node.
    View(View),
    /// By instructions, along this dimension where it is cut into tiles.
    Loop(Option<Dim>),
    /// By a function of its own, over whole arrays.
    Whole,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Straight(Vec<NodeId>),
    Tiled(Dim, Vec<NodeId>),
    Whole(NodeId),
    /// Products of matrices, none of which reads another.
    Products(Vec<NodeId>),
}

#[derive(Debug)]
pub(super) struct Schedule {
    pub(super) stages: Vec<Stage>,
    roles: HashMap<NodeId, Role>,
    /// Per node that is computed: those that read it, through views.
    pub(super) readers: HashMap<NodeId, Vec<NodeId>>,
    level: HashMap<NodeId, u32>,
    stage_of: HashMap<NodeId, usize>,
}

/// What is asked of a kernel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) graph: &'a Graph,
    /// Distinct nodes, none of them a leaf.
    pub(super) outputs: &'a [NodeId],
}

impl Schedule {
    pub(super) fn new(wanted: Wanted<'_>) -> Self {
        let graph = wanted.graph;
        let needed = needed(graph, wanted.outputs);
        let long = long_dims(graph, &needed);
        let mut schedule = Self {
            stages: Vec::new(),
            roles: HashMap::new(),
            readers: HashMap::new(),
            level: HashMap::new(),
            stage_of: HashMap::new(),
        };
        for &id in &needed {
            let role = schedule.role_of(wanted, id, &long);
            schedule.roles.insert(id, role);
            schedule.settle(graph, id);
        }
        for &id in needed.iter().rev().filter(|id| !wanted.outputs.contains(id)) {
            schedule.postpone(graph, id);
        }
        schedule.lay_out(graph, &needed);
        for (number, stage) in schedule.stages.iter().enumerate() {
            let nodes = match stage {
                Stage::Whole(id) => std::slice::from_ref(id),
                Stage::Straight(nodes) | Stage::Tiled(_, nodes) | Stage::Products(nodes) => nodes,
            };
            schedule.stage_of.extend(nodes.iter().map(|&id| (id, number)));
        }
        schedule
    }

    /// How `id` is read: itself, or what it is a view of.
    pub(super) fn view(&self, graph: &Graph, id: NodeId) -> View {
        match &self.roles[&id] {
            Role::View(view) => view.clone(),
            _ => View::whole(graph, id),
        }
    }

    pub(super) fn role(&self, id: NodeId) -> &Role {
        &self.roles[&id]
    }

    fn role_of(&self, wanted: Wanted<'_>, id: NodeId, long: &[Dim]) -> Role {
        let graph = wanted.graph;
        let node = graph.node(id);
        if is_leaf(&node.op) {
            return Role::Given;
        }
        if !wanted.outputs.contains(&id)
            && let Some(view) = View::of(graph, id, |arg| self.view(graph, arg))
        {
            return Role::View(view);
        }
        let lanes = lanes_of(graph, id);
        if needs_whole(graph, id, lanes) {
            return Role::Whole;
        }
        Role::Loop(lanes.filter(|d| long.contains(d)))
    }

    /// Gives a computed node the first level at which its arguments are there.
    fn settle(&mut self, graph: &Graph, id: NodeId) {
        if matches!(self.roles[&id], Role::Given | Role::View(_)) {
            return;
        }
        let mut level = 0;
        for (place, &arg) in graph.node(id).args.iter().enumerate() {
            let view = self.view(graph, arg);
            if let Some(&made) = self.level.get(&view.base) {
                level = level.max(made + u32::from(self.waits(graph, id, place, &view)));
                let readers = self.readers.entry(view.base).or_default();
                if !readers.contains(&id) {
                    readers.push(id);
                }
            }
        }
        self.level.insert(id, level);
    }

    /// Moves what a tiled loop makes to the latest level that does, so that it need not be stored in between.
    fn postpone(&mut self, graph: &Graph, id: NodeId) {
        let Role::Loop(Some(dim)) = self.roles[&id] else { return };
        if folds_lanes(graph, id, dim) {
            return;
        }
        let latest = self.readers.get(&id).into_iter().flatten().map(|&reader| {
            let args = graph.node(reader).args.iter().enumerate();
            let waits = args
                .map(|(place, &arg)| (place, self.view(graph, arg)))
                .any(|(place, view)| view.base == id && self.waits(graph, reader, place, &view));
            self.level[&reader] - u32::from(waits)
        });
        if let Some(latest) = latest.min() {
            self.level.insert(id, latest);
        }
    }

    /// Whether `reader` must come a level after the node that it reads as argument number `place`.
    fn waits(&self, graph: &Graph, reader: NodeId, place: usize, view: &View) -> bool {
        match (&self.roles[&view.base], &self.roles[&reader]) {
            (_, Role::Whole) => true,
            (Role::Whole, _) => false,
            (Role::Loop(made), Role::Loop(read)) => match (made, read) {
                (None, _) => false,
                (Some(a), Some(b)) if a == b => {
                    folds_lanes(graph, view.base, *a)
                        || !view.keeps(*a)
                        || reads_anywhere(graph, reader, place)
                }
                (Some(a), Some(b)) => (graph.size(*a), a) > (graph.size(*b), b),
                (Some(_), None) => true,
            },
            _ => unreachable!("only computed nodes have a level"),
        }
    }

    /// Whether the node is needed whole: by another stage, or by a reader that jumps about in it.
    pub(super) fn is_stored(&self, graph: &Graph, id: NodeId) -> bool {
        self.readers.get(&id).into_iter().flatten().any(|&reader| {
            self.level[&reader] != self.level[&id]
                || match (&self.roles[&id], &self.roles[&reader]) {
                    (Role::Loop(a), Role::Loop(b)) => a != b,
                    _ => true,
                }
                || !graph.node(reader).args.iter().all(|&arg| self.is_local(graph, id, arg))
        })
    }

    /// For each stage, what it is the last one to read: computed, not by views, and no output.
    pub(super) fn last_read(&self, outputs: &[NodeId]) -> Vec<Vec<NodeId>> {
        let mut last = vec![Vec::new(); self.stages.len()];
        for (id, readers) in self.readers.iter().filter(|(id, _)| !outputs.contains(id)) {
            let stages = readers.iter().filter_map(|reader| self.stage_of.get(reader));
            if let Some(&stage) = stages.max().filter(|_| self.stage_of.contains_key(id)) {
                last[stage].push(*id);
            }
        }
        last.iter_mut().for_each(|ids| ids.sort());
        last
    }

    /// Whether the stage of a node comes before that of another.
    pub(super) fn is_before(&self, id: NodeId, other: NodeId) -> bool {
        self.stage_of[&id] < self.stage_of[&other]
    }

    fn is_local(&self, graph: &Graph, id: NodeId, arg: NodeId) -> bool {
        let view = self.view(graph, arg);
        match self.roles[&id] {
            Role::Loop(Some(dim)) => view.base != id || view.keeps(dim),
            _ => true,
        }
    }

    fn lay_out(&mut self, graph: &Graph, needed: &[NodeId]) {
        let mut order: BTreeMap<(u32, u8, usize, Option<Dim>), Vec<NodeId>> = BTreeMap::new();
        for &id in needed {
            let Some(&level) = self.level.get(&id) else { continue };
            let key = match self.roles[&id] {
                Role::Whole => (level, 0, 0, None),
                Role::Loop(Some(dim)) => (level, 2, graph.size(dim), Some(dim)),
                _ => (level, 1, 0, None),
            };
            order.entry(key).or_default().push(id);
        }
        for ((_, kind, _, dim), nodes) in order {
            match (kind, dim) {
                (0, _) => {
                    let (products, others): (Vec<_>, Vec<_>) =
                        nodes.into_iter().partition(|&id| is_product(graph, id));
                    self.stages.extend(others.into_iter().map(Stage::Whole));
                    if !products.is_empty() {
                        self.stages.push(Stage::Products(products));
                    }
                }
                (_, Some(dim)) => self.stages.push(Stage::Tiled(dim, nodes)),
                (_, None) => self.stages.push(Stage::Straight(nodes)),
            }
        }
    }
}

/// The ancestors of some nodes and the nodes themselves, arguments first.
pub(super) fn needed(graph: &Graph, wanted: &[NodeId]) -> Vec<NodeId> {
    let mut marked = vec![false; graph.len()];
    let mut stack: Vec<NodeId> = wanted.to_vec();
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut marked[id.0 as usize], true) {
            stack.extend(graph.node(id).args.iter().copied());
        }
    }
    graph.ids().filter(|id| marked[id.0 as usize]).collect()
}

/// Whether the node has no arguments.
pub(super) fn is_leaf(op: &Op) -> bool {
    use Op::{Const, Data, Iota};
    is_input(op) || matches!(op, Const(_) | Data(_) | Iota(_))
}

/// Whether the node's values are set from outside between steps.
pub(super) fn is_input(op: &Op) -> bool {
    use Op::{Batch, Knob, Noise, Param, State};
    matches!(op, Batch(_) | Param(_) | Noise(_) | Knob(_) | State(_))
}

/// The shape over which a node's instructions run: its own, or that of what it folds.
pub(super) fn iteration(graph: &Graph, id: NodeId) -> crate::ir::Shape {
    let node = graph.node(id);
    match &node.op {
        Op::Reduce(..) | Op::ArgMax(_) | Op::Cumsum { .. } => graph.shape(node.args[0]).clone(),
        Op::Contract(_) => graph.shape(node.args[0]).union(graph.shape(node.args[1]), graph),
        _ => node.shape.clone(),
    }
}

/// The dimension that lies along the lanes while a node is computed.
pub(super) fn lanes_of(graph: &Graph, id: NodeId) -> Option<Dim> {
    iteration(graph, id).dims().last().copied()
}

/// Whether a node is a fold along `dim`, so that it is complete only after the last tile.
pub(super) fn folds_lanes(graph: &Graph, id: NodeId, dim: Dim) -> bool {
    match graph.op(id) {
        Op::Reduce(_, dims) | Op::Contract(dims) => dims.contains(&dim),
        _ => false,
    }
}

/// Whether a reader takes elements of the argument number `place` from anywhere.
pub(super) fn reads_anywhere(graph: &Graph, reader: NodeId, place: usize) -> bool {
    place == 0 && matches!(graph.op(reader), Op::Index(_))
}

/// Whether there are no instructions for a node.
fn needs_whole(graph: &Graph, id: NodeId, lanes: Option<Dim>) -> bool {
    match graph.op(id) {
        Op::Scatter { .. } | Op::TriSolve { .. } | Op::Assign { .. } => true,
        Op::Draw(_) | Op::Slope(..) => true,
        Op::Contract(_) => is_product(graph, id),
        Op::ArgMax(dim) | Op::Cumsum { dim, .. } => lanes == Some(*dim),
        Op::Index(entries) if has_positions(entries) => {
            entries.iter().filter(|(_, e)| matches!(e, Entry::By(_))).count() > 2
        }
        _ => false,
    }
}

/// Dimensions along which a node is long enough to be cut into tiles.
fn long_dims(graph: &Graph, needed: &[NodeId]) -> Vec<Dim> {
    let mut long = Vec::new();
    for &id in needed.iter().filter(|&&id| !is_leaf(graph.op(id)) && !is_product(graph, id)) {
        let shape = iteration(graph, id);
        let Some(&dim) = shape.dims().last() else { continue };
        let elements = Layout::of(graph, &shape).rows * graph.size(dim);
        if elements > LONG && graph.size(dim) > SHORTEST_TILE && !long.contains(&dim) {
            long.push(dim);
        }
    }
    long
}
