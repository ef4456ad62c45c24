//! A few rows of a fit, to be looked at: what the model has in the place of a datum, computed without all the other rows.

use super::fitter::changing;
use super::saved::Param;
use super::summary::{Quantity, first_rows};
use super::tables::initial;
use crate::check::model::{DimId, NameId};
use crate::ir::{Dim, Graph, Shape};
use crate::lower::Problem;
use crate::objective::decoded;

/// An observed datum, seen along one of its dimensions: each of its other positions is a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scene {
    pub datum: NameId,
    pub along: DimId,
    /// Pictures, at most.
    pub most: usize,
}

/// The values of one picture, in the order of their positions.
pub type Tile = Vec<f64>;

const SAMPLE_STEP: u64 = 1 << 43;
const RECONSTRUCTION_STEP: u64 = 1 << 44;

/// What the model makes of its prior: latents of a picture's row are drawn from it, what rows share is as it was fitted; without
/// rows, everything is drawn. Before a fit, `fitted` is `None`.
pub fn samples(problem: &Problem, fitted: Option<&[Param]>, scene: Scene, seed: u64) -> Vec<Tile> {
    let found = either(problem, scene, &|part| {
        let rows = rows(part, scene);
        let model = &part.bound.model;
        let of_rows = |name| model.name(name).ty.dims.iter().any(|d| rows.contains(d));
        let is_prior = rows.is_empty() || fitted.is_none();
        let positions: usize = rows.iter().map(|&d| size(part, d)).product();
        let draws = scene.most.div_ceil(positions);
        let graph = decoded(part, draws, scene.datum, &|name| is_prior || of_rows(name));
        let params = match fitted {
            Some(fitted) => carried(fitted, &graph.graph, &[])?,
            None => initial(&graph.graph),
        };
        let mut found = first_rows(part, &graph, &params, draws, SAMPLE_STEP, seed);
        let drawn = found.quantities.pop()?;
        let tiles = (0..draws).flat_map(|draw| tiles(&drawn, scene, draw));
        Some(tiles.take(scene.most).collect())
    });
    found.unwrap_or_default()
}

/// Pictures of a datum, each with what the model has in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Reconstructions {
    pub pairs: Vec<(Tile, Tile)>,
    /// Whether they are of held-out data; a guide with values of its own for each row knows none.
    pub held_out: bool,
}

/// Pictures of the datum, each with what the model has in its place under the latents of one draw from the posterior: of other
/// data where there are some, else of the fit's.
pub fn reconstructions(
    problem: &Problem,
    held_out: Option<&Problem>,
    fitted: &[Param],
    scene: Scene,
    seed: u64,
) -> Reconstructions {
    let rows = changing(problem);
    let new = held_out.and_then(|other| pairs(other, fitted, &rows, scene, seed));
    let held_out = new.is_some();
    let pairs = new.or_else(|| pairs(problem, fitted, &[], scene, seed)).unwrap_or_default();
    Reconstructions { pairs, held_out }
}

fn pairs(
    problem: &Problem,
    fitted: &[Param],
    changed: &[&str],
    scene: Scene,
    seed: u64,
) -> Option<Vec<(Tile, Tile)>> {
    either(problem, scene, &|part| {
        let graph = decoded(part, 1, scene.datum, &|_| false);
        let params = carried(fitted, &graph.graph, changed)?;
        let found = first_rows(part, &graph, &params, 1, RECONSTRUCTION_STEP, seed);
        let [datum, decoded] = &found.quantities[..] else { return None };
        let pairs = tiles(datum, scene, 0).into_iter().zip(tiles(decoded, scene, 0));
        Some(pairs.take(scene.most).collect())
    })
}

/// Pictures of the values of a parameter along a dimension, one for each place along the others; none where it lacks it.
pub fn param_tiles(param: &Param, along: &str, most: usize) -> Vec<Tile> {
    let axes = axes_of(param);
    let (last, mut order): (Vec<Axis>, Vec<Axis>) =
        axes.iter().copied().partition(|(name, _)| *name == along);
    let Some(&(_, size)) = last.first() else { return vec![] };
    order.extend(last);
    let values = reordered(&param.values, &axes, &order).unwrap_or_default();
    values.chunks(size).take(most).map(<[f64]>::to_vec).collect()
}

/// Pictures of the posterior means of a name's elements.
pub fn mean_tiles(q: &Quantity, along: DimId, most: usize) -> Vec<Tile> {
    let mean = |values: &Vec<f64>| vec![values.iter().sum::<f64>() / values.len() as f64];
    let values = q.values.iter().map(mean).collect();
    let means = Quantity { values, ..q.clone() };
    let scene = Scene { datum: NameId(0), along, most };
    tiles(&means, scene, 0).into_iter().take(most).collect()
}

/// From a few rows, or from those of a step where the guide has no part for fewer.
fn either<T>(problem: &Problem, scene: Scene, of: &dyn Fn(&Problem) -> Option<T>) -> Option<T> {
    of(&few(problem, scene)).or_else(|| of(problem))
}

fn size(problem: &Problem, dim: DimId) -> usize {
    problem.plan.batch_of(dim).unwrap_or(problem.bound.dims[dim.0 as usize].size)
}

/// The other dimensions of the datum.
fn rows(problem: &Problem, scene: Scene) -> Vec<DimId> {
    let dims = problem.bound.model.name(scene.datum).ty.dims.iter().copied();
    dims.filter(|&d| d != scene.along).collect()
}

/// The problem with no more rows than the pictures take, as far as rows can be told apart.
fn few(problem: &Problem, scene: Scene) -> Problem {
    let model = &problem.bound.model;
    let whole = problem.whole();
    let rows = rows(&whole, scene);
    let mut left = scene.most.max(1);
    let mut batches = vec![];
    let mut cut = |dim: DimId, most: usize| {
        let size = size(&whole, dim);
        let parts = most < size && whole.plan.parts(model, dim);
        if parts {
            batches.push((dim, most));
        }
        if parts { most } else { size }
    };
    for &dim in rows.iter().rev() {
        left = left.div_ceil(cut(dim, left));
    }
    let others = (0..model.dims.len() as u32).map(DimId);
    for dim in others.filter(|d| *d != scene.along && !rows.contains(d)) {
        cut(dim, 1);
    }
    batches.sort();
    whole.in_batches(batches)
}

/// The pictures of one draw.
fn tiles(q: &Quantity, scene: Scene, draw: usize) -> Vec<Tile> {
    let along = q.dims.iter().position(|d| *d == scene.along);
    let mut tiles: Vec<Tile> = vec![];
    let mut places: std::collections::HashMap<Vec<usize>, usize> = Default::default();
    for (position, values) in q.positions.iter().zip(&q.values) {
        let mut row = position.clone();
        along.map(|at| row.remove(at));
        let place = *places.entry(row).or_insert_with(|| {
            tiles.push(vec![]);
            tiles.len() - 1
        });
        tiles[place].push(values[draw]);
    }
    tiles
}

/// The parameters of a graph from those of a fit; `None` where it has one that the fit lacks, or whose rows are `changed` ones.
fn carried(fitted: &[Param], graph: &Graph, changed: &[&str]) -> Option<Vec<f64>> {
    let mut carried = vec![];
    for info in &graph.params {
        let known = fitted.iter().find(|p| p.name == info.name)?;
        let to = axes(graph, &info.shape);
        if to.iter().any(|(name, _)| changed.contains(name)) {
            return None;
        }
        carried.extend(reordered(&known.values, &axes_of(known), &to)?);
    }
    Some(carried)
}

fn axes_of(param: &Param) -> Vec<Axis<'_>> {
    param.dims.iter().map(String::as_str).zip(param.sizes.iter().copied()).collect()
}

/// A dimension's name and size.
type Axis<'g> = (&'g str, usize);

/// The dimensions of a table by name, in its order, with all rows.
fn axes<'g>(g: &'g Graph, shape: &Shape) -> Vec<Axis<'g>> {
    let (mut batched, rest): (Vec<Dim>, Vec<Dim>) = shape.iter().partition(|&d| g.is_batched(d));
    batched.sort();
    let dims = batched.into_iter().chain(rest);
    dims.map(|d| (g.dim_info(d).name.as_str(), g.whole(d))).collect()
}

/// Row-major values in another order of the same dimensions.
fn reordered(values: &[f64], from: &[Axis], to: &[Axis]) -> Option<Vec<f64>> {
    if from == to {
        return Some(values.to_vec());
    }
    let stride = |axis: &Axis| {
        let place = from.iter().position(|a| a == axis)?;
        Some(from[place + 1..].iter().map(|(_, size)| size).product::<usize>())
    };
    let strides: Vec<usize> = to.iter().map(stride).collect::<Option<_>>()?;
    let mut places = vec![0];
    for (&(_, size), stride) in to.iter().zip(strides) {
        let further = |&at: &usize| (0..size).map(move |i| at + i * stride);
        places = places.iter().flat_map(further).collect();
    }
    (from.len() == to.len()).then(|| places.into_iter().map(|at| values[at]).collect())
}
