//! Dirichlet(concentration): an unknown simplex.

use super::numeric::{
    all, in_step, is_nonneg, log_gamma_draw, log1mexp, or_impossible, times_log, within,
};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Entry, Graph, NodeId, Op, Sampler};
use smallvec::smallvec;

pub(super) struct Dirichlet;

static SIGNATURE: Signature = Signature {
    name: "Dirichlet",
    forms: &[Form {
        params: &[Param {
            name: "concentration",
            needs: Needs::PositiveVector,
            doc: "weights; below 1 they favour the corners",
        }],
    }],
    support: Support::Simplex,
    event: Event::Vector,
    doc: "Unknown probabilities that add up to 1.",
    density: "Gamma(sum concentration) prod_k x[k]^(concentration[k] - 1) / Gamma(concentration[k])",
    example: "dim k = 3\nx ~ Dirichlet(ones(k))",
};

/// How far from 1 the elements may add up to: single precision, long vectors.
const TOLERANCE: f64 = 1e-4;

/// The weights along the dimension, also where they are all one number.
pub(super) fn weights(g: &mut Graph, concentration: NodeId, over: Dim) -> NodeId {
    g.expand(concentration, &[over])
}

/// log Γ(Σ a) − Σ log Γ(a)
fn log_norm(g: &mut Graph, a: NodeId, over: Dim) -> NodeId {
    let total = g.sum(a, &[over]);
    let (top, each) = (g.lgamma(total), g.lgamma(a));
    let bottom = g.sum(each, &[over]);
    g.sub(top, bottom)
}

/// Whether no element is below 0 and all add up to 1.
pub(super) fn is_simplex(g: &mut Graph, x: NodeId, over: Dim) -> NodeId {
    let nonneg = is_nonneg(g, x);
    let nonneg = all(g, nonneg, over);
    let total = g.sum(x, &[over]);
    let miss = g.shift(-1.0, total);
    let miss = g.abs(miss);
    let tolerance = g.number(TOLERANCE);
    let adds_up = g.le(miss, tolerance);
    g.mul(nonneg, adds_up)
}

impl Distribution for Dirichlet {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let over = c.event[0];
        let inside = is_simplex(g, x, over);
        let x = within(g, inside, x, 0.5);
        let a = weights(g, c.args[0], c.event[0]);
        let power = g.shift(-1.0, a);
        let terms = times_log(g, power, x);
        let terms = g.sum(terms, &[over]);
        let norm = log_norm(g, a, over);
        let log = g.add(norm, terms);
        or_impossible(g, inside, log)
    }

    /// Gamma draws divided by their sum, by their logs. One share moves with its own concentration as the Beta that it is by
    /// itself, and the others give way in proportion (Jankowiak & Obermeyer 2018).
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let over = c.event[0];
        let a = weights(g, c.args[0], over);
        let log = log_gamma_draw(g, a, dims, name);
        if g.size(over) == 1 {
            return Draw::Pathwise(g.softmax(log, over));
        }
        let log = g.stop(log);
        let share = g.log_softmax(log, over);
        let rest = log1mexp(g, share);
        let odds = g.sub(share, rest);
        let others = sum_of_others(g, a, over);
        let slope = g.push(Op::Slope(Sampler::Beta, 0), [odds, a, others]);
        let log = in_step(g, log, a, slope);
        Draw::Pathwise(g.softmax(log, over))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let [a] = c.args();
        let a = g.expand(a, &c.event);
        let sum = g.sum(a, &c.event);
        Some(g.div(a, sum))
    }

    /// log_norm(q) − log_norm(p) + Σ (q_k − p_k) (ψ(q_k) − ψ(Σ q))
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        let over = q.event[0];
        let (a, b) = (weights(g, q.args[0], over), weights(g, p.args[0], p.event[0]));
        let b = g.run(b, p.event[0], over, 0);
        let total = g.sum(a, &[over]);
        let (each, all) = (g.digamma(a), g.digamma(total));
        let mean_log = g.sub(each, all);
        let more = g.sub(a, b);
        let shift = g.contract(more, mean_log, &[over]);
        let (norm_q, norm_p) = (log_norm(g, a, over), log_norm(g, b, over));
        let norm = g.sub(norm_q, norm_p);
        Some(g.add(norm, shift))
    }
}

/// Σ of all elements but one, for each, without a difference: what comes before it and what comes after it.
fn sum_of_others(g: &mut Graph, x: NodeId, over: Dim) -> NodeId {
    let size = g.size(over);
    let short = g.dim("others", size - 1);
    let sides = [(0, 1, false), (1, 0, true)].map(|(from, to, reverse)| {
        let part = g.run(x, over, short, from);
        let sums = g.push(Op::Cumsum { dim: short, reverse }, [part]);
        let shape = g.shape(sums).iter().filter(|&d| d != short).chain([over]).collect();
        let entries = smallvec![(over, Entry::Run { to: short, start: to })];
        g.push(Op::Scatter { entries, shape }, [sums])
    });
    g.add(sides[0], sides[1])
}
