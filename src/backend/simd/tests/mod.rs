//! Every kernel on every instruction set of the machine: against values in 50 digits, dense sweeps against the standard
//! library, the rules at infinities and NaN, and the reductions and updates against plain loops.

mod tables;

use super::elementwise::{pow, unary};
use super::reduce;
use super::update::{self, Moments};
use super::{Isa, Lane};
use crate::backend::Update;
use crate::ir::Unary;

/// Function, values, and the largest error: units in the last place of f64, of f32, and what passes as an absolute error.
const ACCURACY: [(Unary, tables::Table, f64, f64, f64); 15] = [
    (Unary::Exp, tables::EXP, 1.5, 1.5, 0.0),
    (Unary::Expm1, tables::EXPM1, 2.5, 2.0, 0.0),
    (Unary::Ln, tables::LN, 1.5, 1.5, 0.0),
    (Unary::Log1p, tables::LOG1P, 2.5, 2.5, 0.0),
    (Unary::Sigmoid, tables::SIGMOID, 2.5, 2.5, 0.0),
    (Unary::Softplus, tables::SOFTPLUS, 3.5, 3.0, 0.0),
    (Unary::Tanh, tables::TANH, 3.5, 3.0, 0.0),
    (Unary::Sin, tables::SIN, 2.5, 2.0, 4e-16),
    (Unary::Cos, tables::COS, 2.5, 2.0, 4e-16),
    (Unary::Atan, tables::ATAN, 2.5, 2.0, 0.0),
    (Unary::Lgamma, tables::LGAMMA, 45.0, 1.0, 1e-14),
    (Unary::Digamma, tables::DIGAMMA, 45.0, 1.0, 1e-14),
    (Unary::Trigamma, tables::TRIGAMMA, 45.0, 1.0, 0.0),
    (Unary::Erf, tables::ERF, 3.0, 2.0, 0.0),
    (Unary::LogNdtr, tables::LOG_NDTR, 20.0, 1.0, 0.0),
];

/// |got − want| in units in the last place of f64.
fn ulps64(got: f64, want: f64) -> f64 {
    let size = want.abs().max(f64::MIN_POSITIVE);
    if got == want { 0.0 } else { (got - want).abs() / (size.next_up() - size) }
}

/// |got − want| in units in the last place of f32; the nearest f32 is always right.
fn ulps32(got: f32, want: f64) -> f64 {
    let size = (want.abs() as f32).max(f32::MIN_POSITIVE);
    let right = got == want as f32;
    if right { 0.0 } else { (got as f64 - want).abs() / (size.next_up() - size) as f64 }
}

fn apply<E: Lane>(isa: Isa, op: Unary, x: &[E]) -> Vec<E> {
    let mut out = vec![E::ZERO; x.len()];
    unary(isa, op, &mut out, x);
    out
}

#[test]
fn functions_meet_their_stated_accuracy() {
    for isa in Isa::available() {
        for (op, table, bound64, bound32, floor) in ACCURACY {
            let x: Vec<f64> = table.iter().map(|row| row.0).collect();
            for (got, (x, want)) in apply(isa, op, &x).into_iter().zip(table) {
                let fine = ulps64(got, *want) <= bound64 || (got - want).abs() <= floor;
                assert!(fine, "{isa:?} {op:?}({x:e}) = {got:e}, not {want:e}");
            }
            let rows = table.iter().filter(|row| row.0 as f32 as f64 == row.0);
            let (x, want): (Vec<f32>, Vec<f64>) = rows.map(|&(x, y)| (x as f32, y)).unzip();
            for ((got, want), x) in apply(isa, op, &x).into_iter().zip(want).zip(x) {
                let fine = ulps32(got, want) <= bound32 || (got as f64 - want).abs() <= floor;
                assert!(fine, "{isa:?} {op:?}({x:e}f32) = {got:e}, not {want:e}");
            }
        }
    }
}

/// From `low` to `high`, densest about 0 where the range spans it.
fn sweep(low: f64, high: f64) -> Vec<f64> {
    const N: usize = 200_000;
    let cube = |i: usize| (2.0 * i as f64 / N as f64 - 1.0).powi(3);
    let even = |i: usize| low + (high - low) * i as f64 / N as f64;
    let scaled = |t: f64| if t < 0.0 { -t * low } else { t * high };
    (0..N).map(|i| if low < 0.0 && i % 2 == 0 { scaled(cube(i)) } else { even(i) }).collect()
}

type Reference = fn(f64) -> f64;

#[test]
fn elementary_functions_follow_the_standard_library() {
    // The standard library is itself half a unit or one off; f32 is held against f64.
    let cases: [(Unary, Reference, f64, f64, f64); 10] = [
        (Unary::Exp, f64::exp, -87.0, 88.0, 2.0),
        (Unary::Expm1, f64::exp_m1, -30.0, 88.0, 3.0),
        (Unary::Ln, f64::ln, 1e-6, 3.0, 2.0),
        (Unary::Ln, f64::ln, 1.0, 1e30, 2.0),
        (Unary::Log1p, f64::ln_1p, -0.99, 5.0, 3.0),
        (Unary::Tanh, f64::tanh, -20.0, 20.0, 4.0),
        (Unary::Sin, f64::sin, -3.0, 3.0, 3.0),
        (Unary::Cos, f64::cos, -1.5, 1.5, 3.0),
        (Unary::Atan, f64::atan, -20.0, 20.0, 3.0),
        (Unary::Floor, f64::floor, -50.0, 50.0, 0.0),
    ];
    for isa in Isa::available() {
        for (op, reference, low, high, bound) in cases {
            let x = sweep(low, high);
            for (got, x) in apply(isa, op, &x).into_iter().zip(x) {
                assert!(ulps64(got, reference(x)) <= bound, "{isa:?} {op:?}({x:e}) = {got:e}");
            }
            let x: Vec<f32> = sweep(low, high).into_iter().map(|x| x as f32).collect();
            for (got, x) in apply(isa, op, &x).into_iter().zip(x) {
                let error = ulps32(got, reference(x as f64));
                assert!(error <= bound, "{isa:?} {op:?}({x:e}f32) = {got:e}");
            }
        }
    }
}

#[test]
fn gamma_functions_follow_statrs() {
    use statrs::function::gamma::{digamma, ln_gamma};
    let x: Vec<f64> = (1..40_000).map(|i| (i as f64 * 5e-4).exp() * 1e-3).collect();
    for isa in Isa::available() {
        let pairs: [(Unary, Reference); 2] = [(Unary::Lgamma, ln_gamma), (Unary::Digamma, digamma)];
        for (op, reference) in pairs {
            for (got, &x) in apply(isa, op, &x).into_iter().zip(&x) {
                let want = reference(x);
                let error = (got - want).abs() / want.abs().max(1.0);
                assert!(error < 2e-13, "{isa:?} {op:?}({x}) = {got}, statrs has {want}");
            }
        }
    }
}

const SPECIAL: [f64; 5] = [f64::NEG_INFINITY, -0.0, 0.0, f64::INFINITY, f64::NAN];

fn check_limits<E: Lane>(isa: Isa) {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let half_turn = std::f64::consts::FRAC_PI_2;
    let ln_half = -std::f64::consts::LN_2;
    // Values at −∞, −0, 0, ∞; at NaN all are NaN.
    let cases: [(Unary, [f64; 4]); 16] = [
        (Unary::Exp, [0.0, 1.0, 1.0, inf]),
        (Unary::Expm1, [-1.0, 0.0, 0.0, inf]),
        (Unary::Ln, [nan, -inf, -inf, inf]),
        (Unary::Log1p, [nan, 0.0, 0.0, inf]),
        (Unary::Sigmoid, [0.0, 0.5, 0.5, 1.0]),
        (Unary::Softplus, [0.0, -ln_half, -ln_half, inf]),
        (Unary::Tanh, [-1.0, 0.0, 0.0, 1.0]),
        (Unary::Sin, [nan, 0.0, 0.0, nan]),
        (Unary::Cos, [nan, 1.0, 1.0, nan]),
        (Unary::Atan, [-half_turn, 0.0, 0.0, half_turn]),
        (Unary::Lgamma, [nan, inf, inf, inf]),
        (Unary::Trigamma, [nan, inf, inf, 0.0]),
        (Unary::Erf, [-1.0, 0.0, 0.0, 1.0]),
        (Unary::LogNdtr, [-inf, ln_half, ln_half, 0.0]),
        (Unary::Sqrt, [nan, 0.0, 0.0, inf]),
        (Unary::Sign, [-1.0, 0.0, 0.0, 1.0]),
    ];
    for (op, want) in cases {
        let got = apply(isa, op, &SPECIAL.map(E::of));
        for (got, want) in got.iter().zip(want.into_iter().chain([nan])) {
            let (got, want) = (got.to_f64(), E::of(want).to_f64());
            let same = got == want || (got.is_nan() && want.is_nan());
            assert!(
                same || (got - want).abs() < 2e-7 * want.abs(),
                "{isa:?} {op:?}: {got}, not {want}"
            );
        }
    }
}

#[test]
fn limits_are_those_of_the_functions() {
    for isa in Isa::available() {
        check_limits::<f32>(isa);
        check_limits::<f64>(isa);
    }
}

#[test]
fn erf_of_f32_follows_that_of_f64() {
    for isa in Isa::available() {
        let x: Vec<f32> = sweep(-5.0, 5.0).into_iter().map(|x| x as f32).collect();
        let wide: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
        let want = apply(isa, Unary::Erf, &wide);
        for ((got, want), x) in apply(isa, Unary::Erf, &x).into_iter().zip(want).zip(x) {
            assert!(ulps32(got, want) <= 2.0, "{isa:?} erf({x:e}f32) = {got:e}, not {want:e}");
        }
    }
}

#[test]
fn exp_and_ln_reach_denormals() {
    for isa in Isa::available() {
        let small = apply(isa, Unary::Exp, &[-740.0, -745.0, -746.0]);
        assert!(ulps64(small[0] * 2f64.powi(60), (-740f64).exp() * 2f64.powi(60)) < 2f64.powi(8));
        assert_eq!(small[1..], [5e-324, 0.0]);
        assert!(ulps64(apply(isa, Unary::Ln, &[5e-324])[0], 5e-324f64.ln()) <= 1.0);
        assert_eq!(apply(isa, Unary::Ln, &[1e-45f32]), [1e-45f32.ln()]);
    }
}

#[test]
fn powers_are_those_of_ieee() {
    let values = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1e-310, 1e300, 1e17, 0.1];
    let values = || values.into_iter().chain([f64::INFINITY, f64::NEG_INFINITY, f64::NAN]);
    let (mut x, mut y): (Vec<f64>, Vec<f64>) =
        values().flat_map(|x| values().map(move |y| (x, y))).unzip();
    for i in 0..50_000 {
        x.push((8.0 * (0.618 * i as f64).sin()).exp());
        y.push(40.0 * (0.37 * i as f64).cos());
    }
    for isa in Isa::available() {
        let mut out = vec![0.0; x.len()];
        pow(isa, &mut out, &x, &y);
        for ((got, x), y) in out.iter().zip(&x).zip(&y) {
            let want = x.powf(*y);
            let same = got.to_bits() == want.to_bits() || (got.is_nan() && want.is_nan());
            assert!(
                same || ulps64(*got, want) <= 5.0,
                "{isa:?} {x:e} to the {y:e} = {got:e}, not {want:e}"
            );
        }
    }
}

fn check_reductions<E: Lane>(isa: Isa, tolerance: f64) {
    for n in [0, 1, 5, 31, 32, 33, 1000, 1024, 1025, 10_000] {
        let x: Vec<E> = (0..n).map(|i| E::of((i as f64 * 0.7).sin())).collect();
        let wide: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
        let close =
            |got: f64, want: f64| assert!((got - want).abs() <= tolerance * (n as f64 + 1.0));
        close(reduce::sum(isa, &x), wide.iter().sum());
        close(reduce::sum_of_squares(isa, &x), wide.iter().map(|x| x * x).sum());
        assert_eq!(
            reduce::max_in(&x).to_f64(),
            wide.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        );
        let log_sum = wide.iter().map(|x| x.exp()).sum::<f64>().ln();
        let got = reduce::log_sum_exp(isa, &x).to_f64();
        assert!(got == log_sum || (got - log_sum).abs() < 10.0 * tolerance, "{got} {log_sum}");
    }
    let nan = [E::ONE, E::NAN, -E::ONE];
    assert!(reduce::max_in(&nan).is_nan());
    let none = [-E::INFINITY; 40];
    assert_eq!(reduce::log_sum_exp(isa, &none).to_f64(), f64::NEG_INFINITY);
}

#[test]
fn reductions_follow_plain_loops() {
    for isa in Isa::available() {
        check_reductions::<f32>(isa, 2e-7);
        check_reductions::<f64>(isa, 1e-14);
    }
}

#[test]
fn a_long_sum_of_f32_does_not_stall() {
    let ones = vec![1f32; 1 << 25];
    assert_eq!(reduce::sum(Isa::detect(), &ones), (1u64 << 25) as f64);
}

fn check_adam<E: Lane>(isa: Isa, n: usize, tolerance: f64) {
    let (lr, beta1, beta2, eps) = (0.1, 0.9, 0.999, 1e-8);
    let grad: Vec<f64> = (0..n).map(|i| (i as f64 * 1.3).sin()).collect();
    let (mut p, mut m, mut v) = (vec![1.0; n], vec![0.0; n], vec![0.0; n]);
    let narrow: Vec<E> = grad.iter().map(|&g| E::of(g)).collect();
    let (mut params, mut first, mut second) = (vec![E::ONE; n], vec![E::ZERO; n], vec![E::ZERO; n]);
    for t in 1..=3 {
        for i in 0..n {
            m[i] = beta1 * m[i] + (1.0 - beta1) * grad[i];
            v[i] = beta2 * v[i] + (1.0 - beta2) * grad[i] * grad[i];
            let (mean, size) = (m[i] / (1.0 - beta1.powi(t)), v[i] / (1.0 - beta2.powi(t)));
            p[i] -= lr * mean / (size.sqrt() + eps);
        }
        let update = Update::Adam { lr, beta1, beta2, eps, t: t as u64 };
        let (params, first, second) = (&mut params[..], &mut first[..], &mut second[..]);
        update::apply(isa, update, Moments { params, grad: &narrow, first, second }, 1);
        let norm = update::squared_norm(isa, &narrow, 1);
        let want: f64 = grad.iter().map(|g| g * g).sum();
        assert!((norm - want).abs() <= tolerance * want);
    }
    for (got, want) in params.iter().zip(&p) {
        assert!((got.to_f64() - want).abs() < 10.0 * tolerance, "{isa:?}: {got:?}, not {want}");
    }
}

#[test]
fn adam_is_that_of_the_paper() {
    for isa in Isa::available() {
        for n in [1, 17, 1000, 120_000] {
            check_adam::<f32>(isa, n, 1e-6);
            check_adam::<f64>(isa, n, 1e-13);
        }
    }
}

#[test]
fn momentum_accumulates_and_nan_is_seen() {
    let grad = [0.5; 20];
    let update = Update::Sgd { lr: 0.1, momentum: 0.5 };
    for isa in Isa::available() {
        let (mut params, mut first, mut second) = ([1.0; 20], [0.0; 20], [0.0; 20]);
        for _ in 0..2 {
            let (params, first, second) = (&mut params[..], &mut first[..], &mut second[..]);
            update::apply(isa, update, Moments { params, grad: &grad, first, second }, 1);
        }
        assert!(params.iter().all(|p: &f64| (p - (1.0 - 0.05 - 0.075)).abs() < 1e-15));
        assert_eq!(update::squared_norm(isa, &grad, 1), 5.0);
        assert!(update::squared_norm(isa, &[0.0, f64::NAN], 1).is_nan());
    }
}

#[test]
fn an_update_does_not_depend_on_the_number_of_threads() {
    let run = |threads: usize| {
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool starts");
        let n = 150_001;
        let grad: Vec<f32> = (0..n).map(|i| (i as f32 * 0.37).sin()).collect();
        let (mut params, mut first, mut second) = (vec![0f32; n], vec![0f32; n], vec![0f32; n]);
        let update = Update::Adam { lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8, t: 1 };
        let on =
            Moments { params: &mut params, grad: &grad, first: &mut first, second: &mut second };
        let norm = pool.install(|| {
            update::apply(Isa::detect(), update, on, threads);
            update::squared_norm(Isa::detect(), &grad, threads)
        });
        (norm.to_bits(), params)
    };
    assert_eq!(run(1), run(2));
}
