//! The variance laboratory against variances that algebra knows, and the numbers of its examples.

use crate::common::{F64, mean_gradient_at, problem};
use elbow::estimator::Bias;
use elbow::lab::{Curve, Measured, Point, Scope, Settings, Verdict, curves, measured, variance};
use elbow::lower::Problem;
use elbow::report;
use std::path::Path;

const SETTINGS: Settings =
    Settings { draws: 8, gradients: 200, seed: 20, at: 10_000, options: F64 };
const ALL: Scope = Scope { latents: &[0], point: Point::Initial, planned: false };

/// A second passes whenever somebody looks.
fn measure(problem: &Problem, scope: Scope, settings: &Settings) -> Vec<Measured> {
    let mut now = 0.0;
    variance(problem, scope, settings, &mut || {
        now += 1.0;
        now
    })
}

fn row<'a>(rows: &'a [Measured], estimator: &str) -> &'a Measured {
    let row = rows.iter().find(|m| m.estimator == estimator);
    row.unwrap_or_else(|| panic!("no {estimator}"))
}

fn example(name: &str) -> Problem {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    problem(&std::fs::read_to_string(path).unwrap(), "{}", &[])
}

/// y ~ N(u, 1): the slope in the location of one draw is y − m − sε, whose variance is s² = e⁻².
#[test]
fn pathwise_variance_is_known() {
    let problem =
        problem("data y: real\nu ~ Normal(0, 1)\ny ~ Normal(u, 1)\n", r#"{"y": 1.4}"#, &[]);
    let rows = measure(&problem, ALL, &Settings { gradients: 20_000, ..SETTINGS });
    let found = row(&rows, "pathwise");
    let ratio = found.parameters[0].variance * 8.0 / (-2f64).exp();
    assert!((ratio - 1.0).abs() < 0.05, "{ratio}");
    assert_eq!((found.bias, found.verdict, found.planned), (Bias::None, Verdict::Passes, true));
    assert_eq!(found.seconds, 1.0 / 2000.0);
    let expected = 1.0 / (found.variance * found.seconds);
    assert_eq!(found.efficiency, expected);
}

/// E[r² (1{z = i} − ¼)²] − gᵢ² for one draw without a baseline, at equal logits.
#[test]
fn score_function_variance_is_known() {
    let text =
        "dim class = 4\nr = [3, 1, 4, 2] as class\nz ~ Categorical(zeros(class))\nfactor r[z]\n";
    let settings = Settings { draws: 1, gradients: 40_000, ..SETTINGS };
    let rows = measure(&problem(text, "{}", &[]), ALL, &settings);
    let r = [3.0, 1.0, 4.0, 2.0_f64];
    for (i, found) in row(&rows, "reinforce(baseline = none)").parameters.iter().enumerate() {
        let score = |z: usize| if z == i { 0.75 } else { -0.25 };
        let moment = |k: i32| (0..4).map(|z| (r[z] * score(z)).powi(k)).sum::<f64>() / 4.0;
        let exact = moment(2) - moment(1).powi(2);
        let error = ((moment(4) - moment(2).powi(2)) / 40_000.0).sqrt();
        assert!((found.variance - exact).abs() < 10.0 * error, "{} and {exact}", found.variance);
    }
}

#[test]
fn exact_estimators_have_no_variance() {
    let rows = measure(&example("eight_classes.elbow"), ALL, &SETTINGS);
    let exact = row(&rows, "enumerate");
    assert_eq!((exact.variance, exact.verdict), (0.0, Verdict::Passes));
    assert!(exact.signal_to_noise.is_infinite() && exact.efficiency.is_infinite());
    assert_eq!(row(&rows, "marginalize").verdict, Verdict::Nothing);
    assert!(rows.iter().all(|m| m.verdict != Verdict::Fails), "{rows:?}");
}

/// At 1 to 1,000 draws the variance of the gradient in the first logit falls as 1/draws, and that of the score function is more
/// than ten times as large. Ten times 200 trials: single relaxed draws have heavy tails, 200 know the slope to 0.04 only.
#[test]
fn eight_classes() {
    let text = include_str!("../../examples/eight_classes.elbow");
    let relaxed = "@gumbel_softmax(tau = 0.5)";
    let [score, relaxed] = ["@reinforce(baseline = none)", relaxed].map(|note| {
        let problem = problem(&text.replace(relaxed, note), "{}", &[]);
        let scope = Scope { planned: true, ..ALL };
        let points = [1, 3, 10, 32, 100, 316, 1000].map(|draws| {
            let settings = Settings { draws, gradients: 2000, ..SETTINGS };
            (draws, measure(&problem, scope, &settings)[0].parameters[0].variance)
        });
        Curve { latent: "z".into(), estimator: note.into(), points: points.into() }
    });
    for curve in [&score, &relaxed] {
        let slope = curve.slope();
        println!("{}: slope {slope:.3}, {:?}", curve.estimator, curve.points);
        assert!((slope + 1.0).abs() < 0.05, "{}: {slope}", curve.estimator);
    }
    for ((draws, a), (_, b)) in score.points.iter().zip(&relaxed.points) {
        assert!(a / b > 10.0, "{draws} draws: {a} and {b}");
    }
}

/// Bias falls and variance rises from hot to cold.
#[test]
fn temperature() {
    let problem = example("temperature.elbow");
    let scope = Scope { latents: &[0, 1, 2, 3], planned: true, ..ALL };
    let rows = measure(&problem, scope, &Settings { gradients: 4000, ..SETTINGS });
    let labels: Vec<&str> = rows.iter().map(|m| m.estimator.as_str()).collect();
    let expected = [5.0, 1.0, 0.5, 0.1].map(|tau| format!("gumbel_softmax(tau = {tau})"));
    assert_eq!(labels, expected.each_ref().map(String::as_str));
    let bias = |m: &Measured| m.parameters.iter().map(|p| p.bias().powi(2)).sum::<f64>().sqrt();
    for pair in rows.windows(2) {
        println!(
            "{}: bias {:.4}, variance {:.4}",
            pair[0].estimator,
            bias(&pair[0]),
            pair[0].variance
        );
        assert!(bias(&pair[0]) > 1.5 * bias(&pair[1]), "{rows:?}");
        assert!(pair[0].variance < pair[1].variance, "{rows:?}");
    }
}

/// A relaxed Bernoulli with the cost Δz has the slope Δ σ(u)(1 − σ(u))/τ with u = (l + logistic noise)/τ. It is large in a
/// window as wide as τ, so that its variance goes to Δ² p(1 − p)/(6τ) as τ falls: like 1/τ, within the bound Δ²/(16τ²).
#[test]
fn variance_at_the_cold_end() {
    let mut products = vec![];
    for tau in [0.1, 0.05, 0.025] {
        let text = format!("@gumbel_softmax(tau = {tau})\nz ~ Bernoulli(0.5)\nfactor 2 * z\n");
        let scope = Scope { planned: true, ..ALL };
        let settings = Settings { gradients: 20_000, ..SETTINGS };
        let rows = measure(&problem(&text, "{}", &[]), scope, &settings);
        let variance = 8.0 * rows[0].variance + (2.0 * 0.25_f64).powi(2);
        assert!(variance < 4.0 / (16.0 * tau * tau), "{variance}");
        products.push(variance * tau);
    }
    for product in products {
        let limit = 4.0 * 0.25 / 6.0;
        assert!((product / limit - 1.0).abs() < 0.05, "{product}, {limit}");
    }
}

/// At q = p, E[c (1{z = i} − pᵢ)] = pᵢ (cᵢ − c̄): found without a baseline too, whose variance is that of the level.
#[test]
fn a_missing_baseline() {
    let p = [0.95, 0.01, 0.01, 0.01, 0.01, 0.01_f64];
    let cost = |i: usize| -(2.4 * i as f64 + 100.0);
    let mean: f64 = (0..6).map(|i| p[i] * cost(i)).sum();
    let text = |note: &str| {
        let text = include_str!("../../examples/missing_baseline.elbow");
        text.replace("z ~", &format!("{note}\nz ~"))
    };
    let logits = p.map(f64::ln);
    let mut spread = vec![];
    for baseline in ["none", "average", "loo"] {
        let problem = problem(&text(&format!("@reinforce(baseline = {baseline})")), "{}", &[]);
        let found = mean_gradient_at(&problem, &logits, 8, 20_000, 3);
        for (i, &(slope, error)) in found.iter().enumerate() {
            let z = (slope + p[i] * (cost(i) - mean)) / error;
            assert!(z.abs() < 5.0, "{baseline}: logit {i}, {slope} ± {error}, z = {z:.1}");
        }
        spread.push(found[0].1);
    }
    println!("standard errors of the first logit: {spread:?}");
    assert!(spread[0] > 10.0 * spread[2], "{spread:?}");
}

/// χ² of 8,000 draws with four degrees of freedom: mean 4, variance 8, over 100 repetitions.
#[test]
fn gumbel_max() {
    let problem = example("gumbel_max.elbow");
    let draws = elbow::infer::draws(&problem, &[], 100, 20);
    let found = draws.quantities.iter().find(|q| q.name == "chi_square").unwrap();
    let values = &found.values[0];
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let z = (mean - 4.0) / (8.0 / values.len() as f64).sqrt();
    println!("mean chi-square {mean:.3}, z = {z:.2}");
    assert!(z.abs() < 4.0, "{mean}");
    // P(χ²₄ > 23.5) = 1e-4
    assert!(values.iter().all(|&x| x > 0.0 && x < 23.5), "{values:?}");
}

/// Several draws, on two scales: what is drawn is what was measured.
#[test]
fn pictures_hold_every_curve() {
    let found = curves(&example("eight_classes.elbow"), ALL, &SETTINGS);
    let unbiased = found.iter().filter(|c| c.estimator.starts_with("reinforce")).count();
    assert_eq!(unbiased, 4);
    assert!(found.iter().all(|c| c.estimator != "enumerate"), "no variance, no line");
    let loo = found.iter().find(|c| c.estimator == "reinforce(baseline = loo)").unwrap();
    assert_eq!(loo.points[0].0, 3, "one draw has no other to be compared with");
    let picture = report::variance_picture("eight <classes>", &found);
    let svg = report::svg(&picture);
    assert!(svg.contains("eight &lt;classes&gt;") && svg.ends_with("</svg>\n"));
    for curve in &found {
        assert!(svg.contains(&format!("{}, slope", curve.estimator)), "{}", curve.estimator);
    }
    let png = report::png(&picture);
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), (1920, 1040));
}

#[test]
fn pilots_choose_what_is_cheapest() {
    let text = "data y: real\nz ~ Bernoulli(0.3)\n@reinforce(baseline = none)\nb ~ Bernoulli(0.5)\nu ~ Normal(0, 1)\ny ~ Normal(u + z + b, 1)\n";
    let before = problem(text, r#"{"y": 1.5}"#, &[]);
    let after = measured(&before);
    let chosen: Vec<&str> = after.plan.latents.iter().map(|l| l.estimator).collect();
    assert!(["enumerate", "marginalize"].contains(&chosen[0]), "{chosen:?}");
    assert_eq!(chosen[1..], ["reinforce", "pathwise"], "what is asked for stays");
    for (latent, is_measured) in after.plan.latents.iter().zip([true, false, true]) {
        assert_eq!(latent.reason.starts_with("measured: "), is_measured, "{}", latent.reason);
    }
    assert_eq!(after.plan, measured(&before).plan);
}
