//! The unordered set estimator: several distinct values, drawn without putting back, weighed by how likely their set is without
//! each of them (Kool, van Hoof & Welling 2020, eqs. 17 and 18).
//!
//! ∇E f = E[Σ_S ∇p(s) R(S, s) (f(s) − Σ_S p(s′) R∖s(S, s′) f(s′))], where R(S, s) = P(S∖s, s first)/P(S) and R∖s is the same
//! with s taken out of the world: the other values are the baseline. The model sees the first of the draws, which is one
//! from q; what it would cost at the others is asked for, element by element where elements share their costs.

use super::mvd::gains;
use super::{
    Bias, Card, Default, Drawn, Estimator, OptionCard, OptionValues, Rest, Site, along, relaxed,
};
use crate::dist::{Clocks, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Schedule};

pub(super) struct Unordered;

static CARD: Card = Card {
    name: "unordered",
    doc: "the score of several distinct draws, weighed by how likely their set is without each",
    source: "Kool, van Hoof & Welling 2020, eqs. 17 and 18",
    bias: Bias::None,
    options: &[OptionCard {
        name: "size",
        doc: "how many distinct values are compared; with all of them it is exact for each element",
        values: OptionValues::Count { low: 2, high: 64 },
        default: Default::Number(Schedule::Constant(3.0)),
    }],
    needs_smooth: false,
};

impl Estimator for Unordered {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        (dist.support != Support::Index).then_some("needs a Categorical latent")
    }

    fn compares(&self) -> bool {
        true
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        relaxed::draw(g, site)
    }

    fn expect(&self, rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> Option<NodeId> {
        let classes = site.q.event[0];
        let set = Set::new(rest.graph(), site, drawn, classes);
        let costs = gains(rest, site, drawn, set.values, set.part);
        let g = rest.graph();
        let weights = set.weights(g, costs);
        // ∇p(s) is p(s) (1 at s − p) in the logits.
        let place = g.iota(classes);
        let hit = g.eq(place, set.values);
        let at = g.contract(hit, weights, &[set.part]);
        let total = g.sum(weights, &[set.part]);
        let mass = g.exp(set.log_masses);
        let everywhere = g.mul(mass, total);
        let slope = g.sub(at, everywhere);
        let [logits] = site.q.args();
        Some(along(g, logits, slope))
    }
}

/// The distinct values of a site.
struct Set {
    /// Along it they lie.
    part: Dim,
    values: NodeId,
    /// Of all classes.
    log_masses: NodeId,
    /// Of the values.
    log: NodeId,
    /// The log mass of what was not drawn.
    log_rest: NodeId,
}

impl Set {
    /// The largest of the log masses with their Gumbel noise, the one that the model sees first.
    fn new(g: &mut Graph, site: &Site, drawn: Drawn, classes: Dim) -> Self {
        let Some(noise) = drawn.noise else { unreachable!("its draws keep their noise") };
        let wanted = g.as_number(site.options.number("size")).unwrap_or(2.0) as usize;
        let count = wanted.min(g.size(classes));
        let part = g.dim("part", count);
        let log_masses = relaxed::masses(g, site, classes);
        let log_masses = g.stop(log_masses);
        let (place, never) = (g.iota(classes), g.number(f64::NEG_INFINITY));
        let (position, mut values) = (g.iota(part), g.number(0.0));
        let mut left = g.add(log_masses, noise);
        let mut rest = log_masses;
        for i in 0..count {
            let value = g.arg_max(left, classes);
            let taken = g.eq(place, value);
            left = g.select(taken, never, left);
            rest = g.select(taken, never, rest);
            let i = g.number(i as f64);
            let here = g.eq(position, i);
            values = g.select(here, value, values);
        }
        let log = g.pick(log_masses, classes, values);
        let log_rest = g.log_sum_exp(rest, &[classes]);
        Self { part, values, log_masses, log, log_rest }
    }

    /// p(s) R(S, s) (f(s) − Σ p(s′) R∖s(S, s′) f(s′)) for each value s.
    fn weights(&self, g: &mut Graph, costs: NodeId) -> NodeId {
        let count = g.size(self.part);
        let twin = g.dim("other part", count);
        let clocks = Clocks::new(g, self.log_rest, count);
        let rung = clocks.rung(g, self.log);
        let all = g.sum(rung, &[self.part]);
        let but_one = g.sub(all, rung);
        let other = g.run(rung, self.part, twin, 0);
        let but_two = g.sub(but_one, other);
        let [all, but_one, but_two] = [all, but_one, but_two].map(|sum| clocks.first(g, sum));
        let ratio = g.sub(but_two, but_one);
        let ratio = g.exp(ratio);
        let (here, there) = (g.iota(self.part), g.iota(twin));
        let (same, one) = (g.eq(here, there), g.number(1.0));
        let ratio = g.select(same, one, ratio);
        let mass = g.exp(self.log);
        let spent = g.mul(mass, costs);
        let spent = g.run(spent, self.part, twin, 0);
        let baseline = g.contract(ratio, spent, &[twin]);
        let advantage = g.sub(costs, baseline);
        let lead = g.sub(but_one, all);
        let lead = g.add(self.log, lead);
        let lead = g.exp(lead);
        g.mul(lead, advantage)
    }
}
