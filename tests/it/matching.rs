//! Permutations as latents: masses, draws, sums, and a matching that was planted.

use crate::common::{F64, arc, log_joint, loss, problem, scattered};
use crate::lowerings::agree;
use elbow::backend::{CounterNoise, Float, Lowering, Program, compile};
use elbow::check::model::FitSettings;
use elbow::dist::{self, Call, permutations};
use elbow::estimator::Value;
use elbow::infer::{Config, Fitter, draws};
use elbow::ir::{Graph, Inputs, Rounding, eval};
use elbow::lab::{Exact, Point, Settings, Verdict, oracle, posterior, verify};
use elbow::lower::{Mode, Problem, lower};
use elbow::objective::{objective, true_elbo};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::collections::HashMap;

const PLATE: &str = "data y: real[n]\ndim a = 3\ndim b = 3\nu = [0.5, 0, -1] as a\n\
    v = [1, -0.5, 0.2] as b\nw = [0.3, 1, -1] as a\nNOTE\np[n, a, b] ~ Permutation(u * v)\n\
    y ~ Normal(sum(sum(p * v over b) * w over a), 0.8)\n";
const DATA: &str = r#"{"y": [1.2, -0.5]}"#;
/// Rows and columns of one dimension, four of them, some pairs with a rate of almost 0.
pub(crate) const FOUR: &str = "data y: real\ndim a = 4\nv = [1, -0.5, 0.2, 2] as a\n\
    s[a, a'] = where(a == a', -3, 0)\nNOTE\np[a, a'] ~ Permutation(s)\ny ~ Normal(sum((p @ v) * v), 0.8)\n";
pub(crate) const ONE: &str = r#"{"y": 1.2}"#;

fn settings() -> Settings {
    Settings { draws: 8, gradients: 300, seed: 5, at: 10_000, options: F64 }
}

/// Log masses of all permutations of a size, and the permutations.
pub(crate) fn table(count: usize, scores: &[f64]) -> (Vec<Vec<f64>>, Vec<f64>) {
    let rows = permutations(count);
    let mut g = Graph::new();
    let axes = [g.dim("row", count), g.dim("column", count)];
    let scores = g.add_param("scores", &axes, scores.to_vec());
    let call = Call::new(dist::find("Permutation").unwrap(), 0, vec![scores]).over(axes);
    let logs: Vec<_> = rows
        .iter()
        .map(|row| {
            let x = g.add_data("x", &axes, row.clone().into());
            call.log_prob(&mut g, x)
        })
        .collect();
    let values = eval(&g, &Inputs::initial(&g), &logs, Rounding::F64);
    (rows, values.iter().map(|v| v[0]).collect())
}

#[test]
fn masses_of_all_permutations_add_up_to_one() {
    for count in 1..=5 {
        for spread in [0.0, 1.0, 12.0] {
            let scores: Vec<f64> = scattered(count * count).iter().map(|x| spread * x).collect();
            let (rows, logs) = table(count, &scores);
            assert_eq!(rows.len(), (1..=count).product::<usize>());
            let total: f64 = logs.iter().map(|l| l.exp()).sum();
            assert!((total - 1.0).abs() < 1e-12, "{count}, {spread}: {total}");
            let flat = spread == 0.0;
            assert!(!flat || logs.iter().all(|l| (l - logs[0]).abs() < 1e-12), "uniform");
        }
    }
}

/// The probability of a chi-square as large as that of counts against masses.
pub(crate) fn fit(counts: &HashMap<Vec<u8>, usize>, rows: &[Vec<f64>], logs: &[f64]) -> f64 {
    let total: usize = counts.values().sum();
    let count = |row: &Vec<f64>| counts.get(&bits(row)).copied().unwrap_or(0) as f64;
    assert_eq!(rows.iter().map(count).sum::<f64>(), total as f64, "only permutations are drawn");
    let term = |(row, log): (&Vec<f64>, &f64)| {
        let expected = log.exp() * total as f64;
        (count(row) - expected).powi(2) / expected
    };
    let statistic: f64 = rows.iter().zip(logs).map(term).sum();
    1.0 - ChiSquared::new(rows.len() as f64 - 1.0).unwrap().cdf(statistic)
}

pub(crate) fn bits(row: &[f64]) -> Vec<u8> {
    row.iter().map(|&x| x.round() as u8).collect()
}

#[test]
fn draws_are_from_the_masses() {
    const COUNT: usize = 40_000;
    let scores = scattered(16);
    let (rows, logs) = table(4, &scores);
    let mut g = Graph::new();
    let [row, column, draw] = [g.dim("row", 4), g.dim("column", 4), g.dim("draw", COUNT)];
    let scores = g.add_param("scores", &[row, column], scores);
    let call = Call::new(dist::find("Permutation").unwrap(), 0, vec![scores]).over([row, column]);
    let x = call.draw(&mut g, &[row, column, draw], "x").node();
    let loss = g.number(0.0);
    assert_eq!(g.shape(x).dims(), &[row, column, draw]);
    let mut step = compile(Program { graph: g, loss, watch: vec![x] }, F64);
    step.run(0, &mut CounterNoise::new(2));
    let x = step.watched(0);
    let mut counts = HashMap::new();
    for draw in 0..COUNT {
        let matrix: Vec<f64> = (0..16).map(|cell| x[cell * COUNT + draw]).collect();
        *counts.entry(bits(&matrix)).or_insert(0) += 1;
    }
    let p = fit(&counts, &rows, &logs);
    assert!(p > 1e-4, "{p}");
}

/// log Σ over all values of the latents, each observed in turn.
fn evidence(text: &str, data: &str) -> f64 {
    let data = data.trim_end_matches('}');
    let nested = |row: &[f64], n: usize| format!("{:?}", row.chunks(n).collect::<Vec<_>>());
    let observed = |ty: &str, left: &str| {
        let text = text.replace("NOTE\n", "").replace(left, "p ~");
        format!("data p: {ty}\n{text}")
    };
    let total: f64 = if text == FOUR {
        let text = observed("binary[a, a']", "p[a, a'] ~");
        let each = |row: &Vec<f64>| {
            log_joint(&text, &format!(r#"{data}, "p": {}}}"#, nested(row, 4))).exp()
        };
        permutations(4).iter().map(each).sum()
    } else {
        let text = observed("binary[n, a, b]", "p[n, a, b] ~");
        let rows = permutations(3);
        let pairs = rows.iter().flat_map(|one| rows.iter().map(move |two| (one, two)));
        let each = |(one, two): (&Vec<f64>, &Vec<f64>)| {
            let both = format!("[{}, {}]", nested(one, 3), nested(two, 3));
            log_joint(&text, &format!(r#"{data}, "p": {both}}}"#)).exp()
        };
        pairs.map(each).sum()
    };
    total.ln()
}

#[test]
fn sums_are_the_evidence_and_are_drawn_back() {
    for (text, data) in [(PLATE, DATA), (FOUR, ONE)] {
        let exact = evidence(text, data);
        let summed = problem(&text.replace("NOTE", "@marginalize"), data, &[]);
        assert!((loss(&summed, &[]) + exact).abs() < 1e-9, "{text}");
        let found = posterior(&summed, F64).expect("all latents are finite");
        assert!((found.log_evidence - exact).abs() < 1e-9);
        let count = 20_000;
        let drawn = draws(&summed, &[], count, 3);
        let p = drawn.quantities.iter().find(|q| q.name == "p").unwrap();
        let width = p.values.len() / found.elements.len();
        for (element, exact) in found.elements.iter().enumerate() {
            let Exact::Masses(masses) = &exact.exact else {
                panic!("discrete latents have masses")
            };
            for (value, mass) in masses {
                let is = |draw: usize| {
                    let cell = |i: usize| p.values[element * width + i][draw].to_string();
                    format!("[{}]", (0..width).map(cell).collect::<Vec<_>>().join(", ")) == *value
                };
                let share = (0..count).filter(|&d| is(d)).count() as f64 / count as f64;
                let z = (share - mass) / (mass * (1.0 - mass) / count as f64).sqrt().max(1e-4);
                assert!(z.abs() < 5.0, "{value} of {element}: {share}, {mass}");
            }
        }
    }
}

#[test]
fn every_estimator_is_verified() {
    for (text, data) in [(PLATE, DATA), (FOUR, ONE)] {
        let problem = problem(&text.replace("NOTE", "@reinforce"), data, &[]);
        let point = oracle(&problem, Point::Scattered, &settings());
        assert!(point.gradient.iter().all(|g| g.error == 0.0), "enumerated");
        let found = verify(&problem, &[0], &settings());
        let names: Vec<&str> = found.tests.iter().map(|t| t.estimator.as_str()).collect();
        for wanted in
            ["gumbel_softmax", "straight_through", "gumbel_sinkhorn", "reinforce", "enumerate"]
        {
            assert!(names.iter().any(|n| n.starts_with(wanted)), "{wanted} in {names:?}");
        }
        for test in &found.tests {
            let (name, worst) = (&test.estimator, &test.worst);
            assert_ne!(test.verdict, Verdict::Fails, "{name} of {text}: {worst:?}");
        }
    }
}

#[test]
fn lowerings_agree() {
    for (text, data) in [(PLATE, DATA), (FOUR, ONE)] {
        for estimator in
            ["reinforce", "gumbel_softmax", "straight_through", "gumbel_sinkhorn", "enumerate"]
        {
            let problem = problem(&text.replace("NOTE\n", ""), data, &[("p", estimator)]);
            let o = objective(&problem, 4);
            let program = Program { graph: o.graph, loss: o.loss, watch: vec![o.elbo] };
            for lowering in [Lowering::Reference, Lowering::Fast] {
                agree(&program, lowering, Float::F64, 1e-9, 3);
                agree(&program, lowering, Float::F32, 1e-3, 3);
            }
        }
    }
}

/// Six measurements of six known values, in an order that nobody noted.
const PLANTED: &str = "data x: real[item]\ndata y: real[place]\ndim item = 6\ndim place = 6\n\
    NOTE\np[place, item] ~ Permutation(0)\ny ~ Normal(p @ x, 0.5)\n";
const X: [f64; 6] = [0.0, 0.7, 1.5, 2.1, 3.0, 3.6];
const Y: [f64; 6] = [2.4, 0.2, 3.5, 0.6, 2.9, 1.3];

/// Its parameters, and the ELBO there with its standard error.
fn fitted(problem: &Problem) -> (Vec<f64>, f64, f64) {
    let settings = FitSettings { seed: Some(1), ..FitSettings::default() };
    let mut fitter =
        Fitter::new(arc(problem.clone()), Config::new(problem, &settings, 1, Lowering::Fast));
    fitter.start();
    fitter.advance(u64::MAX).unwrap();
    let o = true_elbo(problem, 4000);
    let mut step = compile(Program { graph: o.graph, loss: o.loss, watch: vec![o.per_draw] }, F64);
    step.set_params(&fitter.params());
    step.run(0, &mut CounterNoise::new(5));
    let draws = step.watched(0);
    let n = draws.len() as f64;
    let mean = draws.iter().sum::<f64>() / n;
    let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    (fitter.params(), mean, (variance / n).sqrt())
}

/// The fit's most frequent matching is the exact mode of 720, by each kind of estimator.
#[test]
fn a_planted_matching_is_found() {
    let fall = |i: usize, j: usize| {
        let z = (Y[i] - X[j]) / 0.5;
        -0.5 * z * z - 0.5 * std::f64::consts::TAU.ln() - 0.5_f64.ln()
    };
    let rows = permutations(6);
    let log = |row: &Vec<f64>| -> f64 {
        (0..36).filter(|&c| row[c] == 1.0).map(|c| fall(c / 6, c % 6)).sum()
    };
    let logs: Vec<f64> = rows.iter().map(log).collect();
    let log_evidence = (logs.iter().map(|l| l.exp()).sum::<f64>() / 720.0).ln();
    let best = (0..720).max_by(|&a, &b| logs[a].total_cmp(&logs[b])).unwrap();
    let data = format!(r#"{{"x": {X:?}, "y": {Y:?}}}"#);
    for note in ["", "@gumbel_softmax(tau = 0.1)", "@straight_through(tau = 0.1)"] {
        let problem = problem(&PLANTED.replace("NOTE", note), &data, &[]);
        assert!(!note.is_empty() || problem.plan.latents[0].estimator == "reinforce", "the usual");
        let (params, elbo, error) = fitted(&problem);
        let drawn = draws(&problem, &params, 4000, 3);
        let p = drawn.quantities.iter().find(|q| q.name == "p").unwrap();
        let mut counts: HashMap<Vec<u8>, usize> = HashMap::new();
        for draw in 0..4000 {
            let matrix: Vec<f64> = p.values.iter().map(|cell| cell[draw]).collect();
            *counts.entry(bits(&matrix)).or_default() += 1;
        }
        let (mode, count) = counts.iter().max_by_key(|(_, count)| **count).unwrap();
        let mass = (logs[best] - 720_f64.ln() - log_evidence).exp();
        println!("{note}: {count} of 4000 at the mode, exact {mass:.3}; {elbo} of {log_evidence}");
        assert_eq!(*mode, bits(&rows[best]), "{note}");
        assert!(elbo < log_evidence + 5.0 * error, "{note}: a bound");
    }
}

/// The largest sum over all permutations, and the sum of a matching, which is one of them.
fn sums(scores: &[f64], matching: &[f64]) -> (f64, f64) {
    let n = scores.len().isqrt();
    let sum = |row: &[f64]| row.iter().zip(scores).map(|(x, s)| x * s).sum::<f64>();
    let all = permutations(n);
    assert!(all.iter().any(|row| row == matching), "a permutation: {matching:?}");
    (all.iter().map(|row| sum(row)).fold(f64::NEG_INFINITY, f64::max), sum(matching))
}

/// Of data along a plate, and of each draw of a latent.
#[test]
fn assignments_have_the_largest_sum() {
    let text = "data cost: real[day, worker, job]\nm[worker, job] ~ Normal(0, 1)\n\
        cheap = assignment(-cost over [worker, job])\nbest = assignment(m)\n\
        factor -0.1 * sum(m)\n";
    let costs = scattered(32);
    let nested: Vec<Vec<&[f64]>> = costs.chunks(16).map(|day| day.chunks(4).collect()).collect();
    let problem = problem(text, &format!(r#"{{"cost": {nested:?}}}"#), &[]);
    let drawn = draws(&problem, &[0.0; 32], 200, 3);
    let of = |name: &str| drawn.quantities.iter().find(|q| q.name == name).unwrap();
    let (m, best) = (of("m"), of("best"));
    for draw in 0..200 {
        let at = |q: &elbow::infer::Quantity| -> Vec<f64> {
            q.values.iter().map(|cell| cell[draw]).collect()
        };
        let (most, found) = sums(&at(m), &at(best));
        assert!((most - found).abs() < 1e-9, "{most}, {found}");
    }
    let mut a = lower(&problem, Mode::Optimise, 1);
    let cheap = problem.bound.model.names.iter().position(|n| n.name == "cheap").unwrap();
    let Some(Value::Plain(cheap)) = a.values[cheap] else { panic!("a matrix is plain") };
    let dims: Vec<_> = a.graph.shape(cheap).iter().collect();
    assert_eq!(
        dims.iter().map(|&d| a.graph.dim_info(d).name.as_str()).collect::<Vec<_>>(),
        ["day", "worker", "job"]
    );
    let loss = a.graph.number(0.0);
    let mut step = compile(Program { graph: a.graph, loss, watch: vec![cheap] }, F64);
    step.run(0, &mut CounterNoise::new(1));
    for (day, cheap) in costs.chunks(16).zip(step.watched(0).chunks(16)) {
        let minus: Vec<f64> = day.iter().map(|c| -c).collect();
        let (most, found) = sums(&minus, cheap);
        assert!((most - found).abs() < 1e-12, "{most}, {found}");
    }
}
