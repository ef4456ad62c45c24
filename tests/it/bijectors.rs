//! Laws of the bijectors: values lie on the support, log_det is log |det J| by finite differences, every point of the
//! support is reached.

use elbow::dist::Domain;
use elbow::guide::{Bijected, Bijector};
use elbow::ir::{self, Dim, Graph, NodeId};

/// A domain over a vector or a square of size `n`, and what is known of its values.
struct Case {
    name: &'static str,
    n: usize,
    domain: fn(&mut Graph, Dim, Dim) -> Domain,
    /// Rows and columns.
    square: bool,
    /// The elements that determine the others, by row and column.
    free: fn(usize, usize, usize) -> bool,
    holds: fn(&[f64], usize) -> bool,
}

const NEAR: f64 = 1e-9;

fn ends(g: &mut Graph, lower: Option<f64>, upper: Option<f64>) -> Domain {
    let mut end = |x: Option<f64>| x.map(|x| g.number(x));
    Domain::Interval { lower: end(lower), upper: end(upper) }
}

const CASES: &[Case] = &[
    vector("real", |_, _, _| Domain::Real, |_, _, _| true, |x, _| x.iter().all(|x| x.is_finite())),
    vector(
        "above",
        |g, _, _| ends(g, Some(-0.5), None),
        |_, _, _| true,
        |x, _| x.iter().all(|&x| x > -0.5),
    ),
    vector(
        "below",
        |g, _, _| ends(g, None, Some(2.0)),
        |_, _, _| true,
        |x, _| x.iter().all(|&x| x < 2.0),
    ),
    vector(
        "between",
        |g, _, _| ends(g, Some(-1.0), Some(2.0)),
        |_, _, _| true,
        |x, _| x.iter().all(|&x| x > -1.0 && x < 2.0),
    ),
    vector(
        "simplex",
        |_, d, _| Domain::Simplex(d),
        |i, _, n| i + 1 < n,
        |x, _| x.iter().all(|&x| x > 0.0) && (x.iter().sum::<f64>() - 1.0).abs() < NEAR,
    ),
    vector(
        "ordered",
        |_, d, _| Domain::Ordered(d),
        |_, _, _| true,
        |x, _| x.windows(2).all(|w| w[0] < w[1]),
    ),
    square("cholesky", |_, d, e| Domain::Cholesky(d, e), |i, j, _| j <= i, is_triangular),
    square(
        "corr cholesky",
        |_, d, e| Domain::CorrCholesky(d, e),
        |i, j, _| j < i,
        |x, n| {
            let rows =
                x.chunks(n).all(|r| (r.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < NEAR);
            rows && is_triangular(x, n)
        },
    ),
    square("cov", |_, d, e| Domain::Cov(d, e), |i, j, _| j <= i, is_covariance),
    square(
        "corr",
        |_, d, e| Domain::Corr(d, e),
        |i, j, _| j < i,
        |x, n| is_covariance(x, n) && (0..n).all(|i| (x[i * n + i] - 1.0).abs() < NEAR),
    ),
];

type MakeDomain = fn(&mut Graph, Dim, Dim) -> Domain;

const fn vector(
    name: &'static str,
    domain: MakeDomain,
    free: fn(usize, usize, usize) -> bool,
    holds: fn(&[f64], usize) -> bool,
) -> Case {
    Case { name, n: 4, domain, square: false, free, holds }
}

const fn square(
    name: &'static str,
    domain: MakeDomain,
    free: fn(usize, usize, usize) -> bool,
    holds: fn(&[f64], usize) -> bool,
) -> Case {
    Case { name, n: 3, domain, square: true, free, holds }
}

fn is_triangular(x: &[f64], n: usize) -> bool {
    (0..n * n).all(|c| match (c / n).cmp(&(c % n)) {
        std::cmp::Ordering::Less => x[c] == 0.0,
        std::cmp::Ordering::Equal => x[c] > 0.0,
        std::cmp::Ordering::Greater => true,
    })
}

fn is_covariance(x: &[f64], n: usize) -> bool {
    let symmetric = (0..n * n).all(|c| (x[c] - x[c % n * n + c / n]).abs() < NEAR);
    let minors = (1..=n).map(|k| {
        let leading: Vec<Vec<f64>> = (0..k).map(|i| x[i * n..i * n + k].to_vec()).collect();
        determinant(leading)
    });
    symmetric && minors.into_iter().all(|d| d > 0.0)
}

fn determinant(mut a: Vec<Vec<f64>>) -> f64 {
    let n = a.len();
    let mut product = 1.0;
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| a[i][k].abs().total_cmp(&a[j][k].abs())).unwrap();
        if pivot != k {
            a.swap(pivot, k);
            product = -product;
        }
        product *= a[k][k];
        if product == 0.0 {
            return 0.0;
        }
        for i in k + 1..n {
            let factor = a[i][k] / a[k][k];
            let above = a[k].clone();
            for (below, above) in a[i][k..].iter_mut().zip(&above[k..]) {
                *below -= factor * above;
            }
        }
    }
    product
}

/// A compiled bijector: from base coordinates to the value, row-major, and the log determinant.
struct Map {
    g: Graph,
    base: NodeId,
    count: usize,
    bijector: Bijector,
    value: NodeId,
    log_det: NodeId,
    n: usize,
    free: Vec<usize>,
}

impl Map {
    fn new(case: &Case, n: usize) -> Self {
        let mut g = Graph::new();
        let (row, column) = (g.dim("row", n), g.dim("column", n));
        let domain = (case.domain)(&mut g, row, column);
        let bijector = Bijector::new(&mut g, &domain);
        let dims = if case.square { vec![row, column] } else { vec![row] };
        let base_dims = bijector.base_dims(&dims);
        let count = base_dims.iter().map(|&d| g.size(d)).product();
        let base = g.add_param("u", &base_dims, vec![0.0; count]);
        let Bijected { value, log_det } = bijector.forward(&mut g, base);
        let log_det = log_det.unwrap_or_else(|| g.number(0.0));
        let log_det = g.sum_all(log_det);
        let value = g.expand(value, &dims);
        let order: Vec<Dim> = g.shape(value).iter().collect();
        assert_eq!(order, dims, "values are read row-major");
        let width = if case.square { n } else { 1 };
        let free =
            (0..n * width).filter(|c| (case.free)(c / width, c % width, n)).collect::<Vec<_>>();
        Self { g, base, count, bijector, value, log_det, n, free }
    }

    /// The base again, from the value.
    fn back(&mut self) -> Option<NodeId> {
        let back = self.bijector.inverse(&mut self.g, self.value)?;
        let order: Vec<Dim> = self.g.shape(back).iter().collect();
        assert_eq!(order.len(), 1, "bases are vectors here");
        Some(back)
    }

    fn at(&self, u: &[f64]) -> (Vec<f64>, f64) {
        let found = ir::eval_given(&self.g, &[(self.base, u)], &[self.value, self.log_det]);
        (found[0].clone(), found[1][0])
    }

    fn free_at(&self, u: &[f64]) -> Vec<f64> {
        let (value, _) = self.at(u);
        self.free.iter().map(|&c| value[c]).collect()
    }

    /// ∂(free elements)/∂u by central differences.
    fn jacobian(&self, u: &[f64]) -> Vec<Vec<f64>> {
        const STEP: f64 = 1e-5;
        let columns: Vec<Vec<f64>> = (0..self.count)
            .map(|k| {
                let moved = |by: f64| {
                    let mut u = u.to_vec();
                    u[k] += by;
                    self.free_at(&u)
                };
                let (up, down) = (moved(STEP), moved(-STEP));
                up.iter().zip(&down).map(|(a, b)| (a - b) / (2.0 * STEP)).collect()
            })
            .collect();
        (0..self.count).map(|i| columns.iter().map(|c| c[i]).collect()).collect()
    }
}

/// Points around 0, the same in every run.
fn point(count: usize, seed: usize) -> Vec<f64> {
    (0..count).map(|i| 1.5 * ((seed * 31 + i * 7) as f64 * 1.234 + 0.5).sin()).collect()
}

#[test]
fn values_lie_on_the_support() {
    for case in CASES {
        for n in 1..=5 {
            let map = Map::new(case, n);
            for seed in 0..20 {
                let (value, log_det) = map.at(&point(map.count, seed));
                assert!((case.holds)(&value, map.n), "{} of {n}: {value:?}", case.name);
                assert!(log_det.is_finite(), "{} of {n}", case.name);
            }
        }
    }
}

#[test]
fn log_determinants_are_those_of_finite_differences() {
    for case in CASES {
        let map = Map::new(case, case.n);
        assert_eq!(map.free.len(), map.count, "{}", case.name);
        for seed in 0..10 {
            let u = point(map.count, seed);
            let expected = determinant(map.jacobian(&u)).abs().ln();
            let (_, found) = map.at(&u);
            assert!((found - expected).abs() < 1e-6, "{}: {found} for {expected}", case.name);
        }
    }
}

/// From the value back to where it came from. Products L Lᵀ have no inverse among the ops; the base of a single point has no
/// trace in its value.
#[test]
fn inverses_lead_back() {
    for case in CASES {
        for n in 1..=5 {
            let mut map = Map::new(case, n);
            let Some(back) = map.back() else {
                assert!(["cov", "corr"].contains(&case.name), "{} has an inverse", case.name);
                continue;
            };
            let only_point = map.free.is_empty();
            for seed in 0..20 {
                let u = point(map.count, seed);
                let found = ir::eval_given(&map.g, &[(map.base, &u)], &[back])[0].clone();
                let expected = if only_point { vec![0.0; map.count] } else { u };
                let near = found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-8);
                assert!(near, "{} of {n}: {found:?} for {expected:?}", case.name);
            }
        }
    }
}

/// Newton's method from 0 finds the point of unconstrained space behind a value.
#[test]
fn every_point_is_reached() {
    for case in CASES {
        let map = Map::new(case, case.n);
        for seed in 0..10 {
            let wanted = map.free_at(&point(map.count, seed));
            let mut u = vec![0.0; map.count];
            for _ in 0..200 {
                let miss = misses(&map, &u, &wanted);
                let step = solve(map.jacobian(&u), miss.clone());
                let mut share = 1.0;
                let moved = |share: f64| -> Vec<f64> {
                    u.iter().zip(&step).map(|(u, s)| u + share * s).collect()
                };
                while share > 1e-6 && norm(&misses(&map, &moved(share), &wanted)) > norm(&miss) {
                    share /= 2.0;
                }
                u = moved(share);
            }
            let miss = norm(&misses(&map, &u, &wanted));
            assert!(miss < 1e-7, "{}: {wanted:?} is missed by {miss}", case.name);
        }
    }
}

fn misses(map: &Map, u: &[f64], wanted: &[f64]) -> Vec<f64> {
    map.free_at(u).iter().zip(wanted).map(|(x, w)| w - x).collect()
}

fn norm(x: &[f64]) -> f64 {
    let square = x.iter().map(|x| x * x).sum::<f64>();
    if square.is_nan() { f64::INFINITY } else { square.sqrt() }
}

/// By Cramer's rule, for the few coordinates that there are.
fn solve(a: Vec<Vec<f64>>, b: Vec<f64>) -> Vec<f64> {
    let whole = determinant(a.clone());
    let replaced = |k: usize| {
        let mut a = a.clone();
        for (row, b) in a.iter_mut().zip(&b) {
            row[k] = *b;
        }
        determinant(a)
    };
    (0..b.len()).map(|k| replaced(k) / whole).collect()
}
