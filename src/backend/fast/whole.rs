//! Ops on whole arrays for which there are no instructions: evaluated by the IR's own interpreter, in f64.

use super::graphs::add_input;
use super::layout::Layout;
use super::view::stride;
use super::writer::Val;
use crate::backend::simd::Lane;
use crate::ir::{self, Graph, NodeId};

/// One op, with where its arguments and its result lie.
#[derive(Debug)]
pub(super) struct Whole<E> {
    /// The op alone, on parameters.
    graph: Graph,
    id: NodeId,
    args: Vec<Source<E>>,
    out: *mut E,
    layout: Layout,
}

/// An array as it is read: counts and steps, outermost first.
#[derive(Debug)]
struct Source<E> {
    ptr: *const E,
    walk: Vec<(usize, usize)>,
}

impl<E: Lane> Whole<E> {
    pub(super) fn new(from: &Graph, id: NodeId, args: Vec<Val<E>>, out: Val<E>) -> Self {
        let mut graph = from.emptied();
        let node = from.node(id);
        let inputs: Vec<NodeId> =
            node.args.iter().map(|&arg| add_input(&mut graph, from.shape(arg))).collect();
        let alone = graph.push(node.op.clone(), inputs);
        let sources = node.args.iter().zip(args).map(|(&arg, val)| {
            let step = |d| (from.size(d), stride(&val.strides, d));
            Source { ptr: val.ptr.cast_const(), walk: from.shape(arg).iter().map(step).collect() }
        });
        let layout = Layout::of(from, &node.shape);
        Self { args: sources.collect(), graph, id: alone, out: out.ptr, layout }
    }

    pub(super) fn run(&self) {
        let args: Vec<Vec<f64>> = self.args.iter().map(Source::values).collect();
        let args: Vec<&[f64]> = args.iter().map(Vec::as_slice).collect();
        let values = ir::apply(&self.graph, self.id, &args);
        // SAFETY: the result has room for its layout, and nothing else runs meanwhile.
        let out = unsafe { std::slice::from_raw_parts_mut(self.out, self.layout.len()) };
        self.layout.pad(&values, out, E::of);
    }
}

impl<E: Lane> Source<E> {
    fn values(&self) -> Vec<f64> {
        let mut values = Vec::with_capacity(self.walk.iter().map(|w| w.0).product());
        self.read(0, &self.walk, &mut values);
        values
    }

    fn read(&self, offset: usize, walk: &[(usize, usize)], to: &mut Vec<f64>) {
        match walk {
            // SAFETY: strides and counts are those of an array of the kernel.
            [] => to.push(unsafe { *self.ptr.add(offset) }.to_f64()),
            [(count, step), rest @ ..] => {
                (0..*count).for_each(|i| self.read(offset + i * step, rest, to));
            }
        }
    }
}
