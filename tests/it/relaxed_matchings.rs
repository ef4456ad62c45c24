//! Relaxed and rounded matchings, against draws of q and a simulation of what a temperature does to their noise.

use crate::common::{F64, mean_gradient, problem, scattered};
use crate::matching::{FOUR, ONE, bits, fit, table};
use crate::structured::{NEAR, gumbels};
use elbow::backend::{CounterNoise, Program, compile};
use elbow::dist::permutations;
use elbow::estimator::Value;
use elbow::lower::{Mode, lower};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use std::collections::HashMap;

/// What the model sees of the matrix of four, draw by draw, row by row.
fn seen(note: &str, count: usize) -> Vec<Vec<f64>> {
    let problem = problem(&FOUR.replace("NOTE", note), ONE, &[]);
    let mut a = lower(&problem, Mode::Optimise, count);
    let Some(Value::Plain(p)) = a.values[problem.plan.latents[0].name.0 as usize] else {
        panic!("matrices are plain");
    };
    let dims = [a.latents[0].dims[0], a.latents[0].dims[1], a.draws.unwrap()];
    let p = a.graph.expand(p, &dims);
    let shape = a.graph.shape(p).clone();
    let strides = shape.strides(&a.graph);
    let [row, column, draw] = dims.map(|d| strides[shape.iter().position(|s| s == d).unwrap()]);
    let loss = a.graph.number(0.0);
    let mut step = compile(Program { graph: a.graph, loss, watch: vec![p] }, F64);
    step.set_params(&scattered(16));
    step.run(0, &mut CounterNoise::new(4));
    let p = step.watched(0);
    let cell = |d: usize, i: usize| p[d * draw + i / 4 * row + i % 4 * column];
    (0..count).map(|d| (0..16).map(|i| cell(d, i)).collect()).collect()
}

/// What is done with four rows of keys, each written here for itself.
struct Rules {
    rows: Vec<Vec<f64>>,
    tau: f64,
}

impl Rules {
    /// The best column of each row in turn, of those that are left.
    fn own(&self, keys: &[f64]) -> Vec<f64> {
        let mut matching = vec![0.0; 16];
        for row in 0..4 {
            let open = (0..4).filter(|j| (0..row).all(|i| matching[4 * i + j] == 0.0));
            let best = open.max_by(|&a, &b| keys[4 * row + a].total_cmp(&keys[4 * row + b]));
            matching[4 * row + best.unwrap()] = 1.0;
        }
        matching
    }

    /// A softmax of each row in turn, over what those before it left of the columns.
    fn soft(&self, keys: &[f64]) -> Vec<f64> {
        let (mut left, mut soft) = ([1.0_f64; 4], vec![]);
        for row in keys.chunks(4) {
            let open: Vec<f64> =
                row.iter().zip(left).map(|(k, l)| (k + l.max(TINY).ln()) / self.tau).collect();
            let most = open.iter().fold(f64::NEG_INFINITY, |m, x| m.max(*x));
            let total: f64 = open.iter().map(|x| (x - most).exp()).sum();
            let shares: Vec<f64> = open.iter().map(|x| (x - most).exp() / total).collect();
            left.iter_mut().zip(&shares).for_each(|(l, s)| *l -= s);
            soft.extend(shares);
        }
        soft
    }

    /// The same with columns and rows divided by their sums, twenty times.
    fn balanced(&self, keys: &[f64]) -> Vec<f64> {
        let mut soft: Vec<f64> = self.soft(keys).iter().map(|s| s.max(TINY)).collect();
        for _ in 0..20 {
            for (line, along) in [(1, 4), (4, 1)] {
                for start in (0..4).map(|i| line * i) {
                    let cells = (0..4).map(|j| start + along * j);
                    let total: f64 = cells.clone().map(|c| soft[c]).sum();
                    cells.for_each(|c| soft[c] /= total);
                }
            }
        }
        soft
    }

    /// The matching with the largest product. Dividing lines by their sums moves all products alike, so that none is divided here.
    fn rounded(&self, keys: &[f64]) -> Vec<f64> {
        let logs: Vec<f64> = self.soft(keys).iter().map(|s| s.max(TINY).ln()).collect();
        let sum = |row: &Vec<f64>| row.iter().zip(&logs).map(|(x, l)| x * l).sum::<f64>();
        self.rows.iter().max_by(|a, b| sum(a).total_cmp(&sum(b))).unwrap().clone()
    }
}

/// Shares below this count as this, so that they have a logarithm in 32 bits.
const TINY: f64 = f32::MIN_POSITIVE as f64;

const SIMULATED: usize = 20_000;
const DRAWN: usize = 2000;

/// How often a rule says what q's own draw from the same noise is.
fn simulated(tau: f64, rule: fn(&Rules, &[f64]) -> Vec<f64>) -> f64 {
    let rules = Rules { rows: permutations(4), tau };
    let (scores, mut rng) = (scattered(16), Xoshiro256PlusPlus::seed_from_u64(9));
    let agree = |_: &usize| {
        let noise = gumbels(&mut rng, 16);
        let keys: Vec<f64> = scores.iter().zip(noise).map(|(s, n)| s + n).collect();
        near(&rule(&rules, &keys), &rules.own(&keys))
    };
    (0..SIMULATED).filter(agree).count() as f64 / SIMULATED as f64
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < NEAR)
}

/// z of the share of an estimator's draws that are q's own from the same noise, against that of a simulation.
fn against(note: &str, tau: f64, rule: fn(&Rules, &[f64]) -> Vec<f64>) -> f64 {
    let drawn = seen(note, DRAWN);
    let own = seen(&format!("@straight_through(tau = {tau})"), DRAWN);
    let share = drawn.iter().zip(&own).filter(|(a, b)| near(a, b)).count() as f64 / DRAWN as f64;
    let expected = simulated(tau, rule);
    let (n, m) = (DRAWN as f64, SIMULATED as f64);
    let both = (n * share + m * expected) / (n + m);
    let z = (share - expected) / ((both * (1.0 - both) * (1.0 / n + 1.0 / m)).sqrt() + 1e-9);
    println!("{note}: {share}, simulated {expected}, z = {z:.2}");
    z
}

/// Straight-through draws are from q at any temperature; relaxed ones from the same noise are as near to them as a simulation says.
#[test]
fn relaxations_fall_to_the_draws_of_q() {
    let (rows, logs) = table(4, &scattered(16));
    let hard = seen("@straight_through(tau = 2)", 40_000);
    let mut counts = HashMap::new();
    hard.iter().for_each(|matrix| *counts.entry(bits(matrix)).or_insert(0) += 1);
    let p = fit(&counts, &rows, &logs);
    assert!(p > 1e-4, "{p}");
    for tau in [0.003, 0.1, 1.0] {
        let soft = against(&format!("@gumbel_softmax(tau = {tau})"), tau, Rules::soft);
        let balanced = against(&format!("@gumbel_sinkhorn(tau = {tau})"), tau, Rules::balanced);
        assert!(soft.abs() < 5.0 && balanced.abs() < 5.0, "{tau}: {soft}, {balanced}");
    }
}

/// A column that several rows want a part of may have more than 1 in all, the less so the colder it is.
#[test]
fn relaxed_rows_add_up_to_one() {
    let excess = |note: &str| {
        let soft = seen(note, 2000);
        let sums = |matrix: &Vec<f64>, by: usize, along: usize| -> Vec<f64> {
            (0..4).map(|i| (0..4).map(|j| matrix[by * i + along * j]).sum()).collect()
        };
        let rows = soft.iter().flat_map(|m| sums(m, 4, 1));
        assert!(rows.into_iter().all(|sum| (sum - 1.0).abs() < 1e-9), "rows of {note}");
        let columns = soft.iter().flat_map(|m| sums(m, 1, 4));
        columns.map(|sum| (sum - 1.0).abs()).sum::<f64>() / (4.0 * soft.len() as f64)
    };
    let [cold, warm] = [0.05, 0.5].map(|tau| excess(&format!("@gumbel_softmax(tau = {tau})")));
    assert!(cold < 0.5 * warm && warm < 0.5, "{cold}, {warm}");
    let rounds = |rounds: usize| excess(&format!("@gumbel_sinkhorn(tau = 0.5, rounds = {rounds})"));
    let [few, usual, many] = [2, 20, 200].map(rounds);
    assert!(few < warm && usual < 0.3 * few && many < 0.3 * usual, "{few}, {usual}, {many}");
}

/// Rounded, a relaxed matching is one at any temperature, and q's own draw as often as a simulation of both rules says.
#[test]
fn rounded_matchings_are_matchings() {
    let rows = permutations(4);
    for tau in [0.003, 0.5, 2.0] {
        let note = format!("@gumbel_sinkhorn(tau = {tau}, hard = true)");
        let hard = seen(&note, DRAWN);
        let is_one = |matrix: &Vec<f64>| {
            rows.iter().any(|row| row.iter().zip(matrix).all(|(a, b)| (a - b).abs() < 1e-9))
        };
        assert!(hard.iter().all(is_one), "{tau}");
        let z = against(&note, tau, Rules::rounded);
        assert!(z.abs() < 5.0, "{tau}: {z}");
    }
}

/// Forward the rounded matching, backward the relaxed one: gradients of a linear cost are those of the relaxed matching.
#[test]
fn rounding_passes_the_relaxed_gradient() {
    let text = "dim a = 3\ndim b = 3\nu = [0.5, 0, -1] as a\nv = [1, -0.5, 0.2] as b\nNOTE\n\
        @kl(weight = 0)\np[a, b] ~ Permutation(0)\nfactor sum(p * u * v)\n";
    let gradient = |note: &str| {
        let problem = problem(&text.replace("NOTE", note), "{}", &[]);
        mean_gradient(&problem, 4, 20, 3)
    };
    let soft = gradient("@gumbel_sinkhorn(tau = 0.7)");
    let hard = gradient("@gumbel_sinkhorn(tau = 0.7, hard = true)");
    assert!(soft.iter().any(|g| g.0.abs() > 0.01));
    for (soft, hard) in soft.iter().zip(&hard) {
        assert!((soft.0 - hard.0).abs() < 1e-12, "{soft:?}, {hard:?}");
    }
}
