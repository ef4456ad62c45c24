//! Ops under short names, for those who write densities and estimators, with the simplifications that are always right.

use super::{Binary, Dim, Entry, Graph, NodeId, Op, Real, Reduce, Unary};
use smallvec::SmallVec;

macro_rules! unary {
    ($($name:ident $op:ident)*) => {
        impl Graph {
            $(pub fn $name(&mut self, x: NodeId) -> NodeId {
                self.push(Op::Unary(Unary::$op), [x])
            })*
        }
    };
}

unary! {
    abs Abs  sign Sign  floor Floor  exp Exp  expm1 Expm1  log1p Log1p  sqrt Sqrt  square Square  recip Recip
    sigmoid Sigmoid  softplus Softplus  tanh Tanh  sin Sin  cos Cos  atan Atan  lgamma Lgamma  digamma Digamma
    trigamma Trigamma  erf Erf  log_ndtr LogNdtr  not Not
}

macro_rules! binary {
    ($($name:ident $op:ident)*) => {
        impl Graph {
            $(pub fn $name(&mut self, a: NodeId, b: NodeId) -> NodeId {
                self.push(Op::Binary(Binary::$op), [a, b])
            })*
        }
    };
}

binary! { pow Pow  max Max  min Min  lt Lt  eq Eq }

impl Graph {
    pub fn number(&mut self, x: f64) -> NodeId {
        self.push(Op::Const(Real(x)), [])
    }

    /// The value of a constant node.
    pub fn as_number(&self, x: NodeId) -> Option<f64> {
        match self.op(x) {
            Op::Const(Real(x)) => Some(*x),
            _ => None,
        }
    }

    pub fn iota(&mut self, dim: Dim) -> NodeId {
        self.push(Op::Iota(dim), [])
    }

    pub fn neg(&mut self, x: NodeId) -> NodeId {
        match self.as_number(x) {
            Some(n) => self.number(-n),
            None => self.push(Op::Unary(Unary::Neg), [x]),
        }
    }

    pub fn add(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.as_number(a), self.as_number(b)) {
            (Some(x), Some(y)) => self.number(x + y),
            (Some(0.0), _) => b,
            (_, Some(0.0)) => a,
            _ => self.push(Op::Binary(Binary::Add), [a, b]),
        }
    }

    pub fn sub(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.as_number(a), self.as_number(b)) {
            (Some(x), Some(y)) => self.number(x - y),
            (Some(0.0), _) => self.neg(b),
            (_, Some(0.0)) => a,
            _ => self.push(Op::Binary(Binary::Sub), [a, b]),
        }
    }

    pub fn mul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.as_number(a), self.as_number(b)) {
            (Some(x), Some(y)) => self.number(x * y),
            (Some(1.0), _) => b,
            (_, Some(1.0)) => a,
            _ if a == b => self.square(a),
            _ => self.push(Op::Binary(Binary::Mul), [a, b]),
        }
    }

    pub fn div(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.as_number(a), self.as_number(b)) {
            (Some(x), Some(y)) => self.number(x / y),
            (_, Some(1.0)) => a,
            _ => self.push(Op::Binary(Binary::Div), [a, b]),
        }
    }

    /// Logarithms of exponentials, and of quotients of them, are what was exponentiated.
    pub fn ln(&mut self, x: NodeId) -> NodeId {
        if let Some(n) = self.as_number(x) {
            return self.number(n.ln());
        }
        let of_exp = |g: &Self, x| match g.op(x) {
            Op::Unary(Unary::Exp) => Some(g.node(x).args[0]),
            _ => None,
        };
        if let Some(log) = of_exp(self, x) {
            return log;
        }
        if let Op::Binary(Binary::Div) = self.op(x) {
            let [a, b] = [self.node(x).args[0], self.node(x).args[1]];
            if let Some(log_a) = of_exp(self, a) {
                let log_b = self.ln(b);
                return self.sub(log_a, log_b);
            }
        }
        self.push(Op::Unary(Unary::Ln), [x])
    }

    /// An exponential is never below 0.
    pub fn le(&mut self, a: NodeId, b: NodeId) -> NodeId {
        if self.as_number(a).is_some_and(|a| a <= 0.0)
            && matches!(self.op(b), Op::Unary(Unary::Exp))
        {
            let dims: SmallVec<[Dim; 4]> = self.shape(b).iter().collect();
            let one = self.number(1.0);
            return self.expand(one, &dims);
        }
        self.push(Op::Binary(Binary::Le), [a, b])
    }

    pub fn scale(&mut self, by: f64, x: NodeId) -> NodeId {
        let by = self.number(by);
        self.mul(by, x)
    }

    pub fn shift(&mut self, by: f64, x: NodeId) -> NodeId {
        let by = self.number(by);
        self.add(by, x)
    }

    /// The sum of terms; 0 of none.
    pub fn add_all(&mut self, terms: impl IntoIterator<Item = NodeId>) -> NodeId {
        let mut terms = terms.into_iter();
        let Some(first) = terms.next() else { return self.number(0.0) };
        terms.fold(first, |sum, term| self.add(sum, term))
    }

    pub fn select(&mut self, condition: NodeId, yes: NodeId, no: NodeId) -> NodeId {
        if self.is_true(condition) {
            let others = [condition, no].map(|x| self.shape(x).dims().to_vec()).concat();
            return self.expand(yes, &others);
        }
        self.push(Op::Select, [condition, yes, no])
    }

    /// Whether every element is a number other than 0.
    fn is_true(&self, x: NodeId) -> bool {
        let of = if let Op::Expand(_) = self.op(x) { self.node(x).args[0] } else { x };
        self.as_number(of).is_some_and(|n| n != 0.0)
    }

    pub fn stop(&mut self, x: NodeId) -> NodeId {
        match self.op(x) {
            Op::Const(_)
            | Op::Data(_)
            | Op::Batch(_)
            | Op::Noise(_)
            | Op::Knob(_)
            | Op::Stop
            | Op::Iota(_) => x,
            _ => self.push(Op::Stop, [x]),
        }
    }

    /// Repeats x along those of `dims` that it lacks.
    pub fn expand(&mut self, x: NodeId, dims: &[Dim]) -> NodeId {
        let missing: SmallVec<[Dim; 4]> =
            dims.iter().copied().filter(|&d| !self.has_dim(x, d)).collect();
        if missing.is_empty() { x } else { self.push(Op::Expand(missing), [x]) }
    }

    /// Reduces those of `dims` that x has. A sum or product over a dimension that x lacks is not what this does: expand.
    pub fn reduce(&mut self, how: Reduce, x: NodeId, dims: &[Dim]) -> NodeId {
        let over: SmallVec<[Dim; 4]> = self.shape(x).iter().filter(|d| dims.contains(d)).collect();
        if over.is_empty() { x } else { self.push(Op::Reduce(how, over), [x]) }
    }

    pub fn sum(&mut self, x: NodeId, dims: &[Dim]) -> NodeId {
        self.reduce(Reduce::Sum, x, dims)
    }

    pub fn sum_all(&mut self, x: NodeId) -> NodeId {
        let dims: SmallVec<[Dim; 4]> = self.shape(x).iter().collect();
        self.sum(x, &dims)
    }

    /// The mean over dimensions that x has.
    pub fn mean(&mut self, x: NodeId, dims: &[Dim]) -> NodeId {
        let count: usize =
            dims.iter().filter(|&&d| self.has_dim(x, d)).map(|&d| self.size(d)).product();
        let sum = self.sum(x, dims);
        self.scale(1.0 / count as f64, sum)
    }

    pub fn log_sum_exp(&mut self, x: NodeId, dims: &[Dim]) -> NodeId {
        self.reduce(Reduce::LogSumExp, x, dims)
    }

    pub fn log_softmax(&mut self, x: NodeId, dim: Dim) -> NodeId {
        let total = self.log_sum_exp(x, &[dim]);
        self.sub(x, total)
    }

    pub fn softmax(&mut self, x: NodeId, dim: Dim) -> NodeId {
        let log = self.log_softmax(x, dim);
        self.exp(log)
    }

    pub fn arg_max(&mut self, x: NodeId, dim: Dim) -> NodeId {
        self.push(Op::ArgMax(dim), [x])
    }

    /// The matrix of the matching with the largest sum.
    pub fn assign(&mut self, x: NodeId, [row, col]: [Dim; 2]) -> NodeId {
        self.push(Op::Assign { row, col }, [x])
    }

    pub fn cumsum(&mut self, x: NodeId, dim: Dim) -> NodeId {
        self.push(Op::Cumsum { dim, reverse: false }, [x])
    }

    /// Σ over `dims` of a·b; a dimension that only one side has is summed on that side.
    pub fn contract(&mut self, a: NodeId, b: NodeId, dims: &[Dim]) -> NodeId {
        let only = |g: &Graph, x: NodeId, y: NodeId| -> SmallVec<[Dim; 4]> {
            dims.iter().copied().filter(|&d| g.has_dim(x, d) && !g.has_dim(y, d)).collect()
        };
        let (only_a, only_b) = (only(self, a, b), only(self, b, a));
        let (a, b) = (self.sum(a, &only_a), self.sum(b, &only_b));
        let both: SmallVec<[Dim; 4]> =
            dims.iter().copied().filter(|&d| self.has_dim(a, d) && self.has_dim(b, d)).collect();
        if both.is_empty() { self.mul(a, b) } else { self.push(Op::Contract(both), [a, b]) }
    }

    /// Reads x at a fixed position of `dim`; x itself where it lacks the dimension.
    pub fn at(&mut self, x: NodeId, dim: Dim, position: usize) -> NodeId {
        if !self.has_dim(x, dim) {
            return x;
        }
        self.push(Op::Index(SmallVec::from_elem((dim, Entry::At(position)), 1)), [x])
    }

    /// Reads x along `to`, from `start` of `dim` on: a slice, a lag, or (start 0, equal sizes) another name.
    pub fn run(&mut self, x: NodeId, dim: Dim, to: Dim, start: usize) -> NodeId {
        if dim == to || !self.has_dim(x, dim) {
            return x;
        }
        self.push(Op::Index(SmallVec::from_elem((dim, Entry::Run { to, start }), 1)), [x])
    }

    /// Reads x at the positions that `index` holds: the dimension is replaced by those of `index`.
    pub fn pick(&mut self, x: NodeId, dim: Dim, index: NodeId) -> NodeId {
        if !self.has_dim(x, dim) {
            return x;
        }
        self.push(Op::Index(SmallVec::from_elem((dim, Entry::By(1)), 1)), [x, index])
    }

    /// `x[home]` and `index: county[home]` to `[county]`: the transpose of `pick`. Dimensions in `kept` that both have stay.
    pub fn sum_by(&mut self, x: NodeId, index: NodeId, to: Dim, kept: &[Dim]) -> NodeId {
        self.sum_by_each(x, &[(index, to)], kept)
    }

    /// `sum_by` along several indices at once: the transpose of a pick by all of them.
    pub fn sum_by_each(&mut self, x: NodeId, by: &[(NodeId, Dim)], kept: &[Dim]) -> NodeId {
        let index_dims: SmallVec<[Dim; 4]> =
            by.iter().flat_map(|&(index, _)| self.shape(index).dims().to_vec()).collect();
        let x = self.expand(x, &index_dims);
        let stays = |d: &Dim| !index_dims.contains(d) || kept.contains(d);
        let shape = self.shape(x).iter().filter(stays).chain(by.iter().map(|&(_, to)| to));
        let shape = shape.collect();
        let entry = |(i, &(_, to)): (usize, &(NodeId, Dim))| (to, Entry::By(i as u8 + 1));
        let entries = by.iter().enumerate().map(entry).collect();
        let indices = by.iter().map(|&(index, _)| index);
        self.push(Op::Scatter { entries, shape }, std::iter::once(x).chain(indices))
    }
}
