//! Gradients of every estimator against exact ones: enumeration for discrete latents, closed forms for continuous ones.
//!
//! Seeds are fixed, so each z-test either always passes or never does; |z| < 5 over all parameters of a model.

use crate::common::{mean_gradient, problem, worst_z};

/// A model whose latents, all or some, are summed exactly by one set of estimators and sampled by another.
struct Case {
    name: &'static str,
    text: &'static str,
    data: &'static str,
    latents: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        name: "a plate: every element keeps its own cost",
        text: "data y: real[n]\nz[n] ~ Bernoulli(0.3)\ny ~ Normal(2 * z, 1)\n",
        data: r#"{"y": [0.5, 2.5, -1.0, 1.1]}"#,
        latents: &["z"],
    },
    Case {
        name: "a reduction: all elements share the cost",
        text: "data y: real\ndim n = 3\nz[n] ~ Bernoulli(0.3)\ny ~ Normal(sum(z over n), 1)\n",
        data: r#"{"y": 1.7}"#,
        latents: &["z"],
    },
    Case {
        name: "normalised: softmax over the elements mixes them though the dimension stays",
        text: "data y: real[n]\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(3 * softmax(z over n), 0.5)\n",
        data: r#"{"y": [0.5, 1.5, 2.0]}"#,
        latents: &["z"],
    },
    Case {
        name: "accumulated: a running sum mixes",
        text: "data y: real[n]\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(cumsum(z over n), 0.7)\n",
        data: r#"{"y": [0.5, 1.5, 2.0]}"#,
        latents: &["z"],
    },
    Case {
        name: "picked by data: costs are summed back by the index",
        text: "data y: real[home]\ndata county: index(county)[home]\n\
               z[county] ~ Bernoulli(0.4)\ny ~ Normal(2 * z[county], 1)\n",
        data: r#"{"y": [0.5, 1.5, 2.0, -1, 0.3], "county": [1, 2, 2, 3, 1]}"#,
        latents: &["z"],
    },
    Case {
        name: "picked, and kept beside it",
        text: "data y: real[home]\ndata x: real[county]\ndata county: index(county)[home]\n\
               z[county] ~ Bernoulli(0.4)\nx ~ Normal(z, 1)\ny ~ Normal(2 * z[county], 1)\n",
        data: r#"{"y": [0.5, 1.5, 2.0, -1, 0.3], "county": [1, 2, 2, 3, 1], "x": [0.1, 0.9, 1.5]}"#,
        latents: &["z"],
    },
    Case {
        name: "a position that picks a mean",
        text: "data y: real[n]\ndim k = 3\nz[n] ~ Categorical([0.1, 0.5, -0.3] as k)\n\
               mu = [-1, 0, 2] as k\ny ~ Normal(mu[z], 1)\n",
        data: r#"{"y": [0.5, 1.5, -2.0]}"#,
        latents: &["z"],
    },
    Case {
        name: "two latents that meet",
        text: "data y: real[n]\na[n] ~ Bernoulli(0.4)\nb[n] ~ Bernoulli(0.7)\ny ~ Normal(a + 2 * b, 1)\n",
        data: r#"{"y": [0.5, 1.5, -2.0]}"#,
        latents: &["a", "b"],
    },
    Case {
        name: "parents: a latent's own prior depends on another",
        text: "data y: real[n]\na ~ Bernoulli(0.4)\nb[n] ~ Bernoulli(0.2 + 0.5 * a)\ny ~ Normal(b, 1)\n",
        data: r#"{"y": [0.5, 1.5, -2.0]}"#,
        latents: &["a", "b"],
    },
    Case {
        name: "rows and columns",
        text: "data y: real[r, c]\na[r] ~ Bernoulli(0.4)\nb[c] ~ Bernoulli(0.7)\ny ~ Normal(a * b, 1)\n",
        data: r#"{"y": [[0.5, 1.5, -2.0], [1, 0, 0.3]]}"#,
        latents: &["a", "b"],
    },
];

/// Every unbiased estimator of discrete latents against the exact gradient by enumeration.
#[test]
fn score_function_gradients_are_those_of_enumeration() {
    let mut faults = vec![];
    for case in CASES {
        let by = |estimator| -> Vec<(&str, &str)> {
            case.latents.iter().map(|l| (*l, estimator)).collect()
        };
        let exact = mean_gradient(&problem(case.text, case.data, &by("enumerate")), 1, 1, 0);
        let sampled = problem(case.text, case.data, &by("reinforce"));
        let estimated = mean_gradient(&sampled, 4, 20_000, 7);
        let z = worst_z(&estimated, &exact);
        if z.is_nan() || z >= 5.0 {
            faults.push(format!("{}: |z| = {z:.1}\n  {estimated:?}\n  {exact:?}", case.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
