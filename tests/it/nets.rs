//! Nets and guides that the model writes: against the same model written out, and against exact gradients.

use crate::common::{problem, refusals};
use elbow::backend::{CounterNoise, Float, Lowering, NoiseSource, Options};
use elbow::ir::{self, Inputs, Rounding};
use elbow::lab::{Settings, Verdict, verify};
use elbow::lower::Problem;
use elbow::objective::{Objective, objective, true_elbo};

const DATA: &str =
    r#"{"x": [[0.3, -1.2], [2.5, 0.4], [-0.7, 0.1]], "y": [0.2, 1.1, -0.4], "u": [1.3, -0.6]}"#;

fn net(body: &str) -> String {
    format!(
        "data x: real[n, p]\ndata y: real[n]\ndim h = 4\nnet f(x[p]) -> value {{\n{body}\n}}\n\
         y ~ Normal(f(x), 1)\n"
    )
}

/// The ELBO at given values of the parameters, by name.
fn elbo(problem: &Problem, value: impl Fn(&str, usize) -> f64) -> f64 {
    let Objective { graph, elbo, .. } = objective(problem, 1);
    let mut inputs = Inputs::initial(&graph);
    inputs.params.clear();
    for param in &graph.params {
        inputs.params.extend((0..param.init.len()).map(|i| value(&param.name, i)));
    }
    ir::eval(&graph, &inputs, &[elbo], Rounding::F64)[0][0]
}

/// Weights of a layer have the layout of a param with the same dimensions, so the same numbers give the same model.
#[test]
fn layers_are_the_products_that_they_stand_for() {
    let by_net = problem(&net("  dense(tanh(dense(x, h)))"), DATA, &[]);
    let by_hand = problem(
        "data x: real[n, p]\ndata y: real[n]\ndim h = 4\nparam w1: real[p, h]\nparam b1: real[h]\n\
         param w2: real[h]\nparam b2: real\ny ~ Normal(tanh(x @ w1 + b1) @ w2 + b2, 1)\n",
        DATA,
        &[],
    );
    let number = |key: &str, i: usize| {
        let place = ["w1", "b1", "w2", "b2"].iter().position(|n| *n == key).unwrap() as f64;
        (1.7 * place + 0.9 * i as f64).sin()
    };
    let name = |long: &str| match long {
        "f.dense1.weight" => "w1",
        "f.dense1.bias" => "b1",
        "f.dense2.weight" => "w2",
        "f.dense2.bias" => "b2",
        other => panic!("{other} is no weight of f"),
    };
    let (net, exact) = (elbo(&by_net, |n, i| number(name(n), i)), elbo(&by_hand, number));
    assert!((net - exact).abs() < 1e-12 * exact.abs(), "{net} {exact}");
}

#[test]
fn a_layer_norm_standardises_each_example() {
    let body = "  h1 = layer_norm(dense(x, h))\n  sum(h1 * h1)";
    let problem = problem(&net(body), DATA, &[]);
    let graph = objective(&problem, 1).graph;
    let names: Vec<&str> = graph.params.iter().map(|p| p.name.as_str()).collect();
    assert!(names.iter().any(|n| n.contains("layer_norm")), "{names:?}");
    // With gain 1 and shift 0 the sum of squares is h = 4, up to the ε in the root.
    let value = elbo(&problem, |name, i| match name {
        n if n.contains("layer_norm") => f64::from(u8::from(n.contains("weight"))),
        n if n.contains("bias") => 0.0,
        _ => (i as f64 + 1.0).cos(),
    });
    let norm = |y: f64| -0.5 * (y - 4.0_f64).powi(2) - 0.5 * std::f64::consts::TAU.ln();
    let exact: f64 = [0.2, 1.1, -0.4].iter().map(|&y| norm(y)).sum();
    assert!((value - exact).abs() < 1e-2, "{value} {exact}");
}

#[test]
fn a_net_has_the_same_weights_in_every_call() {
    let twice = "data x: real[n, p]\ndata y: real[n]\nnet f(x[p]) -> value {\n  dense(x)\n}\n\
                 y ~ Normal(f(x) + f(2 * x), 1)\n";
    let graph = objective(&problem(twice, DATA, &[]), 1).graph;
    assert_eq!(graph.params.len(), 2, "one weight and one bias");
    // w·x + b + w·2x + b
    let value = elbo(&problem(twice, DATA, &[]), |_, _| 0.5);
    let rows = [(0.3 - 1.2, 0.2), (2.5 + 0.4, 1.1), (-0.7 + 0.1, -0.4)];
    let norm = |m: f64, y: f64| -0.5 * (y - m).powi(2) - 0.5 * std::f64::consts::TAU.ln();
    let exact: f64 = rows.iter().map(|&(s, y)| norm(1.5 * s + 1.0, y)).sum();
    assert!((value - exact).abs() < 1e-12, "{value} {exact}");
}

#[test]
fn first_values_follow_the_seed_and_the_rule() {
    let text = net("  dense(relu(dense(x, h)), init = zeros)");
    let mut first = problem(&text, DATA, &[]);
    let one = objective(&first, 1).graph;
    first.seed += 1;
    let other = objective(&first, 1).graph;
    let reach = 1.0 / 2.0_f64.sqrt();
    for (a, b) in one.params.iter().zip(&other.params) {
        match a.name.starts_with("f.dense1") {
            true => assert!(a.init.iter().all(|w| w.abs() <= reach) && a.init != b.init),
            false => assert!(a.init.iter().all(|&w| w == 0.0)),
        }
    }
}

fn settings() -> Settings {
    let options = Options { lowering: Lowering::Fast, float: Float::F64, threads: 1 };
    Settings { draws: 4, gradients: 2000, seed: 3, at: 0, options }
}

/// Every candidate of every latent against the oracle.
fn verified(text: &str) {
    let problem = problem(text, DATA, &[]);
    let rows: Vec<usize> = (0..problem.plan.latents.len()).collect();
    let found = verify(&problem, &rows, &settings());
    assert!(found.tests.len() > 2);
    for test in &found.tests {
        let worst: Vec<_> = test.worst.iter().map(|w| (&w.parameter, w.z)).collect();
        assert!(
            matches!(test.verdict, Verdict::Passes | Verdict::Biased | Verdict::Nothing),
            "{} of {}: {worst:?}",
            test.estimator,
            test.latent
        );
    }
}

#[test]
fn amortised_guides_have_exact_gradients_under_every_estimator() {
    verified(
        "data u: real[n]\ndim k = 3\nnet q(u) -> [k] {\n  dense(u, k)\n}\nmu[k] ~ Normal(0, 3)\n\
         z[n] ~ Categorical(probs = [0.5, 0.3, 0.2] as k)\nu ~ Normal(mu[z], 1)\n\
         guide {\n  z ~ Categorical(q(u))\n}\n",
    );
}

#[test]
fn guides_that_read_other_draws_have_exact_gradients() {
    verified(
        "data u: real[n]\nnet f(u, y) -> (loc, scale) {\n  (dense(u) + dense(y), softplus(dense(u)))\n}\n\
         net qy(u) -> v {\n  dense(u)\n}\ny[n] ~ Bernoulli(0.3)\nz[n] ~ Normal(0, 1)\n\
         u ~ Normal(z + 2 * y, 0.5)\n\
         guide {\n  y ~ Bernoulli(logits = qy(u))\n  (m, s) = f(u, y)\n  z ~ Normal(m, s)\n}\n",
    );
}

#[test]
fn a_guide_may_draw_against_the_order_of_the_model() {
    verified(
        "data u: real[n]\nnet f(u) -> (loc, scale) {\n  (dense(u), softplus(dense(u)))\n}\n\
         net g(z, u) -> loc {\n  dense(z) + dense(u)\n}\na[n] ~ Normal(0, 1)\nb[n] ~ Normal(a, 1)\n\
         u ~ Normal(b, 1)\n\
         guide {\n  (m, s) = f(u)\n  b ~ Normal(m, s)\n  a ~ Normal(g(b, u), 1)\n}\n",
    );
}

#[test]
fn learnt_baselines_leave_the_gradient_unbiased() {
    verified(
        "data u: real[n]\nnet critic(u) -> v {\n  dense(tanh(dense(u)))\n}\n\
         @reinforce(baseline = critic(u))\nz[n] ~ Bernoulli(0.4)\nu ~ Normal(3 * z, 1)\n",
    );
}

/// ELBO of a guide that reads another draw, by hand: E over b of what is closed in a.
#[test]
fn the_elbo_of_a_reversed_guide_is_that_of_its_joint() {
    let text = "data y: real[n]\na[n] ~ Normal(0, 1)\nb[n] ~ Normal(a, 1)\ny ~ Normal(b, 1)\n\
                guide {\n  b ~ Normal(0.5, 0.7)\n  a ~ Normal(0.3 * b, 0.9)\n}\n";
    let problem = problem(text, DATA, &[]);
    let Objective { graph, elbo, .. } = true_elbo(&problem, 20_000);
    let mut inputs = Inputs::initial(&graph);
    let mut noise = CounterNoise::new(5);
    for (row, info) in graph.noises.iter().enumerate() {
        noise.fill_f64(0, row, info.kind, &mut inputs.noises[row]);
    }
    let value = ir::eval(&graph, &inputs, &[elbo], Rounding::F64)[0][0];
    let (m, s, c, t) = (0.5_f64, 0.7_f64, 0.3_f64, 0.9_f64);
    let second = m * m + s * s;
    let half = 0.5 * std::f64::consts::TAU.ln();
    let entropy = |s: f64| 0.5 + half + s.ln();
    let one = |y: f64| {
        let likelihood = -half - 0.5 * ((y - m).powi(2) + s * s);
        let of_b = -half - 0.5 * ((1.0 - c).powi(2) * second + t * t);
        let of_a = -half - 0.5 * (c * c * second + t * t);
        likelihood + of_b + of_a + entropy(s) + entropy(t)
    };
    let exact: f64 = [0.2, 1.1, -0.4].iter().map(|&y| one(y)).sum();
    // One draw of the three rows has a standard deviation of 2.3.
    assert!((value - exact).abs() < 5.0 * 2.3 / 20_000_f64.sqrt(), "{value} {exact}");
}

#[test]
fn exact_sums_refuse_score_functions_below_them() {
    let text = "data u: real[n]\nparam m: real\n@enumerate\na[n] ~ Bernoulli(0.5)\n@reinforce\n\
                b[n] ~ Bernoulli(0.5)\nu ~ Normal(a + b, 1)\nguide {\n  b ~ Bernoulli(logits = m * a)\n}\n";
    assert_eq!(refusals(text, DATA, &[]), ["E0298"]);
}
