//! Hard Concrete gates: a relaxed Bernoulli, stretched beyond [0, 1] and clipped, so that gates are exactly 0 or 1 with positive
//! probability and gradients flow all the same (Louizos, Welling & Kingma 2018).
//!
//! The Concrete variable is placed such that q of the guide is the probability of a gate that is not 0 (their eq. 11): KL to the
//! prior, which is the L0 penalty, is then the closed form of two Bernoullis, and the hard draws that are reported agree with it.

use super::{
    Aim, Bias, Card, Default, Drawn, Estimator, OptionCard, OptionValues, Site, Value, relaxed,
};
use crate::dist::{Signature, Support};
use crate::ir::{Graph, NodeId, Noise, Schedule};

pub(super) struct HardConcrete;

const fn number(name: &'static str, doc: &'static str, ends: (f64, f64), usual: f64) -> OptionCard {
    OptionCard {
        name,
        doc,
        values: OptionValues::Number { low: ends.0, high: ends.1 },
        default: Default::Number(Schedule::Constant(usual)),
    }
}

static CARD: Card = Card {
    name: "hard_concrete",
    doc: "a relaxed gate, stretched and clipped: exact zeros with a gradient",
    source: "Louizos, Welling & Kingma 2018, eqs. 10 and 11",
    bias: Bias::Biased,
    options: &[
        OptionCard {
            name: "beta",
            doc: "temperature; a number, a schedule, `auto` or `learnt`",
            values: OptionValues::Temperature { low: 1e-2, high: 10.0 },
            default: Default::Number(Schedule::Constant(0.667)),
        },
        number("gamma", "the lower end of the stretched gate, below 0", (-10.0, -1e-3), -0.1),
        number("zeta", "the upper end of the stretched gate, above 1", (1.001, 10.0), 1.1),
    ],
    needs_smooth: true,
};

impl Estimator for HardConcrete {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        (dist.support != Support::Binary).then_some("needs a Bernoulli latent")
    }

    fn misses(&self, aim: Aim, _dist: &Signature) -> Option<&'static str> {
        (aim != Aim::Elbo).then_some("needs the closed form of its KL")
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        let dims = site.all_dims();
        let u = g.add_noise(site.name, &dims, Noise::Uniform);
        let noise = relaxed::logit(g, u);
        let [beta, gamma, zeta] = ["beta", "gamma", "zeta"].map(|name| site.options.number(name));
        let place = location(g, site, [beta, gamma, zeta]);
        let noisy = g.add(place, noise);
        let tempered = g.div(noisy, beta);
        let soft = g.sigmoid(tempered);
        let width = g.sub(zeta, gamma);
        let wide = g.mul(width, soft);
        let stretched = g.add(gamma, wide);
        let (zero, one) = (g.number(0.0), g.number(1.0));
        let above = g.max(stretched, zero);
        Value::Plain(g.min(above, one)).into()
    }
}

/// The location of the Concrete variable: the logit of a gate that is not 0, and β log(−γ/ζ).
fn location(g: &mut Graph, site: &Site, [beta, gamma, zeta]: [NodeId; 3]) -> NodeId {
    let [logit] = site.q.args();
    let below = g.neg(gamma);
    let odds = g.div(below, zeta);
    let log = g.ln(odds);
    let shift = g.mul(beta, log);
    g.add(logit, shift)
}
