//! The nodes that a step records on dfdx's tape, and what their backward closures do.
//!
//! A cost has one scalar output, so its partial derivatives are computed together with it, in one pass over the data; its
//! closure only scales them by what comes from above. The guide has arrays as outputs, and a backward kernel.

use super::axpy::{add_scaled, scale_into};
use super::kernel::Kernel;
use super::memory::Buffer;
use super::slot::{Elem, Scalar, Slot};
use crate::backend::simd::Isa;
use dfdx::prelude::{Cpu, Gradients, OwnedTape, Tape};
use std::ops::Range;
use std::rc::Rc;

/// A part of a slot's gradient that a node has computed, up to the factor from above.
#[derive(Debug)]
pub(super) struct Partial<E> {
    /// As long as the slot.
    pub(super) values: Buffer<E>,
    /// Where it holds something.
    pub(super) runs: Vec<Range<usize>>,
    /// Whether this is the first to write to the gradient in a backward pass.
    pub(super) is_first: bool,
}

impl<E: Elem> Partial<E> {
    fn hand_on(&self, isa: Isa, by: E, gradient: &mut [E]) {
        // SAFETY: the kernel that writes here ran in the forward pass, or just before this.
        let values = unsafe { self.values.as_slice() };
        let is_all = self.runs.len() == 1 && self.runs[0] == (0..gradient.len());
        if self.is_first && is_all {
            return scale_into(isa, by, values, gradient);
        }
        if self.is_first {
            gradient.fill(E::ZERO);
        }
        for run in &self.runs {
            add_scaled(isa, by, &values[run.clone()], &mut gradient[run.clone()]);
        }
    }
}

/// Which slot a gradient belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Params,
    Guide,
}

#[derive(Debug)]
pub(super) struct Cost<E: Elem> {
    pub(super) kernel: Kernel<E>,
    pub(super) out: Scalar<E>,
    pub(super) partials: Vec<(Target, Partial<E>)>,
}

#[derive(Debug)]
pub(super) struct Guide<E: Elem> {
    pub(super) forward: Kernel<E>,
    pub(super) out: Slot<E>,
    /// Reads `seeds`, writes `partial`.
    pub(super) backward: Kernel<E>,
    pub(super) seeds: Buffer<E>,
    pub(super) partial: Partial<E>,
}

/// All nodes of a step, and the slots between them.
#[derive(Debug)]
pub(super) struct Nodes<E: Elem> {
    pub(super) isa: Isa,
    pub(super) threads: usize,
    pub(super) params: Slot<E>,
    pub(super) guide: Option<Guide<E>>,
    pub(super) costs: Vec<Cost<E>>,
    /// The sum of the costs, where there are several.
    pub(super) sum: Option<Scalar<E>>,
}

impl<E: Elem> Nodes<E> {
    /// The tensor whose backward pass this is.
    pub(super) fn loss(&self) -> &Scalar<E> {
        self.sum.as_ref().unwrap_or(&self.costs[0].out)
    }

    /// Computes every node and records it. Returns the loss.
    pub(super) fn forward(self: &Rc<Self>, tape: &mut OwnedTape<E, Cpu>) -> f64 {
        if let Some(guide) = &self.guide {
            guide.forward.run(self.isa, self.threads);
            let nodes = Rc::clone(self);
            tape.add_backward_op(move |gradients| {
                nodes.guide_backward(gradients);
                Ok(())
            });
        }
        let mut loss = 0.0;
        for (k, cost) in self.costs.iter().enumerate() {
            cost.kernel.run(self.isa, self.threads);
            // SAFETY: the first output of a cost is its value, and its kernel is done.
            let value = unsafe { *cost.kernel.output(0) };
            cost.out.set(value);
            loss += value.to_f64();
            let nodes = Rc::clone(self);
            tape.add_backward_op(move |gradients| {
                nodes.cost_backward(k, gradients);
                Ok(())
            });
        }
        if let Some(sum) = &self.sum {
            sum.set(E::of(loss));
            let nodes = Rc::clone(self);
            tape.add_backward_op(move |gradients| {
                nodes.sum_backward(gradients);
                Ok(())
            });
        }
        loss
    }

    fn sum_backward(&self, gradients: &mut Gradients<E, Cpu>) {
        let above = self.loss().gradient(gradients)[0];
        for cost in &self.costs {
            cost.out.gradient(gradients)[0] = above;
        }
    }

    fn cost_backward(&self, k: usize, gradients: &mut Gradients<E, Cpu>) {
        let cost = &self.costs[k];
        let above = cost.out.gradient(gradients)[0];
        for (target, partial) in &cost.partials {
            let slot = match (target, &self.guide) {
                (Target::Guide, Some(guide)) => &guide.out,
                _ => &self.params,
            };
            partial.hand_on(self.isa, above, slot.gradient(gradients));
        }
    }

    fn guide_backward(&self, gradients: &mut Gradients<E, Cpu>) {
        let Some(guide) = &self.guide else { return };
        // SAFETY: no kernel is running; `backward` reads the seeds below.
        unsafe { guide.seeds.as_mut() }.copy_from_slice(guide.out.gradient(gradients));
        guide.backward.run(self.isa, self.threads);
        guide.partial.hand_on(self.isa, E::of(1.0), self.params.gradient(gradients));
    }
}
