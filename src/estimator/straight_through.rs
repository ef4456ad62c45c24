//! Straight-through Gumbel-Softmax: `gumbel_softmax(hard = true)` under its usual name (Jang, Gu & Poole 2017, section 2.2).

use super::gumbel_softmax::{TAU, relaxable, relaxed};
use super::{Aim, Bias, Card, Drawn, Estimator, Site};
use crate::dist::Signature;
use crate::ir::Graph;

pub(super) struct StraightThrough;

static CARD: Card = Card {
    name: "straight_through",
    doc: "hard draws forward, the relaxed draw's gradient backward",
    source: "Bengio, Léonard & Courville 2013; Jang, Gu & Poole 2017, section 2.2",
    bias: Bias::Biased,
    options: &[TAU],
    needs_smooth: true,
};

impl Estimator for StraightThrough {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        relaxable(dist)
    }

    fn misses(&self, aim: Aim, _dist: &Signature) -> Option<&'static str> {
        super::gumbel_softmax::scoreless(aim)
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        relaxed(g, site, true).into()
    }
}
