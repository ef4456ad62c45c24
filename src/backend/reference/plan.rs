//! Which node of the tape each op becomes: dfdx's own op where it has one that is right, else one of ours, whose value is
//! the interpreter's and whose backward is the rule of `ir::grad`, evaluated.

use crate::backend::Program;
use crate::ir::{self, Binary, Dim, Graph, NodeId, Op, Unary};
use std::rc::Rc;

/// A matrix product as dfdx takes it: `(rows, inner) · (inner, columns)`.
#[derive(Clone, Copy)]
pub(super) struct Product {
    pub(super) rows: usize,
    pub(super) inner: usize,
    pub(super) columns: usize,
    /// Whether the left factor is laid out as `(inner, rows)`, the right one as `(columns, inner)`.
    pub(super) left_transposed: bool,
    pub(super) right_transposed: bool,
}

/// The derivative of a node of ours, as nodes of the plan's graph.
pub(super) struct Rule {
    /// Stands for the adjoint of the node.
    pub(super) adjoint: NodeId,
    /// Arguments, and what is added to their adjoints.
    pub(super) terms: Vec<(NodeId, NodeId)>,
}

pub(super) enum How {
    /// No gradient passes: computed outside the tape.
    Still,
    /// As `Still`, of constants and data alone: computed in the first run.
    Fixed,
    Param(usize),
    Unary(Unary),
    Binary(Binary),
    Select,
    /// A scalar repeated.
    Repeat,
    Product(Product),
    Own(Rc<Rule>),
}

pub(super) struct Item {
    pub(super) node: NodeId,
    pub(super) args: Vec<NodeId>,
    pub(super) how: How,
}

pub(super) struct Plan {
    /// The program's graph, and after it the broadcasts and derivatives that the lowering adds.
    pub(super) graph: Graph,
    pub(super) items: Vec<Item>,
    active: Vec<bool>,
    guarded: Vec<bool>,
}

/// Of every node, whether the loss hands a gradient to it, or it is a parameter. What else is computed is off the tape: there, 0 times an infinite
/// slope would be NaN.
fn needed(graph: &Graph, loss: NodeId) -> Vec<bool> {
    let is_input = |id: NodeId| id == loss || matches!(graph.op(id), Op::Param(_));
    let mut needed: Vec<bool> = graph.ids().map(is_input).collect();
    for id in graph.ids().rev().filter(|id| *id <= loss) {
        let ir::Node { op, args, .. } = graph.node(id);
        for (i, arg) in args.iter().enumerate() {
            needed[arg.0 as usize] |= needed[id.0 as usize] && ir::passes(op, i);
        }
    }
    // A broadcast serves every user that aligns its argument, those on the tape among them.
    for id in graph.ids() {
        if let ir::Node { op: Op::Expand(_), args, .. } = graph.node(id) {
            needed[id.0 as usize] |= needed[args[0].0 as usize];
        }
    }
    needed
}

impl Plan {
    pub(super) fn new(program: &Program) -> Self {
        let graph = program.graph.clone();
        let is_param = |id: &NodeId| matches!(graph.op(*id), Op::Param(_));
        let params: Vec<NodeId> = graph.ids().filter(is_param).collect();
        let (mut active, guarded) = (ir::active(&graph, &params), ir::guarded(&graph));
        let needed = needed(&graph, program.loss);
        active.iter_mut().zip(needed).for_each(|(active, needed)| *active &= needed);
        let mut plan = Self { items: vec![], active, guarded, graph };
        let next = program.graph.states.iter().filter_map(|s| s.next);
        let roots = next.chain(program.watch.iter().copied()).chain([program.loss]);
        for id in program.graph.ancestors(roots) {
            plan.add(id);
        }
        plan
    }

    fn add(&mut self, node: NodeId) {
        let args = self.graph.node(node).args.to_vec();
        let how = if self.active[node.0 as usize] { self.lower(node) } else { self.still(node) };
        let args = match how {
            How::Binary(_) | How::Select => {
                args.into_iter().map(|a| self.aligned(a, node)).collect()
            }
            How::Product(_) if self.product(node).is_some_and(|(_, swapped)| swapped) => {
                args.into_iter().rev().collect()
            }
            _ => args,
        };
        self.items.push(Item { node, args, how });
    }

    fn still(&self, node: NodeId) -> How {
        let ir::Node { op, args, .. } = self.graph.node(node);
        let is_fixed = |arg: &NodeId| {
            self.items.iter().any(|item| item.node == *arg && matches!(item.how, How::Fixed))
        };
        match op {
            Op::Batch(_) | Op::Noise(_) | Op::Knob(_) | Op::State(_) => How::Still,
            _ if args.iter().all(is_fixed) => How::Fixed,
            _ => How::Still,
        }
    }

    fn lower(&mut self, node: NodeId) -> How {
        let ir::Node { op, args, .. } = self.graph.node(node).clone();
        let can_fail =
            |i: usize| self.active[args[i].0 as usize] && ir::is_unbounded(&self.graph, node, i);
        let unsafe_zero = self.guarded[node.0 as usize] && (0..args.len()).any(can_fail);
        match op {
            Op::Param(row) => How::Param(row as usize),
            Op::Unary(op) if is_native(op) && !unsafe_zero => How::Unary(op),
            Op::Binary(op @ (Binary::Add | Binary::Sub | Binary::Mul | Binary::Div))
                if !unsafe_zero =>
            {
                How::Binary(op)
            }
            Op::Select => How::Select,
            Op::Expand(_) if self.graph.shape(args[0]).is_scalar() => How::Repeat,
            Op::Contract(_) => match self.product(node) {
                Some((product, _)) => How::Product(product),
                None => self.own(node),
            },
            _ => self.own(node),
        }
    }

    /// An argument with all dimensions of its user.
    fn aligned(&mut self, arg: NodeId, user: NodeId) -> NodeId {
        let dims = self.graph.shape(user).clone();
        let wide = self.graph.expand(arg, dims.dims());
        let is_new = wide != arg && self.items.iter().all(|item| item.node != wide);
        if is_new {
            let active = self.active[arg.0 as usize];
            let how = match active {
                false => self.still(wide),
                true if self.graph.shape(arg).is_scalar() => How::Repeat,
                true => self.own(wide),
            };
            self.items.push(Item { node: wide, args: vec![arg], how });
        }
        wide
    }

    fn own(&mut self, node: NodeId) -> How {
        let ir::Node { op, args, shape, .. } = self.graph.node(node).clone();
        let guarded = self.guarded.get(node.0 as usize).copied().unwrap_or(false);
        let adjoint = self.graph.add_noise("adjoint", shape.dims(), ir::Noise::Normal);
        let mut terms = vec![];
        for (i, &arg) in args.iter().enumerate() {
            if self.active[arg.0 as usize] && ir::passes(&op, i) {
                let term = ir::pull_back(&mut self.graph, node, i, adjoint, guarded);
                let dims = self.graph.shape(arg).clone();
                terms.push((arg, self.graph.expand(term, dims.dims())));
            }
        }
        How::Own(Rc::new(Rule { adjoint, terms }))
    }

    /// A contraction over one dimension of at most two matrices that share no other, and whether its factors change places.
    fn product(&self, node: NodeId) -> Option<(Product, bool)> {
        let g = &self.graph;
        let Op::Contract(dims) = g.op(node) else { return None };
        let &[inner] = &dims[..] else { return None };
        let outer = |i: usize| -> Option<Option<Dim>> {
            let shape = g.shape(g.node(node).args[i]).without(&[inner]);
            (shape.rank() < 2).then(|| shape.iter().next())
        };
        let (left, right) = (outer(0)?, outer(1)?);
        if left == right && left.is_some() {
            return None;
        }
        let out = g.shape(node).dims();
        let swapped = out.first().is_some_and(|&first| Some(first) == right && out.len() == 2);
        let (left, right) = if swapped { (right, left) } else { (left, right) };
        let size = |dim: Option<Dim>| dim.map_or(1, |d| g.size(d));
        let before = |a: Dim, b: Dim| (g.size(a), a) < (g.size(b), b);
        let product = Product {
            rows: size(left),
            inner: g.size(inner),
            columns: size(right),
            left_transposed: left.is_some_and(|d| before(inner, d)),
            right_transposed: right.is_some_and(|d| before(d, inner)),
        };
        Some((product, swapped))
    }
}

/// Whether dfdx has the op, and has it right.
fn is_native(op: Unary) -> bool {
    use Unary::{Abs, Cos, Exp, Ln, Neg, Recip, Sigmoid, Sin, Sqrt, Square, Tanh};
    matches!(op, Neg | Abs | Exp | Ln | Sqrt | Square | Recip | Sigmoid | Tanh | Sin | Cos)
}
