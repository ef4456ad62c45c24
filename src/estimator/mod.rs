//! Gradient estimators: one file each, all in `ALL`.
//!
//! An estimator belongs to a latent and is two functions over the rest of the computation (the ADEV view, Lew et al. 2023):
//! `draw` makes the value that the model sees, and `expect` turns the costs that depend on it into nodes whose value
//! estimates their expectation and whose gradient estimates its gradient.

use crate::dist::{Call, Signature};
use crate::ir::{Dim, Graph, NodeId};

/// What lists, `plan` and the checker know of an estimator.
pub struct Card {
    pub name: &'static str,
    pub doc: &'static str,
    pub source: &'static str,
    pub bias: Bias,
    pub options: &'static [OptionCard],
    /// Whether gradients flow through the value, so that every use has to be smooth.
    pub needs_smooth: bool,
}

pub struct OptionCard {
    pub name: &'static str,
    pub doc: &'static str,
    pub values: OptionValues,
    pub default: &'static str,
}

/// What an option may be set to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OptionValues {
    /// A number or a schedule, between these ends.
    Number {
        low: f64,
        high: f64,
    },
    Flag,
    Words(&'static [&'static str]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bias {
    /// The exact expectation: no bias, no variance.
    Exact,
    None,
    Biased,
}

/// The value that the rest of the model sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Plain(NodeId),
    /// A point of the simplex over `dim` in place of a position along it.
    Soft {
        simplex: NodeId,
        dim: Dim,
    },
}
