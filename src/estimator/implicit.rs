//! Implicit reparameterisation: guides of the latent's own family, whose draws move with the parameters so that they stay
//! where they are in the distribution, dz/dθ = −(∂F/∂θ)/p(z).
//!
//! Angles move along the circle. Where costs are not the same on both sides of its cut, what crosses the cut changes them at
//! once: the surrogate is that current times the difference, which is 0 for costs that know angles by sines and cosines.

use super::mvd::gains;
use super::{Bias, Card, Drawn, Estimator, Rest, Site, Value};
use crate::dist::{Draw, Event, Signature, Support};
use crate::ir::{Graph, NodeId};
use std::f64::consts::PI;

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
        use Support::{Above, Angle, Between, Nonneg, Positive, Real, Simplex, Unit};
        let serves = match dist.support {
            Simplex => true,
            Real | Positive | Nonneg | Unit | Angle | Above(_) | Between(..) => {
                matches!(dist.event, Event::Scalar | Event::Components)
            }
            _ => false,
        };
        (!serves).then_some("needs a continuous latent of single numbers, or a simplex")
    }

    fn refuses_guide(&self, q: &Signature) -> Option<&'static str> {
        let known = ["Gamma", "InverseGamma", "Beta", "Dirichlet"].contains(&q.name);
        (!known).then_some("needs a guide that is Gamma, InverseGamma, Beta or Dirichlet")
    }

    fn keeps_family(&self) -> bool {
        true
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        let dims = site.all_dims();
        let z = match site.q.draw(g, &dims, site.name) {
            Draw::Pathwise(z) => z,
            Draw::Detached(z) => {
                let Some(z) = site.q.dist.implicit(g, z, site.q) else {
                    unreachable!("{}: guides move", site.q.dist.signature().name)
                };
                z
            }
        };
        Value::Plain(z).into()
    }

    fn expect(&self, rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> Option<NodeId> {
        let is_angle = site.q.dist.signature().support == Support::Angle;
        is_angle.then(|| across_the_cut(rest, site, drawn))
    }
}

/// −q(π) (f(π) − f(−π)) dz/dθ at the cut.
fn across_the_cut(rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> NodeId {
    let g = rest.graph();
    let part = g.dim("part", 2);
    let ends = g.add_data("ends of the circle", &[part], vec![-PI, PI].into());
    let gains = gains(rest, site, drawn, ends, part);
    let g = rest.graph();
    let (before, beyond) = (g.at(gains, part, 1), g.at(gains, part, 0));
    let gain = g.sub(beyond, before);
    let cut = g.number(PI);
    let log_density = site.q.log_prob(g, cut);
    let density = g.exp(log_density);
    let current = g.mul(density, gain);
    let current = g.stop(current);
    let Some(moved) = site.q.dist.implicit(g, cut, site.q) else {
        unreachable!("angles move along the circle")
    };
    let way = g.sub(moved, cut);
    g.mul(current, way)
}
