//! The derivative of every op, as nodes: reverse mode's table.

use super::{Binary, Dim, Entry, Graph, NodeId, Op, Reduce, Shape, Unary};
use smallvec::SmallVec;

type Entries = SmallVec<[(Dim, Entry); 2]>;

/// adjoint · ∂node/∂argument, before the sum over what was broadcast.
pub(super) fn derive(g: &mut Graph, id: NodeId, arg: usize, adjoint: NodeId) -> NodeId {
    let node = g.node(id).clone();
    match node.op {
        Op::Unary(op) => unary(g, op, node.args[0], id, adjoint),
        Op::Binary(op) => binary(g, op, node.args[0], node.args[1], id, arg, adjoint),
        Op::Select => {
            let zero = g.number(0.0);
            let (yes, no) = if arg == 1 { (adjoint, zero) } else { (zero, adjoint) };
            g.select(node.args[0], yes, no)
        }
        Op::Expand(_) => adjoint,
        Op::Draw(sampler) => {
            let args = [id].into_iter().chain(node.args[1..].iter().copied());
            let slope = g.push(Op::Slope(sampler, arg as u8 - 1), args);
            g.mul(adjoint, slope)
        }
        Op::Reduce(how, dims) => reduce(g, how, &dims, node.args[0], id, adjoint),
        Op::Cumsum { dim, reverse } => {
            let adjoint = full(g, adjoint, id);
            g.push(Op::Cumsum { dim, reverse: !reverse }, [adjoint])
        }
        Op::Contract(_) => {
            let own = g.shape(node.args[arg]).clone();
            let other = node.args[1 - arg];
            let rest = g.shape(other).without(own.dims());
            g.contract(adjoint, other, rest.dims())
        }
        Op::Index(entries) => {
            let shape = g.shape(node.args[0]).iter().collect();
            let adjoint = full(g, adjoint, id);
            if let Some(back) = renamed_back(g, &entries, node.args[0]) {
                return g.push(Op::Index(back), [adjoint]);
            }
            let args = [adjoint].into_iter().chain(node.args[1..].iter().copied());
            g.push(Op::Scatter { entries, shape }, args)
        }
        Op::Scatter { entries, .. } => {
            let adjoint = full(g, adjoint, id);
            let args = [adjoint].into_iter().chain(node.args[1..].iter().copied());
            let term = g.push(Op::Index(entries), args);
            let read = g.shape(term).clone();
            unbroadcast(g, term, &read, node.args[0])
        }
        Op::TriSolve { row, col, transposed } => {
            tri_solve(g, [row, col], transposed, &node.args, id, arg, adjoint)
        }
        _ => unreachable!("{:?} passes no gradient", node.op),
    }
}

/// The index that takes a mere change of names back: whole dimensions under others, none of which is left in x.
fn renamed_back(g: &Graph, entries: &Entries, x: NodeId) -> Option<Entries> {
    let gone: SmallVec<[Dim; 2]> = entries.iter().map(|&(dim, _)| dim).collect();
    let kept = g.shape(x).without(&gone);
    let mut back = Entries::new();
    for &(dim, entry) in entries {
        match entry {
            Entry::Run { to, start: 0 } if g.size(to) == g.size(dim) && !kept.contains(to) => {
                back.push((to, Entry::Run { to: dim, start: 0 }));
            }
            _ => return None,
        }
    }
    let is_new = |(i, (to, _)): (usize, &(Dim, Entry))| back[..i].iter().all(|(d, _)| d != to);
    back.iter().enumerate().all(is_new).then_some(back)
}

fn unary(g: &mut Graph, op: Unary, x: NodeId, y: NodeId, adjoint: NodeId) -> NodeId {
    let slope = match op {
        Unary::Neg => g.number(-1.0),
        Unary::Abs => g.sign(x),
        Unary::Exp => y,
        Unary::Expm1 => g.exp(x),
        Unary::Ln => return g.div(adjoint, x),
        Unary::Log1p => {
            let below = g.shift(1.0, x);
            return g.div(adjoint, below);
        }
        Unary::Sqrt => {
            let half = g.scale(0.5, adjoint);
            return g.div(half, y);
        }
        Unary::Square => g.scale(2.0, x),
        Unary::Recip => {
            let square = g.square(y);
            g.neg(square)
        }
        Unary::Sigmoid => {
            let minus = g.neg(y);
            let rest = g.shift(1.0, minus);
            g.mul(y, rest)
        }
        Unary::Softplus => g.sigmoid(x),
        Unary::Tanh => {
            let square = g.square(y);
            let minus = g.neg(square);
            g.shift(1.0, minus)
        }
        Unary::Sin => g.cos(x),
        Unary::Cos => {
            let sine = g.sin(x);
            g.neg(sine)
        }
        Unary::Atan => {
            let square = g.square(x);
            let below = g.shift(1.0, square);
            return g.div(adjoint, below);
        }
        Unary::Lgamma => g.digamma(x),
        Unary::Digamma => g.trigamma(x),
        Unary::Erf => bell(g, x, -1.0, std::f64::consts::FRAC_2_SQRT_PI),
        Unary::LogNdtr => log_ndtr_slope(g, x, y),
        Unary::Trigamma => unreachable!("trigamma appears only in gradients, once differentiated"),
        Unary::Sign | Unary::Floor | Unary::Not => unreachable!("steps pass no gradient"),
    };
    if op == Unary::Neg { g.neg(adjoint) } else { g.mul(adjoint, slope) }
}

/// height · exp(rate · x²)
fn bell(g: &mut Graph, x: NodeId, rate: f64, height: f64) -> NodeId {
    let square = g.square(x);
    let fall = g.scale(rate, square);
    let bell = g.exp(fall);
    g.scale(height, bell)
}

/// φ(x)/Φ(x): as exp(log φ − log Φ), and far to the left, where that difference has few digits, as Laplace's continued
/// fraction t + 1/(t + 2/(t + …)) with t = −x.
fn log_ndtr_slope(g: &mut Graph, x: NodeId, y: NodeId) -> NodeId {
    const FAR: f64 = 30.0;
    const HALF_LOG_2PI: f64 = 0.918_938_533_204_672_8;
    let square = g.square(x);
    let fall = g.scale(-0.5, square);
    let fall = g.shift(-HALF_LOG_2PI, fall);
    let log = g.sub(fall, y);
    let near = g.exp(log);
    let edge = g.number(FAR);
    let minus = g.neg(x);
    let t = g.max(minus, edge);
    let far = (1..=6).rev().fold(t, |rest, k| {
        let above = g.number(f64::from(k));
        let part = g.div(above, rest);
        g.add(t, part)
    });
    let is_far = g.lt(edge, minus);
    g.select(is_far, far, near)
}

fn binary(
    g: &mut Graph,
    op: Binary,
    a: NodeId,
    b: NodeId,
    y: NodeId,
    arg: usize,
    adjoint: NodeId,
) -> NodeId {
    match (op, arg) {
        (Binary::Add, _) | (Binary::Sub, 0) => adjoint,
        (Binary::Sub, _) => g.neg(adjoint),
        (Binary::Mul, 0) => g.mul(adjoint, b),
        (Binary::Mul, _) => g.mul(adjoint, a),
        (Binary::Div, 0) => g.div(adjoint, b),
        (Binary::Div, _) => {
            let ratio = g.div(y, b);
            let term = g.mul(adjoint, ratio);
            g.neg(term)
        }
        (Binary::Pow, 0) => pow_base(g, a, b, adjoint),
        (Binary::Pow, _) => pow_exponent(g, a, y, adjoint),
        // Ties go to the first argument.
        (Binary::Max | Binary::Min, _) => {
            let first = if op == Binary::Max { g.le(b, a) } else { g.le(a, b) };
            let zero = g.number(0.0);
            let (yes, no) = if arg == 0 { (adjoint, zero) } else { (zero, adjoint) };
            g.select(first, yes, no)
        }
        (Binary::Lt | Binary::Le | Binary::Eq, _) => unreachable!("comparisons pass no gradient"),
    }
}

/// b·a^(b−1), which is 0 for b = 0 also where a is 0.
fn pow_base(g: &mut Graph, a: NodeId, b: NodeId, adjoint: NodeId) -> NodeId {
    let less = g.shift(-1.0, b);
    let power = g.pow(a, less);
    let slope = g.mul(b, power);
    let slope = match g.as_number(b) {
        Some(n) if n != 0.0 => slope,
        _ => {
            let zero = g.number(0.0);
            g.select(b, slope, zero)
        }
    };
    g.mul(adjoint, slope)
}

/// a^b·ln a, which is 0 for a = 0.
fn pow_exponent(g: &mut Graph, a: NodeId, y: NodeId, adjoint: NodeId) -> NodeId {
    let one = g.number(1.0);
    let base = g.select(a, a, one);
    let log = g.ln(base);
    let slope = g.mul(y, log);
    g.mul(adjoint, slope)
}

fn reduce(
    g: &mut Graph,
    how: Reduce,
    dims: &[Dim],
    x: NodeId,
    y: NodeId,
    adjoint: NodeId,
) -> NodeId {
    match how {
        Reduce::Sum => adjoint,
        Reduce::Prod => {
            let others = product_of_others(g, x, dims);
            g.mul(adjoint, others)
        }
        // Ties share evenly.
        Reduce::Max | Reduce::Min => {
            let hit = g.eq(x, y);
            let hits = g.sum(hit, dims);
            let share = g.div(adjoint, hits);
            let zero = g.number(0.0);
            g.select(hit, share, zero)
        }
        // exp(x − y); where all terms are −∞ the weights are 0.
        Reduce::LogSumExp => {
            let bottom = g.number(f64::NEG_INFINITY);
            let none = g.eq(y, bottom);
            let zero = g.number(0.0);
            let y = g.select(none, zero, y);
            let distance = g.sub(x, y);
            let weight = g.exp(distance);
            g.mul(adjoint, weight)
        }
    }
}

/// Π of all elements but one, for each: by division, and right where elements are 0.
fn product_of_others(g: &mut Graph, x: NodeId, dims: &[Dim]) -> NodeId {
    let (zero, one) = (g.number(0.0), g.number(1.0));
    let is_zero = g.not(x);
    let zeros = g.sum(is_zero, dims);
    let nonzero = g.select(x, x, one);
    let product = g.reduce(Reduce::Prod, nonzero, dims);
    let others = g.div(product, nonzero);
    // The number of zeros among the others.
    let zeros = g.sub(zeros, is_zero);
    g.select(zeros, zero, others)
}

/// With Lᵀ w = adjoint (or L w = adjoint): w by b, and the lower triangle of −w xᵀ (or −x wᵀ) by L.
fn tri_solve(
    g: &mut Graph,
    [row, col]: [Dim; 2],
    transposed: bool,
    args: &[NodeId],
    x: NodeId,
    arg: usize,
    adjoint: NodeId,
) -> NodeId {
    let adjoint = full(g, adjoint, x);
    let w = g.push(Op::TriSolve { row, col, transposed: !transposed }, [args[0], adjoint]);
    let over = g.shape(x).clone();
    if arg == 1 {
        return unbroadcast(g, w, &over, args[1]);
    }
    let (down, right) = if transposed { (x, w) } else { (w, x) };
    let right = g.run(right, row, col, 0);
    let extra: SmallVec<[Dim; 4]> =
        over.iter().filter(|&d| d != row && !g.has_dim(args[0], d)).collect();
    let outer = g.contract(down, right, &extra);
    let outer = g.neg(outer);
    let (r, c) = (g.iota(row), g.iota(col));
    let lower = g.le(c, r);
    let zero = g.number(0.0);
    g.select(lower, outer, zero)
}

/// x with all dimensions of a node.
pub(super) fn full(g: &mut Graph, x: NodeId, like: NodeId) -> NodeId {
    let dims = g.shape(like).clone();
    g.expand(x, dims.dims())
}

/// The transpose of a broadcast: a term over the dimensions `over`, summed over those that `arg` lacks.
pub(super) fn unbroadcast(g: &mut Graph, term: NodeId, over: &Shape, arg: NodeId) -> NodeId {
    let extra = over.without(g.shape(arg).dims());
    let constant: usize =
        extra.iter().filter(|&d| !g.has_dim(term, d)).map(|d| g.size(d)).product();
    let term = g.sum(term, extra.dims());
    g.scale(constant as f64, term)
}
