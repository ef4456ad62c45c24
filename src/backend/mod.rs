//! From a graph to a step: values and gradients recorded on dfdx's tape.
//!
//! Two lowerings of the same graph. `reference` records one dfdx op per IR op; `fast` records one node per group of ops,
//! run by our own kernels. They agree, and tests say so. The only room that names dfdx, and the only one with `unsafe`.

mod amx;
mod crew;
mod denormals;
pub mod fast;
#[doc(hidden)]
pub mod kernels;
mod reference;
mod rng;
pub(crate) mod simd;

pub use rng::Noise as CounterNoise;
pub use simd::update::Moments;

use crate::ir::{Graph, NodeId, Noise, Rows};
use serde::{Deserialize, Serialize};

/// What is compiled: a scalar to minimise and nodes to report.
#[derive(Clone, Debug)]
pub struct Program {
    pub graph: Graph,
    pub loss: NodeId,
    /// Nodes of any shape whose values can be read after a step; they need no gradient.
    pub watch: Vec<NodeId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lowering {
    Reference,
    Fast,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Float {
    F32,
    F64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    pub lowering: Lowering,
    pub float: Float,
    pub threads: usize,
}

/// The step of a program, at its initial parameters, knobs and states.
pub fn compile(program: Program, options: Options) -> Box<dyn Step> {
    match (options.lowering, options.float) {
        (Lowering::Fast, _) => fast::compile(&program, options),
        (Lowering::Reference, Float::F32) => Box::new(reference::Reference::<f32>::new(program)),
        (Lowering::Reference, Float::F64) => Box::new(reference::Reference::<f64>::new(program)),
    }
}

/// Fills the noise nodes before a step. The same (seed, step, noise) always gives the same values.
pub trait NoiseSource {
    /// `noise` is the row of `Graph::noises`; `out` is in the layout of its shape.
    fn fill_f32(&mut self, step: u64, noise: usize, kind: Noise, out: &mut [f32]);
    fn fill_f64(&mut self, step: u64, noise: usize, kind: Noise, out: &mut [f64]);
}

/// One update of all parameters from their gradient, scaled for this step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Update {
    /// Kingma & Ba 2015, with bias correction for step `t` (from 1).
    Adam {
        lr: f64,
        beta1: f64,
        beta2: f64,
        eps: f64,
        t: u64,
    },
    Sgd {
        lr: f64,
        momentum: f64,
    },
}

/// Moves a plain vector as a step moves its parameters.
pub fn update(update: Update, on: Moments<'_, f64>) {
    simd::update::apply(simd::Isa::detect(), update, on, 1);
}

/// Runs `f` while other threads of the pool stand by for the work of the steps in it. It just runs outside of a pool, inside
/// another `together`, and for one thread.
pub fn together<R>(threads: usize, f: impl FnOnce() -> R) -> R {
    crew::together(threads, f)
}

/// A compiled program. Parameters are one flat vector: `Graph::params`, end to end, each in its layout.
pub trait Step {
    /// How many threads it makes use of: what `together` is called with around steps.
    fn threads(&self) -> usize {
        1
    }
    /// How many numbers the parameters are.
    fn param_count(&self) -> usize;
    /// Copies the parameters to `out`, of `param_count` numbers.
    fn read_params(&self, out: &mut [f64]);
    /// Puts into each number of an average, of `param_count` numbers, `keep` of what it is and `take` of its parameter.
    fn average_params(&self, keep: f64, take: f64, average: &mut [f64]) {
        for (mean, x) in average.iter_mut().zip(self.params()) {
            *mean = keep * *mean + take * x;
        }
    }
    fn set_params(&mut self, values: &[f64]);
    /// Fills the batched data with these rows of their tables; at first they are the first ones.
    fn set_rows(&mut self, rows: &Rows);
    /// Copies one row of `Graph::params` to `out`.
    fn read_param(&self, param: usize, out: &mut [f64]);
    fn set_param(&mut self, param: usize, values: &[f64]);
    /// Copies its gradient of the last `run` to `out`.
    fn read_param_gradient(&self, param: usize, out: &mut [f64]);
    /// Copies one row of `Graph::states` to `out`.
    fn read_state(&self, state: usize, out: &mut [f64]);
    fn set_state(&mut self, state: usize, values: &[f64]);
    /// Sets a row of `Graph::knobs`.
    fn set_knob(&mut self, knob: usize, value: f64);
    /// Fills the noise, computes loss and gradient, and carries the states on. Returns the loss.
    fn run(&mut self, step: u64, noise: &mut dyn NoiseSource) -> f64;
    /// Copies the gradient of the last `run` to `out`, of `param_count` numbers.
    fn read_gradient(&self, out: &mut [f64]);
    /// The Euclidean norm of the last gradient; NaN or infinite if an element is.
    fn gradient_norm(&self) -> f64;
    /// Multiplies the last gradient by a number.
    fn scale_gradient(&mut self, by: f64);
    /// Multiplies the parameters that decay by a number (Loshchilov & Hutter 2019: beside the gradient, not in it).
    fn shrink_weights(&mut self, by: f64);
    /// The value of `Program::watch[i]` in the last `run`, in the layout of its shape; to be read before parameters,
    /// knobs or noise change.
    fn watched(&self, i: usize) -> Vec<f64>;
    /// Moves the parameters along the last gradient, downhill. Moments are kept inside.
    fn update(&mut self, update: Update);
    /// Copies both moments to `first` and `second`, of `param_count` numbers each.
    fn read_moments(&self, first: &mut [f64], second: &mut [f64]);
    fn set_moments(&mut self, first: &[f64], second: &[f64]);
    /// The nodes on dfdx's tape, one line each: what `--emit graph` prints.
    fn describe(&self) -> String;

    fn params(&self) -> Vec<f64> {
        let mut out = vec![0.0; self.param_count()];
        self.read_params(&mut out);
        out
    }

    fn gradient(&self) -> Vec<f64> {
        let mut out = vec![0.0; self.param_count()];
        self.read_gradient(&mut out);
        out
    }
}
