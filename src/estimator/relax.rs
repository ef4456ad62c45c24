//! RELAX: REBAR's control variate and a small network on the relaxed variables (Grathwohl et al. 2018).

use super::control::{Controlled, START};
use super::{Bias, Card};

pub(super) static RELAX: Controlled = Controlled { card: &CARD, units: Some(10) };

static CARD: Card = Card {
    name: "relax",
    doc: "the score function with the relaxed cost and a learnt network as control variate",
    source: "Grathwohl, Choi, Wu, Roeder & Duvenaud 2018, eq. 8",
    bias: Bias::None,
    options: &[START],
    needs_smooth: true,
};
