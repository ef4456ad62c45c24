//! `elbow check FILE`: what is wrong with a model, without data; and each stage of the compiler as text.

use super::Status;
use super::inputs::{DataArgs, open};
use crate::diag::{self, Diagnostics};
use crate::front::Terminal;
use crate::session::Session;
use std::path::PathBuf;

/// Check models without running them; no data are needed
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    /// Model files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print the messages as a JSON array, for editors
    #[arg(long)]
    json: bool,
    /// Print a stage of the compiler; `ir` and `graph` need the data
    #[arg(long, value_enum)]
    emit: Option<Emit>,
    #[command(flatten)]
    data: DataArgs,
}

const EXAMPLES: &str = "Examples:
  elbow check model.elbow
  elbow check models/*.elbow --json
  elbow check model.elbow --emit ir --data data.csv";

#[derive(clap::ValueEnum, Clone, Copy, PartialEq)]
enum Emit {
    /// The tree of the parser
    Ast,
    /// Resolved names, types and dimensions
    Model,
    /// The objective as a graph of array operations
    Ir,
    /// The compiled nodes on the tape
    Graph,
}

impl Check {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        let mut rows = vec![];
        let mut status = Status::Done;
        for file in &self.files {
            let Some((session, mut found)) = open(file, terminal) else {
                status = Status::Mistake;
                continue;
            };
            let text = self.emitted(&session, &mut found);
            if found.has_errors() {
                status = Status::Mistake;
            }
            if self.json {
                let found = found.sorted();
                rows.extend(found.iter().map(|d| diag::to_json(d, &session.source)));
            } else {
                terminal.report(&found, &session.source);
            }
            terminal.print(&text);
        }
        if self.json {
            terminal.print(&format!("{:#}\n", serde_json::Value::Array(rows)));
        }
        status
    }

    /// The stage that is asked for, as far as the model gets; the plan is checked in any case.
    fn emitted(&self, session: &Session, found: &mut Diagnostics) -> String {
        if self.emit == Some(Emit::Ast) {
            return crate::syntax::dump(&session.program);
        }
        if found.has_errors() {
            return String::new();
        }
        if matches!(self.emit, Some(Emit::Ir | Emit::Graph)) || self.data.are_given() {
            let (problem, more) = session.problem(&self.data.inputs());
            found.extend(more);
            return match (problem, self.emit) {
                (Some(problem), Some(Emit::Ir)) => session.emit_ir(&problem),
                (Some(problem), Some(Emit::Graph)) => session.emit_graph(&problem),
                (_, Some(Emit::Model)) => crate::check::dump(&session.model),
                _ => String::new(),
            };
        }
        found.extend(session.plan(&self.data.inputs().policy).1);
        match self.emit {
            Some(Emit::Model) => crate::check::dump(&session.model),
            _ => String::new(),
        }
    }
}
