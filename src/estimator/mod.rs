//! Gradient estimators: one file each, all in `ALL`.
//!
//! An estimator belongs to a latent and is two functions over the rest of the computation (the ADEV view, Lew et al. 2023):
//! `draw` makes the value that the model sees, and `expect` turns the costs that depend on it into nodes whose value
//! estimates their expectation and whose gradient estimates its gradient.

mod card;
mod enumerate;
mod exact;
mod gumbel_softmax;
mod marginalize;
mod pathwise;
mod reinforce;
mod straight_through;

pub use card::{Bias, Card, Default, OptionCard, OptionValues, Options};

use crate::dist::{Call, Signature};
use crate::ir::{Dim, Graph, NodeId};

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

/// A latent as its estimator sees it: a draw from q, in unconstrained space where it is continuous.
pub struct Site<'a> {
    pub name: &'a str,
    /// The variational distribution, on the nodes of its parameters.
    pub q: &'a Call,
    /// Dimensions of a draw, without `draws`.
    pub dims: &'a [Dim],
    /// The Monte Carlo dimension; `None` for sites that are not sampled.
    pub draws: Option<Dim>,
    pub options: &'a Options,
}

pub trait Estimator: Sync {
    fn card(&self) -> &'static Card;

    /// Why it cannot serve a latent with this distribution, as the rest of a sentence: `needs a finite support`.
    fn refuses(&self, dist: &Signature) -> Option<&'static str>;

    /// Whether the latent is drawn along the Monte Carlo dimension.
    fn samples(&self) -> bool {
        true
    }

    /// The value that the model sees, with dimensions `site.dims` and, for sampled sites, `site.draws`.
    fn draw(&self, g: &mut Graph, site: &Site) -> Value;

    /// `costs` depend on the draw. Each has the dimensions of the site that credit is kept along, and may have further ones
    /// (`draws`, those of enumerated latents). The estimator may push a surrogate of value 0 whose gradient
    /// is what the costs' own gradient lacks.
    fn expect(&self, _g: &mut Graph, _site: &Site, _value: Value, _costs: &mut Vec<NodeId>) {}
}

/// Every estimator, in the order that lists show them.
pub static ALL: &[&dyn Estimator] = &[
    &pathwise::Pathwise,
    &gumbel_softmax::GumbelSoftmax,
    &straight_through::StraightThrough,
    &reinforce::Reinforce,
    &enumerate::ENUMERATE,
    &marginalize::MARGINALIZE,
];

pub fn find(name: &str) -> Option<&'static dyn Estimator> {
    ALL.iter().copied().find(|e| e.card().name == name)
}
