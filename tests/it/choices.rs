//! The automatic choice of estimators, and what the command line says about it.

use elbow::check::plan::{Plan, Policy};
use elbow::diag::Diagnostics;
use elbow::session::Session;
use elbow::source::Source;

fn planned(text: &str, overrides: &[(&str, &str)]) -> (Session, Plan, Diagnostics) {
    let (session, found) = Session::from_source(Source::new("model", text));
    assert!(!found.has_errors(), "{found:?}");
    let overrides = overrides.iter().map(|(z, e)| (z.to_string(), e.to_string())).collect();
    let (plan, found) = session.plan(&Policy { overrides, ..Policy::default() });
    (session, plan, found)
}

fn estimators(text: &str, overrides: &[(&str, &str)]) -> Vec<(String, &'static str)> {
    let (session, plan, found) = planned(text, overrides);
    assert!(found.is_empty(), "{found:?}");
    let name = |l: &elbow::check::plan::LatentPlan| session.model.name(l.name).name.clone();
    plan.latents.iter().map(|l| (name(l), l.estimator)).collect()
}

const COIN: &str = "data heads: binary[flip]\np ~ Beta(1, 1)\nheads ~ Bernoulli(p)\n";

#[test]
fn an_override_must_name_a_latent() {
    for wrong in ["q", "heads", "flip"] {
        let (_, _, found) = planned(COIN, &[(wrong, "reinforce")]);
        let codes: Vec<_> = found.iter().map(|d| d.code.name()).collect();
        assert_eq!(codes, ["E0290"], "{wrong}");
        assert!(found.iter().all(|d| d.message.contains(wrong)), "{found:?}");
    }
}

#[test]
fn an_override_must_name_an_estimator() {
    for (wrong, help) in [("reinforced", "did you mean `reinforce`?"), ("nuts", "pathwise")] {
        let (_, _, found) = planned(COIN, &[("p", wrong)]);
        let codes: Vec<_> = found.iter().map(|d| d.code.name()).collect();
        assert_eq!(codes, ["E0291"], "{wrong}");
        assert!(format!("{found:?}").contains(help), "{found:?}");
    }
}

#[test]
fn the_command_line_wins_over_an_annotation() {
    let text = COIN.replace("p ~", "@pathwise\np ~");
    assert_eq!(estimators(&text, &[]), [("p".to_string(), "pathwise")]);
    assert_eq!(estimators(&text, &[("p", "reinforce")]), [("p".to_string(), "reinforce")]);
}

#[test]
fn a_jump_in_what_is_only_reported_is_none() {
    let reported = "p ~ Beta(1, 1)\nq ~ Beta(1, 1)\nbetter = p > q\nfar = where(better, p, q)\n";
    let all_of = |text: &str| estimators(text, &[]).iter().map(|(_, e)| *e).collect::<Vec<_>>();
    assert_eq!(all_of(reported), ["pathwise", "pathwise"]);
    assert_eq!(all_of(&format!("{reported}factor far\n")), ["reinforce", "reinforce"]);
}
