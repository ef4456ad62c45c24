//! Hypergeometric(draws, successes, failures): successes among draws from an urn, without putting back.

use super::numeric::{is_between, is_whole, log_choose, or_impossible};
use super::{Call, Distribution, Domain, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise, Op, Sampler};

pub(super) struct Hypergeometric;

static SIGNATURE: Signature = Signature {
    name: "Hypergeometric",
    forms: &[Form {
        params: &[
            Param { name: "draws", needs: Needs::Count, doc: "how many are drawn" },
            Param { name: "successes", needs: Needs::Count, doc: "how many of them there are" },
            Param { name: "failures", needs: Needs::Count, doc: "how many others there are" },
        ],
    }],
    support: Support::CountTo("draws"),
    event: Event::Scalar,
    doc: "Successes among draws from an urn, without putting back.",
    density: "choose(successes, x) choose(failures, draws - x) / choose(successes + failures, draws)",
    example: "x ~ Hypergeometric(3, 5, 4)",
};

/// The least and the largest number of successes.
fn ends(g: &mut Graph, c: &Call) -> [NodeId; 2] {
    let [draws, successes, failures] = c.args();
    let (zero, forced) = (g.number(0.0), g.sub(draws, failures));
    [g.max(forced, zero), g.min(draws, successes)]
}

impl Distribution for Hypergeometric {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [draws, successes, failures] = c.args();
        let [least, most] = ends(g, c);
        let (between, whole) = (is_between(g, least, x, most), is_whole(g, x));
        let inside = g.mul(between, whole);
        let x = g.select(inside, x, least);
        let (rest, all) = (g.sub(draws, x), g.add(successes, failures));
        let (yes, no) = (log_choose(g, successes, x), log_choose(g, failures, rest));
        let ways = log_choose(g, all, draws);
        let log = g.add(yes, no);
        let log = g.sub(log, ways);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let noise = g.add_noise(name, dims, Noise::Uniform);
        let [draws, successes, failures] = c.args().map(|x| g.expand(x, dims));
        let args = [noise, successes, failures, draws];
        Draw::Detached(g.push(Op::Draw(Sampler::Hypergeometric), args))
    }

    fn domain(&self, g: &mut Graph, c: &Call) -> Domain {
        let [least, most] = ends(g, c);
        Domain::Count { lower: Some(least), upper: Some(most) }
    }

    /// Where the largest number is a constant.
    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        let [draws, successes, _] = c.args();
        g.as_number(draws).and(g.as_number(successes))?;
        let x = g.iota(values);
        Some(self.log_prob(g, x, c))
    }
}
