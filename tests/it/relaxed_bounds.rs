//! What is maximised where latents are structured and relaxed, at places all over the parameters of q: a bound does not pass the log
//! evidence, and what relaxing adds does not grow without end.

use crate::common::{F64, loss, problem, refusals};
use elbow::backend::{CounterNoise, Program, compile};
use elbow::lower::Problem;
use elbow::objective::objective;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

const SUBSET: &str = "data y: real[n]\ndim item = 4\nv = [1, -0.5, 2, 0.3] as item\nNOTE\n\
    s[n, item] ~ Subset([0.5, 0, -0.5, 0.2] as item, 2)\ny ~ Normal(sum(s * v over item), 0.8)\n";
const RANKING: &str = "data y: real[n]\ndim item = 3\nNOTE\n\
    s[n, item] ~ PlackettLuce([0.5, 0, -0.5] as item)\ny ~ Normal(s[item = 1] - s[item = 3], 0.8)\n";
const MATCHING: &str = "data y: real[n]\ndim a = 3\ndim b = 3\nu = [0.5, 0, -1] as a\n\
    v = [1, -0.5, 0.2] as b\nw = [0.3, 1, -1] as a\nNOTE\ns[n, a, b] ~ Permutation(u * v)\n\
    y ~ Normal(sum(sum(s * v over b) * w over a), 0.8)\n";
const DATA: &str = r#"{"y": [1.2, 2.5]}"#;

fn with(text: &str, note: &str, objective: &str) -> String {
    format!("{}fit {{ objective = {objective} }}\n", text.replace("NOTE", note))
}

fn evidence(text: &str) -> f64 {
    -loss(&problem(&text.replace("NOTE", "@marginalize"), DATA, &[]), &[])
}

/// The mean of what is maximised and its standard error, at eight places within each scale of 0.
fn values(problem: &Problem, scales: [f64; 3]) -> [Vec<(f64, f64)>; 3] {
    const DRAWS: usize = 100;
    let o = objective(problem, DRAWS);
    let mut step = compile(Program { graph: o.graph, loss: o.loss, watch: vec![o.per_draw] }, F64);
    let count = step.params().len();
    let mut value = |scale: f64, place: u64| {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(place);
        let params: Vec<f64> = (0..count).map(|_| rng.random_range(-scale..scale)).collect();
        step.set_params(&params);
        step.run(0, &mut CounterNoise::new(place));
        let draws = step.watched(0);
        assert_eq!(draws.len(), DRAWS);
        let mean = draws.iter().sum::<f64>() / DRAWS as f64;
        let square = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        (mean, square.sqrt() / DRAWS as f64)
    };
    scales.map(|scale| (0..8).map(|place| value(scale, place)).collect())
}

/// Hard draws are from q, and their weights are those of the model, whatever their gradient.
#[test]
fn bounds_of_hard_draws_stay_below_the_evidence() {
    for text in [SUBSET, RANKING, MATCHING] {
        let exact = evidence(text);
        for objective in ["elbo", "iwae(4 over n)"] {
            let text = with(text, "@straight_through", objective);
            for (mean, error) in values(&problem(&text, DATA, &[]), [1.0, 10.0, 200.0]).concat() {
                let bounded = mean < exact + 5.0 * error + 1e-9;
                assert!(bounded, "{text}{mean} ± {error}, {exact}");
            }
        }
    }
}

/// What is seen between the values of a latent may fit better than any value: that is the bias, a few nats here. Far out it is
/// no more than near.
#[test]
fn what_relaxing_adds_is_bounded() {
    for (text, by, objectives) in [
        (SUBSET, "gumbel_softmax", ["elbo", "iwae(4 over n)"].as_slice()),
        (RANKING, "gumbel_softmax", &["elbo"]),
        (MATCHING, "gumbel_softmax", &["elbo"]),
        (MATCHING, "gumbel_sinkhorn", &["elbo"]),
    ] {
        let exact = evidence(text);
        for objective in objectives {
            for tau in [0.5, 3.0] {
                let text = with(text, &format!("@{by}(tau = {tau})"), objective);
                let problem = problem(&text, DATA, &[]);
                let most = values(&problem, [2.0, 12.0, 40.0])
                    .map(|values| values.iter().map(|v| v.0).fold(f64::NEG_INFINITY, f64::max));
                assert!(most.iter().all(|most| *most < exact + 3.0), "{text}{most:?}: {exact}");
            }
        }
    }
}

/// Orders and matchings between which log q has no lower bound: their weights would have no upper one.
#[test]
fn pairs_without_a_bound_are_refused() {
    for (text, by) in [
        (RANKING, "gumbel_softmax"),
        (MATCHING, "gumbel_softmax"),
        (MATCHING, "gumbel_softmax(hard = true)"),
        (MATCHING, "gumbel_sinkhorn"),
    ] {
        for objective in ["iwae(4)", "iwae(4 over n)"] {
            let text = with(text, &format!("@{by}"), objective);
            assert_eq!(refusals(&text, DATA, &[]), ["E0501"], "{text}");
        }
    }
    for text in [RANKING, MATCHING] {
        let usual = problem(&with(text, "", "iwae(4 over n)"), DATA, &[]);
        assert_eq!(usual.plan.latents[0].estimator, "reinforce", "{text}");
    }
}
