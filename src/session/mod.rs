//! The facade that both front ends use: load, check, bind, plan, fit. Neither of them knows a pass.

pub mod ask;
mod errors;
mod part;
mod predict;
pub mod standing;

pub use predict::Prediction;

use crate::backend::{self, Float, Lowering, Options, Program};
use crate::check::check;
use crate::check::model::{DimId, Estimators, FitSettings, Model};
use crate::check::plan::{Plan, Policy, Sizes, plan};
use crate::data::{self, Bound};
use crate::diag::Diagnostics;
use crate::infer::SEED;
use crate::ir;
use crate::lab::measured;
use crate::lower::{Problem, first_values, supports};
use crate::objective::{Objective, least_samples, objective};
use crate::source::Source;
use crate::syntax::{self, ast};
use std::path::Path;
use std::sync::Arc;

/// A model file that was read and parsed, and checked as far as it went.
pub struct Session {
    pub source: Source,
    pub program: ast::Program,
    /// Whole only where the diagnostics hold no error.
    pub model: Arc<Model>,
    /// Is told of the reading of large files.
    pub watch: Box<data::Watch<'static>>,
}

/// What the command line gives beside the model file.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Inputs {
    /// `--data FILE` and `--data name=FILE`
    pub data: Vec<String>,
    /// `--dim K=5`
    pub dims: Vec<(String, u64)>,
    pub policy: Policy,
    /// `--seed`, of the first values of weights.
    pub seed: Option<u64>,
}

impl Session {
    /// Reads, parses and checks a model file.
    ///
    /// # Errors
    /// Where the file cannot be read or is not UTF-8. Mistakes in the model are in the diagnostics beside the session.
    pub fn open(path: &Path) -> Result<(Self, Diagnostics), Diagnostics> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|e| Self::unreadable(&name, &e))?;
        Self::from_bytes(name, bytes)
    }

    /// Parses and checks the bytes of a file called `name`.
    ///
    /// # Errors
    /// Where they are not UTF-8.
    pub fn from_bytes(
        name: impl Into<String>,
        bytes: Vec<u8>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        let source = syntax::decode(name, bytes).map_err(one)?;
        Ok(Self::from_source(source))
    }

    /// What is to be said of a file that cannot be read.
    pub fn unreadable(name: &str, error: &std::io::Error) -> Diagnostics {
        one(errors::cannot_read(name, error))
    }

    /// Parses and checks a text.
    pub fn from_source(source: Source) -> (Self, Diagnostics) {
        let (program, mut diags) = syntax::parse(&source);
        let mut model = Model::default();
        if !diags.has_errors() {
            let (checked, found) = check(&program);
            model = checked;
            diags.extend(found);
        }
        (Self { source, program, model: Arc::new(model), watch: Box::new(|_| {}) }, diags)
    }

    /// The plan without data: sizes are known as far as the model gives them.
    pub fn plan(&self, policy: &Policy) -> (Plan, Diagnostics) {
        plan(&self.model, policy, &Sizes { dims: self.model.sizes(), ..Sizes::default() })
    }

    /// Reads the data, binds them, and plans: everything that a user can still get wrong.
    pub fn problem(&self, inputs: &Inputs) -> (Option<Problem>, Diagnostics) {
        self.bound(inputs, |tables| data::bind(self.model.clone(), tables, &inputs.dims))
    }

    /// The same where observed data need not be there, unless something else than their own distribution is made from them.
    pub fn problem_without_data(&self, inputs: &Inputs) -> (Option<Problem>, Diagnostics) {
        let absent = self.model.drawn_data();
        self.bound(inputs, |tables| {
            data::bind_without(self.model.clone(), tables, &inputs.dims, &absent)
        })
    }

    fn bound(
        &self,
        inputs: &Inputs,
        bind: impl FnOnce(&data::Tables) -> (Option<Bound>, Diagnostics),
    ) -> (Option<Problem>, Diagnostics) {
        let (tables, mut diags) = data::read_for(&inputs.data, &self.model, &self.watch);
        if diags.has_errors() {
            return (None, diags);
        }
        let (bound, found) = bind(&tables);
        diags.extend(found);
        let Some(bound) = bound.filter(|_| !diags.has_errors()) else { return (None, diags) };
        let bound = Arc::new(bound);
        let sizes = Sizes { dims: bound.sizes(), supports: supports(&bound) };
        let (plan, found) = plan(&self.model, &inputs.policy, &sizes);
        diags.extend(found);
        if diags.has_errors() {
            return (None, diags);
        }
        let seed = inputs.seed.or(self.model.fit.seed).unwrap_or(SEED);
        let problem = self.assemble(bound, plan, seed);
        diags.extend(self.check_first_values(&problem));
        if diags.has_errors() {
            return (None, diags);
        }
        let asked = inputs.policy.estimators.or(self.model.fit.estimators);
        let is_measured = asked == Some(Estimators::Measured);
        let problem = match is_measured {
            true => measured(&problem.whole()).in_batches(problem.plan.batches.clone()),
            false => problem,
        };
        (Some(problem), diags)
    }

    /// Whether the first values of point estimates are a simplex, ascending, a matrix of the declared kind.
    fn check_first_values(&self, problem: &Problem) -> Diagnostics {
        let faults = first_values(problem).into_iter().filter_map(|(name, values)| {
            let decl = self.model.name(name);
            let size = |d: &DimId| problem.bound.dims[d.0 as usize].size;
            let sizes: Vec<usize> = decl.ty.dims.iter().map(size).collect();
            let place = |i: usize| format!("element {} of its first value", i + 1);
            data::check_marks(decl, &sizes, &values, place).err()
        });
        Diagnostics::from_iter(faults)
    }

    fn assemble(&self, bound: Arc<Bound>, plan: Plan, seed: u64) -> Problem {
        let texts = self.model.stmts.iter().map(|s| one_line(self.source.slice(s.span)));
        Problem { bound, plan: Arc::new(plan), texts: texts.collect(), seed }
    }

    /// The `fit` block, under what the command line says.
    pub fn settings(&self, flags: &FitSettings) -> FitSettings {
        flags.or(&self.model.fit)
    }

    /// The objective as a graph, with as few Monte Carlo draws as the estimators allow.
    pub fn emit_ir(&self, problem: &Problem) -> String {
        let Objective { graph, loss, .. } = objective(problem, least_samples(problem));
        ir::dump(&graph, &[loss])
    }

    /// The compiled objective, node by node.
    pub fn emit_graph(&self, problem: &Problem) -> String {
        let Objective { graph, loss, .. } = objective(problem, least_samples(problem));
        let program = Program { graph, loss, watch: vec![] };
        let options = Options { lowering: Lowering::Fast, float: Float::F64, threads: 1 };
        backend::compile(program, options).describe()
    }
}

fn one(diagnostic: crate::diag::Diagnostic) -> Diagnostics {
    let mut diags = Diagnostics::new();
    diags.push(diagnostic);
    diags
}

/// A statement as one line of text.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
