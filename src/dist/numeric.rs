//! Numerics on graph nodes that densities share: logarithms near 0 and 1, the inverse of Φ, and supports whose far side
//! passes no gradient.

use super::Tails;
use crate::ir::{Dim, Graph, NodeId, Noise, Op, Reduce, Sampler};
use std::f64::consts::LN_2;

/// ½ log(2π)
pub(super) const HALF_LOG_2PI: f64 = 0.918_938_533_204_672_8;

/// x where `inside` is 1, else the stand-in: what a density computes with, so that no NaN flows back from outside.
pub(super) fn within(g: &mut Graph, inside: NodeId, x: NodeId, stand_in: f64) -> NodeId {
    let stand_in = g.number(stand_in);
    g.select(inside, x, stand_in)
}

/// The log where `inside` is 1, else −∞.
pub(super) fn or_impossible(g: &mut Graph, inside: NodeId, log: NodeId) -> NodeId {
    let never = g.number(f64::NEG_INFINITY);
    g.select(inside, log, never)
}

pub(super) fn is_positive(g: &mut Graph, x: NodeId) -> NodeId {
    let zero = g.number(0.0);
    g.lt(zero, x)
}

pub(super) fn is_nonneg(g: &mut Graph, x: NodeId) -> NodeId {
    let zero = g.number(0.0);
    g.le(zero, x)
}

/// low ≤ x ≤ high
pub(super) fn is_between(g: &mut Graph, low: NodeId, x: NodeId, high: NodeId) -> NodeId {
    let (above, below) = (g.le(low, x), g.le(x, high));
    g.mul(above, below)
}

pub(super) fn is_unit(g: &mut Graph, x: NodeId) -> NodeId {
    let (zero, one) = (g.number(0.0), g.number(1.0));
    is_between(g, zero, x, one)
}

/// … −1, 0, 1 …
pub(super) fn is_whole(g: &mut Graph, x: NodeId) -> NodeId {
    let floor = g.floor(x);
    g.eq(x, floor)
}

/// 0, 1, 2 …
pub(super) fn is_count(g: &mut Graph, x: NodeId) -> NodeId {
    let (whole, nonneg) = (is_whole(g, x), is_nonneg(g, x));
    g.mul(whole, nonneg)
}

/// 0, 1, 2 … most
pub(super) fn is_count_to(g: &mut Graph, x: NodeId, most: NodeId) -> NodeId {
    let (count, below) = (is_count(g, x), g.le(x, most));
    g.mul(count, below)
}

/// Whether all elements along the dimension are 1.
pub(super) fn all(g: &mut Graph, x: NodeId, dim: Dim) -> NodeId {
    g.reduce(Reduce::Min, x, &[dim])
}

/// log(1 − p)
pub(super) fn log_complement(g: &mut Graph, p: NodeId) -> NodeId {
    let minus = g.neg(p);
    g.log1p(minus)
}

/// log sigmoid(x)
pub(super) fn log_sigmoid(g: &mut Graph, x: NodeId) -> NodeId {
    let minus = g.neg(x);
    let plus = g.softplus(minus);
    g.neg(plus)
}

/// The log of a mass that may be 0, without a gradient there.
pub(super) fn log_mass(g: &mut Graph, p: NodeId) -> NodeId {
    let inside = is_positive(g, p);
    let p = within(g, inside, p, 1.0);
    let log = g.ln(p);
    or_impossible(g, inside, log)
}

/// w·l, 0 where w is 0 even if l is not finite.
pub(super) fn weigh(g: &mut Graph, w: NodeId, l: NodeId) -> NodeId {
    let endless = g.number(f64::INFINITY);
    let size = g.abs(l);
    let is_finite = g.lt(size, endless);
    let singular = g.not(is_finite);
    let l = unless_both(g, w, singular, l, 0.0);
    g.mul(w, l)
}

/// w·log(y), 0 where w is 0 even if y is.
pub(super) fn times_log(g: &mut Graph, w: NodeId, y: NodeId) -> NodeId {
    let zero = g.number(0.0);
    let is_zero = g.eq(y, zero);
    let y = unless_both(g, w, is_zero, y, 1.0);
    let log = g.ln(y);
    g.mul(w, log)
}

/// w·log(1 − y), 0 where w is 0 even if y is 1.
pub(super) fn times_log_complement(g: &mut Graph, w: NodeId, y: NodeId) -> NodeId {
    let one = g.number(1.0);
    let is_one = g.eq(y, one);
    let y = unless_both(g, w, is_one, y, 0.0);
    let log = log_complement(g, y);
    g.mul(w, log)
}

/// y, but the stand-in where the weight is 0 and y is singular.
fn unless_both(g: &mut Graph, w: NodeId, singular: NodeId, y: NodeId, stand_in: f64) -> NodeId {
    let zero = g.number(0.0);
    let is_unused = g.eq(w, zero);
    let both = g.mul(is_unused, singular);
    let stand_in = g.number(stand_in);
    g.select(both, stand_in, y)
}

/// log(1 − exp(x)) for x ≤ 0, by the branch that keeps its digits (Mächler 2012).
pub(super) fn log1mexp(g: &mut Graph, x: NodeId) -> NodeId {
    let half = g.number(-LN_2);
    let near = g.lt(half, x);
    let x_near = g.max(x, half);
    let expm1 = g.expm1(x_near);
    let minus = g.neg(expm1);
    let by_expm1 = g.ln(minus);
    let x_far = g.min(x, half);
    let exp = g.exp(x_far);
    let by_log1p = log_complement(g, exp);
    g.select(near, by_expm1, by_log1p)
}

/// log(exp(a) − exp(b)) for a ≥ b.
pub(super) fn log_diff_exp(g: &mut Graph, a: NodeId, b: NodeId) -> NodeId {
    let gap = g.sub(b, a);
    let log = log1mexp(g, gap);
    g.add(a, log)
}

/// Below all logs of probabilities that matter.
pub(super) const BOTTOM: f64 = -1e30;

/// log(exp(a) + exp(b)), with all digits of a sum near 0.
pub(super) fn log_add_exp(g: &mut Graph, a: NodeId, b: NodeId) -> NodeId {
    let (low, high) = sort(g, a, b);
    let bottom = g.number(BOTTOM);
    let finite = g.max(high, bottom);
    let gap = g.sub(low, finite);
    let more = g.softplus(gap);
    g.add(high, more)
}

/// The smaller and the larger of two; of equals each is one, so that each has its gradient.
fn sort(g: &mut Graph, a: NodeId, b: NodeId) -> (NodeId, NodeId) {
    let ascends = g.lt(a, b);
    (g.select(ascends, a, b), g.select(ascends, b, a))
}

/// From here on Stirling's series has all digits.
const LARGE: f64 = 20.0;

/// log Γ(a + x) − log Γ(a) for x ≥ 0: where both are large they cancel, so it is the difference of Stirling's series there.
pub(super) fn log_rising(g: &mut Graph, a: NodeId, x: NodeId) -> NodeId {
    let sum = g.add(a, x);
    let (top, bottom) = (g.lgamma(sum), g.lgamma(a));
    let plain = g.sub(top, bottom);
    let large = g.number(LARGE);
    let is_large = g.le(large, a);
    let a = g.max(a, large);
    let by_series = log_rising_series(g, a, x);
    g.select(is_large, by_series, plain)
}

/// (a − ½) log(1 + x/a) + x log(a + x) − x + s(a + x) − s(a)
fn log_rising_series(g: &mut Graph, a: NodeId, x: NodeId) -> NodeId {
    let sum = g.add(a, x);
    let ratio = g.div(x, a);
    let growth = g.log1p(ratio);
    let before = g.shift(-0.5, a);
    let by_growth = g.mul(before, growth);
    let log_sum = g.ln(sum);
    let steps = g.shift(-1.0, log_sum);
    let by_steps = g.mul(x, steps);
    let (top, bottom) = (stirling_rest(g, sum), stirling_rest(g, a));
    let rest = g.sub(top, bottom);
    g.add_all([by_growth, by_steps, rest])
}

/// s(z) = 1/(12 z) − 1/(360 z³) + 1/(1260 z⁵) − 1/(1680 z⁷)
fn stirling_rest(g: &mut Graph, z: NodeId) -> NodeId {
    let inverse = g.recip(z);
    let square = g.square(inverse);
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0];
    let sum = polynomial(g, square, &series);
    g.mul(inverse, sum)
}

/// log B(a, b)
pub(super) fn log_beta(g: &mut Graph, a: NodeId, b: NodeId) -> NodeId {
    let (low, high) = sort(g, a, b);
    let log_gamma = g.lgamma(low);
    let rise = log_rising(g, high, low);
    g.sub(log_gamma, rise)
}

/// log x!
pub(super) fn log_factorial(g: &mut Graph, x: NodeId) -> NodeId {
    let next = g.shift(1.0, x);
    g.lgamma(next)
}

/// log of the number of ways to choose x of n.
pub(super) fn log_choose(g: &mut Graph, n: NodeId, x: NodeId) -> NodeId {
    let rest = g.sub(n, x);
    let (all, some, rest) = (log_factorial(g, n), log_factorial(g, x), log_factorial(g, rest));
    let ways = g.sub(all, some);
    g.sub(ways, rest)
}

impl Tails {
    /// Of uniform noise: where a distribution without a shorter way is drawn.
    pub(super) fn uniform(g: &mut Graph, dims: &[Dim], name: &str) -> Tails {
        let noise = g.add_noise(name, dims, Noise::Uniform);
        Tails { below: g.ln(noise), above: log_complement(g, noise) }
    }

    /// Whether the point is below the median, and the smaller tail.
    pub(super) fn smaller(self, g: &mut Graph) -> (NodeId, NodeId) {
        (g.lt(self.below, self.above), g.min(self.below, self.above))
    }
}

/// The standard normal quantile: Abramowitz & Stegun 26.2.23 in the smaller tail, then Newton's method on log Φ. The last
/// step carries the gradient.
pub(super) fn normal_quantile(g: &mut Graph, at: Tails) -> NodeId {
    let (is_lower, log_p) = at.smaller(g);
    let fixed = g.stop(log_p);
    let start = rough_quantile(g, fixed);
    let near = newton(g, start, fixed);
    let near = g.stop(near);
    let z = newton(g, near, log_p);
    let mirrored = g.neg(z);
    g.select(is_lower, z, mirrored)
}

/// Φ⁻¹ for log p ≤ log ½, to 4.5e-4.
fn rough_quantile(g: &mut Graph, log_p: NodeId) -> NodeId {
    let t = g.scale(-2.0, log_p);
    let t = g.sqrt(t);
    let top = polynomial(g, t, &[2.515_517, 0.802_853, 0.010_328]);
    let bottom = polynomial(g, t, &[1.0, 1.432_788, 0.189_269, 0.001_308]);
    let ratio = g.div(top, bottom);
    g.sub(ratio, t)
}

/// One step towards log Φ(z) = log p. The slope φ/Φ is taken as it is at z.
fn newton(g: &mut Graph, z: NodeId, log_p: NodeId) -> NodeId {
    let log_cdf = g.log_ndtr(z);
    let square = g.square(z);
    let fall = g.scale(-0.5, square);
    let log_density = g.shift(-HALF_LOG_2PI, fall);
    let log_slope = g.sub(log_density, log_cdf);
    let slope = g.exp(log_slope);
    let miss = g.sub(log_p, log_cdf);
    let step = g.div(miss, slope);
    g.add(z, step)
}

/// Coefficients from the constant up.
pub(super) fn polynomial(g: &mut Graph, x: NodeId, coefficients: &[f64]) -> NodeId {
    let zero = g.number(0.0);
    coefficients.iter().rev().fold(zero, |sum, &c| {
        let sum = g.mul(sum, x);
        g.shift(c, sum)
    })
}

/// The time of the first event of a Poisson process of rate 1, given that it comes before `end`.
pub(super) fn first_within(g: &mut Graph, end: NodeId, dims: &[Dim], name: &str) -> NodeId {
    let noise = g.add_noise(name, dims, Noise::Uniform);
    let minus = g.neg(end);
    let missed = g.expm1(minus);
    let part = g.mul(noise, missed);
    let log = g.log1p(part);
    g.neg(log)
}

/// The log of a Gamma(shape, 1) draw. As G(a) is G(a + 1)·u^(1/a), small shapes do not underflow.
pub(super) fn log_gamma_draw(g: &mut Graph, shape: NodeId, dims: &[Dim], name: &str) -> NodeId {
    let noise = g.add_noise(name, dims, Noise::Uniform);
    let boost = g.add_noise(&format!("{name}.boost"), dims, Noise::Uniform);
    let shape = g.expand(shape, dims);
    let next = g.shift(1.0, shape);
    let draw = g.push(Op::Draw(Sampler::Gamma), [noise, next]);
    let (draw, boost) = (g.ln(draw), g.ln(boost));
    let boost = g.div(boost, shape);
    g.add(draw, boost)
}

/// A value that stays as it is, and moves with a parameter as fast as the slope says.
pub(super) fn in_step(g: &mut Graph, value: NodeId, parameter: NodeId, slope: NodeId) -> NodeId {
    let (fixed, slope) = (g.stop(parameter), g.stop(slope));
    let change = g.sub(parameter, fixed);
    let moved = g.mul(change, slope);
    g.add(value, moved)
}

/// log rates of what is there in part: −∞ where nothing is left, without a gradient.
pub(super) fn in_part(g: &mut Graph, left: NodeId, log_rate: NodeId) -> NodeId {
    let (tiny, never) = (g.number(f64::from(f32::MIN_POSITIVE)), g.number(f64::NEG_INFINITY));
    let is_left = g.le(tiny, left);
    let some = g.max(left, tiny);
    let log = g.ln(some);
    let open = g.add(log_rate, log);
    g.select(is_left, open, never)
}

/// log Σ exp(open) − Σ p log rate, p the softmax of `open` along `over`: the entropy of a choice among what is there in full, and less than
/// that of a choice where some are there in part.
pub(super) fn entropy_of(g: &mut Graph, open: NodeId, log_rate: NodeId, over: Dim) -> NodeId {
    let total = g.log_sum_exp(open, &[over]);
    let log_mass = g.sub(open, total);
    let mass = g.exp(log_mass);
    let mean = g.contract(mass, log_rate, &[over]);
    g.sub(total, mean)
}
