//! Every op of the IR: its name, its arguments, its meaning. A flat table; shapes are computed in `shape.rs`, meanings
//! in f64 in `eval.rs`, derivatives in `grad.rs`.

use super::Dim;
use smallvec::SmallVec;
use std::hash::{Hash, Hasher};

/// An f64 that can be a key: equal and hashed by bits.
#[derive(Clone, Copy, Debug)]
pub struct Real(pub f64);

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Real {}

impl Hash for Real {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    // Leaves. The number picks a row of the graph's table of that kind.
    Const(Real),
    Data(u32),
    /// Rows of a table, filled before each step.
    Batch(u32),
    Param(u32),
    /// Filled with fresh randomness before each step.
    Noise(u32),
    /// A scalar that the fit loop sets before each step: a temperature, a weight.
    Knob(u32),
    /// What an earlier step left behind: a moving baseline.
    State(u32),
    /// 0, 1, 2 … along a dimension.
    Iota(Dim),

    // Elementwise, aligned by name.
    Unary(Unary),
    Binary(Binary),
    /// `[c, a, b]`: a where c is not 0, else b. The branch not taken passes no gradient, whatever it holds.
    Select,
    /// The value without its gradient.
    Stop,
    /// Repeats along the dimensions that the argument lacks.
    Expand(SmallVec<[Dim; 4]>),

    // Along dimensions.
    Reduce(Reduce, SmallVec<[Dim; 4]>),
    /// Position (from 0) of the largest element, the first one on ties.
    ArgMax(Dim),
    /// Running sum from the start, or from the end.
    Cumsum {
        dim: Dim,
        reverse: bool,
    },
    /// `[a, b]`: the product summed over dimensions that both have.
    Contract(SmallVec<[Dim; 4]>),
    /// `[x, indices …]`: each entry replaces one dimension of x; gather, lag, slice, rename, transpose and diagonal in one.
    /// Dimensions named by no entry stay, and align by name with those of the indices.
    Index(SmallVec<[(Dim, Entry); 2]>),
    /// The transpose of `Index`: `[x, indices …]` adds every element of x into a zero array of dimensions `shape` at the
    /// place where `Index` with the same entries would have read it.
    Scatter {
        entries: SmallVec<[(Dim, Entry); 2]>,
        shape: SmallVec<[Dim; 4]>,
    },
    /// `[l, b]`, L lower triangular over `[row, col]`, b over `row`: the x over `row` with `L x = b`, or `Lᵀ x = b` when
    /// transposed. b may have further dimensions, L too: they align by name.
    TriSolve {
        row: Dim,
        col: Dim,
        transposed: bool,
    },
    /// The matching of rows and columns with the largest sum of entries, as a matrix of 1 and 0; all NaN where an entry is. No gradient.
    Assign {
        row: Dim,
        col: Dim,
    },
    /// `[noise, parameters …]`: a draw from a sampler that has no fixed graph. Continuous ones pass an implicit gradient.
    Draw(Sampler),
    /// `[draw, parameters …]`: how fast a draw moves with one parameter, by its number, at the same place of the distribution.
    Slope(Sampler, u8),
}

/// How one dimension of an indexed array is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entry {
    /// At one position: the dimension goes.
    At(usize),
    /// At position `start + i`, i running along `to`: slice, lag, rename; twice along one `to` is a diagonal.
    Run { to: Dim, start: usize },
    /// At the positions that an argument of the node holds (its place among the node's arguments, from 1). Positions are
    /// checked before they get here; one past the end would read the last element.
    By(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduce {
    Sum,
    Prod,
    // NaN if any element is; on ties the gradient is shared evenly.
    Max,
    Min,
    /// log Σ exp, without overflow; of all −∞ it is −∞.
    LogSumExp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    Neg,
    Abs,
    /// −1, 0 or 1; its gradient is 0.
    Sign,
    Floor,
    Exp,
    Expm1,
    Ln,
    Log1p,
    Sqrt,
    Square,
    Recip,
    Sigmoid,
    /// log(1 + exp(x))
    Softplus,
    Tanh,
    Sin,
    Cos,
    Atan,
    Lgamma,
    Digamma,
    Trigamma,
    Erf,
    /// log Φ(x), accurate far into the left tail.
    LogNdtr,
    /// 1 where the argument is 0, else 0.
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    // NaN if either side is; on ties the gradient goes to the first.
    Max,
    Min,
    // 1 or 0; no gradient.
    Lt,
    Le,
    Eq,
}

/// Samplers that need a loop or a rejection step. Arguments after the noise, all with the draw's dimensions:
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sampler {
    /// shape; scale 1
    Gamma,
    /// Two shapes; the log odds of the draw.
    Beta,
    /// mean
    Poisson,
    /// trials, probability
    Binomial,
    /// successes, failures, draws
    Hypergeometric,
    /// concentration; around 0
    VonMises,
}

impl Sampler {
    /// Whether draws move with the parameters at all.
    pub fn is_continuous(self) -> bool {
        matches!(self, Sampler::Gamma | Sampler::Beta | Sampler::VonMises)
    }
}

/// What fills a noise node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Noise {
    /// Standard normal.
    Normal,
    /// Uniform on the open interval (0, 1).
    Uniform,
    /// Standard Gumbel, −log(−log u); never infinite.
    Gumbel,
}
