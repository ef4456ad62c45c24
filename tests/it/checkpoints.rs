//! What is written down of a fit: its parameters under their names, and its state to the bit.

use crate::common::problem;
use elbow::backend::Lowering;
use elbow::check::model::FitSettings;
use elbow::checkpoint::{About, Checkpoint, FILE};
use elbow::infer::{Config, Fitter, Numbers, Param, Saved, fitted};
use elbow::lower::Problem;
use elbow::session::{Inputs, Session};
use elbow::source::Source;
use std::path::Path;
use std::sync::Arc;

/// Local latents under an amortised guide and under one of their own, of batches.
const NETS: &str = "data x: real[n, pixel]\ndim k = 2\nnet q(x[pixel]) -> (loc[k], scale[k]) {\n  h = tanh(dense(x, 4))\n\
      (dense(h, k), exp(dense(h, k)))\n}\nnet p(z[k]) -> [pixel] {\n  dense(z, pixel)\n}\nz[n, k] ~ Normal(0, 1)\n\
    b[n] ~ Normal(0, 1)\nx ~ Normal(p(z) + b, 1)\nguide {\n  (m, s) = q(x)\n  z ~ Normal(m, s)\n}\nfit { batch n = 4 }\n";

fn table() -> String {
    let x: Vec<Vec<f64>> = (0..11)
        .map(|i| (0..3).map(|j| (f64::from(i) * 0.7 + f64::from(j)).sin()).collect())
        .collect();
    format!("{{\"x\": {x:?}}}")
}

fn fitter(text: &str, data: &str, steps: u64) -> (Arc<Problem>, Config, Fitter) {
    let problem = Arc::new(problem(text, data, &[]));
    let flags = FitSettings { steps: Some(steps), ..FitSettings::default() };
    let settings = flags.or(&problem.bound.model.fit);
    let config = Config::new(&problem, &settings, 1, Lowering::Fast);
    let fitter = Fitter::new(problem.clone(), config.clone());
    (problem, config, fitter)
}

fn about(text: &str, problem: &Problem, config: &Config) -> About {
    let (session, _) = Session::from_source(Source::new("model.elbow", text));
    About::new(&session, &Inputs::default(), problem, config)
}

#[test]
fn parameters_come_back_by_name_to_the_bit() {
    let (problem, config, mut fitter) = fitter(NETS, &table(), 40);
    fitter.start();
    fitter.advance(40).expect("every number is finite");
    let checkpoint = Checkpoint {
        about: about(NETS, &problem, &config),
        params: fitter.fitted(),
        state: Saved::from([("fit/x".into(), (vec![1], Numbers::F64(vec![f64::NAN])))]),
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), checkpoint.bytes()).unwrap();
    let found = Checkpoint::open(folder.path()).unwrap();
    assert_eq!(found.about, checkpoint.about);
    assert_eq!(found.params, checkpoint.params);
    assert_eq!(found.bytes(), checkpoint.bytes());
    let (all, missing) = fitted(&problem, &found.params);
    assert_eq!(missing, Vec::<String>::new());
    assert_eq!(all, fitter.params());
    let own = found.params.iter().find(|p| p.name == "b.loc").unwrap();
    assert_eq!((&own.dims[..], &own.sizes[..]), (&["n".to_string()][..], &[11][..]));
    let mut names: Vec<&String> = found.params.iter().map(|p| &p.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), found.params.len());
}

#[test]
fn parameters_of_another_shape_are_missing() {
    let (problem, _, fitter) = fitter(NETS, &table(), 40);
    let mut params = fitter.fitted();
    let moved = params.iter_mut().find(|p| p.name == "b.loc").unwrap();
    *moved = Param { sizes: vec![12], values: vec![0.0; 12], ..moved.clone() };
    let (all, missing) = fitted(&problem, &params);
    assert_eq!(missing, ["b.loc"]);
    assert_eq!(all.len(), fitter.params().len());
}

fn code(folder: &Path) -> &'static str {
    Checkpoint::open(folder).expect_err("no checkpoint").code.name()
}

#[test]
fn files_that_are_no_checkpoints_say_so() {
    let (problem, config, fitter) = fitter(NETS, &table(), 40);
    let params = fitter.fitted();
    let checkpoint =
        Checkpoint { about: about(NETS, &problem, &config), params, state: Saved::new() };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(code(&folder.join("none")), "E0440");
    assert_eq!(code(folder), "E0440");
    let bytes = checkpoint.bytes();
    for length in (0..bytes.len()).step_by(97) {
        std::fs::write(folder.join(FILE), &bytes[..length]).unwrap();
        assert_eq!(code(folder), "E0441", "cut off at {length}");
    }
    let text = String::from_utf8_lossy(&bytes[8..]).into_owned();
    let place = |words: &str| 8 + text.find(words).unwrap();
    for (words, other, expected) in [
        (r#"\"format\":1"#, r#"\"format\":2"#, "E0442"),
        (r#"\"inputs\""#, r#"\"outputs"#, "E0441"),
        (r#""F64""#, r#""I64""#, "E0441"),
    ] {
        let mut changed = bytes.clone();
        changed[place(words)..][..other.len()].copy_from_slice(other.as_bytes());
        std::fs::write(folder.join(FILE), changed).unwrap();
        assert_eq!(code(folder), expected, "{words}");
    }
}
