//! Triangular(low, peak, high): a density that rises along a line up to the peak and falls along another.

use super::numeric::{is_between, log_mass, or_impossible, within};
use super::sides::{Sided, shares};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId};
use std::f64::consts::LN_2;

pub(super) struct Triangular;

static SIGNATURE: Signature = Signature {
    name: "Triangular",
    forms: &[Form {
        params: &[
            Param { name: "low", needs: Needs::Real, doc: "lower bound" },
            Param { name: "peak", needs: Needs::Real, doc: "mode, between the bounds" },
            Param { name: "high", needs: Needs::Real, doc: "upper bound, above `low`" },
        ],
    }],
    support: Support::Between("low", "high"),
    event: Event::Scalar,
    doc: "A guess by the least, the likeliest and the largest value.",
    density: "2 min((x - low) / (peak - low), (high - x) / (high - peak)) / (high - low)",
    example: "x ~ Triangular(0, 1, 3)",
};

/// The height of the density at x, as a share of its peak's, by the line on the left and by the one on the right; 1 on the
/// other side of the peak.
fn heights(g: &mut Graph, x: NodeId, c: &Call) -> [NodeId; 2] {
    let [low, peak, high] = c.args();
    let (rise, run) = (g.sub(x, low), g.sub(peak, low));
    let (fall, rest) = (g.sub(high, x), g.sub(high, peak));
    [height(g, rise, run), height(g, fall, rest)]
}

/// part/whole between 0 and 1; 1 where the side has no width.
fn height(g: &mut Graph, part: NodeId, whole: NodeId) -> NodeId {
    let (zero, one) = (g.number(0.0), g.number(1.0));
    let is_there = g.lt(zero, whole);
    let width = within(g, is_there, whole, 1.0);
    let ratio = g.div(part, width);
    let ratio = g.max(ratio, zero);
    let ratio = g.min(ratio, one);
    g.select(is_there, ratio, one)
}

/// The logs of the masses on the left and on the right of the peak.
fn sides(g: &mut Graph, c: &Call) -> [NodeId; 2] {
    let [low, peak, high] = c.args();
    let width = g.sub(high, low);
    [(low, peak), (peak, high)].map(|(a, b)| {
        let part = g.sub(b, a);
        let share = g.div(part, width);
        log_mass(g, share)
    })
}

fn sided(g: &mut Graph, x: NodeId, c: &Call) -> Sided {
    let [left, right] = heights(g, x, c).map(|height| {
        let log = log_mass(g, height);
        g.scale(2.0, log)
    });
    let [log_left, log_right] = sides(g, c);
    Sided {
        is_left: g.lt(x, c.args[1]),
        left: g.add(left, log_left),
        right: g.add(right, log_right),
    }
}

impl Distribution for Triangular {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [low, _, high] = c.args();
        let inside = is_between(g, low, x, high);
        let [left, right] = heights(g, x, c);
        let height = g.min(left, right);
        let (log_height, width) = (log_mass(g, height), g.sub(high, low));
        let log_width = g.ln(width);
        let log = g.sub(log_height, log_width);
        let log = g.shift(LN_2, log);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let tails = Tails::uniform(g, dims, name);
        Draw::Pathwise(inverse(g, tails, c))
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        Some(sided(g, x, c).log_cdf(g))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        Some(sided(g, x, c).log_survival(g))
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        Some(inverse(g, at, c))
    }
}

/// Mass grows with the square of the way from the end.
fn inverse(g: &mut Graph, at: Tails, c: &Call) -> NodeId {
    let [low, peak, high] = c.args();
    let [log_left, log_right] = sides(g, c);
    let share = shares(g, at, log_left, log_right);
    let [left, right] = [share.left, share.right].map(|log| {
        let half = g.scale(0.5, log);
        g.exp(half)
    });
    let (run, rest) = (g.sub(peak, low), g.sub(high, peak));
    let (rise, fall) = (g.mul(run, left), g.mul(rest, right));
    let (before, after) = (g.add(low, rise), g.sub(high, fall));
    g.select(share.is_left, before, after)
}
