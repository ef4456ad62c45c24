//! Shapes: sets of dimensions in one fixed order, and the shape that each op gives.
//!
//! The order is by size, then by age, the largest last. So a broadcast never transposes, and the longest dimension lies
//! contiguous in memory, where the vector kernels want it. What the user sees keeps the order of the declarations.

use super::{Dim, Entry, Graph, NodeId, Op};
use smallvec::SmallVec;

/// Dimensions in layout order: row-major, the last one contiguous.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Shape(SmallVec<[Dim; 4]>);

impl Shape {
    /// Sorts into layout order and drops repeats.
    pub fn new(graph: &Graph, dims: impl IntoIterator<Item = Dim>) -> Self {
        let mut dims: SmallVec<[Dim; 4]> = dims.into_iter().collect();
        dims.sort_by_key(|&d| (graph.size(d), d));
        dims.dedup();
        Self(dims)
    }

    pub fn scalar() -> Self {
        Self::default()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Dim> + ExactSizeIterator + '_ {
        self.0.iter().copied()
    }

    pub fn dims(&self) -> &[Dim] {
        &self.0
    }

    pub fn contains(&self, dim: Dim) -> bool {
        self.0.contains(&dim)
    }

    pub fn rank(&self) -> usize {
        self.0.len()
    }

    pub fn is_scalar(&self) -> bool {
        self.0.is_empty()
    }

    pub fn union(&self, other: &Shape, graph: &Graph) -> Shape {
        Shape::new(graph, self.iter().chain(other.iter()))
    }

    /// These dimensions without those.
    pub fn without(&self, dims: &[Dim]) -> Shape {
        Shape(self.iter().filter(|d| !dims.contains(d)).collect())
    }

    /// Row-major strides, in elements, one per dimension of this shape.
    pub fn strides(&self, graph: &Graph) -> SmallVec<[usize; 4]> {
        let mut strides: SmallVec<[usize; 4]> = SmallVec::from_elem(1, self.rank());
        for i in (1..self.rank()).rev() {
            strides[i - 1] = strides[i] * graph.size(self.0[i]);
        }
        strides
    }

    /// The position along each dimension of the element at this place of the layout.
    pub fn coordinates(&self, graph: &Graph, place: usize) -> Vec<(Dim, usize)> {
        self.iter().zip(self.strides(graph)).map(|(d, s)| (d, place / s % graph.size(d))).collect()
    }
}

/// The shape of an op on its arguments.
pub(super) fn infer(g: &Graph, op: &Op, args: &[NodeId]) -> Shape {
    let arg = |i: usize| g.shape(args[i]);
    let union = || args.iter().fold(Shape::scalar(), |s, &a| s.union(g.shape(a), g));
    let expect = |n: usize| assert_eq!(args.len(), n, "this is a bug in Elbow: arity of {op:?}");
    match op {
        Op::Const(_) | Op::Knob(_) => Shape::scalar(),
        Op::Data(i) => g.data[*i as usize].shape.clone(),
        Op::Batch(i) => g.batches[*i as usize].shape.clone(),
        Op::Param(i) => g.params[*i as usize].shape.clone(),
        Op::Noise(i) => g.noises[*i as usize].shape.clone(),
        Op::State(i) => g.states[*i as usize].shape.clone(),
        Op::Iota(dim) => Shape::new(g, [*dim]),
        Op::Unary(_) | Op::Stop => {
            expect(1);
            arg(0).clone()
        }
        Op::Binary(_) => {
            expect(2);
            union()
        }
        Op::Select => {
            expect(3);
            union()
        }
        Op::Draw(_) | Op::Slope(..) => union(),
        Op::Expand(dims) => Shape::new(g, arg(0).iter().chain(dims.iter().copied())),
        Op::Reduce(_, dims) => {
            assert!(dims.iter().all(|&d| arg(0).contains(d)), "reduces a dimension it lacks");
            arg(0).without(dims)
        }
        Op::ArgMax(dim) => arg(0).without(&[*dim]),
        Op::Cumsum { dim, .. } => {
            assert!(arg(0).contains(*dim), "cumsum along a dimension it lacks");
            arg(0).clone()
        }
        Op::Contract(dims) => {
            expect(2);
            let both = |d: &Dim| arg(0).contains(*d) && arg(1).contains(*d);
            assert!(dims.iter().all(both), "contracts a dimension that one side lacks");
            union().without(dims)
        }
        Op::Index(entries) => index(g, entries, args),
        Op::Scatter { shape, .. } => Shape::new(g, shape.iter().copied()),
        Op::Assign { row, col } => {
            assert!(arg(0).contains(*row) && arg(0).contains(*col), "matches a dimension it lacks");
            assert_eq!(g.size(*row), g.size(*col), "matches as many rows as columns");
            arg(0).clone()
        }
        Op::TriSolve { row, col, .. } => {
            assert!(arg(1).contains(*row), "solves along a dimension that b lacks");
            union().without(&[*col])
        }
    }
}

fn index(g: &Graph, entries: &[(Dim, Entry)], args: &[NodeId]) -> Shape {
    let value = g.shape(args[0]);
    let gone: SmallVec<[Dim; 4]> = entries.iter().map(|&(d, _)| d).collect();
    assert!(gone.iter().all(|&d| value.contains(d)), "indexes a dimension it lacks");
    let mut dims: SmallVec<[Dim; 8]> = value.without(&gone).iter().collect();
    for &(dim, entry) in entries {
        match entry {
            Entry::At(i) => assert!(i < g.size(dim), "index past the end"),
            Entry::Run { to, start } => {
                assert!(start + g.size(to) <= g.size(dim), "slice past the end");
                dims.push(to);
            }
            Entry::By(i) => dims.extend(g.shape(args[i as usize]).iter()),
        }
    }
    Shape::new(g, dims)
}
