//! Sums that do not factor: sites whose exact sums would need a joint table over a whole plate.

use super::flow::Flow;
use super::model::{DimId, Model};
use super::plan::{LatentPlan, Plan};
use super::plan_errors as errors;
use crate::diag::Diagnostics;
use crate::estimator::Bias;

/// Refuses pairs of exactly summed latents that meet in one cost unless the dimensions of one hold those of the other.
///
/// Summing the inner one first leaves a cost along its own dimensions; where neither holds the other's, what is left
/// depends on a whole plate of the other at once.
pub(super) fn check_coupling(model: &Model, plan: &Plan, diags: &mut Diagnostics) {
    let exact = |l: &&LatentPlan| l.bias() == Bias::Exact;
    let summed: Vec<&LatentPlan> = plan.latents.iter().filter(exact).collect();
    for (i, a) in summed.iter().enumerate() {
        for b in &summed[i + 1..] {
            if let Some(stmt) = meeting(a, b)
                && !nested(model, a, b)
            {
                diags.push(errors::sites_couple(model, a, b, stmt));
            }
        }
    }
}

/// A statement that both reach.
fn meeting(a: &LatentPlan, b: &LatentPlan) -> Option<usize> {
    a.flows.costs.iter().map(|f: &Flow| f.stmt).find(|&s| b.flows.to(s).is_some())
}

/// Whether the sums can be done one after the other. Expectations under q are linear, so two of them always can.
fn nested(model: &Model, a: &LatentPlan, b: &LatentPlan) -> bool {
    let dims = |l: &LatentPlan| -> Vec<DimId> { model.name(l.name).ty.dims.clone() };
    let holds = |outer: &[DimId], inner: &[DimId]| inner.iter().all(|d| outer.contains(d));
    let (da, db) = (dims(a), dims(b));
    match (a.estimator, b.estimator) {
        ("enumerate", "enumerate") => true,
        ("enumerate", _) => holds(&db, &da),
        (_, "enumerate") => holds(&da, &db),
        _ => holds(&da, &db) || holds(&db, &da),
    }
}
