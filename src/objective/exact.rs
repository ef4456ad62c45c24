//! Exact sums: marginalised latents inside the logarithm, enumerated ones as expectations under q.

use super::align::{align, index_node};
use crate::check::elimination::{Ways, along, join};
use crate::check::flow::Path;
use crate::estimator::Value;
use crate::ir::{Dim, Graph, NodeId};
use crate::lower::{Assembly, Problem, Term, TermKind};

/// log p and log p(·|z) of one marginalised latent, before it was summed: what its draws are made from.
pub(super) struct Factor {
    pub(super) latent: usize,
    pub(super) node: NodeId,
    /// How the latents that are summed later reach it.
    pub(super) paths: Ways,
}

/// log Σ_z exp(Σ terms that depend on z), latent by latent, in the plan's order.
pub(super) fn marginalize(problem: &Problem, a: &mut Assembly) -> Vec<Factor> {
    let sums = problem.plan.sums.iter().map(|sum| sum.latent);
    let rows = sums.filter(|&row| a.latents[row].estimator.card().name == "marginalize");
    rows.collect::<Vec<_>>().into_iter().map(|row| eliminate(problem, a, row)).collect()
}

fn eliminate(problem: &Problem, a: &mut Assembly, row: usize) -> Factor {
    let summed = a.latents[row].summed.clone();
    let (absorbed, rest): (Vec<Term>, Vec<Term>) = std::mem::take(&mut a.terms)
        .into_iter()
        .partition(|t| summed.iter().any(|&d| a.graph.has_dim(t.node, d)));
    a.terms = rest;
    let mixed = problem.plan.latents[row].flows.mixed();
    let aligned = |t: &Term| align(a, t.node, &along(&t.paths, row, &mixed));
    let parts: Vec<NodeId> = absorbed.iter().map(aligned).collect();
    let paths = join(&problem.bound.model, row, &mixed, absorbed.iter().map(|t| &t.paths));
    let mut stmts: Vec<usize> = absorbed.into_iter().flat_map(|t| t.stmts).collect();
    stmts.sort_unstable();
    stmts.dedup();
    let node = a.graph.add_all(parts);
    let total = a.graph.log_sum_exp(node, &summed);
    let kind = TermKind::Marginal;
    a.terms.push(Term { kind, stmts, latent: None, node: total, paths: paths.clone() });
    Factor { latent: row, node, paths }
}

/// Σ_z q(z) cost, for every term that depends on an enumerated latent.
pub(super) fn enumerate(a: &mut Assembly) {
    for row in 0..a.latents.len() {
        if a.latents[row].estimator.card().name == "enumerate" {
            let mass = joint_mass(a, row);
            let summed = a.latents[row].summed.clone();
            for index in 0..a.terms.len() {
                let node = a.terms[index].node;
                if summed.iter().any(|&d| a.graph.has_dim(node, d)) {
                    a.terms[index].node = expectation(a, index, row, mass, &summed);
                }
            }
        }
    }
}

/// q of every joint value, along the kept dimensions of the latent.
fn joint_mass(a: &mut Assembly, row: usize) -> NodeId {
    let latent = &a.latents[row];
    let Some(guided) = &latent.guided else { unreachable!("enumerated latents have a guide") };
    let Value::Plain(value) = guided.drawn.value else {
        unreachable!("enumerated values are hard")
    };
    let log = guided.q.log_prob(&mut a.graph, value);
    let log = a.graph.sum(log, &latent.mixed);
    a.graph.exp(log)
}

fn expectation(a: &mut Assembly, term: usize, row: usize, mass: NodeId, summed: &[Dim]) -> NodeId {
    let mut weight = mass;
    let paths = a.terms[term].paths.get(&row).cloned().unwrap_or_default();
    for (dim, path) in &paths {
        if let Path::Via(index) = path {
            let by = index_node(a, *index);
            weight = a.graph.pick(weight, a.dims[dim.0 as usize], by);
        }
    }
    possible(&mut a.graph, weight, a.terms[term].node, summed)
}

/// Σ weight·cost; an impossible value has no part, whatever it costs.
fn possible(g: &mut Graph, weight: NodeId, cost: NodeId, summed: &[Dim]) -> NodeId {
    let zero = g.number(0.0);
    let some = g.lt(zero, weight);
    let cost = g.select(some, cost, zero);
    g.contract(weight, cost, summed)
}
