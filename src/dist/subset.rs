//! Subset(logits, size): the items whose logits, with Gumbel noise added, are largest; in which order is forgotten.

use super::clocks::Clocks;
use super::multinomial::is_composition;
use super::numeric::{BOTTOM, all, is_count_to, or_impossible, within};
use super::order::places;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise, Reduce};

pub(super) struct Subset;

static SIGNATURE: Signature = Signature {
    name: "Subset",
    forms: &[Form {
        params: &[
            Param {
                name: "logits",
                needs: Needs::RealVector,
                doc: "log rates at which items are taken, up to a constant",
            },
            Param { name: "size", needs: Needs::Count, doc: "how many are taken" },
        ],
    }],
    support: Support::Subset("size"),
    event: Event::Vector,
    doc: "So many items of a dimension, drawn without putting back: 1 where an item is taken.",
    density: "sum over orders of the taken items of prod_i exp(logits[i]) / (sum of exp(logits) not taken before)",
    example: "dim item = 4\nx[item] ~ Subset(zeros(item), 2)",
};

/// Of a taken item's log rate over that of the first other.
const MOST_LEAD: f64 = 40.0;

impl Distribution for Subset {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let (over, [_, size]) = (c.event[0], c.args());
        let x = g.expand(x, &[over]);
        let one = g.number(1.0);
        let (single, adds_up) = (is_count_to(g, x, one), is_composition(g, x, size, over));
        let single = all(g, single, over);
        let inside = g.mul(single, adds_up);
        let x = within(g, inside, x, 0.0);
        let log = log_mass(g, x, c);
        or_impossible(g, inside, log)
    }

    fn relaxed_log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        log_mass(g, x, c)
    }

    /// Gumbel top-k (Vieira 2014; Kool, van Hoof & Welling 2019).
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let (over, [logits, size]) = (c.event[0], c.args());
        let noise = g.add_noise(name, dims, Noise::Gumbel);
        let logits = g.stop(logits);
        let noisy = g.add(logits, noise);
        let places = places(g, noisy, over);
        Draw::Detached(g.lt(places, size))
    }
}

/// The log mass; between subsets a smooth function that is the mass at each of them.
fn log_mass(g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
    let (over, [logits, size]) = (c.event[0], c.args());
    let logits = g.expand(logits, &[over]);
    let rest = log_rest(g, x, logits, over);
    let count = g.size(over);
    let most = g.as_number(size).map_or(count, |size| count.min(size as usize));
    let clocks = Clocks::new(g, rest, most);
    let rung = clocks.rung(g, logits);
    let all_rung = g.contract(x, rung, &[over]);
    clocks.first(g, all_rung)
}

/// The log rate of what is not taken, in units of the fastest of it. What is taken may be faster by more than a float holds: it adds
/// nothing, and as a way to leave it has a rate whose square is finite.
fn log_rest(g: &mut Graph, x: NodeId, logits: NodeId, over: Dim) -> NodeId {
    let (zero, one, bottom) = (g.number(0.0), g.number(1.0), g.number(BOTTOM));
    let is_open = g.lt(x, one);
    let open = g.select(is_open, logits, bottom);
    let top = g.reduce(Reduce::Max, open, &[over]);
    let top = g.stop(top);
    let lead = g.sub(logits, top);
    let most = g.number(MOST_LEAD);
    let lead = g.min(lead, most);
    let rate = g.exp(lead);
    let left = g.sub(one, x);
    // Relaxed items may be taken more than once.
    let is_single = g.le(x, one);
    let left = g.select(is_single, left, zero);
    let rest = g.contract(left, rate, &[over]);
    let tiny = g.number(f64::from(f32::MIN_POSITIVE));
    let rest = g.max(rest, tiny);
    let log = g.ln(rest);
    g.add(log, top)
}
