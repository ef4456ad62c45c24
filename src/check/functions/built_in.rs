//! Calls beside the elementwise ones: over dimensions, along them, or making some. One row each.

use crate::check::model::{Along, Reduction};

/// A row: what the checker and `elbow list functions` know of it.
pub struct BuiltIn {
    pub name: &'static str,
    pub usage: &'static str,
    pub doc: &'static str,
    pub does: Does,
}

/// What the checker makes of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Does {
    /// Of two arguments `max` and `min` are elementwise.
    Reduce(Reduction),
    Along(Along),
    Assignment,
    OneHot,
    Size,
    Fill(f64),
}

const fn row(name: &'static str, usage: &'static str, doc: &'static str, does: Does) -> BuiltIn {
    BuiltIn { name, usage, doc, does }
}

/// Every one.
pub static BUILT_IN: &[BuiltIn] = &[
    row(
        "sum",
        "sum(x over d)",
        "the sum; sum(x by k) adds to the places that an index names",
        Does::Reduce(Reduction::Sum),
    ),
    row("prod", "prod(x over d)", "the product", Does::Reduce(Reduction::Prod)),
    row("mean", "mean(x over d)", "the mean", Does::Reduce(Reduction::Mean)),
    row("max", "max(x over d)", "the largest", Does::Reduce(Reduction::Max)),
    row("min", "min(x over d)", "the smallest", Does::Reduce(Reduction::Min)),
    row(
        "logsumexp",
        "logsumexp(x over d)",
        "log of the sum of exp(x), without overflow",
        Does::Reduce(Reduction::LogSumExp),
    ),
    row("all", "all(x over d)", "whether all are true", Does::Reduce(Reduction::All)),
    row("any", "any(x over d)", "whether any is true", Does::Reduce(Reduction::Any)),
    row(
        "argmax",
        "argmax(x over d)",
        "the position of the largest, the first of equals",
        Does::Reduce(Reduction::ArgMax),
    ),
    row("softmax", "softmax(x over d)", "exp(x) over its sum", Does::Along(Along::Softmax)),
    row("log_softmax", "log_softmax(x over d)", "log of softmax", Does::Along(Along::LogSoftmax)),
    row("cumsum", "cumsum(x over d)", "the sum up to each place", Does::Along(Along::Cumsum)),
    row(
        "assignment",
        "assignment(x over [a, b])",
        "the matching with the largest sum of entries, as a matrix of 1 and 0",
        Does::Assignment,
    ),
    row("onehot", "onehot(k)", "1 at the position k, else 0", Does::OneHot),
    row("size", "size(d)", "how many a dimension has", Does::Size),
    row("zeros", "zeros(d)", "0 along dimensions", Does::Fill(0.0)),
    row("ones", "ones(d)", "1 along dimensions", Does::Fill(1.0)),
];

/// What a built-in call does.
pub fn does(name: &str) -> Option<Does> {
    BUILT_IN.iter().find(|row| row.name == name).map(|row| row.does)
}
