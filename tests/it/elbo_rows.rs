//! ELBOs of a random sample of rows: they agree with those of all rows as their standard errors say.

use crate::common::{arc, problem};
use elbow::backend::Lowering;
use elbow::check::model::FitSettings;
use elbow::infer::{Config, Elbo, Fitter};
use elbow::lower::Problem;
use std::sync::Arc;

const ROWS: usize = 1500;
const SEEDS: u64 = 60;

/// Rows that differ by much.
fn numbers(count: usize, scale: f64) -> Vec<f64> {
    (0..count).map(|i| scale * (0.37 * i as f64).sin() * (1.0 + (i % 7) as f64 / 3.0)).collect()
}

/// The ELBO where a fit begins, of so many rows.
fn elbo(problem: &Arc<Problem>, rows: Option<usize>, seed: u64) -> Elbo {
    let settings = FitSettings { seed: Some(seed), ..problem.bound.model.fit.clone() };
    let usual = Config::new(problem, &settings, 1, Lowering::Fast);
    Fitter::new(problem.clone(), Config { elbo_rows: rows, ..usual }).elbo()
}

/// Means over seeds agree, and the errors are as large as is said: neither smaller nor, but for a `slack`, larger.
fn assert_agreement(text: &str, data: &str, rows: usize, slack: f64) {
    let problem = arc(problem(text, data, &[]));
    let all: Vec<Elbo> = (1000..1020).map(|seed| elbo(&problem, None, seed)).collect();
    let count = all.len() as f64;
    let exact = all.iter().map(|e| e.mean).sum::<f64>() / count;
    let own = all.iter().map(|e| e.se.powi(2)).sum::<f64>().sqrt() / count;
    let sampled: Vec<Elbo> = (0..SEEDS).map(|seed| elbo(&problem, Some(rows), seed)).collect();
    let seeds = SEEDS as f64;
    let mean = sampled.iter().map(|e| e.mean).sum::<f64>() / seeds;
    let se = sampled.iter().map(|e| e.se.powi(2)).sum::<f64>().sqrt() / seeds;
    let z = (mean - exact) / se.hypot(own);
    assert!(z.abs() < 5.0, "{mean} ± {se}, of all rows {exact} ± {own}: z = {z}");
    let square = |e: &Elbo| ((e.mean - exact) / e.se.hypot(own)).powi(2);
    let squares = sampled.iter().map(square).sum::<f64>();
    let (most, least) = (seeds + 5.0 * (2.0 * seeds).sqrt(), seeds - 5.0 * (2.0 * seeds).sqrt());
    assert!(squares < most && squares > slack * least, "{squares} for {seeds}");
}

#[test]
fn a_sample_of_rows_has_the_elbo_of_all_rows_with_latents_of_each_row() {
    let text = "data x: real[n]\nz[n] ~ Normal(0, 1)\nx ~ Normal(z, 1)\nfit { batch n = 50 }\n";
    let data = format!("{{\"x\": {:?}}}", numbers(ROWS, 2.0));
    assert_agreement(text, &data, 400, 1.0);
}

#[test]
fn draws_of_shared_latents_are_part_of_the_error() {
    let text =
        "data x: real[n]\nmu ~ Normal(0, 0.1)\nx ~ StudentT(4, mu, 1)\nfit { batch n = 50 }\n";
    let data = format!("{{\"x\": {:?}}}", numbers(ROWS, 0.5));
    assert_agreement(text, &data, 700, 1.0);
}

#[test]
fn rows_of_two_crossed_dimensions_are_sampled() {
    let text = "data x: real[a, b]\nu[a] ~ Normal(0, 1)\nv[b] ~ Normal(0, 1)\nx ~ Normal(u + v, 1)\n\
        fit { batch a = 8, batch b = 8 }\n";
    let rows: Vec<Vec<f64>> = (0..60).map(|i| numbers(50, (f64::from(i) * 0.7).cos())).collect();
    let data = format!("{{\"x\": {rows:?}}}");
    assert_agreement(text, &data, 40, 0.5);
}

#[test]
fn rows_of_two_dimensions_side_by_side_are_sampled() {
    let text = "data x: real[a]\ndata y: real[b]\nmu ~ Normal(0, 0.1)\nx ~ Normal(mu, 1)\ny ~ Normal(mu, 2)\n\
        fit { batch a = 8, batch b = 8 }\n";
    let data = format!("{{\"x\": {:?}, \"y\": {:?}}}", numbers(900, 1.0), numbers(ROWS, 2.0));
    assert_agreement(text, &data, 400, 0.5);
}

#[test]
fn rows_that_are_no_more_than_the_limit_are_all_taken() {
    let text = "data x: real[n]\nz[n] ~ Normal(0, 1)\nx ~ Normal(z, 1)\nfit { batch n = 50 }\n";
    let data = format!("{{\"x\": {:?}}}", numbers(ROWS, 2.0));
    let problem = arc(problem(text, &data, &[]));
    assert_eq!(elbo(&problem, Some(ROWS), 3), elbo(&problem, None, 3));
    assert_ne!(elbo(&problem, Some(ROWS - 1), 3), elbo(&problem, None, 3));
}
