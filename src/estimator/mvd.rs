//! Measure-valued gradients: ∂E_q f = c (E₊ f − E₋ f), with two distributions for each parameter (Pflug 1989; Mohamed, Rosca,
//! Figurnov & Mnih 2020, table 1), element by element.
//!
//! The values to compare lie along a fresh dimension, `part`; elements that share costs are changed one at a time, each at its
//! place along a twin of its dimension.

use super::{Bias, Card, Drawn, Estimator, Rest, Site, Value, along};
use crate::dist::{Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct Mvd;

static CARD: Card = Card {
    name: "mvd",
    doc: "the difference of the costs under the two halves of the density's derivative",
    source: "Mohamed, Rosca, Figurnov & Mnih 2020, section 6, table 1",
    bias: Bias::None,
    options: &[],
    needs_smooth: false,
};

/// √(2π)
const ROOT_TAU: f64 = 2.506_628_274_631_000_7;

impl Estimator for Mvd {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        let counts_to = matches!(dist.support, Support::CountTo(_));
        (counts_to || dist.support.is_vector() && dist.support.is_discrete()).then_some(
            "needs a continuous, a Bernoulli, a Categorical or an unbounded count latent",
        )
    }

    fn refuses_guide(&self, q: &Signature) -> Option<&'static str> {
        let known = ["Normal", "Poisson", "Bernoulli", "Categorical"].contains(&q.name);
        (!known).then_some("needs a guide that is Normal, Poisson, Bernoulli or Categorical")
    }

    fn compares(&self) -> bool {
        true
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        let dims = site.all_dims();
        let drawn = site.q.draw(g, &dims, site.name).node();
        Value::Plain(g.stop(drawn)).into()
    }

    fn expect(&self, rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> Option<NodeId> {
        match site.q.dist.signature().name {
            "Normal" => Some(normal(rest, site, drawn)),
            "Poisson" => Some(poisson(rest, site, drawn)),
            _ => Some(masses(rest, site, drawn)),
        }
    }
}

/// Location: Rayleigh steps to both sides. Scale: a double-sided Maxwell, against it times a uniform, which is normal.
fn normal(rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> NodeId {
    let [loc, scale] = site.q.args();
    let g = rest.graph();
    let part = g.dim("part", 4);
    let steps = normal_steps(g, site, part);
    let moved = g.mul(scale, steps);
    let values = g.add(loc, moved);
    let gains = gains(rest, site, drawn, values, part);
    let g = rest.graph();
    let signs = |g: &mut Graph, signs: [f64; 4]| g.add_data("signs", &[part], signs.into());
    let (at_loc, at_scale) = (signs(g, [1.0, -1.0, 0.0, 0.0]), signs(g, [0.0, 0.0, 1.0, -1.0]));
    let [by_loc, by_scale] = [at_loc, at_scale].map(|signs| {
        let gain = g.contract(gains, signs, &[part]);
        g.div(gain, scale)
    });
    let by_loc = g.scale(1.0 / ROOT_TAU, by_loc);
    let (at_loc, at_scale) = (along(g, loc, by_loc), along(g, scale, by_scale));
    g.add(at_loc, at_scale)
}

/// Standard steps along `part`: w, −w, m, m u.
fn normal_steps(g: &mut Graph, site: &Site, part: Dim) -> NodeId {
    let dims = site.all_dims();
    let mut uniform = || g.add_noise(site.name, &dims, Noise::Uniform);
    let (u, share, side) = (uniform(), uniform(), uniform());
    let mut normal = || g.add_noise(site.name, &dims, Noise::Normal);
    let normals = [normal(), normal(), normal()];
    let log = g.ln(u);
    let twice = g.scale(-2.0, log);
    let rayleigh = g.sqrt(twice);
    let squares = normals.map(|n| g.square(n));
    let square = g.add_all(squares);
    let length = g.sqrt(square);
    let shifted = g.shift(-0.5, side);
    let sign = g.sign(shifted);
    let maxwell = g.mul(sign, length);
    let within = g.mul(share, maxwell);
    let left = g.neg(rayleigh);
    let position = g.iota(part);
    let mut steps = within;
    for (place, step) in [rayleigh, left, maxwell].into_iter().enumerate() {
        let place = g.number(place as f64);
        let here = g.eq(position, place);
        steps = g.select(here, step, steps);
    }
    steps
}

/// One more, against the draw.
fn poisson(rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> NodeId {
    let Value::Plain(z) = drawn.value else { unreachable!("its draws are hard") };
    let g = rest.graph();
    let part = g.dim("part", 2);
    let more = g.iota(part);
    let values = g.add(z, more);
    let gains = gains(rest, site, drawn, values, part);
    let g = rest.graph();
    let (with, without) = (g.at(gains, part, 1), g.at(gains, part, 0));
    let slope = g.sub(with, without);
    let [mean] = site.q.args();
    along(g, mean, slope)
}

/// Every value of a finite support: in the logits, p (f − E f). What has no mass gains nothing: its weight in a bound is 0/0.
fn masses(rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> NodeId {
    let g = rest.graph();
    let classes = site.q.event.first().copied();
    let count = classes.map_or(2, |d| g.size(d));
    let part = g.dim("part", count);
    let values = g.iota(part);
    let gains = gains(rest, site, drawn, values, part);
    let g = rest.graph();
    let [logits] = site.q.args();
    let Some(classes) = classes else {
        let (one, zero) = (g.at(gains, part, 1), g.at(gains, part, 0));
        let gain = g.sub(one, zero);
        let mass = g.sigmoid(logits);
        let rest = g.number(1.0);
        let rest = g.sub(rest, mass);
        let spread = g.mul(mass, rest);
        let slope = g.mul(spread, gain);
        return along(g, logits, slope);
    };
    let gains = g.run(gains, part, classes, 0);
    let mass = g.softmax(logits, classes);
    let zero = g.number(0.0);
    let possible = g.lt(zero, mass);
    let gains = g.select(possible, gains, zero);
    let mean = g.contract(mass, gains, &[classes]);
    let excess = g.sub(gains, mean);
    let slope = g.mul(mass, excess);
    along(g, logits, slope)
}

/// The costs with each element of the draw in turn at `values`, which lie along `part`: an array over the elements.
pub(super) fn gains(
    rest: &mut dyn Rest,
    site: &Site,
    drawn: Drawn,
    values: NodeId,
    part: Dim,
) -> NodeId {
    let Value::Plain(z) = drawn.value else { unreachable!("its draws are hard") };
    let g = rest.graph();
    let twins: Vec<Dim> = site.mixed.iter().map(|&d| g.dim("twin", g.size(d))).collect();
    let mut here = g.number(1.0);
    for (&dim, &twin) in site.mixed.iter().zip(&twins) {
        let (at, place) = (g.iota(dim), g.iota(twin));
        let hit = g.eq(at, place);
        here = g.mul(here, hit);
    }
    let dims = site.all_dims();
    let values = g.expand(values, &dims);
    let value = g.select(here, values, z);
    let value = g.stop(value);
    let fresh: Vec<Dim> = twins.iter().copied().chain([part]).collect();
    let costs = rest.costs(Value::Plain(value), &fresh);
    let g = rest.graph();
    let sums: Vec<NodeId> = costs.into_iter().map(|cost| g.sum(cost, site.mixed)).collect();
    let mut gains = g.add_all(sums);
    gains = g.expand(gains, &fresh);
    for (&dim, &twin) in site.mixed.iter().zip(&twins) {
        gains = g.run(gains, twin, dim, 0);
    }
    gains
}
