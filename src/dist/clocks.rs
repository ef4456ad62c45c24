//! Exponential clocks: which of them ring before the first of the others.
//!
//! Items with rates w are taken in the order in which their clocks ring. With R the rate of the first other clock, all of a set S
//! ring before it with probability ∫ R e^(−R t) Π_S (1 − e^(−wᵢ t)) dt (Kool, van Hoof & Welling 2020, appendix B). With t = e^u / R
//! the integrand falls double exponentially on one side and like e^u on the other, and is analytic in a strip of half width
//! π/2, so that equal steps are exact to rounding: no sum over orders, no cancellation.

use super::numeric::log1mexp;
use crate::ir::{Dim, Graph, NodeId};

/// The steps of the integral.
pub struct Clocks {
    dim: Dim,
    u: NodeId,
    /// The log weight of each step.
    density: NodeId,
    log_rest: NodeId,
}

/// Steps in u, and their ends: beyond them is less than 1e-16 of the integral.
const STEP: f64 = 0.2;
const ENDS: (f64, f64) = (-37.0, 4.0);

impl Clocks {
    /// `rest` is the rate of the first other clock, in any unit; where nothing else is left it may be 0.
    pub fn new(g: &mut Graph, rest: NodeId) -> Self {
        let tiny = g.number(f64::from(f32::MIN_POSITIVE));
        let rest = g.max(rest, tiny);
        let log_rest = g.ln(rest);
        let count = ((ENDS.1 - ENDS.0) / STEP) as usize + 1;
        let dim = g.dim("clock", count);
        let at = |i: usize| ENDS.0 + STEP * i as f64;
        let u = g.add_data("clock", &[dim], (0..count).map(at).collect());
        let density = (0..count).map(|i| at(i) - at(i).exp() + STEP.ln()).collect();
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
