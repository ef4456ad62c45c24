//! Summing a latent out of the model: log Σ_z p(z) p(x | z). It has no q; its values are drawn back after the fit.

use super::enumerate::finite;
use super::{Bias, Card, Estimator, Site, Value};
use crate::dist::Signature;
use crate::ir::Graph;

pub(super) struct Marginalize;

static CARD: Card = Card {
    name: "marginalize",
    doc: "sums the latent out of the model, and draws it back after the fit",
    source: "variable elimination; the bound is the tighter one without the latent",
    bias: Bias::Exact,
    options: &[],
    needs_smooth: false,
};

impl Estimator for Marginalize {
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
        unreachable!("the lowering gives marginalised latents their values")
    }
}
