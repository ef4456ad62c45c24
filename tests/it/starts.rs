//! Scattered starts: which models have them, that they are the same for a seed, and what they find.

use crate::common::{arc, problem, refusals};
use elbow::backend::{CounterNoise, Lowering, NoiseSource};
use elbow::check::model::FitSettings;
use elbow::infer::{Config, Fitter, summarize};
use elbow::ir::{self, Inputs, Noise, Rounding};
use elbow::lower::{self, Problem};
use elbow::objective::posterior;

/// Three components with labels of no order, 150 points.
const MIXTURE: &str = "data x: real[n]\ndim k = 3\nw ~ Dirichlet(ones(k))\nmu[k] ~ Normal(0, 10)\n\
                       s[k] ~ HalfNormal(2)\nz[n] ~ Categorical(probs = w)\nx ~ Normal(mu[z], s[z])\n";
const MEANS: [f64; 3] = [-4.0, 1.0, 6.0];

fn points() -> String {
    let mut noise = [0.0; 150];
    CounterNoise::new(8).fill_f64(0, 0, Noise::Normal, &mut noise);
    let x: Vec<f64> = noise.iter().enumerate().map(|(i, e)| MEANS[i % 3] + 0.8 * e).collect();
    format!(r#"{{"x": {x:?}}}"#)
}

fn config(problem: &Problem, settings: &FitSettings) -> Config {
    Config::new(problem, settings, 1, Lowering::Fast)
}

fn begun(problem: &Problem, settings: &FitSettings) -> (usize, Vec<f64>) {
    let mut fitter = Fitter::new(arc(problem.clone()), config(problem, settings));
    (fitter.start().starts, fitter.params())
}

fn seeded(seed: u64) -> FitSettings {
    FitSettings { seed: Some(seed), ..FitSettings::default() }
}

/// Five seeds and four estimators: components lie where they were put, in whatever order.
#[test]
fn three_components_are_found_at_every_seed() {
    let data = points();
    for estimator in ["marginalize", "enumerate", "gumbel_softmax", "reinforce"] {
        let problem = arc(problem(MIXTURE, &data, &[("z", estimator)]));
        for seed in 1..=5 {
            let mut fitter = Fitter::new(problem.clone(), config(&problem, &seeded(seed)));
            fitter.start();
            fitter.advance(u64::MAX).unwrap();
            let rows = summarize(&problem, &fitter.draws());
            let mut found: Vec<(f64, f64)> =
                rows.iter().filter(|r| r.name.starts_with("mu[")).map(|r| (r.mean, r.sd)).collect();
            found.sort_by(|a, b| a.0.total_cmp(&b.0));
            for ((mean, sd), truth) in found.iter().zip(MEANS) {
                let z = (mean - truth) / sd;
                assert!(z.abs() < 3.5, "{estimator}, seed {seed}: {mean} ± {sd} for {truth}");
            }
        }
    }
}

#[test]
fn a_seed_has_its_start() {
    let problem = problem(MIXTURE, &points(), &[("z", "enumerate")]);
    let settings = FitSettings { steps: Some(500), ..seeded(3) };
    let (count, params) = begun(&problem, &settings);
    assert_eq!(count, 24);
    assert_eq!(begun(&problem, &settings).1, params);
    assert_ne!(begun(&problem, &FitSettings { seed: Some(4), ..settings }).1, params);
}

/// Discrete latents and components are what makes many modes; anybody can ask for more starts, or for one.
#[test]
fn starts_are_scattered_where_modes_are_many() {
    let starts = |text: &str, data: &str, wanted: Option<u64>| {
        let settings = FitSettings { steps: Some(200), starts: wanted, ..FitSettings::default() };
        begun(&problem(text, data, &[]), &settings).0
    };
    let normal = "data y: real\nx ~ Normal(0, 1)\ny ~ Normal(x, 1)\n";
    assert_eq!(starts(normal, r#"{"y": 1}"#, None), 1);
    assert_eq!(starts(normal, r#"{"y": 1}"#, Some(5)), 5);
    let components = "data y: real[n]\ndim k = 2\nw ~ Dirichlet(ones(k))\nm[k] ~ Normal(0, 5)\n\
                      y ~ Mixture(w, Normal(m, 1))\n";
    assert_eq!(starts(components, r#"{"y": [1, 2]}"#, None), 24);
    assert_eq!(starts(components, r#"{"y": [1, 2]}"#, Some(1)), 1);
    let choice = "data y: real\nb ~ Bernoulli(0.3)\nm ~ Normal(0, 1)\ny ~ Normal(m * b, 1)\n";
    assert_eq!(starts(choice, r#"{"y": 1}"#, None), 24);
    let nothing_to_scatter = "data y: real\nb ~ Bernoulli(0.3)\ny ~ Normal(b, 1)\n";
    assert_eq!(starts(nothing_to_scatter, r#"{"y": 1}"#, None), 1);
}

/// Mean and variance of the locations that stand at draws from the prior, each given its parents: log of a LogNormal, the
/// logit of a uniform, a child in the units of its parent, and in standard units where it is `@noncentered`.
#[test]
fn places_are_draws_from_the_prior() {
    let text = "data y: real\na ~ LogNormal(1, 2)\nb ~ Uniform(-1, 3)\nc ~ Normal(5, 1)\nd ~ Normal(c, 1)\n\
                @noncentered\ne ~ Normal(c, 7)\nflat ~ Flat()\ny ~ Normal(a + b + c + d + e + flat, 1)\n";
    let lower::Prior { graph, bases } = lower::prior(&problem(text, r#"{"y": 1}"#, &[]));
    let nodes: Vec<ir::NodeId> = bases.iter().map(|&(_, node)| node).collect();
    let name = |row: usize| graph.params[bases[row].0 as usize].name.clone();
    let mut noise = CounterNoise::new(1);
    let count = 4000;
    let mut draws = vec![vec![]; nodes.len()];
    for step in 0..count {
        let mut inputs = Inputs::initial(&graph);
        for (row, info) in graph.noises.iter().enumerate() {
            noise.fill_f64(step, row, info.kind, &mut inputs.noises[row]);
        }
        for (all, value) in draws.iter_mut().zip(ir::eval(&graph, &inputs, &nodes, Rounding::F64)) {
            all.push(value[0]);
        }
    }
    let logistic = std::f64::consts::PI.powi(2) / 3.0;
    let exact =
        [("a", 1.0, 4.0), ("b", 0.0, logistic), ("c", 5.0, 1.0), ("d", 5.0, 2.0), ("e", 0.0, 1.0)];
    for (row, (latent, mean, variance)) in exact.into_iter().enumerate() {
        assert_eq!(name(row), format!("{latent}.loc"));
        let n = count as f64;
        let found = draws[row].iter().sum::<f64>() / n;
        let z = (found - mean) / (variance / n).sqrt();
        assert!(z.abs() < 4.0, "{latent}: mean {found} for {mean}");
        let spread = draws[row].iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        assert!((spread / variance - 1.0).abs() < 0.15, "{latent}: variance {spread}");
    }
    assert!(draws[5].iter().all(|x| x.is_nan()), "nothing can be drawn from an improper prior");
}

/// The values that point estimates begin with, in the user's order.
fn first_values(text: &str, data: &str) -> Vec<Vec<f64>> {
    let p = posterior(&problem(text, data, &[]), 1);
    let nodes: Vec<ir::NodeId> = p.quantities.iter().map(|q| q.node).collect();
    ir::eval(&p.graph, &Inputs::initial(&p.graph), &nodes, Rounding::F64)
}

#[test]
fn point_estimates_begin_where_the_model_says() {
    let text = "data y: real\ndata a: real[k]\ndata b: real[k]\ndata c: cholesky over [d, d']\ndata v: cov over [d, d']\n\
                data r: corr over [d, d']\nparam w: simplex over k = a\nparam o: ordered over k = b\n\
                param l: cholesky over [d, d'] = c\nparam m: cov over [d, d'] = v\nparam q: corr over [d, d'] = r\n\
                param s: positive = 1e-3\nparam p: real(-1, 2) = 1.5\n\
                y ~ Normal(sum(w) + sum(o) + sum(l) + sum(m) + sum(q) + s + p, 1)\n";
    let data = r#"{"y": 1, "a": [0.7, 0.2, 0.1], "b": [-3, 0.5, 4], "c": [[2, 0], [-0.5, 0.25]],
                   "v": [[2, 0.5], [0.5, 3]], "r": [[1, -0.9], [-0.9, 1]]}"#;
    let expected = [
        vec![0.7, 0.2, 0.1],
        vec![-3.0, 0.5, 4.0],
        vec![2.0, 0.0, -0.5, 0.25],
        vec![2.0, 0.5, 0.5, 3.0],
        vec![1.0, -0.9, -0.9, 1.0],
        vec![1e-3],
        vec![1.5],
    ];
    let found = first_values(text, data);
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(near && found.len() == expected.len(), "{found:?} for {expected:?}");
    }
}

#[test]
fn a_first_value_outside_its_support_is_refused() {
    let refused = |kind: &str, start: &str, values: &str| {
        let text =
            format!("data y: real\ndata v: {start}\nparam w: {kind} = v\ny ~ Normal(sum(w), 1)\n");
        refusals(&text, &format!(r#"{{"y": 1, "v": {values}}}"#), &[])
    };
    assert_eq!(refused("simplex over k", "real[k]", "[0.7, 0.2, 0.2]"), ["E0334"]);
    assert_eq!(refused("ordered over k", "real[k]", "[1, 0.5, 4]"), ["E0335"]);
    assert_eq!(refused("cov over [d, d']", "real[d, d']", "[[1, 2], [2, 1]]"), ["E0336"]);
}
