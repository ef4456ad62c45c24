//! One node of the plan recorded on dfdx's tape. The only file that knows these of dfdx's ways: a tensor on both sides of an
//! op panics in backward, and a clone without a tape still passes gradient.

use super::element::{Array, Element, array, values};
use super::plan::{Product, Rule};
use crate::ir::{Binary, Graph, NodeId, Unary, apply, eval_given};
use dfdx::shapes::{Axes2, Axis};
use dfdx::tensor::{Cpu, Gradients, OwnedTape, PutTape, SplitTape, Tape, Tensor};
use dfdx::tensor_ops::{
    Backward, BroadcastTo, ChooseFrom, Device, PermuteTo, ReshapeTo, TryMatMul, TryNe,
};
use std::rc::Rc;

type Traced<E> = Tensor<(usize,), E, Cpu, OwnedTape<E, Cpu>>;

/// The tape of one step, as nodes are added to it.
pub(super) struct Recorder<E: Element>
where
    Cpu: Device<E>,
{
    tape: Option<OwnedTape<E, Cpu>>,
}

impl<E: Element> Recorder<E>
where
    Cpu: Device<E>,
{
    pub(super) fn new() -> Self {
        Self { tape: Some(OwnedTape::default()) }
    }

    /// The gradients of a scalar.
    pub(super) fn backward(mut self, loss: &Array<E>) -> Gradients<E, Cpu> {
        loss.clone().reshape_like(&()).put_tape(self.take()).backward()
    }

    fn take(&mut self) -> OwnedTape<E, Cpu> {
        let Some(tape) = self.tape.take() else {
            unreachable!("the tape is put back after every op");
        };
        tape
    }

    /// Records what `op` does to an array on the tape.
    fn record(&mut self, x: &Array<E>, op: impl FnOnce(Traced<E>) -> Traced<E>) -> Array<E> {
        let (out, tape) = op(x.clone().put_tape(self.take())).split_tape();
        self.tape = Some(tape);
        out
    }

    pub(super) fn unary(&mut self, op: Unary, x: &Array<E>) -> Array<E> {
        self.record(x, |x| match op {
            Unary::Neg => x.negate(),
            Unary::Abs => x.abs(),
            Unary::Exp => x.exp(),
            Unary::Ln => x.ln(),
            Unary::Sqrt => x.sqrt(),
            Unary::Square => x.square(),
            Unary::Recip => x.recip(),
            Unary::Sigmoid => x.sigmoid(),
            Unary::Tanh => x.tanh(),
            Unary::Sin => x.sin(),
            Unary::Cos => x.cos(),
            _ => unreachable!("{op:?} is a node of ours"),
        })
    }

    /// The second argument, under a name of its own where it is also the first.
    fn apart(&mut self, b: &Array<E>, same: bool) -> Array<E> {
        if same { self.record(b, |b| b + E::from_wide(0.0)) } else { b.clone() }
    }

    pub(super) fn binary(&mut self, op: Binary, [a, b]: [&Array<E>; 2], same: bool) -> Array<E> {
        let b = self.apart(b, same);
        self.record(a, |a| match op {
            Binary::Add => a + b,
            Binary::Sub => a - b,
            Binary::Mul => a * b,
            Binary::Div => a / b,
            _ => unreachable!("{op:?} is a node of ours"),
        })
    }

    pub(super) fn select(&mut self, [c, a, b]: [&Array<E>; 3], same: bool) -> Array<E> {
        let b = self.apart(b, same);
        let condition = c.ne(E::from_wide(0.0));
        self.record(a, |a| condition.choose(a, b))
    }

    pub(super) fn repeat(&mut self, x: &Array<E>, count: usize) -> Array<E> {
        self.record(x, |x| {
            x.reshape_like(&()).broadcast_like::<_, Axis<0>>(&(count,)).reshape_like(&(count,))
        })
    }

    pub(super) fn product(&mut self, p: &Product, [a, b]: [&Array<E>; 2], same: bool) -> Array<E> {
        let b = self.apart(b, same);
        let b = if p.right_transposed {
            b.reshape_like(&(p.columns, p.inner)).permute::<(usize, usize), Axes2<1, 0>>()
        } else {
            b.reshape_like(&(p.inner, p.columns))
        };
        self.record(a, |a| {
            let a = if p.left_transposed {
                a.reshape_like(&(p.inner, p.rows)).permute::<(usize, usize), Axes2<1, 0>>()
            } else {
                a.reshape_like(&(p.rows, p.inner))
            };
            a.matmul(b).reshape_like(&(p.rows * p.columns,))
        })
    }

    /// A node of ours: value and derivative by the interpreter.
    pub(super) fn own(
        &mut self,
        graph: &Rc<Graph>,
        rule: &Rc<Rule>,
        node: NodeId,
        args: &[&Array<E>],
    ) -> Array<E> {
        let wide: Vec<Vec<f64>> = args.iter().map(|a| values(a)).collect();
        let out: Array<E> = array(&apply(graph, node, &borrow(&wide)));
        let mut tape = self.take();
        let (graph, rule) = (Rc::clone(graph), Rc::clone(rule));
        let (args, result) = (args.iter().map(|&a| a.clone()).collect::<Vec<_>>(), out.clone());
        tape.add_backward_op(move |gradients| {
            let adjoint = E::gradient(gradients, &result)?;
            let value = values(&result);
            let names = graph.node(node).args.iter().copied();
            let mut given: Vec<(NodeId, &[f64])> = names.clone().zip(borrow(&wide)).collect();
            given.extend([(node, &value[..]), (rule.adjoint, &adjoint[..])]);
            let wanted: Vec<NodeId> = rule.terms.iter().map(|t| t.1).collect();
            for ((to, _), terms) in rule.terms.iter().zip(eval_given(&graph, &given, &wanted)) {
                if let Some(at) = names.clone().position(|name| name == *to) {
                    E::accumulate(gradients, &args[at], &terms)?;
                }
            }
            Ok(())
        });
        self.tape = Some(tape);
        out
    }
}

fn borrow(arrays: &[Vec<f64>]) -> Vec<&[f64]> {
    arrays.iter().map(Vec::as_slice).collect()
}
