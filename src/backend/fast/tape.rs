//! The nodes that a step records on dfdx's tape, and what their backward closures do.
//!
//! A cost has one scalar output, so its partial derivatives are computed together with it, in one pass over the data; its
//! closure only scales them by what comes from above. The guide has arrays as outputs, and a backward kernel.

use super::axpy::{add_scaled, scale_into};
use super::kernel::Kernel;
use super::memory::Buffer;
use super::slot::{Elem, Scalar, Slot};
use crate::backend::simd::Isa;
use crate::backend::simd::update::PARALLEL;
use dfdx::prelude::{Cpu, Gradients, OwnedTape, Tape};
use std::ops::Range;
use std::rc::Rc;

/// The parts of a slot's gradient that a node has computed, up to the factor from above, and that others add to. What one
/// node alone computes it writes to its place at once: the factor of a loss is 1.
#[derive(Debug)]
pub(super) struct Partial<E> {
    /// As long as the slot.
    pub(super) values: Buffer<E>,
    /// Where it holds something.
    pub(super) runs: Vec<Range<usize>>,
    /// Where it starts the gradient afresh, being the first to write in a backward pass: there and in the runs of others.
    pub(super) clears: Vec<Range<usize>>,
}

impl<E: Elem> Partial<E> {
    fn hand_on(&self, isa: Isa, by: E, gradient: &mut [E], threads: usize) {
        // SAFETY: the kernel that writes here ran in the forward pass, or just before this.
        let values = unsafe { self.values.as_slice() };
        let overwrites = self.clears == self.runs;
        if !overwrites {
            self.clears.iter().for_each(|run| gradient[run.clone()].fill(E::ZERO));
        }
        for run in &self.runs {
            let (values, gradient) = (&values[run.clone()], &mut gradient[run.clone()]);
            match overwrites {
                true => scale_into(isa, by, values, gradient, threads),
                false => add_scaled(isa, by, values, gradient, threads),
            }
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

    /// Whether several threads are of use to a step.
    pub(super) fn splits(&self) -> bool {
        let costs = self.costs.iter().map(|cost| &cost.kernel);
        let guide = self.guide.iter().flat_map(|guide| [&guide.forward, &guide.backward]);
        self.params.len() >= PARALLEL || costs.chain(guide).any(Kernel::splits)
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
            partial.hand_on(self.isa, above, slot.gradient(gradients), self.threads);
        }
    }

    fn guide_backward(&self, gradients: &mut Gradients<E, Cpu>) {
        let Some(guide) = &self.guide else { return };
        // SAFETY: no kernel is running; `backward` reads the seeds below.
        unsafe { guide.seeds.as_mut() }.copy_from_slice(guide.out.gradient(gradients));
        guide.backward.run(self.isa, self.threads);
        let gradient = self.params.gradient(gradients);
        guide.partial.hand_on(self.isa, E::of(1.0), gradient, self.threads);
    }
}
