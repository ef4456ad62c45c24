//! Subsets and rankings as latents: plates, sums, posteriors, and masses beyond what orders can be counted.

use crate::common::{F64, log_joint, loss, mean_gradient, problem, scattered};
use elbow::backend::{CounterNoise, Program, compile};
use elbow::dist::{self, Call, rankings, subsets};
use elbow::estimator::Value;
use elbow::infer::draws;
use elbow::ir::{Dim, Graph, Inputs, Rounding, eval};
use elbow::lab::{Element, Exact, Point, Settings, Verdict, oracle, posterior, verify};
use elbow::lower::{Mode, lower};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

const SUBSETS: &str = "data y: real[n]\ndim item = 4\nv = [1, -0.5, 2, 0.3] as item\n\
    NOTE\ns[n, item] ~ Subset([0.5, 0, -0.5, 0.2] as item, 2)\ny ~ Normal(sum(s * v over item), 0.8)\n";
const RANKINGS: &str = "data y: real[n]\ndim item = 3\n\
    NOTE\ns[n, item] ~ PlackettLuce([0.5, 0, -0.5] as item)\ny ~ Normal(s[item = 1] - s[item = 3], 0.8)\n";
/// One cost sees all subsets of the plate.
const MIXED: &str = "data y: real\ndim n = 2\ndim item = 3\nv = [1, -0.5, 2] as item\n\
    NOTE\ns[n, item] ~ Subset([0.5, 0, -0.5] as item, 1)\ny ~ Normal(sum(s * v), 0.8)\n";
const DATA: &str = r#"{"y": [1.2, 2.5]}"#;

fn settings() -> Settings {
    Settings { draws: 8, gradients: 300, seed: 5, at: 10_000, options: F64 }
}

/// log Σ over all values of a plate of two.
fn evidence(text: &str, data: &str, rows: &[Vec<f64>]) -> f64 {
    let ty = if text.contains("Subset") { "binary" } else { "count" };
    let text = format!(
        "data s: {ty}[n, item]\n{}",
        text.replace("NOTE\n", "").replace("s[n, item] ~", "s ~")
    );
    let mut total = 0.0;
    for a in rows {
        for b in rows {
            let both = format!("{}, \"s\": [{a:?}, {b:?}]}}", data.trim_end_matches('}'));
            total += log_joint(&text, &both).exp();
        }
    }
    total.ln()
}

fn masses(element: &Element) -> &[(String, f64)] {
    match &element.exact {
        Exact::Masses(masses) => masses,
        Exact::Member(_) => panic!("discrete latents have masses"),
    }
}

#[test]
fn sums_over_plates_are_the_evidence() {
    let y = r#"{"y": 2.2}"#;
    for (text, data, rows) in
        [(SUBSETS, DATA, subsets(4, 2)), (RANKINGS, DATA, rankings(3)), (MIXED, y, subsets(3, 1))]
    {
        let exact = evidence(text, data, &rows);
        let summed = problem(&text.replace("NOTE", "@marginalize"), data, &[]);
        assert!((loss(&summed, &[]) + exact).abs() < 1e-9, "{text}");
        let found = posterior(&summed, F64).expect("all latents are finite");
        assert!((found.log_evidence - exact).abs() < 1e-9);
        assert_eq!(found.elements.len(), 2);
        let total: f64 = masses(&found.elements[1]).iter().map(|(_, mass)| mass).sum();
        assert!((total - 1.0).abs() < 1e-9 && masses(&found.elements[1]).len() == rows.len());
    }
}

/// Draws of a latent that was summed out, or enumerated, have the masses that the exact posterior, or q, says.
#[test]
fn summed_vectors_are_drawn_back() {
    for (text, data) in [(SUBSETS, DATA), (RANKINGS, DATA), (MIXED, r#"{"y": 2.2}"#)] {
        let summed = problem(&text.replace("NOTE", "@marginalize"), data, &[]);
        let exact = posterior(&summed, F64).unwrap();
        let count = 20_000;
        let drawn = draws(&summed, &[], count, 3);
        let s = drawn.quantities.iter().find(|q| q.name == "s").unwrap();
        let width = s.values.len() / 2;
        for (element, exact) in exact.elements.iter().enumerate() {
            for (value, mass) in masses(exact) {
                let is = |draw: usize| {
                    let row: Vec<String> = (0..width)
                        .map(|i| s.values[element * width + i][draw].to_string())
                        .collect();
                    format!("[{}]", row.join(", ")) == *value
                };
                let share = (0..count).filter(|&d| is(d)).count() as f64 / count as f64;
                let z = (share - mass) / (mass * (1.0 - mass) / count as f64).sqrt().max(1e-4);
                assert!(z.abs() < 5.0, "{value} of {element}: {share}, {mass}");
            }
        }
    }
}

#[test]
fn every_estimator_of_a_plate_is_verified() {
    for (text, data) in [(SUBSETS, DATA), (RANKINGS, DATA), (MIXED, r#"{"y": 2.2}"#)] {
        let problem = problem(&text.replace("NOTE", "@reinforce"), data, &[]);
        let point = oracle(&problem, Point::Scattered, &settings());
        assert!(point.gradient.iter().all(|g| g.error == 0.0), "enumerated");
        let found = verify(&problem, &[0], &settings());
        let names: Vec<&str> = found.tests.iter().map(|t| t.estimator.as_str()).collect();
        for wanted in ["gumbel_softmax", "straight_through", "reinforce", "enumerate"] {
            assert!(names.iter().any(|n| n.starts_with(wanted)), "{wanted} in {names:?}");
        }
        for test in &found.tests {
            assert_ne!(
                test.verdict,
                Verdict::Fails,
                "{} of {text}: {:?}",
                test.estimator,
                test.worst
            );
        }
    }
}

/// Against the sum over orders, taken set by set (each item last), at sizes and rates where sums of signed terms cancel.
#[test]
fn subset_masses_are_sums_over_orders() {
    for (count, size, spread) in [(7, 4, 1.0), (7, 4, 12.0), (9, 3, 6.0), (6, 6, 3.0), (5, 0, 1.0)]
    {
        let logits: Vec<f64> = scattered(count).iter().map(|x| spread * x).collect();
        let rows = subsets(count, size);
        let mut g = Graph::new();
        let (item, row) = (g.dim("item", count), g.dim("row", rows.len()));
        let flat =
            |g: &mut Graph, dims: &[Dim], values: Vec<f64>| g.add_data("x", dims, values.into());
        let rates = flat(&mut g, &[item], logits.clone());
        let x = {
            let wide = row > item && rows.len() >= count;
            let order = if wide { transposed(&rows) } else { rows.concat() };
            flat(&mut g, &[row, item], order)
        };
        let size_node = g.number(size as f64);
        let call = Call::new(dist::find("Subset").unwrap(), 0, vec![rates, size_node]).over([item]);
        let log = call.log_prob(&mut g, x);
        let log = g.expand(log, &[row]);
        let found = eval(&g, &Inputs::initial(&g), &[log], Rounding::F64).remove(0);
        for (row, found) in rows.iter().zip(found) {
            let exact = by_orders(&logits, row).ln();
            assert!(
                (found - exact).abs() < 1e-10 * exact.abs().max(1.0),
                "{row:?}: {found}, {exact}"
            );
        }
    }
}

/// Column by column.
fn transposed(rows: &[Vec<f64>]) -> Vec<f64> {
    (0..rows[0].len()).flat_map(|i| rows.iter().map(move |row| row[i])).collect()
}

fn by_orders(logits: &[f64], row: &[f64]) -> f64 {
    let rates: Vec<f64> = logits.iter().map(|l| l.exp()).collect();
    let taken: Vec<usize> = (0..row.len()).filter(|&i| row[i] == 1.0).collect();
    let others: f64 = (0..row.len()).filter(|i| !taken.contains(i)).map(|i| rates[i]).sum();
    let mut chance = vec![0.0; 1 << taken.len()];
    chance[0] = 1.0;
    for set in 1..chance.len() {
        for (bit, &item) in taken.iter().enumerate() {
            if set >> bit & 1 == 1 {
                let before = set & !(1 << bit);
                let left = taken.iter().enumerate().filter(|(b, _)| before >> b & 1 == 0);
                let total: f64 = others + left.map(|(_, &i)| rates[i]).sum::<f64>();
                chance[set] += chance[before] * rates[item] / total;
            }
        }
    }
    chance[chance.len() - 1]
}

/// Within this of a value a relaxed draw counts as hard.
pub(crate) const NEAR: f64 = 1e-3;

/// Standard Gumbel noise.
pub(crate) fn gumbels(rng: &mut Xoshiro256PlusPlus, count: usize) -> Vec<f64> {
    (0..count).map(|_| -(-(1.0 - rng.random::<f64>()).ln()).ln()).collect()
}

/// Of keys that are Gumbel noise alone: two softmaxes, one after the other.
fn soft_pair(keys: &[f64], tau: f64) -> Vec<f64> {
    let softmax = |keys: &[f64]| -> Vec<f64> {
        let most = keys.iter().fold(f64::NEG_INFINITY, |m, k| m.max(*k));
        let weights: Vec<f64> = keys.iter().map(|k| ((k - most) / tau).exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|w| w / total).collect()
    };
    let first = softmax(keys);
    let left: Vec<f64> =
        keys.iter().zip(&first).map(|(k, p)| k + (1.0 - p).max(1e-37).ln()).collect();
    first.iter().zip(softmax(&left)).map(|(a, b)| a + b).collect()
}

/// Of such keys: one place behind each that is ahead, in part where it is close.
fn soft_places(keys: &[f64], tau: f64) -> Vec<f64> {
    let ahead = |i: usize, j: usize| 1.0 / (1.0 + ((keys[i] - keys[j]) / tau).exp());
    let others = |i: usize| (0..keys.len()).filter(move |&j| j != i);
    (0..keys.len()).map(|i| 1.0 + others(i).map(|j| ahead(i, j)).sum::<f64>()).collect()
}

/// How often that is hard.
fn simulated(rows: &[Vec<f64>], tau: f64) -> f64 {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(9);
    let count = rows[0].len();
    let soft =
        |keys: &[f64]| if count == 4 { soft_pair(keys, tau) } else { soft_places(keys, tau) };
    let mut hard = 0;
    for _ in 0..SIMULATED {
        let found = soft(&gumbels(&mut rng, count));
        let is = |row: &Vec<f64>| row.iter().zip(&found).all(|(a, b)| (a - b).abs() < NEAR);
        hard += u32::from(rows.iter().any(is));
    }
    f64::from(hard) / f64::from(SIMULATED)
}

const SIMULATED: u32 = 100_000;

/// Relaxed draws are hard as often as a simulation of what a temperature does to Gumbel noise says.
#[test]
fn relaxations_are_hard_as_often_as_their_noise_says() {
    for (text, rows) in [(SUBSETS, subsets(4, 2)), (RANKINGS, rankings(3))] {
        let share = |tau: f64| {
            let note = format!("@gumbel_softmax(tau = {tau})");
            let problem = problem(&text.replace("NOTE", &note), DATA, &[]);
            let mut a = lower(&problem, Mode::Optimise, 2000);
            let Some(Value::Plain(soft)) = a.values[problem.plan.latents[0].name.0 as usize] else {
                panic!("vectors are plain");
            };
            let [draw, n, item] = [a.draws.unwrap(), a.latents[0].dims[0], a.latents[0].dims[1]];
            let soft = a.graph.expand(soft, &[draw, n, item]);
            let loss = a.graph.number(0.0);
            let shape = a.graph.shape(soft).clone();
            let strides = shape.strides(&a.graph);
            let stride = |d: Dim| strides[shape.iter().position(|s| s == d).unwrap()];
            let [draw, n, item] = [draw, n, item].map(stride);
            let program = Program { graph: a.graph, loss, watch: vec![soft] };
            let mut step = compile(program, F64);
            step.run(0, &mut CounterNoise::new(4));
            let soft = step.watched(0);
            let is_hard = |start: usize| {
                rows.iter().any(|r| {
                    r.iter().enumerate().all(|(i, x)| (soft[start + i * item] - x).abs() < NEAR)
                })
            };
            let starts = (0..2000).flat_map(|d| [d * draw, d * draw + n]);
            starts.filter(|&s| is_hard(s)).count() as f64 / 4000.0
        };
        for tau in [0.003, 0.1, 1.0] {
            let (found, exact) = (share(tau), simulated(&rows, tau));
            let variance = exact * (1.0 - exact) * (1.0 / 4000.0 + 1.0 / f64::from(SIMULATED));
            let z = (found - exact) / (variance.sqrt() + 1e-9);
            assert!(z.abs() < 5.0, "{text}{tau}: {found}, {exact}");
        }
    }
}

/// With as many distinct values as there are classes the gradient has no variance; with fewer it has less than that of as many
/// independent draws with a baseline.
#[test]
fn distinct_draws_vary_less() {
    let text = "data y: real\ndim k = 5\nv = [1, -0.5, 2, 0.3, -1] as k\n\
                z ~ Categorical([0.5, 0, -0.5, 0.2, 1] as k)\ny ~ Normal(v[z], 0.8)\n";
    let spread = |note: &str, draws: usize| {
        let problem = problem(&text.replace("z ~", &format!("{note}\nz ~")), r#"{"y": 1.4}"#, &[]);
        let mean = mean_gradient(&problem, draws, 4000, 3);
        mean.iter().map(|m| m.1 * m.1).sum::<f64>() * 4000.0
    };
    let [all, three] = [5, 3].map(|size| spread(&format!("@unordered(size = {size})"), 1));
    let independent = spread("@reinforce", 3);
    assert!(
        all < 1e-12 && three > 1e-6 && three < 0.9 * independent,
        "{all}, {three}, {independent}"
    );
}
