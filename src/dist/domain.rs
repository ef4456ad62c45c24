//! Where values lie, on the nodes of a graph.

use crate::ir::{Dim, NodeId};

/// Where the values of a distribution lie, with bounds as nodes: what the guide is built for.
#[derive(Clone, Debug, PartialEq)]
pub enum Domain {
    Real,
    /// Between bounds that may be missing on either side.
    Interval {
        lower: Option<NodeId>,
        upper: Option<NodeId>,
    },
    Simplex(Dim),
    /// Ascending along the dimension.
    Ordered(Dim),
    /// Lower triangular over rows and columns, with a positive diagonal.
    Cholesky(Dim, Dim),
    /// The Cholesky factor of a correlation matrix: its rows have length 1.
    CorrCholesky(Dim, Dim),
    /// Symmetric and positive definite.
    Cov(Dim, Dim),
    /// Symmetric and positive definite, with 1 on the diagonal.
    Corr(Dim, Dim),
    Binary,
    /// Positions 0 … size−1 of the dimension.
    Index(Dim),
    /// 0, 1, 2 … from a bound on or from 0, up to a bound or for ever.
    Count {
        lower: Option<NodeId>,
        upper: Option<NodeId>,
    },
    /// … −1, 0, 1 …
    Int,
    /// 1 at one place of the dimension, 0 elsewhere.
    OneHot(Dim),
    /// 1 at so many places of the dimension, 0 elsewhere.
    Subset {
        over: Dim,
        size: NodeId,
    },
    /// Places along the dimension: each of 1 … its size once.
    Ranking(Dim),
    /// 1 at one place of each row and of each column, 0 elsewhere.
    Permutation(Dim, Dim),
    /// Counts along the dimension that add up to the node.
    Composition {
        over: Dim,
        total: NodeId,
    },
}
