//! Hurdle(p, d): 0 with probability p, else a draw of d given that it is not 0.

use super::bernoulli;
use super::can_leave_out_zero;
use super::numeric::log1mexp;
use super::zero_inflated::{counts_from_zero, gate};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Hurdle;

const BASE: Param = Param {
    name: "base",
    needs: Needs::Distribution,
    doc: "what is drawn otherwise, until it is not 0: counts from 0 on",
};

static SIGNATURE: Signature = Signature {
    name: "Hurdle",
    forms: &[
        Form {
            params: &[Param { name: "probs", needs: Needs::Unit, doc: "probability of 0" }, BASE],
        },
        Form {
            params: &[Param { name: "logits", needs: Needs::Real, doc: "log odds of 0" }, BASE],
        },
    ],
    support: Support::Inner,
    event: Event::Scalar,
    doc: "Counts whose zeros have a cause of their own.",
    density: "probs at 0, (1 - probs) base(x) / (1 - base(0)) elsewhere",
    example: "x ~ Hurdle(0.2, Poisson(3))",
};

impl Distribution for Hurdle {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [log_over, log_zero] = bernoulli::log_masses(g, &gate(c));
        let zero = g.number(0.0);
        let (base, at_zero) = (c.inner().log_prob(g, x), c.inner().log_prob(g, zero));
        let mass = log1mexp(g, at_zero);
        let given = g.sub(base, mass);
        let over = g.add(log_over, given);
        let is_zero = g.eq(x, zero);
        g.select(is_zero, log_zero, over)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let is_zero = gate(c).draw(g, dims, &format!("{name}.gate")).node();
        let Some(x) = c.inner().dist.draw_nonzero(g, c.inner(), dims, name) else {
            unreachable!("only what draws without 0 is wrapped")
        };
        let zero = g.number(0.0);
        Draw::Detached(g.select(is_zero, zero, x))
    }

    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        let inner = c.inner();
        inner.dist.masses(g, inner, values)?;
        let x = g.iota(values);
        Some(self.log_prob(g, x, c))
    }

    fn refuses(&self, inner: &'static dyn Distribution, root: &Signature) -> Option<&'static str> {
        let can = counts_from_zero(root) && can_leave_out_zero(inner);
        (!can).then_some("counts from 0 on that can be drawn without 0")
    }
}
