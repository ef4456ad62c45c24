//! `@kl(weight, free_bits)`: the KL part of a latent, weighed and floored. Only in what is optimised.

use crate::check::model::{KlSettings, Schedule, StmtKind};
use crate::ir::{Graph, NodeId};
use crate::lower::{Assembly, Problem, Term, TermKind};

/// Replaces prior and entropy of each annotated latent by one weighted term.
pub(super) fn weigh_kl(problem: &Problem, a: &mut Assembly) {
    let model = &problem.bound.model;
    for row in 0..a.latents.len() {
        let plan = &problem.plan.latents[row];
        let StmtKind::Tilde(site) = &model.stmts[plan.stmt].kind else { continue };
        if site.kl == KlSettings::default() {
            continue;
        }
        let name = &model.name(site.name).name;
        let (own, rest): (Vec<Term>, Vec<Term>) = std::mem::take(&mut a.terms)
            .into_iter()
            .partition(|t| t.latent == Some(row) && t.kind != TermKind::Surrogate);
        a.terms = rest;
        let Some(mut term) = own.first().cloned() else { continue };
        let sum = a.graph.add_all(own.iter().map(|t| t.node));
        let floored = free_bits(&mut a.graph, name, site.kl.free_bits, sum);
        let weight = knob(&mut a.graph, &format!("{name}.kl_weight"), site.kl.weight);
        term.kind = TermKind::Kl;
        term.node = a.graph.mul(weight, floored);
        for other in &own {
            for (row, paths) in &other.paths {
                term.paths.entry(*row).or_insert_with(|| paths.clone());
            }
        }
        a.terms.push(term);
    }
}

/// −max(KL, λ log 2) per element (Kingma et al. 2016, "free bits"): below the floor the KL has no gradient.
fn free_bits(g: &mut Graph, name: &str, bits: Schedule, minus_kl: NodeId) -> NodeId {
    if bits == Schedule::Constant(0.0) {
        return minus_kl;
    }
    let bits = knob(g, &format!("{name}.free_bits"), bits);
    let floor = g.scale(-std::f64::consts::LN_2, bits);
    g.min(minus_kl, floor)
}

fn knob(g: &mut Graph, name: &str, schedule: Schedule) -> NodeId {
    match schedule {
        Schedule::Constant(x) => g.number(x),
        _ => g.add_knob(name, schedule),
    }
}
