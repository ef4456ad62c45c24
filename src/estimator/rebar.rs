//! REBAR: the cost at relaxed values as a control variate, its temperature and its share learnt (Tucker et al. 2017).

use super::control::{Controlled, START};
use super::{Bias, Card, Default, OptionCard, OptionValues};
use crate::ir::Schedule;

pub(super) static REBAR: Controlled = Controlled { card: &CARD, units: None };

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
