//! The iterate that a fit ends with.

use crate::common::{arc, problem};
use elbow::backend::Lowering;
use elbow::check::model::{FitSettings, Schedule};
use elbow::infer::{Config, Fitter};

const DATA: &str = r#"{"y": [10.3, 8.8, 10.8, 12.1, 9.6, 11.5]}"#;
const BATCHED: &str =
    "data y: real[n]\nmu ~ Normal(0, 10)\ny ~ Normal(mu, 1)\nfit { batch n = 2, seed = 3 }\n";
/// A score function is noisy everywhere, and there are no Newton steps.
const NOISY: &str = "data y: real[n]\n@reinforce\nmu ~ Normal(0, 10)\ny ~ Normal(mu, 1)\n";

/// A fit before and after it is settled: its parameters, whether they are the last ones, and the ELBO.
fn ended(text: &str, steps: u64, rate: f64) -> ([Vec<f64>; 2], bool, [f64; 2]) {
    let problem = arc(problem(text, DATA, &[]));
    let settings = FitSettings { steps: Some(steps), ..problem.bound.model.fit.clone() };
    let mut config = Config::new(&problem, &settings, 1, Lowering::Fast);
    config.learning_rate = Schedule::Constant(rate);
    let mut fitter = Fitter::new(problem, config);
    fitter.advance(steps).unwrap();
    let (mean, before) = (fitter.params(), fitter.elbo().mean);
    fitter.settle();
    let (last, after) = (fitter.params(), fitter.elbo().mean);
    ([mean, last], fitter.ends_at_last(), [before, after])
}

#[test]
fn a_fit_on_its_way_ends_with_its_last_iterate() {
    for text in [BATCHED, NOISY] {
        let ([mean, last], is_last, [before, after]) = ended(text, 100, 0.003);
        assert!(is_last && mean != last && after > before, "{before} {after}");
    }
}

#[test]
fn a_fit_that_has_arrived_ends_with_the_mean() {
    for text in [BATCHED, NOISY] {
        let ([mean, settled], is_last, _) = ended(text, 12_000, 0.05);
        assert!(!is_last && mean == settled, "{text}");
    }
}
