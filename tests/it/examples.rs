//! Every example is run as it lies there, and its posterior held against an exact answer.
//!
//! Errors are |mean − exact mean| in exact standard deviations. Bounds cover the noise of a thousand draws (0.03) and what a
//! factorised guide cannot follow.

#[path = "../../examples/simulate/tables.rs"]
mod tables;

use crate::oracle::{Moments, Part, Regression, midpoints, mix};
use elbow::backend::Lowering;
use elbow::check::model::FitSettings;
use elbow::infer::{self, Config, Fitter, Summary};
use elbow::session::{Inputs, Session};
use nalgebra::{DMatrix, DVector};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// Fits an example from its own settings.
fn fit(model: &str, data: &str) -> Vec<Summary> {
    fit_seeded(model, data, None)
}

fn fit_seeded(model: &str, data: &str, seed: Option<u64>) -> Vec<Summary> {
    let (session, diags) = Session::open(&folder().join(model)).expect("an example can be read");
    assert!(diags.iter().next().is_none(), "{model}: {:?}", diags.iter().next());
    let file = (!data.is_empty()).then(|| folder().join(data).display().to_string());
    let data = file.into_iter().collect();
    let (problem, diags) = session.problem(&Inputs { data, ..Default::default() });
    let problem = problem.unwrap_or_else(|| panic!("{model}: {:?}", diags.iter().next()));
    let problem = Arc::new(problem);
    let settings = session.settings(&FitSettings { seed, ..Default::default() });
    let config = Config::new(&problem, &settings, 1, Lowering::Fast);
    let steps = config.steps;
    assert_eq!(infer::unfinished(&problem, &config), [], "{model}");
    let mut fitter = Fitter::new(problem.clone(), config);
    fitter.start();
    fitter.advance(steps).expect("every number is finite");
    assert_eq!(fitter.diagnose(), [], "{model}");
    infer::summarize(&problem, &fitter.draws())
}

fn row<'a>(rows: &'a [Summary], name: &str) -> &'a Summary {
    rows.iter().find(|r| r.name == name).unwrap_or_else(|| panic!("no {name}"))
}

/// Fails where a mean is off by `bound` exact standard deviations or more.
fn expect(rows: &[Summary], exact: &[(&str, Moments)], bound: f64) {
    let off = |(name, (mean, sd)): &(&str, Moments)| {
        let error = (row(rows, name).mean - mean).abs() / sd;
        println!("{name}: off by {error:.3}, sd ratio {:.2}", row(rows, name).sd / sd);
        (error.is_nan() || error >= bound).then(|| format!("{name} is off by {error:.3}"))
    };
    let faults: Vec<String> = exact.iter().filter_map(off).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Marginal probabilities of who is which, and the current, against all 720 matchings with the current integrated out.
#[test]
fn matching() {
    let rows = fit("matching.elbow", "");
    let east = [-0.6, 0.7, 5.1, -0.4, 0.1, 1.0];
    let north = [-3.8, 0.1, 1.6, 3.5, -4.9, -2.4];
    let blip_east = [3.3, 2.7, 7.0, 2.9, 3.6, 1.8];
    let blip_north = [2.7, -1.1, 0.2, -3.6, -7.4, -5.0];
    // Six residuals of unit variance around a current of variance 25: the log density, and the current's mean.
    let current = |who: &[usize], blips: &[f64; 6], ships: &[f64; 6]| {
        let rest = || (0..6).map(|i| blips[i] - ships[who[i]]);
        let (sum, square) = (rest().sum::<f64>(), rest().map(|r| r * r).sum::<f64>());
        (-0.5 * (square - 25.0 * sum * sum / 151.0), 25.0 * sum / 151.0)
    };
    let (mut total, mut mean, mut share) = (0.0, 0.0, [[0.0; 6]; 6]);
    for matrix in elbow::dist::permutations(6) {
        let who: Vec<usize> =
            matrix.chunks(6).map(|row| row.iter().position(|&x| x == 1.0).unwrap()).collect();
        let (east, north) = (current(&who, &blip_east, &east), current(&who, &blip_north, &north));
        let weight = (east.0 + north.0).exp();
        total += weight;
        mean += weight * east.1;
        (0..6).for_each(|i| share[i][who[i]] += weight);
    }
    expect(&rows, &[("current_east", (mean / total, (25.0_f64 / 151.0).sqrt()))], 0.3);
    let ships = ["Aurora", "Borea", "Ceres", "Dione", "Elara", "Flora"];
    for (i, blip) in share.iter().enumerate() {
        for (ship, weight) in ships.iter().zip(blip) {
            let name = format!("which[{},\"{ship}\"]", i + 1);
            let off = (row(&rows, &name).mean - weight / total).abs();
            assert!(off < 0.05, "{name} is off by {off}");
        }
    }
}

fn one_if(condition: bool) -> f64 {
    f64::from(u8::from(condition))
}

fn named<'a>(names: &'a [String], moments: &[Moments]) -> Vec<(&'a str, Moments)> {
    names.iter().map(String::as_str).zip(moments.iter().copied()).collect()
}

/// Columns of a table, by name.
fn texts<const N: usize>(file: &str, names: [&str; N]) -> [Vec<String>; N] {
    let mut reader = csv::Reader::from_path(folder().join(file)).unwrap();
    let header = reader.headers().unwrap().clone();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    names.map(|name| {
        let place = header.iter().position(|h| h == name).unwrap();
        records.iter().map(|r| r[place].to_string()).collect()
    })
}

fn numbers<const N: usize>(file: &str, names: [&str; N]) -> [Vec<f64>; N] {
    texts(file, names).map(|column| column.iter().map(|cell| cell.parse().unwrap()).collect())
}

type Range = (f64, f64);

/// Moments of the two parameters of a log density that has its mass in a box.
fn plane(log_density: impl Fn(f64, f64) -> f64, first: Range, second: Range) -> Vec<Moments> {
    let part =
        |a, b| Part { log_weight: log_density(a, b), means: vec![a, b], variances: vec![0.0; 2] };
    let parts = midpoints(first.0, first.1, 200)
        .flat_map(|a| midpoints(second.0, second.1, 200).map(move |b| (a, b)))
        .map(|(a, b)| part(a, b));
    mix(&parts.collect::<Vec<_>>())
}

#[test]
fn simulated_tables_are_those_of_the_generator() {
    for (name, text) in tables::tables() {
        let committed = std::fs::read_to_string(folder().join(name)).unwrap();
        assert!(committed == text, "{name}: run `cargo run --example simulate`");
    }
}

#[test]
fn coin() {
    let (a, b) = (16.0_f64, 8.0);
    let mean = a / (a + b);
    let sd = (mean * (1.0 - mean) / (a + b + 1.0)).sqrt();
    let rows = fit("coin.elbow", "coin.csv");
    expect(&rows, &[("bias", (mean, sd))], 0.1);
    assert!((row(&rows, "bias").sd / sd - 1.0).abs() < 0.1);
}

/// Gaussian given tau, over which a quadrature in log tau runs; with factorised draws tau itself is known only roughly.
#[test]
fn eight_schools() {
    let file = "eight_schools.csv";
    let [y, sigma] = numbers(file, ["y", "sigma"]);
    let [school] = texts(file, ["school"]);
    let regression = Regression {
        x: DMatrix::from_fn(8, 9, |i, j| one_if(j == 0 || j == i + 1) / sigma[i]),
        y: DVector::from_fn(8, |i, _| y[i] / sigma[i]),
        wanted: DMatrix::from_fn(9, 9, |i, j| one_if(j == 0 || (i > 0 && j == i))),
    };
    let at = |log_tau: f64| {
        let tau = log_tau.exp();
        let mut part = regression.given(&[&[1.0 / 25.0][..], &[tau.powi(-2); 8]].concat(), 1.0);
        part.log_weight += log_tau - (tau / 5.0).powi(2).ln_1p();
        part.means.push(tau);
        part.variances.push(0.0);
        part
    };
    let exact = mix(&midpoints(-7.0, 7.0, 2000).map(at).collect::<Vec<_>>());
    assert!((exact[9].0 - 3.5984).abs() < 1e-3, "{:?}", exact[9]);
    let mut names = vec!["mu".to_string()];
    names.extend(school.iter().map(|s| format!("theta[{s:?}]")));
    names.push("tau".into());
    expect(&fit("eight_schools.elbow", file), &named(&names, &exact), 0.3);
}

/// Under flat priors b has mean (XᵀX)⁻¹Xᵀy, and a t distribution with n − p − 1 degrees of freedom.
#[test]
fn linear_regression() {
    let file = "linear_regression.csv";
    let [sales, temperature, humidity, weekend] =
        numbers(file, ["sales", "temperature", "humidity", "weekend"]);
    let n = sales.len();
    let ones = vec![1.0; n];
    let x = DMatrix::from_vec(n, 4, [ones, temperature, humidity, weekend].concat());
    let y = DVector::from_vec(sales);
    let inverse = x.tr_mul(&x).try_inverse().unwrap();
    let mean = &inverse * x.tr_mul(&y);
    let residual = (&y - &x * &mean).norm_squared();
    let freedom = (n - 4 - 1) as f64;
    let sd = |j: usize| (inverse[(j, j)] * residual / (freedom - 2.0)).sqrt();
    let exact = [
        ("base", (mean[0], sd(0))),
        ("effect[\"temperature\"]", (mean[1], sd(1))),
        ("effect[\"humidity\"]", (mean[2], sd(2))),
        ("effect[\"weekend\"]", (mean[3], sd(3))),
    ];
    expect(&fit("linear_regression.elbow", file), &exact, 0.1);
}

#[test]
fn logistic_regression() {
    let file = "logistic_regression.csv";
    let [hours, passed] = numbers(file, ["hours", "passed"]);
    let log_density = |a: f64, b: f64| {
        let likelihood = hours.iter().zip(&passed).map(|(h, y)| {
            let logit = a + b * h;
            y * logit - logit.exp().ln_1p()
        });
        likelihood.sum::<f64>() - 0.5 * (a / 5.0).powi(2) - 0.5 * (b / 2.0).powi(2)
    };
    let exact = plane(log_density, (-12.0, 2.0), (-0.5, 3.0));
    let rows = fit("logistic_regression.elbow", file);
    expect(&rows, &[("intercept", exact[0]), ("slope", exact[1])], 0.25);
    assert!((row(&rows, "even").q50 - 3.75).abs() < 1.0);
}

#[test]
fn poisson_regression() {
    let file = "poisson_regression.csv";
    let [claims, years, age] = numbers(file, ["claims", "years", "age"]);
    let log_density = |level: f64, trend: f64| {
        let cells = claims.iter().zip(&years).zip(&age).map(|((y, t), age)| {
            let log_rate = level + trend * (age - 40.0) / 10.0;
            y * log_rate - t * log_rate.exp()
        });
        cells.sum::<f64>() - 0.5 * (level / 5.0).powi(2) - 0.5 * trend.powi(2)
    };
    let exact = plane(log_density, (-2.5, 0.0), (-1.0, 0.5));
    let rows = fit("poisson_regression.elbow", file);
    expect(&rows, &[("level", exact[0]), ("trend", exact[1])], 0.1);
}

/// Gaussian given the two scales, over which a quadrature runs.
#[test]
fn radon() {
    let file = "radon.csv";
    let [floor, log_radon] = numbers(file, ["floor", "log_radon"]);
    let [county] = texts(file, ["county"]);
    let mut counties = county.clone();
    counties.sort();
    counties.dedup();
    let (n, k) = (floor.len(), counties.len());
    let regression = Regression {
        x: DMatrix::from_fn(n, k + 2, |home, j| match j {
            0 => 1.0,
            1 => floor[home],
            _ => one_if(county[home] == counties[j - 2]),
        }),
        y: DVector::from_vec(log_radon),
        wanted: DMatrix::from_fn(k + 2, k + 2, |i, j| one_if(i == j || (i > 1 && j == 0))),
    };
    let at = |sigma_a: f64, sigma: f64| {
        let precision = [&[0.25; 2][..], &vec![sigma_a.powi(-2); k]].concat();
        let mut part = regression.given(&precision, sigma);
        part.log_weight -= 0.5 * sigma_a.powi(2) + 0.5 * (sigma / 2.0).powi(2);
        part
    };
    let parts = midpoints(0.0, 1.5, 60)
        .flat_map(|sigma_a| midpoints(0.5, 1.0, 40).map(move |sigma| (sigma_a, sigma)))
        .map(|(sigma_a, sigma)| at(sigma_a, sigma));
    let exact = mix(&parts.collect::<Vec<_>>());
    let mut names = vec!["mu_a".to_string(), "b".into()];
    names.extend(counties.iter().map(|c| format!("a[{c:?}]")));
    expect(&fit("radon.elbow", file), &named(&names, &exact), 0.25);
}

/// The components as they were simulated, with the standard error of an estimate from 60, 90 and 50 known members. The
/// guide's own sd of mu[1] is half of that: mu[2] is built upon it, and the guide cannot follow.
const MIXTURE: &[(&str, Moments)] = &[
    ("w[1]", (0.3, 0.032)),
    ("w[2]", (0.45, 0.035)),
    ("w[3]", (0.25, 0.031)),
    ("mu[1]", (-4.0, 0.129)),
    ("mu[2]", (1.0, 0.074)),
    ("mu[3]", (6.0, 0.113)),
    ("s[1]", (1.0, 0.091)),
    ("s[2]", (0.7, 0.052)),
    ("s[3]", (0.8, 0.080)),
];

/// At every seed means lie within three standard errors of what was simulated, and within `bound` standard deviations of
/// the version that sums the assignments out.
fn mixture(version: &str, bound: f64) {
    let summed = fit("mixture_marginalize.elbow", "mixture.csv");
    let first: Vec<(&str, Moments)> =
        MIXTURE.iter().map(|(name, _)| (*name, moments(&summed, name))).collect();
    for seed in 1..=5 {
        let rows = fit_seeded(&format!("mixture_{version}.elbow"), "mixture.csv", Some(seed));
        expect(&rows, MIXTURE, 3.0);
        expect(&rows, &first, bound);
    }
}

fn moments(rows: &[Summary], name: &str) -> Moments {
    (row(rows, name).mean, row(rows, name).sd)
}

#[test]
fn mixture_marginalize() {
    mixture("marginalize", 0.3);
}

#[test]
fn mixture_enumerate() {
    mixture("enumerate", 0.3);
}

/// Biased by its temperature.
#[test]
fn mixture_gumbel_softmax() {
    mixture("gumbel_softmax", 1.0);
}

#[test]
fn mixture_reinforce() {
    mixture("reinforce", 0.3);
}
