//! RELAX: REBAR's control variate and a small network on the relaxed variables (Grathwohl et al. 2018).

use super::control::{Net, Variate, surrogate};
use super::gumbel_softmax::relaxable;
use super::rebar::{START, log_tau};
use super::{Bias, Card, Drawn, Estimator, Rest, Site, relaxed};
use crate::dist::Signature;
use crate::ir::{Graph, NodeId};

pub(super) struct Relax;

const UNITS: usize = 10;

static CARD: Card = Card {
    name: "relax",
    doc: "the score function with the relaxed cost and a learnt network as control variate",
    source: "Grathwohl, Choi, Wu, Roeder & Duvenaud 2018, eq. 8",
    bias: Bias::None,
    options: &[START],
    needs_smooth: true,
};

impl Estimator for Relax {
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
        let net = Some(Net::new(g, site, relaxed::classes(site), UNITS));
        surrogate(rest, site, drawn, &Variate { log_tau, eta: None, net })
    }
}
