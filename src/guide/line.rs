//! Guides of the latent's own family as densities on the line: what quadrature integrates in place of draws.

use super::own::stopped;
use crate::dist::{Call, Support};
use crate::ir::{Dim, Graph, NodeId};
use std::f64::consts::{PI, TAU};

/// ½ log(2π)
const HALF_LOG_2PI: f64 = 0.918_938_533_204_672_8;
/// exp(−this) of the mass counts no more: there the value is the centre's, and has no weight.
const GONE: f64 = 36.0;

/// A value in place of a draw, and how much more of the guide's mass lies around it than of a standard normal's.
pub struct OnLine {
    pub value: NodeId,
    pub weight: NodeId,
}

/// How a family lies on the line.
struct Line {
    centre: NodeId,
    spread: NodeId,
    /// What becomes of the coordinate, in spreads, and how fast that rises.
    stretch: fn(&mut Graph, NodeId) -> (NodeId, NodeId),
    /// The value at a place.
    value: fn(&mut Graph, NodeId, &Call) -> NodeId,
    /// The log density of the place.
    log_density: fn(&mut Graph, NodeId, &Call) -> NodeId,
}

/// The value at centre + spread · stretched x, for a standard coordinate x: far enough out for the family's tails. The guide's
/// parameters move the weight alone. `None` for families that are not on the line yet.
pub fn on_line(g: &mut Graph, q: &Call, x: NodeId) -> Option<OnLine> {
    let Line { centre, spread, stretch, value, log_density } = line(g, q)?;
    let (centre, spread) = (g.stop(centre), g.stop(spread));
    let (stretched, slope) = stretch(g, x);
    let step = g.mul(spread, stretched);
    let place = g.add(centre, step);
    let fixed = stopped(g, q);
    let log_mass = log_density(g, place, &fixed);
    let log_slope = g.mul(spread, slope);
    let log_slope = g.ln(log_slope);
    let log_mass = g.add(log_mass, log_slope);
    let edge = g.number(-GONE);
    let counts = g.lt(edge, log_mass);
    let place = g.select(counts, place, centre);
    let log_density = log_density(g, place, q);
    let square = g.square(x);
    let half = g.scale(0.5, square);
    let log_weight = g.add_all([log_density, log_slope, half]);
    let log_weight = g.shift(HALF_LOG_2PI, log_weight);
    let weight = g.exp(log_weight);
    let zero = g.number(0.0);
    let weight = g.select(counts, weight, zero);
    Some(OnLine { value: value(g, place, &fixed), weight })
}

fn line(g: &mut Graph, q: &Call) -> Option<Line> {
    let line = match q.dist.signature().name {
        name @ ("Gamma" | "InverseGamma") => {
            let [shape, rate] = q.args();
            let (mean, variance, log_rate) = (g.digamma(shape), g.trigamma(shape), g.ln(rate));
            let value = if name == "Gamma" { exp } else { exp_of_minus };
            let (centre, spread) = (g.sub(mean, log_rate), g.sqrt(variance));
            Line { centre, spread, stretch: cubic, value, log_density: log_gamma }
        }
        name @ ("Beta" | "Kumaraswamy") => {
            let moments = q.args::<2>().map(|a| (g.digamma(a), g.trigamma(a)));
            let variance = g.add(moments[0].1, moments[1].1);
            let centre = g.sub(moments[0].0, moments[1].0);
            let spread = g.sqrt(variance);
            let log_density = if name == "Beta" { log_odds } else { own_odds };
            Line { centre, spread, stretch: cubic, value: sigmoid, log_density }
        }
        "Weibull" | "Frechet" => {
            let [shape, scale] = q.args();
            on_logs(g, shape, scale)
        }
        "LogLogistic" => {
            let [scale, shape] = q.args();
            on_logs(g, shape, scale)
        }
        "VonMises" => circle(g, q),
        "Mixture" => mixture(g, q)?,
        "Laplace" | "AsymmetricLaplace" | "GeneralizedNormal" => {
            let (centre, spread) = loc_scale(q)?;
            Line { centre, spread, stretch: cube, value: same, log_density: own }
        }
        "Gumbel" => {
            let (centre, spread) = loc_scale(q)?;
            Line { centre, spread, stretch: cubic, value: same, log_density: own }
        }
        _ => {
            let (centre, spread) = loc_scale(q)?;
            Line { centre, spread, stretch: sinh, value: same, log_density: own }
        }
    };
    Some(line)
}

/// The log of a positive draw, whose power is standard.
fn on_logs(g: &mut Graph, shape: NodeId, scale: NodeId) -> Line {
    let one = g.number(1.0);
    let (centre, spread) = (g.ln(scale), g.div(one, shape));
    Line { centre, spread, stretch: cubic, value: exp, log_density: own_logs }
}

/// An angle is π (2 σ(u) − 1): what turns about loc is cut where angles end.
fn circle(g: &mut Graph, q: &Call) -> Line {
    /// How near to an end the centre may be, as a share of π.
    const MOST: f64 = 0.99;
    let [loc, concentration] = q.args();
    let turns = g.scale(1.0 / TAU, loc);
    let turns = g.shift(0.5, turns);
    let whole = g.floor(turns);
    let within = g.sub(turns, whole);
    let share = g.shift(-0.5, within);
    let share = g.scale(2.0 * MOST, share);
    let back = g.neg(share);
    let (up, down) = (g.log1p(share), g.log1p(back));
    let centre = g.sub(up, down);
    let square = g.square(share);
    let slope = g.scale(-0.5 * PI, square);
    let slope = g.shift(0.5 * PI, slope);
    let sharp = g.sqrt(concentration);
    let narrow = g.mul(slope, sharp);
    let narrow = g.shift(0.5, narrow);
    let one = g.number(1.0);
    let spread = g.div(one, narrow);
    Line { centre, spread, stretch: sinh, value: angle, log_density: own_angle }
}

/// Around the mean of the components' centres, as wide as those lie apart and as each is wide.
fn mixture(g: &mut Graph, q: &Call) -> Option<Line> {
    let (&[logits], &[over]) = (&q.args[..], &q.event[..]) else { return None };
    let (loc, scale) = loc_scale(q.inner.as_deref()?)?;
    let weights = g.softmax(logits, over);
    let all: Vec<Dim> = g.shape(weights).iter().collect();
    let [loc, scale] = [loc, scale].map(|x| g.expand(x, &all));
    let centre = g.contract(weights, loc, &[over]);
    let apart = g.sub(loc, centre);
    let squares = [apart, scale].map(|x| g.square(x));
    let square = g.add(squares[0], squares[1]);
    let square = g.contract(weights, square, &[over]);
    let spread = g.sqrt(square);
    Some(Line { centre, spread, stretch: sinh, value: same, log_density: own })
}

/// Of families on the whole line, by the names of their parameters.
fn loc_scale(q: &Call) -> Option<(NodeId, NodeId)> {
    let signature = q.dist.signature();
    let of = |name| signature.position(q.form, name).map(|place| q.args[place]);
    (signature.support == Support::Real).then_some(())?;
    Some((of("loc")?, of("scale")?))
}

/// x + x³/24, for exponential tails: some steps out, e^(−eᵘ) would fall too fast along a steeper one.
fn cubic(g: &mut Graph, x: NodeId) -> (NodeId, NodeId) {
    let square = g.square(x);
    let (rise, slope) = (g.scale(1.0 / 24.0, square), g.scale(1.0 / 8.0, square));
    let (rise, slope) = (g.shift(1.0, rise), g.shift(1.0, slope));
    (g.mul(x, rise), slope)
}

/// x³/6, for densities with a kink at the centre: what is integrated has two derivatives there.
fn cube(g: &mut Graph, x: NodeId) -> (NodeId, NodeId) {
    let square = g.square(x);
    let cube = g.mul(square, x);
    (g.scale(1.0 / 6.0, cube), g.scale(0.5, square))
}

/// For tails that fall like a power, and for those that fall exponentially on both sides.
fn sinh(g: &mut Graph, x: NodeId) -> (NodeId, NodeId) {
    let back = g.neg(x);
    let (up, down) = (g.exp(x), g.exp(back));
    let (difference, sum) = (g.sub(up, down), g.add(up, down));
    (g.scale(0.5, difference), g.scale(0.5, sum))
}

fn same(_: &mut Graph, u: NodeId, _: &Call) -> NodeId {
    u
}

fn own(g: &mut Graph, u: NodeId, q: &Call) -> NodeId {
    q.log_prob(g, u)
}

/// Of the log of a draw.
fn own_logs(g: &mut Graph, u: NodeId, q: &Call) -> NodeId {
    let value = g.exp(u);
    let log = q.log_prob(g, value);
    g.add(log, u)
}

/// Of the log odds of a draw.
fn own_odds(g: &mut Graph, u: NodeId, q: &Call) -> NodeId {
    let value = g.sigmoid(u);
    let log = q.log_prob(g, value);
    let slope = log_slope(g, u);
    g.add(log, slope)
}

fn angle(g: &mut Graph, u: NodeId, _: &Call) -> NodeId {
    let share = g.sigmoid(u);
    let turned = g.scale(TAU, share);
    g.shift(-PI, turned)
}

fn own_angle(g: &mut Graph, u: NodeId, q: &Call) -> NodeId {
    let value = angle(g, u, q);
    let log = q.log_prob(g, value);
    let slope = log_slope(g, u);
    let log = g.add(log, slope);
    g.shift(TAU.ln(), log)
}

/// log σ(u) σ(−u)
fn log_slope(g: &mut Graph, u: NodeId) -> NodeId {
    let down = g.neg(u);
    let (left, right) = (g.softplus(down), g.softplus(u));
    let sum = g.add(left, right);
    g.neg(sum)
}

fn exp(g: &mut Graph, u: NodeId, _: &Call) -> NodeId {
    g.exp(u)
}

fn exp_of_minus(g: &mut Graph, u: NodeId, _: &Call) -> NodeId {
    let down = g.neg(u);
    g.exp(down)
}

fn sigmoid(g: &mut Graph, u: NodeId, _: &Call) -> NodeId {
    g.sigmoid(u)
}

/// a (log r + u) − r eᵘ − log Γ(a), of the log of a Gamma; an InverseGamma is exp(−u).
fn log_gamma(g: &mut Graph, u: NodeId, q: &Call) -> NodeId {
    let [shape, rate] = q.args();
    let (log_rate, log_volume) = (g.ln(rate), g.lgamma(shape));
    let place = g.add(log_rate, u);
    let (rise, fall) = (g.mul(shape, place), g.exp(place));
    let log = g.sub(rise, fall);
    g.sub(log, log_volume)
}

/// a log σ(u) + b log σ(−u) − log B(a, b)
fn log_odds(g: &mut Graph, u: NodeId, q: &Call) -> NodeId {
    let [a, b] = q.args();
    let down = g.neg(u);
    let (left, right) = (g.softplus(down), g.softplus(u));
    let (left, right) = (g.mul(a, left), g.mul(b, right));
    let total = g.add(a, b);
    let volumes = [a, b, total].map(|x| g.lgamma(x));
    let log_volume = g.add(volumes[0], volumes[1]);
    let fall = g.add_all([left, right, log_volume]);
    g.sub(volumes[2], fall)
}
