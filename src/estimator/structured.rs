//! Relaxations of subsets, rankings and permutations: what a temperature makes of a sort of logits with Gumbel noise.
//!
//! A subset is a sum of successive softmaxes, each over what the ones before it left (Xie & Ermon 2019, eqs. 5 and 6). A place is 1
//! plus the number of those before, each counted by a tempered comparison (Qin, Liu & Li 2010, eq. 9).
//!
//! A permutation is drawn row by row, each by a softmax over what the rows before it left of the columns: as the temperature falls
//! this is the draw of q from the same noise.

use super::gumbel_softmax::straight;
use super::{Site, Value};
use crate::dist::{in_turn, places};
use crate::ir::{Dim, Graph, NodeId, Noise, constant};

/// A relaxed draw of q, which is over subsets of a size that the graph has as a constant; `hard` moves its value to a subset.
pub(super) fn subset(g: &mut Graph, site: &Site, tau: NodeId, hard: bool) -> Value {
    let (over, [_, size]) = (site.q.event[0], site.q.args());
    let noisy = noisy(g, site);
    let most = constant(g, size).into_iter().fold(0.0, f64::max) as usize;
    let tiny = g.number(f64::from(f32::MIN_POSITIVE));
    let (mut left, mut taken) = (noisy, g.number(0.0));
    for _ in 0..most.min(g.size(over)) {
        let tempered = g.div(left, tau);
        let next = g.softmax(tempered, over);
        taken = g.add(taken, next);
        let one = g.number(1.0);
        let rest = g.sub(one, next);
        let rest = g.max(rest, tiny);
        let log = g.ln(rest);
        left = g.add(left, log);
    }
    if !hard {
        return Value::Plain(taken);
    }
    let places = places(g, noisy, over);
    let corner = g.lt(places, size);
    Value::Plain(straight(g, corner, taken))
}

/// A relaxed draw of q, which is over rankings.
pub(super) fn ranking(g: &mut Graph, site: &Site, tau: NodeId, hard: bool) -> Value {
    let over = site.q.event[0];
    let noisy = noisy(g, site);
    let size = g.size(over);
    let twin = g.dim("twin", size);
    let other = g.run(noisy, over, twin, 0);
    let lead = g.sub(other, noisy);
    let tempered = g.div(lead, tau);
    let before = g.sigmoid(tempered);
    let before = g.sum(before, &[twin]);
    // Nobody stands before himself, where the comparison says ½.
    let soft = g.shift(0.5, before);
    if !hard {
        return Value::Plain(soft);
    }
    let places = places(g, noisy, over);
    let corner = g.shift(1.0, places);
    Value::Plain(straight(g, corner, soft))
}

/// A relaxed draw of q, which is over permutations: its rows add up to 1.
pub(super) fn matching(g: &mut Graph, site: &Site, tau: NodeId, hard: bool) -> Value {
    let axes = [site.q.event[0], site.q.event[1]];
    let keys = noisy(g, site);
    let soft = turns(g, keys, tau, axes);
    if !hard {
        return Value::Plain(soft);
    }
    let corner = in_turn(g, keys, axes);
    Value::Plain(straight(g, corner, soft))
}

/// The rows' tempered softmaxes, each over what those before it left of the columns.
pub(super) fn turns(g: &mut Graph, keys: NodeId, tau: NodeId, [row, column]: [Dim; 2]) -> NodeId {
    let (one, tiny) = (g.number(1.0), g.number(f64::from(f32::MIN_POSITIVE)));
    let number = g.iota(row);
    let (mut taken, mut rows) = (g.number(0.0), vec![]);
    for i in 0..g.size(row) {
        let own = g.at(keys, row, i);
        let rest = g.sub(one, taken);
        let rest = g.max(rest, tiny);
        let log_rest = g.ln(rest);
        let open = g.add(own, log_rest);
        let tempered = g.div(open, tau);
        let share = g.softmax(tempered, column);
        taken = g.add(taken, share);
        let place = g.number(i as f64);
        let here = g.eq(number, place);
        rows.push(g.mul(here, share));
    }
    g.add_all(rows)
}

/// The parameters of q with fresh noise.
pub(super) fn noisy(g: &mut Graph, site: &Site) -> NodeId {
    let dims = site.all_dims();
    let noise = g.add_noise(site.name, &dims, Noise::Gumbel);
    g.add(site.q.args[0], noise)
}
