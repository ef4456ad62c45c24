//! Gumbel–Sinkhorn: a relaxed permutation whose rows and columns both add up to 1 (Mena, Belanger, Linderman & Snoek 2018).
//!
//! What is normalised is the relaxed draw by turns, not the noisy scores: those fall to the matching with the largest sum of them,
//! whose distribution has no known mass and is not q's; this one falls to q's own draw from the same noise. So does `hard`, which
//! rounds the relaxed matching by the Hungarian method: the matching with the largest product of its entries. Normalising couples
//! each row with those after it, which q's rows are not, so that a fit may end far from where the ELBO is largest: `elbow variance`
//! and the ELBO of hard draws tell.

use super::{
    Aim, Bias, Card, Default, Drawn, Estimator, OptionCard, OptionValues, Site, Value,
    gumbel_softmax::{self, straight},
    structured,
};
use crate::dist::{Signature, Support};
use crate::ir::{Graph, Schedule};

pub(super) struct GumbelSinkhorn;

static CARD: Card = Card {
    name: "gumbel_sinkhorn",
    doc: "a relaxed matching whose rows and columns are normalised in turn",
    source: "Sinkhorn 1964; Mena, Belanger, Linderman & Snoek 2018, eq. 5",
    bias: Bias::Biased,
    options: &[
        gumbel_softmax::TAU,
        OptionCard {
            name: "rounds",
            doc: "how often columns and rows are normalised",
            values: OptionValues::Count { low: 1, high: 1000 },
            default: Default::Number(Schedule::Constant(20.0)),
        },
        OptionCard {
            name: "hard",
            doc: "the nearest matching forward, the relaxed one's gradient backward",
            values: OptionValues::Flag,
            default: Default::Flag(false),
        },
    ],
    needs_smooth: true,
};

impl Estimator for GumbelSinkhorn {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        (dist.support != Support::Permutation).then_some("needs a Permutation latent")
    }

    fn misses(&self, aim: Aim, dist: &Signature) -> Option<&'static str> {
        gumbel_softmax::scoreless(aim).or_else(|| gumbel_softmax::unbounded(aim, dist))
    }

    /// Columns first, so that rows add up to 1 exactly.
    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        let [row, column] = [site.q.event[0], site.q.event[1]];
        let (tau, rounds) = (site.options.number("tau"), site.options.number("rounds"));
        let rounds = g.as_number(rounds).unwrap_or(20.0) as usize;
        let keys = structured::noisy(g, site);
        let soft = structured::turns(g, keys, tau, [row, column]);
        let tiny = g.number(f64::from(f32::MIN_POSITIVE));
        let soft = g.max(soft, tiny);
        let mut log = g.ln(soft);
        for _ in 0..rounds {
            log = g.log_softmax(log, row);
            log = g.log_softmax(log, column);
        }
        let soft = g.exp(log);
        if !site.options.flag("hard") {
            return Value::Plain(soft).into();
        }
        let corner = g.assign(log, [row, column]);
        Value::Plain(straight(g, corner, soft)).into()
    }
}
