//! Questions against what theory says: values within 5 of their own standard errors, and the errors of the right size.

use elbow::session::ask::{Answered, Asked, Origin, Question};
use elbow::session::{Inputs, Session};
use elbow::source::Source;

const MODEL: &str = "mu ~ Normal(1, 2)\nx ~ Normal(0, 1)\ne ~ Normal(0, 1)\ny = x + e\n\
                     dim k = 3\nb[k] ~ Bernoulli(0.25)\n";
const DRAWS: usize = 4000;

fn ask(model: &str, text: &str, predicts: bool) -> Vec<Answered> {
    let (session, found) = Session::from_source(Source::new("test", model));
    assert!(!found.has_errors(), "{found:?}");
    let (problem, found) = session.problem(&Inputs::default());
    let problem = problem.unwrap_or_else(|| panic!("{found:?}"));
    let asked = Asked {
        session: &session,
        problem: &problem,
        model: &session.model,
        draws_from: Origin::Prior,
        draws: DRAWS,
        seed: 20,
        predicts,
        later: &[],
    };
    let question = Question::parse("test", text).unwrap();
    let answer = question.answer(&asked).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    answer.elements.into_iter().map(|e| e.value).collect()
}

fn estimate(text: &str) -> (f64, f64) {
    match ask(MODEL, text, false).as_slice() {
        [Answered::Estimate(value, Some(error))] => (*value, *error),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn answers_are_within_their_errors() {
    let half_normal = (2.0 / std::f64::consts::PI).sqrt();
    for (text, truth) in [
        ("E[mu]", 1.0),
        ("E[mu^2]", 5.0),
        ("P(mu > 1)", 0.5),
        ("P(mu > 1 | x > 0)", 0.5),
        ("P(x > 0 | y > 0)", 0.75),
        ("E[x | x > 0]", half_normal),
        ("sd(mu over draw)", 2.0),
        ("var(mu over draw)", 4.0),
        ("median(mu over draw)", 1.0),
        ("quantile(x, 0.975 over draw)", 1.959_963_984_540_054),
        ("cor(x, y over draw)", 0.5_f64.sqrt()),
        ("E[(x - E[x])^2]", 1.0),
        ("E[sum(b)]", 0.75),
        ("P(any(b))", 1.0 - 0.75_f64.powi(3)),
    ] {
        let (value, error) = estimate(text);
        let z = (value - truth) / error;
        assert!(z.abs() < 5.0, "{text}: {value} ± {error}, and the truth is {truth}");
    }
}

/// A jackknife over 25 groups has a relative error of about 1/√48.
#[test]
fn errors_are_those_of_theory() {
    let n = DRAWS as f64;
    for (text, truth) in [
        ("E[mu]", 2.0 / n.sqrt()),
        ("P(mu > 1)", 0.5 / n.sqrt()),
        ("sd(x over draw)", (0.5 / n).sqrt()),
        ("median(x over draw)", (std::f64::consts::PI / 2.0 / n).sqrt()),
        ("P(x > 0 | y > 0)", (0.75 * 0.25 / (n / 2.0)).sqrt()),
    ] {
        let (_, error) = estimate(text);
        let ratio = error / truth;
        assert!((0.5..2.0).contains(&ratio), "{text}: {error}, and theory says {truth}");
    }
}

#[test]
fn draws_of_an_expression_are_joint() {
    let values = ask(MODEL, "y - x - e", false);
    let [Answered::Draws(draws)] = values.as_slice() else { panic!("{values:?}") };
    assert_eq!(draws.len(), DRAWS);
    assert!(draws.iter().all(|x| x.abs() < 1e-12));
}

#[test]
fn predictions_spread_as_the_model_says() {
    // y given m is Normal(m, 3), and m is Normal(0, 4).
    let model = "dim n = 2\nzero[n] = zeros(n)\nm ~ Normal(0, 4)\nzero ~ Normal(m, 3)\n";
    for (text, truth) in
        [("sd(zero over draw)", 5.0), ("cor(zero[1], zero[2] over draw)", 16.0 / 25.0)]
    {
        for answered in ask(model, text, true) {
            let Answered::Estimate(value, Some(error)) = answered else { panic!("{answered:?}") };
            assert!(((value - truth) / error).abs() < 5.0, "{text}: {value} ± {error}");
        }
    }
    assert!(ask(model, "zero[1]", false) == [Answered::Exact(0.0)]);
}
