//! Which estimator a latent gets, and why.

use crate::common::problem;
use elbow::check::model::Estimators;
use elbow::check::plan::Policy;
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
            let policy = Policy { estimators: Some(policy), overrides: vec![] };
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
