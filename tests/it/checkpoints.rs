//! What is written down of a fit: its parameters under their names, and its state to the bit.

use crate::common::problem;
use elbow::backend::{Float, Lowering};
use elbow::check::model::FitSettings;
use elbow::checkpoint::{About, Checkpoint, Ending, FILE, Standing};
use elbow::infer::{Beginning, Config, Fitter, Numbers, Param, Saved, fitted};
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

fn standing(fitter: &Fitter, config: &Config) -> Standing {
    Standing {
        steps: fitter.done(),
        last: config.steps,
        ending: Ending::UnderWay,
        beginning: Beginning { starts: 1, newton_iterations: None },
        startup_ms: 0.1,
        begin_seconds: 1e-300,
        loop_seconds: 1.0 / 3.0,
    }
}

/// Through the bytes of a file.
fn written(text: &str, problem: &Problem, config: &Config, fitter: &Fitter) -> Checkpoint {
    let checkpoint = Checkpoint {
        about: about(text, problem, config),
        standing: standing(fitter, config),
        params: fitter.fitted(),
        state: fitter.state(),
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), checkpoint.bytes()).unwrap();
    let found = Checkpoint::open(folder.path()).unwrap();
    assert_eq!(found.about, checkpoint.about);
    assert_eq!(found.standing, checkpoint.standing);
    assert_eq!(found.bytes(), checkpoint.bytes());
    found
}

#[test]
fn parameters_come_back_by_name_to_the_bit() {
    let (problem, config, mut fitter) = fitter(NETS, &table(), 40);
    fitter.start();
    fitter.advance(40).expect("every number is finite");
    let found = written(NETS, &problem, &config, &fitter);
    assert_eq!(found.params, fitter.fitted());
    let (all, missing) = fitted(&problem, &found.params, &[]);
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
    let (all, missing) = fitted(&problem, &params, &[]);
    assert_eq!(missing, ["b.loc"]);
    assert_eq!(all.len(), fitter.params().len());
}

fn code(folder: &Path) -> &'static str {
    Checkpoint::open(folder).expect_err("no checkpoint").code.name()
}

#[test]
fn files_that_are_no_checkpoints_say_so() {
    let (problem, config, fitter) = fitter(NETS, &table(), 40);
    let checkpoint = written(NETS, &problem, &config, &fitter);
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

/// A model and how it is fitted.
struct Case {
    name: &'static str,
    /// An array of the state that the case is about.
    has: &'static str,
    text: String,
    data: String,
}

const STEPS: u64 = 60;

fn switch(note: &str, fit: &str) -> String {
    format!(
        "data x: real[n]\nparam w: real = 0.3\n{note}\nz[n] ~ Bernoulli(0.4)\nx ~ Normal(w * z, 1)\n\
         fit {{ {fit} }}\n"
    )
}

fn cases() -> Vec<Case> {
    let row = || String::from(r#"{"x": [0.1, 1.3, -0.7, 2.2, 0.4, 1.1, -1.6]}"#);
    let case = |name, has, text: String| Case { name, has, text, data: row() };
    let small = "data x: real[n]\nmu ~ Normal(0, 5)\ntau ~ HalfNormal(2)\n@noncentered\nt[n] ~ Normal(mu, tau)\n\
        x ~ Normal(t, 1)\n";
    vec![
        case("newton", "fit/walker/factor", small.into()),
        case(
            "clipped sgd",
            "fit/first",
            format!("{small}fit {{ optimizer = sgd(0.01, momentum = 0.5), clip = 0.5 }}\n"),
        ),
        case(
            "fading average",
            "fit/average/missing",
            format!("{small}fit {{ average = ema(0.9), batch n = 3 }}\n"),
        ),
        case(
            "replacement",
            "fit/visits/t.loc",
            format!("{small}fit {{ batch n = 3, sampling = replacement }}\n"),
        ),
        Case { name: "nets", has: "fit/rows/b.loc", text: NETS.into(), data: table() },
        Case {
            name: "dropout and decay",
            has: "fit/visits/b.loc",
            text: NETS
                .replace("h = tanh(dense(x, 4))", "h = dropout(tanh(dense(x, 4)), 0.3)")
                .replace("batch n = 4", "batch n = 4, weight_decay = 0.01"),
            data: table(),
        },
        case(
            "moving baseline",
            "fit/state/0",
            switch("@reinforce(baseline = average)", "starts = 3"),
        ),
        case(
            "baselines of rows",
            "fit/rows/z.logits",
            switch("@reinforce(baseline = average)", "batch n = 3"),
        ),
        case("rebar", "fit/state/0", switch("@rebar", "starts = 1")),
        case("relax", "fit/state/0", switch("@relax", "batch n = 2")),
        case(
            "auto",
            "fit/tempering/readings",
            switch("@gumbel_softmax(tau = auto)", "samples = 2, starts = 1"),
        ),
        case("learnt", "fit/params", switch("@gumbel_softmax(tau = learnt)", "starts = 1")),
        case(
            "annealed",
            "fit/history",
            switch(
                "@gumbel_softmax(tau = anneal(1.0 -> 0.3, rate = 0.01, every = 7))",
                "batch n = 3",
            ),
        ),
        case(
            "kl weight",
            "fit/average/running",
            format!(
                "{}fit {{ lr = 0.05 }}\n",
                small.replace(
                    "@noncentered",
                    "@noncentered @kl(weight = anneal(0 -> 1, over = 40))"
                )
            ),
        ),
    ]
}

/// Every number of a state, as bits.
fn bits(state: &Saved) -> Vec<(String, Vec<usize>, Vec<u64>)> {
    let bits = |numbers: &Numbers| match numbers {
        Numbers::F64(x) => x.iter().map(|x| x.to_bits()).collect(),
        Numbers::U64(x) => x.clone(),
    };
    state.0.iter().map(|(name, (shape, x))| (name.clone(), shape.clone(), bits(x))).collect()
}

fn goes_on(case: &Case, lowering: Lowering, float: Float, cuts: &[u64]) {
    let Case { name, has, text, data } = case;
    let (problem, mut config, _) = fitter(text, data, STEPS);
    (config.options.lowering, config.options.float) = (lowering, float);
    let mut whole = Fitter::new(problem.clone(), config.clone());
    whole.start();
    whole.advance(STEPS).expect("every number is finite");
    let mut part = Fitter::new(problem.clone(), config.clone());
    part.start();
    for &cut in cuts {
        part.advance(cut - part.done()).expect("every number is finite");
        let found = written(text, &problem, &config, &part);
        assert_eq!(bits(&found.state), bits(&part.state()), "{name}: what was written at {cut}");
        part = Fitter::new(problem.clone(), config.clone());
        part.restore(&found.state).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    }
    part.advance(STEPS).expect("every number is finite");
    let same = bits(&part.state()).into_iter().zip(bits(&whole.state()));
    let differ: Vec<String> = same.filter(|(a, b)| a != b).map(|(a, _)| a.0).collect();
    assert_eq!(differ, Vec::<String>::new(), "{name}, {lowering:?} {float:?}");
    let state = part.state();
    assert!(state.0.contains_key(*has), "{name}: {:?}", state.0.keys());
    assert_eq!(part.fitted(), whole.fitted(), "{name}");
    assert_eq!(part.draws(), whole.draws(), "{name}");
    assert_eq!(part.temperatures(), whole.temperatures(), "{name}");
    assert_eq!(part.elbo(), whole.elbo(), "{name}");
}

#[test]
fn a_fit_goes_on_to_the_bit() {
    for case in cases() {
        goes_on(&case, Lowering::Fast, Float::F64, &[1, 30, 31]);
        goes_on(&case, Lowering::Fast, Float::F32, &[17]);
        goes_on(&case, Lowering::Reference, Float::F64, &[23]);
    }
}

#[test]
fn a_state_that_does_not_fit_is_named() {
    let case = &cases()[4];
    let (problem, config, mut whole) = fitter(&case.text, &case.data, STEPS);
    whole.start();
    whole.advance(10).unwrap();
    let state = whole.state();
    for (name, (shape, numbers)) in &state.0 {
        let mut less = state.clone();
        less.0.remove(name);
        let mut other = state.clone();
        let shorter = match numbers {
            Numbers::F64(x) => Numbers::F64(x[1..].to_vec()),
            Numbers::U64(x) => Numbers::U64(x[1..].to_vec()),
        };
        other.0.insert(name.clone(), (shape.clone(), shorter));
        for wrong in [less, other] {
            let mut fitter = Fitter::new(problem.clone(), config.clone());
            assert!(fitter.restore(&wrong).is_err(), "{name}");
        }
    }
}
