//! What the exact sums share: a finite support, whose values the lowering puts along a dimension of their own.

use super::{Card, Drawn, Estimator, Site};
use crate::dist::Signature;
use crate::ir::Graph;

pub(super) struct Exact {
    pub(super) card: &'static Card,
}

impl Estimator for Exact {
    fn card(&self) -> &'static Card {
        self.card
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        (!dist.support.is_finite()).then_some("needs a latent with a finite support")
    }

    fn samples(&self) -> bool {
        false
    }

    fn draw(&self, _g: &mut Graph, _site: &Site) -> Drawn {
        unreachable!("the lowering gives summed latents their values")
    }
}
