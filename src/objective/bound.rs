//! The importance-weighted bound: the log of the mean weight over the copies of a draw (Burda, Grosse & Salakhutdinov 2016), for
//! every element of a dimension or for the whole model.
//!
//! Copies are a dimension. What has it is a log weight and goes inside the logarithm; what lacks it, such as the terms of latents
//! that are drawn once for all copies, stays outside.

use super::align::align;
use super::batch::scaled;
use crate::check::elimination::{Ways, meet};
use crate::check::flow::{Path, Paths};
use crate::check::model::{DimId, ObjectiveKind, StmtKind};
use crate::estimator::{Aim, StandIn};
use crate::ir::{self, Dim, Graph, NodeId};
use crate::lower::{Assembly, Problem, Term, TermKind};
use std::collections::BTreeMap;

/// Gathers all terms that have copies into one: the bound, which has the dimension that it runs over.
pub(super) fn gather(problem: &Problem, a: &mut Assembly) {
    let Some(copies) = a.copies else { return };
    let (weighed, rest): (Vec<Term>, Vec<Term>) =
        std::mem::take(&mut a.terms).into_iter().partition(|t| a.graph.has_dim(t.node, copies));
    a.terms = rest;
    let own: Vec<Paths> = weighed.iter().map(|t| way(problem, &t.paths)).collect();
    let parts: Vec<NodeId> =
        weighed.iter().zip(&own).map(|(t, own)| align(a, t.node, own)).collect();
    let log_weights = a.graph.add_all(parts);
    let costs = weighed.iter().map(|t| &t.paths).zip(own);
    let paths = meet(&problem.bound.model, costs);
    let mut stmts: Vec<usize> = weighed.iter().flat_map(|t| t.stmts.clone()).collect();
    stmts.sort_unstable();
    stmts.dedup();
    let total = a.graph.log_sum_exp(log_weights, &[copies]);
    let node = a.graph.shift(-(a.graph.size(copies) as f64).ln(), total);
    a.log_weights = Some(log_weights);
    a.terms.push(Term { kind: TermKind::Bound, stmts, latent: None, node, paths });
}

/// How a cost is aligned to the dimension of the bound: as the weighed latents that reach it say, all alike.
fn way(problem: &Problem, paths: &Ways) -> Paths {
    let Some(over) = problem.plan.objective.over else { return BTreeMap::new() };
    let weighed = paths.iter().filter(|(row, _)| aim(problem, **row) == Aim::Weighed);
    let found = weighed.filter_map(|(_, paths)| paths.get(&over)).next();
    let Some(path) = found.filter(|path| **path != Path::Mixed) else {
        unreachable!("the plan sees that costs of weighed latents keep the dimension");
    };
    BTreeMap::from([(over, path.clone())])
}

fn aim(problem: &Problem, row: usize) -> Aim {
    match &problem.bound.model.stmts[problem.plan.latents[row].stmt].kind {
        StmtKind::Tilde(site) => problem.plan.objective.aim(&site.dims),
        _ => unreachable!("plans are of `~` statements"),
    }
}

/// The dimension of the bound among those of a latent.
pub(super) fn over(problem: &Problem, a: &Assembly) -> Option<Dim> {
    problem.plan.objective.over.map(|DimId(row)| a.dims[row as usize])
}

/// log of the sum of all weights but each copy's own, from those of all. Each is summed afresh: what is left of a dominant
/// weight cannot be had by subtraction.
fn others(g: &mut Graph, log_weights: NodeId, copies: Dim) -> Others {
    let twin = g.dim("other copy", g.size(copies));
    let there = g.run(log_weights, copies, twin, 0);
    let (own, other) = (g.iota(copies), g.iota(twin));
    let same = g.eq(own, other);
    let never = g.number(f64::NEG_INFINITY);
    let left = g.select(same, never, there);
    let log_sum = g.log_sum_exp(left, &[twin]);
    Others { there, same, twin, log_sum, count: g.size(copies) - 1 }
}

struct Others {
    there: NodeId,
    same: NodeId,
    twin: Dim,
    log_sum: NodeId,
    count: usize,
}

/// The bound without each of the copies, along their dimension.
pub(super) fn left_out(a: &mut Assembly, stand_in: StandIn) -> Option<NodeId> {
    let (copies, log_weights) = (a.copies?, a.log_weights?);
    let g = &mut a.graph;
    let log_weights = g.stop(log_weights);
    let others = others(g, log_weights, copies);
    let bound = match stand_in {
        StandIn::Mean => g.shift(-(others.count as f64).ln(), others.log_sum),
        StandIn::GeometricMean => {
            let zero = g.number(0.0);
            let left = g.select(others.same, zero, others.there);
            let sum = g.sum(left, &[others.twin]);
            let mean = g.scale(1.0 / others.count as f64, sum);
            with(g, &others, mean)
        }
    };
    Some(scaled(g, bound))
}

/// The bound where each copy in turn has another log weight than its own.
pub(super) fn with_others(a: &mut Assembly, log_weight: NodeId) -> NodeId {
    let (Some(copies), Some(log_weights)) = (a.copies, a.log_weights) else {
        unreachable!("weights are gathered before they are compared");
    };
    let g = &mut a.graph;
    let log_weights = g.stop(log_weights);
    let others = others(g, log_weights, copies);
    let bound = with(g, &others, log_weight);
    scaled(g, bound)
}

/// log((Σ others + w) / count of all)
fn with(g: &mut Graph, others: &Others, log_weight: NodeId) -> NodeId {
    let most = g.max(others.log_sum, log_weight);
    let apart = g.sub(others.log_sum, log_weight);
    let apart = g.abs(apart);
    let apart = g.neg(apart);
    let share = g.exp(apart);
    let rest = g.log1p(share);
    let total = g.add(most, rest);
    g.shift(-((others.count + 1) as f64).ln(), total)
}

/// Doubly reparameterised gradients (Tucker, Lawson, Gu & Maddison 2019, eq. 8): log q lacks its score, and what flows through a
/// draw is weighed by the square of its share in place of the share. The slope in one draw holds the others: what flows on to
/// them through guides that read them is theirs.
pub(super) fn take_paths_twice(problem: &Problem, a: &mut Assembly) {
    let (Some(copies), Some(log_weights)) = (a.copies, a.log_weights) else { return };
    if problem.plan.objective.kind != ObjectiveKind::Dreg {
        return;
    }
    let rows = (0..a.latents.len()).filter(|&row| problem.plan.takes_path_twice(row));
    let rows: Vec<usize> = rows.filter(|&row| aim(problem, row) == Aim::Weighed).collect();
    let share = a.graph.softmax(log_weights, copies);
    let share = a.graph.stop(share);
    let square = a.graph.square(share);
    let change = a.graph.sub(square, share);
    let change = scaled(&mut a.graph, change);
    let guided = a.latents.iter().filter_map(|l| l.guided.as_ref());
    let all: Vec<NodeId> = guided.map(|guided| guided.drawn_node()).collect();
    for row in rows {
        let Some(own) = a.latents[row].guided.as_ref().map(|g| g.drawn_node()) else { continue };
        let others: Vec<NodeId> = all.iter().copied().filter(|&other| other != own).collect();
        let slope = ir::vjp_past(&mut a.graph, &[(log_weights, change)], &[own], &others)[0];
        let node = crate::estimator::along(&mut a.graph, own, slope);
        let (kind, paths) = (TermKind::Surrogate, BTreeMap::new());
        a.terms.push(Term { kind, stmts: vec![], latent: None, node, paths });
    }
}
