//! What the checker, the help and the tests know of a distribution without building a graph.

use super::{Call, Domain};
use crate::ir::Graph;
use std::f64::consts::PI;

pub struct Signature {
    pub name: &'static str,
    /// Alternative parameter lists; arguments by position are the first one's. No two forms have the same set of names.
    pub forms: &'static [Form],
    pub support: Support,
    pub event: Event,
    /// One line, for lists and help.
    pub doc: &'static str,
    /// The density, one line of text: `exp(−|x − loc| / scale) / (2 scale)`.
    pub density: &'static str,
    /// A statement that checks, with literal parameters; `dim` statements before it, if any, stand on lines of their own.
    pub example: &'static str,
}

pub struct Form {
    pub params: &'static [Param],
}

pub struct Param {
    pub name: &'static str,
    pub needs: Needs,
    pub doc: &'static str,
}

/// What a parameter has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Real,
    Positive,
    Nonneg,
    Unit,
    Count,
    /// Real, with the event dimension: logits, a mean vector.
    RealVector,
    /// Positive, with the event dimension.
    PositiveVector,
    /// A simplex over the event dimension.
    Simplex,
    /// Ascending along the second event dimension, which has one position fewer than the first.
    Cutpoints,
    /// A lower triangular factor with positive diagonal over the two event dimensions.
    Cholesky,
    /// Another distribution: what a wrapper wraps. Always the first or second parameter of a wrapper.
    Distribution,
    /// The name of a dimension.
    Dimension,
}

/// Where draws lie, as far as the name alone tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    Real,
    /// (0, ∞)
    Positive,
    /// [0, ∞)
    Nonneg,
    /// [0, 1]
    Unit,
    /// [−π, π]
    Angle,
    /// Between the parameters of these names; a name that the form lacks is no bound. Of a wrapper: and where the wrapped
    /// distribution is.
    Between(&'static str, &'static str),
    /// Between the parameters of these names, with a mass at each of them.
    Clamped(&'static str, &'static str),
    /// From the parameter of this name on.
    Above(&'static str),
    Binary,
    /// A position along the event dimension.
    Index,
    Count,
    /// 0 … the parameter of this name.
    CountTo(&'static str),
    /// Counts between the parameters of these names.
    CountBetween(&'static str, &'static str),
    /// … −1, 0, 1 …
    Int,
    Simplex,
    Ordered,
    /// Counts over the event dimension that add up to the parameter of this name.
    Composition(&'static str),
    /// 1 at one place of the event dimension, 0 elsewhere.
    OneHot,
    /// 1 at as many places of the event dimension as the parameter of this name says, 0 elsewhere.
    Subset(&'static str),
    /// Places along the event dimension: each of 1 … its size once.
    Ranking,
    /// 1 at one place of each row and each column over the two event dimensions, 0 elsewhere.
    Permutation,
    /// Lower triangular over the two event dimensions, with a positive diagonal.
    Cholesky,
    /// A Cholesky factor whose rows have length 1.
    CorrCholesky,
    /// As the wrapped distribution.
    Inner,
}

impl Support {
    pub fn is_discrete(self) -> bool {
        matches!(
            self,
            Support::Binary
                | Support::Index
                | Support::Count
                | Support::CountTo(_)
                | Support::CountBetween(..)
                | Support::Int
                | Support::Composition(_)
                | Support::OneHot
                | Support::Subset(_)
                | Support::Ranking
                | Support::Permutation
        )
    }

    /// Whether a discrete value is a vector or a matrix, whose elements go together.
    pub fn is_vector(self) -> bool {
        matches!(self, Support::Subset(_) | Support::Ranking | Support::Permutation)
    }

    /// Whether a discrete value has a relaxation: a temperature moves it between its values.
    pub fn relaxes(self) -> bool {
        self.is_vector() || matches!(self, Support::Binary | Support::Index)
    }

    /// Whether there are finitely many values, for each element by itself or each vector as a whole.
    pub fn is_finite(self) -> bool {
        matches!(
            self,
            Support::Binary
                | Support::Index
                | Support::CountTo(_)
                | Support::CountBetween(..)
                | Support::Subset(_)
                | Support::Ranking
                | Support::Permutation
        )
    }

    /// Whether some guide draws such values, so that a latent can have them.
    pub fn has_guide(self) -> bool {
        !matches!(
            self,
            Support::Clamped(..) | Support::Int | Support::Composition(_) | Support::OneHot
        )
    }

    /// The name of the parameter that no count exceeds.
    pub fn most(self) -> Option<&'static str> {
        match self {
            Support::CountTo(most) | Support::CountBetween(_, most) => Some(most),
            _ => None,
        }
    }

    /// The names of the parameters that are its least and its largest value.
    pub fn bounds(self) -> [Option<&'static str>; 2] {
        match self {
            Support::Between(lower, upper)
            | Support::Clamped(lower, upper)
            | Support::CountBetween(lower, upper) => [Some(lower), Some(upper)],
            Support::Above(lower) => [Some(lower), None],
            _ => [None, None],
        }
    }
}

/// What the event dimensions do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// None: every element of the site is its own draw.
    Scalar,
    /// Parameters have one more dimension, the classes, and the draw is a position along it.
    Classes,
    /// A draw is a vector over one dimension, which the site gets behind those of its left side.
    Vector,
    /// A draw is a square over two dimensions, D and D', which the site gets behind those of its left side.
    Matrix,
    /// A draw is a matrix over two dimensions of one size: those that its parameters have besides the left side's, which the site
    /// gets behind these, or the last two of the left side.
    Pair,
    /// Parameters have one more dimension, which the density sums out: the components of a mixture.
    Components,
}

impl Signature {
    /// The parameter's place in a form.
    pub fn position(&self, form: usize, name: &str) -> Option<usize> {
        self.forms[form].params.iter().position(|p| p.name == name)
    }

    /// The first form that has a parameter of this name.
    pub fn form_with(&self, name: &str) -> Option<usize> {
        self.forms.iter().position(|f| f.params.iter().any(|p| p.name == name))
    }

    pub fn is_wrapper(&self) -> bool {
        let wraps = |p: &Param| p.needs == Needs::Distribution;
        self.forms.iter().any(|f| f.params.iter().any(wraps))
    }
}

/// The domain that a signature's support means for given parameters.
pub(super) fn domain(g: &mut Graph, s: &Signature, c: &Call) -> Domain {
    let named = |name: &str| c.arg(name);
    let zero = |g: &mut Graph| Some(g.number(0.0));
    match s.support {
        Support::Real => Domain::Real,
        Support::Positive | Support::Nonneg => Domain::Interval { lower: zero(g), upper: None },
        Support::Unit => {
            let lower = zero(g);
            Domain::Interval { lower, upper: Some(g.number(1.0)) }
        }
        Support::Angle => {
            Domain::Interval { lower: Some(g.number(-PI)), upper: Some(g.number(PI)) }
        }
        Support::Between(..) | Support::Clamped(..) | Support::Above(_) => {
            let [lower, upper] = s.support.bounds().map(|name| name.and_then(named));
            Domain::Interval { lower, upper }
        }
        Support::Binary => Domain::Binary,
        Support::Index => Domain::Index(c.event[0]),
        Support::Count => Domain::Count { lower: None, upper: None },
        Support::CountTo(name) => Domain::Count { lower: None, upper: named(name) },
        Support::CountBetween(low, high) => Domain::Count { lower: named(low), upper: named(high) },
        Support::Int => Domain::Int,
        Support::OneHot => Domain::OneHot(c.event[0]),
        Support::Subset(size) => {
            let Some(size) = named(size) else {
                unreachable!("{}: names a parameter of each form", s.name)
            };
            Domain::Subset { over: c.event[0], size }
        }
        Support::Ranking => Domain::Ranking(c.event[0]),
        Support::Permutation => Domain::Permutation(c.event[0], c.event[1]),
        Support::Cholesky => Domain::Cholesky(c.event[0], c.event[1]),
        Support::CorrCholesky => Domain::CorrCholesky(c.event[0], c.event[1]),
        Support::Simplex => Domain::Simplex(c.event[0]),
        Support::Ordered => Domain::Ordered(c.event[0]),
        Support::Composition(name) => {
            let Some(total) = named(name) else {
                unreachable!("{}: names a parameter of each form", s.name)
            };
            Domain::Composition { over: c.event[0], total }
        }
        Support::Inner => c.inner().domain(g),
    }
}

/// Whether a parameter is among `Call::args`: distributions and dimensions are not.
pub(super) fn is_node(needs: Needs) -> bool {
    !matches!(needs, Needs::Distribution | Needs::Dimension)
}
