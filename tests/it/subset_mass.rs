//! The mass of a subset and its gradient against the sum over all orders of what is taken, in log space, at rates that no float holds.

use elbow::backend::{CounterNoise, Float, Lowering, Options, Program, compile};
use elbow::dist::{self, Call, subsets};
use elbow::ir::Graph;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// log P(row) of scores, and its gradient.
fn by_orders(scores: &[f64], row: &[f64]) -> (f64, Vec<f64>) {
    let taken: Vec<usize> = (0..row.len()).filter(|&i| row[i] == 1.0).collect();
    let mut orders = vec![];
    extend(&mut vec![], &taken, &mut orders);
    let each: Vec<(f64, Vec<f64>)> = orders.iter().map(|order| in_order(scores, order)).collect();
    let logs: Vec<f64> = each.iter().map(|(log, _)| *log).collect();
    let total = log_sum_exp(&logs);
    let mut slope = vec![0.0; row.len()];
    for (log, gradient) in each {
        slope.iter_mut().zip(gradient).for_each(|(s, d)| *s += (log - total).exp() * d);
    }
    (total, slope)
}

fn extend(order: &mut Vec<usize>, taken: &[usize], orders: &mut Vec<Vec<usize>>) {
    if order.len() == taken.len() {
        return orders.push(order.clone());
    }
    for &item in taken {
        if !order.contains(&item) {
            order.push(item);
            extend(order, taken, orders);
            order.pop();
        }
    }
}

/// log Π exp(score) / Σ exp(scores left), and its gradient.
fn in_order(scores: &[f64], order: &[usize]) -> (f64, Vec<f64>) {
    let (mut log, mut slope) = (0.0, vec![0.0; scores.len()]);
    let mut left: Vec<usize> = (0..scores.len()).collect();
    for &item in order {
        let open: Vec<f64> = left.iter().map(|&i| scores[i]).collect();
        let total = log_sum_exp(&open);
        log += scores[item] - total;
        slope[item] += 1.0;
        left.iter().for_each(|&i| slope[i] -= (scores[i] - total).exp());
        left.retain(|&i| i != item);
    }
    (log, slope)
}

fn log_sum_exp(x: &[f64]) -> f64 {
    let top = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + x.iter().map(|x| (x - top).exp()).sum::<f64>().ln()
}

/// The log mass at each row as a step has it, and its gradients by the scores and by the row.
struct Found {
    log: Vec<f64>,
    by_score: Vec<Vec<f64>>,
    by_row: Vec<Vec<f64>>,
}

fn found(scores: &[f64], rows: &[Vec<f64>], float: Float) -> Found {
    let (mut g, count) = (Graph::new(), scores.len());
    let (item, row) = (g.dim("item", count), g.dim("row", rows.len()));
    // Dimensions lie by size, then by age.
    let is_turned = count <= rows.len();
    let at = |row: usize, item: usize| {
        if is_turned { item * rows.len() + row } else { row * count + item }
    };
    let laid = |value: &dyn Fn(usize, usize) -> f64| {
        let mut flat = vec![0.0; count * rows.len()];
        for row in 0..rows.len() {
            (0..count).for_each(|item| flat[at(row, item)] = value(row, item));
        }
        flat
    };
    let logits = g.add_param("scores", &[item, row], laid(&|_, item| scores[item]));
    let x = g.add_param("x", &[item, row], laid(&|row, item| rows[row][item]));
    let size = g.number(rows[0].iter().sum::<f64>().round());
    let call = Call::new(dist::find("Subset").unwrap(), 0, vec![logits, size]).over([item]);
    let log = call.dist.relaxed_log_prob(&mut g, x, &call);
    let loss = g.sum_all(log);
    let program = Program { graph: g, loss, watch: vec![log] };
    let mut step = compile(program, Options { lowering: Lowering::Fast, float, threads: 1 });
    step.run(0, &mut CounterNoise::new(0));
    let gradient = |param: usize| {
        let mut flat = vec![0.0; count * rows.len()];
        step.read_param_gradient(param, &mut flat);
        (0..rows.len()).map(|row| (0..count).map(|item| flat[at(row, item)]).collect()).collect()
    };
    Found { log: step.watched(0), by_score: gradient(0), by_row: gradient(1) }
}

/// Scores of so many items from a few levels, so that there are ties.
fn picked(levels: &[f64], count: usize, seed: u64) -> Vec<f64> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..count).map(|_| levels[rng.random_range(0..levels.len())]).collect()
}

#[test]
fn masses_and_gradients_are_those_of_all_orders() {
    let narrow = [0.0, 5.0, -5.0, 50.0, -50.0, 80.0, -80.0];
    let wide = [0.0, 5.0, -5.0, 50.0, -50.0, 200.0, -200.0, 500.0, -500.0];
    for (float, levels, unit) in [
        (Float::F64, wide.as_slice(), f64::EPSILON),
        (Float::F32, &narrow, f64::from(f32::EPSILON)),
    ] {
        for seed in 0..8 {
            for count in 2..=6 {
                let scores = picked(levels, count, seed);
                (1..=count).for_each(|size| check(&scores, size, float, unit));
            }
        }
    }
}

/// Every subset of a size. The weights of the steps are exponentials of numbers as large as the log, and the gradient is a mean under them.
fn check(scores: &[f64], size: usize, float: Float, unit: f64) {
    let rows = subsets(scores.len(), size);
    let found = found(scores, &rows, float);
    for (i, row) in rows.iter().enumerate() {
        let (exact, slope) = by_orders(scores, row);
        let rounding = 4.0 * unit * (exact.abs() + 60.0);
        let log = found.log[i];
        assert!((log - exact).abs() < rounding, "{scores:?}, {row:?}: {log}, {exact}");
        let gradient = &found.by_score[i];
        for (a, b) in gradient.iter().zip(&slope) {
            let off = (a - b).abs() / b.abs().max(1.0);
            assert!(off < rounding, "{scores:?}, {row:?}: {gradient:?}, {slope:?}");
        }
        let moves = &found.by_row[i];
        assert!(moves.iter().all(|x| x.abs() < 1e19), "{scores:?}, {row:?}: {moves:?}");
    }
}

/// Between subsets by differences on both sides; at a subset, where an item is taken in full, from below.
#[test]
fn gradients_by_what_is_taken_are_those_of_differences() {
    for (scores, row) in [
        ([0.3, -0.5, 1.2, 0.0], [0.7, 0.2, 0.6, 0.5]),
        ([200.0, -200.0, 5.0, 0.0], [0.7, 0.3, 0.6, 0.4]),
        ([-200.0, 200.0, 200.0, 200.0], [0.9, 0.4, 0.4, 0.3]),
        ([2.0, -1.0, 3.0, 0.0], [1.0, 0.0, 1.0, 0.0]),
        ([-3.0, 4.0, -2.0, 1.0], [1.0, 1.0, 0.0, 0.0]),
    ] {
        let slope = found(&scores, &[row.to_vec()], Float::F64).by_row.remove(0);
        for (item, slope) in slope.into_iter().enumerate() {
            let h = 1e-4;
            let steps = (0..5).map(|i| {
                let mut moved = row.to_vec();
                moved[item] += h * if row[item] == 0.0 { f64::from(i) } else { f64::from(-i) };
                moved
            });
            let at: Vec<f64> = steps.map(|row| found(&scores, &[row], Float::F64).log[0]).collect();
            // Five points on one side, of fourth order.
            let weights = [-25.0, 48.0, -36.0, 16.0, -3.0];
            let sum: f64 = weights.iter().zip(&at).map(|(w, y)| w * y).sum();
            let difference = sum / (12.0 * h) * if row[item] == 0.0 { 1.0 } else { -1.0 };
            let off = (slope - difference).abs() / slope.abs().max(1.0);
            assert!(off < 1e-7, "{scores:?}, {row:?}: {slope}, {difference}");
        }
    }
}

/// Of equal rates all subsets are as likely, also where so many are taken that steps are short.
#[test]
fn many_taken_of_equals_are_as_likely_as_any() {
    for (count, size) in [(20, 10), (64, 63), (200, 100), (1000, 64)] {
        let row = (0..count).map(|i| f64::from(i < size)).collect();
        let log = found(&vec![0.7; count], &[row], Float::F64).log[0];
        let ways: f64 = (0..size).map(|i| ((count - i) as f64 / (size - i) as f64).ln()).sum();
        assert!((log + ways).abs() < 1e-11 * ways, "{size} of {count}: {log}, {ways}");
    }
}
