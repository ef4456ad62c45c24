//! From the terms of the ELBO to a graph whose gradient is the ELBO's, estimator by estimator.
//!
//! Marginalised latents are summed inside the logarithm first, then enumerated ones weigh their costs, because both are
//! sums that the costs have to meet element by element; then every sampled latent adds what its costs' own gradient lacks.

mod align;
mod batch;
mod bound;
mod exact;
mod masses;
mod posterior;
mod score;
mod weight;

pub use masses::{Masses, Weights, masses};
pub use posterior::{Posterior, Quantity, decoded, posterior, predicted, predictive, prior};

use crate::check::model::{Adaptive, Model, OptionValue};
use crate::estimator::Value;
use crate::guide::{OnLine, on_line};
use crate::ir::{Dim, Graph, NodeId, Noise, Reduce};
use crate::lower::{Assembly, Latent, Mode, Problem, Term, TermKind, lower, terms_at};
use std::sync::Arc;

/// A scalar to minimise, and what is reported of it.
pub struct Objective {
    pub graph: Graph,
    /// The Monte Carlo dimension; `None` for a single draw.
    pub draws: Option<Dim>,
    /// Minus the (weighted, relaxed) ELBO, or the bound in its place; its gradient is the estimate.
    pub loss: NodeId,
    /// The ELBO of these draws, or the bound in its place: all terms, without surrogates.
    pub elbo: NodeId,
    /// The ELBO of each draw, along the Monte Carlo dimension; a scalar for a single draw.
    pub per_draw: NodeId,
    /// The terms by name, each a scalar.
    pub terms: Vec<(String, NodeId)>,
    /// Learnt temperatures by name.
    pub learnt: Vec<(String, NodeId)>,
}

/// The objective that is optimised.
pub fn objective(problem: &Problem, samples: usize) -> Objective {
    finish(problem, optimised(problem, samples), None)
}

/// The same with weights, which add up to 1, in place of the mean over draws: a rule of quadrature, where noise holds its
/// points. Guides of the latent's own family are integrated as densities, where they can be laid on the line.
pub fn weighted(problem: &Problem, weights: Arc<[f64]>) -> Objective {
    let mut assembly = lower(problem, Mode::Optimise, weights.len());
    let masses = lay_on_lines(problem, &mut assembly);
    let assembly = complete(problem, assembly);
    finish(problem, assembly, Some((weights, masses)))
}

/// Values in place of the draws, and for each the product of their weights. Copies of a draw stay draws, as do those from
/// guides that the model writes.
fn lay_on_lines(problem: &Problem, assembly: &mut Assembly) -> Option<NodeId> {
    if assembly.copies.is_some() {
        return None;
    }
    let g = &mut assembly.graph;
    let (mut redrawn, mut masses) = (vec![], vec![]);
    for latent in assembly.latents.iter().filter(|l| l.estimator.keeps_family()) {
        let Some(guided) = latent.guided.as_ref().filter(|q| !q.by_hand) else { continue };
        let dims: Vec<Dim> = guided.dims.iter().copied().chain(assembly.draws).collect();
        let x = g.add_noise(&problem.bound.model.name(latent.name).name, &dims, Noise::Normal);
        let Some(OnLine { value, weight }) = on_line(g, &guided.q, x) else { continue };
        masses.push(g.reduce(Reduce::Prod, weight, &guided.dims));
        redrawn.push((latent.plan, Value::Plain(value)));
    }
    let all = masses.into_iter().reduce(|a, b| g.mul(a, b))?;
    assembly.terms = terms_at(problem, assembly, &redrawn);
    Some(all)
}

fn optimised(problem: &Problem, samples: usize) -> Assembly {
    complete(problem, lower(problem, Mode::Optimise, samples))
}

fn complete(problem: &Problem, mut assembly: Assembly) -> Assembly {
    weight::weigh_kl(problem, &mut assembly);
    sum_exactly(problem, &mut assembly);
    score::add_surrogates(problem, &mut assembly);
    bound::take_paths_twice(problem, &mut assembly);
    assembly
}

/// The bound that is optimised, with hard draws, every weight 1, no free bits.
pub fn true_bound(problem: &Problem, samples: usize) -> Objective {
    let mut assembly = lower(problem, Mode::Bound, samples);
    sum_exactly(problem, &mut assembly);
    finish(problem, assembly, None)
}

/// The true ELBO: hard draws, every weight 1, no free bits.
pub fn true_elbo(problem: &Problem, samples: usize) -> Objective {
    let mut assembly = lower(problem, Mode::Report, samples);
    sum_exactly(problem, &mut assembly);
    finish(problem, assembly, None)
}

/// Marginalised latents inside the logarithm first, then the copies of draws, then the scale of batches, then enumerated
/// latents.
fn sum_exactly(problem: &Problem, assembly: &mut Assembly) {
    exact::marginalize(problem, assembly);
    bound::gather(problem, assembly);
    batch::scale(assembly);
    exact::enumerate(assembly);
}

/// The name of what is optimised, as a column: a bound, `optimised_` where a relaxation or a weight makes it another quantity.
pub fn column(problem: &Problem) -> String {
    let bound = if problem.plan.objective.kind.weighs() { "iwae" } else { "elbo" };
    if differs(problem) { format!("optimised_{bound}") } else { bound.into() }
}

/// Whether the optimised objective is another quantity than the bound that is reported.
pub fn differs(problem: &Problem) -> bool {
    let model = &problem.bound.model;
    let relaxed = |l: &crate::check::plan::LatentPlan| l.bias() == crate::estimator::Bias::Biased;
    problem.plan.latents.iter().any(relaxed)
        || model.latents().any(|(_, site)| site.kl != crate::check::model::KlSettings::default())
}

/// How many draws the estimators need at least.
pub fn least_samples(problem: &Problem) -> usize {
    let each = problem.plan.latents.iter().map(|l| score::least_samples(problem, l));
    each.max().unwrap_or(1)
}

fn finish(
    problem: &Problem,
    assembly: Assembly,
    weights: Option<(Arc<[f64]>, Option<NodeId>)>,
) -> Objective {
    let draws = assembly.draws;
    let learnt = learnt(problem, &assembly);
    let Assembly { graph: mut g, terms, .. } = assembly;
    let weights = weights.zip(draws).map(|((weights, masses), d)| {
        let weights = g.add_data("weights", &[d], weights);
        masses.map_or(weights, |masses| g.mul(weights, masses))
    });
    let mut named: Vec<(String, NodeId)> = vec![];
    let mut each: Vec<NodeId> = vec![];
    let mut surrogates: Vec<NodeId> = vec![];
    for term in &terms {
        let sum = per_draw(&mut g, term.node, draws);
        if term.kind == TermKind::Surrogate {
            surrogates.push(sum);
        } else {
            each.push(sum);
            let mean = over_draws(&mut g, sum, draws, weights);
            named.push((label(&problem.bound.model, problem, term), mean));
        }
    }
    let total = g.add_all(named.iter().map(|(_, node)| *node));
    let per_draw = g.add_all(each);
    let surrogate = g.add_all(surrogates);
    let surrogate = over_draws(&mut g, surrogate, draws, weights);
    let both = g.add(total, surrogate);
    let loss = g.neg(both);
    Objective { graph: g, draws, loss, elbo: total, per_draw, terms: named, learnt }
}

fn learnt(problem: &Problem, a: &Assembly) -> Vec<(String, NodeId)> {
    let of = |latent: &Latent| {
        let plan = &problem.plan.latents[latent.plan];
        let name = &problem.bound.model.name(latent.name).name;
        let learnt = plan
            .options
            .iter()
            .filter(|(_, value)| matches!(value, OptionValue::Adaptive(Adaptive::Learnt { .. })));
        let both = learnt.map(|(o, _)| (format!("{name}.{o}"), latent.options.number(o)));
        both.collect::<Vec<_>>()
    };
    a.latents.iter().flat_map(of).collect()
}

/// The sum over everything but the draws.
fn per_draw(g: &mut Graph, node: NodeId, draws: Option<Dim>) -> NodeId {
    let dims: Vec<Dim> = g.shape(node).iter().filter(|&d| Some(d) != draws).collect();
    g.sum(node, &dims)
}

fn over_draws(g: &mut Graph, node: NodeId, draws: Option<Dim>, weights: Option<NodeId>) -> NodeId {
    let Some(draws) = draws.filter(|&d| g.has_dim(node, d)) else { return node };
    match weights {
        Some(weights) => g.contract(weights, node, &[draws]),
        None => g.mean(node, &[draws]),
    }
}

/// `log p(y)`, `-KL(theta)` …
fn label(model: &Model, problem: &Problem, term: &Term) -> String {
    use crate::check::model::StmtKind;
    let names: Vec<&str> = term
        .stmts
        .iter()
        .map(|&s| match &model.stmts[s].kind {
            StmtKind::Tilde(site) => model.name(site.name).name.as_str(),
            _ => problem.texts[s].as_str(),
        })
        .collect();
    let names = names.join(", ");
    match term.kind {
        TermKind::Likelihood | TermKind::Prior | TermKind::Marginal => format!("log p({names})"),
        TermKind::Factor => names,
        TermKind::Entropy => format!("-log q({names})"),
        TermKind::Kl => format!("-KL({names})"),
        TermKind::Bound => problem.plan.objective.words(model),
        TermKind::Surrogate => format!("surrogate of {names}"),
    }
}
