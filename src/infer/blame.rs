//! Where a NaN or an infinity came from, in the user's terms.

use crate::backend::{Float, NoiseSource};
use crate::ir::{self, Graph, Inputs, NodeId, NotFinite, Op, Rounding, Rows};
use crate::source::Span;

/// The statement, the op and the values that made the first number that is not finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Blame {
    pub step: u64,
    /// As written: `theta ~ Normal(mu, tau)`.
    pub statement: String,
    pub span: Option<Span>,
    /// In words: `ln`, `division` …
    pub op: String,
    pub value: f64,
    /// The element, as dimension and position from 1.
    pub element: Vec<(String, usize)>,
    pub operands: Vec<f64>,
    /// Whether the value itself was finite and only its gradient was not.
    pub in_gradient: bool,
}

/// What a step was computed at.
pub(super) struct At {
    pub(super) params: Vec<f64>,
    pub(super) step: u64,
    pub(super) rows: Rows,
    pub(super) float: Float,
}

/// Computes the step again, op by op, at what it had.
pub(super) fn blame(
    graph: &Graph,
    loss: NodeId,
    at: At,
    noise: &mut dyn NoiseSource,
) -> Option<Blame> {
    let mut graph = graph.clone();
    let inputs = inputs(&graph, &at, noise);
    let rounding = match at.float {
        Float::F32 => Rounding::F32,
        Float::F64 => Rounding::F64,
    };
    if let Some(found) = ir::first_not_finite(&graph, &inputs, &[loss], rounding) {
        return Some(describe(&graph, &found, &at, false));
    }
    let leaves: Vec<NodeId> =
        graph.ids().filter(|&id| matches!(graph.op(id), Op::Param(_))).collect();
    let gradients = ir::grad(&mut graph, loss, &leaves);
    let found = ir::first_not_finite(&graph, &inputs, &gradients, rounding)?;
    Some(describe(&graph, &found, &at, true))
}

fn inputs(graph: &Graph, at: &At, noise: &mut dyn NoiseSource) -> Inputs {
    let At { step, float, .. } = *at;
    let mut inputs = Inputs::at(graph, &at.rows);
    inputs.params.clone_from(&at.params);
    inputs.knobs = graph.knobs.iter().map(|k| k.schedule.at(step)).collect();
    for (row, info) in graph.noises.iter().enumerate() {
        let out = &mut inputs.noises[row];
        match float {
            Float::F64 => noise.fill_f64(step, row, info.kind, out),
            Float::F32 => {
                let mut narrow = vec![0.0_f32; out.len()];
                noise.fill_f32(step, row, info.kind, &mut narrow);
                *out = narrow.into_iter().map(f64::from).collect();
            }
        }
    }
    inputs
}

fn describe(graph: &Graph, found: &NotFinite, at: &At, in_gradient: bool) -> Blame {
    let node = graph.node(found.node);
    let origin = &graph.origins[node.origin.0 as usize];
    let place = |&(dim, i): &(ir::Dim, usize)| {
        let row = at.rows.along(dim).get(i).copied().unwrap_or(i);
        (graph.dim_info(dim).name.clone(), row + 1)
    };
    Blame {
        step: at.step,
        statement: origin.name.clone(),
        span: node.span.or(origin.span),
        op: ir::op_words(graph, &node.op),
        value: found.value,
        element: found.element.iter().map(place).collect(),
        operands: found.operands.iter().map(|(_, x)| *x).collect(),
        in_gradient,
    }
}
