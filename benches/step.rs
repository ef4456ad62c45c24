//! Whole steps (noise, forward, backward, Adam) of some models, on one thread and on two: `cargo bench --bench step`.

mod models;

use criterion::{Criterion, criterion_group, criterion_main};
use elbow::backend::{
    CounterNoise, Float, Lowering, Options, Program, Step, Update, compile, fast::in_pool,
};
use std::hint::black_box;

/// A step that has settled into its caches.
fn warm(program: &Program, options: Options) -> Box<dyn Step> {
    let mut step = compile(program.clone(), options);
    (1..20).for_each(|t| one(&mut *step, t));
    step
}

fn one(step: &mut dyn Step, t: u64) {
    black_box(step.run(t, &mut CounterNoise::new(1)));
    step.update(Update::Adam { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, t });
}

type Build = fn() -> Program;

fn steps(c: &mut Criterion) {
    let models: [(&str, Build); 6] = [
        ("eight schools", models::eight_schools),
        ("logistic 10000x50", models::logistic),
        ("decay 1000000", models::decay),
        ("mixture 5x2000", models::mixture),
        ("radon 919 in 85", models::radon),
        ("autoencoder 784-400-20", models::vae),
    ];
    for (name, program) in models {
        let program = program();
        let mut group = c.benchmark_group(name);
        group.sample_size(20).warm_up_time(std::time::Duration::from_millis(300));
        group.measurement_time(std::time::Duration::from_millis(700));
        for (lowering, float, threads) in [
            (Lowering::Fast, Float::F32, 1),
            (Lowering::Fast, Float::F32, 2),
            (Lowering::Fast, Float::F64, 1),
            (Lowering::Fast, Float::F64, 2),
            (Lowering::Reference, Float::F32, 1),
        ] {
            let options = Options { lowering, float, threads };
            let id = format!("{lowering:?} {float:?} {threads} threads");
            group.bench_function(id, |bencher| {
                bencher.iter_custom(|times| {
                    in_pool(threads, || {
                        let mut step = warm(&program, options);
                        let start = std::time::Instant::now();
                        (20..20 + times).for_each(|t| one(&mut *step, t));
                        start.elapsed()
                    })
                });
            });
        }
        group.finish();
        c.bench_function(&format!("{name}: compile"), |bencher| {
            let options = Options { lowering: Lowering::Fast, float: Float::F32, threads: 1 };
            bencher.iter(|| compile(program.clone(), options));
        });
    }
}

criterion_group!(benches, steps);
criterion_main!(benches);
