//! Gumbel-Softmax: a tempered softmax of logits and Gumbel noise in place of the argmax (Jang, Gu & Poole 2017;
//! Maddison, Mnih & Teh 2017). Works in log space, so that no temperature underflows.

use super::{
    Aim, Bias, Card, Default, Drawn, Estimator, OptionCard, OptionValues, Site, Value, structured,
};
use crate::dist::{Event, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise, Schedule};

pub(super) struct GumbelSoftmax;

pub(super) const TAU: OptionCard = OptionCard {
    name: "tau",
    doc: "temperature; a number, a schedule, `auto` or `learnt`",
    values: OptionValues::Temperature { low: 1e-3, high: 1e3 },
    default: Default::Number(Schedule::Exponential { from: 1.0, to: 0.5, rate: 1e-3, every: 100 }),
};

static CARD: Card = Card {
    name: "gumbel_softmax",
    doc: "a relaxed draw on the simplex, sharpened as the temperature falls",
    source: "Jang, Gu & Poole 2017, eq. 2; Maddison, Mnih & Teh 2017, eq. 10",
    bias: Bias::Biased,
    options: &[
        TAU,
        OptionCard {
            name: "hard",
            doc: "hard draws forward, soft gradients backward",
            values: OptionValues::Flag,
            default: Default::Flag(false),
        },
    ],
    needs_smooth: true,
};

impl Estimator for GumbelSoftmax {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        relaxable(dist)
    }

    fn misses(&self, aim: Aim, dist: &Signature) -> Option<&'static str> {
        scoreless(aim).or_else(|| unbounded(aim, dist))
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        relaxed(g, site, site.options.flag("hard")).into()
    }
}

/// Why a distribution has no relaxation.
pub(super) fn relaxable(dist: &Signature) -> Option<&'static str> {
    let relaxes = dist.support.relaxes();
    (!relaxes)
        .then_some("needs a Bernoulli, Categorical, Subset, PlackettLuce or Permutation latent")
}

/// Why a distribution is not one of single choices, each with a relaxation.
pub(super) fn chooses(dist: &Signature) -> Option<&'static str> {
    let chooses = matches!(dist.support, Support::Binary | Support::Index);
    (!chooses).then_some("needs a Bernoulli or a Categorical latent")
}

/// Relaxed draws are not from q, whose score has mean 0 under its own draws alone.
pub(super) fn scoreless(aim: Aim) -> Option<&'static str> {
    (aim == Aim::Stl).then_some("keeps the score of log q, whose mean over relaxed draws is not 0")
}

/// Between the values of an order, log q of a draw falls without end as the scores of q move apart, and 1/q outweighs every model. The
/// ELBO takes entropies in its place, which are bounded; a weight cannot.
pub(super) fn unbounded(aim: Aim, dist: &Signature) -> Option<&'static str> {
    let ordered = matches!(dist.support, Support::Ranking | Support::Permutation);
    (aim == Aim::Weighed && ordered)
        .then_some("draws values between orders, whose weights may grow without end")
}

/// A relaxed draw: a point of the simplex (or of (0, 1) for two values); `hard` moves the forward value to the nearest corner.
pub(super) fn relaxed(g: &mut Graph, site: &Site, hard: bool) -> Value {
    let tau = site.options.number("tau");
    match site.q.dist.signature().support {
        Support::Subset(_) => return structured::subset(g, site, tau, hard),
        Support::Ranking => return structured::ranking(g, site, tau, hard),
        Support::Permutation => return structured::matching(g, site, tau, hard),
        _ => {}
    }
    let mut dims = site.all_dims();
    if site.q.dist.signature().event != Event::Classes {
        return Value::Plain(relaxed_bernoulli(g, site, &dims, tau, hard));
    }
    let classes = site.q.event[0];
    dims.push(classes);
    let Some(log) = site.q.dist.masses(g, site.q, classes) else {
        unreachable!("relaxed sites have a finite support");
    };
    let noise = g.add_noise(site.name, &dims, Noise::Gumbel);
    let noisy = g.add(log, noise);
    let tempered = g.div(noisy, tau);
    let soft = g.softmax(tempered, classes);
    if !hard {
        return Value::Soft { simplex: soft, dim: classes };
    }
    let winner = g.arg_max(noisy, classes);
    let positions = g.iota(classes);
    let corner = g.eq(positions, winner);
    Value::Soft { simplex: straight(g, corner, soft), dim: classes }
}

/// sigmoid((logit + logistic noise) / τ)
fn relaxed_bernoulli(g: &mut Graph, site: &Site, dims: &[Dim], tau: NodeId, hard: bool) -> NodeId {
    let [logit] = site.q.args();
    let u = g.add_noise(site.name, dims, Noise::Uniform);
    let logistic = super::relaxed::logit(g, u);
    let noisy = g.add(logit, logistic);
    let tempered = g.div(noisy, tau);
    let soft = g.sigmoid(tempered);
    if !hard {
        return soft;
    }
    let zero = g.number(0.0);
    let corner = g.lt(zero, noisy);
    straight(g, corner, soft)
}

/// The value of `hard` with the gradient of `soft`.
pub(super) fn straight(g: &mut Graph, hard: NodeId, soft: NodeId) -> NodeId {
    let fixed = g.stop(soft);
    let change = g.sub(soft, fixed);
    let hard = g.stop(hard);
    g.add(hard, change)
}
