//! min E[(b − t)²] over the logit of one Bernoulli b (Tucker et al. 2017, section 5.1): how fast, and with what variance.

use elbow::backend::{CounterNoise, Float, Lowering, Options, Program, Update, compile};
use elbow::objective::{Objective, objective};
use elbow::session::{Inputs, Session};
use elbow::source::Source;

/// The annotations that are compared.
pub(crate) const ESTIMATORS: [&str; 3] = ["reinforce(baseline = none)", "rebar", "relax"];

/// Steps over which a variance is taken.
pub(crate) const WINDOW: u64 = 500;

pub(crate) struct Point {
    pub(crate) step: u64,
    /// E[(b − t)²] in closed form.
    pub(crate) loss: f64,
    /// Of the gradient in the logit, over the steps of the window.
    pub(crate) log_variance: f64,
}

/// One fit with Adam, one draw a step, from logit 0; at rate 0 the logit stays and the variates learn alone.
pub(crate) fn descend(estimator: &str, t: f64, rate: f64, steps: u64, seed: u64) -> Vec<Point> {
    let text = format!("@{estimator}\n@kl(weight = 0)\nb ~ Bernoulli(0.5)\nfactor -(b - {t})^2\n");
    let (session, _) = Session::from_source(Source::new("toy.elbow", text));
    let (problem, _) = session.problem(&Inputs::default());
    let Some(problem) = problem else { unreachable!("the toy is a model") };
    let Objective { graph, loss, .. } = objective(&problem, 1);
    let options = Options { lowering: Lowering::Fast, float: Float::F64, threads: 1 };
    let mut step = compile(Program { graph, loss, watch: vec![] }, options);
    let mut noise = CounterNoise::new(seed);
    let (mut points, mut gradients) = (vec![], vec![]);
    for now in 0..steps {
        step.run(now, &mut noise);
        gradients.push(step.gradient()[0]);
        step.update(Update::Adam { lr: rate, beta1: 0.9, beta2: 0.999, eps: 1e-8, t: now + 1 });
        if (now + 1).is_multiple_of(WINDOW) {
            let mass = 1.0 / (1.0 + (-step.params()[0]).exp());
            let loss = mass * (1.0 - t).powi(2) + (1.0 - mass) * t * t;
            points.push(Point { step: now + 1, loss, log_variance: variance(&gradients).ln() });
            gradients.clear();
        }
    }
    points
}

fn variance(x: &[f64]) -> f64 {
    let count = x.len() as f64;
    let mean = x.iter().sum::<f64>() / count;
    x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0)
}
