//! The oracle's closed forms: evidence and posterior of conjugate models, against quadrature and textbook updates.

use crate::common::{F64, problem};
use elbow::ir::special::lgamma;
use elbow::lab::{Element, Exact, Member, Posterior, posterior};
use std::f64::consts::TAU;

fn found(text: &str, data: &str) -> Option<Posterior> {
    posterior(&problem(text, data, &[]), F64)
}

/// The members of the families that the latents' elements belong to.
fn members(posterior: &Posterior) -> Vec<(&str, &Member)> {
    posterior.elements.iter().map(member).collect()
}

fn member(element: &Element) -> (&str, &Member) {
    match &element.exact {
        Exact::Member(member) => (&element.name, member),
        Exact::Masses(_) => panic!("{} is finite", element.name),
    }
}

fn close(what: &str, found: f64, exact: f64) {
    assert!((found - exact).abs() < 1e-8 * (1.0 + exact.abs()), "{what}: {found}, {exact}");
}

/// A model of one latent x, with the log of its joint density.
struct Pair {
    text: &'static str,
    data: &'static str,
    log_joint: fn(f64) -> f64,
    family: &'static str,
    args: &'static [f64],
}

fn normal(x: f64, loc: f64, scale: f64) -> f64 {
    -0.5 * ((x - loc) / scale).powi(2) - scale.ln() - 0.5 * TAU.ln()
}

fn gamma(x: f64, a: f64, r: f64) -> f64 {
    a * r.ln() + (a - 1.0) * x.ln() - r * x - lgamma(a)
}

fn beta(x: f64, a: f64, b: f64) -> f64 {
    (a - 1.0) * x.ln() + (b - 1.0) * (1.0 - x).ln() + lgamma(a + b) - lgamma(a) - lgamma(b)
}

fn poisson(y: f64, rate: f64) -> f64 {
    y * rate.ln() - rate - lgamma(y + 1.0)
}

const PAIRS: [Pair; 11] = [
    Pair {
        text: "data y: real[n]\nx ~ Normal(1, 2)\ny ~ Normal(x, 0.5)\n",
        data: r#"{"y": [2.0, 1.0]}"#,
        log_joint: |x| normal(x, 1.0, 2.0) + normal(2.0, x, 0.5) + normal(1.0, x, 0.5),
        family: "Normal",
        // Precision 1/4 + 2 · 4, mean (1/4 + 4 · 3)/precision.
        args: &[12.25 / 8.25, 0.348_155_311_911_395_6],
    },
    Pair {
        text: "data y: binary[n]\nx ~ Beta(1, 2)\ny ~ Bernoulli(x)\n",
        data: r#"{"y": [1, 0, 0, 1, 0]}"#,
        log_joint: |x| beta(x, 1.0, 2.0) + 2.0 * x.ln() + 3.0 * (1.0 - x).ln(),
        family: "Beta",
        args: &[3.0, 5.0],
    },
    Pair {
        text: "data y: count\nx ~ Uniform(0, 1)\ny ~ Binomial(7, x)\n",
        data: r#"{"y": 3}"#,
        log_joint: |x| 35.0_f64.ln() + 3.0 * x.ln() + 4.0 * (1.0 - x).ln(),
        family: "Beta",
        args: &[4.0, 5.0],
    },
    Pair {
        text: "data y: count\nx ~ BetaProportion(0.25, 8)\ny ~ Geometric(x)\n",
        data: r#"{"y": 2}"#,
        log_joint: |x| beta(x, 2.0, 6.0) + x.ln() + 2.0 * (1.0 - x).ln(),
        family: "Beta",
        args: &[3.0, 8.0],
    },
    Pair {
        text: "data y: count[n]\n@implicit\nx ~ Gamma(2, 1)\ny ~ Poisson(2 * x)\n",
        data: r#"{"y": [3, 1]}"#,
        log_joint: |x| gamma(x, 2.0, 1.0) + poisson(3.0, 2.0 * x) + poisson(1.0, 2.0 * x),
        family: "Gamma",
        args: &[6.0, 5.0],
    },
    Pair {
        text: "data y: positive[n]\nx ~ Gamma(2, 1)\ny ~ Exponential(x)\n",
        data: r#"{"y": [0.3, 1.2]}"#,
        log_joint: |x| gamma(x, 2.0, 1.0) + 2.0 * x.ln() - 1.5 * x,
        family: "Gamma",
        args: &[4.0, 2.5],
    },
    Pair {
        text: "data y: positive\nx ~ ChiSquared(4)\ny ~ Gamma(3, x)\n",
        data: r#"{"y": 1.5}"#,
        log_joint: |x| gamma(x, 2.0, 0.5) + gamma(1.5, 3.0, x),
        family: "Gamma",
        args: &[5.0, 2.0],
    },
    Pair {
        text: "data y: real\nx ~ Exponential(2)\ny ~ Normal(1, 1 / sqrt(x))\n",
        data: r#"{"y": 2.0}"#,
        log_joint: |x| gamma(x, 1.0, 2.0) + normal(2.0, 1.0, x.powf(-0.5)),
        family: "Gamma",
        args: &[1.5, 2.5],
    },
    Pair {
        text: "data y: real\nx ~ InverseGamma(3, 2)\ny ~ Normal(0, sqrt(x))\n",
        data: r#"{"y": 2.0}"#,
        log_joint: |x| gamma(1.0 / x, 3.0, 2.0) - 2.0 * x.ln() + normal(2.0, 0.0, x.sqrt()),
        family: "InverseGamma",
        args: &[3.5, 4.0],
    },
    Pair {
        text: "data y: real\nx ~ ScaledInvChiSquared(6, 1)\ny ~ Normal(0, sqrt(x))\n",
        data: r#"{"y": 2.0}"#,
        log_joint: |x| gamma(1.0 / x, 3.0, 3.0) - 2.0 * x.ln() + normal(2.0, 0.0, x.sqrt()),
        family: "InverseGamma",
        args: &[3.5, 5.0],
    },
    Pair {
        text: "x ~ Normal(0, 1)\nfactor x\n",
        data: "{}",
        log_joint: |x| normal(x, 0.0, 1.0) + x,
        family: "Normal",
        args: &[1.0, 1.0],
    },
];

/// Log evidence, mean and standard deviation by the trapezoidal rule, after a map from the line.
fn integrated(pair: &Pair) -> [f64; 3] {
    let steps = (-50_000..50_000).map(|i| 1e-3 * f64::from(i));
    let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
    for u in steps {
        let (x, slope) = match pair.family {
            "Normal" => (u, 1.0),
            "Beta" => {
                let x = 1.0 / (1.0 + (-u).exp());
                (x, x * (1.0 - x))
            }
            _ => (u.exp(), u.exp()),
        };
        let weight = 1e-3 * slope * (pair.log_joint)(x).exp();
        if weight > 0.0 {
            (total, first, second) = (total + weight, first + weight * x, second + weight * x * x);
        }
    }
    let mean = first / total;
    [total.ln(), mean, (second / total - mean * mean).sqrt()]
}

#[test]
fn pairs_have_their_evidence_and_posterior() {
    for pair in &PAIRS {
        let found = found(pair.text, pair.data).unwrap_or_else(|| panic!("{}", pair.text));
        let [log_evidence, mean, sd] = integrated(pair);
        close(pair.text, found.log_evidence, log_evidence);
        let (name, member) = members(&found)[0];
        assert_eq!((name, member.family, members(&found).len()), ("x", pair.family, 1));
        for (found, exact) in member.args.iter().zip(pair.args) {
            close(pair.text, *found, *exact);
        }
        assert_eq!(member.args.len(), pair.args.len());
        close(pair.text, member.mean[0], mean);
        close(pair.text, member.sd[0], sd);
    }
}

/// Dirichlet(1 + counts) for each of two groups.
#[test]
fn shares_are_dirichlet() {
    let text = "dim k = 3\ndim g = 2\ndata y: index(k)[n]\ndata h: index(g)[n]\n\
                w[g] ~ Dirichlet(ones(k))\ny ~ Categorical(probs = w[h])\n";
    let found = found(text, r#"{"y": [1, 1, 3, 2], "h": [1, 1, 1, 2]}"#).unwrap();
    let all = members(&found);
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["w[g = 1]", "w[g = 2]"]);
    for ((_, member), weights) in all.iter().zip([[3.0, 1.0, 2.0], [1.0, 2.0, 1.0]]) {
        assert_eq!(member.family, "Dirichlet");
        let total: f64 = weights.iter().sum();
        for (k, weight) in weights.iter().enumerate() {
            close("weight", member.args[k], *weight);
            close("mean", member.mean[k], weight / total);
        }
    }
    // ∏ (a)_counts/(Σa)_n: 1·2·1/(3·4·5) and 1/3.
    close("evidence", found.log_evidence, (2.0_f64 / 60.0 / 3.0).ln());
}

#[test]
fn counts_of_classes_are_dirichlet() {
    let text =
        "dim k = 2\ndata y: count[k]\nw ~ Dirichlet([2.0, 3.0] as k)\ny ~ Multinomial(4, w)\n";
    let found = found(text, r#"{"y": [3, 1]}"#).unwrap();
    close("first", members(&found)[0].1.args[0], 5.0);
    // 4 · B(5, 4)/B(2, 3)
    let log_beta = |a: f64, b: f64| lgamma(a) + lgamma(b) - lgamma(a + b);
    close("evidence", found.log_evidence, 4.0_f64.ln() + log_beta(5.0, 4.0) - log_beta(2.0, 3.0));
}

/// y = a + b x + noise: y is Normal with covariance 0.25 I + 4 · 1 + x xᵀ; the posterior by hand for two data.
#[test]
fn normals_are_found_together() {
    let text = "data x: real[n]\ndata y: real[n]\na ~ Normal(0, 2)\nb ~ Normal(0, 1)\ny ~ Normal(a + b * x, 0.5)\n";
    let found = found(text, r#"{"x": [100.0, 102.0], "y": [3.0, 5.0]}"#).unwrap();
    let (x, y) = ([100.0, 102.0], [3.0, 5.0]);
    // Precision [1/4 + 8, 4 Σx; 4 Σx, 1 + 4 Σx²], slope 4 [Σy, Σxy].
    let (sum_x, square): (f64, f64) = (202.0, x[0] * x[0] + x[1] * x[1]);
    let (p, q, r) = (8.25, 4.0 * sum_x, 1.0 + 4.0 * square);
    let (s, t) = (4.0 * (y[0] + y[1]), 4.0 * (x[0] * y[0] + x[1] * y[1]));
    let det = p * r - q * q;
    let all = members(&found);
    let exact = [((r * s - q * t) / det, r / det), ((p * t - q * s) / det, p / det)];
    for ((_, member), (mean, variance)) in all.iter().zip(exact) {
        assert!((member.mean[0] - mean).abs() < 1e-6 * variance.sqrt(), "{member:?}, {mean}");
        assert!((member.sd[0] / variance.sqrt() - 1.0).abs() < 1e-6, "{member:?}, {variance}");
    }
    let (a, b, c) = (4.25 + x[0] * x[0], 4.0 + x[0] * x[1], 4.25 + x[1] * x[1]);
    let det = a * c - b * b;
    let form = (c * y[0] * y[0] - 2.0 * b * y[0] * y[1] + a * y[1] * y[1]) / det;
    let exact = -0.5 * (form + det.ln()) - TAU.ln();
    assert!((found.log_evidence - exact).abs() < 1e-6, "{}, {exact}", found.log_evidence);
}

/// Several latents, each conjugate by itself.
#[test]
fn latents_that_do_not_meet_are_found_together() {
    let text = "data y: count[n]\ndata u: real[n]\nr[n] ~ Gamma(2, 1)\ny ~ Poisson(r)\nm[n] ~ Normal(0, 1)\nu ~ Normal(m, 1)\n";
    let found = found(text, r#"{"y": [3, 0], "u": [1.0, -2.0]}"#).unwrap();
    let words: Vec<String> = members(&found)
        .iter()
        .map(|(name, m)| format!("{name} {} {:.4} {:.4}", m.family, m.mean[0], m.sd[0]))
        .collect();
    let exact = [
        "r[n = 1] Gamma 2.5000 1.1180",
        "r[n = 2] Gamma 1.0000 0.7071",
        "m[n = 1] Normal 0.5000 0.7071",
        "m[n = 2] Normal -1.0000 0.7071",
    ];
    assert_eq!(words, exact);
}

/// Nearly conjugate is not conjugate; nor is what is discrete, has a `param`, or has no integral.
#[test]
fn others_have_none() {
    let cases = [
        ("x ~ Cauchy(0, 1)\nfactor -50 * x ^ 2\n", "{}"),
        (
            "data y: binary[n]\nx ~ Normal(0, 1)\ny ~ Bernoulli(logits = 0.1 * x)\n",
            r#"{"y": [1, 0]}"#,
        ),
        ("x ~ StudentT(200, 0, 1)\nfactor x\n", "{}"),
        ("x ~ Gamma(2, 1)\nfactor 2 * x\n", "{}"),
        (
            "data y: real[n]\nm ~ Normal(0, 1)\nt ~ Gamma(2, 2)\ny ~ Normal(m, 1 / sqrt(t))\n",
            r#"{"y": [1, 0]}"#,
        ),
        ("data y: real\nz ~ Poisson(2)\ny ~ Normal(z, 1)\n", r#"{"y": 1}"#),
        ("param s: positive\nx ~ Normal(0, s)\nfactor x\n", "{}"),
    ];
    for (text, data) in cases {
        assert_eq!(found(text, data), None, "{text}");
    }
}
