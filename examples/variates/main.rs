//! What a learnt control variate is worth: loss and variance of three unbiased estimators on the toy of the REBAR paper.
//!
//! With t near ½ both values cost the same and what lies between them less, so the relaxed cost says nothing of the draw: REBAR
//! learns to leave it out, RELAX to replace it. With t = 0 the relaxed cost rises with the draw, and both gain.
//!
//! `cargo run --release --example variates`

mod toy;

use toy::{ESTIMATORS, WINDOW, descend};

const STEPS: u64 = 5000;
const RATE: f64 = 0.01;
const SEED: u64 = 1;

fn main() {
    for t in [0.499, 0.45, 0.0] {
        println!("t = {t}: the least loss is {:.6}, at logit -inf", t * t);
        let runs = ESTIMATORS.map(|estimator| descend(estimator, t, RATE, STEPS, SEED));
        let names = ESTIMATORS.map(|name| format!("{:>24}", format!("@{name}")));
        println!("{:>6}{}", "step", names.concat());
        for row in (0..STEPS / WINDOW).map(|row| row as usize) {
            let cell = |run: &Vec<toy::Point>| {
                format!("{:>13.6} ({:6.2})", run[row].loss, run[row].log_variance)
            };
            println!("{:>6}{}", runs[0][row].step, runs.iter().map(cell).collect::<String>());
        }
        println!();
    }
    println!(
        "Loss, and in brackets the log variance of the gradient over the last {WINDOW} steps."
    );
}
