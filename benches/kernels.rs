//! Time per element of each vector kernel at n = 1000, of noise fills of several lengths, and of an Adam step.
//! `cargo bench --bench kernels`; criterion's throughput is in elements per second.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use elbow::backend::kernels::{self, Element};
use elbow::backend::{CounterNoise, NoiseSource, Update};
use elbow::ir::{Noise, Unary};
use std::hint::black_box;

const N: usize = 1000;

const FUNCTIONS: [Unary; 19] = [
    Unary::Exp,
    Unary::Expm1,
    Unary::Ln,
    Unary::Log1p,
    Unary::Sqrt,
    Unary::Recip,
    Unary::Floor,
    Unary::Sigmoid,
    Unary::Softplus,
    Unary::Tanh,
    Unary::Sin,
    Unary::Cos,
    Unary::Atan,
    Unary::Lgamma,
    Unary::Digamma,
    Unary::Trigamma,
    Unary::Erf,
    Unary::LogNdtr,
    Unary::Square,
];

fn elementwise<E: Element>(c: &mut Criterion, name: &str, of: fn(f64) -> E) {
    let x: Vec<E> = (0..N).map(|i| of(0.01 + 0.01 * i as f64)).collect();
    let mut out = x.clone();
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(N as u64));
    for op in FUNCTIONS {
        let id = BenchmarkId::from_parameter(format!("{op:?}"));
        group.bench_function(id, |b| {
            b.iter(|| kernels::unary(op, black_box(&mut out), black_box(&x)))
        });
    }
    group
        .bench_function("Pow", |b| b.iter(|| kernels::pow(&mut out, black_box(&x), black_box(&x))));
    group.bench_function("Sum", |b| b.iter(|| kernels::sum(black_box(&x))));
    group.bench_function("LogSumExp", |b| b.iter(|| kernels::log_sum_exp(black_box(&x))));
    group.finish();
}

fn functions(c: &mut Criterion) {
    elementwise::<f32>(c, "f32", |x| x as f32);
    elementwise::<f64>(c, "f64", |x| x);
}

fn noise(c: &mut Criterion) {
    let mut source = CounterNoise::new(1);
    let mut group = c.benchmark_group("noise");
    for kind in [Noise::Normal, Noise::Uniform, Noise::Gumbel] {
        for n in [1, 10, 1000, 100_000] {
            group.throughput(Throughput::Elements(n as u64));
            let (mut narrow, mut wide) = (vec![0f32; n], vec![0f64; n]);
            let mut step = 0;
            group.bench_function(BenchmarkId::new(format!("{kind:?} f32"), n), |b| {
                b.iter(|| {
                    step += 1;
                    source.fill_f32(step, 0, kind, black_box(&mut narrow));
                });
            });
            group.bench_function(BenchmarkId::new(format!("{kind:?} f64"), n), |b| {
                b.iter(|| {
                    step += 1;
                    source.fill_f64(step, 0, kind, black_box(&mut wide));
                });
            });
        }
    }
    group.finish();
}

fn updates(c: &mut Criterion) {
    let mut group = c.benchmark_group("adam");
    for n in [20, 1000, 650_000] {
        group.throughput(Throughput::Elements(n as u64));
        let grad: Vec<f32> = (0..n).map(|i| (i as f32 * 0.37).sin()).collect();
        let (mut params, mut first, mut second) = (vec![0f32; n], vec![0f32; n], vec![0f32; n]);
        let update = Update::Adam { lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, t: 10 };
        group.bench_function(BenchmarkId::from_parameter(n), |b| {
            b.iter(|| {
                kernels::step(update, &mut params, black_box(&grad), &mut first, &mut second)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, functions, noise, updates);
criterion_main!(benches);
