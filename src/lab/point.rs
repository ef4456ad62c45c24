//! Where gradients are compared: at parameters that do not depend on which estimators are in the graph.

use crate::ir::{Graph, ParamInfo};

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

    /// The flat parameter vector of a graph. A parameter has the same values in every graph that has it.
    pub(super) fn params(self, graph: &Graph) -> Vec<f64> {
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
