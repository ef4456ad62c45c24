//! The fast lowering against the interpreter: random programs on every instruction set, then each kind of loop on its own.

use crate::graphs::{oracle, random_inputs, random_program};
use elbow::backend::{Float, Lowering, NoiseSource, Options, Program, Step, fast};
use elbow::ir::{Dim, Graph, Inputs, Noise, Rounding, Schedule, eval};

#[path = "../../benches/models/mod.rs"]
mod models;

/// Noise that was drawn beforehand.
struct Given<'a>(&'a Inputs);

impl NoiseSource for Given<'_> {
    fn fill_f32(&mut self, _: u64, noise: usize, _: Noise, out: &mut [f32]) {
        out.iter_mut().zip(&self.0.noises[noise]).for_each(|(o, &x)| *o = x as f32);
    }

    fn fill_f64(&mut self, _: u64, noise: usize, _: Noise, out: &mut [f64]) {
        out.copy_from_slice(&self.0.noises[noise]);
    }
}

fn options(float: Float, threads: usize) -> Options {
    Options { lowering: Lowering::Fast, float, threads }
}

/// Whether two numbers agree within `tolerance` of the size of the larger one, or 1.
fn agree(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()))
        || a == b
        || (a.is_nan() && b.is_nan())
}

fn check_all(what: &str, got: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(got.len(), expected.len(), "{what}: length");
    let size = expected.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    for (i, (&a, &b)) in got.iter().zip(expected).enumerate() {
        assert!(
            agree(a, b, tolerance) || (a - b).abs() < tolerance * size,
            "{what}: element {i} is {a}, not {b}"
        );
    }
}

/// Loss, gradient and watched values of one step against the interpreter.
fn check_step(what: &str, step: &mut dyn Step, program: &Program, inputs: &Inputs, tolerance: f64) {
    let (loss, gradient) = oracle(program, inputs);
    let got = step.run(0, &mut Given(inputs));
    assert!(agree(got, loss, tolerance), "{what}: loss is {got}, not {loss}");
    check_all(&format!("{what}: gradient"), &step.gradient(), &gradient, tolerance);
    let values = eval(&program.graph, inputs, &program.watch, Rounding::F64);
    for (i, expected) in values.iter().enumerate() {
        check_all(&format!("{what}: watched {i}"), &step.watched(i), expected, tolerance);
    }
}

fn check_program(what: &str, program: &Program, inputs: &Inputs, tolerances: [f64; 2]) {
    for (float, tolerance) in [(Float::F64, tolerances[0]), (Float::F32, tolerances[1])] {
        for (i, mut step) in
            fast::compile_for_each_isa(program, options(float, 1)).into_iter().enumerate()
        {
            let what = format!("{what}, {float:?}, set {i}");
            check_step(&what, &mut *step, program, inputs, tolerance);
        }
    }
}

#[test]
fn random_programs_agree_with_the_interpreter() {
    for seed in 0..400 {
        let program = random_program(seed);
        let inputs = random_inputs(&program.graph, seed);
        check_program(&format!("seed {seed}"), &program, &inputs, [1e-9, 5e-3]);
    }
}

/// Numbers that look random: the fractional parts of multiples of √2, between −1 and 1.
fn scattered(n: usize) -> Vec<f64> {
    let part = |i: usize| 2.0 * (i as f64 * std::f64::consts::SQRT_2).fract() - 1.0;
    (1..=n).map(|i| f64::from(part(i) as f32)).collect()
}

/// A regression with every direction of broadcast: [n, k] against [n], [k] and scalars, folded along each.
fn broadcasts(n: usize, k: usize) -> Program {
    let mut g = Graph::new();
    let (k, n) = (g.dim("k", k), g.dim("n", n));
    let size = |g: &Graph, dims: &[Dim]| dims.iter().map(|&d| g.size(d)).product();
    let x = scattered(size(&g, &[n, k]));
    let x = g.add_data("x", &[n, k], x.into());
    let y = scattered(size(&g, &[n]));
    let y = g.add_data("y", &[n], y.into());
    let b = scattered(size(&g, &[k]));
    let b = g.add_param("b", &[k], b);
    let s = g.add_param("s", &[], vec![0.3]);
    let shifted = g.sub(x, b);
    let scaled = g.mul(shifted, y);
    let bent = g.tanh(scaled);
    let over_k = g.sum(bent, &[k]);
    let over_n = g.mean(bent, &[n]);
    let peak = g.log_sum_exp(bent, &[k]);
    let dot = g.contract(x, b, &[k]);
    let rest = g.sub(y, dot);
    let rest = g.div(rest, s);
    let square = g.square(rest);
    let up = g.add(over_k, peak);
    let up = g.mul(up, square);
    let terms = [g.mean(up, &[n]), g.log_sum_exp(over_n, &[k]), g.log_sum_exp(dot, &[n])];
    let loss = g.add_all(terms);
    Program { graph: g, loss, watch: vec![over_n, dot] }
}

#[test]
fn broadcasts_agree_at_every_size() {
    for (n, k) in [(1, 1), (2, 1), (15, 3), (16, 16), (17, 5), (1000, 9), (1025, 17), (20_011, 3)] {
        let program = broadcasts(n, k);
        let inputs = Inputs::initial(&program.graph);
        check_program(&format!("{n} by {k}"), &program, &inputs, [1e-9, 2e-3]);
    }
}

#[test]
fn long_sums_agree() {
    let program = broadcasts(200_003, 2);
    let inputs = Inputs::initial(&program.graph);
    check_program("long", &program, &inputs, [1e-9, 2e-3]);
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    for float in [Float::F32, Float::F64] {
        let program = broadcasts(100_003, 3);
        let inputs = Inputs::initial(&program.graph);
        let run = |threads: usize| {
            fast::in_pool(threads, || {
                let mut step = fast::compile(&program, options(float, threads));
                let loss = step.run(0, &mut Given(&inputs));
                let numbers = [step.gradient(), step.watched(0), step.watched(1), vec![loss]];
                numbers.concat().iter().map(|x| x.to_bits()).collect::<Vec<u64>>()
            })
        };
        let one = run(1);
        assert_eq!(one, run(2), "{float:?}");
        assert_eq!(one, run(3), "{float:?}");
    }
}

#[test]
fn picks_repeat_and_their_gradients_add_up() {
    for n in [7, 1000, 30_001] {
        let mut g = Graph::new();
        let (county, home) = (g.dim("county", 6), g.dim("home", n));
        let index: Vec<f64> = (0..n).map(|i| (i * i % 5) as f64).collect();
        let index = g.add_data("county", &[home], index.into());
        let y = g.add_data("y", &[home], scattered(n).into());
        let a = g.add_param("a", &[county], vec![0.5, -0.25, 1.0, 2.0, -1.0, 0.125]);
        let each = g.pick(a, county, index);
        let rest = g.sub(y, each);
        let square = g.square(rest);
        let by = g.sum_by(square, index, county, &[]);
        let loss = g.mean(square, &[home]);
        let program = Program { graph: g, loss, watch: vec![by] };
        let inputs = Inputs::initial(&program.graph);
        check_program(&format!("picks of {n}"), &program, &inputs, [1e-9, 1e-3]);
    }
}

#[test]
fn lags_of_long_series_agree() {
    let mut g = Graph::new();
    let (t, u) = (g.dim("t", 20_000), g.dim("u", 19_999));
    let x = g.add_data("x", &[t], scattered(20_000).into());
    let p = g.add_param("p", &[], vec![0.3]);
    let scaled = g.mul(p, x);
    let bent = g.tanh(scaled);
    let (now, before) = (g.run(bent, t, u, 1), g.run(bent, t, u, 0));
    let rest = g.sub(now, before);
    let square = g.square(rest);
    let loss = g.mean(square, &[u]);
    let program = Program { graph: g, loss, watch: vec![] };
    let inputs = Inputs::initial(&program.graph);
    check_program("lags", &program, &inputs, [1e-9, 1e-3]);
}

#[test]
fn dead_branches_and_minus_infinity_stay_out() {
    for n in [3, 40, 20_000] {
        let mut g = Graph::new();
        let (k, d) = (g.dim("k", 2), g.dim("d", n));
        let x = g.add_data("x", &[d], scattered(n).into());
        let zero = g.number(0.0);
        let is_positive = g.lt(zero, x);
        let p = g.add_param("p", &[], vec![0.7]);
        let moved = g.mul(p, x);
        let root = g.sqrt(moved);
        let taken = g.select(is_positive, root, zero);
        let log = g.ln(taken);
        let gate = g.add_data("gate", &[k], vec![f64::NEG_INFINITY, 0.0].into());
        let gated = g.add(gate, moved);
        let peak = g.log_sum_exp(gated, &[k]);
        let (all, none) = (g.log_sum_exp(log, &[d]), g.log_sum_exp(gated, &[k, d]));
        let terms = [g.mean(taken, &[d]), g.mean(peak, &[d]), all, none];
        let loss = g.add_all(terms);
        let program = Program { graph: g, loss, watch: vec![log, peak] };
        let inputs = Inputs::initial(&program.graph);
        check_program(&format!("branches of {n}"), &program, &inputs, [1e-9, 2e-3]);
    }
}

#[test]
fn states_are_carried_and_knobs_are_read() {
    let mut g = Graph::new();
    let d = g.dim("d", 5);
    let state = g.add_state("mean", &[d], 1.0);
    let knob = g.add_knob("weight", Schedule::Constant(0.5));
    let p = g.add_param("p", &[d], scattered(5));
    let old = g.scale(0.75, state);
    let new = g.scale(0.25, p);
    let next = g.add(old, new);
    g.set_next(state, next);
    let stopped = g.stop(p);
    let product = g.mul(stopped, p);
    let product = g.mul(product, state);
    let product = g.mul(product, knob);
    let loss = g.sum_all(product);
    let program = Program { graph: g, loss, watch: vec![state] };
    let mut step = fast::compile(&program, options(Float::F64, 1));
    let mut inputs = Inputs::initial(&program.graph);
    for (t, weight) in [0.5, 0.25, 2.0].into_iter().enumerate() {
        step.set_knob(0, weight);
        inputs.knobs[0] = weight;
        check_step(&format!("step {t}"), &mut *step, &program, &inputs, 1e-12);
        inputs.states = eval(&program.graph, &inputs, &[next], Rounding::F64);
    }
}

#[test]
fn benched_models_agree() {
    for (name, program) in [
        ("eight schools", models::eight_schools()),
        ("logistic", models::logistic()),
        ("mixture", models::mixture()),
        ("decay", models::decay()),
    ] {
        let inputs = random_inputs(&program.graph, 1);
        check_program(name, &program, &inputs, [1e-9, 1e-4]);
    }
}
