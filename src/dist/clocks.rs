//! Exponential clocks: which of them ring before the first of the others.
//!
//! Items with rates w are taken in the order in which their clocks ring. With R the rate of the first other clock, all of a set S
//! ring before it with probability ∫ R e^(−R t) Π_S (1 − e^(−wᵢ t)) dt (Kool, van Hoof & Welling 2020, appendix B). With t = e^u / R
//! the integrand falls double exponentially on one side and like e^u on the other, and is analytic in a strip of half width
//! π/2, so that equal steps are exact to rounding: no sum over orders, no cancellation. The lower u is, the less of the integral is
//! there and the longer steps may be: they are equal in v where u = v − e^(−v/4).
//!
//! Rates are logarithms throughout: however far apart they lie, none is nothing beside another.

use super::numeric::{BOTTOM, log1mexp};
use crate::ir::{Dim, Graph, NodeId};

/// The steps of the integral.
pub struct Clocks {
    dim: Dim,
    u: NodeId,
    /// The log weight of each step.
    density: NodeId,
    log_rest: NodeId,
}

/// The lowest u: below it is less than 1e-16 of the integral.
const LOWEST: f64 = -37.0;

impl Clocks {
    /// `log_rest` is the log rate of the first other clock, in any unit; where nothing else is left it may be −∞. At most so many
    /// clocks are asked for: the more may ring at once, the steeper is the integrand.
    pub fn new(g: &mut Graph, log_rest: NodeId, most: usize) -> Self {
        let bottom = g.number(BOTTOM);
        let log_rest = g.max(log_rest, bottom);
        let steps = steps(most);
        let dim = g.dim("clock", steps.len());
        let u = g.add_data("clock", &[dim], steps.iter().map(|s| s.0).collect());
        let density = steps.iter().map(|(u, log_length)| u - u.exp() + log_length).collect();
        let density = g.add_data("density of the first other", &[dim], density);
        Self { dim, u, density, log_rest }
    }

    /// log(1 − exp(−w t)) at each step: that a clock of this log rate has rung. Nothing overflows.
    pub fn rung(&self, g: &mut Graph, log_rate: NodeId) -> NodeId {
        let (low, high) = (g.number(-80.0), g.number(5.0));
        let ratio = g.sub(log_rate, self.log_rest);
        let log_time = g.add(ratio, self.u);
        let inside = g.max(log_time, low);
        let inside = g.min(inside, high);
        let time = g.exp(inside);
        let minus = g.neg(time);
        let log = log1mexp(g, minus);
        // Below the ends the logarithm is that of the time itself.
        let below = g.min(log_time, low);
        let beyond = g.sub(below, low);
        g.add(log, beyond)
    }

    /// The log probability that clocks ring before the first other one, from the sum of what `rung` says of each.
    pub fn first(&self, g: &mut Graph, rung: NodeId) -> NodeId {
        let both = g.add(self.density, rung);
        g.log_sum_exp(both, &[self.dim])
    }
}

/// Each u with the log of the length that it stands for. Where n clocks ring together the integrand is like a Gamma(n + 1) density:
/// its width in u is 1/√(n + 1), and beyond the end is less than 1e-16 of it.
fn steps(most: usize) -> Vec<(f64, f64)> {
    let shape = most as f64 + 1.0;
    let step = (0.6 / shape.sqrt()).min(0.15);
    let end = (shape + 9.0 * shape.sqrt() + 45.0).ln();
    let at = |i: usize| {
        let v = end - step * i as f64;
        let bend = (-v / 4.0).exp();
        (v - bend, (step * (1.0 + bend / 4.0)).ln())
    };
    (0..).map(at).take_while(|(u, _)| *u > LOWEST).collect()
}
