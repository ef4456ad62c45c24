//! Which estimator a latent gets, and why.

use crate::common::problem;
use elbow::check::model::Estimators;
use elbow::check::plan::{LatentPlan, Policy};
use elbow::session::Session;
use elbow::source::Source;

/// A model with one latent `z`, the estimator under `auto`, `exact` and `unbiased`, its mixed dimensions, and whether an
/// exact estimator is offered under `auto`.
const CHOICES: &[(&str, [&str; 3], &[&str], bool)] = &[
    ("z ~ Normal(0, 1)\nfactor 2 * z", ["pathwise"; 3], &[], false),
    ("z ~ Normal(0, 1)\nfactor where(z > 0, 1, 0)", ["reinforce"; 3], &[], false),
    ("z ~ Normal(0, 1)\nfactor round(z)", ["reinforce"; 3], &[], false),
    ("z ~ Bernoulli(0.5)\nfactor 2 * z", ["gumbel_softmax", "marginalize", "reinforce"], &[], true),
    (
        "z ~ Bernoulli(0.5)\nfactor where(z > 0.5, 1, 0)",
        ["reinforce", "marginalize", "reinforce"],
        &[],
        true,
    ),
    (
        "dim n = 5\nz[n] ~ Bernoulli(0.5)\nfactor 2 * z",
        ["gumbel_softmax", "marginalize", "reinforce"],
        &[],
        true,
    ),
    (
        "dim n = 8\nz[n] ~ Bernoulli(0.5)\nfactor sum(z over n)^2",
        ["gumbel_softmax", "marginalize", "reinforce"],
        &["n"],
        true,
    ),
    (
        "dim n = 9\nz[n] ~ Bernoulli(0.5)\nfactor sum(z over n)^2",
        ["gumbel_softmax", "gumbel_softmax", "reinforce"],
        &["n"],
        false,
    ),
    (
        "dim k = 256\nv = ones(k)\nz ~ Categorical(zeros(k))\nfactor 2 * v[z]",
        ["gumbel_softmax", "marginalize", "reinforce"],
        &[],
        true,
    ),
    (
        "dim k = 257\nv = ones(k)\nz ~ Categorical(zeros(k))\nfactor 2 * v[z]",
        ["gumbel_softmax", "gumbel_softmax", "reinforce"],
        &[],
        false,
    ),
    ("z ~ Binomial(4, 0.5)\nfactor 2 * z", ["reinforce", "marginalize", "reinforce"], &[], true),
    ("z ~ Poisson(3)\nfactor 2 * z", ["reinforce"; 3], &[], false),
    ("dim k = 3\nz ~ Dirichlet(ones(k))\nfactor 2 * z[1]", ["pathwise"; 3], &["k"], false),
    (
        "dim n = 3\ndim m = 2\nz[n, m] ~ Bernoulli(0.5)\nfactor logsumexp(z over m)",
        ["gumbel_softmax", "marginalize", "reinforce"],
        &["m"],
        true,
    ),
    (
        "dim n = 3\nz[n] ~ Bernoulli(0.5)\ns = cumsum(z over n)\nfactor 2 * s",
        ["gumbel_softmax", "marginalize", "reinforce"],
        &["n"],
        true,
    ),
];

#[test]
fn estimators_are_chosen_by_support_and_use() {
    let policies = [Estimators::Auto, Estimators::Exact, Estimators::Unbiased];
    for (text, wanted, mixed, offered) in CHOICES {
        let (session, diags) = Session::from_source(Source::new("test.elbow", format!("{text}\n")));
        assert!(!diags.has_errors(), "{text}: {diags:?}");
        for (policy, wanted) in policies.into_iter().zip(wanted) {
            let policy = Policy { estimators: Some(policy), ..Policy::default() };
            let (plan, diags) = session.plan(&policy);
            assert!(!diags.has_errors(), "{text}: {diags:?}");
            let latent = &plan.latents[0];
            assert_eq!(latent.estimator, *wanted, "{text} under {:?}", policy.estimators);
            let names = latent.flows.mixed().into_iter().map(|d| session.model.dim(d).name.clone());
            assert_eq!(names.collect::<Vec<_>>(), *mixed, "{text}");
            if policy.estimators == Some(Estimators::Auto) {
                assert_eq!(latent.exact.is_some(), *offered, "{text}");
            }
        }
    }
}

#[test]
fn reasons_name_the_use() {
    let reason = |text: &str| problem(text, "{}", &[]).plan.latents[0].reason.clone();
    assert_eq!(reason("z ~ Normal(0, 1)\nfactor 2 * z\n"), "continuous, every use smooth");
    assert_eq!(reason("z ~ Normal(0, 1)\nfactor where(z > 0, 1, 0)\n"), "used in `>`");
    assert_eq!(reason("z ~ Poisson(1)\nfactor 2 * z\n"), "counts do not relax");
    assert_eq!(reason("@reinforce\nz ~ Normal(0, 1)\nfactor 2 * z\n"), "as asked for");
}

/// The command line wins over an annotation, an annotation over the `fit` block's choice.
#[test]
fn what_is_asked_for_wins() {
    let text = "@reinforce\nz ~ Bernoulli(0.5)\nfactor 2 * z\nfit { estimators = exact }\n";
    assert_eq!(problem(text, "{}", &[]).plan.latents[0].estimator, "reinforce");
    assert_eq!(problem(text, "{}", &[("z", "enumerate")]).plan.latents[0].estimator, "enumerate");
    let text = text.replace("@reinforce\n", "");
    assert_eq!(problem(&text, "{}", &[]).plan.latents[0].estimator, "marginalize");
}

/// Under `exact` each latent of a model gets an estimator; sums that were not asked for give way, and say to what.
#[test]
fn exact_sums_give_way_where_they_do_not_factor() {
    let exact = |text: &str| {
        let (session, diags) = Session::from_source(Source::new("test.elbow", text));
        assert!(!diags.has_errors(), "{text}: {diags:?}");
        let policy = Policy { estimators: Some(Estimators::Exact), ..Policy::default() };
        let (plan, diags) = session.plan(&policy);
        assert!(!diags.has_errors(), "{text}: {diags:?}");
        let row = |l: &LatentPlan| (l.estimator, l.reason.clone());
        plan.latents.iter().map(row).collect::<Vec<_>>()
    };
    let crossed =
        "data y: real[r, c]\na[r] ~ Bernoulli(0.4)\nb[c] ~ Bernoulli(0.7)\ny ~ Normal(a * b, 1)\n";
    let summed = ("marginalize", "exact: 2 values, within 256".to_string());
    let relaxed =
        "not summed: couples with `a`; discrete, every use smooth when relaxed".to_string();
    assert_eq!(exact(crossed), [summed.clone(), ("gumbel_softmax", relaxed)]);
    let asked = exact(&crossed.replace("b[c] ~", "@marginalize\nb[c] ~"));
    assert_eq!(asked[0].0, "gumbel_softmax");
    assert_eq!(asked[1], ("marginalize", "as asked for".to_string()));

    let wide = "dim n = 2\ndim k = 16\ndim l = 17\np = ones(k)\nq = ones(l)\na[n] ~ Categorical(zeros(k))\n\
                b[n] ~ Categorical(zeros(l))\nfactor p[a] * q[b]\n";
    let wide = exact(wide);
    assert_eq!(wide[0].0, "marginalize");
    assert!(wide[1].1.starts_with("not summed: 272 values, over 256 with `a`; "), "{wide:?}");

    let many = exact("dim n = 9\nz[n] ~ Bernoulli(0.5)\nfactor sum(z over n)^2\n");
    assert!(many[0].1.starts_with("not summed: 512 values, over 256; "), "{many:?}");
}

/// What to type for an exact sum is shown where it factors beside what is chosen.
#[test]
fn an_exact_sum_is_offered_where_it_factors() {
    let text =
        "data y: real[r, c]\na[r] ~ Bernoulli(0.4)\nb[c] ~ Bernoulli(0.7)\ny ~ Normal(a * b, 1)\n";
    let data = r#"{"y": [[0.5, 1.5], [1, 2]]}"#;
    let offers = |text: &str| -> Vec<bool> {
        problem(text, data, &[]).plan.latents.iter().map(|l| l.exact.is_some()).collect()
    };
    assert_eq!(offers(text), [true, true]);
    assert_eq!(offers(&text.replace("a[r] ~", "@marginalize\na[r] ~")), [false, false]);
}

/// Inner plates first, among equals the smallest table.
#[test]
fn sums_are_taken_from_the_inside() {
    let text = "data y: real[home]\ndata county: index(county)[home]\ndim k = 3\np = [0.2, 0.5, 0.7] as k\n@marginalize\n\
                z[county] ~ Categorical(zeros(k))\n@marginalize\nm[home] ~ Bernoulli(p[z[county]])\ny ~ Normal(m, 1)\n";
    let plan = problem(text, r#"{"y": [1, 2, 3], "county": [1, 2, 1]}"#, &[]).plan;
    let sums: Vec<_> = plan.sums.iter().map(|s| (s.latent, s.beside.clone(), s.table)).collect();
    assert_eq!(sums, [(1, vec![0], Some(6)), (0, vec![], Some(3))]);
}
