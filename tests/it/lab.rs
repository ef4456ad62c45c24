//! The laboratory: its oracle against algebra, its tests against estimators that are known to be right and wrong.

use crate::common::{F64, problem};
use elbow::estimator::{self, Bias};
use elbow::ir::special::{digamma, lgamma};
use elbow::lab::{
    Element, Exact, How, Oracle, Point, Settings, Test, Verdict, Verification, candidates, oracle,
    posterior, verify,
};
use elbow::lower::Problem;

const SETTINGS: Settings =
    Settings { draws: 8, gradients: 1000, seed: 20, at: 10_000, options: F64 };

/// The guide's starting scale.
const SCALE: f64 = 0.367_879_441_171_442_33;

fn slope(oracle: &Oracle, name: &str) -> f64 {
    let place = oracle.labels.iter().position(|l| l == name);
    oracle.gradient[place.unwrap_or_else(|| panic!("no {name} among {:?}", oracle.labels))].value
}

fn expect(found: f64, exact: f64, what: &str) {
    assert!((found - exact).abs() < 1e-9 * (1.0 + exact.abs()), "{what}: {found}, {exact}");
}

fn all(problem: &Problem) -> Vec<usize> {
    (0..problem.plan.latents.len()).collect()
}

const TOY: &str = "dim class = 4
r = [0.1, 0.9, 0.3, 0.5] as class
z ~ Categorical(zeros(class))
factor r[z]
";

/// ∂/∂lᵢ E[r] − KL(q‖uniform) = pᵢ (rᵢ − r̄) − pᵢ (log pᵢ − Σ p log p)
#[test]
fn finite_latents_are_summed() {
    let problem = problem(TOY, "{}", &[]);
    for point in Point::ALL {
        let found = oracle(&problem, point, &SETTINGS);
        assert_eq!(found.how, [How::Summed(4)]);
        assert!(found.gradient.iter().all(|g| g.error == 0.0));
        let phase: f64 = "z.logits".bytes().map(f64::from).sum();
        let logits: Vec<f64> = match point {
            Point::Initial => vec![0.0; 4],
            Point::Scattered => (1..=4).map(|i| 0.5 * (f64::from(i) * 1.7 + phase).sin()).collect(),
        };
        let total: f64 = logits.iter().map(|l| l.exp()).sum();
        let p: Vec<f64> = logits.iter().map(|l| l.exp() / total).collect();
        let cost = |i: usize| [0.1, 0.9, 0.3, 0.5][i] - p[i].ln() - 4f64.ln();
        let elbo: f64 = (0..4).map(|i| p[i] * cost(i)).sum();
        expect(found.elbo.value, elbo, "ELBO");
        for (i, p) in p.iter().enumerate() {
            let name = format!("z.logits[class = {}]", i + 1);
            expect(slope(&found, &name), p * (cost(i) - elbo), &name);
        }
    }
}

/// E[log N(y | u, 1)] falls with (y − m)² + s², KL(q‖N(0, 1)) with m² + s².
#[test]
fn one_normal_is_integrated() {
    let problem =
        problem("data y: real\nu ~ Normal(0, 1)\ny ~ Normal(u, 1)\n", r#"{"y": 1.4}"#, &[]);
    let found = oracle(&problem, Point::Initial, &SETTINGS);
    assert!(matches!(found.how[..], [How::Integrated(_)]), "{:?}", found.how);
    expect(slope(&found, "u.loc"), 1.4, "location");
    expect(slope(&found, "u.log_scale"), 1.0 - 2.0 * SCALE * SCALE, "log scale");
}

/// y ~ Poisson(exp(u)): −E[eᵘ] = −e^{s²/2} at m = 0, with derivatives −e^{s²/2} and −s² e^{s²/2}.
#[test]
fn nonlinear_costs_are_integrated() {
    let text = "data y: count\nu ~ Normal(0, 1)\ny ~ Poisson(exp(u))\n";
    let found = oracle(&problem(text, r#"{"y": 3}"#, &[]), Point::Initial, &SETTINGS);
    let mean = (0.5 * SCALE * SCALE).exp();
    expect(slope(&found, "u.loc"), 3.0 - mean, "location");
    let square = SCALE * SCALE;
    expect(slope(&found, "u.log_scale"), 1.0 - square - square * mean, "log scale");
}

/// −½ E[(y − abc)²] in the location of a, at m = 0: every term has a factor m; in log s_a it is −(s_a s_b s_c)².
#[test]
fn products_of_up_to_three_normals_are_integrated() {
    for names in [&["a", "b"][..], &["a", "b", "c"]] {
        let declared: String = names.iter().map(|n| format!("{n} ~ Normal(0, 1)\n")).collect();
        let text = format!("data y: real\n{declared}y ~ Normal({}, 1)\n", names.join(" * "));
        let found = oracle(&problem(&text, r#"{"y": 0.7}"#, &[]), Point::Initial, &SETTINGS);
        assert!(matches!(found.how[0], How::Integrated(_)), "{:?}", found.how);
        expect(slope(&found, "a.loc"), 0.0, "location");
        let square = SCALE * SCALE;
        let exact = 1.0 - square - square.powi(names.len() as i32);
        expect(slope(&found, "b.log_scale"), exact, "log scale");
    }
}

/// A sum over z inside, a quadrature over u outside: E[log N(y | u + z, 1)] with p(z = 1) = ½ in q.
#[test]
fn sums_and_integrals_go_together() {
    let text = "data y: real\nu ~ Normal(0, 1)\nz ~ Bernoulli(0.3)\ny ~ Normal(u + z, 1)\n";
    let found = oracle(&problem(text, r#"{"y": 2}"#, &[]), Point::Initial, &SETTINGS);
    assert!(matches!(found.how[..], [How::Integrated(_), How::Summed(2)]), "{:?}", found.how);
    expect(slope(&found, "u.loc"), 2.0 - 0.5, "location");
    let gain = 0.5 * (2f64.powi(2) - 1.0) + (0.3_f64 / 0.7).ln();
    expect(slope(&found, "z.logits"), 0.25 * gain, "logit");
}

/// y ~ Poisson(x) under a Gamma guide: E[y log x − x] − KL in closed form, whose gradient is by differences.
#[test]
fn guides_of_the_own_family_are_integrated() {
    let log_gamma_mean = |a: f64, r: f64| digamma(a) - r.ln();
    let gamma = |a: f64, r: f64| {
        let kl = (a - 2.0) * digamma(a) - lgamma(a) + 2.0 * r.ln() + a * (1.0 - r) / r;
        3.0 * log_gamma_mean(a, r) - a / r - 6.0_f64.ln() - kl
    };
    let text = "data y: count\n@implicit\nx ~ Gamma(2, 1)\ny ~ Poisson(x)\n";
    integrates(text, r#"{"y": 3}"#, "x.log_concentration", "x.log_centre", |log_a, log_m| {
        let a = log_a.exp();
        gamma(a, a / log_m.exp())
    });
    let log_beta = |a: f64, b: f64| lgamma(a) + lgamma(b) - lgamma(a + b);
    let beta = |a: f64, b: f64| {
        let (one, zero) = (digamma(a) - digamma(a + b), digamma(b) - digamma(a + b));
        let kl = log_beta(2.0, 3.0) - log_beta(a, b) + (a - 2.0) * one + (b - 3.0) * zero;
        one + 2.0 * zero - kl
    };
    let text = "data y: binary[n]\n@implicit\np ~ Beta(2, 3)\ny ~ Bernoulli(p)\n";
    let names = ["p.log_concentration1", "p.log_concentration0"];
    integrates(text, r#"{"y": [1, 0, 0]}"#, names[0], names[1], |a, b| beta(a.exp(), b.exp()));
}

fn integrates(text: &str, data: &str, first: &str, second: &str, elbo: impl Fn(f64, f64) -> f64) {
    let problem = problem(text, data, &[]);
    let found = oracle(&problem, Point::Initial, &SETTINGS);
    assert!(matches!(found.how[..], [How::Integrated(_)]), "{:?}", found.how);
    let start =
        if first.contains("centre") || second.contains("centre") { (2.0, 0.0) } else { (1.0, 1.0) };
    let near = |found: f64, exact: f64, what: &str| {
        assert!(
            (found - exact).abs() < 1e-8 * (1.0 + exact.abs()),
            "{text}, {what}: {found}, {exact}"
        );
    };
    near(found.elbo.value, elbo(start.0, start.1), "ELBO");
    let h = 1e-5;
    let at = |a: f64, b: f64| elbo(start.0 + a, start.1 + b);
    near(slope(&found, first), (at(h, 0.0) - at(-h, 0.0)) / (2.0 * h), first);
    near(slope(&found, second), (at(0.0, h) - at(0.0, -h)) / (2.0 * h), second);
}

/// Together with a Normal guide and a sum; of a StudentT, of two elements; and every estimator passes.
#[test]
fn families_are_integrated_beside_others() {
    let cases = [
        (
            "data y: real\n@implicit\nt ~ InverseGamma(3, 2)\nu ~ Normal(0, 1)\ny ~ Normal(u, sqrt(t))\n",
            r#"{"y": 1.4}"#,
        ),
        (
            "data y: real\n@implicit\nx ~ StudentT(4, 0, 1)\nz ~ Bernoulli(0.3)\ny ~ Normal(x + z, 1)\n",
            r#"{"y": 1.4}"#,
        ),
        ("data y: count[n]\n@implicit\nx[n] ~ Gamma(2, 1)\ny ~ Poisson(x)\n", r#"{"y": [3, 1]}"#),
        ("data y: real\n@implicit\nx ~ Uniform(-1, 3)\ny ~ Normal(x, 1)\n", r#"{"y": 1.4}"#),
    ];
    for (text, data) in cases {
        let problem = problem(text, data, &[]);
        let settings = Settings { gradients: 3000, ..SETTINGS };
        let found = verify(&problem, &all(&problem), &settings);
        for oracle in &found.oracles {
            let sampled = oracle.how.iter().any(|how| matches!(how, How::Sampled(..)));
            assert!(!sampled, "{text}: {:?}", oracle.how);
            assert!(
                oracle.gradient.iter().all(|g| g.error < 1e-4),
                "{text}: {:?}",
                oracle.gradient
            );
        }
        let failed = |t: &&Test| t.verdict == Verdict::Fails;
        let failed: Vec<&Test> = found.tests.iter().filter(failed).collect();
        assert!(failed.is_empty() && !found.tests.is_empty(), "{text}: {failed:?}");
    }
}

/// More normals than a product rule takes: a mean with its standard error, which holds the exact value.
#[test]
fn many_normals_are_sampled() {
    let text = "data y: real[n]\nu[n] ~ Normal(0, 1)\ny ~ Normal(u, 1)\n";
    let found = oracle(&problem(text, r#"{"y": [1, 2, 3, 4]}"#, &[]), Point::Initial, &SETTINGS);
    assert!(matches!(found.how[..], [How::Sampled("pathwise", 100_000..)]), "{:?}", found.how);
    for i in 0..4 {
        let place =
            found.labels.iter().position(|l| *l == format!("u.loc[n = {}]", i + 1)).unwrap();
        let mean = found.gradient[place];
        let z = (mean.value - (i as f64 + 1.0)) / mean.error;
        assert!(mean.error > 0.0 && mean.error < 0.01 && z.abs() < 5.0, "{mean:?}");
    }
}

/// A jump has no gradient through the value: quadrature would miss it.
#[test]
fn jumps_are_sampled_by_the_score_function() {
    let text = "data y: real\nu ~ Normal(0, 1)\ny ~ Normal(where(u > 0, 1, -1), 1)\n";
    let found = oracle(&problem(text, r#"{"y": 1}"#, &[]), Point::Initial, &SETTINGS);
    assert!(matches!(found.how[..], [How::Sampled("reinforce", _)]), "{:?}", found.how);
    // E[y where(u > 0, 1, -1)] = 2Φ(m/s) − 1
    let density = (std::f64::consts::TAU).sqrt().recip() / SCALE;
    let z = (slope(&found, "u.loc") - 2.0 * density) / found.gradient[0].error;
    assert!(z.abs() < 5.0, "{z}");
}

/// What the plan marginalises stays out of q: the gradient is that of the tighter bound.
#[test]
fn marginalised_latents_stay_summed_out() {
    let text = "data y: real\nu ~ Normal(0, 1)\nz ~ Bernoulli(0.3)\ny ~ Normal(u + z, 1)\n";
    let problem = problem(text, r#"{"y": 2}"#, &[("z", "marginalize")]);
    let found = oracle(&problem, Point::Initial, &SETTINGS);
    assert_eq!(found.labels, ["u.loc", "u.log_scale"]);
    // d/du log(0.7 N(2 | u, 1) + 0.3 N(2 | u + 1, 1)) = 2 − u − p(z = 1 | u), averaged over u ~ N(0, s²) by a fine sum.
    let steps = 4000;
    let (mut sum, mut total) = (0.0, 0.0);
    for i in -steps..=steps {
        let e = 9.0 * f64::from(i) / f64::from(steps);
        let u = SCALE * e;
        let odds = 0.3 / 0.7 * (-0.5 * ((1.0 - u).powi(2) - (2.0 - u).powi(2))).exp();
        let weight = (-0.5 * e * e).exp();
        sum += weight * (2.0 - u - odds / (1.0 + odds));
        total += weight;
    }
    expect(slope(&found, "u.loc"), sum / total, "location");
}

fn masses(element: &Element) -> &[(String, f64)] {
    match &element.exact {
        Exact::Masses(masses) => masses,
        Exact::Member(member) => panic!("{} is {member:?}", element.name),
    }
}

/// Two switches and a shared cost, against the sum over all four values.
#[test]
fn posteriors_are_masses_by_value() {
    let text = "dim kind = [\"low\", \"high\"]
l = [0.2, -0.4] as kind
a ~ Categorical(l over kind)
m = [0.5, 1.5] as kind
b ~ Bernoulli(0.3)
factor m[a] * b
";
    let found = posterior(&problem(text, "{}", &[]), F64).expect("all latents are finite");
    let total = 0.2f64.exp() + (-0.4f64).exp();
    let mass = |a: usize, b: usize| {
        let prior = [0.2f64, -0.4][a].exp() / total * [0.7, 0.3][b];
        prior * ([0.5, 1.5][a] * b as f64).exp()
    };
    let evidence: f64 = (0..4).map(|i| mass(i / 2, i % 2)).sum();
    expect(found.log_evidence, evidence.ln(), "log evidence");
    let names: Vec<&str> = found.elements.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(masses(&found.elements[0])[1].0, "\"high\"");
    expect(masses(&found.elements[0])[1].1, (mass(1, 0) + mass(1, 1)) / evidence, "a = high");
    expect(masses(&found.elements[1])[1].1, (mass(0, 1) + mass(1, 1)) / evidence, "b = 1");
}

/// Elements that one cost adds up have a joint posterior; each mass is a margin of it.
#[test]
fn coupled_elements_have_margins() {
    let text =
        "data y: real\ndata w: real[n]\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(sum(w * z over n), 1)\n";
    let data = r#"{"y": 1.2, "w": [0.5, -1, 2]}"#;
    let found = posterior(&problem(text, data, &[]), F64).unwrap();
    let (mut total, mut on) = (0.0, [0.0; 3]);
    for bits in 0..8_u32 {
        let z = [0, 1, 2].map(|i| f64::from(bits >> i & 1));
        let mean = 0.5 * z[0] - z[1] + 2.0 * z[2];
        let prior: f64 = z.iter().map(|z| if *z > 0.0 { 0.4 } else { 0.6 }).product();
        let mass = prior * (-0.5 * (1.2 - mean).powi(2)).exp();
        total += mass;
        for i in 0..3 {
            on[i] += mass * z[i];
        }
    }
    for (i, (on, element)) in on.iter().zip(&found.elements).enumerate() {
        assert_eq!(element.name, format!("z[n = {}]", i + 1));
        expect(masses(element)[1].1, on / total, &element.name);
    }
}

/// Every row of the registry that the plan admits, with its own options first.
#[test]
fn candidates_are_what_the_plan_admits() {
    let of = |text: &str| -> Vec<String> {
        candidates(&problem(text, "{}", &[]), 0, 0).into_iter().map(|c| c.label).collect()
    };
    for estimator in estimator::ALL {
        let name = estimator.card().name;
        let admitted = crate::common::refusals(TOY, "{}", &[("z", name)]).is_empty();
        let found = of(TOY).iter().any(|l| l.split('(').next() == Some(name));
        assert_eq!(admitted, found, "{name}");
    }
    let warm = TOY.replace("z ~", "@gumbel_softmax(tau = 2)\nz ~");
    assert_eq!(of(&warm)[0], "gumbel_softmax(tau = 2)");
    assert!(of(TOY).contains(&"reinforce(baseline = none)".into()));
    let jump = of(&TOY.replace("factor r[z]", "factor where(r[z] > 0.4, 1, 0)"));
    assert!(jump.iter().all(|l| !l.contains("softmax") && !l.contains("straight")), "{jump:?}");
}

fn row<'a>(found: &'a Verification, estimator: &str) -> &'a Test {
    let row = found.tests.iter().find(|t| t.estimator.starts_with(estimator));
    row.unwrap_or_else(|| panic!("no {estimator}"))
}

/// A cost that is not linear on the simplex: relaxed draws have another mean, and the test sees it.
#[test]
fn a_bias_is_seen() {
    let text = TOY.replace("factor r[z]", "factor 4 * r[z]^2 - 3 * sin(5 * r[z])");
    let found = verify(&problem(&text, "{}", &[]), &[0], &SETTINGS);
    for name in ["gumbel_softmax(tau = 0.5)", "straight_through"] {
        let row = row(&found, name);
        assert_eq!((row.bias, row.verdict), (Bias::Biased, Verdict::Biased));
        assert!(row.worst.iter().any(|w| w.z.abs() > 3.0 * found.bound), "{row:?}");
    }
    assert!(found.tests.iter().all(|t| t.verdict != Verdict::Fails), "{found:?}");
    assert_eq!(row(&found, "marginalize").verdict, Verdict::Nothing);
}

/// Gradients with so heavy a tail that no mean of a few thousand is near: log-normal, σ = 10/e.
#[test]
fn a_mean_that_is_not_known_fails() {
    let problem = problem("u ~ Normal(0, 1)\nfactor -exp(10 * u)\n", "{}", &[]);
    let found = verify(&problem, &[0], &Settings { gradients: 200, ..SETTINGS });
    assert_eq!(row(&found, "pathwise").verdict, Verdict::Fails, "{found:?}");
}

/// Models with several kinds of latents at once: whatever calls itself unbiased passes.
#[test]
fn unbiased_estimators_pass_on_whole_models() {
    let models = [
        (
            "mixture",
            "data x: real[n]\ndim k = 2\nw ~ Dirichlet(ones(k))\nmu = [-1, 1.5] as k\nz[n] ~ Categorical(probs = w)\nx ~ Normal(mu[z], 1)\n",
            r#"{"x": [-1.2, 0.3, 1.4, 2]}"#,
        ),
        (
            "two switches",
            "data y: real\na ~ Bernoulli(0.4)\nb ~ Bernoulli(where(a > 0, 0.8, 0.2))\ny ~ Normal(a + 2 * b - a * b, 0.7)\n",
            r#"{"y": 1.8}"#,
        ),
        ("counts", "data y: real\nn ~ Binomial(4, 0.3)\ny ~ Normal(n, 1)\n", r#"{"y": 2.2}"#),
        (
            "scale",
            "data y: real[n]\nmu ~ Normal(0, 2)\ns ~ HalfNormal(1)\ny ~ Normal(mu, s)\n",
            r#"{"y": [0.3, 1.9, 1.1]}"#,
        ),
        (
            "weighed",
            "data y: real\n@kl(weight = 0.5)\nz ~ Bernoulli(0.3)\ny ~ Normal(z, 1)\n",
            r#"{"y": 1}"#,
        ),
    ];
    for (name, text, data) in models {
        let problem = problem(text, data, &[]);
        let found = verify(&problem, &all(&problem), &SETTINGS);
        let fails = found.tests.iter().filter(|t| t.verdict == Verdict::Fails);
        let fails: Vec<&Test> = fails.collect();
        assert!(fails.is_empty(), "{name}: {fails:#?}");
        assert!(found.tests.iter().any(|t| t.planned), "{name}");
    }
}

#[test]
fn a_seed_gives_the_same_verification() {
    let problem = problem(TOY, "{}", &[]);
    let settings = Settings { gradients: 50, ..SETTINGS };
    assert_eq!(verify(&problem, &[0], &settings), verify(&problem, &[0], &settings));
}
