//! `elbow plan FILE`: how each latent will be guided and estimated, and why.

use super::Status;
use super::inputs::{DataArgs, open_checked};
use crate::front::Terminal;
use crate::report;
use std::path::PathBuf;

/// Show the estimator of each latent, the reason, the bias, and what would be exact
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Plan {
    /// The model file; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataArgs,
}

const EXAMPLES: &str = "Examples:
  elbow plan model.elbow
  elbow plan model.elbow --data data.csv --estimators exact
  elbow plan model.elbow --estimator z=reinforce --json";

impl Plan {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        let (session, mut found) = match open_checked(&self.file, terminal) {
            Ok(opened) => opened,
            Err(status) => return status,
        };
        let inputs = self.data.inputs();
        let mut sizes = session.model.sizes();
        let plan = if self.data.are_given() {
            let (problem, more) = session.problem(&inputs);
            found.extend(more);
            problem.map(|p| {
                sizes = p.bound.sizes();
                (*p.plan).clone()
            })
        } else {
            let (plan, more) = session.plan(&inputs.policy);
            found.extend(more);
            Some(plan)
        };
        terminal.report(&found, &session.source);
        let Some(plan) = plan.filter(|_| !found.has_errors()) else { return Status::Mistake };
        let rows = report::latent_rows(&session.model, &plan);
        let sums = report::sum_rows(&session.model, &plan);
        let objective = plan.objective.words(&session.model);
        let batches = report::batch_rows(&session.model, &plan, &sizes);
        let json = || serde_json::json!({ "objective": objective, "latents": rows, "sums": sums, "batches": batches });
        let text = match self.json {
            true => format!("{:#}\n", json()),
            false => report::batch_text(&batches) + &report::plan_text(&objective, &rows, &sums),
        };
        terminal.print(&text);
        Status::Done
    }
}
