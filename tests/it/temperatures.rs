//! Temperatures that the fit finds: `auto` against an exact oracle, `learnt` against finite differences.

use crate::common::{F64, arc, problem, scattered, step};
use elbow::backend::{CounterNoise, Lowering};
use elbow::check::model::FitSettings;
use elbow::infer::{Config, Finding, Fitter, Reading};
use elbow::lab::{Relaxation, Settings};
use elbow::lower::Problem;
use elbow::objective::{Objective, objective};

/// A cost whose curvature relaxations see and hard draws do not.
const FLIP: &str =
    "data y: real\n@NOTE\nz ~ Bernoulli(0.5)\nfactor -6 * (z - 0.3)^2\ny ~ Normal(0, 1)\n";
const PICK: &str = "data y: real[n]\ndim k = 3\nv = [-1, 0.5, 2] as k\n@NOTE\nz[n] ~ Categorical(zeros(k))\n\
                    y ~ Normal(v[z], 0.7)\n";
const DATA: &str = r#"{"y": [-0.9, 0.2, 1.7, 2.4, 0.6]}"#;

fn settings(gradients: u64, draws: usize) -> Settings {
    Settings { draws, gradients, seed: 77, at: 0, options: F64 }
}

fn fit(note: &str, steps: u64) -> Fitter {
    let problem = arc(problem(&PICK.replace("NOTE", note), DATA, &[]));
    let settings = FitSettings { steps: Some(steps), ..FitSettings::default() };
    let config = Config::new(&problem, &settings, 1, Lowering::Fast);
    let mut fitter = Fitter::new(problem, config);
    fitter.start();
    fitter.advance(steps).unwrap();
    fitter
}

fn relaxation(problem: &Problem, params: &[f64], settings: &Settings) -> Relaxation {
    let Objective { graph, .. } = objective(problem, settings.draws);
    Relaxation::new(problem, 0, (&graph, params), settings)
}

/// The bias over the root mean square of the gradient of a relaxed flip, by quadrature over its uniform.
fn exact_share(logit: f64, tau: f64) -> f64 {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let p = sigmoid(logit);
    let kl = -p * (1.0 - p) * logit;
    let exact = p * (1.0 - p) * (-6.0 * 0.49 + 6.0 * 0.09) + kl;
    const POINTS: usize = 400_000;
    let slope = |i: usize| {
        let u = (i as f64 + 0.5) / POINTS as f64;
        let s = sigmoid((logit + (u / (1.0 - u)).ln()) / tau);
        -12.0 * (s - 0.3) * s * (1.0 - s) / tau + kl
    };
    let (sum, square) = (0..POINTS).map(slope).fold((0.0, 0.0), |(a, b), x| (a + x, b + x * x));
    let n = POINTS as f64;
    (sum / n - exact).abs() / (square / n).sqrt()
}

#[test]
fn the_measured_bias_is_the_exact_one() {
    let problem = problem(&FLIP.replace("NOTE", "gumbel_softmax(tau = auto)"), r#"{"y": 0}"#, &[]);
    for logit in [-0.8, 0.4] {
        let mut here = relaxation(&problem, &[logit], &settings(20_000, 1));
        for tau in [3.0, 1.0, 0.4] {
            let (measured, exact) = (here.bias("z.tau", tau), exact_share(logit, tau));
            let z = (measured.value - exact) / measured.error;
            assert!(z.abs() < 5.0, "logit {logit}, tau {tau}: {measured:?}, exactly {exact}");
        }
    }
}

/// The temperature only falls, stays from the middle of the fit on, and leaves a bias below the share there and in the
/// end, on noise that the fit did not see; where it began the bias is above.
#[test]
fn an_automatic_temperature_ends_below_its_share() {
    for estimator in ["gumbel_softmax", "straight_through"] {
        let note = format!("{estimator}(tau = auto(from = 4, share = 0.1))");
        let fitter = fit(&note, 640);
        let readings = fitter.temperatures();
        let steps: Vec<u64> = readings.iter().map(|r| r.step).collect();
        assert_eq!(steps, [0, 20, 40, 80, 160, 320], "{estimator}");
        assert!(readings.iter().all(Reading::is_met), "{estimator}: {readings:?}");
        assert!(readings.is_sorted_by(|a, b| a.tau >= b.tau), "{estimator}: {readings:?}");
        assert_eq!(fitter.diagnose().iter().filter(|f| is_still_biased(f)).count(), 0);
        let history = fitter.history().column("z.tau").unwrap();
        for Reading { step, tau, .. } in readings {
            assert_eq!(history[*step as usize], *tau, "{estimator}");
        }
        let last = readings.last().unwrap().tau;
        assert_eq!(history[639], last);
        let problem = problem(&PICK.replace("NOTE", &note), DATA, &[]);
        let mut here = relaxation(&problem, &fitter.params(), &settings(4000, 8));
        let (cold, hot) = (here.bias("z.tau", last), here.bias("z.tau", 4.0));
        assert!(cold.value < 0.1 + 3.0 * cold.error, "{estimator}: {cold:?} at {last}");
        assert!(hot.value > 0.1 + 5.0 * hot.error, "{estimator}: {hot:?}");
    }
}

fn is_still_biased(finding: &Finding) -> bool {
    matches!(finding, Finding::StillBiased { .. })
}

#[test]
fn a_seed_has_one_temperature() {
    let note = "gumbel_softmax(tau = auto(share = 0.2))";
    assert_eq!(fit(note, 64).temperatures(), fit(note, 64).temperatures());
}

/// Straight-through costs that bend a lot are biased at any temperature.
#[test]
fn a_bias_that_does_not_vanish_is_told() {
    let text = "data y: real\n@straight_through(tau = auto(share = 0.02))\nz ~ Bernoulli(0.5)\n\
                factor -40 * (z - 0.5)^2 * (z - 0.5)^2 + z\ny ~ Normal(0, 1)\n";
    let problem = arc(problem(text, r#"{"y": 0}"#, &[]));
    let settings = FitSettings { steps: Some(64), ..FitSettings::default() };
    let config = Config::new(&problem, &settings, 1, Lowering::Fast);
    let mut fitter = Fitter::new(problem, config);
    fitter.advance(64).unwrap();
    let last = fitter.temperatures().last().unwrap();
    let told = fitter.diagnose().iter().any(is_still_biased);
    assert_eq!(told, !last.is_met());
    assert!(told, "{last:?}");
    assert_eq!(last.tau, 0.1);
}

#[test]
fn a_learnt_temperature_has_the_slope_of_the_relaxed_objective() {
    let problem =
        problem(&PICK.replace("NOTE", "gumbel_softmax(tau = learnt(from = 0.8))"), DATA, &[]);
    let Objective { graph, learnt, .. } = objective(&problem, 4);
    assert_eq!(learnt[0].0, "z.tau");
    let mut step = step(&problem, 4, F64);
    let place = graph.params.iter().position(|p| p.name == "z.log_tau").unwrap();
    let place = graph.param_spans()[place].start;
    let mut params = scattered(step.param_count());
    params[place] = (0.8f64 - 0.1).ln();
    let mut at = |log: f64| {
        params[place] = log;
        step.set_params(&params);
        let loss = step.run(3, &mut CounterNoise::new(9));
        (loss, step.gradient()[place])
    };
    let (log, h) = ((0.8f64 - 0.1).ln(), 1e-5);
    let slope = (at(log + h).0 - at(log - h).0) / (2.0 * h);
    let found = at(log).1;
    assert!(
        found.abs() > 1e-3 && (found - slope).abs() < 1e-6 * found.abs().max(1.0),
        "{found} {slope}"
    );
}

/// It moves, never below its floor, and its history has the temperature itself.
#[test]
fn a_learnt_temperature_moves() {
    let fitter = fit("straight_through(tau = learnt(from = 2))", 400);
    let tau = fitter.history().column("z.tau").unwrap();
    assert!((tau[0] - 2.0).abs() < 1e-12 && tau.iter().all(|t| *t > 0.1));
    assert!((tau[399] - 2.0).abs() > 0.05, "{}", tau[399]);
}

#[test]
fn a_temperature_that_lives_on_blurred_values_is_told() {
    let problem = arc(problem(
        &FLIP.replace("NOTE", "gumbel_softmax(tau = learnt)").replace("-6", "-60"),
        r#"{"y": 0}"#,
        &[],
    ));
    let settings = FitSettings { steps: Some(2000), ..FitSettings::default() };
    let config = Config::new(&problem, &settings, 1, Lowering::Fast);
    let mut fitter = Fitter::new(problem, config);
    fitter.advance(2000).unwrap();
    let tau = *fitter.history().column("z.tau").unwrap().last().unwrap();
    let told = fitter.diagnose().iter().any(|f| matches!(f, Finding::RanAway { .. }));
    assert!(told && tau > 5.0, "{tau}");
}
