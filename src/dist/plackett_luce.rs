//! PlackettLuce(logits): a ranking, drawn by sorting logits with Gumbel noise added (Luce 1959; Plackett 1975; Yellott 1977).

use super::numeric::{all, entropy_of, in_part, is_between, is_whole, or_impossible, within};
use super::order::{places, twin};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct PlackettLuce;

static SIGNATURE: Signature = Signature {
    name: "PlackettLuce",
    forms: &[Form {
        params: &[Param {
            name: "logits",
            needs: Needs::RealVector,
            doc: "log strengths, up to a constant",
        }],
    }],
    support: Support::Ranking,
    event: Event::Vector,
    doc: "A ranking of the items of a dimension: 1 is the first place, which the strongest take most often.",
    density: "prod_i exp(logits[i]) / (sum of exp(logits[j]) over x[j] >= x[i])",
    example: "dim horse = 3\nx[horse] ~ PlackettLuce(zeros(horse))",
};

impl Distribution for PlackettLuce {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let (over, [logits]) = (c.event[0], c.args());
        let x = g.expand(x, &[over]);
        let inside = is_ranking(g, x, over);
        let x = within(g, inside, x, 1.0);
        let logits = g.expand(logits, &[over]);
        let twin = twin(g, over);
        let (other, strength) = (g.run(x, over, twin, 0), g.run(logits, over, twin, 0));
        let (left, never) = (g.le(x, other), g.number(f64::NEG_INFINITY));
        let strength = g.select(left, strength, never);
        let total = g.log_sum_exp(strength, &[twin]);
        let each = g.sub(logits, total);
        let log = g.sum(each, &[over]);
        or_impossible(g, inside, log)
    }

    /// Who is ranked within one place before another counts in part.
    fn relaxed_log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let (over, [logits]) = (c.event[0], c.args());
        let logits = g.expand(logits, &[over]);
        let (open, _, twin) = open(g, x, logits, over);
        let total = g.log_sum_exp(open, &[twin]);
        let each = g.sub(logits, total);
        g.sum(each, &[over])
    }

    /// That of each place, over the items that those before it left. Unlike a relaxed log mass, which a logit far below those of
    /// items that are hardly left makes as small as one likes, it has an upper bound.
    fn entropy_in_turn(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let (over, [logits]) = (c.event[0], c.args());
        let logits = g.expand(logits, &[over]);
        let (open, others, twin) = open(g, x, logits, over);
        let each = entropy_of(g, open, others, twin);
        Some(g.sum(each, &[over]))
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let (over, [logits]) = (c.event[0], c.args());
        let noise = g.add_noise(name, dims, Noise::Gumbel);
        let logits = g.stop(logits);
        let noisy = g.add(logits, noise);
        let places = places(g, noisy, over);
        Draw::Detached(g.shift(1.0, places))
    }
}

/// For each item the logits of those, along a second axis, that it does not follow, less the log of how much of them that is: all of
/// those behind it, and of itself; and the same logits as they are.
fn open(g: &mut Graph, x: NodeId, logits: NodeId, over: Dim) -> (NodeId, NodeId, Dim) {
    let x = g.expand(x, &[over]);
    let twin = twin(g, over);
    let (other, logits) = (g.run(x, over, twin, 0), g.run(logits, over, twin, 0));
    let behind = g.sub(other, x);
    let behind = g.shift(1.0, behind);
    let (zero, one) = (g.number(0.0), g.number(1.0));
    let left = g.max(behind, zero);
    let left = g.min(left, one);
    (in_part(g, left, logits), logits, twin)
}

/// Whether each place from 1 to the size is taken once.
fn is_ranking(g: &mut Graph, x: NodeId, over: Dim) -> NodeId {
    let count = g.size(over) as f64;
    let (first, last) = (g.number(1.0), g.number(count));
    let (whole, within) = (is_whole(g, x), is_between(g, first, x, last));
    let place = g.mul(whole, within);
    let places = all(g, place, over);
    let twin = twin(g, over);
    let other = g.run(x, over, twin, 0);
    let same = g.eq(x, other);
    let pairs = g.sum(same, &[over, twin]);
    let distinct = g.eq(pairs, last);
    g.mul(places, distinct)
}
