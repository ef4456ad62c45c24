//! Credit: which costs a sampled latent's score is weighed by, element by element.

use super::align::align;
use crate::check::model::OptionValue;
use crate::check::plan::LatentPlan;
use crate::estimator::{Site, Value};
use crate::ir::{Graph, NodeId};
use crate::lower::{Assembly, Problem, Term, TermKind};
use std::collections::{BTreeMap, HashSet};

/// Lets every sampled latent add its surrogate, the last drawn first.
pub(super) fn add_surrogates(problem: &Problem, a: &mut Assembly) {
    for row in (0..a.latents.len()).rev() {
        let card = a.latents[row].estimator.card();
        if !a.latents[row].estimator.samples() || card.needs_smooth {
            continue;
        }
        let mut costs = downstream(a, row);
        let known = costs.len();
        let latent = &a.latents[row];
        let Some(guided) = &latent.guided else { unreachable!("sampled latents have a guide") };
        let site = Site {
            name: &problem.bound.model.name(latent.name).name,
            q: &guided.q,
            dims: &guided.dims,
            draws: a.draws,
            options: &latent.options,
        };
        latent.estimator.expect(&mut a.graph, &site, guided.drawn, &mut costs);
        let stmts = vec![problem.plan.latents[row].stmt];
        for &node in &costs[known..] {
            let kind = TermKind::Surrogate;
            let stmts = stmts.clone();
            a.terms.push(Term { kind, stmts, latent: Some(row), node, paths: BTreeMap::new() });
        }
    }
}

/// The costs that depend on a draw, each along the dimensions of the latent that it keeps.
fn downstream(a: &mut Assembly, row: usize) -> Vec<NodeId> {
    let drawn = match a.latents[row].guided.as_ref().map(|q| q.drawn) {
        Some(Value::Plain(node)) => node,
        _ => unreachable!("draws of the score function are hard"),
    };
    let mut costs = vec![];
    for term in a.terms.clone() {
        if let Some(paths) = term.paths.get(&row)
            && depends(&a.graph, term.node, drawn)
        {
            costs.push(align(a, term.node, paths));
        }
    }
    costs
}

/// Whether a node has another among its ancestors.
fn depends(g: &Graph, node: NodeId, on: NodeId) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![node];
    while let Some(next) = open.pop() {
        if next == on {
            return true;
        }
        if next > on && seen.insert(next) {
            open.extend(g.node(next).args.iter().copied());
        }
    }
    false
}

/// Leave-one-out baselines need another draw, and another pair where draws come in pairs.
pub(super) fn least_samples(plan: &LatentPlan) -> usize {
    let option = |name: &str| plan.options.iter().find(|(n, _)| *n == name).map(|(_, v)| v);
    let loo = option("baseline") == Some(&OptionValue::Word("loo".into()));
    let paired = matches!(option("antithetic"), Some(OptionValue::Schedule(s)) if s.at(0) != 0.0);
    match (loo, paired) {
        (true, true) => 4,
        (true, false) | (false, true) => 2,
        (false, false) => 1,
    }
}
