//! Mixture(w, d): a component drawn by weight, then d with the parameters of that component. The density sums the
//! component dimension out.

use super::categorical::{self, Categorical};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Mixture;

const BASE: Param = Param {
    name: "base",
    needs: Needs::Distribution,
    doc: "the components; its parameters have their dimension",
};

static SIGNATURE: Signature = Signature {
    name: "Mixture",
    forms: &[
        Form { params: &[Param { name: "probs", needs: Needs::Simplex, doc: "weights" }, BASE] },
        Form {
            params: &[
                Param {
                    name: "logits",
                    needs: Needs::RealVector,
                    doc: "log weights up to a constant",
                },
                BASE,
            ],
        },
    ],
    support: Support::Inner,
    event: Event::Components,
    doc: "One of several distributions of a kind, by weight.",
    density: "sum_k probs[k] base[k](x)",
    example: "dim k = 2\nw ~ Dirichlet(ones(k))\nm[k] ~ Normal(0, 1)\nx ~ Mixture(w, Normal(m, 1))",
};

/// The distribution of the component, whose forms stand the other way round.
fn component(c: &Call) -> Call {
    Call::new(&Categorical, 1 - c.form, c.args.clone()).over(c.event[..1].iter().copied())
}

impl Distribution for Mixture {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let each = c.inner().log_prob(g, x);
        weighed(g, each, c)
    }

    fn refuses(&self, inner: &'static dyn Distribution, root: &Signature) -> Option<&'static str> {
        if !inner.is_proper() {
            return Some("a density that integrates to 1");
        }
        let whole = matches!(root.support, Support::Subset(_) | Support::Permutation);
        whole.then_some("draws that are no subsets or permutations")
    }

    fn relaxed_log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let weights = categorical::log_masses(g, &component(c));
        let inner = c.inner();
        let each = inner.dist.relaxed_log_prob(g, x, inner);
        let joint = g.add(weights, each);
        g.log_sum_exp(joint, &[c.event[0]])
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let inner = c.inner();
        let each: Vec<Dim> = dims.iter().copied().filter(|d| !inner.event.contains(d)).collect();
        let which = component(c).draw(g, &each, &format!("{name}.component")).node();
        let picked = pick(g, inner, c.event[0], which);
        let x = picked.draw(g, dims, name).node();
        Draw::Detached(g.stop(x))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let inner = c.inner();
        let each = inner.dist.mean(g, inner)?;
        let weights = categorical::log_masses(g, &component(c));
        let weights = g.exp(weights);
        Some(g.contract(weights, each, &c.event[..1]))
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let inner = c.inner();
        let each = inner.dist.log_cdf(g, x, inner)?;
        Some(weighed(g, each, c))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let inner = c.inner();
        let each = inner.dist.log_survival(g, x, inner)?;
        Some(weighed(g, each, c))
    }

    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        let inner = c.inner();
        let each = inner.dist.masses(g, inner, values)?;
        let each = g.log_softmax(each, values);
        Some(weighed(g, each, c))
    }
}

/// The distribution of one component, down through what it wraps.
/// The log of the weighted mean of what has these logs.
fn weighed(g: &mut Graph, each: NodeId, c: &Call) -> NodeId {
    let weights = categorical::log_masses(g, &component(c));
    let joint = g.add(weights, each);
    g.log_sum_exp(joint, &[c.event[0]])
}

fn pick(g: &mut Graph, c: &Call, over: Dim, which: NodeId) -> Call {
    let args = c.args.iter().map(|&x| g.pick(x, over, which)).collect();
    let inner = c.inner.as_ref().map(|inner| Box::new(pick(g, inner, over, which)));
    Call { args, inner, ..c.clone() }
}
