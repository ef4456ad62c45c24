//! ZeroInflated(p, d): 0 with probability p, else a draw of d, which may be 0 too.

use super::bernoulli::{self, Bernoulli};
use super::numeric::log_add_exp;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct ZeroInflated;

const BASE: Param = Param {
    name: "base",
    needs: Needs::Distribution,
    doc: "what is drawn otherwise: counts from 0 on",
};

static SIGNATURE: Signature = Signature {
    name: "ZeroInflated",
    forms: &[
        Form {
            params: &[
                Param {
                    name: "probs",
                    needs: Needs::Unit,
                    doc: "probability that it is 0 without a draw",
                },
                BASE,
            ],
        },
        Form {
            params: &[Param { name: "logits", needs: Needs::Real, doc: "log odds of it" }, BASE],
        },
    ],
    support: Support::Inner,
    event: Event::Scalar,
    doc: "Counts, with more zeros than a distribution has by itself.",
    density: "probs [x = 0] + (1 - probs) base(x)",
    example: "x ~ ZeroInflated(0.2, Poisson(3))",
};

/// Whether 0 comes without a draw: its distribution, whose forms are the same.
pub(super) fn gate(c: &Call) -> Call {
    Call::new(&Bernoulli, c.form, c.args.clone())
}

impl Distribution for ZeroInflated {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [log_drawn, log_not] = bernoulli::log_masses(g, &gate(c));
        let base = c.inner().log_prob(g, x);
        let drawn = g.add(log_drawn, base);
        let (zero, either) = (g.number(0.0), log_add_exp(g, log_not, drawn));
        let is_zero = g.eq(x, zero);
        g.select(is_zero, either, drawn)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let is_zero = gate(c).draw(g, dims, &format!("{name}.gate")).node();
        let (zero, x) = (g.number(0.0), c.inner().draw(g, dims, name).node());
        Draw::Detached(g.select(is_zero, zero, x))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let inner = c.inner();
        let mean = inner.dist.mean(g, inner)?;
        let [log_drawn, _] = bernoulli::log_masses(g, &gate(c));
        let drawn = g.exp(log_drawn);
        Some(g.mul(drawn, mean))
    }

    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        let inner = c.inner();
        inner.dist.masses(g, inner, values)?;
        let x = g.iota(values);
        Some(self.log_prob(g, x, c))
    }

    fn refuses(&self, _: &'static dyn Distribution, root: &Signature) -> Option<&'static str> {
        (!counts_from_zero(root)).then_some("counts from 0 on")
    }
}

pub(super) fn counts_from_zero(s: &Signature) -> bool {
    matches!(s.support, Support::Count | Support::CountTo(_))
}
