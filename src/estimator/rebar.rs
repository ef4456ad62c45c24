//! REBAR: the cost at relaxed values as a control variate, its temperature and its share learnt (Tucker et al. 2017).

use super::control::{Variate, surrogate};
use super::gumbel_softmax::relaxable;
use super::learn::Learned;
use super::{Bias, Card, Default, Drawn, Estimator, OptionCard, OptionValues, Rest, Site, relaxed};
use crate::dist::Signature;
use crate::ir::{Graph, NodeId, Schedule};

pub(super) struct Rebar;

pub(super) const START: OptionCard = OptionCard {
    name: "tau",
    doc: "the temperature at first; it is learnt",
    values: OptionValues::Number { low: 1e-2, high: 1e2 },
    default: Default::Number(Schedule::Constant(0.5)),
};

static CARD: Card = Card {
    name: "rebar",
    doc: "the score function with the relaxed cost as a learnt control variate",
    source: "Tucker, Mnih, Maddison, Lawson & Sohl-Dickstein 2017, eq. 10",
    bias: Bias::None,
    options: &[
        START,
        OptionCard {
            name: "eta",
            doc: "the share of the control variate at first; it is learnt",
            values: OptionValues::Number { low: 0.0, high: 2.0 },
            default: Default::Number(Schedule::Constant(1.0)),
        },
    ],
    needs_smooth: true,
};

impl Estimator for Rebar {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        relaxable(dist)
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        relaxed::draw(g, site)
    }

    fn expect(&self, rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> Option<NodeId> {
        let g = rest.graph();
        let log_tau = log_tau(g, site);
        let start = site.options.number("eta");
        let eta = Some(Learned::new(g, format!("eta of {}", site.name), &[], start));
        surrogate(rest, site, drawn, &Variate { log_tau, eta, net: None })
    }
}

/// The logarithm of the learnt temperature.
pub(super) fn log_tau(g: &mut Graph, site: &Site) -> Learned {
    let tau = site.options.number("tau");
    let start = g.ln(tau);
    Learned::new(g, format!("log tau of {}", site.name), &[], start)
}
