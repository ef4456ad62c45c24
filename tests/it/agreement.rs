//! After bind every pass is total: what the checker accepts and the binder takes is lowered, compiled and run.
//!
//! The models are those of `tests/ui/pass`, and the same with words and lines exchanged; the data are random values of
//! their declared types.

use crate::common::{F64, scattered};
use elbow::backend::{self, CounterNoise, Program};
use elbow::check::model::{DimId, DimSize, Elem, Interval, Mark, Model, NameKind, Type};
use elbow::lower::Problem;
use elbow::objective::{least_samples, objective, posterior, true_elbo};
use elbow::session::{Inputs, Session};
use elbow::source::Source;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// What the models of the corpus need of their data beyond the declared types: counts below their totals, values above
/// a bound.
const CONSTANT: &[(&str, f64)] = &[
    ("trials", 5.0),
    ("total", 3.0),
    ("votes", 1.0),
    ("cut", 2.5),
    ("total_votes", 3.0),
    ("ops", 5.0),
    ("n_a", 5.0),
    ("n_b", 5.0),
];
const SIZES: &[(&str, usize)] = &[("party", 3)];
/// Models with larger arrays than this are left out: the exchange of words makes huge literal sizes.
const LARGEST: usize = 20_000;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In (0, 1).
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// Random data of the declared types.
struct Generator<'m> {
    model: &'m Model,
    sizes: Vec<usize>,
    /// Texts of the model, which some dimension has as labels.
    labels: Vec<String>,
    random: Random,
}

impl<'m> Generator<'m> {
    fn new(model: &'m Model, text: &str, seed: u64) -> Self {
        let mut random = Random(seed);
        let free: Vec<usize> = model.dims.iter().map(|_| 3 + random.below(3)).collect();
        let sizes = (0..model.dims.len()).map(|d| size(model, DimId(d as u32), &free)).collect();
        let labels = text.split('"').skip(1).step_by(2).map(String::from).collect();
        Self { model, sizes, labels, random }
    }

    fn json(&mut self) -> Value {
        let mut all = Map::new();
        for decl in &self.model.names {
            if let NameKind::Data(data) = &decl.kind {
                let value = self.datum(&decl.name, &decl.ty, data.from.unwrap_or(1));
                all.insert(decl.name.clone(), value);
            }
        }
        Value::Object(all)
    }

    fn datum(&mut self, name: &str, ty: &Type, origin: i64) -> Value {
        let sizes: Vec<usize> = ty.dims.iter().map(|d| self.sizes[d.0 as usize]).collect();
        let count = sizes.iter().product();
        let fixed = CONSTANT.iter().find(|(n, _)| *n == name).map(|(_, v)| json!(v));
        let cells: Vec<Value> = match (fixed, ty.elem) {
            (Some(value), _) => vec![value; count],
            (None, Elem::Index(dim)) => (0..count).map(|i| self.position(dim, i, origin)).collect(),
            (None, Elem::Int) => {
                { (0..count).map(|_| json!(ty.support.low.max(0.0) + self.random.below(4) as f64)) }
                    .collect()
            }
            (None, Elem::Binary) => (0..count).map(|_| json!(self.random.below(2))).collect(),
            (None, Elem::Real) => self.reals(ty, count).into_iter().map(|x| json!(x)).collect(),
        };
        nest(&sizes, &cells)
    }

    /// Every position occurs where there is room for it.
    fn position(&mut self, dim: DimId, cell: usize, origin: i64) -> Value {
        let size = self.sizes[dim.0 as usize];
        let position = if cell < size { cell } else { self.random.below(size) };
        match &self.model.dim(dim).size {
            DimSize::Labels(labels) => json!(labels[position]),
            DimSize::FromData if !self.labels.is_empty() => match self.labels.get(position) {
                Some(label) => json!(label),
                None => json!(format!("label {position}")),
            },
            _ => json!(position as i64 + origin),
        }
    }

    fn reals(&mut self, ty: &Type, count: usize) -> Vec<f64> {
        let Some(mark) = ty.mark else {
            return (0..count).map(|_| inside(ty.support, self.random.unit())).collect();
        };
        let along: usize = mark.dims().iter().map(|d| self.sizes[d.0 as usize]).product();
        let slice = |_| self.whole(mark, along);
        (0..count / along).flat_map(slice).collect()
    }

    /// One simplex, ascending vector or matrix, row-major.
    fn whole(&mut self, mark: Mark, length: usize) -> Vec<f64> {
        let n = length.isqrt();
        let raw: Vec<f64> = (0..length).map(|_| self.random.unit()).collect();
        let square = |f: &dyn Fn(usize, usize) -> f64| {
            (0..length).map(|c| f(c / n, c % n)).collect::<Vec<f64>>()
        };
        let factor = square(&|i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 0.5 + raw[i * n + j],
            std::cmp::Ordering::Greater => raw[i * n + j] - 0.5,
        });
        let product = |i: usize, j: usize| -> f64 {
            (0..n).map(|k| factor[i * n + k] * factor[j * n + k]).sum()
        };
        match mark {
            Mark::Simplex(_) => {
                let total: f64 = raw.iter().sum();
                raw.iter().map(|x| x / total).collect()
            }
            Mark::Ordered(_) => raw
                .iter()
                .scan(0.0, |sum, x| {
                    *sum += x;
                    Some(*sum)
                })
                .collect(),
            Mark::Cholesky(..) => factor,
            Mark::Cov(..) => square(&product),
            Mark::Corr(..) => {
                square(&|i, j| product(i, j) / (product(i, i) * product(j, j)).sqrt())
            }
        }
    }
}

fn size(model: &Model, dim: DimId, free: &[usize]) -> usize {
    let decl = model.dim(dim);
    match &decl.size {
        DimSize::FromData => SIZES
            .iter()
            .find(|(name, _)| *name == decl.name)
            .map_or(free[dim.0 as usize], |(_, size)| *size),
        DimSize::Fixed(size) | DimSize::Literal(size) => *size as usize,
        DimSize::Labels(labels) => labels.len(),
        DimSize::Offset { of, by } => {
            size(model, *of, free).checked_add_signed(*by as isize).unwrap_or(1)
        }
        DimSize::Prime { of } => size(model, *of, free),
    }
}

fn inside(support: Interval, at: f64) -> f64 {
    match (support.low.is_finite(), support.high.is_finite()) {
        (true, true) => support.low + (support.high - support.low) * at,
        (true, false) => support.low + 0.2 + 2.0 * at,
        (false, true) => support.high - 0.2 - 2.0 * at,
        (false, false) => 4.0 * at - 2.0,
    }
}

fn nest(sizes: &[usize], cells: &[Value]) -> Value {
    match sizes {
        [] => cells[0].clone(),
        [_] => Value::Array(cells.to_vec()),
        [_, rest @ ..] => {
            let length = rest.iter().product::<usize>().max(1);
            Value::Array(cells.chunks(length).map(|part| nest(rest, part)).collect())
        }
    }
}

/// The problem of a model that checks, on random data; `Err` where it does not check, does not bind or is too large.
fn problem(text: &str, seed: u64) -> Result<Problem, String> {
    let (session, diags) = Session::from_source(Source::new("model.elbow", text));
    let shown = |diags: &elbow::diag::Diagnostics| -> String {
        diags.iter().map(|d| elbow::diag::render(d, &session.source, false)).collect()
    };
    if diags.has_errors() {
        return Err(shown(&diags));
    }
    let mut generator = Generator::new(&session.model, text, seed);
    let elements = |ty: &Type| -> usize {
        ty.dims.iter().map(|d| generator.sizes[d.0 as usize]).fold(1, usize::saturating_mul)
    };
    let largest = session.model.names.iter().map(|n| elements(&n.ty)).max().unwrap_or(0);
    if largest > LARGEST || generator.sizes.iter().any(|&s| s > 100) {
        return Err("too large".into());
    }
    let data = generator.json().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.json");
    fs::write(&file, data).unwrap();
    let inputs = Inputs { data: vec![file.display().to_string()], ..Inputs::default() };
    let (problem, diags) = session.problem(&inputs);
    problem.ok_or_else(|| shown(&diags))
}

/// Runs objective, true ELBO and posterior once; the two ELBOs.
fn run(problem: &Problem) -> [f64; 2] {
    let samples = least_samples(problem);
    let elbos = [objective(problem, samples), true_elbo(problem, samples)].map(|o| {
        let mut step =
            backend::compile(Program { graph: o.graph, loss: o.loss, watch: vec![o.elbo] }, F64);
        step.set_params(&scattered(step.params().len()));
        step.run(0, &mut CounterNoise::new(1));
        step.watched(0)[0]
    });
    let draws = elbow::infer::draws(problem, &scattered(count(problem)), 2, 1);
    assert_eq!(draws.count, 2);
    let _ = posterior(problem, 1);
    elbos
}

fn count(problem: &Problem) -> usize {
    elbow::infer::initial(&posterior(problem, 2).graph).len()
}

fn corpus() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/pass");
    let files = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
    let mut files: Vec<_> = files.filter(|f| f.extension().is_some_and(|e| e == "elbow")).collect();
    files.sort();
    let name = |f: &Path| f.file_stem().unwrap().to_string_lossy().into_owned();
    files.iter().map(|f| (name(f), fs::read_to_string(f).unwrap())).collect()
}

#[test]
fn every_model_that_checks_runs_on_data_of_its_types() {
    let mut faults = vec![];
    for (name, text) in corpus() {
        for seed in 0..3 {
            match problem(&text, seed) {
                Err(diags) => faults.push(format!("{name}: {diags}")),
                Ok(problem) => match catch_unwind(AssertUnwindSafe(|| run(&problem))) {
                    Ok(elbos) if elbos.iter().all(|e| e.is_finite()) => {}
                    Ok(elbos) => faults.push(format!("{name}: {elbos:?}")),
                    Err(_) => faults.push(format!("{name}: a panic, shown above")),
                },
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Words, numbers and signs of a text; concatenated they are the text.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = vec![];
    let mut in_word = false;
    for c in text.chars() {
        let word = c.is_alphanumeric() || matches!(c, '_' | '.');
        match pieces.last_mut() {
            Some(last) if word && in_word => last.push(c),
            _ => pieces.push(c.to_string()),
        }
        in_word = word;
    }
    pieces
}

#[test]
fn spliced_models_that_check_run_without_a_panic() {
    let models: Vec<Vec<String>> = corpus().iter().map(|(_, text)| pieces(text)).collect();
    let names = |p: &String| p.starts_with(|c: char| c.is_alphanumeric());
    let ran = std::cell::Cell::new(0);
    let index = any::<prop::sample::Index>;
    let exchange = (index(), index(), any::<bool>());
    let edits = prop::collection::vec(exchange, 1..4);
    let config =
        ProptestConfig { rng_seed: RngSeed::Fixed(11), ..ProptestConfig::with_cases(3000) };
    proptest!(config, |(model in index(), edits in edits, seed: u64)| {
        let mut text = model.get(&models).clone();
        let own: Vec<usize> = (0..text.len()).filter(|&i| names(&text[i])).collect();
        prop_assume!(!own.is_empty());
        let words: Vec<String> = models.concat().into_iter().filter(names).collect();
        for (at, word, near) in edits {
            let place = *at.get(&own);
            text[place] = if near { text[*word.get(&own)].clone() } else { word.get(&words).clone() };
        }
        let text = text.concat();
        if let Ok(problem) = problem(&text, seed) {
            ran.set(ran.get() + 1);
            let result = catch_unwind(AssertUnwindSafe(|| run(&problem)));
            prop_assert!(result.is_ok(), "{text}");
        }
    });
    assert!(ran.get() > 200, "only {} spliced models ran", ran.get());
}
