//! DisARM: two antithetic draws of all elements, and half the difference of their costs (Dong, Mnih & Tucker 2020, eq. 9; the
//! same as U2G, Yin et al. 2020). ARM's own estimator is what it averages.

use super::{Bias, Card, Drawn, Estimator, Rest, Site, Value, along, credit};
use crate::dist::{Signature, Support};
use crate::ir::{Graph, NodeId, Noise};

pub(super) struct Disarm;

static CARD: Card = Card {
    name: "disarm",
    doc: "half the cost difference of two antithetic draws, where they differ",
    source: "Dong, Mnih & Tucker 2020, eq. 9",
    bias: Bias::None,
    options: &[],
    needs_smooth: false,
};

impl Estimator for Disarm {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        (dist.support != Support::Binary).then_some("needs a Bernoulli latent")
    }

    fn compares(&self) -> bool {
        true
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        let dims = site.all_dims();
        let u = g.add_noise(site.name, &dims, Noise::Uniform);
        let [logit] = site.q.args();
        let minus = g.neg(logit);
        let zero_mass = g.sigmoid(minus);
        let b = g.lt(zero_mass, u);
        Drawn { value: Value::Plain(b), noise: Some(u) }
    }

    fn expect(&self, rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> Option<NodeId> {
        let (Value::Plain(b), Some(u)) = (drawn.value, drawn.noise) else {
            unreachable!("its draws are hard and keep their noise");
        };
        let [logit] = site.q.args();
        let other = {
            let g = rest.graph();
            let mass = g.sigmoid(logit);
            g.lt(u, mass)
        };
        let cost = credit(rest, drawn.value);
        let other_cost = credit(rest, Value::Plain(other));
        let g = rest.graph();
        let gain = g.sub(cost, other_cost);
        // b − b̃ is (−1)^b̃ where the two differ, and 0 where they do not.
        let sign = g.sub(b, other);
        let size = g.abs(logit);
        let strength = g.sigmoid(size);
        let weight = g.mul(sign, strength);
        let slope = g.mul(gain, weight);
        let slope = g.scale(0.5, slope);
        Some(along(g, logit, slope))
    }
}
