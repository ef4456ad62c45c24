//! Exact expectation under q by summing over the support: no bias, no variance.
//!
//! The value is the position along a fresh dimension; only costs that depend on the latent carry it. The objective sums
//! them with the weights q, because they are linear in it.

use super::{Bias, Card, Estimator, Site, Value};
use crate::dist::{Signature, Support};
use crate::ir::Graph;

pub(super) struct Enumerate;

static CARD: Card = Card {
    name: "enumerate",
    doc: "sums over every value, weighted by the variational masses",
    source: "Ranganath, Gerrish & Blei 2014, eq. 2, summed instead of sampled",
    bias: Bias::Exact,
    options: &[],
    needs_smooth: false,
};

impl Estimator for Enumerate {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        finite(dist)
    }

    fn samples(&self) -> bool {
        false
    }

    fn draw(&self, _g: &mut Graph, _site: &Site) -> Value {
        unreachable!("the lowering gives enumerated latents their values")
    }
}

/// Why a distribution has no finite support.
pub(super) fn finite(dist: &Signature) -> Option<&'static str> {
    let finite = matches!(dist.support, Support::Binary | Support::Index | Support::CountTo(_));
    (!finite).then_some("needs a latent with a finite support")
}
