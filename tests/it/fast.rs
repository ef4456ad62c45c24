//! The fast lowering against the interpreter: random programs on every instruction set, then each kind of loop on its own.

use crate::graphs::{oracle, random_inputs, random_program, random_tall_program};
use elbow::backend::{Float, Lowering, NoiseSource, Options, Program, Step, fast};
use elbow::ir::{Dim, Entry, Graph, Inputs, Noise, Op, Rounding, Schedule, eval};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;

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

/// What the interpreter computes: loss, gradient, watched values.
struct Expected {
    loss: f64,
    gradient: Vec<f64>,
    watched: Vec<Vec<f64>>,
}

impl Expected {
    fn of(program: &Program, inputs: &Inputs) -> Self {
        let (loss, gradient) = oracle(program, inputs);
        let watched = eval(&program.graph, inputs, &program.watch, Rounding::F64);
        Self { loss, gradient, watched }
    }

    /// One step against it.
    fn check(&self, what: &str, step: &mut dyn Step, inputs: &Inputs, tolerance: f64) {
        let (got, loss) = (step.run(0, &mut Given(inputs)), self.loss);
        assert!(agree(got, loss, tolerance), "{what}: loss is {got}, not {loss}");
        check_all(&format!("{what}: gradient"), &step.gradient(), &self.gradient, tolerance);
        for (i, expected) in self.watched.iter().enumerate() {
            check_all(&format!("{what}: watched {i}"), &step.watched(i), expected, tolerance);
        }
    }
}

fn check_program(what: &str, program: &Program, inputs: &Inputs, tolerances: [f64; 2]) {
    let expected = Expected::of(program, inputs);
    for (float, tolerance) in [(Float::F64, tolerances[0]), (Float::F32, tolerances[1])] {
        for (i, mut step) in
            fast::compile_for_each_isa(program, options(float, 1)).into_iter().enumerate()
        {
            let what = format!("{what}, {float:?}, set {i}");
            expected.check(&what, &mut *step, inputs, tolerance);
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

/// Loops over some tens of rows are cut along the rows where they can be, and keep less memory.
#[test]
fn random_tall_programs_agree_and_are_the_same_bits() {
    for seed in 0..60 {
        let program = random_tall_program(seed);
        let inputs = random_inputs(&program.graph, seed);
        check_program(&format!("tall, seed {seed}"), &program, &inputs, [1e-9, 5e-3]);
        if seed % 4 == 0 {
            check_threads(&format!("tall, seed {seed}"), &program);
        }
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

/// Accumulators of [k, draw] are as long as a tile of [k, n] where a row of draws is as long as the tile: both lie in the memory
/// of a chunk, and only one of them lasts to the next tile.
#[test]
fn accumulators_last_from_tile_to_tile() {
    for draws in [48, 49, 64, 65] {
        let mut g = Graph::new();
        let (k, draw, n) = (g.dim("k", 2), g.dim("draw", draws), g.dim("n", 150));
        let mu = g.add_param("mu", &[k], vec![0.1, 0.4]);
        let e = g.add_data("e", &[k, draw], scattered(2 * draws).into());
        let x = g.add_data("x", &[n], scattered(150).into());
        let z = g.add(mu, e);
        let rest = g.sub(x, z);
        let square = g.square(rest);
        let loss = g.sum_all(square);
        let program = Program { graph: g, loss, watch: vec![] };
        let inputs = Inputs::initial(&program.graph);
        check_program(&format!("{draws} draws"), &program, &inputs, [1e-9, 2e-3]);
    }
}

#[test]
fn long_sums_agree() {
    let program = broadcasts(200_003, 2);
    let inputs = Inputs::initial(&program.graph);
    check_program("long", &program, &inputs, [1e-9, 2e-3]);
}

/// Loss, gradient and watched values, bit by bit, are those of one thread with two and with three.
fn check_threads(what: &str, program: &Program) {
    let inputs = random_inputs(&program.graph, 1);
    for float in [Float::F32, Float::F64] {
        let run = |threads: usize| {
            fast::in_pool(threads, || {
                let mut step = fast::compile(program, options(float, threads));
                let loss = step.run(0, &mut Given(&inputs));
                let watched = (0..program.watch.len()).map(|i| step.watched(i));
                let numbers = watched.chain([step.gradient(), vec![loss]]);
                numbers.flatten().map(f64::to_bits).collect::<Vec<u64>>()
            })
        };
        let one = run(1);
        assert_eq!(one, run(2), "{what}, {float:?}");
        assert_eq!(one, run(3), "{what}, {float:?}");
    }
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    check_threads("broadcasts", &broadcasts(100_003, 3));
    check_threads("picks", &picks(100_003, 6));
    check_threads("autoencoder", &models::vae());
}

/// A contraction of two parameters over dimensions of these sizes: in the first alone, in the second alone, in both and
/// summed, in both and kept. The dimensions are made in a random order.
fn contraction(kinds: [&[usize]; 4], seed: u64) -> Program {
    let mut g = Graph::new();
    let mut sizes: Vec<(usize, usize)> = kinds
        .iter()
        .enumerate()
        .flat_map(|(k, sizes)| sizes.iter().map(move |&n| (k, n)))
        .collect();
    sizes.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    let dims: Vec<(usize, Dim)> = sizes.iter().map(|&(k, n)| (k, g.dim("d", n))).collect();
    let of = |kinds: &[usize]| -> Vec<Dim> {
        dims.iter().filter(|(k, _)| kinds.contains(k)).map(|d| d.1).collect()
    };
    let param = |g: &mut Graph, dims: &[Dim]| {
        let count = dims.iter().map(|&d| g.size(d)).product();
        g.add_param("p", dims, scattered(count))
    };
    let (a, b) = (param(&mut g, &of(&[0, 2, 3])), param(&mut g, &of(&[1, 2, 3])));
    // 0/0 in the padding.
    let [a, b] = [a, b].map(|x| {
        let square = g.square(x);
        g.div(square, x)
    });
    let product = g.contract(a, b, &of(&[2]));
    let depth: usize = kinds[2].iter().product();
    let product = g.scale(1.0 / depth as f64, product);
    let bent = g.tanh(product);
    let dims = g.shape(bent).clone();
    let loss = g.mean(bent, dims.dims());
    Program { graph: g, loss, watch: vec![product] }
}

#[test]
fn contractions_of_every_shape_agree() {
    for (seed, kinds) in [
        [&[16][..], &[16], &[16], &[]],
        [&[17], &[9], &[33], &[]],
        [&[1], &[40], &[50], &[]],
        [&[40], &[1], &[50], &[]],
        [&[40], &[40], &[1], &[]],
        [&[300], &[8], &[8], &[]],
        [&[65], &[33], &[129], &[]],
        [&[31], &[200], &[50], &[]],
        [&[10], &[12], &[700], &[]],
        [&[20], &[21], &[22], &[3]],
        [&[20, 3], &[5, 9], &[22], &[4]],
        [&[13, 2], &[17], &[7, 6], &[]],
        [&[8, 1], &[9, 2], &[3, 5, 4], &[2, 3]],
        [&[48], &[40], &[3, 64], &[]],
        [&[40, 3], &[5, 36], &[50], &[2]],
    ]
    .into_iter()
    .enumerate()
    {
        for order in 0..3 {
            let program = contraction(kinds, 3 * seed as u64 + order);
            let inputs = Inputs::initial(&program.graph);
            check_program(&format!("{kinds:?}"), &program, &inputs, [1e-9, 1e-4]);
        }
    }
}

#[test]
fn large_products_agree_and_are_the_same_bits() {
    let program = contraction([&[220], &[410], &[400], &[]], 0);
    let inputs = Inputs::initial(&program.graph);
    check_program("large product", &program, &inputs, [1e-9, 1e-4]);
    check_threads("large product", &program);
}

/// Operands that are read from another place, under another name, or stand still along a dimension.
#[test]
fn products_of_views_agree() {
    let mut g = Graph::new();
    let (k, n, m) = (g.dim("k", 44), g.dim("n", 50), g.dim("m", 36));
    let (twin, part) = (g.dim("k'", 44), g.dim("part", 40));
    let a = g.add_param("a", &[k, m], scattered(44 * 36));
    let b = g.add_param("b", &[n, k], scattered(50 * 44));
    let turned = g.run(a, k, twin, 0);
    let (late, early) = (g.run(a, k, part, 4), g.run(b, k, part, 0));
    let outer = g.contract(late, early, &[part]);
    let square = g.contract(a, turned, &[m]);
    let still = g.expand(b, &[m]);
    let still = g.contract(a, still, &[k, m]);
    let terms = [outer, square, still].map(|x| {
        let (x, dims) = (g.tanh(x), g.shape(x).clone());
        g.mean(x, dims.dims())
    });
    let loss = g.add_all(terms);
    let program = Program { graph: g, loss, watch: vec![outer, square, still] };
    let inputs = Inputs::initial(&program.graph);
    check_program("views", &program, &inputs, [1e-9, 1e-4]);
}

/// Homes that pick from counties, not from all of them.
fn picks(homes: usize, counties: usize) -> Program {
    let mut g = Graph::new();
    let (county, home) = (g.dim("county", counties), g.dim("home", homes));
    let index: Vec<f64> = (0..homes).map(|i| (i * i % (counties - 1)) as f64).collect();
    let index = g.add_data("county", &[home], index.into());
    let y = g.add_data("y", &[home], scattered(homes).into());
    let a = g.add_param("a", &[county], scattered(counties));
    let each = g.pick(a, county, index);
    let rest = g.sub(y, each);
    let square = g.square(rest);
    let by = g.sum_by(square, index, county, &[]);
    let loss = g.mean(square, &[home]);
    Program { graph: g, loss, watch: vec![by] }
}

#[test]
fn picks_repeat_and_their_gradients_add_up() {
    for (homes, counties) in [(7, 6), (1000, 6), (1000, 900), (30_001, 6), (70_001, 300)] {
        let program = picks(homes, counties);
        let inputs = Inputs::initial(&program.graph);
        check_program(&format!("picks of {homes}"), &program, &inputs, [1e-9, 1e-3]);
    }
}

/// What jumps about in a product reads tiles that were done before: nothing of the same loop may lie where the product lies.
#[test]
fn jumps_in_a_product_agree() {
    let mut g = Graph::new();
    let (depth, n, k) = (g.dim("depth", 20), g.dim("n", 40), g.dim("k", 3000));
    let x = g.add_data("x", &[n, depth], scattered(800).into());
    let w = g.add_param("w", &[depth, k], scattered(60_000));
    let index: Vec<f64> = (0..3000).map(|i| f64::from(i * 7 % 3000)).collect();
    let index = g.add_data("index", &[k], index.into());
    let product = g.contract(x, w, &[depth]);
    let jumped = g.pick(product, k, index);
    let bent = g.tanh(jumped);
    let loss = g.mean(bent, &[n, k]);
    let program = Program { graph: g, loss, watch: vec![bent] };
    check_program("jumps", &program, &Inputs::initial(&program.graph), [1e-9, 1e-3]);
    check_threads("jumps", &program);
}

#[test]
fn three_positions_at_once_agree() {
    let mut g = Graph::new();
    let (a, b, c, n) = (g.dim("a", 3), g.dim("b", 4), g.dim("c", 5), g.dim("n", 50));
    let x = g.add_param("x", &[a, b, c], scattered(60));
    let entries = [(a, 3), (b, 4), (c, 5)].into_iter().enumerate();
    let mut args = vec![x];
    let entries = entries.map(|(k, (dim, size))| {
        let positions: Vec<f64> = (0..50).map(|i| ((i * i + k) % size) as f64).collect();
        args.push(g.add_data("positions", &[n], positions.into()));
        (dim, Entry::By(k as u8 + 1))
    });
    let entries = entries.collect();
    let picked = g.push(Op::Index(entries), args);
    let square = g.square(picked);
    let loss = g.sum(square, &[n]);
    let program = Program { graph: g, loss, watch: vec![picked] };
    let inputs = Inputs::initial(&program.graph);
    check_program("three positions", &program, &inputs, [1e-12, 1e-6]);
}

/// A triangular system of n unknowns for each of some right sides; the matrix is one or as many.
fn solve(n: usize, sides: usize, transposed: bool, one: bool) -> Program {
    let mut g = Graph::new();
    let (row, col, side) = (g.dim("row", n), g.dim("col", n), g.dim("side", sides));
    let dims = if one { vec![row, col] } else { vec![row, col, side] };
    let count = dims.iter().map(|&d| g.size(d)).product();
    let l = g.add_param("l", &dims, scattered(count));
    let l = g.scale(0.5 / n as f64, l);
    let (r, c) = (g.iota(row), g.iota(col));
    let diagonal = g.eq(r, c);
    let l = g.add(diagonal, l);
    let b = g.add_param("b", &[row, side], scattered(n * sides));
    let x = g.push(Op::TriSolve { row, col, transposed }, [l, b]);
    let square = g.square(x);
    let loss = g.mean(square, &[row, side]);
    Program { graph: g, loss, watch: vec![x] }
}

#[test]
fn triangular_systems_of_every_layout_agree() {
    for (n, sides) in [(1, 3), (5, 1), (20, 7), (7, 20), (40, 333)] {
        for (transposed, one) in [(false, true), (true, true), (false, false), (true, false)] {
            let program = solve(n, sides, transposed, one);
            let inputs = Inputs::initial(&program.graph);
            let what = format!("{sides} systems of {n}, {transposed}, {one}");
            check_program(&what, &program, &inputs, [1e-12, 1e-4]);
        }
    }
    check_threads("systems", &solve(40, 333, false, true));
}

/// Positions that are computed: negative, past the end and no numbers read an end of the array, as positions do.
#[test]
fn positions_outside_are_brought_inside() {
    let mut g = Graph::new();
    let (place, each) = (g.dim("place", 3), g.dim("each", 20));
    let mut positions: Vec<f64> = (0..20).map(|i| (i % 3) as f64).collect();
    positions[..5].copy_from_slice(&[-1.0, 7.0, f64::NAN, f64::INFINITY, 2.75]);
    let positions = g.add_data("positions", &[each], positions.into());
    let p = g.add_param("p", &[place], vec![1.0, 2.0, 4.0]);
    let picked = g.pick(p, place, positions);
    let loss = g.sum(picked, &[each]);
    let program = Program { graph: g, loss, watch: vec![picked] };
    let inputs = Inputs::initial(&program.graph);
    check_program("positions", &program, &inputs, [1e-12, 1e-6]);
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
        let expected = Expected::of(&program, &inputs);
        expected.check(&format!("step {t}"), &mut *step, &inputs, 1e-12);
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
        ("radon", models::radon()),
        ("autoencoder", models::vae()),
    ] {
        let inputs = random_inputs(&program.graph, 1);
        check_program(name, &program, &inputs, [1e-9, 1e-4]);
    }
}

/// Matchings of some matrices, whose rows or columns may be an expanded vector's.
pub(crate) fn matchings(n: usize, count: usize, vector: bool) -> Program {
    let mut g = Graph::new();
    let (row, col, turn) = (g.dim("row", n), g.dim("col", n), g.dim("turn", count));
    let x = g.add_param("x", &[row, col, turn], scattered(n * n * count));
    let y = g.add_param("y", &[row], scattered(n));
    let z = g.add_param("z", &[col, turn], scattered(n * count));
    let product = g.mul(y, z);
    let matrix = if vector { product } else { g.add(x, product) };
    let matching = g.assign(matrix, [row, col]);
    let weighed = g.mul(matching, x);
    let loss = g.sum_all(weighed);
    Program { graph: g, loss, watch: vec![matching] }
}

#[test]
fn matchings_of_every_layout_agree() {
    for (n, count) in [(1, 3), (5, 1), (7, 20), (20, 7), (6, 333), (40, 2)] {
        for vector in [false, true] {
            let program = matchings(n, count, vector);
            let inputs = Inputs::initial(&program.graph);
            let what = format!("{count} matchings of {n}, {vector}");
            check_program(&what, &program, &inputs, [1e-12, 1e-4]);
        }
    }
    check_threads("matchings", &matchings(6, 333, false));
}
