//! Where gradients are compared: at parameters that do not depend on which estimators are in the graph.

use crate::ir::{Graph, ParamInfo};

/// Values for the parameters of any graph of one problem's guide.
pub(super) trait Place {
    fn params(&self, graph: &Graph) -> Vec<f64>;
}

/// The parameters of one graph, by name; others are where they begin.
pub(super) struct Given<'a> {
    pub(super) graph: &'a Graph,
    pub(super) params: &'a [f64],
}

impl Place for Given<'_> {
    fn params(&self, graph: &Graph) -> Vec<f64> {
        let spans = self.graph.param_spans();
        let known = |p: &ParamInfo| {
            let row = self.graph.params.iter().position(|own| own.name == p.name);
            row.map_or_else(|| p.init.clone(), |row| self.params[spans[row].clone()].to_vec())
        };
        graph.params.iter().flat_map(known).collect()
    }
}

/// A point in the space of the guide's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Point {
    /// Where a fit begins.
    Initial,
    /// Away from any symmetry.
    Scattered,
}

impl Point {
    pub const ALL: [Point; 2] = [Point::Initial, Point::Scattered];

    pub fn words(self) -> &'static str {
        match self {
            Point::Initial => "initial",
            Point::Scattered => "scattered",
        }
    }
}

impl Place for Point {
    /// A parameter has the same values in every graph that has it.
    fn params(&self, graph: &Graph) -> Vec<f64> {
        match self {
            Point::Initial => graph.params.iter().flat_map(|p| p.init.clone()).collect(),
            Point::Scattered => graph.params.iter().flat_map(scattered).collect(),
        }
    }
}

/// Within half a unit of where they begin.
fn scattered(param: &ParamInfo) -> Vec<f64> {
    let phase: f64 = param.name.bytes().map(f64::from).sum();
    let moved = |(i, x): (usize, &f64)| x + 0.5 * ((i as f64 + 1.0) * 1.7 + phase).sin();
    param.init.iter().enumerate().map(moved).collect()
}
