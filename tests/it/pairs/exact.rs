//! Exact gradients of one latent: values summed, or the guide's noise integrated.

use super::{Latent, type_of};
use crate::common::{F64, problem, step};
use crate::lowerings::Given;
use elbow::ir::special;
use elbow::objective::objective;

impl Latent {
    /// The exact gradient of −ELBO in the guide's parameters, by the score of q.
    pub(crate) fn exact(&self, cost: &str, params: &[f64]) -> Vec<(f64, f64)> {
        self.exact_at(cost, "1.3", params)
    }

    /// The same at another datum, which may be a list.
    pub(super) fn exact_at(&self, cost: &str, y: &str, params: &[f64]) -> Vec<(f64, f64)> {
        if self.values.is_none() {
            let text = self.observing(type_of(y), "", cost);
            return by_quadrature(&text, &self.data.replace("1.3", y), params);
        }
        let table = self.table_at(cost, y);
        let (ty, _) = self.values.unwrap();
        let (mass, scores): (Vec<f64>, Vec<Vec<f64>>) = if let Some(rows) = self.rows() {
            (vector_masses(params, &rows), vector_scores(params, &rows))
        } else if params.len() == table.len() {
            let possible: Vec<bool> = table.iter().map(|log| log.is_finite()).collect();
            categorical(params, &possible)
        } else if ty == "binary" {
            bernoulli(params[0])
        } else {
            poisson(params[0], table.len())
        };
        let gradient = |i: usize| {
            let term = |x: usize| mass[x] * scores[x][i] * (table[x] - mass[x].ln());
            (-(0..table.len()).filter(|&x| mass[x] > 0.0).map(term).sum::<f64>(), 0.0)
        };
        (0..params.len()).map(gradient).collect()
    }
}

/// Masses, and for each value the derivatives of its log mass.
fn categorical(logits: &[f64], possible: &[bool]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let weights = logits.iter().zip(possible).map(|(l, p)| if *p { l.exp() } else { 0.0 });
    let weights: Vec<f64> = weights.collect();
    let total: f64 = weights.iter().sum();
    let mass: Vec<f64> = weights.iter().map(|w| w / total).collect();
    let hit = |x: usize, i: usize| f64::from(u8::from(x == i));
    let score = |x: usize| (0..mass.len()).map(|i| hit(x, i) - mass[i]).collect();
    (mass.clone(), (0..mass.len()).map(score).collect())
}

fn vector_masses(params: &[f64], rows: &[Vec<f64>]) -> Vec<f64> {
    if params.len() == 9 { in_turn(params, rows) } else { in_order(params, rows) }
}

/// Masses of matchings of three with three: the first row chooses, then the second.
fn in_turn(scores: &[f64], rows: &[Vec<f64>]) -> Vec<f64> {
    let rate = |i: usize, j: usize| scores[3 * i + j].exp();
    let column = |row: &[f64], i: usize| (0..3).position(|j| row[3 * i + j] == 1.0).unwrap();
    let mass = |row: &Vec<f64>| {
        let [first, second, last] = [0, 1, 2].map(|i| column(row, i));
        let all: f64 = (0..3).map(|j| rate(0, j)).sum();
        rate(0, first) / all * rate(1, second) / (rate(1, second) + rate(1, last))
    };
    rows.iter().map(mass).collect()
}

/// Masses of subsets, or rankings, of three: the sum over the orders in which they can be drawn.
fn in_order(logits: &[f64], rows: &[Vec<f64>]) -> Vec<f64> {
    let weights: Vec<f64> = logits.iter().map(|l| l.exp()).collect();
    let total: f64 = weights.iter().sum();
    let mut mass = vec![0.0; rows.len()];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let first = weights[order[0]] / total;
        let chance = first * weights[order[1]] / (total - weights[order[0]]);
        let place = |i: usize| order.iter().position(|&o| o == i).unwrap();
        let is_drawn = |row: &&Vec<f64>| {
            (0..3).all(|i| row[i] == place(i) as f64 + 1.0 || row[i] == f64::from(place(i) < 2))
                && (row.iter().sum::<f64>() == 2.0
                    || (0..3).all(|i| row[i] == place(i) as f64 + 1.0))
        };
        let row = rows.iter().position(|row| is_drawn(&row)).unwrap();
        mass[row] += chance;
    }
    mass
}

/// Their scores by central differences.
fn vector_scores(logits: &[f64], rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    const H: f64 = 1e-5;
    let moved = |i: usize, by: f64| {
        let mut at = logits.to_vec();
        at[i] += by;
        vector_masses(&at, rows)
    };
    let params = 0..logits.len();
    let by: Vec<(Vec<f64>, Vec<f64>)> =
        params.clone().map(|i| (moved(i, H), moved(i, -H))).collect();
    let score = |x: usize, i: usize| (by[i].0[x].ln() - by[i].1[x].ln()) / (2.0 * H);
    (0..rows.len()).map(|x| params.clone().map(|i| score(x, i)).collect()).collect()
}

fn bernoulli(logit: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let p = special::sigmoid(logit);
    (vec![1.0 - p, p], vec![vec![-p], vec![1.0 - p]])
}

fn poisson(log_mean: f64, count: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mean = log_mean.exp();
    let log = |x: f64| x * log_mean - mean - special::lgamma(x + 1.0);
    let values = || (0..count).map(|x| x as f64);
    (values().map(|x| log(x).exp()).collect(), values().map(|x| vec![x - mean]).collect())
}

/// Central differences of E over the guide's Normal, at fixed points, whose weights move with the parameters: exact to the
/// rule's error, which is 1e-7 for smooth costs and 1e-4 at a kink.
pub(crate) fn by_quadrature(text: &str, data: &str, params: &[f64]) -> Vec<(f64, f64)> {
    const H: f64 = 1e-4;
    let problem = problem(text, data, &[("x", "pathwise")]);
    let mut step = step(&problem, 1, F64);
    let noises = objective(&problem, 1).graph.noises;
    assert_eq!(noises.len(), 1, "one noise: {text}");
    let elements = params.len() / 2;
    let (nodes, most): (i32, f64) = match elements {
        1 => (200, 9.0),
        2 if !text.contains("abs") => (26, 6.5),
        2 => (60, 6.5),
        _ => (11, 6.0),
    };
    let width = most / f64::from(nodes);
    let mut grid: Vec<Vec<f64>> = vec![vec![]];
    for _ in 0..elements {
        let further = |at: Vec<f64>| {
            (-nodes..=nodes).map(move |i| [at.clone(), vec![f64::from(i) * width]].concat())
        };
        grid = grid.into_iter().flat_map(further).collect();
    }
    let mut mean = |at: &[f64]| -> f64 {
        step.set_params(at);
        let moved = |(i, e): (usize, &f64)| {
            let (scale, own) = (params[elements + i].exp(), at[elements + i].exp());
            let e = (params[i] + scale * e - at[i]) / own;
            (e, (-0.5 * e * e).exp() / std::f64::consts::TAU.sqrt() * width * scale / own)
        };
        let term = |point: &Vec<f64>| {
            let (e, weights): (Vec<f64>, Vec<f64>) = point.iter().enumerate().map(moved).unzip();
            weights.iter().product::<f64>() * step.run(0, &mut Given(vec![e]))
        };
        grid.iter().map(term).sum()
    };
    let slope = |i: usize| {
        let mut at = params.to_vec();
        at[i] += H;
        let up = mean(&at);
        at[i] -= 2.0 * H;
        ((up - mean(&at)) / (2.0 * H), 0.0)
    };
    (0..params.len()).map(slope).collect()
}
