//! Credit: which costs a sampled latent's estimator sees, element by element, at its draw and at other values.

use super::align::align;
use super::bound;
use crate::check::flow::Path;
use crate::check::model::OptionValue;
use crate::check::plan::LatentPlan;
use crate::estimator::{Aim, Rest, Site, StandIn, Value};
use crate::ir::{Dim, Graph, NodeId};
use crate::lower::{Assembly, Problem, Term, TermKind, terms_at};
use std::collections::BTreeMap;

/// Lets every sampled latent add its surrogate, the last drawn first.
pub(super) fn add_surrogates(problem: &Problem, a: &mut Assembly) {
    for row in (0..a.latents.len()).rev() {
        let latent = &a.latents[row];
        let (true, Some(guided)) = (latent.estimator.samples(), &latent.guided) else { continue };
        let (estimator, name, drawn) = (latent.estimator, latent.name, guided.drawn);
        let (q, dims) = (guided.q.clone(), guided.dims.clone());
        let options = latent.options.clone();
        let copies = copies(a, drawn.value);
        let mixed = match copies {
            Some(_) => others(bound::over(problem, a), &dims),
            None => mixed(a, row, &dims),
        };
        let site = Site {
            name: &problem.bound.model.name(name).name,
            q: &q,
            dims: &dims,
            mixed: &mixed,
            draws: a.draws,
            copies,
            options: &options,
        };
        let mut rest = Downstream { problem, assembly: a, row, drawn: drawn.value, copies };
        if let Some(node) = estimator.expect(&mut rest, &site, drawn) {
            let stmts = vec![problem.plan.latents[row].stmt];
            let (kind, paths) = (TermKind::Surrogate, BTreeMap::new());
            a.terms.push(Term { kind, stmts, latent: Some(row), node, paths });
        }
    }
}

/// The dimension of the copies, where a draw has it.
fn copies(a: &Assembly, drawn: Value) -> Option<Dim> {
    let (Value::Plain(node) | Value::Soft { simplex: node, .. }) = drawn;
    a.copies.filter(|&copies| a.graph.has_dim(node, copies))
}

/// A bound mixes every dimension but its own.
fn others(over: Option<Dim>, dims: &[Dim]) -> Vec<Dim> {
    dims.iter().copied().filter(|&d| Some(d) != over).collect()
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
    /// Where the draw is weighed against its copies.
    copies: Option<Dim>,
}

impl Downstream<'_> {
    /// The terms that depend on the draw, by their places.
    fn places(&self) -> Vec<usize> {
        let Value::Plain(drawn) = self.drawn else {
            unreachable!("estimators that ask for costs draw hard values");
        };
        let reached = |t: &Term| {
            t.paths.contains_key(&self.row) && self.assembly.graph.depends(t.node, drawn)
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

    /// The bound where each copy in turn has the weight of another value.
    fn bound_at(&mut self, value: Value) -> NodeId {
        let standing = self.assembly.log_weights;
        self.terms(value);
        let there = std::mem::replace(&mut self.assembly.log_weights, standing);
        let Some(there) = there else { unreachable!("a weighed draw has a weight") };
        bound::with_others(self.assembly, there)
    }
}

impl Rest for Downstream<'_> {
    fn graph(&mut self) -> &mut Graph {
        &mut self.assembly.graph
    }

    fn costs(&mut self, value: Value, fresh: &[Dim]) -> Vec<NodeId> {
        let places = self.places();
        self.assembly.fresh = fresh.to_vec();
        if self.copies.is_some() && value != self.drawn {
            let bound = self.bound_at(value);
            self.assembly.fresh.clear();
            return vec![bound];
        }
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

    fn left_out(&mut self, stand_in: StandIn) -> Option<NodeId> {
        self.copies.and_then(|_| bound::left_out(self.assembly, stand_in))
    }
}

/// Leave-one-out baselines need another draw, unless copies are left out; and another pair where draws come in pairs.
pub(super) fn least_samples(problem: &Problem, plan: &LatentPlan) -> usize {
    let objective = problem.plan.objective;
    let dims = &problem.bound.model.name(plan.name).ty.dims;
    let is_weighed = objective.aim(dims) == Aim::Weighed && objective.copies().is_some();
    let option = |name: &str| plan.options.iter().find(|(n, _)| *n == name).map(|(_, v)| v);
    let loo = option("baseline") == Some(&OptionValue::Word("loo".into())) && !is_weighed;
    let paired = matches!(option("antithetic"), Some(OptionValue::Schedule(s)) if s.at(0) != 0.0);
    match (loo, paired) {
        (true, true) => 4,
        (true, false) | (false, true) => 2,
        (false, false) => 1,
    }
}
