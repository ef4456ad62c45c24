//! Ordered(d, D): draws of d along D, sorted. Of the K! orders of K draws one is left, so the density gains K!.

use super::numeric::{all, or_impossible};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Ordered;

static SIGNATURE: Signature = Signature {
    name: "Ordered",
    forms: &[Form {
        params: &[
            Param {
                name: "base",
                needs: Needs::Distribution,
                doc: "what is drawn along the dimension; on all reals, its parameters constant along it",
            },
            Param { name: "dim", needs: Needs::Dimension, doc: "along which draws ascend" },
        ],
    }],
    support: Support::Ordered,
    event: Event::Vector,
    doc: "Draws along a dimension, in ascending order.",
    density: "K! prod_k base(x[k]) for x[1] < x[2] < … x[K]",
    example: "dim k = 3\nx ~ Ordered(Normal(0, 10), k)",
};

/// 1 where no element is below the one before it.
fn is_ascending(g: &mut Graph, x: NodeId, over: Dim) -> NodeId {
    let steps = g.size(over) - 1;
    if steps == 0 {
        return g.number(1.0);
    }
    let step = g.dim("step", steps);
    let (before, after) = (g.run(x, over, step, 0), g.run(x, over, step, 1));
    let ascends = g.le(before, after);
    all(g, ascends, step)
}

/// How many elements come before each: by value, then by place.
fn ranks(g: &mut Graph, x: NodeId, over: Dim) -> NodeId {
    let other = g.dim("other", g.size(over));
    let y = g.run(x, over, other, 0);
    let (place, other_place) = (g.iota(over), g.iota(other));
    let (less, same, earlier) = (g.lt(y, x), g.eq(y, x), g.lt(other_place, place));
    let tied = g.mul(same, earlier);
    let before = g.add(less, tied);
    g.sum(before, &[other])
}

impl Distribution for Ordered {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let over = c.event[0];
        let inside = is_ascending(g, x, over);
        let each = c.inner().log_prob(g, x);
        let each = g.expand(each, &[over]);
        let sum = g.sum(each, &[over]);
        let orders: f64 = (1..=g.size(over)).map(|k| (k as f64).ln()).sum();
        let log = g.shift(orders, sum);
        or_impossible(g, inside, log)
    }

    fn refuses(&self, _: &'static dyn Distribution, root: &Signature) -> Option<&'static str> {
        let fits = root.support == Support::Real && root.event == Event::Scalar;
        (!fits).then_some("draws on the whole real line")
    }

    /// Sorting keeps every element, so it keeps gradients too.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let over = c.event[0];
        let draw = c.inner().draw(g, dims, name);
        let x = draw.node();
        let rank = ranks(g, x, over);
        let others: Vec<Dim> = dims.iter().copied().filter(|&d| d != over).collect();
        let sorted = g.sum_by(x, rank, over, &others);
        match draw {
            Draw::Pathwise(_) => Draw::Pathwise(sorted),
            Draw::Detached(_) => Draw::Detached(sorted),
        }
    }
}
