//! Quadrature, enumeration and statistics for the laws, none of them from the crate.

use super::cases::{Case, in_order};
use elbow::dist::{self, Domain, Draw};
use elbow::ir::{self, Graph, Inputs, NodeId, Noise, Rounding};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution, Gumbel, Open01, StandardNormal};
use std::f64::consts::FRAC_PI_2;

/// Points, each of as many values as a draw, and what each weighs in a sum or an integral over the support.
#[derive(Clone, Default)]
pub(super) struct Nodes {
    pub points: Vec<f64>,
    pub weights: Vec<f64>,
}

/// Where the bulk of a scalar distribution lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bulk {
    pub centre: f64,
    pub spread: f64,
    pub largest: f64,
}

/// Values of nodes at the initial parameters, with noise from a seed.
pub(super) fn eval(g: &Graph, wanted: &[NodeId], seed: u64) -> Vec<Vec<f64>> {
    let mut inputs = Inputs::initial(g);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let gumbel = Gumbel::new(0.0, 1.0).expect("standard");
    for (noise, info) in inputs.noises.iter_mut().zip(&g.noises) {
        noise.iter_mut().for_each(|x| {
            *x = match info.kind {
                Noise::Normal => StandardNormal.sample(&mut rng),
                Noise::Uniform => Open01.sample(&mut rng),
                Noise::Gumbel => gumbel.sample(&mut rng),
            }
        });
    }
    ir::eval(g, &inputs, wanted, Rounding::F64)
}

/// Draws, one after the other, and whether they are pathwise.
pub(super) fn draw(case: &Case, count: usize, seed: u64) -> (Vec<f64>, bool) {
    let mut b = case.build(count);
    let dims = b.draw_dims(case.axes());
    let draw = b.call.draw(&mut b.g, &dims, "z");
    let values = eval(&b.g, &[draw.node()], seed).remove(0);
    assert_eq!(values.len(), count * case.width(), "{case:?}: a draw has the dimensions asked for");
    (in_order(&b.g, &dims, &values), matches!(draw, Draw::Pathwise(_)))
}

pub(super) fn log_prob(case: &Case, points: &[f64]) -> Vec<f64> {
    let count = points.len() / case.width();
    if count == 0 {
        return vec![];
    }
    let mut b = case.build(count);
    let x = b.add_points(points, case.axes());
    let log = b.call.log_prob(&mut b.g, x);
    let log = b.g.expand(log, &[b.point]);
    assert_eq!(b.g.shape(log).dims(), &[b.point], "{case:?}: a log density per point");
    eval(&b.g, &[log], 0).remove(0)
}

/// The domain with numbers for its bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Support {
    Interval(f64, f64),
    /// Whole numbers.
    Whole(f64, f64),
    OneHot,
    Simplex,
    Ordered,
    Composition(f64),
    Subset(f64),
    Ranking,
    Permutation,
    Plane,
    /// Lower triangular, with a positive diagonal.
    Triangle,
    /// The same with rows of length 1.
    UnitTriangle,
}

pub(super) fn support(case: &Case) -> Support {
    let mut b = case.build(1);
    let domain = b.call.domain(&mut b.g);
    let g = &b.g;
    let bound = |node: Option<NodeId>, none: f64| node.map_or(none, |n| eval(g, &[n], 0)[0][0]);
    match domain {
        Domain::Real if case.is_vector() => Support::Plane,
        Domain::Real => Support::Interval(f64::NEG_INFINITY, f64::INFINITY),
        Domain::Interval { lower, upper } => {
            Support::Interval(bound(lower, f64::NEG_INFINITY), bound(upper, f64::INFINITY))
        }
        Domain::Simplex(_) => Support::Simplex,
        Domain::Ordered(_) => Support::Ordered,
        Domain::Binary => Support::Whole(0.0, 1.0),
        Domain::Index(dim) => Support::Whole(0.0, b.g.size(dim) as f64 - 1.0),
        Domain::Count { lower, upper } => {
            Support::Whole(bound(lower, 0.0), bound(upper, f64::INFINITY))
        }
        Domain::Int => Support::Whole(f64::NEG_INFINITY, f64::INFINITY),
        Domain::OneHot(_) => Support::OneHot,
        Domain::Composition { total, .. } => Support::Composition(bound(Some(total), 0.0)),
        Domain::Subset { size, .. } => Support::Subset(bound(Some(size), 0.0)),
        Domain::Ranking(_) => Support::Ranking,
        Domain::Permutation(..) => Support::Permutation,
        Domain::Cholesky(..) => Support::Triangle,
        Domain::CorrCholesky(..) => Support::UnitTriangle,
        Domain::Cov(..) | Domain::Corr(..) => {
            unreachable!("no distribution of the registry draws symmetric matrices")
        }
    }
}

pub(super) fn bulk(case: &Case) -> Bulk {
    let (mut draws, _) = draw(case, 4001, 1);
    draws.sort_by(f64::total_cmp);
    let at = |q: f64| draws[(q * (draws.len() - 1) as f64) as usize];
    let spread = (at(0.75) - at(0.25)).max(1e-12 * at(0.5).abs()).max(f64::MIN_POSITIVE);
    Bulk { centre: at(0.5), spread, largest: at(0.0).abs().max(at(1.0)) }
}

/// Σ weight·f(point) is the sum or integral of f over the support.
pub(super) fn nodes(case: &Case, bulk: Bulk) -> Nodes {
    nodes_split(case, bulk, &case.kinks())
}

/// The same for an f with kinks.
pub(super) fn nodes_split(case: &Case, bulk: Bulk, kinks: &[f64]) -> Nodes {
    match support(case) {
        Support::Interval(low, high) => {
            let cuts: Vec<f64> = kinks.iter().copied().chain([bulk.centre]).collect();
            let mut nodes = pieces(low, high, bulk.spread, &cuts, 300);
            nodes.points.extend(case.atoms());
            nodes.weights.resize(nodes.points.len(), 1.0);
            nodes
        }
        Support::Whole(first, last) => {
            let far = (10.0 * (bulk.largest + 20.0)).floor();
            let (first, last) = (first.max(-far) as i64, last.min(far) as i64);
            let points: Vec<f64> = (first..=last).map(|k| k as f64).collect();
            Nodes { weights: vec![1.0; points.len()], points }
        }
        Support::OneHot => compositions(1, case.size),
        Support::Composition(total) => compositions(total as u64, case.size),
        Support::Subset(size) => listed(dist::subsets(case.size, size as usize)),
        Support::Ranking => listed(dist::rankings(case.size)),
        Support::Permutation => listed(dist::permutations(case.size)),
        Support::Simplex => simplex(case.size),
        Support::Plane | Support::Ordered => vectors(case, bulk),
        Support::Triangle => triangles(case, bulk),
        Support::UnitTriangle => unit_triangles(case.size),
    }
}

impl Nodes {
    pub(super) fn append(&mut self, mut other: Nodes) {
        self.points.append(&mut other.points);
        self.weights.append(&mut other.weights);
    }
}

/// An interval cut into pieces, each integrated by itself.
pub(super) fn pieces(low: f64, high: f64, spread: f64, cuts: &[f64], count: usize) -> Nodes {
    let inside = cuts.iter().copied().filter(|&x| low < x && x < high);
    let mut ends: Vec<f64> = [low, high].into_iter().chain(inside).collect();
    ends.sort_by(f64::total_cmp);
    let mut nodes = Nodes::default();
    for piece in ends.windows(2).filter(|w| w[0] < w[1]) {
        nodes.append(between(piece[0], piece[1], spread, count));
    }
    nodes
}

/// Double-exponential quadrature (Takahasi & Mori 1974) of an interval with at most one infinite end.
pub(super) fn between(low: f64, high: f64, spread: f64, count: usize) -> Nodes {
    let mut nodes = Nodes::default();
    let reach = 4.2;
    let step = 2.0 * reach / (count - 1) as f64;
    for i in 0..count {
        let t = i as f64 * step - reach;
        let (u, du) = (FRAC_PI_2 * t.sinh(), FRAC_PI_2 * t.cosh());
        let (x, slope) = if low.is_infinite() || high.is_infinite() {
            let far = spread * u.exp();
            (if low.is_infinite() { high - far } else { low + far }, far * du)
        } else {
            let (near, far) = (1.0 / (1.0 + (-2.0 * u).exp()), 1.0 / (1.0 + (2.0 * u).exp()));
            let width = high - low;
            let x = if u < 0.0 { low + width * near } else { high - width * far };
            (x, 2.0 * width * near * far * du)
        };
        if slope > 0.0 && slope.is_finite() && x.is_finite() && x > low && x < high {
            nodes.points.push(x);
            nodes.weights.push(slope * step);
        }
    }
    nodes
}

fn listed(rows: Vec<Vec<f64>>) -> Nodes {
    Nodes { weights: vec![1.0; rows.len()], points: rows.concat() }
}

fn compositions(total: u64, size: usize) -> Nodes {
    assert_eq!(size, 3, "compositions are tested with three classes");
    let mut nodes = Nodes::default();
    for a in 0..=total {
        for b in 0..=total - a {
            nodes.points.extend([a, b, total - a - b].map(|n| n as f64));
            nodes.weights.push(1.0);
        }
    }
    nodes
}

/// Stick by stick; the last element is what is left.
fn simplex(size: usize) -> Nodes {
    let line = between(0.0, 1.0, 1.0, 120);
    let mut nodes = Nodes::default();
    for (&u, &wu) in line.points.iter().zip(&line.weights) {
        if size == 2 {
            nodes.points.extend([u, 1.0 - u]);
            nodes.weights.push(wu);
            continue;
        }
        for (&v, &wv) in line.points.iter().zip(&line.weights) {
            let rest = 1.0 - u;
            nodes.points.extend([u, rest * v, rest * (1.0 - v)]);
            nodes.weights.push(wu * wv * rest);
        }
    }
    nodes
}

/// Two by two, around what the lower left element is where the scale alone makes it.
fn triangles(case: &Case, bulk: Bulk) -> Nodes {
    let slope = case.args[1][2] / case.args[1][0];
    let half = between(0.0, f64::INFINITY, bulk.spread, 80);
    let mut line = between(f64::NEG_INFINITY, 0.0, bulk.spread, 80);
    line.append(half.clone());
    let mut nodes = Nodes::default();
    for (&a, &wa) in half.points.iter().zip(&half.weights) {
        for (&b, &wb) in line.points.iter().zip(&line.weights) {
            for (&c, &wc) in half.points.iter().zip(&half.weights) {
                nodes.points.extend([a, 0.0, slope * a + b, c]);
                nodes.weights.push(wa * wb * wc);
            }
        }
    }
    nodes
}

/// Row by row below the diagonal: each element between the ends that those before it leave.
fn unit_triangles(size: usize) -> Nodes {
    let line = between(0.0, 1.0, 1.0, 60);
    let mut rows = vec![(vec![], 1.0)];
    for i in 0..size {
        let mut left = vec![1.0; rows.len()];
        for _ in 0..i {
            let (old, rest) = (std::mem::take(&mut rows), std::mem::take(&mut left));
            for ((row, weight), rest) in old.into_iter().zip(rest) {
                let root = f64::sqrt(rest);
                for (&u, &w) in line.points.iter().zip(&line.weights) {
                    let x = root * (2.0 * u - 1.0);
                    let longer: Vec<f64> = row.iter().copied().chain([x]).collect();
                    rows.push((longer, weight * w * 2.0 * root));
                    left.push(rest * 4.0 * u * (1.0 - u));
                }
            }
        }
        for ((row, _), rest) in rows.iter_mut().zip(&left) {
            row.push(f64::sqrt(*rest));
            row.resize(size * (i + 1), 0.0);
        }
    }
    let (points, weights): (Vec<Vec<f64>>, Vec<f64>) = rows.into_iter().unzip();
    Nodes { points: points.concat(), weights }
}

/// The plane, or its part where elements ascend.
fn vectors(case: &Case, bulk: Bulk) -> Nodes {
    let ascending = support(case) == Support::Ordered;
    let count = if ascending { 80 } else { 120 };
    let line = |from: f64| {
        let mut line = between(f64::NEG_INFINITY, from, bulk.spread, count);
        line.append(between(from, f64::INFINITY, bulk.spread, count));
        line
    };
    let mut nodes = Nodes { points: vec![], weights: vec![1.0] };
    let mut rows = vec![vec![]];
    for axis in 0..case.size {
        let (old, weights) = (std::mem::take(&mut rows), std::mem::take(&mut nodes.weights));
        for (row, weight) in old.into_iter().zip(weights) {
            let next = match row.last() {
                Some(&last) if ascending && axis > 0 => {
                    between(last, f64::INFINITY, bulk.spread, 80)
                }
                _ => line(bulk.centre),
            };
            for (&x, &w) in next.points.iter().zip(&next.weights) {
                let mut longer: Vec<f64> = row.clone();
                longer.push(x);
                rows.push(longer);
                nodes.weights.push(weight * w);
            }
        }
    }
    nodes.points = rows.into_iter().flatten().collect();
    nodes
}

/// Bounded functions of a draw: its elements squashed, and their products.
pub(super) fn features(case: &Case, bulk: Bulk, point: &[f64]) -> Vec<f64> {
    let squashed: Vec<f64> =
        point.iter().map(|x| ((x - bulk.centre) / bulk.spread).tanh()).collect();
    let mut features = squashed.clone();
    for i in 0..case.width() {
        features.extend((0..=i).map(|j| squashed[i] * squashed[j]));
    }
    features
}

/// Expectations of the features under the density.
pub(super) fn expected_features(case: &Case, bulk: Bulk) -> Vec<f64> {
    let nodes = nodes(case, bulk);
    let log = log_prob(case, &nodes.points);
    let mut sums = vec![];
    for ((point, weight), log) in nodes.points.chunks(case.width()).zip(&nodes.weights).zip(log) {
        let features = features(case, bulk, point);
        sums.resize(features.len(), 0.0);
        let mass = weight * log.exp();
        sums.iter_mut().zip(features).for_each(|(s, f)| *s += mass * f);
    }
    sums
}

/// How many standard errors a sample's mean is off.
pub(super) fn z_score(sample: &[f64], exact: f64) -> f64 {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt().max(1e-12);
    (mean - exact) / error
}
