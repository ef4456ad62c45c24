//! Minibatches: gradients that are right on average over batches, rows that nothing else touches, statistics of all rows.

use crate::common::{F64, arc, problem, refusals, z_between};
use elbow::backend::{self, CounterNoise, Float, Lowering, Options, Program, Step};
use elbow::check::model::{FitSettings, OptimizerChoice, Schedule};
use elbow::check::plan::{Policy, Sizes, plan};
use elbow::data;
use elbow::estimator::{self, Bias};
use elbow::infer::{Config, Fitter, adopt, gathered, initial, summarize};
use elbow::ir::{Graph, Rows};
use elbow::lower::Problem;
use elbow::objective::{Objective, least_samples, objective};
use elbow::session::Session;
use elbow::source::Source;

/// A compiled objective that is given rows and all parameters.
struct Batched {
    graph: Graph,
    step: Box<dyn Step>,
    all: Vec<f64>,
}

impl Batched {
    fn new(problem: &Problem, samples: usize, options: Options) -> Self {
        let Objective { graph, loss, elbo, .. } = objective(problem, samples);
        let program = Program { graph: graph.clone(), loss, watch: vec![elbo] };
        let count = initial(&graph).len();
        let all = (0..count).map(|i| 0.9 * ((i as f64 + 1.0) * 1.7).sin()).collect();
        Self { step: backend::compile(program, options), graph, all }
    }

    /// The ELBO and the gradient in all parameters, 0 for rows that are not there.
    fn at(&mut self, rows: &Rows, run: u64, noise: &mut CounterNoise) -> (f64, Vec<f64>) {
        self.step.set_rows(rows);
        self.step.set_params(&gathered(&self.graph, &self.all, rows));
        self.step.run(run, noise);
        let mut gradient = vec![0.0; self.all.len()];
        adopt(&self.graph, &mut gradient, &self.step.gradient(), rows);
        (self.step.watched(0)[0], gradient)
    }

    /// Batches of neighbours that together hold every row once, which the tests' sizes allow.
    fn epoch(&self) -> Vec<Rows> {
        Rows::cover(&self.graph).collect()
    }

    /// Mean and standard error of the gradient over batches and noise. One epoch is one draw.
    fn mean_gradient(&mut self, epochs: u64, seed: u64) -> Vec<(f64, f64)> {
        let mut noise = CounterNoise::new(seed);
        let batches = self.epoch();
        let n = batches.len() as f64;
        let mut moments = vec![(0.0, 0.0); self.all.len()];
        for epoch in 0..epochs {
            let mut mean = vec![0.0; self.all.len()];
            for (i, rows) in batches.iter().enumerate() {
                let run = epoch * batches.len() as u64 + i as u64;
                let (_, gradient) = self.at(rows, run, &mut noise);
                mean.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g / n);
            }
            for (moment, g) in moments.iter_mut().zip(mean) {
                *moment = (moment.0 + g, moment.1 + g * g);
            }
        }
        let n = epochs as f64;
        let finish = |&(sum, square): &(f64, f64)| {
            let mean = sum / n;
            (mean, ((square / n - mean * mean).max(0.0) / n).sqrt())
        };
        moments.iter().map(finish).collect()
    }
}

/// The same model, each step with all rows.
fn full(problem: &Problem) -> Problem {
    let size =
        |&(d, _): &(elbow::check::model::DimId, usize)| (d, problem.bound.dims[d.0 as usize].size);
    problem.in_batches(problem.plan.batches.iter().map(size).collect())
}

/// Of 6 rows and 4 columns.
const DATA: &str = r#"{"y": [0.3, -1.2, 0.8, 2.1, -0.4, 1.5], "x": [
    [1.0, 0.2, -0.3, 0.5], [0.1, -1.0, 0.4, 0.9], [0.7, 0.3, -0.6, -0.1],
    [-0.9, 0.8, 1.2, 0.0], [0.6, -0.2, 0.1, -0.7], [1.4, 0.5, -1.1, 0.3]]}"#;

/// A latent `z` of two rows a step, of every kind that some estimator serves; `m` makes one global parameter exact.
const MODELS: [&str; 7] = [
    // Local and discrete, of two classes and of three.
    "data y: real[n]\nparam m: real\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(m + 1.5 * z, 1)\nfit { batch n = 2 }\n",
    "data y: real[n]\ndim k = 3\nparam m: real[k]\nz[n] ~ Categorical([0.3, 0, -0.5] as k)\ny ~ Normal(m[z], 1)\nfit { batch n = 2 }\n",
    // Global and discrete: all rows cost it.
    "data y: real[n]\ndim k = 3\nparam m: real[k]\nz ~ Categorical([0.3, 0, -0.5] as k)\ny ~ Normal(m[z], 1)\nfit { batch n = 3 }\n",
    // Local and global, continuous.
    "data y: real[n]\nparam m: real\nz[n] ~ Normal(m, 1)\ny ~ Normal(z, 1)\nfit { batch n = 2 }\n",
    "data y: real[n]\nparam m: real\nz ~ Gamma(2, 1)\ny ~ Normal(m + z, 1)\nfit { batch n = 2 }\n",
    // Two batched dimensions, of which it has one.
    "data x: real[n, c]\nparam m: real[c]\nz[n] ~ Bernoulli(0.3)\nx ~ Normal(m + z, 1)\nfit { batch n = 2, batch c = 2 }\n",
    // A bound for each row, scaled after its logarithm.
    "data y: real[n]\nparam m: real\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(m + 1.5 * z, 1)\nfit { batch n = 2, objective = iwae(3 over n) }\n",
];

fn unbiased() -> impl Iterator<Item = &'static str> {
    let sampled = estimator::ALL.iter().filter(|e| e.card().bias != Bias::Biased);
    sampled.map(|e| e.card().name)
}

#[test]
fn the_mean_gradient_over_batches_is_that_of_all_rows_for_every_unbiased_estimator() {
    let mut served = vec![];
    for (i, text) in MODELS.iter().enumerate() {
        let is_sampled =
            ["~ Gamma", "z[n] ~ Normal", "iwae"].iter().any(|part| text.contains(part));
        let exact = (!is_sampled).then(|| {
            let exact = full(&problem(text, DATA, &[("z", "enumerate")]));
            Batched::new(&exact, 1, F64).mean_gradient(1, 0)
        });
        for name in unbiased().filter(|name| !["enumerate", "marginalize"].contains(name)) {
            if !refusals(text, DATA, &[("z", name)]).is_empty() {
                continue;
            }
            served.push(name);
            let p = problem(text, DATA, &[("z", name)]);
            for samples in [least_samples(&p), 4.max(least_samples(&p))] {
                let exact = exact
                    .clone()
                    .unwrap_or_else(|| Batched::new(&full(&p), 16, F64).mean_gradient(4000, 5));
                let got = Batched::new(&p, samples, F64).mean_gradient(3000, 11 + i as u64);
                let z = z_between(&got, &exact);
                assert!(z < 5.0, "{name}, {samples} samples: z = {z}\n{text}{got:?}\n{exact:?}");
            }
        }
    }
    for name in unbiased().filter(|name| !["enumerate", "marginalize"].contains(name)) {
        assert!(served.contains(&name), "no model tests {name}");
    }
}

/// The same rows and the same noise: what is right on average in one lowering is so in the other.
#[test]
fn both_lowerings_agree_on_batches() {
    for text in MODELS {
        for name in estimator::ALL.iter().map(|e| e.card().name) {
            if !refusals(text, DATA, &[("z", name)]).is_empty() {
                continue;
            }
            let p = problem(text, DATA, &[("z", name)]);
            for (float, tolerance) in [(Float::F64, 1e-9), (Float::F32, 2e-3)] {
                let mut parts = [Lowering::Fast, Lowering::Reference]
                    .map(|lowering| Batched::new(&p, 4, Options { lowering, float, threads: 1 }));
                for (run, rows) in parts[0].epoch().iter().enumerate() {
                    let [fast, reference] = &mut parts;
                    let got = fast.at(rows, run as u64, &mut CounterNoise::new(7));
                    let wanted = reference.at(rows, run as u64, &mut CounterNoise::new(7));
                    let pairs = got.1.iter().zip(&wanted.1).chain([(&got.0, &wanted.0)]);
                    for (x, y) in pairs {
                        let scale = 1.0 + y.abs();
                        assert!(
                            (x - y).abs() < tolerance * scale,
                            "{name} {float:?}: {x} {y}\n{text}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn exact_sums_over_an_epoch_are_those_of_all_rows() {
    let mixture = "data y: real[n]\ndim k = 2\nparam m: real[k]\nparam w: real[n] = 0.1 * y\n\
        z[n] ~ Categorical([0.3, -0.5] as k)\ny ~ Normal(m[z] + w, 1)\nfactor sum(-0.2 * w^2)\nfit { batch n = 2 }\n";
    let columns = "data x: real[n, c]\nparam m: real[c]\nparam b: real[n, c]\nz[n] ~ Bernoulli(0.3)\n\
        x ~ Normal(m + z * b, 1)\nfactor -0.1 * m^2\nfit { batch n = 3, batch c = 2 }\n";
    let lowerings = [(Lowering::Fast, Float::F64), (Lowering::Reference, Float::F64)];
    for (text, names) in [(mixture, vec!["enumerate", "marginalize"]), (columns, vec!["enumerate"])]
    {
        for name in names {
            for (lowering, float) in lowerings {
                let p = problem(text, DATA, &[("z", name)]);
                let options = Options { lowering, float, ..F64 };
                let mut parts = Batched::new(&p, 1, options);
                let mut whole = Batched::new(&full(&p), 1, options);
                assert_eq!(parts.all, whole.all);
                let got = parts.mean_gradient(1, 0);
                let exact = whole.mean_gradient(1, 0);
                for (got, exact) in got.iter().zip(&exact) {
                    assert!((got.0 - exact.0).abs() < 1e-11, "{name}: {got:?} {exact:?}");
                }
                let noise = &mut CounterNoise::new(0);
                let epoch = parts.epoch();
                let elbo: f64 = epoch.iter().map(|rows| parts.at(rows, 0, noise).0).sum();
                let all = whole.epoch();
                let exact = whole.at(&all[0], 0, noise).0;
                assert!((elbo / epoch.len() as f64 - exact).abs() < 1e-11, "{elbo} {exact}");
            }
        }
    }
}

/// Pyro's test of the gradient with and without subsampling: data −0.5 and 2, q at loc 0 and scale 1.
#[test]
fn a_normal_mean_has_the_published_gradient_with_and_without_batches() {
    let text = |batch| {
        format!(
            "data x: real[n]\nz[n] ~ Normal(0, 1)\nx ~ Normal(z, 1)\nfit {{ steps = 1{batch} }}\n"
        )
    };
    for name in ["pathwise", "reinforce"] {
        for batch in ["", ", batch n = 1"] {
            let p = problem(&text(batch), r#"{"x": [-0.5, 2.0]}"#, &[("z", name)]);
            let mut batched = Batched::new(&p, least_samples(&p), F64);
            batched.all.fill(0.0);
            let got = batched.mean_gradient(20_000, 3);
            let exact = [(0.5, 0.0), (-2.0, 0.0), (1.0, 0.0), (1.0, 0.0)];
            let z = z_between(&got, &exact);
            assert!(z < 5.0, "{name}{batch}: z = {z}, {got:?}");
        }
    }
}

#[test]
fn what_data_alone_determine_is_computed_on_all_rows() {
    let with = |batch| {
        format!(
            "data x: real[n, c]\ncentre = mean(x over n)\nwidth = sqrt(mean((x - centre)^2 over n))\n\
             scaled = (x - centre) / width\nrank = cumsum(x[c = 1] over n)\nt[n] = 0.01 * n\nparam b: real[c]\n\
             param a: real\nfactor -0.5 * (scaled @ b + a * rank + t - sum(x[n = 2]))^2 / size(n)\n\
             fit {{ steps = 1{batch} }}\n"
        )
    };
    let (p, whole) = (problem(&with(", batch n = 2"), DATA, &[]), problem(&with(""), DATA, &[]));
    let mut parts = Batched::new(&p, 1, F64);
    let got = parts.mean_gradient(1, 0);
    let exact = Batched::new(&whole, 1, F64).mean_gradient(1, 0);
    for (got, exact) in got.iter().zip(&exact) {
        assert!((got.0 - exact.0).abs() < 1e-11, "{got:?} {exact:?}");
    }
}

fn config(problem: &Problem, steps: u64, threads: usize) -> Config {
    let settings = problem.bound.model.fit.clone();
    let settings = FitSettings { steps: Some(steps), ..settings };
    Config::new(problem, &settings, threads, Lowering::Fast)
}

const HIERARCHY: &str = "data y: real[n]\nmu ~ Normal(0, 1)\ntheta[n] ~ Normal(mu, 1)\n\
    y ~ Normal(theta, 1)\nfit { batch n = 2, seed = 3 }\n";

#[test]
fn rows_outside_a_batch_are_left_alone() {
    let p = arc(problem(HIERARCHY, DATA, &[]));
    let mut fitter = Fitter::new(p.clone(), config(&p, 100, 1));
    let mut before = fitter.params();
    let mut seen = vec![0; 6];
    for _ in 0..3 {
        fitter.advance(1).unwrap();
        let after = fitter.params();
        for (row, seen) in seen.iter_mut().enumerate() {
            let moved = |at: usize| before[at] != after[at];
            assert_eq!(moved(2 + row), moved(8 + row), "location and scale move together");
            *seen += usize::from(moved(2 + row));
        }
        before = after;
    }
    assert_eq!(seen, [1; 6], "an epoch of three steps holds every row once");
}

#[test]
fn a_fit_in_batches_finds_the_posterior_of_all_rows_with_any_number_of_threads() {
    let p = arc(problem(HIERARCHY, DATA, &[]));
    let fit = |threads| {
        let mut config = config(&p, 6000, threads);
        config.learning_rate = Schedule::Cosine { from: 0.05, to: 1e-4, over: 6000 };
        let mut fitter = Fitter::new(p.clone(), config);
        fitter.start();
        fitter.advance(6000).unwrap();
        let elbo = fitter.elbo();
        (fitter.params(), elbo, fitter.draws())
    };
    let (params, elbo, draws) = fit(1);
    assert_eq!(fit(2).0, params, "threads do not change a bit");
    // Mean field, from the joint precision: mu has 1 + 6, each theta 2; the means are those of the posterior.
    let y = [0.3, -1.2, 0.8, 2.1, -0.4, 1.5];
    let mu = y.iter().sum::<f64>() / 2.0 / (1.0 + 6.0 / 2.0);
    let near = |x: f64, wanted: f64| assert!((x - wanted).abs() < 0.05, "{x} is not {wanted}");
    near(params[0], mu);
    near(params[1].exp(), 7_f64.powf(-0.5));
    for (row, y) in y.iter().enumerate() {
        near(params[2 + row], (mu + y) / 2.0);
        near(params[8 + row].exp(), 0.5_f64.sqrt());
    }
    let whole = full(&p);
    let mut all = Batched::new(&whole, 2000, F64);
    all.all.copy_from_slice(&params);
    let rows = all.epoch();
    let exact = all.at(&rows[0], 0, &mut CounterNoise::new(1)).0;
    assert!((elbo.mean - exact).abs() < 5.0 * elbo.se.max(0.02), "{elbo:?} {exact}");
    let summary = summarize(&p, &draws);
    let names: Vec<&str> = summary.iter().map(|s| s.name.as_str()).collect();
    let thetas = (1..=6).map(|i| format!("theta[{i}]"));
    assert_eq!(names, ["mu".to_string()].into_iter().chain(thetas).collect::<Vec<_>>());
    for (row, s) in summary[1..].iter().enumerate() {
        assert!((s.mean - params[2 + row]).abs() < 0.15 && (s.sd - 0.707).abs() < 0.1, "{s:?}");
    }
}

/// 700 rows are three chunks, the last one shorter; nothing is random, so the ELBO is exact.
#[test]
fn the_reported_elbo_and_draws_are_of_all_rows_in_chunks() {
    let text = "data y: real[n]\ndim k = 2\nparam m: real[k] = [-1, 1] as k\n@marginalize\n\
        z[n] ~ Categorical([0.3, -0.5] as k)\ny ~ Normal(m[z], 1)\nfit { batch n = 10 }\n";
    let y: Vec<f64> = (0..700).map(|i| 2.0 * (f64::from(i) * 0.7).sin()).collect();
    let data = serde_json::json!({ "y": y }).to_string();
    let p = arc(problem(text, &data, &[]));
    let mut fitter = Fitter::new(p.clone(), config(&p, 10, 1));
    let normal = |x: f64| (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let q = 1.0 / (1.0 + (-0.8_f64).exp());
    let log = |y: &f64| (q * normal(y + 1.0) + (1.0 - q) * normal(y - 1.0)).ln();
    let exact: f64 = y.iter().map(log).sum();
    assert!((fitter.elbo().mean - exact).abs() < 1e-8, "{:?} {exact}", fitter.elbo());
    let draws = fitter.draws();
    let z = draws.quantities.iter().find(|q| q.name == "z").unwrap();
    let positions: Vec<Vec<usize>> = (1..=700).map(|i| vec![i]).collect();
    assert_eq!(z.positions, positions);
    let mut chi = 0.0;
    for (y, draws) in y.iter().zip(&z.values) {
        let n = draws.len() as f64;
        let first = q * normal(y + 1.0);
        let p = first / (first + (1.0 - q) * normal(y - 1.0));
        let found = draws.iter().filter(|&&d| d == 1.0).count() as f64;
        chi += (found - n * p).powi(2) / (n * p * (1.0 - p));
    }
    assert!((chi - 700.0).abs() < 5.0 * 1400_f64.sqrt(), "{chi}");
}

#[test]
fn momentum_and_averages_follow_the_rows() {
    let text = "data y: real[n]\nparam a: real[n] = 2 * y\nfactor -0.5 * (a - y)^2\n\
        fit { batch n = 4, optimizer = sgd(0.05, momentum = 0.5), sampling = replacement }\n";
    let p = arc(problem(text, DATA, &[]));
    let config = config(&p, 2000, 1);
    let is_sgd = matches!(p.bound.model.fit.optimizer, Some(OptimizerChoice::Sgd { .. }));
    assert!(is_sgd);
    let mut fitter = Fitter::new(p.clone(), config);
    let y = [0.3, -1.2, 0.8, 2.1, -0.4, 1.5];
    assert_eq!(fitter.params(), y.map(|y| 2.0 * y), "first values are those of each row");
    fitter.advance(2000).unwrap();
    for (a, y) in fitter.params().iter().zip(y) {
        assert!((a - y).abs() < 1e-6, "{a} {y}");
    }
}

#[test]
fn batches_of_the_command_line_win_and_those_of_all_rows_are_none() {
    let (session, found) = Session::from_source(Source::new("model", HIERARCHY));
    assert!(!found.has_errors(), "{found:?}");
    let plan = |batches: &[(&str, u64)]| {
        let batches = batches.iter().map(|&(d, rows)| (d.to_string(), rows)).collect();
        session.plan(&Policy { batches, ..Policy::default() })
    };
    let rows = |batches| plan(batches).0.batches.iter().map(|b| b.1).collect::<Vec<_>>();
    assert_eq!(rows(&[]), [2]);
    assert_eq!(rows(&[("n", 5)]), [5]);
    let codes: Vec<_> = plan(&[("m", 5)]).1.iter().map(|d| d.code.name()).collect();
    assert_eq!(codes, ["E0511"]);
    let text = HIERARCHY.replace("batch n = 2", "batch n = 6");
    assert!(problem(&text, DATA, &[]).plan.batches.is_empty(), "all rows are no batch");
    let mixing = "data y: real[n]\na[n] ~ Normal(0, 1)\ny ~ Normal(a - mean(a over n), 1)\n";
    let (session, _) = Session::from_source(Source::new("model", mixing));
    let policy = Policy { batches: vec![("n".into(), 2)], ..Policy::default() };
    let codes: Vec<_> = session.plan(&policy).1.iter().map(|d| d.code.name()).collect();
    assert_eq!(codes, ["E0512"]);
}

/// An exact sum over rows inside a logarithm is not chosen; what is chosen instead is right on average.
#[test]
fn sums_inside_a_logarithm_over_batched_rows_are_not_chosen() {
    let text = MODELS[2].replace("fit { ", "fit { estimators = exact, ");
    let plan = problem(&text, DATA, &[]).plan;
    assert_ne!(plan.latents[0].estimator, "marginalize");
    assert_eq!(plan.latents[0].exact, None, "{:?}", plan.latents[0].reason);
    assert_eq!(refusals(&text, DATA, &[("z", "marginalize")]), ["E0512"]);
}

/// An NPY file of version 1, little-endian.
fn npy(descr: &str, shape: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(bytes);
    file
}

/// The problem of a model whose datum `x` lies in an NPY file, which stays on disk beyond `large` bytes.
fn from_npy(text: &str, file: &[u8], large: u64) -> Result<Problem, Vec<&'static str>> {
    let (session, found) = Session::from_source(Source::new("model", text));
    assert!(!found.has_errors(), "{found:?}");
    // The folder outlives the problem that reads from it.
    let path = tempfile::tempdir().unwrap().keep().join("x.npy");
    std::fs::write(&path, file).unwrap();
    let (tables, found) = data::read_keeping(&[format!("x={}", path.display())], large);
    assert!(!found.has_errors(), "{found:?}");
    let (bound, found) = data::bind(session.model.clone(), &tables, &[]);
    let bound = bound.ok_or_else(|| found.iter().map(|d| d.code.name()).collect::<Vec<_>>())?;
    let sizes = Sizes { dims: bound.sizes(), ..Sizes::default() };
    let (plan, found) = plan(&session.model, &Policy::default(), &sizes);
    assert!(!found.has_errors(), "{found:?}");
    let like = problem("data y: real\ny ~ Normal(0, 1)\n", r#"{"y": 0.5}"#, &[]);
    let texts = vec![String::new(); session.model.stmts.len()].into();
    let (bound, plan) = (std::sync::Arc::new(bound), std::sync::Arc::new(plan));
    Ok(Problem { bound, plan, texts, ..like })
}

#[test]
fn data_that_stay_on_disk_are_those_in_memory() {
    let text = "data x: real[n, c]\ncentre = mean(x over n)\nparam m: real[c]\nz[n] ~ Normal(0, 1)\n\
        x ~ Normal(m + z + centre, 1)\nfit { batch n = 4 }\n";
    let values: Vec<i16> = (0..36).map(|i| i * 19 % 41 - 20).collect();
    let encoded: [(&str, Vec<u8>); 4] = [
        ("<f4", values.iter().flat_map(|&v| f32::from(v).to_le_bytes()).collect()),
        (">f8", values.iter().flat_map(|&v| f64::from(v).to_be_bytes()).collect()),
        ("<i2", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        ("|i1", values.iter().map(|&v| v as i8 as u8).collect()),
    ];
    for (descr, bytes) in encoded {
        for (shape, text) in
            [("(12, 3)", text.to_string()), ("(3, 12)", text.replace("[n, c]", "[c, n]"))]
        {
            let file = npy(descr, shape, &bytes);
            let [held, kept] = [u64::MAX, 0].map(|large| from_npy(&text, &file, large).unwrap());
            let is_kept = |p: &Problem| p.bound.values.iter().flatten().all(|a| a.disk.is_some());
            assert!(is_kept(&kept) && !is_kept(&held), "{descr} {shape}");
            for change in [Problem::clone, Problem::whole] {
                let [mut a, mut b] = [&held, &kept].map(|p| Batched::new(&change(p), 1, F64));
                for rows in a.epoch() {
                    let [x, y] =
                        [&mut a, &mut b].map(|p| p.at(&rows, 1, &mut CounterNoise::new(2)));
                    assert_eq!(x, y, "{descr} {shape}");
                }
            }
        }
    }
    let bad = npy("<f4", "(12, 3)", &[0, 0, 192, 127].repeat(36));
    for large in [0, u64::MAX] {
        assert_eq!(
            from_npy(text, &bad, large).err(),
            Some(vec!["E0330"]),
            "NaN is a missing value"
        );
    }
}

/// Where two dimensions are batched, what has one of them has each of its rows once in the draws.
#[test]
fn rows_along_one_of_two_batched_dimensions_are_drawn_once() {
    let text = "data x: real[n]\ndata y: real[m]\na[n] ~ Normal(0, 1)\nb[m] ~ Normal(0, 1)\n\
                x ~ Normal(a, 1)\ny ~ Normal(b, 1)\nfit { batch n = 10, batch m = 10, steps = 20, draws = 2 }\n";
    let values = |count: usize| (0..count).map(|i| 0.001 * i as f64).collect::<Vec<f64>>();
    let data = format!("{{\"x\": {:?}, \"y\": {:?}}}", values(900), values(700));
    let problem = arc(problem(text, &data, &[]));
    let config = Config::new(&problem, &problem.bound.model.fit.clone(), 1, Lowering::Fast);
    let mut fitter = Fitter::new(problem.clone(), config);
    fitter.advance(20).unwrap();
    let draws = fitter.draws();
    for (name, count) in [("a", 900), ("b", 700)] {
        let found = draws.quantities.iter().find(|q| q.name == name);
        assert_eq!(found.expect("every latent has draws").values.len(), count, "{name}");
    }
}

/// Rows of two dimensions that meet in no term are seen side by side, each as often as it counts.
#[test]
fn the_elbo_of_two_batched_dimensions_is_that_of_all_rows() {
    let values = |count: usize, from: f64| -> Vec<f64> {
        (0..count).map(|i| from + (i as f64 * 0.7).sin()).collect()
    };
    let (y, w) = (values(700, 1.0), values(300, -2.0));
    let data = format!("{{\"y\": {y:?}, \"w\": {w:?}}}");
    let text = "data y: real[n]\ndata w: real[m]\nmu ~ Normal(0, 10)\nnu ~ Normal(0, 10)\n\
        y ~ Normal(mu, 1)\nw ~ Normal(nu, 1)\nfit { batch n = 20, batch m = 30 }\n";
    let p = arc(problem(text, &data, &[]));
    let mut fitter = Fitter::new(p.clone(), config(&p, 200, 1));
    fitter.advance(200).unwrap();
    let (params, elbo) = (fitter.params(), fitter.elbo());
    let ln_tau = std::f64::consts::TAU.ln();
    let part = |loc: f64, log_scale: f64, data: &[f64]| {
        let spread = (2.0 * log_scale).exp();
        let squares: f64 = data.iter().map(|x| (x - loc).powi(2) + spread).sum();
        let prior = 100_f64.ln() + (loc * loc + spread) / 100.0;
        let entropy = 1.0 + ln_tau + 2.0 * log_scale;
        -0.5 * (data.len() as f64 * ln_tau + squares + prior + ln_tau - entropy)
    };
    let exact = part(params[0], params[1], &y) + part(params[2], params[3], &w);
    let draws = fitter.draws();
    assert_eq!(draws.quantities.len(), 2);
    assert!((elbo.mean - exact).abs() < 5.0 * elbo.se, "{elbo:?}, not {exact}");
}
