//! From the tree to the model: names, types, symbolic dimensions, supports, estimators. Needs no data.
//!
//! Two passes: `survey` meets every dimension and every name that the text declares, then the statements are checked in
//! text order, since a name is used below its statement. What fails is reported once and becomes `None` (or a poisoned
//! name), and whoever needs it is silent.

mod adaptive;
mod annotation;
mod apply;
mod arguments;
pub mod asked;
mod batch;
mod bracket;
mod call;
mod choice;
mod contract;
mod counting;
pub mod coupling;
mod dims;
mod draw;
pub mod elimination;
mod elsewhere;
mod entry;
mod errors;
mod event;
mod expr;
mod fit;
pub mod flow;
mod followers;
pub mod functions;
mod guide;
mod inline;
mod interval;
mod invoke;
mod keeping;
pub mod layers;
mod literal;
mod lookup;
pub mod model;
mod names;
mod needs;
mod net;
mod nets;
pub mod objective;
mod objective_errors;
mod order;
mod parts;
pub mod plan;

mod plan_errors;
mod print;
mod reduce;
pub mod replan;
mod schedule;
mod settings;
mod site;
mod site_errors;
mod statistics;
mod stmt;
pub mod support;
mod survey;
mod types;
mod unused;
mod weight;
mod window;

pub use fit::SETTINGS;
pub use print::dump;

use crate::diag::{Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::ast;
use literal::constant;
use model::{DimId, Model, NameId, Stmt, StmtKind};
use std::collections::HashSet;

/// Checks a program. The model is whole only where the diagnostics hold no error.
pub fn check(program: &ast::Program) -> (Model, Diagnostics) {
    let mut checker = Checker::default();
    checker.survey(program);
    for stmt in &program.stmts {
        checker.stmt(stmt);
    }
    for stmt in &program.stmts {
        if let ast::StmtKind::Guide(stmts) = &stmt.kind {
            checker.check_guide(stmts, stmt.span);
        }
    }
    checker.put_guide_in_place();
    checker.expect_own_baselines();
    checker.check_batches();
    checker.expect_weights_to_decay();
    checker.warn_unfinished();
    checker.warn_of_single_draws();
    checker.warn_of_unused(program);
    (checker.model, checker.diags.sorted())
}

/// The model so far, and where in the text we are.
#[derive(Default)]
struct Checker {
    model: Model,
    diags: Diagnostics,
    scope: names::Scope,
    dims: dims::Dims,
    /// Dimensions that the left side of the statement at hand lists: their names run inside brackets.
    listed: Vec<DimId>,
    notes: site::Notes,
    nets: net::Nets,
    /// Names that some expression reads.
    used: HashSet<NameId>,
}

impl Checker {
    /// Reports an error; whatever was wanted is then `None`.
    fn fail<T>(&mut self, error: Diagnostic) -> Option<T> {
        self.diags.push(error);
        None
    }

    /// The number of the statement that `push_stmt` will add next.
    fn next_stmt(&self) -> usize {
        self.model.stmts.len()
    }

    /// Adds a checked statement, with the windows in which its lags exist.
    fn push_stmt(&mut self, kind: StmtKind, span: Span) {
        let windows = self.windows_of_stmt(&kind, span);
        self.model.stmts.push(Stmt { kind, span, windows });
    }
}
