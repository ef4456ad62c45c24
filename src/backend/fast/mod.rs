//! The fast lowering: one node on dfdx's tape per group of ops, run by a block interpreter.
//!
//! ```text
//! Program ─partition→ parts ─grad→ graphs ─simplify→ ─schedule→ stages ─emit→ Kernel
//! ```
//!
//! A kernel is a list of loops over tiles of the data; inside, each instruction is one vector op over the lanes of some
//! rows. What a step needs is allocated when it is compiled, and overwritten in place.

mod algebra;
mod assign;
mod axpy;
mod compile;
mod describe;
mod emit;
mod exec;
mod folds;
mod gather;
mod graphs;
mod inputs;
mod instr;
mod kernel;
mod lanes;
mod layout;
mod memory;
mod partition;
mod pick;
mod pool;
mod product;
mod rows;
mod rowwise;
mod scatter;
mod schedule;
mod simplify;
mod slot;
mod solve;
mod step;
mod tape;
mod tiles;
mod view;
mod walk;
mod whole;
mod writer;

use super::simd::Isa;
use super::{Float, Options, Program, Step};

/// Compiles a program to a step.
pub fn compile(program: &Program, options: Options) -> Box<dyn Step> {
    compile_for(program, options, Isa::detect())
}

fn compile_for(program: &Program, options: Options, isa: Isa) -> Box<dyn Step> {
    match options.float {
        Float::F32 => Box::new(compile::compile::<f32>(program, isa, options.threads)),
        Float::F64 => Box::new(compile::compile::<f64>(program, isa, options.threads)),
    }
}

/// The step for every instruction set that this machine runs, narrowest first: what tests compare.
pub fn compile_for_each_isa(program: &Program, options: Options) -> Vec<Box<dyn Step>> {
    Isa::available().map(|isa| compile_for(program, options, isa)).collect()
}

/// Runs `f` inside a pool of that many threads, where steps run best: fit loops belong here.
pub fn in_pool<R: Send>(threads: usize, f: impl FnOnce() -> R + Send) -> R {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(f),
        Err(_) => f(),
    }
}
