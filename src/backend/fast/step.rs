//! A compiled step: fills its inputs, runs its nodes on dfdx's tape, and moves its parameters.

use super::compile::Segment;
use super::inputs::{Inputs, SPLIT};
use super::kernel::Kernel;
use super::layout::Layout;
use super::memory::Buffer;
use super::slot::Elem;
use super::tape::Nodes;
use crate::backend::crew::run_each;
use crate::backend::denormals::Mode;
use crate::backend::simd::update::{self, Moments};
use crate::backend::{NoiseSource, Program, Step, Update};
use crate::ir::Rows;
use dfdx::prelude::{Backward, Cpu, Gradients, PutTape, SplitTape, Trace};
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

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
    /// Where the parameters lie that decay.
    decaying: Vec<Range<usize>>,
    /// In a cell because dfdx allocates a gradient when it is first read.
    gradients: RefCell<Gradients<E, Cpu>>,
    moments: [Buffer<E>; 2],
    /// As many as are of use.
    threads: usize,
    names: String,
}

/// What a step is made of.
pub(super) struct Parts<E: Elem> {
    pub(super) nodes: Rc<Nodes<E>>,
    pub(super) inputs: Inputs<E>,
    pub(super) report: Reported<E>,
    pub(super) segments: Vec<Segment>,
    /// Kernels write to that of the parameters.
    pub(super) gradients: Gradients<E, Cpu>,
}

impl<E: Elem> FastStep<E> {
    pub(super) fn new(program: &Program, parts: Parts<E>, names: String) -> Self {
        let Parts { nodes, inputs, report, segments, gradients } = parts;
        let states = program.graph.states.iter().enumerate();
        let carried = states.filter(|(_, s)| s.next.is_some()).map(|(row, _)| row).collect();
        let moments = [(); 2].map(|()| Buffer::zeros(nodes.params.len()));
        let gradients = RefCell::new(gradients);
        let threads = if nodes.splits() { nodes.threads } else { 1 };
        let infos = segments.iter().zip(&program.graph.params);
        let decaying = infos.filter(|(_, p)| p.decays).map(|(s, _)| s.range()).collect();
        let mut step = Self {
            nodes,
            inputs,
            report,
            carried,
            segments,
            decaying,
            gradients,
            moments,
            threads,
            names,
        };
        let init = program.graph.params.iter().flat_map(|p| p.init.iter().copied());
        step.set_params(&init.collect::<Vec<f64>>());
        step
    }

    fn unpad(&self, flat: &[E], mut out: &mut [f64]) {
        for segment in &self.segments {
            let (own, rest) = out.split_at_mut(segment.layout.count());
            unpad(segment, flat, own);
            out = rest;
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

/// Copies numbers that lie end to end to where their segments have them.
fn pad<E: Elem>(segments: &[Segment], mut values: &[f64], flat: &mut [E]) {
    for Segment { offset, layout } in segments {
        let (own, rest) = values.split_at(layout.count());
        layout.pad(own, &mut flat[*offset..][..layout.len()], E::of);
        values = rest;
    }
}

/// Copies the elements of a segment without their padding.
fn unpad<E: Elem>(segment: &Segment, flat: &[E], out: &mut [f64]) {
    let Segment { offset, layout } = segment;
    let rows = flat[*offset..][..layout.len()].chunks_exact(layout.pitch);
    for (row, own) in rows.zip(out.chunks_exact_mut(layout.lanes)) {
        own.iter_mut().zip(row).for_each(|(to, x)| *to = x.to_f64());
    }
}

impl<E: Elem> Step for FastStep<E> {
    fn threads(&self) -> usize {
        self.threads
    }

    fn param_count(&self) -> usize {
        self.segments.iter().map(|s| s.layout.count()).sum()
    }

    fn read_params(&self, out: &mut [f64]) {
        // SAFETY: no kernel is running.
        self.unpad(unsafe { self.nodes.params.as_slice() }, out);
    }

    fn average_params(&self, keep: f64, take: f64, mut average: &mut [f64]) {
        // SAFETY: no kernel is running.
        let flat = unsafe { self.nodes.params.as_slice() };
        let mut parts = vec![];
        for Segment { offset, layout } in &self.segments {
            let (own, rest) = average.split_at_mut(layout.count());
            average = rest;
            let rows = (SPLIT / layout.lanes).max(1);
            let from = flat[*offset..][..layout.len()].chunks(rows * layout.pitch);
            parts.extend(own.chunks_mut(rows * layout.lanes).zip(from).map(|part| (layout, part)));
        }
        run_each(parts.into_iter(), self.threads, |(layout, (own, from))| {
            let rows = own.chunks_mut(layout.lanes).zip(from.chunks(layout.pitch));
            for (own, from) in rows {
                for (mean, x) in own.iter_mut().zip(from) {
                    *mean = keep * *mean + take * x.to_f64();
                }
            }
        });
    }

    fn set_params(&mut self, values: &[f64]) {
        // SAFETY: no kernel is running.
        pad(&self.segments, values, unsafe { self.nodes.params.as_mut() });
    }

    fn set_rows(&mut self, rows: &Rows) {
        self.inputs.set_rows(rows, self.threads);
    }

    fn read_param(&self, param: usize, out: &mut [f64]) {
        // SAFETY: no kernel is running.
        unpad(&self.segments[param], unsafe { self.nodes.params.as_slice() }, out);
    }

    fn set_param(&mut self, param: usize, values: &[f64]) {
        let Segment { offset, layout } = &self.segments[param];
        // SAFETY: no kernel is running.
        let flat = unsafe { self.nodes.params.as_mut() };
        layout.pad(values, &mut flat[*offset..][..layout.len()], E::of);
    }

    fn read_param_gradient(&self, param: usize, out: &mut [f64]) {
        let mut gradients = self.gradients.borrow_mut();
        unpad(&self.segments[param], self.nodes.params.gradient(&mut gradients), out);
    }

    fn read_state(&self, state: usize, out: &mut [f64]) {
        let (buffer, layout) = &self.inputs.states[state];
        // SAFETY: no kernel is running.
        let values = layout.packed(unsafe { buffer.as_mut() });
        values.zip(out).for_each(|(x, to)| *to = x.to_f64());
    }

    fn set_state(&mut self, state: usize, values: &[f64]) {
        let (buffer, layout) = &self.inputs.states[state];
        // SAFETY: no kernel is running.
        layout.pad(values, unsafe { buffer.as_mut() }, E::of);
    }

    fn set_knob(&mut self, knob: usize, value: f64) {
        // SAFETY: no kernel is running.
        unsafe { self.inputs.knobs[knob].as_mut() }.fill(E::of(value));
    }

    fn run(&mut self, step: u64, noise: &mut dyn NoiseSource) -> f64 {
        let _mode = E::FLUSHES.then(Mode::flushing);
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
        let gradient = self.nodes.params.gradient(&mut gradients);
        update::squared_norm(self.nodes.isa, gradient, self.nodes.threads).sqrt()
    }

    fn scale_gradient(&mut self, by: f64) {
        let by = E::of(by);
        self.nodes.params.gradient(self.gradients.get_mut()).iter_mut().for_each(|g| *g = by * *g);
    }

    fn shrink_weights(&mut self, by: f64) {
        // SAFETY: no kernel is running.
        let flat = unsafe { self.nodes.params.as_mut() };
        for segment in &self.decaying {
            flat[segment.clone()].iter_mut().for_each(|x| *x = E::of(by) * *x);
        }
    }

    fn watched(&self, i: usize) -> Vec<f64> {
        self.report.compute(&self.nodes);
        let (ptr, layout) = self.report.arrays[i];
        // SAFETY: an output of the report's kernel, which is not running.
        let values = unsafe { std::slice::from_raw_parts(ptr, layout.len()) };
        layout.packed(values).map(|x| x.to_f64()).collect()
    }

    fn update(&mut self, update: Update) {
        let _mode = E::FLUSHES.then(Mode::flushing);
        // SAFETY: no kernel is running.
        let [params, first, second] = unsafe {
            let [first, second] = &self.moments;
            [self.nodes.params.as_mut(), first.as_mut(), second.as_mut()]
        };
        let grad = self.nodes.params.gradient(self.gradients.get_mut());
        let on = Moments { params, grad, first, second };
        update::apply(self.nodes.isa, update, on, self.nodes.threads);
    }

    fn read_moments(&self, first: &mut [f64], second: &mut [f64]) {
        for (moment, out) in self.moments.iter().zip([first, second]) {
            // SAFETY: no kernel is running.
            self.unpad(unsafe { moment.as_slice() }, out);
        }
    }

    fn set_moments(&mut self, first: &[f64], second: &[f64]) {
        for (moment, values) in self.moments.iter().zip([first, second]) {
            // SAFETY: no kernel is running.
            pad(&self.segments, values, unsafe { moment.as_mut() });
        }
    }

    fn describe(&self) -> String {
        self.names.clone()
    }
}
