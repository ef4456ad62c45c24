//! The relaxed variables behind a hard draw: z with b = H(z), and z̃ drawn again given b (Tucker et al. 2017, appendix B).
//!
//! Everything stays in log space: no probability underflows, and no noise meets log 0.

use super::{Drawn, Site, Value};
use crate::dist::Event;
use crate::ir::{Dim, Graph, NodeId, Noise};

/// Relaxed variables before they are tempered.
#[derive(Clone, Copy)]
pub(super) struct Relaxed {
    pub(super) free: NodeId,
    pub(super) given_draw: NodeId,
    /// The dimension of the classes; `None` for two values.
    pub(super) classes: Option<Dim>,
}

/// A hard draw that keeps its noise: Gumbel, or uniform for two values.
pub(super) fn draw(g: &mut Graph, site: &Site) -> Drawn {
    let mut dims: Vec<Dim> = site.dims.iter().copied().chain(site.draws).collect();
    let Some(classes) = classes(site) else {
        let u = g.add_noise(site.name, &dims, Noise::Uniform);
        let z = binary(g, site, u);
        let zero = g.number(0.0);
        return Drawn { value: Value::Plain(g.lt(zero, z)), noise: Some(u) };
    };
    dims.push(classes);
    let noise = g.add_noise(site.name, &dims, Noise::Gumbel);
    let log = masses(g, site, classes);
    let z = g.add(log, noise);
    Drawn { value: Value::Plain(g.arg_max(z, classes)), noise: Some(noise) }
}

/// The relaxed variables of a draw that was made here.
pub(super) fn relaxed(g: &mut Graph, site: &Site, drawn: Drawn) -> Relaxed {
    let (Value::Plain(b), Some(noise)) = (drawn.value, drawn.noise) else {
        unreachable!("its draws are hard and keep their noise");
    };
    let dims: Vec<Dim> = g.shape(noise).iter().collect();
    match classes(site) {
        None => {
            let v = g.add_noise(site.name, &dims, Noise::Uniform);
            let (free, given_draw) = (binary(g, site, noise), binary_given(g, site, v, b));
            Relaxed { free, given_draw, classes: None }
        }
        Some(classes) => {
            let log = masses(g, site, classes);
            let free = g.add(log, noise);
            let again = g.add_noise(site.name, &dims, Noise::Gumbel);
            let given_draw = classes_given(g, log, again, b, classes);
            Relaxed { free, given_draw, classes: Some(classes) }
        }
    }
}

/// A relaxed variable at a temperature: a point of the simplex, or of (0, 1).
pub(super) fn tempered(g: &mut Graph, z: NodeId, tau: NodeId, classes: Option<Dim>) -> Value {
    let cold = g.div(z, tau);
    match classes {
        Some(dim) => Value::Soft { simplex: g.softmax(cold, dim), dim },
        None => Value::Plain(g.sigmoid(cold)),
    }
}

pub(super) fn classes(site: &Site) -> Option<Dim> {
    (site.q.dist.signature().event == Event::Classes).then(|| site.q.event[0])
}

fn masses(g: &mut Graph, site: &Site, classes: Dim) -> NodeId {
    let Some(log) = site.q.dist.masses(g, site.q, classes) else {
        unreachable!("relaxed sites have a finite support");
    };
    log
}

/// log(u / (1 − u))
fn logit(g: &mut Graph, u: NodeId) -> NodeId {
    let one = g.number(1.0);
    let rest = g.sub(one, u);
    let (a, b) = (g.ln(u), g.ln(rest));
    g.sub(a, b)
}

/// The logit of q with logistic noise.
fn binary(g: &mut Graph, site: &Site, u: NodeId) -> NodeId {
    let [alpha] = site.q.args();
    let logistic = logit(g, u);
    g.add(alpha, logistic)
}

/// z given its sign: softplus(logit v + softplus(α)) where b = 1, −softplus(logit v + softplus(−α)) where b = 0.
fn binary_given(g: &mut Graph, site: &Site, v: NodeId, b: NodeId) -> NodeId {
    let [alpha] = site.q.args();
    let logistic = logit(g, v);
    let side = |g: &mut Graph, alpha: NodeId| {
        let reach = g.softplus(alpha);
        let sum = g.add(logistic, reach);
        g.softplus(sum)
    };
    let minus = g.neg(alpha);
    let (above, below) = (side(g, alpha), side(g, minus));
    let below = g.neg(below);
    g.select(b, above, below)
}

/// z given its largest: γ for the class b, γ − softplus(γ − gₖ − log pₖ) for the others, with γ = g_b.
fn classes_given(g: &mut Graph, log: NodeId, noise: NodeId, b: NodeId, classes: Dim) -> NodeId {
    let positions = g.iota(classes);
    let hit = g.eq(positions, b);
    let own = g.mul(hit, noise);
    let top = g.sum(own, &[classes]);
    let usual = g.add(noise, log);
    let lead = g.sub(top, usual);
    let fall = g.softplus(lead);
    let other = g.sub(top, fall);
    g.select(hit, top, other)
}
