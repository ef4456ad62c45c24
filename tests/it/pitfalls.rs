//! What goes wrong with estimators in practice: that it cannot, or that it is said.

use crate::common::{F64, arc, problem, step};
use elbow::backend::{CounterNoise, Float, NoiseSource, Options};
use elbow::check::model::{FitSettings, Schedule};
use elbow::infer::{self, Config, Finding, Fitter, draws};
use elbow::ir::Noise;
use elbow::lower::Problem;
use elbow::session::Session;
use std::path::Path;

const FLIP: &str = "data y: real\n@NOTE\nz ~ Bernoulli(0.5)\nfactor 3 * z\ny ~ Normal(0, 1)\n";
const PICK: &str = "data y: real\ndim n = 300\ndim k = 4\nv = [1, 2, 4, 8] as k\n@NOTE\nz[n] ~ Categorical(zeros(k))\n\
                    w = sum(onehot(z) * v over k)\nfactor w\ny ~ Normal(0, 1)\n";

fn noted(text: &str, note: &str) -> Problem {
    problem(&text.replace("NOTE", note), r#"{"y": 0}"#, &[])
}

fn config(problem: &Problem, steps: Option<u64>) -> Config {
    let settings = FitSettings { steps, ..FitSettings::default() };
    Config::new(problem, &settings, 1, elbow::backend::Lowering::Fast)
}

/// From the coldest temperature that can be written, at logits whose probabilities underflow.
#[test]
fn no_temperature_gives_nan() {
    let flips = "dim n = 300\n".to_string() + &FLIP.replace("z ~", "z[n] ~");
    for tau in [1e-3, 1e-2, 0.1, 1.0, 10.0] {
        for (text, hard) in [(&*flips, false), (&*flips, true), (PICK, false), (PICK, true)] {
            let problem = noted(text, &format!("gumbel_softmax(tau = {tau}, hard = {hard})"));
            for float in [Float::F32, Float::F64] {
                let mut step = step(&problem, 2, Options { float, ..F64 });
                for logit in [-50.0, -1.0, 0.0, 50.0] {
                    let sign = |i: usize| if i.is_multiple_of(3) { logit } else { -logit };
                    step.set_params(&(0..step.param_count()).map(sign).collect::<Vec<_>>());
                    for run in 0..10 {
                        let loss = step.run(run, &mut CounterNoise::new(5));
                        let finite = loss.is_finite() && step.gradient_norm().is_finite();
                        assert!(finite, "tau {tau}, {float:?}, logits ±{logit}, hard {hard}");
                    }
                }
            }
        }
    }
}

/// What would break log(u) and log(1 − u) is never drawn.
#[test]
fn uniforms_lie_strictly_inside() {
    let (mut single, mut double) = (vec![0f32; 1 << 20], vec![0f64; 1 << 20]);
    let mut noise = CounterNoise::new(3);
    noise.fill_f32(0, 0, Noise::Uniform, &mut single);
    noise.fill_f64(0, 0, Noise::Uniform, &mut double);
    assert!(single.iter().all(|&u| u > 0.0 && u < 1.0));
    assert!(double.iter().all(|&u| u > 0.0 && u < 1.0));
}

/// Relaxed values are for the optimiser: what is reported, and all that is made from it, is hard.
#[test]
fn soft_values_are_never_reported() {
    let problem = noted(PICK, "gumbel_softmax(tau = 5)");
    let params = step(&problem, 1, F64).params();
    for quantity in draws(&problem, &params, 50, 1).quantities {
        let possible: &[f64] =
            if quantity.name == "w" { &[1.0, 2.0, 4.0, 8.0] } else { &[1.0, 2.0, 3.0, 4.0] };
        let all = quantity.values.iter().flatten();
        assert!(all.clone().all(|v| possible.contains(v)), "{}", quantity.name);
    }
}

/// With a cost that is linear in the draw the relaxed gradient does not depend on its value: straight-through has exactly
/// that gradient, and the cost of a hard draw.
#[test]
fn straight_through_is_hard_forward_and_soft_backward() {
    let both = ["straight_through(tau = 0.7)", "gumbel_softmax(tau = 0.7)"];
    let [mut hard, mut soft] = both.map(|note| step(&noted(FLIP, note), 1, F64));
    hard.set_params(&[0.4]);
    soft.set_params(&[0.4]);
    let q: f64 = 1.0 / (1.0 + (-0.4f64).exp());
    let entropy = -q * q.ln() - (1.0 - q) * (1.0 - q).ln();
    let density = -0.5 * (2.0 * std::f64::consts::PI).ln();
    let rest = entropy - 2f64.ln() + density;
    let mut seen = [0, 0];
    for run in 0..60 {
        hard.run(run, &mut CounterNoise::new(2));
        soft.run(run, &mut CounterNoise::new(2));
        let [z, relaxed] = [&hard, &soft].map(|step| (step.watched(0)[0] - rest) / 3.0);
        assert!((z - z.round()).abs() < 1e-12, "{z} is not hard");
        assert!(relaxed > 0.0 && relaxed < 1.0 && (relaxed > 0.5) == (z > 0.5), "{relaxed}, {z}");
        assert!((hard.gradient()[0] - soft.gradient()[0]).abs() < 1e-12);
        seen[z.round() as usize] += 1;
    }
    assert!(seen[0] > 5 && seen[1] > 5, "{seen:?}");
}

#[test]
fn temperatures_follow_lines_and_cosines() {
    let at = |schedule: &str| {
        let problem = arc(noted(FLIP, &format!("gumbel_softmax(tau = {schedule})")));
        let mut fitter = Fitter::new(problem.clone(), config(&problem, Some(100)));
        fitter.advance(100).unwrap();
        let tau = fitter.history().column("z.tau").unwrap();
        [0, 20, 40, 80, 99].map(|step| tau[step])
    };
    let close = |a: [f64; 5], b: [f64; 5]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(close(at("anneal(1 -> 0.2, over = 80)"), [1.0, 0.8, 0.6, 0.2, 0.2]));
    let quarter = 0.2 + 0.4 * (1.0 + (std::f64::consts::PI / 4.0).cos());
    assert!(close(at("cosine(1 -> 0.2, over = 80)"), [1.0, quarter, 0.6, 0.2, 0.2]));
}

#[test]
fn schedules_that_outlast_the_run_are_found() {
    let found = |note: &str, tail: &str, steps| {
        let problem = noted(&(FLIP.to_string() + tail), note);
        let settings = FitSettings { steps, ..FitSettings::default() }.or(&problem.bound.model.fit);
        let config = Config::new(&problem, &settings, 1, elbow::backend::Lowering::Fast);
        infer::unfinished(&problem, &config)
    };
    let long = "gumbel_softmax(tau = anneal(1 -> 0.5, over = 50_000))";
    let schedule = Schedule::Linear { from: 1.0, to: 0.5, over: 50_000 };
    let [Finding::Unfinished { option: "tau", schedule: its, arrival: 50_000, latent: Some(_) }] =
        found(long, "", None)[..]
    else {
        panic!("not found")
    };
    assert_eq!(its, schedule);
    assert_eq!(found(long, "", Some(50_000)), []);
    assert_eq!(found(long, "fit { steps = 100 }\n", None), [], "the checker says so");
    assert_eq!(found("gumbel_softmax", "", Some(100)), [], "nobody asked for this schedule");
    let weight = found("kl(weight = anneal(0 -> 1, over = 500))", "", Some(100));
    assert!(matches!(weight[..], [Finding::Unfinished { option: "weight", arrival: 500, .. }]));
    let rate = found("gumbel_softmax", "fit { lr = cosine(0.1 -> 0, over = 900) }\n", Some(800));
    assert!(matches!(rate[..], [Finding::Unfinished { option: "lr", latent: None, .. }]));
}

/// What a fit of points around `at` finds.
fn findings(text: &str, at: [f64; 2], spread: f64, estimators: &[(&str, &str)]) -> Vec<Finding> {
    let mut noise = [0.0; 40];
    CounterNoise::new(4).fill_f64(0, 0, Noise::Normal, &mut noise);
    let y: Vec<f64> = noise.iter().enumerate().map(|(i, e)| at[i % 2] + spread * e).collect();
    let problem = arc(problem(text, &format!(r#"{{"y": {y:?}}}"#), estimators));
    let mut fitter = Fitter::new(problem.clone(), config(&problem, Some(3000)));
    fitter.start();
    fitter.advance(u64::MAX).unwrap();
    fitter.diagnose()
}

/// Points that spread less than the noise allows want no factor; points that spread more do.
#[test]
fn a_collapsed_posterior_is_found() {
    let decoder = "data y: real[n]\nparam m: real = 0\nparam b: real = 0.3\nz[n] ~ Normal(0, 1)\n\
                   y ~ Normal(m + b * z, 1)\n";
    let found = findings(decoder, [3.0, 3.0], 0.4, &[]);
    assert!(matches!(found[..], [Finding::Collapsed { kl, .. }] if kl < 0.01), "{found:?}");
    assert_eq!(findings(decoder, [3.0, 3.0], 4.0, &[]), []);
    let weak = decoder.replace("b * z", "0.001 * z").replace("param b: real = 0.3\n", "");
    assert_eq!(findings(&weak, [3.0, 3.0], 0.4, &[]), [], "nothing learnt silences it");
}

/// Components that are the same tell nothing apart; two that are not do.
#[test]
fn a_latent_without_structure_is_found() {
    let mixture = "data y: real[n]\ndim k = 2\nmu[k] ~ Normal(0, 3)\nz[n] ~ Categorical(zeros(k))\n\
                   y ~ Normal(mu[z], 1)\n";
    let relaxed = [("z", "gumbel_softmax")];
    let alike = mixture.replace("Normal(0, 3)", "Normal(0, 0.01)");
    let found = findings(&alike, [0.0, 0.0], 0.3, &relaxed);
    assert!(
        matches!(found[..], [Finding::Structureless { share, .. }] if share > 0.99),
        "{found:?}"
    );
    assert_eq!(findings(mixture, [-4.0, 4.0], 0.5, &relaxed), []);
    assert_eq!(
        findings(&alike, [0.0, 0.0], 0.3, &[("z", "enumerate")]),
        [],
        "exact sums have no such fault"
    );
    let known = "data y: real[n]\nz[n] ~ Bernoulli(0.5)\ny ~ Normal(z, 100)\n";
    assert_eq!(findings(known, [0.0, 1.0], 0.3, &relaxed), [], "its posterior is its prior");
}

/// None of the models that are known to be right is warned of.
#[test]
fn good_models_are_not_warned_of() {
    for folder in ["examples", "tests/posteriors"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "elbow") {
                let (_, found) = Session::open(&path).unwrap_or_else(|_| panic!("{path:?}"));
                let codes: Vec<&str> = found.iter().map(|d| d.code.name()).collect();
                let new = ["W0235", "W0236", "W0237"];
                assert!(codes.iter().all(|c| !new.contains(c)), "{path:?}: {codes:?}");
            }
        }
    }
}
