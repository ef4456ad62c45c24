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

/// Rows of data, and the largest log density that one can have, wherever between the values the latent is.
const ROWS: f64 = 2.0;
fn likeliest() -> f64 {
    -0.8_f64.ln() - 0.5 * std::f64::consts::TAU.ln()
}

/// An upper bound of E[log p(s) − log q(s)] of a row's ranking under logits l of the prior, whatever those of q. In each turn so much
/// of the items is open, o; the entropy is at most log Σ o (Gibbs) and log p is lᵢ − log Σ o exp(l), so that both together are
/// at most lᵢ − min l.
fn over_turns() -> f64 {
    let logits = [0.5, 0.0, -0.5];
    logits.iter().map(|l| l - (-0.5)).sum()
}

/// The same of a matching, whose rows add up to 1: at most max s − min s of each row.
fn over_rows() -> f64 {
    let score = |i: usize, j: usize| [0.5, 0.0, -1.0][i] * [1.0, -0.5, 0.2][j];
    let most = |of: &dyn Fn(usize) -> f64| (0..3).map(of).fold(f64::NEG_INFINITY, f64::max);
    (0..3).map(|i| most(&|j| score(i, j)) + most(&|j| -score(i, j))).sum()
}

/// The same of two items of four, x: log p ≤ 0, and by Jensen −log q ≤ Σ xᵢ H(R/λᵢ) for the rate R of what is left and
/// H(y) ≤ 1 + log(1 + y). With noise g in the keys k and M the largest key of the second softmax, R/λᵢ ≤ 4 exp(M − kᵢ + gᵢ − min g),
/// while xᵢ ≤ 2 exp((kᵢ − M)/τ): what is far behind is hardly taken, and x d ≤ 2τ/e at any distance d. E(max g − min g) of n Gumbels
/// is at most log n + γ + log Hₙ.
fn over_pairs(tau: f64, copies: f64) -> f64 {
    let n = 4.0 * copies;
    let harmonic: f64 = (1..=n as u32).map(|i| 1.0 / f64::from(i)).sum();
    let range = n.ln() + 0.577_215_664_901_532_9 + harmonic.ln();
    2.0 * (1.0 + 5.0_f64.ln() + range) + 4.0 * 2.0 * tau / std::f64::consts::E
}

/// What is seen between the values of a latent may fit better than any value. That is the bias; far out it is no more than near.
#[test]
fn what_relaxing_adds_is_bounded() {
    for (text, by, objectives) in [
        (SUBSET, "gumbel_softmax", [("elbo", 1.0), ("iwae(4 over n)", 4.0)].as_slice()),
        (RANKING, "gumbel_softmax", &[("elbo", 1.0)]),
        (MATCHING, "gumbel_softmax", &[("elbo", 1.0)]),
        (MATCHING, "gumbel_sinkhorn", &[("elbo", 1.0)]),
    ] {
        for (objective, copies) in objectives {
            for tau in [0.5, 3.0] {
                let beside = match text {
                    SUBSET => over_pairs(tau, *copies),
                    RANKING => over_turns(),
                    _ => over_rows(),
                };
                let bound = ROWS * (likeliest() + beside);
                let text = with(text, &format!("@{by}(tau = {tau})"), objective);
                let problem = problem(&text, DATA, &[]);
                for (mean, error) in values(&problem, [2.0, 12.0, 40.0]).concat() {
                    assert!(mean < bound + 5.0 * error, "{text}{mean} ± {error}: {bound}");
                }
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
