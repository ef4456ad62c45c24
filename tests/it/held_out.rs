//! Held-out data under a fit: the exact evidence where the guide can be exact, and a refusal where a guide belongs to rows.

use crate::common::problem;
use elbow::backend::Lowering;
use elbow::check::model::FitSettings;
use elbow::infer::{Config, Elbo, Fitter};
use elbow::lower::Problem;
use std::sync::Arc;

/// z | x is Normal(x/2, √½), which the net can say exactly.
const AMORTISED: &str = "data x: real[n]\nnet q(x) -> (loc, scale) {\n  (dense(x), exp(dense(x)))\n}\n\
    z[n] ~ Normal(0, 1)\nx ~ Normal(z, 1)\nguide {\n  (m, s) = q(x)\n  z ~ Normal(m, s)\n}\n";
const OWN: &str = "data x: real[n]\nz[n] ~ Normal(0, 1)\nx ~ Normal(z, 1)\n";
const FIT: &str = "fit { batch n = 10, steps = 4000, lr = cosine(0.02 -> 1e-4, over = 4000) }\n";

fn data(from: i32, count: i32) -> (Vec<f64>, String) {
    let x: Vec<f64> = (from..from + count).map(|i| 1.9 * (0.7 * f64::from(i)).sin()).collect();
    let json = format!("{{\"x\": {x:?}}}");
    (x, json)
}

fn fitted(text: &str, data: &str) -> Fitter {
    let problem = Arc::new(problem(text, data, &[]));
    let settings = problem.bound.model.fit.or(&FitSettings::default());
    let config = Config::new(&problem, &settings, 1, Lowering::Fast);
    let steps = config.steps;
    let mut fitter = Fitter::new(problem, config);
    fitter.start();
    fitter.advance(steps).expect("every number is finite");
    fitter
}

/// x ~ Normal(0, √2)
fn log_evidence(x: &[f64]) -> f64 {
    let half = 0.5 * (2.0 * std::f64::consts::TAU).ln();
    x.iter().map(|x| -half - 0.25 * x * x).sum()
}

fn other(text: &str, objective: &str, data: &str) -> Problem {
    problem(&text.replace("batch n", &format!("objective = {objective}, batch n")), data, &[])
}

#[test]
fn an_exact_guide_gives_the_evidence_of_new_rows() {
    let text = format!("{AMORTISED}{FIT}");
    let mut fitter = fitted(&text, &data(0, 60).1);
    let (x, json) = data(1000, 35);
    let exact = log_evidence(&x);
    for objective in ["elbo", "iwae(5 over n)", "iwae(100 over n)"] {
        let Elbo { mean, se } = fitter.held_out(&other(&text, objective, &json)).unwrap();
        // What the nets miss is far below a hundredth of a nat for each row.
        assert!((mean - exact).abs() < 0.35 + 5.0 * se, "{objective}: {mean} ± {se}, {exact}");
        assert!(mean < exact + 5.0 * se, "{objective} is a bound: {mean} ± {se}, {exact}");
    }
}

#[test]
fn the_rows_of_the_fit_have_the_elbo_that_the_fit_reports() {
    let text = format!("{AMORTISED}{FIT}");
    let json = data(0, 60).1;
    let mut fitter = fitted(&text, &json);
    let (own, again) = (fitter.elbo(), fitter.held_out(&other(&text, "elbo", &json)).unwrap());
    assert!((own.mean - again.mean).abs() < 5.0 * own.se.hypot(again.se), "{own:?} {again:?}");
}

#[test]
fn a_guide_of_rows_says_nothing_of_new_ones() {
    for fit in [FIT, "fit { steps = 100 }\n"] {
        let text = format!("{OWN}{fit}");
        let mut fitter = fitted(&text, &data(0, 60).1);
        let refused = fitter.held_out(&problem(&text, &data(7, 60).1, &[]));
        assert_eq!(refused.unwrap_err(), "z.loc");
    }
}
