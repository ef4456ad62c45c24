//! Reverse mode, graph to graph: the gradient of a node as more nodes. The derivatives themselves stand in `rules.rs`.
//!
//! An adjoint has at most the dimensions of its node and is constant along those that it lacks, so sums over data do not
//! fill arrays with ones. A branch that is not taken passes exactly 0: below a `Select`, a maximum or a log-sum-exp, a zero
//! adjoint stays zero even where a derivative is infinite.

use super::rules::{derive, full, unbroadcast};
use super::{Binary, Graph, NodeId, Op, Reduce, Unary};

/// The gradient of the sum of `output`'s elements, in the shapes of `wrt`; zeros where nothing depends.
pub fn grad(g: &mut Graph, output: NodeId, wrt: &[NodeId]) -> Vec<NodeId> {
    let one = g.number(1.0);
    vjp(g, &[(output, one)], wrt)
}

/// Σ over outputs of seed · ∂output/∂w, in the shape of each w of `wrt`. A seed has at most its output's dimensions.
pub fn vjp(g: &mut Graph, outputs: &[(NodeId, NodeId)], wrt: &[NodeId]) -> Vec<NodeId> {
    vjp_past(g, outputs, wrt, &[])
}

/// The same with some nodes held: nothing flows through them.
pub fn vjp_past(
    g: &mut Graph,
    outputs: &[(NodeId, NodeId)],
    wrt: &[NodeId],
    held: &[NodeId],
) -> Vec<NodeId> {
    let before = g.origin();
    let mut sweep = Sweep::new(g, wrt, held);
    for &(output, seed) in outputs {
        sweep.add(g, output, seed);
    }
    let last = outputs.iter().map(|o| o.0).max();
    for id in g.ids().rev().skip_while(|&id| Some(id) > last).collect::<Vec<_>>() {
        sweep.pull(g, id);
    }
    g.set_origin(before.0, before.1);
    wrt.iter().map(|&w| sweep.finish(g, w)).collect()
}

/// The state of one reverse sweep, a row per node of the forward graph.
struct Sweep {
    active: Vec<bool>,
    guarded: Vec<bool>,
    adjoint: Vec<Option<NodeId>>,
}

impl Sweep {
    fn new(g: &Graph, wrt: &[NodeId], held: &[NodeId]) -> Self {
        Self {
            active: active_past(g, wrt, held),
            guarded: guarded(g),
            adjoint: vec![None; g.len()],
        }
    }

    fn add(&mut self, g: &mut Graph, to: NodeId, term: NodeId) {
        let adjoint = &mut self.adjoint[to.0 as usize];
        *adjoint = Some(adjoint.map_or(term, |sum| g.add(sum, term)));
    }

    /// Hands the adjoint of a node on to its arguments.
    fn pull(&mut self, g: &mut Graph, id: NodeId) {
        let row = id.0 as usize;
        let Some(adjoint) = self.adjoint[row].filter(|_| self.active[row]) else { return };
        let node = g.node(id).clone();
        g.set_origin(node.origin, node.span);
        for (i, &arg) in node.args.iter().enumerate() {
            if self.active[arg.0 as usize] && passes(&node.op, i) {
                let term = pull_back(g, id, i, adjoint, self.guarded[row]);
                self.add(g, arg, term);
            }
        }
    }

    fn finish(&self, g: &mut Graph, of: NodeId) -> NodeId {
        let zero = g.number(0.0);
        let gradient = self.adjoint[of.0 as usize].unwrap_or(zero);
        full(g, gradient, of)
    }
}

/// Of every node, whether gradient flows through it to one of `wrt`.
pub fn active(g: &Graph, wrt: &[NodeId]) -> Vec<bool> {
    active_past(g, wrt, &[])
}

fn active_past(g: &Graph, wrt: &[NodeId], held: &[NodeId]) -> Vec<bool> {
    let mut active = vec![false; g.len()];
    wrt.iter().for_each(|w| active[w.0 as usize] = true);
    for id in g.ids().filter(|id| !held.contains(id)) {
        let node = g.node(id);
        let mut args = node.args.iter().enumerate();
        let through = args.any(|(i, a)| active[a.0 as usize] && passes(&node.op, i));
        active[id.0 as usize] |= through;
    }
    active
}

/// Of every node, whether it lies below an op that may drop what it holds.
pub fn guarded(g: &Graph) -> Vec<bool> {
    let mut guarded = vec![false; g.len()];
    for id in g.ids().rev() {
        let node = g.node(id);
        let below = guarded[id.0 as usize] || guards(&node.op);
        let through = |(i, _): &(usize, &NodeId)| below && passes(&node.op, *i);
        node.args
            .iter()
            .enumerate()
            .filter(through)
            .for_each(|(_, a)| guarded[a.0 as usize] = true);
    }
    guarded
}

/// What one op hands on to one argument: adjoint · ∂node/∂argument, with at most the argument's dimensions.
///
/// With `guarded`, a zero adjoint gives exactly zero.
pub fn pull_back(g: &mut Graph, id: NodeId, arg: usize, adjoint: NodeId, guarded: bool) -> NodeId {
    let mut term = derive(g, id, arg, adjoint);
    if guarded && is_unbounded(g, id, arg) {
        let zero = g.number(0.0);
        term = g.select(adjoint, term, zero);
    }
    let node = g.node(id);
    if is_elementwise(&node.op) {
        let (over, to) = (node.shape.clone(), node.args[arg]);
        term = unbroadcast(g, term, &over, to);
    }
    term
}

/// Whether gradient flows from an op to an argument.
pub fn passes(op: &Op, arg: usize) -> bool {
    match op {
        Op::Unary(op) => !matches!(op, Unary::Sign | Unary::Floor | Unary::Not),
        Op::Binary(op) => !matches!(op, Binary::Lt | Binary::Le | Binary::Eq),
        Op::Select => arg > 0,
        Op::Index(_) | Op::Scatter { .. } => arg == 0,
        Op::Draw(sampler) => sampler.is_continuous() && arg > 0,
        Op::Stop | Op::ArgMax(_) | Op::Assign { .. } | Op::Slope(..) => false,
        _ => true,
    }
}

fn is_elementwise(op: &Op) -> bool {
    matches!(op, Op::Unary(_) | Op::Binary(_) | Op::Select | Op::Expand(_) | Op::Draw(_))
}

/// Whether an op may drop an argument's elements, so that what they hold must not matter.
fn guards(op: &Op) -> bool {
    match op {
        Op::Select => true,
        Op::Binary(op) => matches!(op, Binary::Max | Binary::Min),
        Op::Reduce(how, _) => matches!(how, Reduce::Max | Reduce::Min | Reduce::LogSumExp),
        _ => false,
    }
}

/// Whether the derivative by an argument can be infinite, so that 0 times it is not 0.
pub fn is_unbounded(g: &Graph, id: NodeId, arg: usize) -> bool {
    use Unary::{Digamma, Exp, Expm1, Lgamma, Ln, Log1p, Recip, Sqrt, Square};
    let node = g.node(id);
    match &node.op {
        Op::Unary(op) => {
            matches!(op, Exp | Expm1 | Ln | Log1p | Sqrt | Square | Recip | Lgamma | Digamma)
        }
        Op::Binary(Binary::Mul) => !g.node(node.args[1 - arg]).args.is_empty(),
        Op::Binary(op) => matches!(op, Binary::Div | Binary::Pow),
        Op::Reduce(how, _) => matches!(how, Reduce::Prod | Reduce::LogSumExp),
        _ => false,
    }
}
