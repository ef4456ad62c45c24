//! From a program to a step: parts become kernels, and every value gets its slot.

use super::inputs::Inputs;
use super::kernel::{DataPool, Kernel, Source};
use super::layout::Layout;
use super::memory::Buffer;
use super::partition::{Part, Partition, moving};
use super::slot::{Elem, Scalar, Slot};
use super::step::{FastStep, Parts, Reported};
use super::tape::{Cost, Guide, Nodes, Partial, Target};
use crate::backend::Program;
use crate::backend::simd::Isa;
use crate::ir::{self, Graph, NodeId, Op, Shape};
use dfdx::prelude::{Cpu, Gradients};
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;

/// A part of a flat slot: an array in the pitched layout.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) offset: usize,
    pub(super) layout: Layout,
}

impl Segment {
    pub(super) fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.layout.len()
    }
}

/// Arrays of these shapes, end to end.
fn segments<'a>(graph: &Graph, shapes: impl Iterator<Item = &'a Shape>) -> (Vec<Segment>, usize) {
    let mut len = 0;
    let segments = shapes.map(|shape| {
        let segment = Segment { offset: len, layout: Layout::of(graph, shape) };
        len += segment.layout.len();
        segment
    });
    (segments.collect(), len)
}

/// Compiles a program for elements of one kind.
pub(super) fn compile<E: Elem>(program: &Program, isa: Isa, threads: usize) -> FastStep<E> {
    let device = Cpu::default();
    let Partition { graph, shared, costs } = Partition::new(&program.graph, program.loss);
    let inputs = Inputs::new(&graph);
    let (param_segments, len) = segments(&graph, graph.params.iter().map(|p| &p.shape));
    let params = Slot::zeros(&device, len);
    let (shared_segments, shared_len) = segments(&graph, shared.iter().map(|&id| graph.shape(id)));
    let shared_slot = Slot::zeros(&device, shared_len);
    let cut: BTreeSet<NodeId> = shared.iter().copied().collect();
    let next = graph.states.iter().filter_map(|s| s.next);
    let reported: Vec<NodeId> = program.watch.iter().copied().chain(next).collect();
    let mut parts: Vec<Part> = vec![Part::new(&graph, &shared, &BTreeSet::new())];
    parts.extend(costs.iter().map(|&cost| Part::new(&graph, &[cost], &cut)));
    let report = Report::new(&graph, &reported, &parts, &cut);
    let mut places = Places::new(&graph, &inputs);
    for id in graph.ids() {
        if let Op::Param(row) = graph.op(id) {
            places.add(id, Target::Params, &params, param_segments[*row as usize], true);
        }
    }
    let moves = moving(&graph);
    for (&id, &segment) in shared.iter().zip(&shared_segments) {
        places.add(id, Target::Guide, &shared_slot, segment, moves[id.0 as usize]);
    }
    let mut gradients = Gradients::leaky();
    let mut compiler = Compiler {
        places,
        shared_segments,
        data: DataPool::new(),
        device,
        lens: [len, shared_len],
        home: params.gradient_place(&mut gradients),
        readers: readers(&parts),
    };
    let names = super::describe::lines(&graph, &parts);
    let mut parts = parts.into_iter();
    let guide = parts.next().filter(|p| !p.outputs.is_empty());
    let costs: Vec<Cost<E>> = parts
        .zip(&report.exports[1..])
        .map(|(part, exports)| compiler.cost(part, exports))
        .collect();
    let guide = guide.map(|part| compiler.guide(part, &report.exports[0], shared_slot));
    let report = compiler.report(report);
    let sum = (costs.len() > 1).then(|| Scalar::zero(&compiler.device));
    let mut nodes = Nodes { isa, threads, params, guide, costs, sum };
    mark_first(&mut nodes);
    let parts =
        Parts { nodes: Rc::new(nodes), inputs, report, segments: param_segments, gradients };
    FastStep::new(program, parts, names)
}

/// How many parts read each node of the whole graph.
fn readers(parts: &[Part]) -> HashMap<NodeId, usize> {
    let mut readers = HashMap::new();
    for (id, _) in parts.iter().flat_map(|part| &part.inputs) {
        *readers.entry(*id).or_default() += 1;
    }
    readers
}

/// Backward passes run from the last node to the first: the last that writes to a gradient starts it afresh.
fn mark_first<E: Elem>(nodes: &mut Nodes<E>) {
    let guide = nodes.guide.as_mut().map(|guide| (Target::Params, &mut guide.partial));
    let costs = nodes.costs.iter_mut().flat_map(|cost| &mut cost.partials);
    let mut all: Vec<(Target, &mut Partial<E>)> =
        guide.into_iter().chain(costs.map(|(target, partial)| (*target, partial))).collect();
    for target in [Target::Params, Target::Guide] {
        let mut own: Vec<_> = all.iter_mut().filter(|(of, _)| *of == target).collect();
        let runs = own.iter().flat_map(|(_, partial)| partial.runs.iter().cloned()).collect();
        if let Some((_, first)) = own.last_mut() {
            first.clears = united(runs);
        }
    }
}

/// The same places in runs that neither overlap nor touch, in order.
fn united(mut runs: Vec<Range<usize>>) -> Vec<Range<usize>> {
    runs.sort_by_key(|run| run.start);
    runs.dedup_by(|next, run| {
        let touches = next.start <= run.end;
        if touches {
            run.end = run.end.max(next.end);
        }
        touches
    });
    runs
}

/// What is reported after a step: parts that compute it anyway export it, the rest is computed at the end.
struct Report {
    wanted: Vec<NodeId>,
    part: Part,
    /// Per part, nodes that others read.
    exports: Vec<Vec<NodeId>>,
}

impl Report {
    fn new(graph: &Graph, wanted: &[NodeId], parts: &[Part], shared: &BTreeSet<NodeId>) -> Self {
        let inside = parts.iter().flat_map(|part| part.nodes.keys().copied());
        let cut: BTreeSet<NodeId> = inside.chain(shared.iter().copied()).collect();
        let part = Part::new(graph, wanted, &cut);
        let read: BTreeSet<NodeId> = part.inputs.iter().map(|i| i.0).collect();
        let mut exports = vec![Vec::new(); parts.len()];
        for id in read.into_iter().filter(|id| !shared.contains(id)) {
            if let Some(k) = parts.iter().position(|part| part.nodes.contains_key(&id)) {
                exports[k].push(id);
            }
        }
        Self { wanted: wanted.to_vec(), part, exports }
    }
}

/// A gradient, and where in its slot it belongs.
struct Chosen {
    segment: Segment,
    gradient: NodeId,
    /// Whether no other part adds to it.
    is_alone: bool,
}

/// Where values lie that parts read, and which of them have a gradient.
struct Places<E> {
    at: HashMap<NodeId, *mut E>,
    segments: HashMap<NodeId, (Target, Segment)>,
}

impl<E: Elem> Places<E> {
    fn new(graph: &Graph, inputs: &Inputs<E>) -> Self {
        let at = graph.ids().filter_map(|id| Some((id, inputs.place(graph.op(id))?))).collect();
        Self { at, segments: HashMap::new() }
    }

    fn add(&mut self, node: NodeId, target: Target, slot: &Slot<E>, segment: Segment, moves: bool) {
        self.at.insert(node, slot.ptr().wrapping_add(segment.offset));
        if moves {
            self.segments.insert(node, (target, segment));
        }
    }

    fn segment(&self, node: NodeId, of: Target) -> Option<Segment> {
        self.segments.get(&node).filter(|(target, _)| *target == of).map(|(_, segment)| *segment)
    }
}

struct Compiler<E: Elem> {
    places: Places<E>,
    shared_segments: Vec<Segment>,
    data: DataPool<E>,
    device: Cpu,
    /// Elements of the parameters and of the guide's slot.
    lens: [usize; 2],
    /// Where the gradient of the parameters begins.
    home: *mut E,
    /// How many parts read a parameter.
    readers: HashMap<NodeId, usize>,
}

impl<E: Elem> Compiler<E> {
    /// The scalar and its partial derivatives in one kernel.
    fn cost(&mut self, mut part: Part, exports: &[NodeId]) -> Cost<E> {
        let value = part.outputs[0];
        let (moving, wrt) = self.moving(&part);
        let gradients = ir::grad(&mut part.graph, value, &wrt);
        let gradients: Vec<(NodeId, NodeId)> = moving.into_iter().zip(gradients).collect();
        let mut outputs = vec![value];
        let mut places = vec![std::ptr::null_mut()];
        let mut partials = Vec::new();
        for target in [Target::Params, Target::Guide] {
            let (partial, to) = self.partial(target, self.chosen(&part, &gradients, target));
            for (gradient, place) in to {
                outputs.push(gradient);
                places.push(place);
            }
            partials.push((target, partial));
        }
        let kernel = self.kernel(&part, outputs, places, exports, &[]);
        Cost { kernel, out: Scalar::zero(&self.device), partials }
    }

    fn guide(&mut self, part: Part, exports: &[NodeId], out: Slot<E>) -> Guide<E> {
        let places: Vec<*mut E> =
            self.shared_segments.iter().map(|s| out.ptr().wrapping_add(s.offset)).collect();
        let forward = self.kernel(&part, part.outputs.clone(), places, exports, &[]);
        let seeds: Buffer<E> = Buffer::zeros(out.len());
        let mut back = part;
        let mut seed_places = Vec::new();
        let seeded: Vec<(NodeId, NodeId)> = back
            .outputs
            .clone()
            .into_iter()
            .zip(&self.shared_segments)
            .map(|(output, segment)| {
                let shape = back.graph.shape(output).clone();
                seed_places.push(seeds.ptr().wrapping_add(segment.offset));
                (output, super::graphs::add_input(&mut back.graph, &shape))
            })
            .collect();
        let (moving, wrt) = self.moving(&back);
        let gradients = ir::vjp(&mut back.graph, &seeded, &wrt);
        let gradients: Vec<(NodeId, NodeId)> = moving.into_iter().zip(gradients).collect();
        let chosen = self.chosen(&back, &gradients, Target::Params);
        let (partial, to) = self.partial(Target::Params, chosen);
        let (outputs, places) = to.into_iter().unzip();
        let backward = self.kernel(&back, outputs, places, &[], &seed_places);
        Guide { forward, out, backward, seeds, partial }
    }

    fn report(&mut self, report: Report) -> Reported<E> {
        let Report { wanted, part, .. } = report;
        let outputs = part.outputs.clone();
        let layout = |id: &NodeId| Layout::of(&part.graph, part.graph.shape(*id));
        let layouts: Vec<Layout> = outputs.iter().map(layout).collect();
        let kernel = self.kernel(&part, outputs, vec![], &[], &[]);
        let arrays = (0..wanted.len()).map(|i| (kernel.output(i), layouts[i])).collect();
        Reported { kernel, arrays, is_current: Cell::new(true) }
    }

    /// The inputs of a part that have a gradient, in the whole graph and in the part's.
    fn moving(&self, part: &Part) -> (Vec<NodeId>, Vec<NodeId>) {
        let moves = |id: &NodeId| self.places.segments.contains_key(id);
        part.inputs.iter().copied().filter(|(id, _)| moves(id)).unzip()
    }

    /// The gradients that belong to a slot, with their places in it.
    fn chosen(&self, part: &Part, gradients: &[(NodeId, NodeId)], target: Target) -> Vec<Chosen> {
        let moving = gradients.iter().filter(|(_, gradient)| !is_zero(&part.graph, *gradient));
        let chosen = moving.filter_map(|&(id, gradient)| {
            let segment = self.places.segment(id, target)?;
            let is_alone = target == Target::Params && self.readers.get(&id) == Some(&1);
            Some(Chosen { segment, gradient, is_alone })
        });
        chosen.collect()
    }

    /// Room for partial derivatives, and where each gradient goes.
    fn partial(&self, target: Target, chosen: Vec<Chosen>) -> (Partial<E>, Vec<(NodeId, *mut E)>) {
        let shared = chosen.iter().filter(|c| !c.is_alone);
        let runs = united(shared.map(|c| c.segment.range()).collect());
        let len = if runs.is_empty() { 0 } else { self.lens[target as usize] };
        let values: Buffer<E> = Buffer::zeros(len);
        let place = |c: &Chosen| {
            let start = if c.is_alone { self.home } else { values.ptr() };
            (c.gradient, start.wrapping_add(c.segment.offset))
        };
        let to = chosen.iter().map(place).collect();
        (Partial { values, runs, clears: vec![] }, to)
    }

    /// Compiles a part with further outputs for others to read; `more` are places of inputs after the part's own.
    fn kernel(
        &mut self,
        part: &Part,
        mut outputs: Vec<NodeId>,
        mut places: Vec<*mut E>,
        exports: &[NodeId],
        more: &[*mut E],
    ) -> Kernel<E> {
        let mut inputs: Vec<*mut E> =
            part.inputs.iter().map(|(id, _)| self.places.at[id]).collect();
        inputs.extend(more);
        let first = outputs.len();
        outputs.extend(exports.iter().map(|id| part.nodes[id]));
        places.resize(outputs.len(), std::ptr::null_mut());
        let source =
            Source { graph: &part.graph, outputs: &outputs, inputs: &inputs, places: &places };
        let kernel = Kernel::new(source, &mut self.data);
        for (i, &id) in exports.iter().enumerate() {
            self.places.at.insert(id, kernel.output(first + i));
        }
        kernel
    }
}

/// Whether a gradient is 0 whatever happens.
fn is_zero(graph: &Graph, mut id: NodeId) -> bool {
    while let Op::Expand(_) = graph.op(id) {
        id = graph.node(id).args[0];
    }
    graph.as_number(id) == Some(0.0)
}
