//! Control variates learn: on the toy of the REBAR paper the variance falls, and with it the loss.

#[path = "../../examples/variates/toy.rs"]
mod toy;

use toy::{ESTIMATORS, Point, WINDOW, descend};

/// The mean log variance over the second half of the steps.
fn late(points: &[Point]) -> f64 {
    let late = &points[points.len() / 2..];
    late.iter().map(|p| p.log_variance).sum::<f64>() / late.len() as f64
}

/// At a logit that stays, so that all three are compared at one place. A variance over 500 steps has a relative error of 0.06.
/// With t near ½ the relaxed cost says nothing of the draw, so REBAR's learnt share falls to 0 and leaves the score function.
#[test]
fn learnt_variates_lower_the_variance() {
    for (t, by_rebar, by_relax) in [(0.499, -0.1, 4.0), (0.45, -0.1, 4.0), (0.0, 4.0, 2.5)] {
        for seed in [1, 2, 3] {
            let logs = ESTIMATORS.map(|e| late(&descend(e, t, 0.0, 10 * WINDOW, seed)));
            let [plain, rebar, relax] = logs;
            println!("t = {t}, seed {seed}: {plain:.2} {rebar:.2} {relax:.2}");
            assert!(rebar < plain - by_rebar, "t = {t}: rebar {rebar}, reinforce {plain}");
            assert!(relax < plain - by_relax, "t = {t}: relax {relax}, reinforce {plain}");
        }
    }
}

#[test]
fn a_lower_variance_is_a_lower_loss() {
    for t in [0.499, 0.45] {
        for seed in [1, 2, 3] {
            let loss = |e| descend(e, t, 0.01, 10 * WINDOW, seed).pop().map(|p| (p.step, p.loss));
            let [plain, _, relax] = ESTIMATORS.map(loss);
            println!("t = {t}, seed {seed}: {plain:?} {relax:?}");
            assert!(relax < plain, "t = {t}: relax {relax:?}, reinforce {plain:?}");
            assert!(relax.is_some_and(|(step, loss)| step == 10 * WINDOW && loss < t * t + 6e-4));
        }
    }
}
