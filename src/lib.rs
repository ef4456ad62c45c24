//! Elbow: a probabilistic programming language with a gradient estimator per latent.
//!
//! ```text
//! text ─parse→ ast ─check→ Model ─bind→ Bound ─lower→ Problem ─objective→ ir::Graph ─compile→ Step ─fit→ Fit ─report
//! ```
//!
//! Modules stand in reading order; each may name only those before it (`tests/it/tidy.rs` sees to it).

// Text, and what to say about it.
pub mod diag;
pub mod source;
pub mod syntax;

// What is computed with, and the registries.
pub mod dist;
pub mod estimator;
pub mod ir;

// The passes.
pub mod backend;
pub mod check;
pub mod data;
pub mod guide;
pub mod infer;
pub mod lab;
pub mod lower;
pub mod objective;
pub mod report;
pub mod session;

// The program.
pub mod checkpoint;
pub mod cli;
pub mod front;
pub mod repl;
