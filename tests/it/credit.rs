//! Credit per element: gradients by the score function against exact ones, on models where credit by name alone is wrong.
//!
//! Seeds are fixed, so each z-test either always passes or never does; |z| < 5 over all parameters of a model.

use crate::common::{mean_gradient, problem, refusals, scattered, z_between};
use elbow::estimator::{self, Bias, Estimator};

/// A model whose latents are drawn as `sampled` says (`z=reinforce m=marginalize`); where it says `reinforce`, the exact
/// gradient comes from `enumerate`, or for continuous latents from `pathwise`.
struct Case {
    name: &'static str,
    text: &'static str,
    data: &'static str,
    sampled: &'static str,
    exact: &'static str,
}

const fn discrete(
    name: &'static str,
    text: &'static str,
    data: &'static str,
    sampled: &'static str,
) -> Case {
    Case { name, text, data, sampled, exact: "enumerate" }
}

const fn continuous(
    name: &'static str,
    text: &'static str,
    data: &'static str,
    sampled: &'static str,
) -> Case {
    Case { name, text, data, sampled, exact: "pathwise" }
}

const KEPT: &[Case] = &[
    discrete(
        "a plate: every element keeps its own cost",
        "data y: real[n]\nz[n] ~ Bernoulli(0.3)\ny ~ Normal(2 * z, 1)\n",
        r#"{"y": [0.5, 2.5, -1.0, 1.1]}"#,
        "z=reinforce",
    ),
    discrete(
        "a position that picks a mean",
        "data y: real[n]\ndim k = 3\nz[n] ~ Categorical([0.1, 0.5, -0.3] as k)\n\
         mu = [-1, 0, 2] as k\ny ~ Normal(mu[z], 1)\n",
        r#"{"y": [0.5, 1.5, -2.0]}"#,
        "z=reinforce",
    ),
    discrete(
        "rows and columns",
        "data y: real[r, c]\na[r] ~ Bernoulli(0.4)\nb[c] ~ Bernoulli(0.7)\ny ~ Normal(a * b, 1)\n",
        r#"{"y": [[0.5, 1.5, -2.0], [1, 0, 0.3]]}"#,
        "a=reinforce b=reinforce",
    ),
    discrete(
        "nested plates",
        "data y: real[a, b]\nz[a] ~ Bernoulli(0.4)\nw[a, b] ~ Bernoulli(0.2 + 0.5 * z)\n\
         y ~ Normal(z + 2 * w, 1)\n",
        r#"{"y": [[0.5, 1.5, -2.0], [1, 0, 0.3]]}"#,
        "z=reinforce w=reinforce",
    ),
    discrete(
        "a branch",
        "data y: real[n]\nz[n] ~ Bernoulli(0.3)\ny ~ Normal(where(z > 0.5, 3, -1), 1)\n",
        r#"{"y": [0.5, 2.5]}"#,
        "z=reinforce",
    ),
    discrete(
        "deterministic names in between",
        "data y: real[n]\ndata x: real[n]\nz[n] ~ Bernoulli(0.3)\nm = 2 * z\ns = m + x\n\
         t = sum(m over n)\ny ~ Normal(s + t, 1)\n",
        r#"{"y": [0.5, 2.5, 1.0], "x": [0.1, -0.4, 0.2]}"#,
        "z=reinforce",
    ),
    discrete(
        "terms of the log density",
        "data x: real[n]\nz[n] ~ Bernoulli(0.3)\nfactor z * x\nfactor -(sum(z over n) - 1.5)^2\n",
        r#"{"x": [0.5, 2.5, -1.0]}"#,
        "z=reinforce",
    ),
];

const MIXED: &[Case] = &[
    discrete(
        "a reduction: all elements share the cost",
        "data y: real\ndim n = 3\nz[n] ~ Bernoulli(0.3)\ny ~ Normal(sum(z over n), 1)\n",
        r#"{"y": 1.7}"#,
        "z=reinforce",
    ),
    discrete(
        "normalised: softmax over the elements mixes them though the dimension stays",
        "data y: real[n]\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(3 * softmax(z over n), 0.5)\n",
        r#"{"y": [0.5, 1.5, 2.0]}"#,
        "z=reinforce",
    ),
    discrete(
        "centred: less the mean",
        "data y: real[n]\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(3 * (z - mean(z over n)), 0.5)\n",
        r#"{"y": [0.5, 1.5, 2.0]}"#,
        "z=reinforce",
    ),
    discrete(
        "accumulated: a running sum",
        "data y: real[n]\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(cumsum(z over n), 0.7)\n",
        r#"{"y": [0.5, 1.5, 2.0]}"#,
        "z=reinforce",
    ),
    discrete(
        "contracted with a matrix",
        "data y: real[m]\ndata A: real[m, n]\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(A @ z, 0.7)\n",
        r#"{"y": [0.5, 1.5], "A": [[1, -0.5, 0.3], [0.2, 2, -1]]}"#,
        "z=reinforce",
    ),
    discrete(
        "beside a lag of the data",
        "data y: real[t]\nz[t] ~ Bernoulli(0.4)\ny[t] ~ Normal(2 * z[t] + 0.5 * y[t-1], 0.7)\n",
        r#"{"y": [0.5, 1.5, 2.0, -1.0]}"#,
        "z=reinforce",
    ),
    discrete(
        "along the second axis",
        "data y: real[n, n']\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(z + 2 * z * z', 0.7)\n",
        r#"{"y": [[0.5, 1.5], [2.0, -1.0]]}"#,
        "z=reinforce",
    ),
    discrete(
        "a square and its transpose",
        "data y: real[n, n']\nz[n, n'] ~ Bernoulli(0.4)\ny ~ Normal(z + 2 * z', 0.7)\n",
        r#"{"y": [[0.5, 1.5], [2.0, -1.0]]}"#,
        "z=reinforce",
    ),
    discrete(
        "summed by an index",
        "data y: real[group]\ndata group: index(group)[n]\nz[n] ~ Bernoulli(0.4)\n\
         y ~ Normal(sum(z by group), 0.7)\n",
        r#"{"y": [0.5, 1.5], "group": [1, 2, 2, 1]}"#,
        "z=reinforce",
    ),
    discrete(
        "one element by its position, all of them elsewhere",
        "data y: real[n]\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(z + 2 * z[1], 0.7)\n",
        r#"{"y": [0.5, 1.5, 1.0]}"#,
        "z=reinforce",
    ),
];

const PICKED: &[Case] = &[
    discrete(
        "picked by data: costs are summed back by the index",
        "data y: real[home]\ndata county: index(county)[home]\n\
         z[county] ~ Bernoulli(0.4)\ny ~ Normal(2 * z[county], 1)\n",
        r#"{"y": [0.5, 1.5, 2.0, -1, 0.3], "county": [1, 2, 2, 3, 1]}"#,
        "z=reinforce",
    ),
    discrete(
        "picked, and kept beside it",
        "data y: real[home]\ndata x: real[county]\ndata county: index(county)[home]\n\
         z[county] ~ Bernoulli(0.4)\nx ~ Normal(z, 1)\ny ~ Normal(2 * z[county], 1)\n",
        r#"{"y": [0.5, 1.5, 2.0, -1, 0.3], "county": [1, 2, 2, 3, 1], "x": [0.1, 0.9, 1.5]}"#,
        "z=reinforce",
    ),
    discrete(
        "picked twice by different data",
        "data y: real[game]\ndata home: index(team)[game]\ndata away: index(team)[game]\n\
         z[team] ~ Bernoulli(0.4)\ny ~ Normal(2 * z[home] - z[away], 1)\n",
        r#"{"y": [0.5, 1.5, 2.0, -1], "home": [1, 2, 3, 1], "away": [2, 3, 1, 3]}"#,
        "z=reinforce",
    ),
    discrete(
        "picked along two dimensions at once",
        "data y: real[rating]\ndata user: index(user)[rating]\ndata item: index(item)[rating]\n\
         z[user, item] ~ Bernoulli(0.4)\ny ~ Normal(2 * z[user, item], 1)\n",
        r#"{"y": [0.5, 1.5, 2.0, -1, 0.7], "user": [1, 2, 2, 1, 1], "item": [1, 2, 1, 3, 1]}"#,
        "z=reinforce",
    ),
    discrete(
        "picked along one dimension by an index along the other",
        "dim c = 3\ndata y: real[n]\ndata class: index(c)[n]\nz[n, c] ~ Bernoulli(0.4)\n\
         y ~ Normal(2 * z[class], 1)\n",
        r#"{"y": [0.5, 1.5], "class": [3, 1]}"#,
        "z=reinforce",
    ),
    discrete(
        "picked by another latent",
        "data y: real[n]\ndim c = 3\nz[c] ~ Bernoulli(0.4)\nk[n] ~ Categorical([0.1, 0.5, -0.3] as c)\n\
         y ~ Normal(2 * z[k], 1)\n",
        r#"{"y": [0.5, 1.5]}"#,
        "z=reinforce k=reinforce",
    ),
    discrete(
        "picked, and a latent of the rows between",
        "data y: real[home]\ndata county: index(county)[home]\nz[county] ~ Bernoulli(0.4)\n\
         b[home] ~ Bernoulli(0.2 + 0.6 * z[county])\ny ~ Normal(b + z[county], 1)\n",
        r#"{"y": [0.5, 1.5, 2.0, -1], "county": [1, 2, 2, 1]}"#,
        "z=reinforce b=reinforce",
    ),
    discrete(
        "picked, then reduced over the rows",
        "data y: real\ndata x: real[home]\ndata county: index(county)[home]\nz[county] ~ Bernoulli(0.4)\n\
         y ~ Normal(sum(x * z[county] over home), 1)\n",
        r#"{"y": 0.5, "x": [1, 2, -1], "county": [1, 2, 2]}"#,
        "z=reinforce",
    ),
];

const PARENTS: &[Case] = &[
    discrete(
        "two latents that meet",
        "data y: real[n]\na[n] ~ Bernoulli(0.4)\nb[n] ~ Bernoulli(0.7)\ny ~ Normal(a + 2 * b, 1)\n",
        r#"{"y": [0.5, 1.5, -2.0]}"#,
        "a=reinforce b=reinforce",
    ),
    discrete(
        "a chain of priors",
        "data y: real[n]\na ~ Bernoulli(0.4)\nb[n] ~ Bernoulli(0.2 + 0.5 * a)\n\
         c[n] ~ Bernoulli(0.7 - 0.3 * b)\ny ~ Normal(c, 1)\n",
        r#"{"y": [0.5, 1.5, -2.0]}"#,
        "a=reinforce b=reinforce c=reinforce",
    ),
    discrete(
        "parent of a latent drawn by its path",
        "data y: real[n]\na[n] ~ Bernoulli(0.4)\nw[n] ~ Normal(2 * a, 1)\ny ~ Normal(w, 1)\n",
        r#"{"y": [0.5, 1.5]}"#,
        "a=reinforce",
    ),
    discrete(
        "parent of a latent that is drawn from the standard member and moved",
        "data y: real[n]\na[n] ~ Bernoulli(0.4)\n@noncentered\nw[n] ~ Normal(2 * a, 1)\ny ~ Normal(w, 1)\n",
        r#"{"y": [0.5, 1.5]}"#,
        "a=reinforce",
    ),
    discrete(
        "a shape that stays in the standard member",
        "data y: real[n]\na[n] ~ Bernoulli(0.4)\n@noncentered\nw[n] ~ StudentT(1 + 9 * a, 1, 1)\n\
         y ~ Normal(w, 1)\n",
        r#"{"y": [0.5, 4.5]}"#,
        "a=reinforce",
    ),
    discrete(
        "bounds that a parent moves",
        "data y: real[n]\na[n] ~ Bernoulli(0.4)\nw[n] ~ Uniform(0, 1 + 2 * a)\ny ~ Normal(w, 1)\n",
        r#"{"y": [0.5, 1.5]}"#,
        "a=reinforce",
    ),
    discrete(
        "a cut that a parent moves",
        "data y: real[n]\na ~ Bernoulli(0.4)\nw[n] ~ Truncated(Normal(0, 1), lower = a - 0.5)\n\
         y ~ Normal(w, 1)\n",
        r#"{"y": [0.5, 1.5]}"#,
        "a=reinforce",
    ),
    discrete(
        "one summed, one drawn, one marginalised",
        "data y: real[n]\na[n] ~ Bernoulli(0.4)\nb[n] ~ Bernoulli(0.7)\nc[n] ~ Bernoulli(0.2 + 0.4 * a)\n\
         y ~ Normal(a + 2 * b - c, 1)\n",
        r#"{"y": [0.5, 1.5, -2.0]}"#,
        "a=reinforce b=enumerate c=marginalize",
    ),
    discrete(
        "drawn below a marginalised parent",
        "data y: real[n]\nm[n] ~ Bernoulli(0.4)\nz[n] ~ Bernoulli(0.2 + 0.5 * m)\n\
         y ~ Normal(z + 2 * m, 1)\n",
        r#"{"y": [0.5, 1.5, -2.0]}"#,
        "z=reinforce m=marginalize",
    ),
];

const CONTINUOUS: &[Case] = &[
    continuous(
        "a plate of reals",
        "data y: real[n]\nz[n] ~ Normal(0, 1)\ny ~ Normal(z, 1)\n",
        r#"{"y": [0.5, 1.5, -2.0]}"#,
        "z=reinforce",
    ),
    continuous(
        "ascending values: each depends on all draws before it",
        "dim k = 3\ndata y: real[k]\nz ~ Ordered(Normal(0, 3), k)\ny ~ Normal(z, 1)\n",
        r#"{"y": [0.5, 1.0, 2.0]}"#,
        "z=reinforce",
    ),
    continuous(
        "shares of a simplex",
        "dim k = 3\ndata y: real[k]\nz ~ Dirichlet(ones(k))\ny ~ Normal(2 * z, 1)\n",
        r#"{"y": [0.5, 1.0, 2.0]}"#,
        "z=reinforce",
    ),
    continuous(
        "a positive parent of a noncentered child",
        "data y: real[n]\ns ~ HalfNormal(1)\n@noncentered\nw[n] ~ Normal(0, s)\ny ~ Normal(w, 1)\n",
        r#"{"y": [0.5, 1.5]}"#,
        "s=reinforce w=reinforce",
    ),
    continuous(
        "an upper end drawn above its child",
        "data y: real[n]\ns ~ HalfNormal(1)\nw[n] ~ Uniform(0, s)\ny ~ Normal(w, 1)\n",
        r#"{"y": [0.5, 1.5]}"#,
        "s=reinforce w=reinforce",
    ),
    continuous(
        "one marginalised for all rows",
        "data y: real[n]\nz[n] ~ Normal(0, 1)\nm ~ Bernoulli(0.3)\ny ~ Normal(2 * m + z, 1)\n",
        r#"{"y": [0.5, 1.5, 2.0]}"#,
        "z=reinforce m=marginalize",
    ),
];

impl Case {
    /// The estimators of its latents, with another in the place of the score function.
    fn with(&self, other: &'static str) -> Vec<(&'static str, &'static str)> {
        let parts = self.sampled.split(' ').filter_map(|s| s.split_once('='));
        parts.map(|(z, by)| (z, if by == "reinforce" { other } else { by })).collect()
    }
}

/// |z| between the exact gradient of each case and that of every unbiased estimator that its uses admit and that has the same
/// guide; what fails is named, and all of it is shown.
fn agree(cases: &[Case]) {
    let mut faults = vec![];
    for case in cases {
        let exact =
            mean_gradient(&problem(case.text, case.data, &case.with(case.exact)), 50, 200, 3);
        let comparable = |e: &&&dyn Estimator| e.card().bias == Bias::None && !e.keeps_family();
        for estimator in estimator::ALL.iter().filter(comparable).map(|e| e.card()) {
            let sampled = case.with(estimator.name);
            if !refusals(case.text, case.data, &sampled).is_empty() {
                assert_ne!(estimator.name, "reinforce", "{}", case.name);
                continue;
            }
            let drawn = mean_gradient(&problem(case.text, case.data, &sampled), 50, 400, 7);
            let z = z_between(&drawn, &exact);
            if z.is_nan() || z >= 5.0 {
                let what = format!("{} by {}", case.name, estimator.name);
                faults.push(format!("{what}: |z| = {z:.1}\n  {drawn:.3?}\n  {exact:.3?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// One density written element by element, and as one sum that shares all costs: the same mean, a fraction of the variance.
#[test]
fn credit_per_element_lowers_the_variance() {
    let data = r#"{"y": [0.5, 2.5, -1.0, 1.1, 3.0, 0.2, 1.9, -0.4]}"#;
    let head = "data y: real[n]\n@reinforce(baseline = none)\nz[n] ~ Bernoulli(0.3)\n";
    let of =
        |cost: &str| mean_gradient(&problem(&format!("{head}{cost}\n"), data, &[]), 1, 4000, 3);
    let each = of("factor -0.5 * (y - 2 * z)^2");
    let shared = of("factor -0.5 * sum((y - 2 * z)^2 over n)");
    assert!(z_between(&each, &shared) < 5.0, "{each:?}\n{shared:?}");
    let variance = |g: &[(f64, f64)]| g.iter().map(|(_, se)| se * se).sum::<f64>();
    let (each, shared) = (variance(&each), variance(&shared));
    assert!(4.0 * each < shared, "{each}, {shared}");
}

/// A running sum keeps the name of its dimension. Credit by that name alone, element n from cost n, is far from the
/// gradient, and far from what the estimator gives.
#[test]
fn credit_by_name_alone_would_be_wrong() {
    const Y: [f64; 3] = [0.5, 1.5, 2.0];
    let text = "data y: real[n]\nz[n] ~ Bernoulli(0.4)\ny ~ Normal(cumsum(z over n), 0.7)\n";
    let by = |estimator| problem(text, r#"{"y": [0.5, 1.5, 2.0]}"#, &[("z", estimator)]);
    let exact = mean_gradient(&by("enumerate"), 1, 1, 0);
    let p: Vec<f64> = scattered(3).iter().map(|l| 1.0 / (1.0 + (-l).exp())).collect();
    let mut named = exact.clone();
    for code in 0..8 {
        let z: Vec<f64> = (0..3).map(|i| f64::from(code >> i & 1)).collect();
        let mass: f64 = (0..3).map(|i| if z[i] == 1.0 { p[i] } else { 1.0 - p[i] }).product();
        let cost: Vec<f64> =
            (0..3).map(|i| -0.5 * ((Y[i] - z[..=i].iter().sum::<f64>()) / 0.7).powi(2)).collect();
        for i in 0..3 {
            named[i].0 += mass * (z[i] - p[i]) * (cost.iter().sum::<f64>() - cost[i]);
        }
    }
    let drawn = mean_gradient(&by("reinforce"), 50, 400, 7);
    assert!(z_between(&drawn, &exact) < 5.0, "{drawn:?}\n{exact:?}");
    assert!(z_between(&drawn, &named) > 20.0, "{drawn:?}\n{named:?}");
}

#[test]
fn kept_dimensions_keep_their_costs() {
    agree(KEPT);
}

#[test]
fn mixed_dimensions_share_their_costs() {
    agree(MIXED);
}

#[test]
fn picks_by_data_are_followed() {
    agree(PICKED);
}

#[test]
fn parents_get_the_costs_of_their_children() {
    agree(PARENTS);
}

#[test]
fn continuous_latents_by_the_score() {
    agree(CONTINUOUS);
}
