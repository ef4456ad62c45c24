//! A fit as named arrays: its parameters, which others read, and its state, from which it goes on to the bit.

use super::tables::{initial, spans};
use crate::ir::{Graph, ParamInfo, Placing};
use crate::lower::Problem;
use crate::objective::{least_samples, objective};
use std::collections::BTreeMap;

/// Numbers of a fit. Those that are computed in single precision are exact as `F64` too.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    F64(Vec<f64>),
    U64(Vec<u64>),
}

/// Arrays by name, with their shapes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saved(pub BTreeMap<String, (Vec<usize>, Numbers)>);

/// The name of an array that is not there, or has another size than the fit's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit(pub String);

impl Saved {
    pub(super) fn put(&mut self, name: &str, shape: &[usize], numbers: Vec<f64>) {
        self.0.insert(name.into(), (shape.into(), Numbers::F64(numbers)));
    }

    pub(super) fn put_all(&mut self, name: &str, numbers: Vec<f64>) {
        self.put(name, &[numbers.len()], numbers);
    }

    pub(super) fn put_counts(&mut self, name: &str, shape: &[usize], counts: Vec<u64>) {
        self.0.insert(name.into(), (shape.into(), Numbers::U64(counts)));
    }

    /// An array of any length.
    pub(super) fn any(&self, name: &str) -> Result<&[f64], Unfit> {
        match self.0.get(name) {
            Some((_, Numbers::F64(numbers))) => Ok(numbers),
            _ => Err(Unfit(name.into())),
        }
    }

    pub(super) fn get(&self, name: &str, len: usize) -> Result<&[f64], Unfit> {
        self.any(name).ok().filter(|x| x.len() == len).ok_or_else(|| Unfit(name.into()))
    }

    pub(super) fn any_counts(&self, name: &str) -> Result<&[u64], Unfit> {
        match self.0.get(name) {
            Some((_, Numbers::U64(counts))) => Ok(counts),
            _ => Err(Unfit(name.into())),
        }
    }

    pub(super) fn counts(&self, name: &str, len: usize) -> Result<&[u64], Unfit> {
        self.any_counts(name).ok().filter(|x| x.len() == len).ok_or_else(|| Unfit(name.into()))
    }
}

/// One parameter of the averaged iterate, with all of its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// `decode.dense1.weight`, `mu.loc`
    pub name: String,
    /// In the order of the values, which are row-major: batched ones come first.
    pub dims: Vec<String>,
    pub sizes: Vec<usize>,
    pub values: Vec<f64>,
}

/// All parameters of a problem: those of a fit where names, dimensions and sizes agree, the others as they start; and the
/// names of these. Along a dimension that has `grown`, those of the fit come first.
pub fn fitted(problem: &Problem, known: &[Param], grown: &[&str]) -> (Vec<f64>, Vec<String>) {
    let graph = objective(problem, least_samples(problem)).graph;
    let mut all = initial(&graph);
    let mut missing = vec![];
    for (span, info) in spans(&graph).into_iter().zip(&graph.params) {
        let wanted = param(&graph, info, &[]);
        let found = known.iter().find(|p| p.name == wanted.name);
        match found.and_then(|found| places(found, &wanted, grown)) {
            Some(places) => {
                let own = &mut all[span];
                let values = found.map_or(&[][..], |found| &found.values);
                places.into_iter().zip(values).for_each(|(place, x)| own[place] = *x);
            }
            None => missing.push(wanted.name),
        }
    }
    (all, missing)
}

/// Where the numbers of one array lie in another one, of the same dimensions in any order.
fn places(from: &Param, to: &Param, grown: &[&str]) -> Option<Vec<usize>> {
    if (&from.dims, &from.sizes) == (&to.dims, &to.sizes) {
        return Some((0..from.values.len()).collect());
    }
    let has_grown = from.dims.iter().any(|d| grown.contains(&d.as_str()));
    if !has_grown || from.dims.len() != to.dims.len() {
        return None;
    }
    let mut strides = vec![1; to.sizes.len()];
    for axis in (1..strides.len()).rev() {
        strides[axis - 1] = strides[axis] * to.sizes[axis];
    }
    let mut all = vec![0];
    for (name, &size) in from.dims.iter().zip(&from.sizes) {
        let axis = to.dims.iter().position(|d| d == name)?;
        let larger = grown.contains(&name.as_str()) && to.sizes[axis] > size;
        if to.sizes[axis] != size && !larger {
            return None;
        }
        let along = |&at: &usize| (0..size).map(move |i| (at, i));
        all = all.iter().flat_map(along).map(|(at, i)| at + i * strides[axis]).collect();
    }
    Some(all)
}

pub(super) fn param(graph: &Graph, info: &ParamInfo, values: &[f64]) -> Param {
    let mut dims: Vec<_> = info.shape.iter().collect();
    if Placing::new(graph, &info.shape).is_some() {
        let (mut batched, rest): (Vec<_>, Vec<_>) =
            dims.into_iter().partition(|&d| graph.is_batched(d));
        batched.sort();
        dims = batched.into_iter().chain(rest).collect();
    }
    Param {
        name: info.name.clone(),
        dims: dims.iter().map(|&d| graph.dim_info(d).name.clone()).collect(),
        sizes: dims.iter().map(|&d| graph.whole(d)).collect(),
        values: values.to_vec(),
    }
}
