//! The elementwise functions of the language: one row each.

use super::model::Interval;
use crate::ir::{Graph, NodeId};

/// A row: what the checker, the lowering and `elbow list functions` know of a function.
pub struct Function {
    pub name: &'static str,
    /// Names of the arguments.
    pub params: &'static [&'static str],
    pub doc: &'static str,
    /// The interval of the value from those of the arguments.
    pub support: fn(&[Interval]) -> Interval,
    /// What each argument may be; outside it the value is NaN or infinite.
    pub domain: &'static [Domain],
    /// Whether the value is whole where all arguments are.
    pub whole: bool,
    /// False for steps: the gradient misses what a jump does.
    pub smooth: bool,
    pub build: fn(&mut Graph, &[NodeId]) -> NodeId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    Any,
    Positive,
    Nonneg,
    /// (−1, ∞)
    AboveMinusOne,
    Whole,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
