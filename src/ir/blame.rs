//! Where the first NaN or infinity of a computation came from: the element of the op that made it, and what it was made of.

use super::eval::{self, Inputs, Rounding, Values};
use super::walk::strides_over;
use super::{Dim, Graph, NodeId, Op};

/// An element that is NaN or infinite though every operand it depends on is not.
#[derive(Clone, Debug, PartialEq)]
pub struct NotFinite {
    pub node: NodeId,
    /// The position, from 0, along each dimension of the node.
    pub element: Vec<(Dim, usize)>,
    /// The element's operands: for an op along a dimension, of each argument the element that stands out.
    pub operands: Vec<(NodeId, f64)>,
    pub value: f64,
}

/// Traces a NaN in `roots` back to the op that made it, or else an infinity. None where all roots are finite.
///
/// Only paths that reach a root count: what `Select` does not take, or a comparison hides, is not to blame. A NaN made of
/// infinities, as ∞ − ∞, is reported with these as its operands.
pub fn first_not_finite(
    graph: &Graph,
    inputs: &Inputs,
    roots: &[NodeId],
    rounding: Rounding,
) -> Option<NotFinite> {
    let values = eval::compute(graph, inputs, &[], roots, rounding, true);
    let find = |bad: fn(f64) -> bool| {
        let first = |&id: &NodeId| Some((id, values.of(id).iter().position(|&x| bad(x))?));
        let (node, place) = roots.iter().find_map(first)?;
        Some(trace(graph, &values, node, place, bad))
    };
    find(f64::is_nan).or_else(|| find(f64::is_infinite))
}

/// Follows bad operands from argument to argument until none is bad.
fn trace(
    g: &Graph,
    values: &Values,
    mut node: NodeId,
    mut place: usize,
    bad: fn(f64) -> bool,
) -> NotFinite {
    loop {
        let operands = operands(g, values, node, place, bad);
        let value = |(id, place): (NodeId, usize)| values.of(id)[place];
        match operands.iter().find(|&&o| bad(value(o))) {
            Some(&(arg, at)) => (node, place) = (arg, at),
            None => {
                let element = coordinates(g, node, place);
                let operands = operands.iter().map(|&o| (o.0, value(o))).collect();
                return NotFinite { node, element, operands, value: value((node, place)) };
            }
        }
    }
}

/// The elements of the arguments that made an element of a node.
fn operands(
    g: &Graph,
    values: &Values,
    id: NodeId,
    place: usize,
    bad: fn(f64) -> bool,
) -> Vec<(NodeId, usize)> {
    let node = g.node(id);
    let position = coordinates(g, id, place);
    let aligned = |arg: NodeId| {
        let strides = strides_over(g, g.shape(arg), &node.shape);
        (arg, position.iter().zip(&strides).map(|((_, i), s)| i * s).sum())
    };
    match node.op {
        Op::Select => {
            let condition = aligned(node.args[0]);
            let taken = if values.of(condition.0)[condition.1] == 0.0 { 2 } else { 1 };
            vec![condition, aligned(node.args[taken])]
        }
        Op::Unary(_) | Op::Binary(_) | Op::Stop | Op::Expand(_) | Op::Draw(_) | Op::Slope(..) => {
            node.args.iter().map(|&a| aligned(a)).collect()
        }
        Op::Assign { row, col } => {
            let matrix: Vec<(Dim, usize)> =
                position.into_iter().filter(|(d, _)| *d != row && *d != col).collect();
            vec![(node.args[0], outstanding(g, values, node.args[0], &matrix, bad))]
        }
        _ => node.args.iter().map(|&a| (a, outstanding(g, values, a, &position, bad))).collect(),
    }
}

/// Of the elements of `arg` that agree with a position on shared dimensions, the first bad one, else the largest.
fn outstanding(
    g: &Graph,
    values: &Values,
    arg: NodeId,
    position: &[(Dim, usize)],
    bad: fn(f64) -> bool,
) -> usize {
    let agrees = |&place: &usize| {
        coordinates(g, arg, place)
            .iter()
            .all(|(d, i)| position.iter().all(|(e, j)| d != e || i == j))
    };
    let x = values.of(arg);
    let of_bad = (0..x.len()).filter(|&i| bad(x[i])).find(agrees);
    let size = |i: usize| if x[i].is_nan() { f64::INFINITY } else { x[i].abs() };
    let larger = |a: usize, b: usize| if size(b) > size(a) { b } else { a };
    of_bad.or_else(|| (0..x.len()).filter(agrees).reduce(larger)).unwrap_or(0)
}

fn coordinates(g: &Graph, id: NodeId, place: usize) -> Vec<(Dim, usize)> {
    g.shape(id).coordinates(g, place)
}
