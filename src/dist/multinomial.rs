//! Multinomial(trials, probs) or Multinomial(trials, logits = l): how many of the trials fell into each class.

use super::numeric::{all, is_count, log_factorial, or_impossible, times_log, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise, Op, Sampler};

pub(super) struct Multinomial;

const TRIALS: Param = Param { name: "trials", needs: Needs::Count, doc: "how many trials" };

static SIGNATURE: Signature = Signature {
    name: "Multinomial",
    forms: &[
        Form { params: &[TRIALS, Param { name: "probs", needs: Needs::Simplex, doc: "masses" }] },
        Form {
            params: &[
                TRIALS,
                Param {
                    name: "logits",
                    needs: Needs::RealVector,
                    doc: "log masses up to a constant",
                },
            ],
        },
    ],
    support: Support::Composition("trials"),
    event: Event::Vector,
    doc: "How many of a known number of trials fell into each class.",
    density: "trials! prod_k probs[k]^x[k] / x[k]!",
    example: "dim k = 3\nx ~ Multinomial(10, softmax(zeros(k) over k))",
};

const LOGITS: usize = 1;

/// The second argument, along the classes.
fn classes_of(g: &mut Graph, c: &Call) -> NodeId {
    let [_, p] = c.args();
    g.expand(p, &c.event[..1])
}

impl Distribution for Multinomial {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let (classes, trials) = (c.event[0], c.args[0]);
        let inside = is_composition(g, x, trials, classes);
        let x = within(g, inside, x, 0.0);
        let p = classes_of(g, c);
        let rise = if c.form == LOGITS {
            let log = g.log_softmax(p, classes);
            g.mul(x, log)
        } else {
            times_log(g, x, p)
        };
        let orders = log_factorial(g, x);
        let terms = g.sub(rise, orders);
        let terms = g.sum(terms, &[classes]);
        let ways = log_factorial(g, trials);
        let log = g.add(ways, terms);
        or_impossible(g, inside, log)
    }

    /// Class by class, each a Binomial among the trials that are left.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let classes = c.event[0];
        let each: Vec<Dim> = dims.iter().copied().filter(|&d| d != classes).collect();
        let noise = g.add_noise(name, dims, Noise::Uniform);
        let share = share_of_rest(g, c);
        let share = g.expand(share, dims);
        let last = g.size(classes) - 1;
        let mut left = g.expand(c.args[0], &each);
        let mut counts = Vec::new();
        for k in 0..last {
            let (noise, share) = (g.at(noise, classes, k), g.at(share, classes, k));
            let count = g.push(Op::Draw(Sampler::Binomial), [noise, left, share]);
            left = g.sub(left, count);
            counts.push(count);
        }
        counts.push(left);
        let x = stack(g, &counts, classes);
        Draw::Detached(g.stop(x))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let p = classes_of(g, c);
        let mass = if c.form == LOGITS { g.softmax(p, c.event[0]) } else { p };
        Some(g.mul(c.args[0], mass))
    }
}

/// Whether all are counts and add up to the total.
pub(super) fn is_composition(g: &mut Graph, x: NodeId, total: NodeId, over: Dim) -> NodeId {
    let (counts, sum) = (is_count(g, x), g.sum(x, &[over]));
    let (counts, adds_up) = (all(g, counts, over), g.eq(sum, total));
    g.mul(counts, adds_up)
}

/// p_k / Σ_{j ≥ k} p_j: the probability of a class where the ones before it are excluded.
fn share_of_rest(g: &mut Graph, c: &Call) -> NodeId {
    let classes = c.event[0];
    let p = classes_of(g, c);
    let p = if c.form == LOGITS { g.softmax(p, classes) } else { p };
    let rest = g.push(Op::Cumsum { dim: classes, reverse: true }, [p]);
    let tiny = g.number(f64::MIN_POSITIVE);
    let rest = g.max(rest, tiny);
    let share = g.div(p, rest);
    let one = g.number(1.0);
    g.min(share, one)
}

/// One node per position to one array along the dimension.
fn stack(g: &mut Graph, parts: &[NodeId], dim: Dim) -> NodeId {
    let place = g.iota(dim);
    let zero = g.number(0.0);
    parts.iter().enumerate().fold(zero, |rest, (k, &part)| {
        let k = g.number(k as f64);
        let here = g.eq(place, k);
        g.select(here, part, rest)
    })
}
