//! The relaxed variables behind a hard draw: z with b = H(z), and z̃ given b (Tucker et al. 2017, appendices B and C).
//!
//! The noise of z̃ is the one with which it has the value of z: given b it is as fresh noise would be, and the two differ in
//! their derivatives alone. Everything stays in log space: no probability underflows, and no noise meets log 0.

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
    let mut dims = site.all_dims();
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
    let Some(classes) = classes(site) else {
        let free = binary(g, site, noise);
        return Relaxed { free, given_draw: binary_given(g, site, free, b), classes: None };
    };
    let log = masses(g, site, classes);
    let free = g.add(log, noise);
    let given_draw = classes_given(g, log, free, b, classes);
    Relaxed { free, given_draw, classes: Some(classes) }
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

pub(super) fn masses(g: &mut Graph, site: &Site, classes: Dim) -> NodeId {
    let Some(log) = site.q.dist.masses(g, site.q, classes) else {
        unreachable!("relaxed sites have a finite support");
    };
    log
}

/// log(u / (1 − u))
pub(super) fn logit(g: &mut Graph, u: NodeId) -> NodeId {
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

/// ±softplus(ν + softplus(±α)), with the sign of z and logistic noise ν such that this is z.
fn binary_given(g: &mut Graph, site: &Site, z: NodeId, b: NodeId) -> NodeId {
    let [alpha] = site.q.args();
    let minus = g.neg(alpha);
    let towards = g.select(b, alpha, minus);
    let reach = g.softplus(towards);
    let size = g.abs(z);
    let size = g.stop(size);
    let log_expm1 = {
        let less = log_one_minus_exp(g, size);
        g.add(size, less)
    };
    let noise = g.sub(log_expm1, reach);
    let noise = g.stop(noise);
    let sum = g.add(noise, reach);
    let size = g.softplus(sum);
    let other = g.neg(size);
    g.select(b, size, other)
}

/// γ for the class b, γ − softplus(γ − gₖ − log pₖ) for the others: γ, which has the standard Gumbel distribution whatever p
/// is, and the noise g are such that this is z.
fn classes_given(g: &mut Graph, log: NodeId, z: NodeId, b: NodeId, classes: Dim) -> NodeId {
    let positions = g.iota(classes);
    let hit = g.eq(positions, b);
    let own = g.mul(hit, z);
    let top = g.sum(own, &[classes]);
    let top = g.stop(top);
    let z = g.stop(z);
    let lead = g.sub(top, z);
    let less = log_one_minus_exp(g, lead);
    let unmoved = g.sub(z, less);
    let noise = g.sub(unmoved, log);
    let noise = g.stop(noise);
    let usual = g.add(noise, log);
    let lead = g.sub(top, usual);
    let fall = g.softplus(lead);
    let other = g.sub(top, fall);
    g.select(hit, top, other)
}

/// log(1 − exp(−x)), x ≥ 0
fn log_one_minus_exp(g: &mut Graph, x: NodeId) -> NodeId {
    let minus = g.neg(x);
    let change = g.expm1(minus);
    let share = g.neg(change);
    g.ln(share)
}
