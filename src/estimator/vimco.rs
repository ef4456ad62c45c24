//! VIMCO: the score function for draws that are weighed against each other. Each is compared with the bound in which the
//! geometric mean of the other weights stands for its own (Mnih & Rezende 2016, eq. 10).

use super::reinforce::weighed_score;
use super::{Aim, Bias, Card, Drawn, Estimator, Rest, Site, StandIn, Value, credit};
use crate::dist::Signature;
use crate::ir::{Graph, NodeId};

pub(super) struct Vimco;

static CARD: Card = Card {
    name: "vimco",
    doc: "weighs the score of each draw of a bound by what it adds to it",
    source: "Mnih & Rezende 2016, eq. 10",
    bias: Bias::None,
    options: &[],
    needs_smooth: false,
};

impl Estimator for Vimco {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, _dist: &Signature) -> Option<&'static str> {
        None
    }

    fn misses(&self, aim: Aim, _dist: &Signature) -> Option<&'static str> {
        (aim != Aim::Weighed).then_some("compares draws that are weighed against each other")
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        let drawn = site.q.draw(g, &site.all_dims(), site.name).node();
        Value::Plain(g.stop(drawn)).into()
    }

    fn expect(&self, rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> Option<NodeId> {
        let Value::Plain(z) = drawn.value else { unreachable!("its draws are hard") };
        let bound = credit(rest, drawn.value);
        let Some(without) = rest.left_out(StandIn::GeometricMean) else {
            unreachable!("the plan refuses it where draws are not weighed");
        };
        let g = rest.graph();
        let bound = g.stop(bound);
        let gain = g.sub(bound, without);
        Some(weighed_score(g, site, z, gain))
    }
}
