//! The functions of the language: elementwise ones and operators in `table.rs`, the others in `built_in.rs`, one row each.

mod built_in;
mod table;

use super::model::Interval;
use crate::ir::{Graph, NodeId};

pub use built_in::{BUILT_IN, BuiltIn, Does, does};
pub use table::ALL;

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
    pub gives: Gives,
    /// False for steps: the gradient misses what a jump does.
    pub smooth: bool,
    pub build: fn(&mut Graph, &[NodeId]) -> NodeId,
}

/// The element of a function's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    Real,
    /// Whole where all arguments are.
    AsArguments,
    Whole,
    Binary,
    /// As the last two arguments.
    AsBranches,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    Any,
    Positive,
    Nonneg,
    /// (−1, ∞)
    AboveMinusOne,
    /// (0, 1)
    Unit,
    /// `true` or `false`, by element and not by interval.
    Binary,
}

impl Domain {
    /// The interval that an argument has to lie in.
    pub fn interval(self) -> Interval {
        match self {
            Domain::Any | Domain::Binary => Interval::REAL,
            Domain::Positive => Interval::POSITIVE,
            Domain::Nonneg => Interval::NONNEG,
            Domain::AboveMinusOne => Interval::open(-1.0, f64::INFINITY),
            Domain::Unit => Interval::open(0.0, 1.0),
        }
    }

    /// A function whose values lie in the domain.
    pub fn fix(self) -> &'static str {
        match self {
            Domain::Unit => "sigmoid",
            _ => "exp",
        }
    }
}

/// Other names of rows.
pub static ALIASES: &[(&str, &str)] =
    &[("inv_logit", "sigmoid"), ("expit", "sigmoid"), ("ln", "log")];

/// The row of a function as users call it; operators are found by `operator`.
pub fn find(name: &str) -> Option<&'static Function> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    ALL.iter().find(|f| f.name == name && f.is_called())
}

/// The row of an operator by its sign: `+`, `neg`, `and` …
pub fn operator(sign: &'static str) -> &'static Function {
    let Some(row) = ALL.iter().find(|f| f.name == sign) else {
        unreachable!("every operator of the grammar has a row");
    };
    row
}

impl Function {
    /// Whether users write it as a call, not as an operator.
    pub fn is_called(&self) -> bool {
        let sign = self.name.starts_with(|c: char| !c.is_alphabetic());
        !sign && !matches!(self.name, "neg" | "and" | "or" | "not")
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
