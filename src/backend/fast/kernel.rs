//! A compiled graph: leaves at fixed places in, results at fixed places out.

use super::assign::Assign;
use super::emit::{Emitter, Leaves};
use super::exec::execute;
use super::instr::{Block, Tile};
use super::layout::{Layout, WIDTH};
use super::memory::Buffer;
use super::pick::Pick;
use super::product::Products;
use super::scatter::Scatter;
use super::schedule::{Schedule, Wanted, is_leaf};
use super::simplify::simplify;
use super::solve::Solve;
use super::tiles::Loop;
use super::whole::Whole;
use crate::backend::simd::{Isa, Lane};
use crate::ir::{Graph, NodeId, Op, Real};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// A stage of a kernel.
#[derive(Debug)]
pub(super) enum Run<E> {
    Straight(Block<E>),
    Tiled(Loop<E>),
    Products(Products<E>),
    Scatter(Scatter<E>),
    Pick(Pick<E>),
    Solve(Solve<E>),
    Assign(Assign<E>),
    Whole(Whole<E>),
}

/// Computes the outputs of a graph from its parameters.
#[derive(Debug)]
pub(super) struct Kernel<E> {
    runs: Vec<Run<E>>,
    outputs: Vec<*mut E>,
    /// What the runs point into.
    _memory: (Vec<Buffer<E>>, Vec<Rc<Buffer<E>>>),
}

/// A graph to compile. Its only inputs are parameters.
pub(super) struct Source<'a, E> {
    pub(super) graph: &'a Graph,
    pub(super) outputs: &'a [NodeId],
    /// Where each parameter lies, in the pitched layout.
    pub(super) inputs: &'a [*mut E],
    /// Where an output is wanted; nowhere in particular if null.
    pub(super) places: &'a [*mut E],
}

impl<E: Lane> Kernel<E> {
    pub(super) fn new(source: Source<'_, E>, data: &mut DataPool<E>) -> Self {
        let (mut graph, outputs) = simplify(source.graph, source.outputs);
        let outputs = own_nodes(&mut graph, outputs);
        let wanted = Wanted { graph: &graph, outputs: &outputs };
        let schedule = Schedule::new(wanted);
        let places: HashMap<NodeId, *mut E> = outputs
            .iter()
            .copied()
            .zip(source.places.iter().copied())
            .filter(|(_, place)| !place.is_null())
            .collect();
        let mut binder = Binder { graph: &graph, inputs: source.inputs, data, held: Vec::new() };
        let mut emitter = Emitter::new(wanted, &schedule, &places, &mut binder);
        let runs = emitter.runs();
        let outputs = outputs.iter().map(|&id| emitter.place_of(id)).collect();
        let memory = (emitter.pool.into_buffers(), binder.held);
        Self { runs, outputs, _memory: memory }
    }

    /// Where an output lies, in the pitched layout.
    pub(super) fn output(&self, i: usize) -> *mut E {
        self.outputs[i]
    }

    /// Whether several threads are of use.
    pub(super) fn splits(&self) -> bool {
        self.runs.iter().any(|run| match run {
            Run::Straight(_) | Run::Pick(_) => false,
            Run::Tiled(tiles) => tiles.parts() > 1,
            Run::Products(products) => products.splits(),
            Run::Scatter(scatter) => scatter.parts() > 1,
            Run::Solve(solve) => solve.parts() > 1,
            Run::Assign(assign) => assign.parts() > 1,
            Run::Whole(whole) => whole.parts() > 1,
        })
    }

    pub(super) fn run(&self, isa: Isa, threads: usize) {
        for run in &self.runs {
            match run {
                Run::Straight(block) => execute(isa, isa, block, Tile::default()),
                Run::Tiled(tiles) => tiles.run(isa, threads),
                Run::Products(products) => products.run(threads),
                Run::Scatter(scatter) => scatter.run(isa, threads),
                Run::Pick(pick) => pick.run(isa),
                Run::Solve(solve) => solve.run(isa, threads),
                Run::Assign(assign) => assign.run(threads),
                Run::Whole(whole) => whole.run(threads),
            }
        }
    }
}

/// A node of its own, not a leaf, for every output.
fn own_nodes(graph: &mut Graph, outputs: Vec<NodeId>) -> Vec<NodeId> {
    let mut own: Vec<NodeId> = Vec::new();
    for mut id in outputs {
        while is_leaf(graph.op(id)) || own.contains(&id) {
            id = graph.push(Op::Stop, [id]);
        }
        own.push(id);
    }
    own
}

/// Values of a constant, and their copy in the layout of the kernels.
type Held<E> = (Arc<[f64]>, Rc<Buffer<E>>);

/// Arrays of constants, shared by the kernels of a step.
#[derive(Debug)]
pub(super) struct DataPool<E> {
    /// By the address of the values, which are held so that it stays theirs.
    arrays: HashMap<*const f64, Held<E>>,
    numbers: HashMap<Real, Rc<Buffer<E>>>,
}

impl<E: Lane> DataPool<E> {
    pub(super) fn new() -> Self {
        Self { arrays: HashMap::new(), numbers: HashMap::new() }
    }

    fn array(&mut self, values: &Arc<[f64]>, layout: Layout) -> Rc<Buffer<E>> {
        let held = self.arrays.entry(values.as_ptr()).or_insert_with(|| {
            let buffer = Buffer::zeros(layout.len());
            // SAFETY: the buffer is new.
            layout.pad(values, unsafe { buffer.as_mut() }, E::of);
            (values.clone(), Rc::new(buffer))
        });
        held.1.clone()
    }

    fn number(&mut self, x: Real) -> Rc<Buffer<E>> {
        let held = self.numbers.entry(x).or_insert_with(|| {
            let buffer = Buffer::zeros(WIDTH);
            // SAFETY: the buffer is new.
            unsafe { buffer.as_mut() }.fill(E::of(x.0));
            Rc::new(buffer)
        });
        held.clone()
    }
}

/// Finds the leaves of a graph.
struct Binder<'a, E> {
    graph: &'a Graph,
    inputs: &'a [*mut E],
    data: &'a mut DataPool<E>,
    held: Vec<Rc<Buffer<E>>>,
}

impl<E: Lane> Leaves<E> for Binder<'_, E> {
    fn leaf(&mut self, op: &Op) -> *mut E {
        let buffer = match op {
            Op::Param(row) => return self.inputs[*row as usize],
            Op::Const(x) => self.data.number(*x),
            Op::Data(row) => {
                let data = &self.graph.data[*row as usize];
                self.data.array(&data.values, Layout::of(self.graph, &data.shape))
            }
            op => unreachable!("a kernel has no leaf {op:?}"),
        };
        let ptr = buffer.ptr();
        self.held.push(buffer);
        ptr
    }
}
