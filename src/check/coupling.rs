//! Sums that do not factor: sites whose exact sums would need a joint table over a whole plate.
//!
//! Marginalised latents are summed one after the other, as the objective will: each joins the costs that depend on it into
//! one along the dimensions that it keeps. Whatever else that cost depends on has to be constant along the others.

use super::model::{DimId, Model};
use super::plan::{LatentPlan, Plan};
use super::plan_errors as errors;
use crate::diag::Diagnostics;
use crate::estimator::Bias;

/// A cost, and which exactly summed latents it depends on.
struct Cost {
    stmt: usize,
    on: Vec<usize>,
}

/// Refuses a marginalised latent that meets another summed one in a cost unless it keeps all dimensions that the other
/// keeps, or is nested in it.
pub(super) fn check_coupling(model: &Model, plan: &Plan, diags: &mut Diagnostics) {
    let exact: Vec<&LatentPlan> = plan.latents.iter().filter(|l| l.bias() == Bias::Exact).collect();
    let mut costs: Vec<Cost> = (0..model.stmts.len())
        .map(|stmt| Cost {
            stmt,
            on: (0..exact.len()).filter(|&l| exact[l].flows.to(stmt).is_some()).collect(),
        })
        .collect();
    for row in order(model, &exact) {
        let (joined, rest): (Vec<Cost>, Vec<Cost>) =
            costs.into_iter().partition(|cost| cost.on.contains(&row));
        costs = rest;
        let Some(stmt) = joined.iter().max_by_key(|c| c.on.len()).map(|c| c.stmt) else { continue };
        let mut on: Vec<usize> = joined.into_iter().flat_map(|c| c.on).collect();
        on.sort_unstable();
        on.dedup();
        on.retain(|&other| other != row);
        for &other in &on {
            if !holds(model, exact[row], exact[other]) {
                let (a, b) = (exact[row.min(other)], exact[row.max(other)]);
                return diags.push(errors::sites_couple(model, a, b, stmt));
            }
        }
        costs.push(Cost { stmt, on });
    }
}

/// Marginalised latents, those that keep most dimensions first.
fn order(model: &Model, exact: &[&LatentPlan]) -> Vec<usize> {
    let mut rows: Vec<usize> =
        (0..exact.len()).filter(|&row| exact[row].estimator == "marginalize").collect();
    rows.sort_by_key(|&row| std::cmp::Reverse(kept(model, exact[row]).len()));
    rows
}

fn kept(model: &Model, latent: &LatentPlan) -> Vec<DimId> {
    let mixed = latent.flows.mixed();
    let dims = model.name(latent.name).ty.dims.iter().copied();
    dims.filter(|d| !mixed.contains(d)).collect()
}

/// Whether what is left after summing `inner` is a cost along the dimensions of `outer`.
fn holds(model: &Model, inner: &LatentPlan, outer: &LatentPlan) -> bool {
    let dims = kept(model, inner);
    kept(model, outer).iter().all(|d| dims.contains(d))
}
