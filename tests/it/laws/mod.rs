//! What every distribution of the registry obeys. A new file in `dist::ALL` is tested by being there, once it has points
//! in `cases`.

mod cases;
mod numerics;
mod reference;

use cases::{Case, in_order};
use elbow::dist::{self, Support as Kind, Tails};
use elbow::ir;
use elbow::source::Source;
use numerics::{Bulk, Support, bulk, draw, eval, expected_features, features, log_prob, nodes};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::collections::HashSet;

const DRAWS: usize = 50_000;
/// Below this a goodness of fit fails; over all cases a false alarm is less likely than one in a hundred.
const RARE: f64 = 2e-5;

fn proper() -> impl Iterator<Item = (Case, Bulk)> {
    cases::all().into_iter().filter(Case::is_proper).map(|case| {
        let bulk = bulk(&case);
        (case, bulk)
    })
}

fn is_discrete(case: &Case) -> bool {
    matches!(
        numerics::support(case),
        Support::Whole(..)
            | Support::Composition(_)
            | Support::OneHot
            | Support::Subset(_)
            | Support::Ranking
            | Support::Permutation
    )
}

fn assert_close(what: &str, case: &Case, found: f64, expected: f64, relative: f64) {
    let close = found == expected || (found - expected).abs() <= relative * expected.abs();
    assert!(close, "{what} of {case:?}: {found} is not {expected}");
}

#[test]
fn every_distribution_has_cases() {
    for dist in dist::ALL {
        let name = dist.signature().name;
        let count = cases::all().iter().filter(|c| c.name == name).count();
        let enough = if dist.is_proper() { 2 } else { 1 };
        assert!(count >= enough, "{name} needs points in `cases`");
    }
}

#[test]
fn signatures_are_complete() {
    let mut names = HashSet::new();
    for dist in dist::ALL {
        let s = dist.signature();
        assert!(names.insert(s.name), "{} is there twice", s.name);
        assert!(!s.doc.is_empty() && !s.density.is_empty(), "{} has no doc", s.name);
        assert!(s.doc.ends_with('.'), "{}: a doc is a sentence", s.name);
        let last = s.example.lines().last().unwrap_or_default();
        assert!(last.contains(&format!("~ {}(", s.name)), "{}: {last}", s.name);
        let sets: HashSet<Vec<&str>> = s.forms.iter().map(|f| sorted_names(f)).collect();
        assert_eq!(sets.len(), s.forms.len(), "{}: two forms of the same names", s.name);
        assert!(s.forms.iter().all(|f| f.params.iter().all(|p| !p.doc.is_empty())), "{}", s.name);
        if let Kind::CountTo(bound) | Kind::Composition(bound) = s.support {
            assert!((0..s.forms.len()).all(|f| s.position(f, bound).is_some()), "{}", s.name);
        }
        let found = dist::find(s.name).map(|d| d.signature().name);
        assert_eq!(found, Some(s.name));
    }
}

#[test]
fn examples_check() {
    let mut wrong = vec![];
    for dist in dist::ALL {
        let s = dist.signature();
        let source = Source::new(s.name, s.example);
        let (program, mut found) = elbow::syntax::parse(&source);
        found.extend(elbow::check::check(&program).1);
        if found.has_errors() {
            wrong.push(format!("{}: {found:?}", s.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sorted_names(form: &dist::Form) -> Vec<&'static str> {
    let mut names: Vec<_> = form.params.iter().map(|p| p.name).collect();
    names.sort_unstable();
    names
}

#[test]
fn densities_normalise() {
    for (case, bulk) in proper() {
        let nodes = nodes(&case, bulk);
        let log = log_prob(&case, &nodes.points);
        let total: f64 = nodes.weights.iter().zip(log).map(|(w, l)| w * l.exp()).sum();
        assert!((total - 1.0).abs() < 1e-6, "{case:?} integrates to {total}");
    }
}

#[test]
fn log_densities_are_scipy_s() {
    for (case, x, expected) in reference::all() {
        let found = log_prob(&case, x)[0];
        let close = (found - expected).abs() <= 1e-10 * expected.abs().max(1.0);
        assert!(close, "{case:?} at {x:?}: {found} is not {expected}");
    }
}

#[test]
fn every_distribution_has_references() {
    for dist in dist::ALL {
        let name = dist.signature().name;
        let count = reference::all().iter().filter(|r| r.0.name == name).count();
        assert!(count >= 3, "{name} has {count} reference values");
    }
}

/// Points outside the support, and points at its edges.
fn edges(case: &Case, bulk: Option<Bulk>) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let step = bulk.map_or(1.0, |b| b.spread);
    let is_index = case.dist().signature().support == Kind::Index;
    match numerics::support(case) {
        Support::Interval(low, high) => {
            let finite: Vec<f64> = [low, high].into_iter().filter(|x| x.is_finite()).collect();
            let outside = [low - step, high + step, low - 1e-9 * step - 1e-9 * low.abs()];
            let outside = outside.into_iter().filter(|x| x.is_finite());
            (outside.map(|x| vec![x]).collect(), finite.into_iter().map(|x| vec![x]).collect())
        }
        Support::Whole(first, last) if is_index => (vec![], vec![vec![first], vec![last]]),
        Support::Whole(first, last) => {
            let mut outside = vec![vec![first - 1.0], vec![last + 1.0]];
            outside.extend((last > first + 1.0).then(|| vec![first.max(0.0) + 0.5]));
            let outside = outside.into_iter().filter(|x| x[0].is_finite()).collect();
            (outside, vec![vec![first.max(-1e6)], vec![last.min(1e6)]])
        }
        Support::OneHot => {
            let outside = vec![vec![0.0; 3], vec![1.0, 1.0, 0.0], vec![0.5, 0.5, 0.0]];
            (outside, vec![vec![1.0, 0.0, 0.0], vec![0.0, 0.0, 1.0]])
        }
        Support::Simplex => {
            let share = 1.0 / (case.size - 1) as f64;
            let side = |k: usize| {
                (0..case.size).map(|i| if i == k { 0.0 } else { share }).collect::<Vec<f64>>()
            };
            let negative = (0..case.size).map(|i| [1.5, -0.5, 0.0][i]).collect();
            (vec![vec![0.6; case.size], negative], (0..case.size).map(side).collect())
        }
        Support::Ordered => {
            let ascending: Vec<f64> = (0..case.size).map(|i| i as f64 * step).collect();
            (vec![ascending.into_iter().rev().collect()], vec![vec![0.3 * step; case.size]])
        }
        Support::Subset(size) => {
            let fewer = vec![vec![0.0; 3], vec![0.5, size - 0.5, 0.0], vec![2.0, size - 2.0, 0.0]];
            (fewer, dist::subsets(3, size as usize))
        }
        Support::Ranking => {
            let outside = vec![vec![1.0; 3], vec![1.0, 2.5, 2.5], vec![0.0, 1.0, 2.0]];
            (outside, dist::rankings(3))
        }
        Support::Permutation => {
            let n = case.size;
            let (mut halves, mut twice) = (vec![1.0 / n as f64; n * n], vec![0.0; n * n]);
            (0..n).for_each(|i| twice[i * n] = 1.0);
            let turned = (0..n * n).map(|i| twice[i % n * n + i / n]).collect();
            halves[0] += 0.25;
            (vec![halves, twice, turned, vec![0.0; n * n]], dist::permutations(n))
        }
        Support::Composition(total) => {
            let corner = |k: usize| (0..case.size).map(|i| total * f64::from(i == k)).collect();
            let halves = vec![0.5, total - 0.5, 0.0];
            let outside = vec![vec![total; 3], vec![-1.0, total, 1.0], halves];
            (outside, (0..case.size).map(corner).collect())
        }
        Support::Triangle | Support::UnitTriangle => {
            let unit = |i: usize| f64::from(i.is_multiple_of(case.size + 1));
            let with = |at: usize, value: f64| -> Vec<f64> {
                (0..case.width()).map(|i| if i == at { value } else { unit(i) }).collect()
            };
            (vec![with(0, -1.0), with(case.size - 1, 0.1)], vec![])
        }
        Support::Plane => (vec![], vec![]),
    }
}

/// Log densities at points, with their gradients by the points and by each leaf: one row per point.
fn gradients(case: &Case, points: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<Vec<f64>>) {
    let count = points.len() / case.width();
    let mut b = case.build(count);
    let x = b.add_points(points, case.axes());
    let log = b.call.log_prob(&mut b.g, x);
    let log = b.g.expand(log, &[b.point]);
    let wrt: Vec<_> = [x].into_iter().chain(b.leaves.iter().copied()).collect();
    let slopes = ir::grad(&mut b.g, log, &wrt);
    let wanted: Vec<_> = [log].into_iter().chain(slopes.iter().copied()).collect();
    let mut values = eval(&b.g, &wanted, 0);
    let log = values.remove(0);
    let dims = b.draw_dims(case.axes());
    let by_x = in_order(&b.g, &dims, &values.remove(0));
    let by_leaf = values.iter().zip(&b.leaves).map(|(v, &leaf)| by_point(&b.g, leaf, v)).collect();
    (log, by_x, by_leaf)
}

#[test]
fn outside_the_support_is_impossible_and_edges_pass_no_nan() {
    for case in cases::all() {
        let bulk = case.is_proper().then(|| bulk(&case));
        let (outside, edge) = edges(&case, bulk);
        for (points, is_outside) in [(outside, true), (edge, false)] {
            if points.is_empty() {
                continue;
            }
            let flat: Vec<f64> = points.concat();
            let (log, by_x, by_leaf) = gradients(&case, &flat);
            for (point, log) in points.iter().zip(&log) {
                assert!(!log.is_nan(), "{case:?} at {point:?} is not a number");
                let impossible = *log == f64::NEG_INFINITY;
                assert!(impossible || !is_outside, "{case:?} outside, at {point:?}: {log}");
            }
            let all = by_x.iter().chain(by_leaf.iter().flatten());
            assert!(
                all.clone().all(|d| !d.is_nan()),
                "{case:?} at {points:?}: gradients {by_x:?} {by_leaf:?}"
            );
        }
    }
}

/// Points inside the support, some close to its edges.
fn interior(case: &Case, bulk: Option<Bulk>) -> Vec<f64> {
    let Some(bulk) = bulk else { return vec![0.2, 3.0, 70.0] };
    let (mut draws, _) = draw(case, 2000, 3);
    if case.is_vector() {
        draws.truncate(12 * case.width());
        return draws;
    }
    draws.sort_by(f64::total_cmp);
    let mut points: Vec<f64> =
        [0.02, 0.2, 0.4, 0.6, 0.8, 0.98].map(|q| draws[(q * 2000.0) as usize]).to_vec();
    match numerics::support(case) {
        Support::Whole(first, last) => {
            points.extend([first, last].into_iter().filter(|x| x.is_finite()));
            points.dedup();
        }
        Support::Interval(low, high) => {
            let moves = case.dist().signature().support.bounds() != [None, None];
            let by = bulk.spread * if moves { 0.05 } else { 1e-3 };
            let near = |x: f64, by: f64| x.is_finite().then_some(x + by);
            points.extend([near(low, by), near(high, -by)].into_iter().flatten());
        }
        _ => unreachable!("scalars have an interval or counts"),
    }
    points
}

/// f′ from the values at −2h, −h, h and 2h, to fourth order.
fn slope(at: [f64; 4], h: f64) -> f64 {
    (8.0 * (at[2] - at[1]) - (at[3] - at[0])) / (12.0 * h)
}

#[test]
fn gradients_are_differences() {
    for case in cases::all() {
        let bulk = case.is_proper().then(|| bulk(&case));
        let (points, atoms) = (interior(&case, bulk), case.atoms());
        let (log, by_x, by_leaf) = gradients(&case, &points);
        for (leaf, (needs, values)) in case.leaves().into_iter().enumerate() {
            if needs == dist::Needs::Count {
                continue;
            }
            for element in 0..values.len() {
                let h = step_of(&case, needs, values[element], bulk);
                if h == 0.0 {
                    continue;
                }
                let moved = |k: f64| log_prob(&case.moved(leaf, element, k * h), &points);
                let at = [-2.0, -1.0, 1.0, 2.0].map(moved);
                // Where a value has a mass, its own parameter cannot move.
                let moves = |i: usize| {
                    leaf >= case.args.len() || !points.get(i).is_some_and(|x| atoms.contains(x))
                };
                let sound = log.iter().enumerate().filter(|(i, l)| l.is_finite() && moves(*i));
                for (i, &log) in sound {
                    let difference = slope(at.each_ref().map(|values| values[i]), h);
                    let exact = by_leaf[leaf][i * values.len() + element];
                    let what = format!("leaf {leaf}[{element}] at {:?}", points.get(i));
                    compare(&case, &what, exact, difference, log, h);
                }
            }
        }
        if !is_discrete(&case) {
            compare_by_x(&case, bulk, &points, &log, &by_x);
        }
    }
}

fn compare(case: &Case, what: &str, exact: f64, difference: f64, log: f64, h: f64) {
    let rounding = 1e-12 * (1.0 + log.abs()) / h;
    let close = (exact - difference).abs() <= 1e-6 * difference.abs() + rounding;
    assert!(close, "{case:?}, {what}: {exact} is not {difference}");
}

/// How far to move an argument: 0 where it lies on the edge of what it may be.
fn step_of(case: &Case, needs: dist::Needs, value: f64, bulk: Option<Bulk>) -> f64 {
    use dist::Needs;
    match needs {
        Needs::Positive | Needs::Nonneg | Needs::PositiveVector | Needs::Simplex => 1e-3 * value,
        Needs::Unit => 1e-3 * value.min(1.0 - value),
        Needs::Cholesky => 1e-3 * value.abs(),
        _ if is_discrete(case) => 1e-3,
        _ if case.dist().signature().support.bounds() != [None, None] => {
            bulk.map_or(1e-3, |b| 1e-4 * b.spread)
        }
        _ => bulk.map_or(1e-3, |b| 4e-4 * b.spread),
    }
}

fn compare_by_x(case: &Case, bulk: Option<Bulk>, points: &[f64], log: &[f64], by_x: &[f64]) {
    let width = case.width();
    let spread = bulk.map_or(1.0, |b| b.spread);
    let support = numerics::support(case);
    let room = |i: usize| -> f64 {
        let x = points[i];
        let row = &points[i / width * width..][..width];
        match support {
            Support::Interval(low, high) => spread.min(x - low).min(high - x),
            Support::Simplex => 0.02 * row.iter().copied().fold(x, f64::min),
            Support::Ordered => row.windows(2).map(|w| w[1] - w[0]).fold(spread, f64::min),
            Support::Triangle => row[0].min(row[width - 1]).min(spread),
            _ => spread,
        }
    };
    // Of a triangle nothing above the diagonal is free, of one with unit rows no element by itself.
    let is_free = |i: &usize| match support {
        Support::Triangle => i % case.size <= i / case.size,
        Support::UnitTriangle => false,
        _ => true,
    };
    for element in (0..width).filter(is_free) {
        let moved = |k: f64| {
            let mut moved = points.to_vec();
            for i in (element..points.len()).step_by(width) {
                moved[i] += k * 1e-3 * room(i);
            }
            log_prob(case, &moved)
        };
        let at = [-2.0, -1.0, 1.0, 2.0].map(moved);
        let atoms = case.atoms();
        for row in (0..points.len() / width).filter(|row| !atoms.contains(&points[row * width])) {
            let i = row * width + element;
            let h = 1e-3 * room(i);
            let difference = slope(at.each_ref().map(|values| values[row]), h);
            let what = format!("x[{element}] at {:?}", &points[row * width..][..width]);
            let conditioned = h / (1.0 + points[i].abs() / spread);
            compare(case, &what, by_x[i], difference, log[row], conditioned);
        }
    }
}

/// Cells of a partition of the line, with their probabilities by the density.
fn cells(case: &Case, bulk: Bulk) -> (Vec<f64>, Vec<f64>) {
    match numerics::support(case) {
        Support::Interval(low, high) => {
            let (mut pilot, _) = draw(case, 4096, 7);
            pilot.sort_by(f64::total_cmp);
            let mut edges: Vec<f64> = (1..32).map(|i| pilot[i * 128]).collect();
            edges.dedup();
            let ends: Vec<f64> =
                [low].into_iter().chain(edges.iter().copied()).chain([high]).collect();
            let mass = |w: &[f64]| -> f64 {
                let nodes = numerics::pieces(w[0], w[1], bulk.spread, &case.kinks(), 161);
                let log = log_prob(case, &nodes.points);
                nodes.weights.iter().zip(log).map(|(w, l)| w * l.exp()).sum()
            };
            let mut masses: Vec<f64> = ends.windows(2).map(mass).collect();
            let atoms = case.atoms();
            for (atom, log) in atoms.iter().zip(log_prob(case, &atoms)) {
                masses[edges.partition_point(|e| e <= atom)] += log.exp();
            }
            (edges, masses)
        }
        _ => {
            let nodes = nodes(case, bulk);
            let masses: Vec<f64> =
                log_prob(case, &nodes.points).into_iter().map(f64::exp).collect();
            let edges = nodes.points[1..].iter().map(|x| x - 0.5).collect();
            (edges, masses)
        }
    }
}

/// Pearson's test of draws against cells; cells are joined until each expects 20.
fn fits(draws: &[f64], edges: &[f64], masses: &[f64]) -> f64 {
    let mut counts = vec![0.0; masses.len()];
    for x in draws {
        counts[edges.partition_point(|e| e <= x)] += 1.0;
    }
    let (mut statistic, mut joined) = (0.0, 0);
    let (mut count, mut expected) = (0.0, 0.0);
    let mut left = 1.0;
    for (c, m) in counts.iter().zip(masses) {
        (count, expected, left) = (count + c, expected + m * draws.len() as f64, left - m);
        if expected >= 20.0 && left * draws.len() as f64 >= 20.0 {
            statistic += (count - expected).powi(2) / expected;
            (count, expected, joined) = (0.0, 0.0, joined + 1);
        }
    }
    statistic += (count - expected).powi(2) / expected.max(1e-300);
    let freedom = ChiSquared::new(f64::from(joined.max(1))).expect("positive");
    1.0 - freedom.cdf(statistic)
}

#[test]
fn draws_follow_the_density() {
    for (case, bulk) in proper() {
        let (draws, _) = draw(&case, DRAWS, 11);
        if case.is_vector() {
            let sample: Vec<Vec<f64>> =
                draws.chunks(case.width()).map(|x| features(&case, bulk, x)).collect();
            for (i, exact) in expected_features(&case, bulk).into_iter().enumerate() {
                let column: Vec<f64> = sample.iter().map(|f| f[i]).collect();
                let off = column.iter().sum::<f64>() / column.len() as f64 - exact;
                let z = numerics::z_score(&column, exact);
                let close = z.abs() < 5.0 || off.abs() < 1e-6;
                assert!(close, "{case:?}: feature {i} is off by z = {z}");
            }
        } else {
            let (edges, masses) = cells(&case, bulk);
            let p = fits(&draws, &edges, &masses);
            assert!(p > RARE, "{case:?}: draws do not fit the density, p = {p}");
        }
    }
}

#[test]
fn means_are_those_of_the_draws() {
    let mut seen = HashSet::new();
    for case in cases::all().into_iter().filter(Case::is_proper) {
        let mut b = case.build(DRAWS);
        let dims = b.draw_dims(case.axes());
        let Some(mean) = b.call.dist.mean(&mut b.g, &b.call) else { continue };
        let mean = b.g.expand(mean, &dims);
        let means = in_order(&b.g, &dims, &eval(&b.g, &[mean], 0).remove(0));
        let (draws, _) = draw(&case, DRAWS, 23);
        seen.insert(case.name);
        for i in 0..case.width() {
            let column: Vec<f64> = draws.chunks(case.width()).map(|x| x[i]).collect();
            let z = numerics::z_score(&column, means[i]);
            let close = z.abs() < 5.0 || column.iter().all(|x| (x - means[i]).abs() < 1e-12);
            assert!(close, "{case:?}: mean {} is off by z = {z}", means[i]);
        }
    }
    assert!(seen.len() > 20, "{seen:?}");
    assert!(!seen.contains("Cauchy"));
}

#[test]
fn improper_distributions_draw_nothing() {
    for case in cases::all().iter().filter(|c| !c.is_proper()) {
        assert!(draw(case, 3, 1).0.iter().all(|x| x.is_nan()));
        assert!(!case.build(1).call.is_proper());
    }
}

#[test]
fn pathwise_draws_have_the_gradient_of_expectations() {
    for (case, bulk) in proper() {
        if !draw(&case, 2, 1).1 {
            continue;
        }
        let sampled = feature_gradients(&case, bulk);
        for (leaf, (needs, values)) in case.leaves().into_iter().enumerate() {
            for (element, &value) in values.iter().enumerate() {
                let h = 5.0 * step_of(&case, needs, value, Some(bulk));
                if h == 0.0 {
                    continue;
                }
                let moved = |k: f64| expected_features(&case.moved(leaf, element, k * h), bulk);
                let (high, low) = (moved(1.0), moved(-1.0));
                // A slope per unit of the argument that matters, so that one bound on rounding serves all.
                let unit = value.abs().max(bulk.spread);
                for (feature, by_leaf) in sampled.iter().enumerate() {
                    let exact = unit * (high[feature] - low[feature]) / (2.0 * h);
                    let column = by_leaf[leaf].iter().skip(element).step_by(values.len());
                    let column: Vec<f64> = column.map(|d| d * unit).collect();
                    let off = column.iter().sum::<f64>() / column.len() as f64 - exact;
                    let z = numerics::z_score(&column, exact);
                    let what = format!("feature {feature} by leaf {leaf}[{element}]");
                    let close = z.abs() < 5.0 || off.abs() < 1e-5;
                    assert!(close, "{case:?}, {what}: z = {z}, off {off}");
                }
            }
        }
    }
}

/// d feature / d leaf for each draw, by feature and leaf.
fn feature_gradients(case: &Case, bulk: Bulk) -> Vec<Vec<Vec<f64>>> {
    let mut b = case.build(DRAWS / 2);
    let dims = b.draw_dims(case.axes());
    let z = b.call.draw(&mut b.g, &dims, "z").node();
    let g = &mut b.g;
    let shifted = g.shift(-bulk.centre, z);
    let scaled = g.scale(1.0 / bulk.spread, shifted);
    let squashed = g.tanh(scaled);
    let parts: Vec<_> = (0..case.width()).map(|k| g.at(squashed, b.event, k)).collect();
    let mut all = parts.clone();
    for i in 0..parts.len() {
        all.extend((0..=i).map(|j| g.mul(parts[i], parts[j])));
    }
    let by_feature = all.iter().map(|&feature| {
        let slopes = ir::grad(g, feature, &b.leaves);
        let values = eval(g, &slopes, 13);
        values.iter().zip(&b.leaves).map(|(v, &leaf)| by_point(g, leaf, v)).collect()
    });
    by_feature.collect()
}

/// The values of a leaf, point by point.
fn by_point(g: &ir::Graph, leaf: ir::NodeId, values: &[f64]) -> Vec<f64> {
    let mut dims: Vec<_> = g.shape(leaf).iter().collect();
    dims.sort();
    in_order(g, &dims, values)
}

/// log F and log(1 − F) at points, and the quantiles there.
fn tails(case: &Case, points: &[f64]) -> Option<[Vec<f64>; 3]> {
    let mut b = case.build(points.len());
    let x = b.add_points(points, 0);
    let (g, c) = (&mut b.g, &b.call);
    let below = c.dist.log_cdf(g, x, c)?;
    let above = c.dist.log_survival(g, x, c)?;
    let back = c.dist.quantile(g, Tails { below, above }, c)?;
    let wanted = [below, above, back].map(|n| b.g.expand(n, &[b.point]));
    let values = eval(&b.g, &wanted, 0);
    Some([values[0].clone(), values[1].clone(), values[2].clone()])
}

#[test]
fn cdfs_are_integrals_and_quantiles_their_inverse() {
    let mut seen = HashSet::new();
    for (case, bulk) in proper().filter(|(case, _)| !case.is_vector()) {
        let (edges, masses) = cells(&case, bulk);
        let Some([below, above, back]) = tails(&case, &edges) else { continue };
        seen.insert(case.name);
        let (mut low, mut high) = (0.0, masses.iter().sum::<f64>());
        for i in 0..edges.len() {
            (low, high) = (low + masses[i], high - masses[i]);
            assert!((below[i].exp() - low).abs() < 1e-8, "{case:?} at {}", edges[i]);
            assert!((above[i].exp() - high).abs() < 1e-8, "{case:?} at {}", edges[i]);
            let miss = (back[i] - edges[i]).abs() / (bulk.spread + edges[i].abs());
            assert!(miss < 1e-11, "{case:?}: {} comes back as {}", edges[i], back[i]);
        }
    }
    let can = dist::ALL.iter().filter(|d| dist::can_truncate(**d)).map(|d| d.signature().name);
    assert_eq!(seen, can.collect());
    assert!(seen.len() >= 11, "{seen:?}");
}

#[test]
fn tails_keep_their_digits_far_out() {
    for (name, args) in [("Normal", [0.0, 1.0]), ("Logistic", [0.0, 1.0]), ("Laplace", [0.0, 1.0])]
    {
        let case = cases::scalar(name, &args);
        let points = [-35.0, -9.0, -1e-9, 1e-9, 9.0, 35.0];
        let [_, _, back] = tails(&case, &points).expect("closed");
        for (x, back) in points.into_iter().zip(back) {
            let close = (x - back).abs() < 1e-12 * x.abs() + 1e-14;
            assert!(close, "{name}: {x} comes back as {back}");
        }
    }
}

#[test]
fn masses_are_the_density_on_the_support() {
    let mut seen = HashSet::new();
    for (case, bulk) in proper() {
        let Support::Whole(_, last) = numerics::support(&case) else { continue };
        let Some(masses) = masses(&case, last) else { continue };
        seen.insert(case.name);
        let total: f64 = masses.iter().map(|m| m.exp()).sum();
        let points = nodes(&case, bulk).points;
        for (x, log) in points.iter().zip(log_prob(&case, &points)) {
            let mass = masses[*x as usize].exp();
            assert_close("mass", &case, mass / total, log.exp(), 1e-12);
        }
    }
    let finite = [
        "Bernoulli",
        "Binomial",
        "BetaBinomial",
        "Hypergeometric",
        "DiscreteUniform",
        "Categorical",
        "OrderedLogistic",
        "OrderedProbit",
        "ZeroInflated",
        "Hurdle",
    ];
    assert_eq!(seen, HashSet::from(finite));
}

/// Log masses of 0 … last.
fn masses(case: &Case, last: f64) -> Option<Vec<f64>> {
    let mut b = case.build(1);
    if !last.is_finite() {
        return None;
    }
    let (mut call, mut at) = (&mut b.call, case);
    loop {
        for (arg, (needs, values)) in call.args.iter_mut().zip(at.leaves()) {
            if needs == dist::Needs::Count {
                *arg = b.g.number(values[0]);
            }
        }
        let (Some(inner), Some(case)) = (&mut call.inner, &at.inner) else { break };
        (call, at) = (inner, case);
    }
    let values = b.g.dim("values", last as usize + 1);
    let node = b.call.dist.masses(&mut b.g, &b.call, values)?;
    Some(eval(&b.g, &[node], 0).remove(0))
}

#[test]
fn binomial_masses_need_constant_trials() {
    let mut b = cases::scalar("Binomial", &[10.0, 0.5]).build(1);
    let values = b.g.dim("values", 11);
    assert_eq!(b.call.dist.masses(&mut b.g, &b.call, values), None);
}

#[test]
fn divergences_are_expected_log_ratios() {
    let mut seen = HashSet::new();
    let all = cases::all();
    for q in all.iter().filter(|q| q.is_proper()) {
        for p in all.iter().filter(|p| p.name == q.name && p.size == q.size) {
            let mut b = q.build(1);
            let other = b.add_call(p);
            let Some(node) = b.call.kl(&mut b.g, &other) else { continue };
            seen.insert(q.name);
            let found = eval(&b.g, &[node], 0)[0][0];
            let expected = expected_log_ratio(q, p);
            let close = found == expected || (found - expected).abs() < 1e-6 * (1.0 + expected);
            assert!(close, "KL({q:?}, {p:?}): {found} is not {expected}");
        }
    }
    assert!(seen.len() >= 11, "{seen:?}");
}

fn expected_log_ratio(q: &Case, p: &Case) -> f64 {
    let nodes = numerics::nodes_split(q, bulk(q), &[q.kinks(), p.kinks()].concat());
    let (log_q, log_p) = (log_prob(q, &nodes.points), log_prob(p, &nodes.points));
    let terms = nodes.weights.iter().zip(log_q.iter().zip(&log_p));
    let term = |(w, (q, p)): (&f64, (&f64, &f64))| {
        let mass = w * q.exp();
        if mass == 0.0 { 0.0 } else { mass * (q - p) }
    };
    terms.map(term).sum()
}

#[test]
fn standard_members_are_shifted_and_scaled() {
    let mut seen = HashSet::new();
    for (case, bulk) in proper() {
        let points = [-3.0, -0.4, 0.0, 1.3].map(|z| bulk.centre + z * bulk.spread);
        let mut b = case.build(points.len());
        let (g, c) = (&mut b.g, &b.call);
        let Some((loc, scale, standard)) = c.dist.standard(g, c) else { continue };
        seen.insert(case.name);
        let x = g.add_param("x", &[b.point], points.to_vec());
        let direct = c.log_prob(g, x);
        let distance = g.sub(x, loc);
        let z = g.div(distance, scale);
        let log = standard.log_prob(g, z);
        let width = g.ln(scale);
        let by_standard = g.sub(log, width);
        let values = eval(g, &[direct, by_standard], 0);
        for (direct, by_standard) in values[0].iter().zip(&values[1]) {
            assert_close("standard", &case, *by_standard, *direct, 1e-12);
        }
    }
    let families = [
        "Normal",
        "StudentT",
        "Cauchy",
        "Laplace",
        "Logistic",
        "Gumbel",
        "SkewNormal",
        "AsymmetricLaplace",
        "GeneralizedNormal",
    ];
    assert_eq!(seen, HashSet::from(families));
}

#[test]
fn a_one_hot_soft_value_is_a_position() {
    for case in cases::all().iter().filter(|c| c.dist().signature().support == Kind::Index) {
        let mut b = case.build(case.size);
        let over = b.g.dim("soft", case.size);
        let (i, k) = (b.g.iota(b.point), b.g.iota(over));
        let soft = b.g.eq(i, k);
        let soft = b.call.dist.soft_log_prob(&mut b.g, soft, over, &b.call).expect("relaxes");
        let hard = b.call.log_prob(&mut b.g, i);
        let values = eval(&b.g, &[soft, hard], 0);
        for (k, (soft, hard)) in values[0].iter().zip(&values[1]).enumerate() {
            assert_close(&format!("class {k}"), case, *soft, *hard, 1e-14);
        }
    }
}
