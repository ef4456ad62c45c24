//! Implicit reparameterisation: Gamma, Beta and Dirichlet guides, whose draws have a gradient through their distribution
//! function, dz/dθ = −(∂F/∂θ)/p(z). A Beta is a ratio of two Gammas and a Dirichlet of several, so that of a Gamma is enough.

use super::{Bias, Card, Drawn, Estimator, Site, pathwise};
use crate::dist::{Signature, Support};
use crate::ir::Graph;

pub(super) struct Implicit;

static CARD: Card = Card {
    name: "implicit",
    doc: "draws from the latent's own family, differentiated through its distribution function",
    source: "Figurnov, Mohamed & Mnih 2018, eq. 6",
    bias: Bias::None,
    options: &[],
    needs_smooth: true,
};

impl Estimator for Implicit {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        use Support::{Above, Between, Nonneg, Positive, Simplex, Unit};
        let serves =
            matches!(dist.support, Positive | Nonneg | Unit | Simplex | Above(_) | Between(..));
        (!serves).then_some("needs a latent with a lower bound, in an interval or on a simplex")
    }

    fn refuses_guide(&self, q: &Signature) -> Option<&'static str> {
        let known = ["Gamma", "InverseGamma", "Beta", "Dirichlet"].contains(&q.name);
        (!known).then_some("needs a guide that is Gamma, InverseGamma, Beta or Dirichlet")
    }

    fn keeps_family(&self) -> bool {
        true
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        pathwise::drawn(g, site)
    }
}
