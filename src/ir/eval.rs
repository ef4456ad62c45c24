//! The meaning of every op in f64: the oracle that the compiled steps are tested against, and what draws posteriors.
//!
//! Plain loops over whole arrays, one op at a time; only ancestors of what is wanted are computed, and arrays are dropped
//! after their last use.

use super::{Binary, Graph, NodeId, Op, Real, Rows, Shape, Unary, arrays, sampler, slope, special};
use smallvec::SmallVec;
use std::borrow::Cow;

/// What a graph is evaluated at, in the rows of its tables.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// `Graph::params`, end to end, each in its layout.
    pub params: Vec<f64>,
    /// Of each row of `Graph::batches`, the rows of its table that are present.
    pub batches: Vec<Vec<f64>>,
    pub noises: Vec<Vec<f64>>,
    pub knobs: Vec<f64>,
    pub states: Vec<Vec<f64>>,
}

impl Inputs {
    /// Parameters, knobs and states as they start; all noise 0.5, which every kind of noise can be; of batches the first rows.
    pub fn initial(graph: &Graph) -> Self {
        Self::at(graph, &Rows::first(graph))
    }

    /// The same with other rows of batched data.
    pub fn at(graph: &Graph, rows: &Rows) -> Self {
        let fill = |shape: &Shape, x: f64| vec![x; graph.count(shape)];
        Self {
            params: graph.params.iter().flat_map(|p| p.init.iter().copied()).collect(),
            batches: graph.batches.iter().map(|b| rows.read(graph, b)).collect(),
            noises: graph.noises.iter().map(|n| fill(&n.shape, 0.5)).collect(),
            knobs: graph.knobs.iter().map(|k| k.schedule.at(0)).collect(),
            states: graph.states.iter().map(|s| fill(&s.shape, s.init)).collect(),
        }
    }
}

/// The precision that values are rounded to after every op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    F64,
    F32,
}

impl Rounding {
    fn apply(self, mut values: Cow<'_, [f64]>) -> Cow<'_, [f64]> {
        if self == Rounding::F32 {
            values.to_mut().iter_mut().for_each(|x| *x = f64::from(*x as f32));
        }
        values
    }
}

/// The values of `wanted`, each in the layout of its shape.
pub fn eval(
    graph: &Graph,
    inputs: &Inputs,
    wanted: &[NodeId],
    rounding: Rounding,
) -> Vec<Vec<f64>> {
    let values = compute(graph, inputs, &[], wanted, rounding, false);
    wanted.iter().map(|&id| values.of(id).to_vec()).collect()
}

/// The values of `wanted` in f64 where those of `given` are known, and nothing else is an input.
pub fn eval_given(graph: &Graph, given: &[(NodeId, &[f64])], wanted: &[NodeId]) -> Vec<Vec<f64>> {
    let inputs = Inputs::default();
    let values = compute(graph, &inputs, given, wanted, Rounding::F64, true);
    wanted.iter().map(|&id| values.of(id).to_vec()).collect()
}

/// The value of a node made of constants and data alone, in the layout of its shape.
pub fn constant(graph: &Graph, node: NodeId) -> Vec<f64> {
    let inputs = Inputs::default();
    compute(graph, &inputs, &[], &[node], Rounding::F64, false).of(node).to_vec()
}

/// The largest element of a node made of constants, data and batched data, over all rows; 0 if none is larger.
pub fn largest(graph: &Graph, node: NodeId) -> f64 {
    let of = |inputs: &Inputs| {
        let values = compute(graph, inputs, &[], &[node], Rounding::F64, false);
        values.of(node).iter().copied().fold(0.0, f64::max)
    };
    let is_batched = graph.shape(node).iter().any(|d| graph.is_batched(d));
    if !is_batched {
        return of(&Inputs::default());
    }
    let read = |rows: Rows| {
        let batches = graph.batches.iter().map(|b| rows.read(graph, b)).collect();
        of(&Inputs { batches, ..Inputs::default() })
    };
    Rows::cover(graph).map(read).fold(0.0, f64::max)
}

/// The arrays of the nodes that were computed and are still held.
pub(super) struct Values<'a>(Vec<Option<Cow<'a, [f64]>>>);

impl Values<'_> {
    pub(super) fn of(&self, id: NodeId) -> &[f64] {
        self.0[id.0 as usize].as_deref().unwrap_or_default()
    }
}

/// Computes the ancestors of `wanted`; those that are read no more are dropped unless `keep`.
pub(super) fn compute<'a>(
    graph: &'a Graph,
    inputs: &'a Inputs,
    given: &[(NodeId, &'a [f64])],
    wanted: &[NodeId],
    rounding: Rounding,
    keep: bool,
) -> Values<'a> {
    let mut values = Values(vec![None; graph.len()]);
    given.iter().for_each(|&(id, x)| values.0[id.0 as usize] = Some(Cow::Borrowed(x)));
    let mut uses = count_uses(graph, wanted, &values);
    for id in graph.ids() {
        if uses[id.0 as usize] == 0 || values.0[id.0 as usize].is_some() {
            continue;
        }
        let value = rounding.apply(value(graph, inputs, id, &values));
        values.0[id.0 as usize] = Some(value);
        for arg in graph.node(id).args.iter().map(|a| a.0 as usize).filter(|_| !keep) {
            uses[arg] -= 1;
            if uses[arg] == 0 {
                values.0[arg] = None;
            }
        }
    }
    values
}

/// How often each node is read by ancestors of `wanted`, or wanted; 0 for nodes that are not needed.
fn count_uses(graph: &Graph, wanted: &[NodeId], known: &Values) -> Vec<usize> {
    let mut uses = vec![0; graph.len()];
    wanted.iter().for_each(|id| uses[id.0 as usize] += 1);
    for id in graph.ids().rev() {
        if uses[id.0 as usize] > 0 && known.0[id.0 as usize].is_none() {
            graph.node(id).args.iter().for_each(|arg| uses[arg.0 as usize] += 1);
        }
    }
    uses
}

fn value<'a>(
    graph: &'a Graph,
    inputs: &'a Inputs,
    id: NodeId,
    values: &Values<'a>,
) -> Cow<'a, [f64]> {
    let node = graph.node(id);
    match node.op {
        Op::Data(row) => Cow::Borrowed(&graph.data[row as usize].values[..]),
        Op::Batch(row) => Cow::Borrowed(&inputs.batches[row as usize][..]),
        Op::Param(row) => Cow::Borrowed(param(graph, inputs, row as usize)),
        Op::Noise(row) => Cow::Borrowed(&inputs.noises[row as usize][..]),
        Op::Knob(row) => Cow::Owned(vec![inputs.knobs[row as usize]]),
        Op::State(row) => Cow::Borrowed(&inputs.states[row as usize][..]),
        _ => {
            let args: Vec<&[f64]> = node.args.iter().map(|&a| values.of(a)).collect();
            Cow::Owned(apply(graph, id, &args))
        }
    }
}

/// The part of the flat parameter vector that is a row of `Graph::params`.
fn param<'a>(graph: &Graph, inputs: &'a Inputs, row: usize) -> &'a [f64] {
    let sizes = |range: &[super::ParamInfo]| range.iter().map(|p| p.init.len()).sum::<usize>();
    let start = sizes(&graph.params[..row]);
    &inputs.params[start..start + graph.params[row].init.len()]
}

/// One op on the values of its arguments. Inputs (`Data`, `Param` …) have no arguments and are not ops in this sense.
pub fn apply(graph: &Graph, id: NodeId, args: &[&[f64]]) -> Vec<f64> {
    let node = graph.node(id);
    let aligned =
        |i: usize| arrays::broadcast(graph, args[i], graph.shape(node.args[i]), &node.shape);
    match &node.op {
        Op::Const(Real(x)) => vec![*x],
        Op::Iota(dim) => (0..graph.size(*dim)).map(|i| i as f64).collect(),
        Op::Unary(op) => map(*op, args[0]),
        Op::Binary(op) => zip(*op, &aligned(0), &aligned(1)),
        Op::Select => {
            let (yes, no) = (aligned(1), aligned(2));
            let branches = yes.iter().zip(no.iter());
            let choose = |(c, (a, b)): (&f64, (&f64, &f64))| if *c == 0.0 { *b } else { *a };
            aligned(0).iter().zip(branches).map(choose).collect()
        }
        Op::Stop => args[0].to_vec(),
        Op::Expand(_) => aligned(0).into_owned(),
        Op::Draw(sampler) | Op::Slope(sampler, _) => {
            let args: Vec<_> = (0..args.len()).map(aligned).collect();
            let parameters = |i| args[1..].iter().map(|p| p[i]).collect::<SmallVec<[f64; 2]>>();
            let each = args[0].iter().enumerate();
            match node.op {
                Op::Slope(_, by) => {
                    each.map(|(i, &z)| slope::slope(*sampler, by, z, &parameters(i))).collect()
                }
                _ => each.map(|(i, &u)| sampler::draw(*sampler, u, &parameters(i))).collect(),
            }
        }
        Op::Reduce(how, _) => {
            arrays::reduce(graph, *how, args[0], graph.shape(node.args[0]), &node.shape)
        }
        Op::ArgMax(dim) => arrays::arg_max(graph, args[0], graph.shape(node.args[0]), *dim),
        Op::Cumsum { dim, reverse } => arrays::cumsum(graph, args[0], &node.shape, *dim, *reverse),
        Op::Contract(_) => arrays::contract(graph, node, args),
        Op::Index(entries) => arrays::index(graph, node, entries, args),
        Op::Scatter { entries, .. } => arrays::scatter(graph, node, entries, args),
        Op::TriSolve { row, col, transposed } => {
            arrays::tri_solve(graph, node, args, *row, *col, *transposed)
        }
        Op::Assign { row, col } => arrays::assign(graph, node, args[0], [*row, *col]),
        Op::Data(_) | Op::Batch(_) | Op::Param(_) | Op::Noise(_) | Op::Knob(_) | Op::State(_) => {
            unreachable!("inputs are read, not computed")
        }
    }
}

/// An elementwise op of one argument, as a loop of its own per op.
fn map(op: Unary, x: &[f64]) -> Vec<f64> {
    macro_rules! each {
        ($f:expr) => {
            x.iter().map(|&x| $f(x)).collect()
        };
    }
    match op {
        Unary::Neg => each!(|x: f64| -x),
        Unary::Abs => each!(f64::abs),
        Unary::Sign => each!(|x: f64| if x == 0.0 { 0.0 } else { x.signum() }),
        Unary::Floor => each!(f64::floor),
        Unary::Exp => each!(f64::exp),
        Unary::Expm1 => each!(f64::exp_m1),
        Unary::Ln => each!(f64::ln),
        Unary::Log1p => each!(f64::ln_1p),
        Unary::Sqrt => each!(f64::sqrt),
        Unary::Square => each!(|x: f64| x * x),
        Unary::Recip => each!(f64::recip),
        Unary::Sigmoid => each!(special::sigmoid),
        Unary::Softplus => each!(special::softplus),
        Unary::Tanh => each!(f64::tanh),
        Unary::Sin => each!(f64::sin),
        Unary::Cos => each!(f64::cos),
        Unary::Atan => each!(f64::atan),
        Unary::Lgamma => each!(special::lgamma),
        Unary::Digamma => each!(special::digamma),
        Unary::Trigamma => each!(special::trigamma),
        Unary::Erf => each!(special::erf),
        Unary::LogNdtr => each!(special::log_ndtr),
        Unary::Not => each!(|x: f64| f64::from(x == 0.0)),
    }
}

/// An elementwise op of two arguments of the same length.
fn zip(op: Binary, a: &[f64], b: &[f64]) -> Vec<f64> {
    macro_rules! each {
        ($f:expr) => {
            a.iter().zip(b).map(|(&a, &b)| $f(a, b)).collect()
        };
    }
    match op {
        Binary::Add => each!(|a, b| a + b),
        Binary::Sub => each!(|a, b| a - b),
        Binary::Mul => each!(|a, b| a * b),
        Binary::Div => each!(|a, b| a / b),
        Binary::Pow => each!(f64::powf),
        Binary::Max => each!(max),
        Binary::Min => each!(min),
        Binary::Lt => each!(|a, b| f64::from(a < b)),
        Binary::Le => each!(|a, b| f64::from(a <= b)),
        Binary::Eq => each!(|a, b| f64::from(a == b)),
    }
}

/// The larger of two; NaN if either is.
pub(super) fn max(a: f64, b: f64) -> f64 {
    if a > b || a.is_nan() { a } else { b }
}

/// The smaller of two; NaN if either is.
pub(super) fn min(a: f64, b: f64) -> f64 {
    if a < b || a.is_nan() { a } else { b }
}
