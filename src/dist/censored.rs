//! Censored(d, lower, upper): a draw of d of which only that it is beyond a bound is known where it is, and which is then
//! recorded as the bound. Its mass at the bounds is that of d's tails.

use super::numeric::or_impossible;
use super::truncated::{between, bounds, tails_at};
use super::{
    Call, Distribution, Domain, Draw, Event, Form, Needs, Param, Signature, Support, can_truncate,
};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Censored;

const BASE: Param = Param {
    name: "base",
    needs: Needs::Distribution,
    doc: "what is drawn; its CDF has to be closed",
};
const LOWER: Param =
    Param { name: "lower", needs: Needs::Real, doc: "what is recorded of all that lies below" };
const UPPER: Param =
    Param { name: "upper", needs: Needs::Real, doc: "what is recorded of all that lies above" };

static SIGNATURE: Signature = Signature {
    name: "Censored",
    forms: &[
        Form { params: &[BASE, LOWER, UPPER] },
        Form { params: &[BASE, LOWER] },
        Form { params: &[BASE, UPPER] },
    ],
    support: Support::Clamped("lower", "upper"),
    event: Event::Scalar,
    doc: "A distribution whose draws beyond a bound are recorded as the bound.",
    density: "P(base <= lower) at lower, P(base >= upper) at upper, base(x) between",
    example: "x ~ Censored(Exponential(1), upper = 5)",
};

impl Distribution for Censored {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [lower, upper] = bounds(c);
        let mut log = c.inner().log_prob(g, x);
        for (bound, is_lower) in [(lower, true), (upper, false)] {
            let Some(bound) = bound else { continue };
            let tails = tails_at(g, bound, c);
            let beyond = if is_lower { tails.below } else { tails.above };
            let is_recorded = g.eq(x, bound);
            log = g.select(is_recorded, beyond, log);
            let inside = if is_lower { g.le(bound, x) } else { g.le(x, bound) };
            log = or_impossible(g, inside, log);
        }
        log
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [lower, upper] = bounds(c);
        let draw = c.inner().draw(g, dims, name);
        let x = lower.map_or(draw.node(), |lower| g.max(draw.node(), lower));
        let x = upper.map_or(x, |upper| g.min(x, upper));
        match draw {
            Draw::Pathwise(_) => Draw::Pathwise(x),
            Draw::Detached(_) => Draw::Detached(g.stop(x)),
        }
    }

    fn domain(&self, g: &mut Graph, c: &Call) -> Domain {
        between(g, c)
    }

    fn refuses(&self, inner: &'static dyn Distribution, _: &Signature) -> Option<&'static str> {
        (!can_truncate(inner)).then_some("tails in closed form")
    }
}
