//! Costs onto the dimensions of a latent: summed by the index they were picked with, and over what the latent lacks.

use crate::check::flow::Path;
use crate::check::model::{DimId, NameId};
use crate::estimator::Value;
use crate::ir::{Dim, NodeId};
use crate::lower::Assembly;
use std::collections::BTreeMap;

/// Sums a cost onto those dimensions of a latent that its paths keep. Draws, summed latents and fresh dimensions stay.
pub(super) fn align(a: &mut Assembly, node: NodeId, paths: &BTreeMap<DimId, Path>) -> NodeId {
    let mut kept: Vec<Dim> = vec![];
    for (dim, path) in paths {
        if *path == Path::Kept {
            kept.push(a.dims[dim.0 as usize]);
        }
    }
    let mut picks: Vec<(NodeId, Dim)> = vec![];
    for (dim, path) in paths {
        if let Path::Via(index) = path {
            picks.push((index_node(a, *index), a.dims[dim.0 as usize]));
        }
    }
    let mut node = node;
    if !picks.is_empty() {
        node = a.graph.sum_by_each(node, &picks, &kept);
        kept.extend(picks.iter().map(|&(_, to)| to));
    }
    let special = special_dims(a);
    let gone: Vec<Dim> =
        a.graph.shape(node).iter().filter(|d| !kept.contains(d) && !special.contains(d)).collect();
    a.graph.sum(node, &gone)
}

/// The node of a datum that something was picked by.
pub(super) fn index_node(a: &Assembly, name: NameId) -> NodeId {
    match a.values[name.0 as usize] {
        Some(Value::Plain(node)) => node,
        _ => unreachable!("indices that are followed are data"),
    }
}

/// The Monte Carlo dimensions, those of summed latents, and those that an estimator added.
fn special_dims(a: &Assembly) -> Vec<Dim> {
    let summed = a.latents.iter().flat_map(|l| l.summed.iter());
    summed.chain(&a.fresh).copied().chain(a.draws).chain(a.copies).collect()
}
