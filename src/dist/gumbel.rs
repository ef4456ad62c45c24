//! Gumbel(loc, scale): the largest of many (Gumbel 1954). Its CDF is exp(−exp(−z)).

use super::location_scale::{place, standard, standardize};
use super::numeric::log1mexp;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct Gumbel;

static SIGNATURE: Signature = Signature {
    name: "Gumbel",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "mode" },
            Param { name: "scale", needs: Needs::Positive, doc: "spread" },
        ],
    }],
    support: Support::Real,
    event: Event::Scalar,
    doc: "The largest of many: floods, records, arg max of logits.",
    density: "exp(-z - exp(-z)) / scale with z = (x - loc) / scale",
    example: "x ~ Gumbel(0, 1)",
};

/// exp(−z), which is −log F
fn rest(g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
    let [loc, scale] = c.args();
    let minus = standardize(g, loc, x, scale);
    g.exp(minus)
}

impl Distribution for Gumbel {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [loc, scale] = c.args();
        let minus = standardize(g, loc, x, scale);
        let rest = g.exp(minus);
        let width = g.ln(scale);
        let fall = g.sub(minus, rest);
        g.sub(fall, width)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [loc, scale] = c.args();
        let noise = g.add_noise(name, dims, Noise::Gumbel);
        Draw::Pathwise(place(g, noise, loc, scale))
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let rest = rest(g, x, c);
        Some(g.neg(rest))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let rest = rest(g, x, c);
        let below = g.neg(rest);
        Some(log1mexp(g, below))
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        let [loc, scale] = c.args();
        let rest = g.neg(at.below);
        let log = g.ln(rest);
        let z = g.neg(log);
        Some(place(g, z, loc, scale))
    }

    fn standard(&self, g: &mut Graph, c: &Call) -> Option<(NodeId, NodeId, Call)> {
        Some(standard(g, c))
    }
}
