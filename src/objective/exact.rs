//! Exact sums: marginalised latents inside the logarithm, enumerated ones as expectations under q.

use super::align::{align, index_node};
use crate::check::flow::Path;
use crate::check::model::DimId;
use crate::estimator::Value;
use crate::ir::{Dim, Graph, NodeId};
use crate::lower::{Assembly, Term, TermKind};
use std::collections::BTreeMap;

/// log p and log p(·|z) of one marginalised latent, before it was summed: what its draws are made from.
pub(super) struct Factor {
    pub(super) latent: usize,
    pub(super) node: NodeId,
}

/// log Σ_z exp(Σ terms that depend on z), latent by latent, those that keep most dimensions first: what is left of an
/// inner plate is a cost along the outer one.
pub(super) fn marginalize(a: &mut Assembly) -> Vec<Factor> {
    let mut rows: Vec<usize> = (0..a.latents.len())
        .filter(|&row| a.latents[row].estimator.card().name == "marginalize")
        .collect();
    let kept = |row: usize| a.latents[row].dims.len() - a.latents[row].mixed.len();
    rows.sort_by_key(|&row| std::cmp::Reverse(kept(row)));
    rows.into_iter().map(|row| eliminate(a, row)).collect()
}

fn eliminate(a: &mut Assembly, row: usize) -> Factor {
    let summed = a.latents[row].summed.clone();
    let (absorbed, rest): (Vec<Term>, Vec<Term>) = std::mem::take(&mut a.terms)
        .into_iter()
        .partition(|t| summed.iter().any(|&d| a.graph.has_dim(t.node, d)));
    a.terms = rest;
    let mixed = mixed_dims(a, row);
    let mut parts = vec![];
    let mut paths = BTreeMap::new();
    let mut stmts = vec![];
    for term in absorbed {
        let mut own = term.paths.get(&row).cloned().unwrap_or_default();
        for dim in &mixed {
            own.insert(*dim, Path::Mixed);
        }
        parts.push(align(a, term.node, &own));
        for (&other, way) in term.paths.iter().filter(|(r, _)| **r != row) {
            merge(&mut paths, other, through(a, way, &own));
        }
        stmts.extend(term.stmts);
    }
    stmts.sort_unstable();
    stmts.dedup();
    let node = a.graph.add_all(parts);
    let total = a.graph.log_sum_exp(node, &summed);
    a.terms.push(Term { kind: TermKind::Marginal, stmts, latent: None, node: total, paths });
    Factor { latent: row, node }
}

/// Dimensions of a latent, in the model, that are summed jointly.
fn mixed_dims(a: &Assembly, row: usize) -> Vec<DimId> {
    let latent = &a.latents[row];
    let ids = a.dims.iter().enumerate();
    ids.filter(|(_, d)| latent.mixed.contains(d)).map(|(i, _)| DimId(i as u32)).collect()
}

/// How another latent reaches a cost after the cost was aligned along `own`.
fn through(
    a: &Assembly,
    way: &BTreeMap<DimId, Path>,
    own: &BTreeMap<DimId, Path>,
) -> BTreeMap<DimId, Path> {
    let kept: Vec<Dim> =
        own.iter().filter(|(_, p)| **p == Path::Kept).map(|(d, _)| a.dims[d.0 as usize]).collect();
    way.iter()
        .map(|(&dim, path)| {
            let after = match path {
                Path::Kept if own.get(&dim) == Some(&Path::Kept) => Path::Kept,
                Path::Via(_) if own.get(&dim) == Some(path) => Path::Kept,
                Path::Via(index) => {
                    let by = index_node(a, *index);
                    let stays = a.graph.shape(by).iter().all(|d| kept.contains(&d));
                    if stays { path.clone() } else { Path::Mixed }
                }
                _ => Path::Mixed,
            };
            (dim, after)
        })
        .collect()
}

/// Where two parts of a cost are reached in different ways, the dimension is mixed.
fn merge(all: &mut BTreeMap<usize, BTreeMap<DimId, Path>>, row: usize, way: BTreeMap<DimId, Path>) {
    let Some(known) = all.get_mut(&row) else {
        all.insert(row, way);
        return;
    };
    for (dim, path) in way {
        if known.get(&dim) != Some(&path) {
            known.insert(dim, Path::Mixed);
        }
    }
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
    let Value::Plain(value) = guided.drawn else { unreachable!("enumerated values are hard") };
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
