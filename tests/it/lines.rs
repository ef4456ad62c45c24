//! The oracle integrates guides of every one-dimensional family, and of mixtures of them: ELBO and gradient against closed forms.

use crate::common::{F64, problem};
use elbow::ir::special::lgamma;
use elbow::lab::{How, Oracle, Point, Settings, oracle};
use std::f64::consts::{PI, TAU};

const SETTINGS: Settings = Settings { draws: 8, gradients: 10, seed: 20, at: 10_000, options: F64 };
/// What quadrature may be off where a density has a kink or its tails are long, as a share of the largest slope.
const FINE: f64 = 1e-5;

/// Each number within what the oracle says of its error, which is small.
fn holds(text: &str, found: &Oracle, elbo: f64, slopes: &[(&str, f64)]) {
    assert!(matches!(found.how[..], [How::Integrated(_)]), "{text}{:?}", found.how);
    let named = found.labels.iter().zip(&found.gradient);
    let all = named.map(|(label, g)| (label.as_str(), *g)).chain([("ELBO", found.elbo)]);
    for (label, estimate) in all {
        let exact = slopes.iter().copied().chain([("ELBO", elbo)]).find(|(name, _)| *name == label);
        let Some((_, exact)) = exact else { continue };
        let off = (estimate.value - exact).abs();
        assert!(
            off <= estimate.error + 1e-9 && estimate.error < FINE,
            "{text}{label}: {estimate:?}, {exact}"
        );
    }
    for (label, _) in slopes {
        assert!(found.labels.iter().any(|l| l == label), "{label} in {:?}", found.labels);
    }
}

fn gamma(x: f64) -> f64 {
    lgamma(x).exp()
}

/// The prior is the guide where it begins, so that its KL and the slope of that are 0: what is left is the factor's mean.
#[test]
fn real_families_have_the_moments_of_their_own() {
    let families = [
        ("StudentT(10, 0, 0.35)", 0.0, 0.35 * 0.35 * 10.0 / 8.0),
        ("Laplace(0, 0.25)", 0.0, 2.0 * 0.25 * 0.25),
        ("AsymmetricLaplace(0, 0.25, 1)", 0.0, 2.0 * 0.25 * 0.25),
        ("Logistic(0, 0.2)", 0.0, (0.2 * PI).powi(2) / 3.0),
        ("Gumbel(0, 0.3)", 0.3 * EULER, (0.3 * PI).powi(2) / 6.0 + (0.3 * EULER).powi(2)),
        ("SkewNormal(0, 0.35, 0)", 0.0, 0.35 * 0.35),
        ("GeneralizedNormal(0, 0.5, 2)", 0.0, 0.125),
    ];
    for (family, mean, square) in families {
        let text = format!("@implicit\nx ~ {family}\nfactor 0.7 * x - 0.2 * x ^ 2\n");
        let found = oracle(&problem(&text, "{}", &[]), Point::Initial, &SETTINGS);
        let slopes = [("x.loc", 0.7 - 0.4 * mean), ("x.log_scale", 0.7 * mean - 0.4 * square)];
        holds(&text, &found, 0.7 * mean - 0.2 * square, &slopes);
    }
}

const EULER: f64 = 0.577_215_664_901_532_9;

#[test]
fn positive_families_have_the_means_of_their_own() {
    let families = [
        ("Weibull(3, 1)", gamma(4.0 / 3.0)),
        ("Frechet(3, 1)", gamma(2.0 / 3.0)),
        ("LogLogistic(1, 5)", 0.2 * PI / (0.2 * PI).sin()),
    ];
    for (family, mean) in families {
        let text = format!("@implicit\nx ~ {family}\nfactor 0.7 * x\n");
        let found = oracle(&problem(&text, "{}", &[]), Point::Initial, &SETTINGS);
        holds(&text, &found, 0.7 * mean, &[("x.log_scale", 0.7 * mean)]);
    }
    let text = "@implicit\nx ~ Kumaraswamy(2, 2)\nfactor 0.7 * x\n";
    let found = oracle(&problem(text, "{}", &[]), Point::Initial, &SETTINGS);
    // b B(1 + 1/a, b), and its slope in log b by differences.
    let mean = |b: f64| b * gamma(1.5) * gamma(b) / gamma(1.5 + b);
    let slope = 2.0 * (mean(2.0 + 1e-5) - mean(2.0 - 1e-5)) / 2e-5;
    holds(text, &found, 0.7 * mean(2.0), &[("x.log_concentration0", 0.7 * slope)]);
}

/// Iₙ by its series.
fn bessel(n: i32, x: f64) -> f64 {
    let term = |k: i32| {
        let (k, n) = (f64::from(k), f64::from(n));
        ((2.0 * k + n) * (0.5 * x).ln() - lgamma(k + 1.0) - lgamma(k + n + 1.0)).exp()
    };
    (0..200).map(term).sum()
}

/// Under a guide at m with concentration k: E cos(x − c) = A cos(m − c) for A = I₁/I₀, and the entropy is log 2πI₀ − kA.
fn angles(m: f64, k: f64) -> (f64, f64, f64) {
    let a = bessel(1, k) / bessel(0, k);
    let bend = 1.0 - a / k - a * a;
    let along = 2.0 * (m - 0.7).cos() + 0.5 * m.cos();
    let turned = -2.0 * (m - 0.7).sin() - 0.5 * m.sin();
    let elbo = a * along - (TAU * bessel(0, 2.0)).ln() + (TAU * bessel(0, k)).ln() - k * a;
    (elbo, a * turned, k * bend * (along - k))
}

#[test]
fn angles_have_their_closed_form() {
    let cost = "x ~ VonMises(0.7, 2)\nfactor 0.5 * cos(x)\n";
    let text = format!("@implicit\n{cost}");
    // Where a fit begins, and within half a unit of there.
    let moved = |name: &str| {
        let phase: f64 = name.bytes().map(f64::from).sum();
        0.5 * (1.7 + phase).sin()
    };
    let elsewhere = (moved("x.loc"), 8.0 * moved("x.log_concentration").exp());
    for (point, (m, k)) in [(Point::Initial, (0.0, 8.0)), (Point::Scattered, elsewhere)] {
        let found = oracle(&problem(&text, "{}", &[]), point, &SETTINGS);
        let (elbo, turn, narrow) = angles(m, k);
        holds(&text, &found, elbo, &[("x.loc", turn), ("x.log_concentration", narrow)]);
    }
}

/// Components at ∓½ of spread 1/e and equal weight.
#[test]
fn mixtures_have_the_moments_of_their_components() {
    let text = "dim c = 2\nm = [-0.5, 0.5] as c\nl = [0, 0] as c\nw = softmax(l over c)\n@implicit\n\
        x ~ Mixture(w, Normal(m, exp(-1)))\nfactor 0.7 * x - 0.2 * x ^ 2\n";
    let found = oracle(&problem(text, "{}", &[]), Point::Initial, &SETTINGS);
    let variance = (-2.0_f64).exp();
    let cost = |m: f64| 0.7 * m - 0.2 * (m * m + variance);
    let mean = 0.5 * (cost(-0.5) + cost(0.5));
    let at = |m: f64| [0.5 * (cost(m) - mean), 0.5 * (0.7 - 0.4 * m), -0.2 * variance];
    let [[l, m, s], [other_l, other_m, _]] = [at(-0.5), at(0.5)];
    let slopes = [
        ("x.logits[c = 1]", l),
        ("x.logits[c = 2]", other_l),
        ("x.loc[c = 1]", m),
        ("x.loc[c = 2]", other_m),
        ("x.log_scale[c = 1]", s),
        ("x.log_scale[c = 2]", s),
    ];
    holds(text, &found, mean, &slopes);
}
