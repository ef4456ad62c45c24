//! Exact posterior masses of a model whose latents are all summed out.
//!
//! A log weight of 0 is added to each value of each element; the derivative of the log evidence in it is the posterior mass of
//! that value, whatever couples the elements.

use super::{finish, sum_exactly};
use crate::check::model::NameId;
use crate::ir::{Dim, Graph, NodeId, constant};
use crate::lower::{Assembly, Mode, Problem, Term, TermKind, lower};

/// A graph whose only scalar is the log evidence, and one parameter for each latent.
pub struct Masses {
    pub graph: Graph,
    pub log_evidence: NodeId,
    /// In sampling order.
    pub latents: Vec<Weights>,
}

/// The log weights of one latent.
pub struct Weights {
    pub name: NameId,
    pub node: NodeId,
    /// Of the latent, in the user's order.
    pub dims: Vec<Dim>,
    /// Its values.
    pub values: Dim,
    /// Of a discrete vector: each value.
    pub rows: Option<Vec<Vec<f64>>>,
}

/// The masses of a problem whose plan marginalises every latent.
pub fn masses(problem: &Problem) -> Masses {
    let mut assembly = lower(problem, Mode::Report, 1);
    let rows = 0..assembly.latents.len();
    let latents = rows.filter_map(|row| weigh(&mut assembly, row)).collect();
    sum_exactly(problem, &mut assembly);
    let objective = finish(problem, assembly, None);
    Masses { graph: objective.graph, log_evidence: objective.elbo, latents }
}

/// Reaches the costs as the latent's own density does.
fn weigh(a: &mut Assembly, row: usize) -> Option<Weights> {
    let latent = &a.latents[row];
    let (name, positions) = (latent.name, latent.positions?);
    let whole = |d: &Dim| latent.whole.contains(d);
    let dims: Vec<Dim> = latent.dims.iter().copied().filter(|d| !whole(d)).collect();
    let rows = latent.table.map(|(dim, table)| rows(&a.graph, table, dim));
    let own = |t: &&Term| t.kind == TermKind::Prior && t.latent == Some(row);
    let prior = a.terms.iter().find(own)?.clone();
    let count = a.graph.size(*latent.summed.first()?);
    let values = a.graph.dim("values", count);
    let all: Vec<Dim> = dims.iter().copied().chain([values]).collect();
    let zeros = vec![0.0; all.iter().map(|&d| a.graph.size(d)).product()];
    let node = a.graph.add_param("log weight", &all, zeros);
    let picked = a.graph.pick(node, values, positions);
    a.terms.push(Term { node: picked, ..prior });
    Some(Weights { name, node, dims, values, rows })
}

/// A table of constants, row by row along `dim`.
fn rows(g: &Graph, table: NodeId, dim: Dim) -> Vec<Vec<f64>> {
    let shape = g.shape(table);
    let values = constant(g, table);
    let mut rows = vec![vec![]; g.size(dim)];
    for (place, value) in values.into_iter().enumerate() {
        let at = shape.coordinates(g, place).into_iter().find(|(d, _)| *d == dim);
        rows[at.map_or(0, |(_, i)| i)].push(value);
    }
    rows
}
