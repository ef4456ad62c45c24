//! Ordered classes as stretches of a line, between cutpoints: a class is where the predictor and a symmetric noise fall
//! together (McKelvey & Zavoina 1975; McCullagh 1980).

use super::numeric::{log_diff_exp, or_impossible};
use super::{Call, Distribution, Draw, Needs, Param, Signature};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct OrderedChoice {
    pub(super) signature: &'static Signature,
    /// log F of the noise.
    pub(super) log_below: fn(&mut Graph, NodeId) -> NodeId,
    pub(super) noise: fn(&mut Graph, &[Dim], &str) -> NodeId,
}

pub(super) const PREDICTOR: Param =
    Param { name: "predictor", needs: Needs::Real, doc: "place on the line" };
pub(super) const CUTPOINTS: Param = Param {
    name: "cutpoints",
    needs: Needs::Cutpoints,
    doc: "where each class but the last ends, ascending",
};

impl OrderedChoice {
    /// How far the cutpoint at a position lies above the predictor.
    fn distance(&self, g: &mut Graph, c: &Call, position: NodeId) -> NodeId {
        let [predictor, cutpoints] = c.args();
        let cutpoint = g.pick(cutpoints, c.event[1], position);
        g.sub(cutpoint, predictor)
    }

    /// log(F(upper) − F(lower)), by the tail in which the two lie.
    fn log_between(&self, g: &mut Graph, lower: NodeId, upper: NodeId) -> NodeId {
        let zero = g.number(0.0);
        let is_right = g.lt(zero, lower);
        let (minus_lower, minus_upper) = (g.neg(lower), g.neg(upper));
        let far = g.select(is_right, minus_lower, upper);
        let near = g.select(is_right, minus_upper, lower);
        let (far, near) = ((self.log_below)(g, far), (self.log_below)(g, near));
        log_diff_exp(g, far, near)
    }
}

impl Distribution for OrderedChoice {
    fn signature(&self) -> &'static Signature {
        self.signature
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let last = g.size(c.event[0]) as f64 - 1.0;
        let (zero, last_cut, last) = (g.number(0.0), g.number(last - 1.0), g.number(last));
        let (is_first, is_last) = (g.eq(x, zero), g.eq(x, last));
        let before = g.shift(-1.0, x);
        let (below, above) = (g.max(before, zero), g.min(x, last_cut));
        let (lower, upper) = (self.distance(g, c, below), self.distance(g, c, above));
        let is_edge = g.max(is_first, is_last);
        let gap = g.sub(upper, lower);
        let is_between = g.lt(zero, gap);
        let wider = g.shift(1.0, lower);
        let beyond = g.select(is_between, upper, wider);
        let between = self.log_between(g, lower, beyond);
        let between = or_impossible(g, is_between, between);
        let minus = g.neg(lower);
        let (first, rest) = ((self.log_below)(g, upper), (self.log_below)(g, minus));
        let edge = g.select(is_first, first, rest);
        g.select(is_edge, edge, between)
    }

    /// How many cutpoints lie below the noisy predictor.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [predictor, cutpoints] = c.args();
        let noise = (self.noise)(g, dims, name);
        let place = g.add(predictor, noise);
        let passed = g.lt(cutpoints, place);
        Draw::Detached(g.sum(passed, &[c.event[1]]))
    }

    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        let x = g.iota(values);
        Some(self.log_prob(g, x, c))
    }

    fn soft_log_prob(&self, g: &mut Graph, soft: NodeId, over: Dim, c: &Call) -> Option<NodeId> {
        let log = self.masses(g, c, over)?;
        Some(g.contract(soft, log, &[over]))
    }
}
