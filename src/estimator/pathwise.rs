//! Pathwise (reparameterised) gradients: z = g(ε, θ), so the gradient flows through the draw.

use super::{Bias, Card, Drawn, Estimator, Site, Value};
use crate::dist::Signature;
use crate::ir::Graph;

pub(super) struct Pathwise;

static CARD: Card = Card {
    name: "pathwise",
    doc: "draws are a differentiable function of noise and parameters",
    source: "Kingma & Welling 2014, eq. 4; Rezende, Mohamed & Wierstra 2014",
    bias: Bias::None,
    options: &[],
    needs_smooth: true,
};

impl Estimator for Pathwise {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        dist.support.is_discrete().then_some("needs a continuous latent")
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        let dims = site.all_dims();
        Value::Plain(site.q.draw(g, &dims, site.name).node()).into()
    }
}
