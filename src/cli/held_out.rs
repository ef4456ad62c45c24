//! `--test FILE`: the same model on data that the fit does not see.

use super::Status;
use crate::check::model::{DimId, ObjectiveAsk, ObjectiveKind};
use crate::check::plan::Policy;
use crate::checkpoint::HeldOut as Asked;
use crate::front::Terminal;
use crate::infer::Fitter;
use crate::lower::Problem;
use crate::report::{HeldOutElbo, Rows, sampled_rows};
use crate::session::{Inputs, Session};

/// Held-out data, and what is to be had of them.
pub(super) struct HeldOut {
    /// `ELBO`, `bound of 100 draws`
    pub(super) name: String,
    pub(super) problem: Problem,
    /// What the figures are divided by.
    pub(super) rows: Option<Rows>,
}

impl HeldOut {
    /// The figure where the fit stands.
    pub(super) fn measure(&self, fitter: &mut Fitter) -> HeldOutElbo {
        let (name, rows) = (self.name.clone(), self.rows.clone());
        let sampled = sampled_rows(&self.problem.bound.model, &fitter.sampled(&self.problem));
        HeldOutElbo { name, rows, sampled, elbo: fitter.held_out(&self.problem) }
    }
}

/// Reads held-out data: once for the ELBO, once more for the bound that is asked for.
pub(super) fn held_out(
    asked: &Asked,
    session: &Session,
    inputs: &Inputs,
    trained: &Problem,
    terminal: &Terminal,
) -> Result<Vec<HeldOut>, Status> {
    if asked.data.is_empty() {
        return Ok(vec![]);
    }
    let along = trained.plan.batches.first().map(|(dim, _)| *dim);
    let mut found = vec![];
    let elbo = ObjectiveAsk { kind: ObjectiveKind::Elbo, draws: 1, over: None, span: None };
    let name = |d: DimId| session.model.dim(d).name.clone();
    let bound = asked.bound.map(|draws| ObjectiveAsk {
        kind: ObjectiveKind::Iwae,
        draws,
        over: along.map(|d| crate::source::Spanned { value: name(d), span: Default::default() }),
        span: None,
    });
    for ask in std::iter::once(elbo).chain(bound) {
        let label = match ask.draws {
            1 => "ELBO".to_string(),
            k => format!("bound of {k} draws"),
        };
        let policy = Policy { objective: Some(ask), ..inputs.policy.clone() };
        let data = replaced(&inputs.data, &asked.data);
        let inputs = Inputs { data, policy, ..inputs.clone() };
        let (problem, diags) = session.problem(&inputs);
        let Some(problem) = problem else {
            terminal.report(&diags, &session.source);
            return Err(Status::Mistake);
        };
        let rows =
            along.map(|d| Rows { name: name(d), count: problem.bound.dims[d.0 as usize].size });
        found.push(HeldOut { name: label, problem, rows });
    }
    Ok(found)
}

/// The arguments of `--data`, with those of `--test` in place of what has the same name.
fn replaced(data: &[String], test: &[String]) -> Vec<String> {
    let named = |arg: &String| arg.split_once('=').map(|(name, _)| name.to_string());
    let names: Vec<Option<String>> = test.iter().map(named).collect();
    let whole = names.contains(&None);
    let stays = |arg: &&String| !whole && !names.contains(&named(arg));
    data.iter().filter(stays).chain(test).cloned().collect()
}
