//! A compiled step: fills its inputs, runs its nodes on dfdx's tape, and moves its parameters.

use super::compile::Segment;
use super::kernel::Kernel;
use super::layout::Layout;
use super::memory::Buffer;
use super::slot::Elem;
use super::tape::Nodes;
use crate::backend::simd::update::{self, Moments};
use crate::backend::{NoiseSource, Program, Step, Update};
use crate::ir::{Graph, Noise, Op};
use dfdx::prelude::{Backward, Cpu, Gradients, PutTape, SplitTape, Trace};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What changes between steps, apart from parameters: one array for each row of the graph's tables.
#[derive(Debug)]
pub(super) struct Inputs<E> {
    noises: Vec<NoiseInput<E>>,
    knobs: Vec<Buffer<E>>,
    states: Vec<(Buffer<E>, Layout)>,
}

#[derive(Debug)]
struct NoiseInput<E> {
    kind: Noise,
    layout: Layout,
    values: Buffer<E>,
    /// Where the noise is drawn if rows are padded.
    packed: Vec<E>,
}

impl<E: Elem> Inputs<E> {
    pub(super) fn new(graph: &Graph) -> Self {
        let noises = graph.noises.iter().map(|noise| {
            let layout = Layout::of(graph, &noise.shape);
            let is_packed = layout.rows == 1 || layout.lanes == layout.pitch;
            let packed = if is_packed { 0 } else { layout.rows * layout.lanes };
            let values = Buffer::zeros(layout.len());
            NoiseInput { kind: noise.kind, layout, values, packed: vec![E::ZERO; packed] }
        });
        let filled = |len: usize, x: f64| {
            let buffer = Buffer::zeros(len);
            // SAFETY: the buffer is new.
            unsafe { buffer.as_mut() }.fill(E::of(x));
            buffer
        };
        let scalar = Layout::of(graph, &crate::ir::Shape::scalar());
        let knobs = graph.knobs.iter().map(|knob| filled(scalar.len(), knob.schedule.at(0)));
        let states = graph.states.iter().map(|state| {
            let layout = Layout::of(graph, &state.shape);
            (filled(layout.len(), state.init), layout)
        });
        Self { noises: noises.collect(), knobs: knobs.collect(), states: states.collect() }
    }

    /// Where a leaf lies, if it is one of these.
    pub(super) fn place(&self, op: &Op) -> Option<*mut E> {
        match op {
            Op::Noise(row) => Some(self.noises[*row as usize].values.ptr()),
            Op::Knob(row) => Some(self.knobs[*row as usize].ptr()),
            Op::State(row) => Some(self.states[*row as usize].0.ptr()),
            _ => None,
        }
    }

    fn fill(&mut self, step: u64, source: &mut dyn NoiseSource) {
        for (row, noise) in self.noises.iter_mut().enumerate() {
            // SAFETY: no kernel is running.
            let values = unsafe { noise.values.as_mut() };
            if noise.packed.is_empty() {
                let values = &mut values[..noise.layout.rows * noise.layout.lanes];
                E::fill(source, step, row, noise.kind, values);
            } else {
                E::fill(source, step, row, noise.kind, &mut noise.packed);
                noise.layout.pad(&noise.packed, values, |x| x);
            }
        }
    }
}

/// What is read after a step: watched nodes, then the next values of the states.
#[derive(Debug)]
pub(super) struct Reported<E> {
    pub(super) kernel: Kernel<E>,
    pub(super) arrays: Vec<(*mut E, Layout)>,
    /// Whether the arrays are those of the last step: they are computed when somebody asks.
    pub(super) is_current: Cell<bool>,
}

impl<E: Elem> Reported<E> {
    fn compute(&self, nodes: &Nodes<E>) {
        if !self.is_current.replace(true) {
            self.kernel.run(nodes.isa, nodes.threads);
        }
    }
}

#[derive(Debug)]
pub(super) struct FastStep<E: Elem> {
    nodes: Rc<Nodes<E>>,
    inputs: Inputs<E>,
    report: Reported<E>,
    /// Rows of the states that the last arrays of the report are for.
    carried: Vec<usize>,
    segments: Vec<Segment>,
    /// In a cell because dfdx allocates a gradient when it is first read.
    gradients: RefCell<Gradients<E, Cpu>>,
    moments: [Vec<E>; 2],
    names: String,
}

impl<E: Elem> FastStep<E> {
    pub(super) fn new(
        program: &Program,
        nodes: Rc<Nodes<E>>,
        inputs: Inputs<E>,
        report: Reported<E>,
        segments: Vec<Segment>,
        names: String,
    ) -> Self {
        let states = program.graph.states.iter().enumerate();
        let carried = states.filter(|(_, s)| s.next.is_some()).map(|(row, _)| row).collect();
        let zeros = vec![E::ZERO; nodes.params.len()];
        let moments = [zeros.clone(), zeros];
        let gradients = RefCell::new(Gradients::leaky());
        let mut step = Self { nodes, inputs, report, carried, segments, gradients, moments, names };
        let init = program.graph.params.iter().flat_map(|p| p.init.iter().copied());
        step.set_params(&init.collect::<Vec<f64>>());
        step
    }

    fn unpad(&self, flat: &[E], mut out: &mut [f64]) {
        for Segment { offset, layout } in &self.segments {
            for row in flat[*offset..][..layout.len()].chunks_exact(layout.pitch) {
                let (own, rest) = out.split_at_mut(layout.lanes);
                own.iter_mut().zip(row).for_each(|(to, x)| *to = x.to_f64());
                out = rest;
            }
        }
    }

    /// Clears what whole vectors left in the padding of the gradient, so that it has a norm.
    fn clear_padding(&mut self) {
        let gradient = self.nodes.params.gradient(self.gradients.get_mut());
        for segment in self.segments.iter().filter(|s| s.layout.lanes < s.layout.pitch) {
            let rows = &mut gradient[segment.offset..segment.offset + segment.layout.len()];
            for row in rows.chunks_exact_mut(segment.layout.pitch) {
                row[segment.layout.lanes..].fill(E::ZERO);
            }
        }
    }

    fn carry_states(&self) {
        let next = &self.report.arrays[self.report.arrays.len() - self.carried.len()..];
        for (&row, &(from, layout)) in self.carried.iter().zip(next) {
            // SAFETY: the report's arrays are its own, so they do not overlap the states; nothing else is running.
            unsafe { from.copy_to_nonoverlapping(self.inputs.states[row].0.ptr(), layout.len()) };
        }
    }
}

impl<E: Elem> Step for FastStep<E> {
    fn param_count(&self) -> usize {
        self.segments.iter().map(|s| s.layout.rows * s.layout.lanes).sum()
    }

    fn read_params(&self, out: &mut [f64]) {
        // SAFETY: no kernel is running.
        self.unpad(unsafe { self.nodes.params.as_slice() }, out);
    }

    fn set_params(&mut self, mut values: &[f64]) {
        // SAFETY: no kernel is running.
        let flat = unsafe { self.nodes.params.as_mut() };
        for segment in &self.segments {
            let count = segment.layout.rows * segment.layout.lanes;
            let (own, rest) = values.split_at(count);
            segment.layout.pad(own, &mut flat[segment.offset..][..segment.layout.len()], E::of);
            values = rest;
        }
    }

    fn set_knob(&mut self, knob: usize, value: f64) {
        // SAFETY: no kernel is running.
        unsafe { self.inputs.knobs[knob].as_mut() }.fill(E::of(value));
    }

    fn run(&mut self, step: u64, noise: &mut dyn NoiseSource) -> f64 {
        self.inputs.fill(step, noise);
        let gradients = self.gradients.replace(Gradients::leaky());
        let loss = self.nodes.loss().tensor.clone();
        let (loss, mut tape) = loss.traced(gradients).split_tape();
        let value = self.nodes.forward(&mut tape);
        self.gradients.replace(loss.put_tape(tape).backward());
        self.clear_padding();
        self.report.is_current.set(false);
        if !self.carried.is_empty() {
            self.report.compute(&self.nodes);
            self.carry_states();
        }
        value
    }

    fn read_gradient(&self, out: &mut [f64]) {
        self.unpad(self.nodes.params.gradient(&mut self.gradients.borrow_mut()), out);
    }

    fn gradient_norm(&self) -> f64 {
        let mut gradients = self.gradients.borrow_mut();
        update::squared_norm(self.nodes.isa, self.nodes.params.gradient(&mut gradients)).sqrt()
    }

    fn watched(&self, i: usize) -> Vec<f64> {
        self.report.compute(&self.nodes);
        let (ptr, layout) = self.report.arrays[i];
        // SAFETY: an output of the report's kernel, which is not running.
        let values = unsafe { std::slice::from_raw_parts(ptr, layout.len()) };
        layout.packed(values).map(|x| x.to_f64()).collect()
    }

    fn update(&mut self, update: Update) {
        let [first, second] = &mut self.moments;
        // SAFETY: no kernel is running.
        let params = unsafe { self.nodes.params.as_mut() };
        let grad = self.nodes.params.gradient(self.gradients.get_mut());
        update::apply(self.nodes.isa, update, Moments { params, grad, first, second });
    }

    fn describe(&self) -> String {
        self.names.clone()
    }
}
