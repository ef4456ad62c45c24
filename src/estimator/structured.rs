//! Relaxations of subsets and rankings: what a temperature makes of a sort of logits with Gumbel noise.
//!
//! A subset is a sum of successive softmaxes, each over what the ones before it left (Xie & Ermon 2019, eqs. 5 and 6). A place is 1
//! plus the number of those before, each counted by a tempered comparison (Qin, Liu & Li 2010, eq. 9).

use super::gumbel_softmax::straight;
use super::{Site, Value};
use crate::dist::places;
use crate::ir::{Graph, NodeId, Noise, constant};

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

fn noisy(g: &mut Graph, site: &Site) -> NodeId {
    let dims = site.all_dims();
    let noise = g.add_noise(site.name, &dims, Noise::Gumbel);
    g.add(site.q.args[0], noise)
}
