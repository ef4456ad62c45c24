//! Compiled steps against the interpreter on random programs: losses, gradients, watched values, states; and the optimisers.

use crate::fast::matchings;
use crate::graphs::{oracle, random_inputs, random_program};
use elbow::backend::{Float, Lowering, NoiseSource, Options, Program, Step, Update, compile};
use elbow::ir::{Binary, Dim, Graph, Inputs, NodeId, Noise, Op, Rounding, Schedule, eval};

/// Noise that is given.
pub(crate) struct Given(pub(crate) Vec<Vec<f64>>);

impl NoiseSource for Given {
    fn fill_f32(&mut self, _: u64, noise: usize, _: Noise, out: &mut [f32]) {
        out.iter_mut().zip(&self.0[noise]).for_each(|(out, &x)| *out = x as f32);
    }

    fn fill_f64(&mut self, _: u64, noise: usize, _: Noise, out: &mut [f64]) {
        out.copy_from_slice(&self.0[noise]);
    }
}

fn step(program: &Program, lowering: Lowering, float: Float) -> Box<dyn Step> {
    compile(program.clone(), Options { lowering, float, threads: 1 })
}

/// The largest difference, relative to the largest value.
fn distance(got: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(got.len(), expected.len());
    let scale = expected.iter().fold(1.0, |m: f64, x| m.max(x.abs()));
    let apart =
        |(a, b): (&f64, &f64)| if a.is_nan() { f64::INFINITY } else { (a - b).abs() / scale };
    got.iter().zip(expected).map(apart).fold(0.0, f64::max)
}

/// Two steps of a program, the second on the states that the first left.
pub(crate) fn agree(program: &Program, lowering: Lowering, float: Float, bound: f64, seed: u64) {
    let mut inputs = random_inputs(&program.graph, seed);
    let mut step = step(program, lowering, float);
    for t in 0..2 {
        let (loss, gradient) = oracle(program, &inputs);
        let got = step.run(t, &mut Given(inputs.noises.clone()));
        let check = |what: &str, got: &[f64], expected: &[f64]| {
            let error = distance(got, expected);
            assert!(error < bound, "seed {seed}, step {t}, {what}: {error:e} off");
        };
        check("loss", &[got], &[loss]);
        check("gradient", &step.gradient(), &gradient);
        check("norm", &[step.gradient_norm()], &[norm(&gradient)]);
        for (i, &node) in program.watch.iter().enumerate() {
            let value = eval(&program.graph, &inputs, &[node], Rounding::F64).remove(0);
            check("watched", &step.watched(i), &value);
        }
        carry(&program.graph, &mut inputs);
    }
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// States as the next step finds them.
fn carry(graph: &Graph, inputs: &mut Inputs) {
    let next: Vec<_> = graph.states.iter().filter_map(|s| s.next).collect();
    inputs.states = eval(graph, inputs, &next, Rounding::F64);
}

#[test]
fn reference_agrees_in_f64() {
    for seed in 0..150 {
        agree(&random_program(seed), Lowering::Reference, Float::F64, 1e-9, seed);
    }
}

/// f32 has 6e-8; some tens of ops, sums of 20,000 terms and the bend of Lgamma or Div leave a few digits of it.
#[test]
fn reference_agrees_in_f32() {
    for seed in 0..150 {
        agree(&random_program(seed), Lowering::Reference, Float::F32, 1e-3, seed);
    }
}

#[test]
fn reference_finds_the_matchings_of_the_interpreter() {
    for (n, count) in [(1, 3), (5, 1), (7, 20), (20, 7), (6, 333)] {
        for vector in [false, true] {
            let program = matchings(n, count, vector);
            agree(&program, Lowering::Reference, Float::F64, 1e-12, 0);
            agree(&program, Lowering::Reference, Float::F32, 1e-5, 0);
        }
    }
}

/// Of a matrix with an entry that is no number there is no matching; of the one beside it there is.
#[test]
fn reference_finds_no_matching_of_what_is_no_number() {
    let mut g = Graph::new();
    let (turn, row, col) = (g.dim("turn", 2), g.dim("row", 3), g.dim("col", 3));
    let mut entries = [[0.0, 1.0, 5.0], [7.0, 0.0, 1.0], [1.0, 4.0, 0.0]].as_flattened().repeat(2);
    entries[4] = f64::NAN;
    let x = g.add_param("x", &[turn, row, col], entries);
    let matching = g.assign(x, [row, col]);
    let loss = g.sum_all(x);
    let program = Program { graph: g, loss, watch: vec![matching] };
    let by_hand = [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
    for float in [Float::F64, Float::F32] {
        let mut step = step(&program, Lowering::Reference, float);
        step.run(0, &mut Given(vec![]));
        let found = step.watched(0);
        assert!(found[..9].iter().all(|x| x.is_nan()), "{found:?}");
        assert_eq!(found[9..], *by_hand.as_flattened());
    }
}

/// Σ (x − 1)² + knob · x over three parameters.
fn bowl() -> Program {
    let mut g = Graph::new();
    let n = g.dim("n", 3);
    let x = g.add_param("x", &[n], vec![0.0, 2.0, -1.0]);
    let knob = g.add_knob("slope", Schedule::Constant(0.5));
    let distance = g.shift(-1.0, x);
    let square = g.square(distance);
    let tilt = g.mul(knob, x);
    let sum = g.add(square, tilt);
    let loss = g.sum_all(sum);
    Program { graph: g, loss, watch: vec![x] }
}

#[test]
fn knobs_and_parameters_are_set() {
    let mut step = step(&bowl(), Lowering::Reference, Float::F64);
    assert_eq!(step.run(0, &mut Given(vec![])), 6.0 + 0.5);
    step.set_knob(0, 2.0);
    step.set_params(&[1.0, 1.0, 4.0]);
    assert_eq!(step.run(1, &mut Given(vec![])), 9.0 + 12.0);
    assert_eq!(step.gradient(), [2.0, 2.0, 8.0]);
    assert_eq!(step.watched(0), [1.0, 1.0, 4.0]);
}

/// Two steps by hand: v₁ = g₁, v₂ = ½ v₁ + g₂.
#[test]
fn sgd_is_heavy_ball() {
    let mut step = step(&bowl(), Lowering::Reference, Float::F64);
    for t in 0..2 {
        step.run(t, &mut Given(vec![]));
        step.update(Update::Sgd { lr: 0.1, momentum: 0.5 });
    }
    // x = 0: g₁ = −1.5, x₁ = 0.15, g₂ = −1.2, v₂ = −1.95.
    assert!((step.params()[0] - 0.345).abs() < 1e-12);
}

/// The first step of Adam has length lr, whatever the gradient; the second follows the bias-corrected means.
#[test]
fn adam_corrects_its_bias() {
    let mut step = step(&bowl(), Lowering::Reference, Float::F64);
    let (lr, beta1, beta2, eps) = (0.1, 0.9, 0.999, 1e-8);
    let mut update = |t| {
        step.run(t - 1, &mut Given(vec![]));
        step.update(Update::Adam { lr, beta1, beta2, eps, t });
        step.params()[0]
    };
    assert!((update(1) - 0.1).abs() < 1e-8);
    // g₁ = −1.5, g₂ = −1.3.
    let mean = (0.1 * 0.9 * -1.5 + 0.1 * -1.3) / (1.0 - 0.81);
    let square = (0.001 * 0.999 * 2.25 + 0.001 * 1.69) / (1.0 - 0.999f64.powi(2));
    assert!((update(2) - (0.1 - 0.1 * mean / square.sqrt())).abs() < 1e-8);
}

#[test]
fn every_node_is_described() {
    let text = step(&bowl(), Lowering::Reference, Float::F32).describe();
    assert!(text.contains("dfdx  %") && text.contains("square"), "{text}");
}

/// The value and gradient of a sum over parameters, by each way of computing it.
fn edge(values: &[f64], make: impl FnOnce(&mut Graph, NodeId, Dim) -> NodeId) {
    let mut g = Graph::new();
    let n = g.dim("n", values.len());
    let x = g.add_param("x", &[n], values.to_vec());
    let out = make(&mut g, x, n);
    let loss = g.sum_all(out);
    let program = Program { graph: g, loss, watch: vec![out] };
    for (float, bound) in [(Float::F64, 1e-12), (Float::F32, 1e-6)] {
        agree(&program, Lowering::Reference, float, bound, 0);
    }
}

#[test]
fn one_argument_twice() {
    let x = [0.5, -1.0, 2.0];
    for op in [Binary::Add, Binary::Sub, Binary::Mul, Binary::Div, Binary::Max, Binary::Pow] {
        edge(&x.map(f64::abs), |g, x, _| g.push(Op::Binary(op), [x, x]));
    }
    edge(&x, |g, x, _| {
        let zero = g.number(0.0);
        let positive = g.lt(zero, x);
        g.select(positive, x, x)
    });
    edge(&x, |g, x, n| g.contract(x, x, &[n]));
    edge(&x, |g, x, n| {
        let twin = g.dim("n'", 3);
        let y = g.run(x, n, twin, 0);
        let outer = g.mul(x, y);
        g.contract(outer, outer, &[twin])
    });
}

#[test]
fn zero_adjoints_stay_zero() {
    edge(&[-1.0, 0.0, 2.0], |g, x, _| {
        let zero = g.number(0.0);
        let (positive, log) = (g.lt(zero, x), g.ln(x));
        let root = g.sqrt(x);
        let ratio = g.div(log, root);
        g.select(positive, ratio, x)
    });
    edge(&[0.0, 0.25, 0.75], |g, p, n| {
        let log = g.ln(p);
        g.log_sum_exp(log, &[n])
    });
    edge(&[0.0, 2.0], |g, x, _| g.stop(x));
}

#[test]
fn sums_keep_their_digits_in_f32() {
    edge(&vec![0.1f32.into(); 100_000], |g, x, _| g.square(x));
}
