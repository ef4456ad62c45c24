//! Statements that hold only where their lags exist, and names with the dimensions of their left side: log densities
//! against plain arithmetic.

use crate::common::problem;
use elbow::ir::{Inputs, Rounding, eval};
use elbow::objective::objective;

const Y: [f64; 5] = [0.3, -0.8, 1.9, 2.2, 0.4];
const DATA: &str = r#"{"y": [0.3, -0.8, 1.9, 2.2, 0.4]}"#;

/// The log density of a model without latents.
fn log_density(text: &str, data: &str) -> f64 {
    let o = objective(&problem(text, data, &[]), 1);
    eval(&o.graph, &Inputs::initial(&o.graph), &[o.elbo], Rounding::F64)[0][0]
}

fn normal(x: f64, loc: f64, scale: f64) -> f64 {
    let z = (x - loc) / scale;
    -0.5 * z * z - scale.ln() - 0.5 * (2.0 * std::f64::consts::PI).ln()
}

fn expect(text: &str, expected: f64) {
    let found = log_density(text, DATA);
    assert!((found - expected).abs() < 1e-12, "{found} for {expected}:\n{text}");
}

#[test]
fn a_lag_of_a_difference_reads_two_steps_back() {
    let text = "data y: real[t]\nd[t] = y[t] - y[t-1]\ny[t] ~ Normal(0.5 * d[t-1], 1)\n";
    let terms = (2..5).map(|t| normal(Y[t], 0.5 * (Y[t - 1] - Y[t - 2]), 1.0));
    expect(text, terms.sum());
}

#[test]
fn a_lag_ahead_ends_early() {
    let text = "data y: real[t]\nd[t] = y[t+1] - y[t]\ny[t] ~ Normal(d[t] + d[t-1], 1)\n";
    let d = |t: usize| Y[t + 1] - Y[t];
    let terms = (1..4).map(|t| normal(Y[t], d(t) + d(t - 1), 1.0));
    expect(text, terms.sum());
}

#[test]
fn a_difference_is_observed_where_it_exists() {
    let text = "data y: real[t]\nd[t] = y[t] - y[t-1]\nd ~ Normal(0.5, 2)\n";
    let terms = (1..5).map(|t| normal(Y[t] - Y[t - 1], 0.5, 2.0));
    expect(text, terms.sum());
}

#[test]
fn a_factor_counts_where_its_lags_exist() {
    let text = "data y: real[t]\nd[t] = y[t] - y[t-1]\nfactor -d^2 - 1\n";
    let terms = (1..5).map(|t| -(Y[t] - Y[t - 1]).powi(2) - 1.0);
    expect(text, terms.sum());
}

#[test]
fn values_of_params_keep_their_window() {
    let text = "data y: real[t]\nparam b: real = 0.7\ne[t] = y[t] - b * y[t-1]\n\
                y[t] ~ Normal(e[t], 1)\nfactor e\n";
    let e = |t: usize| Y[t] - 0.7 * Y[t - 1];
    let terms = (1..5).map(|t| normal(Y[t], e(t), 1.0) + e(t));
    expect(text, terms.sum());
}

#[test]
fn whole_arrays_are_cut_to_the_window() {
    let text = "data y: real[t]\ndim t = 5\nparam b: real = 1\n\
                y[t] ~ Normal(y[t-1] + b * ([1, 2, 3, 4, 5] as t) + 0.1 * cumsum(y over t) + 0.2 * t, 1)\n";
    let sum = |t: usize| Y[..=t].iter().sum::<f64>();
    let terms = (1..5).map(|t| {
        let place = (t + 1) as f64;
        normal(Y[t], Y[t - 1] + place + 0.1 * sum(t) + 0.2 * place, 1.0)
    });
    expect(text, terms.sum());
}

#[test]
fn a_slice_under_another_name_is_cut_to_the_window() {
    let text = "data y: real[t]\ndim t = 5\nx = [1, 2, 3, 4, 5, 6]\nparam b: real = 1\n\
                y[t] ~ Normal(y[t-1] + b * (x[2:6] as t), 1)\n";
    let terms = (1..5).map(|t| normal(Y[t], Y[t - 1] + (t + 2) as f64, 1.0));
    expect(text, terms.sum());
}

#[test]
fn a_constant_has_the_dimensions_of_its_left_side() {
    expect("data y: real[t]\na[t] = 3\nfactor sum(a over t) + 0 * sum(y)\n", 15.0);
    expect(
        "data y: real[t]\nparam b: real = 2\na[t] = b\nfactor sum(a over t) + 0 * sum(y)\n",
        10.0,
    );
    expect("data y: real[t]\nparam b: real = 2\na[t] = b\nfactor a + 0 * sum(y)\n", 10.0);
    expect("data y: real[t]\na[t] = 2\nfactor prod(a over t) + 0 * sum(y)\n", 32.0);
}

#[test]
fn one_hot_rows_of_an_index_along_its_own_dimension() {
    let text = "dim k = 3\ndata next: index(k)[k]\ndata m: real[k, k']\n\
                factor sum(onehot(next) * m)\n";
    let data = r#"{"next": [2, 3, 1], "m": [[1, 20, 3], [4, 5, 60], [700, 8, 9]]}"#;
    assert_eq!(log_density(text, data), 780.0);
}

#[test]
fn a_list_holds_computed_numbers() {
    let text = "data y: real[t]\nparam p: real = 0.3\nw = [p, 2 * p, 1 - p]\n\
                factor w @ [1, 10, 100] + sum(w) + 0 * sum(y)\n";
    expect(text, 0.3 + 6.0 + 70.0 + 1.6);
}
