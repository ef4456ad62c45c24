//! Gradients that are clipped, and means of iterates that fade.

use crate::common::{arc, problem};
use elbow::backend::Lowering;
use elbow::check::model::{Averaging, FitSettings, OptimizerChoice, Schedule};
use elbow::infer::{Config, Fitter};

const STEEP: &str = "data x: real[n]\nmu ~ Normal(0, 1)\nx ~ Normal(mu, 0.01)\n";
const RATE: f64 = 1e-3;

/// Parameters after some steps of plain descent.
fn after(
    steps: u64,
    clip: Option<f64>,
    average: Option<Averaging>,
    lowering: Lowering,
) -> Vec<f64> {
    let problem = arc(problem(STEEP, r#"{"x": [0.3, 0.7]}"#, &[]));
    let lr = Some(Schedule::Constant(RATE));
    let optimizer = Some(OptimizerChoice::Sgd { lr, momentum: 0.0 });
    let settings =
        FitSettings { steps: Some(steps), optimizer, clip, average, ..Default::default() };
    let config = Config { newton: false, ..Config::new(&problem, &settings, 1, lowering) };
    let mut fitter = Fitter::new(problem, config);
    fitter.advance(steps).unwrap();
    fitter.params()
}

/// One step is as long as the rate times the clip, along the same direction; a longer clip changes nothing.
#[test]
fn clipped_steps_have_the_length_of_the_clip() {
    let start = [0.0, -1.0];
    let moved = |clip, lowering| -> Vec<f64> {
        let params = after(1, clip, Some(Averaging::Exponential(0.0)), lowering);
        params.iter().zip(start).map(|(p, s)| p - s).collect()
    };
    let length = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    for lowering in [Lowering::Fast, Lowering::Reference] {
        let (free, clipped) = (moved(None, lowering), moved(Some(2.0), lowering));
        assert!(length(&free) > 100.0 * RATE, "{free:?}");
        assert!((length(&clipped) - 2.0 * RATE).abs() < 1e-12, "{clipped:?}");
        let cosine =
            (free[0] * clipped[0] + free[1] * clipped[1]) / (length(&free) * length(&clipped));
        assert!((cosine - 1.0).abs() < 1e-9, "{free:?}, {clipped:?}");
        assert_eq!(moved(Some(1e9), lowering), free);
    }
}

/// The mean of the iterates of one run, each made anew: the same noise gives the same steps.
#[test]
fn fading_means_are_those_of_the_iterates() {
    let iterate =
        |steps| after(steps, Some(2.0), Some(Averaging::Exponential(0.0)), Lowering::Fast);
    let found = after(3, Some(2.0), Some(Averaging::Exponential(0.5)), Lowering::Fast);
    let iterates = [iterate(1), iterate(2), iterate(3)];
    for (i, found) in found.iter().enumerate() {
        let exact = (iterates[0][i] + 2.0 * iterates[1][i] + 4.0 * iterates[2][i]) / 7.0;
        assert!((found - exact).abs() < 1e-12, "{found}, {exact}");
    }
}
