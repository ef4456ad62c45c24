//! Every op by itself: its value against a number from elsewhere, its gradient against differences, and the edges where
//! a careless rule gives NaN.

use crate::graphs::params;
use elbow::ir::{
    Dim, Entry, Graph, Inputs, NodeId, Noise, Op, Reduce, Rounding, Sampler, dump, eval,
    first_not_finite, grad, vjp,
};
use smallvec::smallvec;

struct Built {
    g: Graph,
    out: NodeId,
}

fn build(make: impl FnOnce(&mut Graph) -> NodeId) -> Built {
    let mut g = Graph::new();
    let out = make(&mut g);
    Built { g, out }
}

impl Built {
    fn value(&self) -> Vec<f64> {
        eval(&self.g, &Inputs::initial(&self.g), &[self.out], Rounding::F64).remove(0)
    }

    /// Of Σ seed · out by all parameters.
    fn gradient(&self) -> Vec<f64> {
        let mut g = self.g.clone();
        let wrt = params(&g);
        let seed = weights(&mut g, self.out);
        let nodes = vjp(&mut g, &[(self.out, seed)], &wrt);
        eval(&g, &Inputs::initial(&g), &nodes, Rounding::F64).concat()
    }

    fn differences(&self) -> Vec<f64> {
        let mut g = self.g.clone();
        let seed = weights(&mut g, self.out);
        let weighted = g.mul(seed, self.out);
        let loss = g.sum_all(weighted);
        let start = Inputs::initial(&g);
        let at = |i: usize, h: f64| {
            let mut inputs = start.clone();
            inputs.params[i] += h;
            eval(&g, &inputs, &[loss], Rounding::F64)[0][0]
        };
        (0..start.params.len()).map(|i| (at(i, 1e-6) - at(i, -1e-6)) / 2e-6).collect()
    }

    #[track_caller]
    fn holds(&self, expected: &[f64]) {
        close(&self.value(), expected, 1e-14);
    }

    /// Value and gradient.
    #[track_caller]
    fn check(&self, expected: &[f64]) {
        self.holds(expected);
        close(&self.gradient(), &self.differences(), 1e-8);
    }
}

/// A different weight for each element, so that mixed-up elements show.
fn weights(g: &mut Graph, out: NodeId) -> NodeId {
    let dims: Vec<Dim> = g.shape(out).iter().collect();
    let count = g.count(g.shape(out));
    let values: Vec<f64> = (0..count).map(|i| 1.0 + 0.3 * i as f64).collect();
    g.add_data("weights", &dims, values.into())
}

#[track_caller]
fn close(got: &[f64], expected: &[f64], bound: f64) {
    let apart = |(a, b): (&f64, &f64)| (a - b).abs() > bound * (1.0 + b.abs()) || a.is_nan();
    let wrong = got.len() != expected.len() || got.iter().zip(expected).any(apart);
    assert!(!wrong, "{got:?}, expected {expected:?}");
}

fn param(g: &mut Graph, dims: &[Dim], values: &[f64]) -> NodeId {
    g.add_param("p", dims, values.to_vec())
}

fn scalar(x: f64, make: impl FnOnce(&mut Graph, NodeId) -> NodeId) -> Built {
    build(|g| {
        let x = param(g, &[], &[x]);
        make(g, x)
    })
}

/// A matrix `[a = 2, b = 3]` of parameters.
fn matrix(values: [f64; 6], make: impl FnOnce(&mut Graph, NodeId, Dim, Dim) -> NodeId) -> Built {
    build(|g| {
        let (a, b) = (g.dim("a", 2), g.dim("b", 3));
        let x = param(g, &[a, b], &values);
        make(g, x, a, b)
    })
}

#[test]
fn unary_ops() {
    type Make = fn(&mut Graph, NodeId) -> NodeId;
    let e = std::f64::consts::E;
    let table: &[(Make, f64, f64)] = &[
        (Graph::neg, 0.5, -0.5),
        (Graph::abs, -0.5, 0.5),
        (Graph::sign, -0.5, -1.0),
        (Graph::floor, -0.5, -1.0),
        (Graph::exp, 1.0, e),
        (Graph::expm1, 1.0, e - 1.0),
        (Graph::ln, e, 1.0),
        (Graph::log1p, e - 1.0, 1.0),
        (Graph::sqrt, 6.25, 2.5),
        (Graph::square, -1.5, 2.25),
        (Graph::recip, -0.25, -4.0),
        (Graph::sigmoid, 3f64.ln(), 0.75),
        (Graph::softplus, (e - 1.0).ln(), 1.0),
        (Graph::tanh, 3f64.ln() / 2.0, 0.5),
        (Graph::sin, std::f64::consts::FRAC_PI_6, 0.5),
        (Graph::cos, std::f64::consts::FRAC_PI_3, 0.5),
        (Graph::atan, 1.0, std::f64::consts::FRAC_PI_4),
        (Graph::lgamma, 5.0, 24f64.ln()),
        (Graph::digamma, 1.0, -0.577_215_664_901_532_9),
        (Graph::erf, 0.5, 0.520_499_877_813_046_5),
        (Graph::log_ndtr, -5.0, -15.064_998_393_988_727),
        (Graph::not, 0.5, 0.0),
    ];
    for &(op, x, y) in table {
        scalar(x, op).check(&[y]);
    }
    let zeta = std::f64::consts::PI.powi(2) / 6.0;
    build(|g| {
        let one = g.number(1.0);
        g.trigamma(one)
    })
    .holds(&[zeta]);
    scalar(0.0, Graph::not).holds(&[1.0]);
    scalar(0.0, Graph::sign).holds(&[0.0]);
}

#[test]
fn log_ndtr_has_its_slope_far_to_the_left() {
    // φ/Φ at −x is x + 1/x − 2/x³ + 10/x⁵ − …
    for x in [25.0, 31.0, 100.0, 1e4, 1e8] {
        let slope = scalar(-x, Graph::log_ndtr).gradient()[0];
        let series = x + 1.0 / x - 2.0 / x.powi(3) + 10.0 / x.powi(5) - 74.0 / x.powi(7);
        assert!((slope / series - 1.0).abs() < 1e-9, "{x}: {slope} {series}");
    }
}

#[test]
fn binary_ops_broadcast_both_ways() {
    type Make = fn(&mut Graph, NodeId, NodeId) -> NodeId;
    type Meaning = fn(f64, f64) -> f64;
    let table: &[(Make, Meaning)] = &[
        (Graph::add, |a, b| a + b),
        (Graph::sub, |a, b| a - b),
        (Graph::mul, |a, b| a * b),
        (Graph::div, |a, b| a / b),
        (Graph::pow, f64::powf),
        (Graph::max, f64::max),
        (Graph::min, f64::min),
        (Graph::lt, |a, b| f64::from(a < b)),
        (Graph::le, |a, b| f64::from(a <= b)),
        (Graph::eq, |a, b| f64::from(a == b)),
    ];
    let (xs, ys) = ([0.7, 1.9], [1.3, 0.4, 2.2]);
    for &(op, meaning) in table {
        let built = build(|g| {
            let (a, b) = (g.dim("a", 2), g.dim("b", 3));
            let (x, y) = (param(g, &[a], &xs), param(g, &[b], &ys));
            op(g, x, y)
        });
        let expected: Vec<f64> =
            xs.iter().flat_map(|&x| ys.iter().map(move |&y| meaning(x, y))).collect();
        built.check(&expected);
    }
}

#[test]
fn comparisons_of_equals() {
    let both = |op: fn(&mut Graph, NodeId, NodeId) -> NodeId| scalar(1.0, |g, x| op(g, x, x));
    both(Graph::lt).holds(&[0.0]);
    both(Graph::le).holds(&[1.0]);
    both(Graph::eq).holds(&[1.0]);
}

#[test]
fn ties_pass_the_gradient_once() {
    for op in [Graph::max, Graph::min] {
        assert_eq!(scalar(1.0, |g, x| op(g, x, x)).gradient(), [1.0]);
        let one_side = |g: &mut Graph, x| {
            let one = g.number(1.0);
            op(g, x, one)
        };
        assert_eq!(scalar(1.0, one_side).gradient(), [1.0]);
    }
    let ties = matrix([2.0, 2.0, 1.0, 5.0, 5.0, 5.0], |g, x, _, b| g.reduce(Reduce::Max, x, &[b]));
    close(&ties.gradient(), &[0.5, 0.5, 0.0, 1.3 / 3.0, 1.3 / 3.0, 1.3 / 3.0], 1e-15);
}

#[test]
fn powers_at_zero() {
    let power = |base: f64, exponent: f64| {
        build(|g| {
            let (x, y) = (param(g, &[], &[base]), param(g, &[], &[exponent]));
            g.pow(x, y)
        })
    };
    power(1.5, -2.5).check(&[1.5f64.powf(-2.5)]);
    assert_eq!(power(0.0, 2.0).gradient(), [0.0, 0.0]);
    assert_eq!(power(0.0, 1.0).gradient(), [1.0, 0.0]);
    assert_eq!(power(0.0, 0.0).gradient()[0], 0.0);
}

#[test]
fn select_keeps_out_what_it_does_not_take() {
    // log x where x > 0, else x: at −1, 0 and 2.
    let built = build(|g| {
        let n = g.dim("n", 3);
        let x = param(g, &[n], &[-1.0, 0.0, 2.0]);
        let zero = g.number(0.0);
        let (positive, log) = (g.lt(zero, x), g.ln(x));
        g.select(positive, log, x)
    });
    built.holds(&[-1.0, 0.0, 2f64.ln()]);
    close(&built.gradient(), &[1.0, 1.3, 1.6 / 2.0], 1e-15);
    // An infinite slope that no element uses.
    let root = scalar(0.0, |g, x| {
        let (root, zero) = (g.sqrt(x), g.number(0.0));
        let reach = g.div(x, root);
        g.select(zero, reach, x)
    });
    assert_eq!(root.gradient(), [1.0]);
}

#[test]
fn stop_and_draws_pass_nothing() {
    let stopped = scalar(3.0, |g, x| {
        let still = g.stop(x);
        g.mul(x, still)
    });
    stopped.holds(&[9.0]);
    assert_eq!(stopped.gradient(), [3.0]);
    let drawn = scalar(3.0, |g, x| {
        let noise = g.add_noise("u", &[], Noise::Uniform);
        let count = g.push(Op::Draw(Sampler::Poisson), [noise, x]);
        g.mul(count, x)
    });
    close(&drawn.gradient(), &[drawn.value()[0] / 3.0], 1e-15);
}

/// A Gamma draw moves with its shape as its distribution function says.
#[test]
fn gamma_draws_pass_their_implicit_slope() {
    let drawn = scalar(3.0, |g, x| {
        let noise = g.add_noise("u", &[], Noise::Uniform);
        g.push(Op::Draw(Sampler::Gamma), [noise, x])
    });
    let z = drawn.value()[0];
    close(&drawn.gradient(), &[elbow::ir::slope(Sampler::Gamma, 0, z, &[3.0])], 1e-15);
}

#[test]
fn expansion_and_unused_dimensions() {
    let built = scalar(2.0, |g, x| {
        let n = g.dim("n", 4);
        g.expand(x, &[n])
    });
    built.check(&[2.0; 4]);
    // The gradient of a mean of something without the dimension, and of what is not there at all.
    let mut g = Graph::new();
    let n = g.dim("n", 4);
    let (x, unused) = (param(&mut g, &[], &[2.0]), param(&mut g, &[n], &[0.0; 4]));
    let wide = g.expand(x, &[n]);
    let loss = g.sum_all(wide);
    let nodes = grad(&mut g, loss, &[x, unused]);
    let values = eval(&g, &Inputs::initial(&g), &nodes, Rounding::F64);
    assert_eq!(values, [vec![4.0], vec![0.0; 4]]);
}

#[test]
fn reductions() {
    let x = [0.5, -1.0, 2.0, 1.5, 3.0, 0.25];
    matrix(x, |g, x, a, _| g.sum(x, &[a])).check(&[2.0, 2.0, 2.25]);
    matrix(x, |g, x, _, b| g.sum(x, &[b])).check(&[1.5, 4.75]);
    matrix(x, |g, x, _, b| g.reduce(Reduce::Prod, x, &[b])).check(&[-1.0, 1.125]);
    matrix(x, |g, x, a, b| g.reduce(Reduce::Max, x, &[a, b])).check(&[3.0]);
    matrix(x, |g, x, a, _| g.reduce(Reduce::Min, x, &[a])).check(&[0.5, -1.0, 0.25]);
    let total = |x: &[f64]| x.iter().map(|x| x.exp()).sum::<f64>().ln();
    matrix(x, |g, x, _, b| g.log_sum_exp(x, &[b])).check(&[total(&x[..3]), total(&x[3..])]);
    matrix(x, |g, x, a, b| g.log_sum_exp(x, &[a, b])).check(&[total(&x)]);
}

#[test]
fn products_with_zeros_have_their_gradients() {
    matrix([2.0, 0.0, 3.0, 0.0, 5.0, 0.0], |g, x, _, b| g.reduce(Reduce::Prod, x, &[b]))
        .check(&[0.0, 0.0]);
}

#[test]
fn log_sum_exp_at_infinity() {
    let low = f64::NEG_INFINITY;
    let built = matrix([low, low, low, low, 0.0, 800.0], |g, x, _, b| g.log_sum_exp(x, &[b]));
    assert_eq!(built.value(), [low, 800.0]);
    assert_eq!(built.gradient(), [0.0, 0.0, 0.0, 0.0, 0.0, 1.3]);
    // A class of probability 0 passes no NaN back through its logarithm.
    let classes = matrix([0.0, 0.5, 0.5, 1.0, 0.0, 0.0], |g, p, _, b| {
        let log = g.ln(p);
        g.log_sum_exp(log, &[b])
    });
    assert!(classes.gradient().iter().all(|g| g.is_finite()));
}

#[test]
fn running_sums_and_largest() {
    let x = [0.5, -1.0, 2.0, 1.5, 3.0, 0.25];
    matrix(x, |g, x, _, b| g.cumsum(x, b)).check(&[0.5, -0.5, 1.5, 1.5, 4.5, 4.75]);
    matrix(x, |g, x, a, _| g.cumsum(x, a)).check(&[0.5, -1.0, 2.0, 2.0, 2.0, 2.25]);
    matrix(x, |g, x, _, b| g.push(Op::Cumsum { dim: b, reverse: true }, [x]))
        .check(&[1.5, 1.0, 2.0, 4.75, 3.25, 0.25]);
    matrix(x, |g, x, _, b| g.arg_max(x, b)).check(&[2.0, 1.0]);
    matrix(x, |g, x, a, _| g.arg_max(x, a)).check(&[1.0, 1.0, 0.0]);
    matrix([1.0; 6], |g, x, _, b| g.arg_max(x, b)).holds(&[0.0, 0.0]);
}

#[test]
fn contractions() {
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    matrix(x, |g, x, _, b| {
        let v = param(g, &[b], &[1.0, 0.5, -1.0]);
        g.contract(x, v, &[b])
    })
    .check(&[-1.0, 0.5]);
    matrix(x, |g, x, a, b| {
        let twin = g.dim("a'", 2);
        let y = g.run(x, a, twin, 0);
        g.contract(x, y, &[b])
    })
    .check(&[14.0, 32.0, 32.0, 77.0]);
    matrix(x, |g, x, a, b| g.contract(x, x, &[a, b])).check(&[91.0]);
    // Batched: both keep `a`.
    matrix(x, |g, x, a, b| {
        let y = param(g, &[a, b], &[1.0, 1.0, 1.0, 2.0, 0.0, 1.0]);
        g.contract(x, y, &[b])
    })
    .check(&[6.0, 14.0]);
}

#[test]
fn indexing() {
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    matrix(x, |g, x, _, b| g.at(x, b, 1)).check(&[2.0, 5.0]);
    matrix(x, |g, x, _, b| {
        let short = g.dim("short", 2);
        g.run(x, b, short, 1)
    })
    .check(&[2.0, 3.0, 5.0, 6.0]);
    // A pick of the same row twice, and one per row.
    matrix(x, |g, x, a, _| {
        let n = g.dim("n", 4);
        let index = g.add_data("index", &[n], vec![1.0, 0.0, 1.0, 1.0].into());
        g.pick(x, a, index)
    })
    .check(&[4.0, 1.0, 4.0, 4.0, 5.0, 2.0, 5.0, 5.0, 6.0, 3.0, 6.0, 6.0]);
    matrix(x, |g, x, a, b| {
        let index = g.add_data("index", &[a], vec![2.0, 0.0].into());
        g.pick(x, b, index)
    })
    .check(&[3.0, 4.0]);
    // Two entries of which one picks; then a diagonal.
    matrix(x, |g, x, a, b| {
        let n = g.dim("n", 2);
        let index = g.add_data("index", &[n], vec![1.0, 2.0].into());
        g.push(Op::Index(smallvec![(b, Entry::By(1)), (a, Entry::At(1))]), [x, index])
    })
    .check(&[5.0, 6.0]);
    matrix(x, |g, x, a, b| {
        let run = |start| Entry::Run { to: a, start };
        g.push(Op::Index(smallvec![(a, run(0)), (b, run(1))]), [x])
    })
    .check(&[2.0, 6.0]);
}

/// Whole dimensions under other names: nothing has to be added up to take them back, but for a diagonal.
#[test]
fn names_are_taken_back_by_names() {
    let scatters = |built: &Built| {
        let mut g = built.g.clone();
        let wrt = params(&g);
        let seed = weights(&mut g, built.out);
        let nodes = vjp(&mut g, &[(built.out, seed)], &wrt);
        let ops = g.ancestors(nodes);
        ops.iter().any(|&id| matches!(g.op(id), Op::Scatter { .. }))
    };
    let square = |entries: fn([Dim; 4]) -> [(Dim, Dim); 2]| {
        build(|g| {
            let dims = ["a", "b", "c", "d"].map(|name| g.dim(name, 2));
            let x = param(g, &dims[..2], &[1.0, 2.0, 3.0, 4.0]);
            let runs = entries(dims).map(|(dim, to)| (dim, Entry::Run { to, start: 0 }));
            let read = g.push(Op::Index(smallvec![runs[0], runs[1]]), [x]);
            g.square(read)
        })
    };
    let both = square(|[a, b, c, d]| [(a, c), (b, d)]);
    both.check(&[1.0, 4.0, 9.0, 16.0]);
    assert!(!scatters(&both));
    let turned = square(|[a, b, ..]| [(a, b), (b, a)]);
    turned.check(&[1.0, 9.0, 4.0, 16.0]);
    assert!(!scatters(&turned));
    let diagonal = square(|[a, b, c, _]| [(a, c), (b, c)]);
    diagonal.check(&[1.0, 16.0]);
    assert!(scatters(&diagonal));
}

#[test]
fn scattering() {
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    matrix(x, |g, x, _, b| {
        let county = g.dim("county", 4);
        let index = g.add_data("index", &[b], vec![3.0, 0.0, 3.0].into());
        g.sum_by(x, index, county, &[])
    })
    .check(&[2.0, 0.0, 0.0, 4.0, 5.0, 0.0, 0.0, 10.0]);
    matrix(x, |g, x, a, b| {
        let long = g.dim("long", 5);
        let entries = smallvec![(long, Entry::Run { to: b, start: 2 })];
        g.push(Op::Scatter { entries, shape: smallvec![a, long] }, [x])
    })
    .check(&[0.0, 0.0, 1.0, 2.0, 3.0, 0.0, 0.0, 4.0, 5.0, 6.0]);
    matrix(x, |g, x, a, b| {
        let long = g.dim("long", 2);
        let entries = smallvec![(long, Entry::At(1))];
        let column = g.sum(x, &[b]);
        g.push(Op::Scatter { entries, shape: smallvec![a, long] }, [column])
    })
    .check(&[0.0, 6.0, 0.0, 15.0]);
}

/// L = [[2, 0], [1, 4]], with a number above the diagonal that must not be read; b = (2, 9).
#[test]
fn triangular_solves() {
    let solve = |transposed| {
        build(|g| {
            let (row, col) = (g.dim("n", 2), g.dim("n'", 2));
            let l = param(g, &[row, col], &[2.0, 99.0, 1.0, 4.0]);
            let b = param(g, &[row], &[2.0, 9.0]);
            g.push(Op::TriSolve { row, col, transposed }, [l, b])
        })
    };
    solve(false).check(&[1.0, 2.0]);
    solve(true).check(&[-0.125, 2.25]);
    // One matrix, many right sides; and the other way round.
    let many = |wide_l: bool| {
        build(|g| {
            let (row, col, n) = (g.dim("n", 2), g.dim("n'", 2), g.dim("batch", 3));
            let l = param(g, &[row, col], &[2.0, 0.0, 1.0, 4.0]);
            let b = param(g, &[row], &[2.0, 9.0]);
            let scale = g.add_data("scale", &[n], vec![1.0, 2.0, 4.0].into());
            let (l, b) = if wide_l { (g.mul(l, scale), b) } else { (l, g.mul(b, scale)) };
            g.push(Op::TriSolve { row, col, transposed: false }, [l, b])
        })
    };
    many(false).check(&[1.0, 2.0, 4.0, 2.0, 4.0, 8.0]);
    many(true).check(&[1.0, 0.5, 0.25, 2.0, 1.0, 0.5]);
}

#[test]
fn leaves() {
    build(|g| {
        let n = g.dim("n", 3);
        g.iota(n)
    })
    .holds(&[0.0, 1.0, 2.0]);
    build(|g| g.add_state("s", &[], 0.25)).holds(&[0.25]);
    scalar(1.5, |_, x| x).check(&[1.5]);
}

/// z-tests of the mean and of the mean square, |z| < 5 for 20,000 draws.
#[test]
fn samplers_have_their_moments() {
    let cases: [(Sampler, &[f64], f64, f64); 6] = [
        (Sampler::Gamma, &[2.5], 2.5, 2.5),
        (Sampler::Gamma, &[0.3], 0.3, 0.3),
        (Sampler::Poisson, &[3.5], 3.5, 3.5),
        (Sampler::Poisson, &[80.0], 80.0, 80.0),
        (Sampler::Binomial, &[7.0, 0.3], 2.1, 1.47),
        (Sampler::Binomial, &[300.0, 0.6], 180.0, 72.0),
    ];
    let n = 20_000;
    for (sampler, parameters, mean, variance) in cases {
        let uniform = |i: usize| (i as f64 + 0.5) / n as f64;
        let draws: Vec<f64> =
            (0..n).map(|i| elbow::ir::draw(sampler, uniform(i), parameters)).collect();
        let z = |x: Vec<f64>, expected: f64| {
            let m = x.iter().sum::<f64>() / n as f64;
            let v = x.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / n as f64;
            (m - expected) / (v / n as f64).sqrt()
        };
        let squares = draws.iter().map(|x| (x - mean) * (x - mean)).collect();
        let (first, second) = (z(draws.clone(), mean), z(squares, variance));
        assert!(first.abs() < 5.0 && second.abs() < 5.0, "{sampler:?}: {first} {second}");
    }
    assert_eq!(elbow::ir::draw(Sampler::Poisson, 0.5, &[0.0]), 0.0);
    assert!(elbow::ir::draw(Sampler::Gamma, 0.5, &[-1.0]).is_nan());
    assert!(elbow::ir::draw(Sampler::Poisson, 0.5, &[f64::NAN]).is_nan());
    assert!(elbow::ir::draw(Sampler::Binomial, 0.5, &[3.0, 1.5]).is_nan());
    assert!(elbow::ir::draw(Sampler::Gamma, 0.5, &[1e-9]) > 0.0);
}

#[test]
fn a_nan_is_traced_to_the_op_that_made_it() {
    let mut g = Graph::new();
    let n = g.dim("n", 3);
    let x = param(&mut g, &[n], &[1.0, -2.0, 3.0]);
    let log = g.ln(x);
    let scaled = g.scale(2.0, log);
    let loss = g.sum_all(scaled);
    let inputs = Inputs::initial(&g);
    let found = first_not_finite(&g, &inputs, &[loss], Rounding::F64).expect("a NaN");
    assert_eq!((found.node, &found.element[..]), (log, &[(n, 1)][..]));
    assert_eq!(found.operands, [(x, -2.0)]);
    assert!(found.value.is_nan());
    assert_eq!(first_not_finite(&g, &inputs, &[x], Rounding::F64), None);
    // Not taken, not to blame.
    let zero = g.number(0.0);
    let positive = g.lt(zero, x);
    let safe = g.select(positive, log, zero);
    assert_eq!(first_not_finite(&g, &inputs, &[safe], Rounding::F64), None);
}

#[test]
fn an_overflow_of_f32_is_seen_only_in_f32() {
    let mut g = Graph::new();
    let x = param(&mut g, &[], &[100.0]);
    let big = g.exp(x);
    let loss = g.log1p(big);
    let inputs = Inputs::initial(&g);
    assert_eq!(first_not_finite(&g, &inputs, &[loss], Rounding::F64), None);
    let found = first_not_finite(&g, &inputs, &[loss], Rounding::F32).expect("an infinity");
    assert_eq!(
        (found.node, found.value, &found.operands[..]),
        (big, f64::INFINITY, &[(x, 100.0)][..])
    );
}

#[test]
fn graphs_are_printed_with_names_and_origins() {
    let mut g = Graph::new();
    let n = g.dim("school", 8);
    let origin = g.add_origin("theta ~ Normal(mu, tau)", None);
    g.set_origin(origin, None);
    let x = param(&mut g, &[n], &[0.5; 8]);
    let y = g.exp(x);
    let loss = g.sum_all(y);
    let text = dump(&g, &[loss]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].starts_with("%1 [school=8] = exp %0"), "{text}");
    assert!(lines[2].starts_with("%2 [] = sum over school %1"), "{text}");
    assert!(lines[2].ends_with("# theta ~ Normal(mu, tau)"), "{text}");
}

/// Two matrices side by side; neither passes a gradient.
#[test]
fn matchings() {
    build(|g| {
        let (row, col, n) = (g.dim("row", 2), g.dim("col", 2), g.dim("batch", 3));
        let x = param(g, &[row, col], &[1.0, 3.0, 2.0, 5.0]);
        let tilt = g.add_data("tilt", &[n], vec![1.0, -1.0, 0.0].into());
        let x = g.mul(x, tilt);
        g.assign(x, [row, col])
    })
    .check(&[1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    let x = build(|g| {
        let (row, col) = (g.dim("row", 2), g.dim("col", 2));
        let x = param(g, &[row, col], &[1.0, f64::NAN, 2.0, 5.0]);
        g.assign(x, [row, col])
    });
    assert!(x.value().iter().all(|x| x.is_nan()), "no matching is the largest");
}
