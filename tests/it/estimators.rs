//! Every distribution with every estimator: the mean gradient against an exact one that uses neither.
//!
//! Discrete latents: the latent is observed at each of its values in turn, and the gradient of E_q summed here. Continuous
//! ones: the expectation over the guide's noise by the trapezoidal rule, differentiated by central differences. Seeds are
//! fixed; |z| < 5 over all parameters of a model.

use crate::common::{F64, mean_gradient_at, problem, refusals, z_between};
use crate::pairs::{COSTS, at, by_quadrature, latent};
use elbow::backend::{CounterNoise, Program, compile};
use elbow::dist;
use elbow::estimator::{self, Aim, Bias, Card, Value};
use elbow::ir::special;
use elbow::lower::{Mode, lower};
use elbow::objective::{differs, objective, true_elbo};

#[test]
fn refused_pairs_give_their_code() {
    let mut refused = 0;
    for dist in dist::ALL {
        let latent = latent(*dist);
        let text = latent.text("", COSTS[0]);
        for estimator in estimator::ALL {
            let card = estimator.card();
            let codes = refusals(&text, latent.data, &[("x", card.name)]);
            let root = match dist.signature().name {
                "ZeroInflated" | "Hurdle" => dist::find("Poisson").unwrap().signature(),
                _ => dist.signature(),
            };
            let wraps = root.is_wrapper();
            let expected: &[&str] = match estimator.refuses(root) {
                _ if !root.support.has_guide() => &["E0296"],
                Some(_) if !wraps => &["E0292"],
                Some(_) => continue,
                None if estimator.misses(Aim::Elbo, root).is_some() => &["E0501"],
                None => &[],
            };
            refused += usize::from(!expected.is_empty());
            assert_eq!(codes, expected, "{} by {}", dist.signature().name, card.name);
        }
    }
    assert!(refused > 80, "{refused} pairs");
}

#[test]
fn unbiased_estimators_have_the_exact_mean() {
    let mut faults = vec![];
    for dist in dist::ALL {
        let s = dist.signature();
        if !s.support.has_guide() {
            continue;
        }
        let latent = latent(*dist);
        for cost in COSTS {
            let text = latent.text("", cost);
            let discrete = latent.values.is_some();
            let first = if discrete { "reinforce" } else { "pathwise" };
            let params = at(&text, latent.data, first);
            // In three dimensions the rule is too coarse for a kink.
            if params.len() > 4 && !discrete && cost.contains("abs") {
                continue;
            }
            let exact = match discrete {
                true => latent.exact(cost, &params),
                false => by_quadrature(&text, latent.data, &params),
            };
            for estimator in estimator::ALL {
                let Card { name: estimator, bias, .. } = *estimator.card();
                let has_its_own_guide = estimator::find(estimator).unwrap().keeps_family();
                if bias == Bias::Biased || estimator == "marginalize" || has_its_own_guide {
                    continue;
                }
                if !refusals(&text, latent.data, &[("x", estimator)]).is_empty() {
                    continue;
                }
                let problem = problem(&text, latent.data, &[("x", estimator)]);
                let runs = if estimator == "enumerate" { 1 } else { 100 };
                let samples = if estimator == "enumerate" { 1 } else { 60 };
                let mean = mean_gradient_at(&problem, &params, samples, runs, 3);
                let worst =
                    z_between(&mean, &exact.iter().map(|e| (e.0, 1e-4)).collect::<Vec<_>>());
                if worst.is_nan() || worst >= 5.0 {
                    faults.push(format!(
                        "{} by {estimator}, {cost}: {worst:.1}\n {mean:.4?}\n {exact:.4?}",
                        s.name
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// log Σ_x exp(log p + cost) has no parameters: its value is exact.
#[test]
fn marginalised_latents_leave_the_evidence() {
    for dist in dist::ALL {
        let latent = latent(*dist);
        let Some((_, count @ 1..=9)) = latent.values else { continue };
        for cost in COSTS {
            let exact = latent.table(cost).iter().map(|l| l.exp()).sum::<f64>().ln();
            let problem = problem(&latent.text("@marginalize", cost), latent.data, &[]);
            let summed = -crate::common::loss(&problem, &[]);
            assert!((summed - exact).abs() < 1e-9, "{count} values, {cost}: {summed}, {exact}");
        }
    }
}

/// Every baseline, in pairs or not, with 1 to 8 draws.
#[test]
fn baselines_leave_the_mean_alone() {
    let cost = COSTS[1];
    let mut faults = vec![];
    for name in
        ["Bernoulli", "Categorical", "Binomial", "Poisson", "Normal", "PlackettLuce", "Permutation"]
    {
        let latent = latent(dist::find(name).unwrap());
        let params = at(&latent.text("", cost), latent.data, "reinforce");
        let exact = match latent.values {
            Some(_) => latent.exact(cost, &params),
            None => by_quadrature(&latent.text("", cost), latent.data, &params),
        };
        for baseline in ["none", "average", "loo"] {
            for antithetic in [false, true] {
                for samples in [1, 2, 4, 8] {
                    let least = if baseline == "loo" { 2 + 2 * usize::from(antithetic) } else { 1 };
                    if samples < least {
                        continue;
                    }
                    let note =
                        format!("@reinforce(baseline = {baseline}, antithetic = {antithetic})");
                    let problem = problem(&latent.text(&note, cost), latent.data, &[]);
                    let mean = mean_gradient_at(&problem, &params, samples, 800, 3);
                    let z = z_between(&mean, &exact);
                    if z.is_nan() || z >= 5.0 {
                        faults.push(format!("{name}, {note}, {samples}: |z| = {z:.1}"));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The distance of a mean gradient from the exact one, and a standard error that holds however its elements are correlated:
/// of a norm ‖d‖ it is at most Σ |dᵢ| seᵢ / ‖d‖.
fn distance(mean: &[(f64, f64)], exact: &[(f64, f64)]) -> (f64, f64) {
    let parts: Vec<(f64, f64)> = mean.iter().zip(exact).map(|(m, e)| (m.0 - e.0, m.1)).collect();
    let norm = parts.iter().map(|(d, _)| d * d).sum::<f64>().sqrt();
    (norm, parts.iter().map(|(d, se)| d.abs() * se).sum::<f64>() / norm)
}

/// A relaxation's bias is declared and is there. It is of the order of τ as τ falls, since a soft draw differs from a hard one
/// only where two keys lie within about τ of each other: it falls from 1 to 0.3 by more than its error, and at 0.03, where the
/// error is large, it has not risen again. Straight through the draw, the value is hard at every τ and the bias need not fall.
#[test]
fn biases_shrink_as_the_temperature_falls() {
    for name in ["Bernoulli", "Categorical", "Subset", "PlackettLuce", "Permutation"] {
        let latent = latent(dist::find(name).unwrap());
        let params = at(&latent.text("", COSTS[1]), latent.data, "enumerate");
        let exact = latent.exact(COSTS[1], &params);
        let relaxations =
            ["gumbel_softmax", "straight_through", "hard_concrete", "gumbel_sinkhorn"];
        for estimator in relaxations {
            let option = if estimator == "hard_concrete" { "beta" } else { "tau" };
            if !refusals(&latent.text("", COSTS[1]), latent.data, &[("x", estimator)]).is_empty() {
                let serves = [("hard_concrete", "Bernoulli"), ("gumbel_sinkhorn", "Permutation")];
                assert!(serves.iter().any(|s| s.0 == estimator && s.1 != name));
                continue;
            }
            assert_eq!(estimator::find(estimator).unwrap().card().bias, Bias::Biased);
            let mut seed = 3;
            let mut mean = |tau: f64| {
                let note = format!("@{estimator}({option} = {tau})");
                let problem = problem(&latent.text(&note, COSTS[1]), latent.data, &[]);
                assert!(differs(&problem), "a relaxed objective is not the ELBO");
                seed += 1;
                mean_gradient_at(&problem, &params, 200, 100, seed)
            };
            let z = z_between(&mean(5.0), &exact);
            assert!(z > 5.0, "{name} by {estimator} at 5: z = {z}");
            if estimator == "straight_through" {
                continue;
            }
            let [hot, mild, cold] = [1.0, 0.3, 0.03].map(|tau| distance(&mean(tau), &exact));
            let fall = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0) / a.1.hypot(b.1);
            let [first, second] = [fall(hot, mild), fall(mild, cold)];
            let falls = first > 5.0 && second > -5.0;
            assert!(falls, "{name} by {estimator}: {hot:?} {mild:?} {cold:?}, {first} {second}");
        }
    }
}

/// A gate is 0 or 1 with positive probability, and not 0 as often as q says: the L0 penalty is q's closed form.
#[test]
fn hard_concrete_gates_are_open_as_often_as_q_says() {
    for beta in [0.3, 2.0 / 3.0, 2.0] {
        let text = format!("@hard_concrete(beta = {beta})\nz[n] ~ Bernoulli(0.3)\nfactor sum(z)\n");
        let problem = problem(
            &format!("data y: real[n]\n{text}factor sum(0 * y)\n"),
            r#"{"y": [0, 0, 0]}"#,
            &[],
        );
        let mut assembly = lower(&problem, Mode::Optimise, 20_000);
        let Some(Value::Plain(gate)) = assembly.values[problem.plan.latents[0].name.0 as usize]
        else {
            panic!("gates are numbers");
        };
        let zero = assembly.graph.number(0.0);
        let open = assembly.graph.lt(zero, gate);
        let logits = [-1.5, 0.2, 2.0];
        let mut step =
            compile(Program { graph: assembly.graph, loss: zero, watch: vec![open, gate] }, F64);
        step.set_params(&logits);
        step.run(0, &mut CounterNoise::new(5));
        let (open, gate) = (step.watched(0), step.watched(1));
        assert!(gate.iter().all(|z| (0.0..=1.0).contains(z)) && gate.contains(&1.0));
        for (element, logit) in logits.into_iter().enumerate() {
            let share = open.iter().skip(element * 20_000).take(20_000).sum::<f64>() / 20_000.0;
            let mass = special::sigmoid(logit);
            let z = (share - mass) / (mass * (1.0 - mass) / 20_000.0).sqrt();
            assert!(z.abs() < 5.0, "beta {beta}, logit {logit}: {share}, {mass}");
        }
    }
}

/// What is reported of a relaxed fit is the ELBO of the model as written.
#[test]
fn the_true_elbo_is_that_of_enumeration() {
    for name in ["Bernoulli", "Categorical", "Subset", "PlackettLuce", "Permutation"] {
        let latent = latent(dist::find(name).unwrap());
        let text = latent.text("", COSTS[1]);
        let params = at(&text, latent.data, "enumerate");
        let exact =
            -crate::common::loss(&problem(&text, latent.data, &[("x", "enumerate")]), &params);
        for estimator in ["gumbel_softmax", "straight_through", "reinforce"] {
            let problem = problem(&text, latent.data, &[("x", estimator)]);
            let draws = values_of_draws(&problem, &params, 4000);
            let (mean, se) = moments(&draws);
            assert!(
                (mean - exact).abs() < 5.0 * se,
                "{name} by {estimator}: {mean} ± {se}, {exact}"
            );
        }
    }
}

fn values_of_draws(problem: &elbow::lower::Problem, params: &[f64], count: usize) -> Vec<f64> {
    let o = true_elbo(problem, count);
    let program = elbow::backend::Program { graph: o.graph, loss: o.loss, watch: vec![o.per_draw] };
    let mut step = elbow::backend::compile(program, F64);
    step.set_params(params);
    step.run(0, &mut elbow::backend::CounterNoise::new(5));
    step.watched(0)
}

fn moments(x: &[f64]) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let var = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (var / n).sqrt())
}

/// A mixture of two equal parts is its part, and has no closed-form KL.
#[test]
fn closed_form_kl_is_the_mean_of_the_sampled_one() {
    for (name, args) in [("Normal", "0.5, 2"), ("LogNormal", "0.2, 0.7")] {
        let closed = format!("x ~ {name}({args})\nfactor 0.3 * x\n");
        let sampled = format!(
            "dim k = 2\nl = [1, 1] as k\nw = softmax(l over k)\nx ~ Mixture(w, {name}({args}))\nfactor 0.3 * x\n"
        );
        let has_kl = |text: &str| {
            objective(&problem(text, "{}", &[]), 1).terms.iter().any(|(n, _)| n.starts_with("-KL"))
        };
        assert!(has_kl(&closed) && !has_kl(&sampled), "{name}");
        let params = [0.3, -0.5];
        let (a, b) = (problem(&closed, "{}", &[]), problem(&sampled, "{}", &[]));
        let (a, b) = (
            moments(&values_of_draws(&a, &params, 40_000)),
            moments(&values_of_draws(&b, &params, 40_000)),
        );
        assert!((a.0 - b.0).abs() < 5.0 * a.1.hypot(b.1), "{name}: {a:?}, {b:?}");
    }
}

/// mu + tau·raw with q moved alike: the same draws give the same ELBO.
#[test]
fn noncentered_and_centered_are_one_model() {
    let text = "data y: real[n]\nz[n] ~ Normal(0.7, 2)\ny ~ Normal(z, 1)\n";
    let data = r#"{"y": [0.5, 2.5]}"#;
    let raw = [0.3, -0.8, 0.1, -0.4];
    let moved = [0.7 + 2.0 * raw[0], 0.7 + 2.0 * raw[1], raw[2] + 2f64.ln(), raw[3] + 2f64.ln()];
    let centered = crate::common::loss(&problem(text, data, &[]), &moved);
    let text = text.replace("z[n] ~", "@noncentered\nz[n] ~");
    let noncentered = crate::common::loss(&problem(&text, data, &[]), &raw);
    assert!((centered - noncentered).abs() < 1e-9, "{centered}, {noncentered}");
}
