//! Posterior draws: latents from their guides, marginalised ones back from their factors, deterministic names from both.

use super::align::index_node;
use super::exact::{Factor, marginalize};
use crate::check::flow::{Path, Paths};
use crate::check::model::{NameId, NameKind, Stage, Stmt, StmtKind};
use crate::estimator::Value;
use crate::ir::{Dim, Entry, Graph, NodeId, Noise, Op};
use crate::lower::{
    Assembly, Blanks, Mode, Problem, Replica, fill, lower, prior_values, redo_values, redraw,
    replicate,
};
use smallvec::smallvec;

/// A graph whose quantities are draws from the fitted posterior, along the Monte Carlo dimension.
pub struct Posterior {
    pub graph: Graph,
    pub draws: Option<Dim>,
    pub quantities: Vec<Quantity>,
}

/// One reported name: latents, params and the deterministic names that depend on them.
pub struct Quantity {
    pub name: NameId,
    /// With dimensions `dims` and the draws, or some of them: it is constant along those that it lacks.
    pub node: NodeId,
    /// In the user's order.
    pub dims: Vec<Dim>,
}

/// The posterior of a fitted problem for `samples` draws.
pub fn posterior(problem: &Problem, samples: usize) -> Posterior {
    reported(problem, drawn(problem, samples), false)
}

/// The same names, and replicas of the observed data given them; before a fit from the prior.
pub fn predictive(problem: &Problem, samples: usize, fitted: bool) -> Posterior {
    let assembly = if fitted { drawn(problem, samples) } else { prior_values(problem, samples) };
    reported(problem, replicate(problem, assembly, Replica::Draw), true)
}

/// Two quantities: a datum as it was observed, and what the model has in its place, by the mean of its distribution where it
/// has one. Latents come from the posterior, but for those that `anew` names: they are drawn from their prior.
pub fn decoded(
    problem: &Problem,
    samples: usize,
    datum: NameId,
    anew: &dyn Fn(NameId) -> bool,
) -> Posterior {
    let is_prior = problem.bound.model.latents().all(|(_, site)| anew(site.name));
    let assembly = match is_prior {
        true => prior_values(problem, samples),
        false => redraw(problem, drawn(problem, samples), anew),
    };
    let dims: Vec<Dim> = dims_of(problem, &assembly, datum);
    let observed = assembly.values[datum.0 as usize];
    let assembly = replicate(problem, assembly, Replica::Mean);
    let both = [observed, assembly.values[datum.0 as usize]];
    let plain = |value: Option<Value>| match value {
        Some(Value::Plain(node)) => Some(Quantity { name: datum, node, dims: dims.clone() }),
        _ => None,
    };
    let quantities = both.into_iter().filter_map(plain).collect();
    Posterior { graph: assembly.graph, draws: assembly.draws, quantities }
}

fn dims_of(problem: &Problem, assembly: &Assembly, name: NameId) -> Vec<Dim> {
    let dims = &problem.bound.model.name(name).ty.dims;
    dims.iter().map(|d| assembly.dims[d.0 as usize]).collect()
}

/// The posterior under new data, with draws for what these leave blank. What lacks says nothing of the latents.
pub fn predicted(problem: &Problem, samples: usize, blanks: &Blanks) -> Posterior {
    let model = &problem.bound.model;
    let mut assembly = lower(problem, Mode::Report, samples);
    let lacks = |stmt: &usize| match &model.stmts[*stmt].kind {
        StmtKind::Tilde(site) => blanks.lacking.contains(&site.name),
        _ => false,
    };
    assembly.terms.retain(|term| !term.stmts.iter().any(lacks));
    reported(problem, fill(problem, drawn_from(problem, assembly), blanks), true)
}

fn drawn(problem: &Problem, samples: usize) -> Assembly {
    drawn_from(problem, lower(problem, Mode::Report, samples))
}

fn drawn_from(problem: &Problem, mut assembly: Assembly) -> Assembly {
    let factors = marginalize(problem, &mut assembly);
    let known = draw_enumerated(&mut assembly);
    draw_marginalized(problem, &mut assembly, &factors, known);
    redo_values(problem, assembly)
}

/// The same names drawn from the prior, each given those before it; point estimates as they begin.
pub fn prior(problem: &Problem, samples: usize) -> Posterior {
    reported(problem, prior_values(problem, samples), false)
}

/// Latents, params and the deterministic names that depend on them; observed names too where they are `replicas`.
fn reported(problem: &Problem, assembly: Assembly, replicas: bool) -> Posterior {
    let model = &problem.bound.model;
    let observed = |index: usize| {
        let is_of = |s: &Stmt| match &s.kind {
            StmtKind::Tilde(site) => site.observed && site.name.0 as usize == index,
            _ => false,
        };
        replicas && model.stmts.iter().any(is_of)
    };
    let mut quantities = vec![];
    for (index, decl) in model.names.iter().enumerate() {
        let reported = observed(index)
            || match decl.kind {
                NameKind::Latent { .. } | NameKind::Param { .. } => true,
                NameKind::Let { hidden, .. } => decl.ty.stage >= Stage::Param && !hidden,
                NameKind::Data(_) | NameKind::Weight(_) | NameKind::Mask { .. } => false,
            };
        if let (true, Some(Value::Plain(node))) = (reported, assembly.values[index]) {
            let name = NameId(index as u32);
            quantities.push(Quantity { name, node, dims: dims_of(problem, &assembly, name) });
        }
    }
    Posterior { graph: assembly.graph, draws: assembly.draws, quantities }
}

/// A latent's row, one of its summed dimensions, and the position drawn along it.
type Known = (usize, Dim, NodeId);

/// Enumerated latents are drawn from their q: the position along each of their summed dimensions. What the guide draws from
/// them is what it draws at these positions.
fn draw_enumerated(a: &mut Assembly) -> Vec<Known> {
    let mut known = vec![];
    for row in 0..a.latents.len() {
        let latent = &a.latents[row];
        if let (Some(guided), true) = (&latent.guided, latent.summed.is_empty())
            && let (true, Value::Plain(node)) = (guided.by_hand, guided.value)
        {
            let name = latent.name;
            let node = at_known(a, node, &known);
            a.values[name.0 as usize] = Some(Value::Plain(node));
            continue;
        }
        let latent = &a.latents[row];
        if let (Some(guided), false) = (&latent.guided, latent.summed.is_empty()) {
            let dims: Vec<Dim> = latent.dims.iter().copied().chain(a.draws).collect();
            let drawn = guided.q.draw(&mut a.graph, &dims, "enumerated").node();
            let drawn = at_known(a, drawn, &known);
            let latent = &a.latents[row];
            a.values[latent.name.0 as usize] = Some(Value::Plain(drawn));
            let positions = positions(a, row, drawn);
            known.extend(parts(a, row, positions).into_iter().map(|(dim, node)| (row, dim, node)));
        }
    }
    known
}

/// A value that depends on summed latents, at the positions that they were drawn at.
fn at_known(a: &mut Assembly, node: NodeId, known: &[Known]) -> NodeId {
    known.iter().fold(node, |node, &(_, dim, position)| match a.graph.has_dim(node, dim) {
        true => a.graph.pick(node, dim, position),
        false => node,
    })
}

/// Where each vector of a latent stands among its values.
fn positions(a: &mut Assembly, row: usize, drawn: NodeId) -> NodeId {
    let latent = &a.latents[row];
    let Some((values, table)) = latent.table else { return drawn };
    let g = &mut a.graph;
    let apart = g.sub(table, drawn);
    let apart = g.square(apart);
    let apart = g.sum(apart, &latent.whole);
    let near = g.neg(apart);
    g.arg_max(near, values)
}

/// The elements of a latent's array that have summed dimensions of their own.
fn parts(a: &mut Assembly, row: usize, array: NodeId) -> Vec<(Dim, NodeId)> {
    let (summed, mixed) = (a.latents[row].summed.clone(), a.latents[row].mixed.clone());
    let element = |(element, dim): (usize, Dim)| {
        let mut rest = element;
        let mut node = array;
        for &over in mixed.iter().rev() {
            let size = a.graph.size(over);
            node = a.graph.at(node, over, rest % size);
            rest /= size;
        }
        (dim, node)
    };
    summed.into_iter().enumerate().map(element).collect()
}

/// Draws z from p(z | θ, x): the last eliminated first, each given those that are known before it.
fn draw_marginalized(
    problem: &Problem,
    a: &mut Assembly,
    factors: &[Factor],
    mut known: Vec<Known>,
) {
    for factor in factors.iter().rev() {
        let name = &problem.bound.model.name(a.latents[factor.latent].name).name;
        let mut node = factor.node;
        for &(row, dim, value) in &known {
            let value = follow(a, value, factor.paths.get(&row));
            node = a.graph.pick(node, dim, value);
        }
        let drawn = draw_joint(a, factor.latent, node, name);
        known.extend(drawn.iter().map(|&(dim, position)| (factor.latent, dim, position)));
        let value = assemble(a, factor.latent, &drawn);
        let name = a.latents[factor.latent].name;
        a.values[name.0 as usize] = Some(Value::Plain(value));
    }
}

/// Positions of a latent's elements, each where a factor picks it by data.
fn follow(a: &mut Assembly, value: NodeId, paths: Option<&Paths>) -> NodeId {
    let mut value = value;
    for (dim, path) in paths.into_iter().flatten() {
        if let Path::Via(index) = path {
            let by = index_node(a, *index);
            value = a.graph.pick(value, a.dims[dim.0 as usize], by);
        }
    }
    value
}

/// One position along each of the latent's summed dimensions, from unnormalised joint log masses, one after the other.
fn draw_joint(a: &mut Assembly, row: usize, log: NodeId, name: &str) -> Vec<(Dim, NodeId)> {
    let summed = a.latents[row].summed.clone();
    let mut drawn: Vec<(Dim, NodeId)> = vec![];
    let mut log = log;
    for (i, &dim) in summed.iter().enumerate() {
        let alone = a.graph.log_sum_exp(log, &summed[i + 1..]);
        let latent = &a.latents[row];
        let jointly = |d: &Dim| latent.mixed.contains(d) || latent.whole.contains(d);
        let kept = latent.dims.iter().filter(|d| !jointly(d));
        let dims: Vec<Dim> = kept.copied().chain(a.draws).chain([dim]).collect();
        let noise = a.graph.add_noise(name, &dims, Noise::Gumbel);
        let noisy = a.graph.add(alone, noise);
        let position = a.graph.arg_max(noisy, dim);
        log = a.graph.pick(log, dim, position);
        drawn.push((dim, position));
    }
    drawn
}

/// The latent's array from the positions of its parts.
fn assemble(a: &mut Assembly, row: usize, drawn: &[(Dim, NodeId)]) -> NodeId {
    let positions = together(a, row, drawn);
    match a.latents[row].table {
        Some((values, table)) => a.graph.pick(table, values, positions),
        None => positions,
    }
}

fn together(a: &mut Assembly, row: usize, drawn: &[(Dim, NodeId)]) -> NodeId {
    let mixed = a.latents[row].mixed.clone();
    if mixed.is_empty() {
        return drawn[0].1;
    }
    let sizes: Vec<usize> = mixed.iter().map(|&d| a.graph.size(d)).collect();
    let mut parts = vec![];
    for (element, &(_, position)) in drawn.iter().enumerate() {
        parts.push(place(&mut a.graph, &mixed, &sizes, element, position));
    }
    a.graph.add_all(parts)
}

/// A value at one element of an array along `dims` (row-major), 0 elsewhere.
fn place(g: &mut Graph, dims: &[Dim], sizes: &[usize], element: usize, value: NodeId) -> NodeId {
    let mut rest = element;
    let mut node = value;
    for (&dim, &size) in dims.iter().zip(sizes).rev() {
        let one = g.dim("one", 1);
        let shape = g.shape(node).iter().chain([dim]).collect();
        let wide = g.expand(node, &[one]);
        let entries = smallvec![(dim, Entry::Run { to: one, start: rest % size })];
        node = g.push(Op::Scatter { entries, shape }, [wide]);
        rest /= size;
    }
    node
}
