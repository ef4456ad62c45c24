//! Algebra that takes work out of the loops over data: what is uniform is multiplied after the sum, sums of products are
//! contractions, quotients by something smaller are products.
//!
//! Results differ from the plain order of operations by roundings only.

use super::simplify::Rewriter;
use crate::ir::{Binary, Dim, Graph, NodeId, Op, Reduce, Shape, Unary};
use smallvec::SmallVec;

type Factors = SmallVec<[NodeId; 8]>;
type Dims = SmallVec<[Dim; 4]>;

/// Factors that a product is taken apart into, at most.
const MOST_FACTORS: usize = 12;

impl Rewriter {
    /// Adds a node, rewritten where that is cheaper.
    pub(super) fn push(&mut self, op: Op, args: &[NodeId]) -> NodeId {
        match (&op, args) {
            (Op::Reduce(Reduce::Sum, dims), &[x]) => self.sum(x, dims),
            (Op::Contract(dims), &[a, b]) => self.contract(a, b, dims),
            (Op::Binary(Binary::Div), &[a, b]) if self.is_smaller(b, a) => {
                let inverse = self.push(Op::Unary(Unary::Recip), &[b]);
                let inverse = self.fold(inverse);
                self.push(Op::Binary(Binary::Mul), &[a, inverse])
            }
            (Op::Binary(Binary::Mul), &[a, b]) => self.mul(a, b),
            (Op::Binary(how @ (Binary::Add | Binary::Sub)), &[a, b]) => self.add(*how, a, b),
            (Op::Unary(Unary::Recip | Unary::Neg), &[x]) if self.to.as_number(x).is_some() => {
                let x = self.to.as_number(x).unwrap_or_default();
                self.to.number(if matches!(op, Op::Unary(Unary::Neg)) { -x } else { 1.0 / x })
            }
            _ => self.plain(op, args),
        }
    }

    /// Adds a node as it is.
    fn plain(&mut self, op: Op, args: &[NodeId]) -> NodeId {
        let id = self.to.push(op, args.iter().copied());
        self.note(id);
        id
    }

    /// Whether `x` has only some of the dimensions of `of`.
    fn is_smaller(&self, x: NodeId, of: NodeId) -> bool {
        let (x, of) = (self.to.shape(x), self.to.shape(of));
        x.rank() < of.rank() && x.iter().all(|d| of.contains(d))
    }

    /// Numbers first, and gathered.
    fn mul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let (a, b) = if self.to.as_number(b).is_some() { (b, a) } else { (a, b) };
        let Some(x) = self.to.as_number(a) else {
            if a == b {
                return self.plain(Op::Unary(Unary::Square), &[a]);
            }
            return self.plain(Op::Binary(Binary::Mul), &[a, b]);
        };
        let node = self.to.node(b).clone();
        let inner = node.args.first().and_then(|&c| self.to.as_number(c));
        match (&node.op, inner, self.to.as_number(b)) {
            (_, _, Some(y)) => self.to.number(x * y),
            _ if x == 1.0 => b,
            (Op::Binary(Binary::Mul), Some(y), _) => {
                let (number, rest) = (self.to.number(x * y), node.args[1]);
                self.mul(number, rest)
            }
            (Op::Unary(Unary::Neg), ..) => {
                let rest = node.args[0];
                let number = self.to.number(-x);
                self.mul(number, rest)
            }
            _ if x == -1.0 => self.plain(Op::Unary(Unary::Neg), &[b]),
            _ => self.plain(Op::Binary(Binary::Mul), &[a, b]),
        }
    }

    /// `(x ± u) ± v` as `x + (±u ± v)` where u and v are smaller than x.
    fn add(&mut self, how: Binary, a: NodeId, b: NodeId) -> NodeId {
        let (number_a, number_b) = (self.to.as_number(a), self.to.as_number(b));
        match (how, number_a, number_b) {
            (Binary::Add, Some(x), Some(y)) => return self.to.number(x + y),
            (Binary::Sub, Some(x), Some(y)) => return self.to.number(x - y),
            (Binary::Add, Some(0.0), _) => return b,
            (_, _, Some(0.0)) => return a,
            _ => {}
        }
        let node = self.to.node(a);
        let parts = match node.op {
            Op::Binary(inner @ (Binary::Add | Binary::Sub)) => {
                Some((inner, node.args[0], node.args[1]))
            }
            _ => None,
        };
        let Some((inner, x, u)) =
            parts.filter(|&(_, x, u)| self.is_smaller(b, x) && self.is_smaller(u, x))
        else {
            return self.plain(Op::Binary(how), &[a, b]);
        };
        let (rest, outer) = match (inner, how) {
            (Binary::Add, how) => (self.push(Op::Binary(how), &[u, b]), Binary::Add),
            (_, Binary::Add) => (self.push(Op::Binary(Binary::Sub), &[u, b]), Binary::Sub),
            _ => (self.push(Op::Binary(Binary::Add), &[u, b]), Binary::Sub),
        };
        let rest = self.fold(rest);
        self.plain(Op::Binary(outer), &[x, rest])
    }

    /// Σ of x over those of `dims` that it has, times the sizes of the others.
    fn sum_over(&mut self, x: NodeId, dims: &[Dim]) -> NodeId {
        let (own, other): (Dims, Dims) = dims.iter().copied().partition(|&d| self.to.has_dim(x, d));
        let times: usize = other.iter().map(|&d| self.to.size(d)).product();
        let sum = if own.is_empty() { x } else { self.sum(x, &own) };
        let times = self.to.number(times as f64);
        self.mul(times, sum)
    }

    fn sum(&mut self, x: NodeId, dims: &[Dim]) -> NodeId {
        let node = self.to.node(x).clone();
        match node.op {
            _ if self.is_constant(x) => {}
            Op::Unary(Unary::Neg) => {
                let sum = self.sum(node.args[0], dims);
                return self.push(Op::Unary(Unary::Neg), &[sum]);
            }
            Op::Expand(_) => {
                let kept = node.shape.without(dims);
                let sum = self.sum_over(node.args[0], dims);
                let missing: Dims = kept.iter().filter(|&d| !self.to.has_dim(sum, d)).collect();
                return if missing.is_empty() {
                    sum
                } else {
                    self.plain(Op::Expand(missing), &[sum])
                };
            }
            Op::Binary(how @ (Binary::Add | Binary::Sub)) => {
                let (a, b) = (node.args[0], node.args[1]);
                let is_cheap =
                    |x| self.is_constant(x) || !dims.iter().all(|&d| self.to.has_dim(x, d));
                if is_cheap(a) || is_cheap(b) {
                    let a = self.sum_over(a, dims);
                    let b = self.sum_over(b, dims);
                    let (a, b) = (self.fold(a), self.fold(b));
                    return self.push(Op::Binary(how), &[a, b]);
                }
            }
            Op::Binary(Binary::Mul) | Op::Unary(Unary::Square) => {
                let mut factors = Factors::new();
                if self.take_apart(x, &mut factors) {
                    return self.sum_of_product(&factors, dims);
                }
            }
            _ => {}
        }
        self.plain(Op::Reduce(Reduce::Sum, dims.into()), &[x])
    }

    fn contract(&mut self, a: NodeId, b: NodeId, dims: &[Dim]) -> NodeId {
        let mut factors = Factors::new();
        if self.take_apart(a, &mut factors) && self.take_apart(b, &mut factors) {
            return self.sum_of_product(&factors, dims);
        }
        self.plain(Op::Contract(dims.into()), &[a, b])
    }

    /// The factors of a product; false if they are too many.
    fn take_apart(&self, x: NodeId, factors: &mut Factors) -> bool {
        let node = self.to.node(x);
        match node.op {
            _ if self.is_constant(x) => factors.push(x),
            Op::Binary(Binary::Mul) => {
                return self.take_apart(node.args[0], factors)
                    && self.take_apart(node.args[1], factors);
            }
            Op::Unary(Unary::Square) => {
                return self.take_apart(node.args[0], factors)
                    && self.take_apart(node.args[0], factors);
            }
            _ => factors.push(x),
        }
        factors.len() <= MOST_FACTORS
    }

    /// Σ over `dims` of a product; each dimension is in some factor.
    fn sum_of_product(&mut self, factors: &[NodeId], dims: &[Dim]) -> NodeId {
        let last =
            factors.iter().flat_map(|&f| self.to.shape(f).iter()).filter(|d| dims.contains(d));
        let Some(last) = last.max_by_key(|&d| (self.to.size(d), d)) else {
            let factors = factors.to_vec();
            return self.product(&factors);
        };
        // Along the longest dimension first: what does not vary along it waits outside.
        let (inside, outside): (Factors, Factors) =
            factors.iter().copied().partition(|&f| self.to.has_dim(f, last));
        let rest: Dims = dims.iter().copied().filter(|&d| d != last).collect();
        let private: Dims = rest
            .iter()
            .copied()
            .filter(|&d| !outside.iter().any(|&f| self.to.has_dim(f, d)))
            .collect();
        let over: Dims = private.iter().copied().chain([last]).collect();
        let later: Dims = rest.into_iter().filter(|d| !private.contains(d)).collect();
        let sum = self.sum_inside(&inside, &over);
        let sum = self.fold(sum);
        let mut outside = outside;
        outside.push(sum);
        self.sum_of_product(&outside, &later)
    }

    /// Σ over `dims` of factors that all have the longest of them.
    fn sum_inside(&mut self, factors: &[NodeId], dims: &[Dim]) -> NodeId {
        let size = |g: &Graph, f: NodeId| g.count(g.shape(f));
        let largest = (0..factors.len()).rev().max_by_key(|&i| size(&self.to, factors[i]));
        let mut others = Factors::from_slice(factors);
        let mut x = others.remove(largest.unwrap_or_default());
        if others.is_empty() {
            return self.plain(Op::Reduce(Reduce::Sum, dims.into()), &[x]);
        }
        if let Some(near) = self.far_from(x, &mut others) {
            x = self.product(&[near.as_slice(), &[x]].concat());
            x = self.fold(x);
        }
        let y = self.product(&others);
        let y = self.fold(y);
        let only = |g: &Graph, a: NodeId, b: NodeId| -> Dims {
            dims.iter().copied().filter(|&d| g.has_dim(a, d) && !g.has_dim(b, d)).collect()
        };
        let (only_x, only_y) = (only(&self.to, x, y), only(&self.to, y, x));
        let x = if only_x.is_empty() { x } else { self.sum(x, &only_x) };
        let y = if only_y.is_empty() { y } else { self.sum(y, &only_y) };
        let both: Dims = dims
            .iter()
            .copied()
            .filter(|&d| self.to.has_dim(x, d) && self.to.has_dim(y, d))
            .collect();
        self.plain(Op::Contract(both), &[x, y])
    }

    /// Where `others` would make an outer product among themselves, takes out those that fit into `x`.
    fn far_from(&self, x: NodeId, others: &mut Factors) -> Option<Factors> {
        let shapes = || others.iter().map(|&f| self.to.shape(f));
        let all = shapes().fold(Shape::scalar(), |all, shape| all.union(shape, &self.to));
        if shapes().any(|shape| *shape == all) {
            return None;
        }
        let fits = |f: &NodeId| self.to.shape(*f).iter().all(|d| self.to.has_dim(x, d));
        let (near, far): (Factors, Factors) = others.iter().copied().partition(fits);
        if near.is_empty() || far.is_empty() {
            return None;
        }
        *others = far;
        Some(near)
    }

    /// The product of some factors, the smallest first.
    fn product(&mut self, factors: &[NodeId]) -> NodeId {
        let mut factors = factors.to_vec();
        factors.sort_by_key(|&f| (self.to.shape(f).rank(), self.to.count(self.to.shape(f)), f));
        let mut product = self.to.number(1.0);
        for factor in factors {
            product = self.mul(product, factor);
            product = self.fold(product);
        }
        product
    }
}
