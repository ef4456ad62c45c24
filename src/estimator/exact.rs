//! What the exact sums share: a finite support, whose values the lowering puts along a dimension of their own.

use super::{Aim, Card, Drawn, Estimator, Site};
use crate::dist::Signature;
use crate::ir::Graph;

pub(super) struct Exact {
    pub(super) card: &'static Card,
    /// Why it cannot serve where draws are weighed.
    pub(super) unweighed: Option<&'static str>,
}

impl Estimator for Exact {
    fn card(&self) -> &'static Card {
        self.card
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        (!dist.support.is_finite()).then_some("needs a latent with a finite support")
    }

    fn misses(&self, aim: Aim, _dist: &Signature) -> Option<&'static str> {
        self.unweighed.filter(|_| aim == Aim::Weighed)
    }

    fn samples(&self) -> bool {
        false
    }

    fn draw(&self, _g: &mut Graph, _site: &Site) -> Drawn {
        unreachable!("the lowering gives summed latents their values")
    }
}
