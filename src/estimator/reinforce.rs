//! The score-function estimator: E[f ∇log q], with baselines (Williams 1992; Mnih & Gregor 2014).
//!
//! Leave-one-out takes the mean cost of the other draws (Kool, van Hoof & Welling 2019); with antithetic pairs it leaves the
//! whole pair out, because the partner is a function of the same noise. Draws that share a bound are all in its cost: there
//! the bound of the other draws is taken.

use super::{
    Bias, Card, Default, Drawn, Estimator, OptionCard, OptionValues, Rest, Site, StandIn, Value,
    credit,
};
use crate::dist::Signature;
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct Reinforce;

static CARD: Card = Card {
    name: "reinforce",
    doc: "weighs the score of each draw by its costs less a baseline",
    source: "Williams 1992; Mnih & Gregor 2014; Kool, van Hoof & Welling 2019",
    bias: Bias::None,
    options: &[
        OptionCard {
            name: "baseline",
            doc: "what is taken off the cost: nothing, a moving average, the mean of the other draws, or a net",
            values: OptionValues::WordsOrNet(&["none", "average", "loo"]),
            default: Default::Word("loo"),
        },
        OptionCard {
            name: "antithetic",
            doc: "draws in mirrored pairs (finite supports)",
            values: OptionValues::Flag,
            default: Default::Flag(false),
        },
    ],
    needs_smooth: false,
};

/// How much of the moving average stays from one step to the next.
const DECAY: f64 = 0.9;

impl Estimator for Reinforce {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, _dist: &Signature) -> Option<&'static str> {
        None
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        let dims = site.all_dims();
        let drawn = match antithetic(g, site) {
            Some(drawn) => drawn,
            None => site.q.draw(g, &dims, site.name).node(),
        };
        Value::Plain(g.stop(drawn)).into()
    }

    fn expect(&self, rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> Option<NodeId> {
        let Value::Plain(z) = drawn.value else { unreachable!("its draws are hard") };
        let cost = credit(rest, drawn.value);
        let cost = rest.graph().stop(cost);
        let baseline = match site.options.word("baseline") {
            "loo" => match rest.left_out(StandIn::Mean) {
                Some(without) => without,
                None => leave_one_out(rest.graph(), site, cost),
            },
            "average" => moving_average(rest.graph(), site, cost),
            "net" => {
                let net = site.options.number("baseline");
                rest.graph().stop(net)
            }
            _ => rest.graph().number(0.0),
        };
        let g = rest.graph();
        let advantage = g.sub(cost, baseline);
        let surrogate = weighed_score(g, site, z, advantage);
        if site.options.word("baseline") != "net" {
            return Some(surrogate);
        }
        let net = site.options.number("baseline");
        let fit = regress(g, net, cost);
        Some(g.add(surrogate, fit))
    }
}

/// A node of value 0 whose gradient moves a net towards the cost: that of −½ (cost − net)² (Mnih & Gregor 2014, section 2.3).
fn regress(g: &mut Graph, net: NodeId, cost: NodeId) -> NodeId {
    let miss = g.sub(cost, net);
    let square = g.square(miss);
    let loss = g.scale(-0.5, square);
    let fixed = g.stop(loss);
    g.sub(loss, fixed)
}

/// A node of value 0 whose gradient is the score of a draw times its advantage.
pub(super) fn weighed_score(g: &mut Graph, site: &Site, z: NodeId, advantage: NodeId) -> NodeId {
    let score = site.q.log_prob(g, z);
    let fixed = g.stop(score);
    let score = g.sub(score, fixed);
    g.mul(score, advantage)
}

/// The mean of the other draws, or of the other pairs.
fn leave_one_out(g: &mut Graph, site: &Site, cost: NodeId) -> NodeId {
    let Some(draws) = site.draws.filter(|&d| g.has_dim(cost, d)) else { return cost };
    let count = g.size(draws);
    let total = g.sum(cost, &[draws]);
    let (own, left) = match halves(g, site) {
        Some(_) => {
            let partner = partners(g, draws);
            let partner = g.pick(cost, draws, partner);
            (g.add(cost, partner), count - 2)
        }
        None => (cost, count - 1),
    };
    let others = g.sub(total, own);
    g.scale(1.0 / left as f64, others)
}

/// An exponential moving average of the cost over the steps, per element that credit is kept along.
fn moving_average(g: &mut Graph, site: &Site, cost: NodeId) -> NodeId {
    let now = match site.draws {
        Some(draws) => g.mean(cost, &[draws]),
        None => cost,
    };
    let dims: Vec<Dim> = g.shape(now).iter().collect();
    let state = g.add_state(&format!("baseline of {}", site.name), &dims, 0.0);
    let (old, new) = (g.scale(DECAY, state), g.scale(1.0 - DECAY, now));
    let next = g.add(old, new);
    g.set_next(state, next);
    state
}

/// A dimension of half the draws, where antithetic pairs are asked for and possible.
fn halves(g: &Graph, site: &Site) -> Option<usize> {
    let count = site.draws.map_or(0, |d| g.size(d));
    (site.options.flag("antithetic") && count >= 2 && count.is_multiple_of(2)).then_some(count / 2)
}

/// For each draw the position of the one that mirrors it.
fn partners(g: &mut Graph, draws: Dim) -> NodeId {
    let count = g.size(draws);
    let values = (0..count).map(|i| ((i + count / 2) % count) as f64).collect();
    g.add_data("antithetic partners", &[draws], values)
}

/// Draws by inversion of one uniform number for the first half and its mirror image for the second.
fn antithetic(g: &mut Graph, site: &Site) -> Option<NodeId> {
    let half_count = halves(g, site)?;
    let draws = site.draws?;
    let support = finite_support(g, site)?;
    let log = site.q.dist.masses(g, site.q, support)?;
    let half = g.dim("half the draws", half_count);
    let dims: Vec<Dim> = site.dims.iter().copied().chain([half]).chain(site.copies).collect();
    let u = g.add_noise(site.name, &dims, Noise::Uniform);
    let place = (0..2 * half_count).map(|i| (i % half_count) as f64).collect();
    let place = g.add_data("antithetic places", &[draws], place);
    let u = g.pick(u, half, place);
    let mirrored = {
        let one = g.number(1.0);
        g.sub(one, u)
    };
    let position = g.iota(draws);
    let middle = g.number(half_count as f64);
    let first = g.lt(position, middle);
    let u = g.select(first, u, mirrored);
    let masses = g.exp(log);
    let below = g.cumsum(masses, support);
    let passed = g.lt(below, u);
    let value = g.sum(passed, &[support]);
    let last = g.number((g.size(support) - 1) as f64);
    Some(g.min(value, last))
}

/// The dimension of the values of a finite support: the classes, or two values.
fn finite_support(g: &mut Graph, site: &Site) -> Option<Dim> {
    match site.q.domain(g) {
        crate::dist::Domain::Index(classes) => Some(classes),
        crate::dist::Domain::Binary => Some(g.dim("values", 2)),
        _ => None,
    }
}
