//! From a schedule to code: every node gets a place to lie and the instructions that compute it.

use super::assign::Assign;
use super::exec::{is_arithmetic, is_called};
use super::instr::{Code, Mode};
use super::kernel::Run;
use super::layout::{Layout, strides};
use super::pick::Pick;
use super::pool::{Pool, Scratch};
use super::product::{Product, Products};
use super::rowwise::is_tall;
use super::scatter::Scatter;
use super::schedule::{Role, Schedule, Stage, Wanted, iteration, lanes_of, reads_anywhere};
use super::solve::Solve;
use super::tiles::{CHUNKS, Fold, Loop};
use super::view::View;
use super::whole::Whole;
use super::writer::{Temp, Val, Writer, tile_len};
use crate::backend::simd::Lane;
use crate::ir::{Dim, NodeId, Op, Reduce, Shape};
use std::collections::HashMap;

/// Where leaves lie.
pub(super) trait Leaves<E> {
    /// The first element of a leaf's array, in the pitched layout; numbers fill a vector.
    fn leaf(&mut self, op: &Op) -> *mut E;
}

/// Turns the stages of a schedule into runs.
pub(super) struct Emitter<'a, E> {
    wanted: Wanted<'a>,
    schedule: &'a Schedule,
    /// Where an output has to lie, if that was asked for.
    places: &'a HashMap<NodeId, *mut E>,
    vals: HashMap<NodeId, Val<E>>,
    /// Arrays that no stage after the present one reads.
    dying: Vec<NodeId>,
    pub(super) pool: Pool<E>,
}

impl<'a, E: Lane> Emitter<'a, E> {
    pub(super) fn new(
        wanted: Wanted<'a>,
        schedule: &'a Schedule,
        places: &'a HashMap<NodeId, *mut E>,
        leaves: &mut dyn Leaves<E>,
    ) -> Self {
        let graph = wanted.graph;
        let given = |id: &NodeId| matches!(schedule.role(*id), Role::Given);
        let needed = super::schedule::needed(graph, wanted.outputs);
        let vals = needed.into_iter().filter(given).map(|id| {
            let layout = Layout::of(graph, graph.shape(id));
            let strides = strides(graph, graph.shape(id), layout.pitch);
            (id, Val { ptr: leaves.leaf(graph.op(id)), strides, is_scratch: false })
        });
        let vals = vals.collect();
        Self { wanted, schedule, places, vals, dying: vec![], pool: Pool::new() }
    }

    /// Where an output lies.
    pub(super) fn place_of(&self, id: NodeId) -> *mut E {
        self.vals[&id].ptr
    }

    /// The runs of all stages. Memory of what is read no more is used again, while it is in cache.
    pub(super) fn runs(&mut self) -> Vec<Run<E>> {
        let schedule = self.schedule;
        let last_read = schedule.last_read(self.wanted.outputs);
        let run = |(stage, last): (&Stage, Vec<NodeId>)| {
            self.dying = last.into_iter().filter(|&id| !self.is_temporary(id)).collect();
            let run = self.stage(stage);
            for id in std::mem::take(&mut self.dying) {
                let len = Layout::of(self.wanted.graph, self.wanted.graph.shape(id)).len();
                self.pool.give_back(self.vals[&id].ptr, len);
            }
            run
        };
        schedule.stages.iter().zip(last_read).map(run).collect()
    }

    fn stage(&mut self, stage: &Stage) -> Run<E> {
        match stage {
            Stage::Whole(id) => self.whole(*id),
            Stage::Products(nodes) => self.products(nodes),
            Stage::Straight(nodes) => Run::Straight(self.nodes(nodes, None).0),
            Stage::Tiled(dim, nodes) => {
                let tile = self.tile_for(*dim, nodes);
                let (block, scratch, folds) = self.nodes(nodes, Some((*dim, tile)));
                let elements =
                    |&id: &NodeId| self.wanted.graph.count(&iteration(self.wanted.graph, id));
                let work = nodes.iter().map(elements).sum();
                let lanes = self.wanted.graph.size(*dim);
                Run::Tiled(Loop::new(block, lanes, tile, work, scratch.len(), folds))
            }
        }
    }

    fn tile_for(&self, dim: Dim, nodes: &[NodeId]) -> usize {
        let graph = self.wanted.graph;
        let rows = |shape: &Shape| match Layout::of(graph, shape).rows {
            _ if !shape.contains(dim) => 0,
            rows if is_tall(rows, graph.size(dim)) => rows.div_ceil(CHUNKS),
            rows => rows,
        };
        let held = nodes.iter().map(|&id| rows(graph.shape(id))).max();
        let read = nodes.iter().map(|&id| rows(&iteration(graph, id))).max();
        tile_len(held.unwrap_or(1), read.unwrap_or(1))
    }

    fn nodes(
        &mut self,
        nodes: &[NodeId],
        tile: Option<(Dim, usize)>,
    ) -> (super::instr::Block<E>, Scratch, Vec<Fold<E>>) {
        let graph = self.wanted.graph;
        let last = self.last_readers(nodes);
        let mut temps: HashMap<NodeId, Temp<E>> = HashMap::new();
        let mut pool = std::mem::replace(&mut self.pool, Pool::new());
        let mut folds = Vec::new();
        let mut writer = Writer {
            graph,
            pool: &mut pool,
            scratch: Scratch::default(),
            tile,
            block: Default::default(),
        };
        for &id in nodes {
            let (over, after): (Vec<_>, Vec<_>) = last
                .get(&id)
                .into_iter()
                .flatten()
                .partition(|&&dying| self.may_overwrite(id, dying));
            let give = |ids: Vec<&NodeId>,
                        temps: &mut HashMap<_, Temp<E>>,
                        w: &mut Writer<'_, E>| {
                ids.iter().filter_map(|id| temps.remove(*id)).for_each(|temp| w.give_back(temp));
            };
            give(over, &mut temps, &mut writer);
            if let Some(temp) = self.room(id, &mut writer) {
                temps.insert(id, temp);
            }
            Node { emitter: self, writer: &mut writer, id }.emit(&mut folds);
            give(after, &mut temps, &mut writer);
        }
        let (block, scratch) = (writer.block, writer.scratch);
        self.pool = pool;
        (block, scratch, folds)
    }

    /// For each node of a stage, those that need not outlive it.
    fn last_readers(&self, nodes: &[NodeId]) -> HashMap<NodeId, Vec<NodeId>> {
        let mut last: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        for &id in nodes.iter().filter(|&&id| self.is_temporary(id)) {
            if let Some(&reader) = self.schedule.readers.get(&id).and_then(|r| r.iter().max()) {
                last.entry(reader).or_default().push(id);
            }
        }
        last
    }

    fn is_temporary(&self, id: NodeId) -> bool {
        let graph = self.wanted.graph;
        let is_fold = match self.schedule.role(id) {
            Role::Loop(Some(dim)) => super::schedule::folds_lanes(graph, id, *dim),
            _ => false,
        };
        !is_fold && !self.wanted.outputs.contains(&id) && !self.schedule.is_stored(graph, id)
    }

    /// Whether a node may lie where one of its arguments lies that nobody reads afterwards.
    fn may_overwrite(&self, id: NodeId, dying: NodeId) -> bool {
        let graph = self.wanted.graph;
        let node = graph.node(id);
        let in_place = match node.op {
            Op::Unary(op) => !is_called(op),
            Op::Binary(op) => is_arithmetic(op),
            _ => false,
        };
        in_place
            && node.shape == *graph.shape(dying)
            && node.args.iter().all(|&arg| {
                let view = self.schedule.view(graph, arg);
                view.base != dying || view.is_whole()
            })
    }

    /// Decides where the result lies; a temporary if it need not outlive the stage.
    fn room(&mut self, id: NodeId, writer: &mut Writer<'_, E>) -> Option<Temp<E>> {
        let graph = self.wanted.graph;
        let shape = graph.shape(id);
        if self.is_temporary(id) {
            let temp = writer.take(shape);
            self.vals.insert(id, temp.val.clone());
            return Some(temp);
        }
        let val = match writer.tile.and_then(|_| self.heir_of(id)) {
            Some(base) => self.vals[&base].clone(),
            None => self.array(id, writer.pool),
        };
        self.vals.insert(id, val);
        None
    }

    /// An array whose memory a node of a tiled loop may have: what the loop reads of it, it has read by then, tile by tile.
    fn heir_of(&mut self, id: NodeId) -> Option<NodeId> {
        let graph = self.wanted.graph;
        if self.places.contains_key(&id) {
            return None;
        }
        let is_read = |&base: &NodeId| {
            let readers = self.schedule.readers.get(&base).into_iter().flatten();
            readers.clone().all(|&reader| {
                let mut args = graph.node(reader).args.iter().enumerate();
                let is_straight = args.all(|(place, &arg)| {
                    let view = self.schedule.view(graph, arg);
                    let is_own = view.is_whole() && !reads_anywhere(graph, reader, place);
                    view.base != base || is_own
                });
                self.schedule.is_before(reader, id)
                    || is_straight && (reader < id || reader == id && self.may_overwrite(id, base))
            })
        };
        let like = |base: &NodeId| graph.shape(*base) == graph.shape(id);
        let at = self.dying.iter().position(|base| like(base) && is_read(base))?;
        Some(self.dying.swap_remove(at))
    }

    /// A whole array for a result.
    fn array(&self, id: NodeId, pool: &mut Pool<E>) -> Val<E> {
        let graph = self.wanted.graph;
        let layout = Layout::of(graph, graph.shape(id));
        let ptr = self.places.get(&id).copied().unwrap_or_else(|| pool.take(layout.len()));
        Val { ptr, strides: strides(graph, graph.shape(id), layout.pitch), is_scratch: false }
    }

    fn operand(&self, arg: NodeId) -> Val<E> {
        let view: View = self.schedule.view(self.wanted.graph, arg);
        let base = &self.vals[&view.base];
        let (offset, strides) = view.strides(&base.strides);
        Val { ptr: base.ptr.wrapping_add(offset), strides, is_scratch: base.is_scratch }
    }

    fn whole(&mut self, id: NodeId) -> Run<E> {
        let graph = self.wanted.graph;
        let (args, out) = self.placed(id);
        match graph.op(id) {
            Op::Scatter { .. } => Run::Scatter(Scatter::new(graph, id, &args, &out)),
            Op::Index(_) => Run::Pick(Pick::new(graph, id, &args, &out)),
            Op::TriSolve { .. } => Run::Solve(Solve::new(graph, id, &args, &out)),
            Op::Assign { .. } => Run::Assign(Assign::new(graph, id, &args[0], &out)),
            _ => Run::Whole(Whole::new(graph, id, &args, &out)),
        }
    }

    fn products(&mut self, nodes: &[NodeId]) -> Run<E> {
        let product = |&id: &NodeId| {
            let (args, out) = self.placed(id);
            Product::new(self.wanted.graph, id, &args, &out)
        };
        Run::Products(Products::new(nodes.iter().map(product).collect()))
    }

    /// The arguments of a node that is computed whole, and a new array for its result.
    fn placed(&mut self, id: NodeId) -> (Vec<Val<E>>, Val<E>) {
        let mut pool = std::mem::replace(&mut self.pool, Pool::new());
        let out = self.array(id, &mut pool);
        self.pool = pool;
        self.vals.insert(id, out.clone());
        let args = self.wanted.graph.node(id).args.iter().map(|&arg| self.operand(arg)).collect();
        (args, out)
    }
}

/// One node on its way into the block.
pub(super) struct Node<'a, 'w, E> {
    emitter: &'a Emitter<'a, E>,
    pub(super) writer: &'a mut Writer<'w, E>,
    pub(super) id: NodeId,
}

impl<E: Lane> Node<'_, '_, E> {
    fn emit(&mut self, folds: &mut Vec<Fold<E>>) {
        let graph = self.emitter.wanted.graph;
        let node = graph.node(self.id);
        let out = self.emitter.vals[&self.id].clone();
        let args: Vec<Val<E>> = node.args.iter().map(|&arg| self.emitter.operand(arg)).collect();
        let shape = &node.shape;
        match &node.op {
            Op::Unary(op) => self.writer.unary(Code::Unary(*op), &out, &args[0], shape),
            Op::Binary(op) => {
                let op = *op;
                if is_arithmetic(op) {
                    let args = [&args[0], &args[1]];
                    self.writer.binary(|m| Code::Binary(op, m), &out, args, shape);
                } else {
                    let code = Code::Binary(op, Mode::VV);
                    self.writer.with_lanes(code, &out, &[&args[0], &args[1]], shape);
                }
            }
            Op::Select => {
                self.writer.with_lanes(Code::Select, &out, &[&args[0], &args[1], &args[2]], shape);
            }
            Op::Stop | Op::Expand(_) => self.writer.unary(Code::Copy, &out, &args[0], shape),
            Op::Index(entries) => self.writer.index(&out, &args, entries, shape),
            Op::Reduce(how, dims) => {
                let target = self.target(out, *how, dims, folds);
                self.writer.reduce(*how, &args[0], &iteration(graph, self.id), dims, &target);
            }
            Op::Contract(dims) => {
                let target = self.target(out, Reduce::Sum, dims, folds);
                let over = iteration(graph, self.id);
                self.writer.contract([&args[0], &args[1]], &over, dims, &target);
            }
            Op::ArgMax(dim) => {
                self.writer.along_rows(
                    Code::RowsArgMax,
                    &out,
                    &args[0],
                    &iteration(graph, self.id),
                    *dim,
                );
            }
            Op::Cumsum { dim, reverse } => {
                self.writer.cumsum(&out, &args[0], shape, *dim, *reverse)
            }
            op => unreachable!("the schedule gave {op:?} no instructions"),
        }
    }

    /// Where a fold goes: to the result, or, along the dimension that is cut into tiles, to an accumulator.
    fn target(
        &mut self,
        out: Val<E>,
        how: Reduce,
        dims: &[Dim],
        folds: &mut Vec<Fold<E>>,
    ) -> Target<E> {
        let graph = self.emitter.wanted.graph;
        let cut = self.writer.tile.map(|(dim, _)| dim);
        if lanes_of(graph, self.id) != cut || !cut.is_some_and(|dim| dims.contains(&dim)) {
            return Target { val: out, is_chunked: false };
        }
        let len = Layout::of(graph, graph.shape(self.id)).len();
        let words = Fold::<E>::words(how);
        let offset = self.writer.scratch.keep(len * words);
        folds.push(Fold { how, offset, len, out: out.ptr });
        let ptr = std::ptr::without_provenance_mut(offset * size_of::<E>());
        let strides = out.strides.iter().map(|&(dim, step)| (dim, step * words)).collect();
        Target { val: Val { ptr, strides, is_scratch: true }, is_chunked: true }
    }
}

/// Where a fold over lanes goes.
#[derive(Clone, Debug)]
pub(super) struct Target<E> {
    pub(super) val: Val<E>,
    /// Whether it is the accumulator of a chunk, in f64.
    pub(super) is_chunked: bool,
}
