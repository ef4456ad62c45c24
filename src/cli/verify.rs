//! `elbow verify FILE`: every estimator of a model against its exact gradient.

use super::measure::{MeasureArgs, Ready, names};
use super::{Status, errors};
use crate::backend::fast::in_pool;
use crate::diag::Diagnostics;
use crate::front::Terminal;
use crate::lab::{self, Estimate, Oracle, Verdict};
use crate::report;

/// Test every estimator that can serve a model's latents against the exact gradient
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Verify {
    #[command(flatten)]
    measure: MeasureArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  elbow verify model.elbow --data data.csv
  elbow verify model.elbow --data data.csv --latent z --gradients 10000
  elbow verify model.elbow --data data.csv --json

Finite latents are summed, up to three continuous numbers integrated, the rest sampled by an unbiased estimator.
Where every latent is finite, or the model conjugate, the exact posterior and the evidence are printed too.
Exit codes: 0 all unbiased estimators pass, 1 one fails or something given is wrong.";

impl Verify {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        let ready = match self.measure.prepare(terminal) {
            Ok(ready) => ready,
            Err(status) => return status,
        };
        let Ready { session, problem, latents, settings, objective } = &ready;
        let (found, posterior) = in_pool(settings.options.threads, || {
            (lab::verify(problem, latents, settings), lab::posterior(problem, settings.options))
        });
        if let Some(oracle) = found.oracles.iter().find(|o| !is_finite(o)) {
            terminal.complain(errors::oracle_not_finite(oracle.point));
            return Status::Mistake;
        }
        let (names, posterior) = (names(problem), posterior.as_ref());
        terminal.print(&match self.json {
            true => {
                let json =
                    report::verification_json(&names, &found, posterior, settings, objective);
                format!("{json:#}\n")
            }
            false => report::verification_text(&names, &found, posterior, settings, objective),
        });
        let failed = found.tests.iter().filter(|t| t.verdict == Verdict::Fails);
        let faults: Diagnostics =
            failed.map(|test| errors::estimator_fails(test, found.bound)).collect();
        terminal.report(&faults, &session.source);
        if faults.has_errors() { Status::Mistake } else { Status::Done }
    }
}

fn is_finite(oracle: &Oracle) -> bool {
    let finite = |e: &Estimate| e.value.is_finite() && e.error.is_finite();
    finite(&oracle.elbo) && oracle.gradient.iter().all(finite)
}
