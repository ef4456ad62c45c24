//! The fast lowering against the interpreter: random programs on every instruction set, then each kind of loop on its own.

use crate::graphs::{oracle, random_inputs, random_program};
use elbow::backend::{Float, Lowering, NoiseSource, Options, Program, Step, fast};
use elbow::ir::{Inputs, NodeId, Noise, Rounding, eval};

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
