//! Credit: which costs a sampled latent's estimator sees, element by element, at its draw and at other values.

use super::align::align;
use crate::check::flow::Path;
use crate::check::model::OptionValue;
use crate::check::plan::LatentPlan;
use crate::estimator::{Rest, Site, Value};
use crate::ir::{Dim, Graph, NodeId};
use crate::lower::{Assembly, Problem, Term, TermKind, terms_at};
use std::collections::{BTreeMap, HashSet};

/// Lets every sampled latent add its surrogate, the last drawn first.
pub(super) fn add_surrogates(problem: &Problem, a: &mut Assembly) {
    for row in (0..a.latents.len()).rev() {
        let latent = &a.latents[row];
        let (true, Some(guided)) = (latent.estimator.samples(), &latent.guided) else { continue };
        let (estimator, name, drawn) = (latent.estimator, latent.name, guided.drawn);
        let (q, dims) = (guided.q.clone(), guided.dims.clone());
        let options = latent.options.clone();
        let mixed = mixed(a, row, &dims);
        let site = Site {
            name: &problem.bound.model.name(name).name,
            q: &q,
            dims: &dims,
            mixed: &mixed,
            draws: a.draws,
            options: &options,
        };
        let mut rest = Downstream { problem, assembly: a, row, drawn: drawn.value };
        if let Some(node) = estimator.expect(&mut rest, &site, drawn) {
            let stmts = vec![problem.plan.latents[row].stmt];
            let (kind, paths) = (TermKind::Surrogate, BTreeMap::new());
            a.terms.push(Term { kind, stmts, latent: Some(row), node, paths });
        }
    }
}

/// The dimensions of a draw along which elements share costs: those that some cost mixes, after the exact sums, and those
/// that only the support has.
fn mixed(a: &Assembly, row: usize, dims: &[Dim]) -> Vec<Dim> {
    let paths = a.terms.iter().filter_map(|t| t.paths.get(&row)).flatten();
    let ways = paths.filter(|(_, path)| **path == Path::Mixed);
    let by_cost: Vec<Dim> = ways.map(|(dim, _)| a.dims[dim.0 as usize]).collect();
    let shares = |d: &Dim| by_cost.contains(d) || !a.latents[row].dims.contains(d);
    dims.iter().copied().filter(shares).collect()
}

/// What depends on the draw of one latent.
struct Downstream<'a> {
    problem: &'a Problem,
    assembly: &'a mut Assembly,
    row: usize,
    drawn: Value,
}

impl Downstream<'_> {
    /// The terms that depend on the draw, by their places.
    fn places(&self) -> Vec<usize> {
        let Value::Plain(drawn) = self.drawn else {
            unreachable!("estimators that ask for costs draw hard values");
        };
        let reached = |t: &Term| {
            t.paths.contains_key(&self.row) && depends(&self.assembly.graph, t.node, drawn)
        };
        let terms = self.assembly.terms.iter().enumerate();
        terms.filter(|(_, term)| reached(term)).map(|(place, _)| place).collect()
    }

    /// All terms at another value, after the same sums as those that stand.
    fn terms(&mut self, value: Value) -> Vec<Term> {
        let a = &mut *self.assembly;
        let raw = terms_at(self.problem, a, &[(self.row, value)]);
        let standing = std::mem::replace(&mut a.terms, raw);
        super::weight::weigh_kl(self.problem, a);
        super::sum_exactly(self.problem, a);
        std::mem::replace(&mut a.terms, standing)
    }
}

impl Rest for Downstream<'_> {
    fn graph(&mut self) -> &mut Graph {
        &mut self.assembly.graph
    }

    fn costs(&mut self, value: Value, fresh: &[Dim]) -> Vec<NodeId> {
        let places = self.places();
        self.assembly.fresh = fresh.to_vec();
        let terms = if value == self.drawn { None } else { Some(self.terms(value)) };
        let mut costs = vec![];
        for place in places {
            let term = terms.as_ref().unwrap_or(&self.assembly.terms)[place].clone();
            let paths = term.paths.get(&self.row).cloned().unwrap_or_default();
            costs.push(align(self.assembly, term.node, &paths));
        }
        self.assembly.fresh.clear();
        costs
    }
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
