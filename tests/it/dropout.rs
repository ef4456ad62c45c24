//! Dropout in steps and in reports, and weights that decay.

use crate::common::{arc, problem};
use elbow::backend::{self, CounterNoise, Float, Lowering, Options, Program};
use elbow::check::model::{Averaging, FitSettings, OptimizerChoice};
use elbow::infer::{Config, Fitter};
use elbow::lower::Problem;
use elbow::objective::{Objective, objective, true_elbo};

const DATA: &str = r#"{"x": [0.5, -1.2, 2.0, 0.3], "y": [0.9, -0.4, 1.3, 0.8]}"#;
const RATE: f64 = 0.3;
const STEPS: u64 = 20_000;

/// A line through the origin whose input is dropped at a rate.
fn line(input: &str) -> String {
    format!(
        "data x: real[n]\ndata y: real[n]\nnet f(x) -> value {{ dense({input}, bias = false) }}\n\
         y ~ Normal(f(x), 1)\n"
    )
}

/// The gradient of the loss in the weight, mean and standard error over steps of their own masks.
fn slope(problem: &Problem, weight: f64, options: Options) -> (f64, f64) {
    let Objective { graph, loss, .. } = objective(problem, 1);
    let mut step = backend::compile(Program { graph, loss, watch: vec![] }, options);
    step.set_params(&[weight]);
    let mut noise = CounterNoise::new(7);
    let slopes: Vec<f64> = (0..STEPS)
        .map(|t| {
            step.run(t, &mut noise);
            step.gradient()[0]
        })
        .collect();
    let n = slopes.len() as f64;
    let mean = slopes.iter().sum::<f64>() / n;
    let variance = slopes.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// Dropping the inputs of a line adds a ridge: E (y − w m x)² = (y − w x)² + w² x² r/(1 − r) (Wager, Wang & Liang 2013).
#[test]
fn dropped_inputs_are_a_ridge() {
    let (x, y) = ([0.5, -1.2, 2.0, 0.3], [0.9, -0.4, 1.3, 0.8]);
    let weight = 0.8;
    let terms =
        x.iter().zip(y).map(|(x, y)| -(y - weight * x) * x + weight * x * x * RATE / (1.0 - RATE));
    let exact: f64 = terms.sum();
    let problem = problem(&line(&format!("dropout(x, {RATE})")), DATA, &[]);
    for lowering in [Lowering::Fast, Lowering::Reference] {
        for float in [Float::F32, Float::F64] {
            let (mean, error) = slope(&problem, weight, Options { lowering, float, threads: 1 });
            let z = (mean - exact) / error;
            assert!(
                error > 1e-3 && z.abs() < 5.0,
                "{lowering:?} {float:?}: {mean}, {exact}, z {z}"
            );
        }
    }
}

/// The ELBO that is reported, and what the laboratory measures, is that of the model with every unit in place.
#[test]
fn nothing_is_dropped_in_reports() {
    let elbo = |input: &str| {
        let problem = problem(&line(input), DATA, &[]);
        let graph = true_elbo(&problem, 1).graph;
        assert!(graph.noises.is_empty(), "{:?}", graph.noises);
        assert!(objective(&problem.on_elbo(), 1).graph.noises.is_empty());
        let inputs = elbow::ir::Inputs::initial(&graph);
        let node = true_elbo(&problem, 1).elbo;
        elbow::ir::eval(&graph, &inputs, &[node], elbow::ir::Rounding::F64)[0][0]
    };
    assert_eq!(elbo("dropout(x, 0.9)").to_bits(), elbo("x").to_bits());
}

/// Both calls of a net drop units of their own, and one call drops the same ones wherever its value is read.
#[test]
fn every_call_has_a_mask() {
    let text = "data x: real[n]\ndata y: real[n]\nnet f(x) -> value { dropout(x, 0.5) }\n\
                a = f(x)\nb = f(x)\nparam s: positive\ny ~ Normal(a - a + b - b, s)\n";
    let graph = objective(&problem(text, DATA, &[]), 1).graph;
    assert_eq!(graph.noises.len(), 2);
}

/// Without a gradient, a weight is (1 − lr · decay) times as large after each step; a bias stays.
#[test]
fn weights_decay_and_biases_do_not() {
    let text = "data x: real[n]\ndata y: real[n]\nnet f(x) -> value { dense(x) }\n\
                param s: positive\ny ~ Normal(0 * f(x), s)\n";
    for lowering in [Lowering::Fast, Lowering::Reference] {
        let problem = arc(problem(text, DATA, &[]));
        let settings = FitSettings {
            steps: Some(3),
            optimizer: Some(OptimizerChoice::Adam {
                lr: Some(elbow::check::model::Schedule::Constant(0.1)),
            }),
            average: Some(Averaging::Exponential(0.0)),
            weight_decay: Some(0.5),
            ..Default::default()
        };
        let mut fitter =
            Fitter::new(problem.clone(), Config::new(&problem, &settings, 1, lowering));
        let at = |fitter: &Fitter, name: &str| {
            let params = fitter.fitted();
            params.into_iter().find(|p| p.name == name).expect("a weight of the net").values[0]
        };
        let names = ["f.dense1.weight", "f.dense1.bias"];
        let before = names.map(|name| at(&fitter, name));
        fitter.advance(3).unwrap();
        let after = names.map(|name| at(&fitter, name));
        let kept = (1.0f64 - 0.1 * 0.5).powi(3);
        assert!((after[0] / before[0] - kept).abs() < 1e-12, "{before:?} {after:?}");
        assert_eq!(after[1].to_bits(), before[1].to_bits());
    }
}
