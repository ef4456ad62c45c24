//! Models written as IR by hand, most with a mean-field guide: what the steps are timed on.

mod vae;

pub(crate) use vae::vae;

use elbow::backend::Program;
use elbow::ir::{Dim, Graph, NodeId, Noise};

/// ½ log(2π)
const HALF_LOG_2PI: f64 = 0.918_938_533_204_672_8;

/// A model under construction: the terms of its log joint, and those of the guide's entropy.
struct Model {
    g: Graph,
    terms: Vec<NodeId>,
}

impl Model {
    fn new() -> Self {
        Self { g: Graph::new(), terms: Vec::new() }
    }

    /// A draw of a real latent, from Normal(loc, exp(log_scale)).
    fn latent(&mut self, name: &str, dims: &[Dim], at: f64) -> NodeId {
        let g = &mut self.g;
        let origin = g.add_origin(format!("guide of {name}"), None);
        g.set_origin(origin, None);
        let count = dims.iter().map(|&d| g.size(d)).product();
        let loc = g.add_param(&format!("{name}.loc"), dims, vec![at; count]);
        let log_scale = g.add_param(&format!("{name}.log_scale"), dims, vec![-2.0; count]);
        let noise = g.add_noise(name, dims, Noise::Normal);
        let scale = g.exp(log_scale);
        let spread = g.mul(scale, noise);
        let entropy = g.sum_all(log_scale);
        self.terms.push(entropy);
        self.g.add(loc, spread)
    }

    /// exp of a real latent, with its Jacobian in the log joint.
    fn positive(&mut self, name: &str, dims: &[Dim], at: f64) -> NodeId {
        let log = self.latent(name, dims, at);
        let jacobian = self.g.sum_all(log);
        self.terms.push(jacobian);
        self.g.exp(log)
    }

    fn statement(&mut self, name: &str) {
        let origin = self.g.add_origin(name, None);
        self.g.set_origin(origin, None);
    }

    /// log Normal(x; loc, scale), elementwise.
    fn normal(&mut self, x: NodeId, loc: NodeId, scale: NodeId) -> NodeId {
        let g = &mut self.g;
        let distance = g.sub(x, loc);
        let ratio = g.div(distance, scale);
        let square = g.square(ratio);
        let fall = g.scale(-0.5, square);
        let width = g.ln(scale);
        let width = g.shift(HALF_LOG_2PI, width);
        g.sub(fall, width)
    }

    fn add(&mut self, log_prob: NodeId) {
        let sum = self.g.sum_all(log_prob);
        self.terms.push(sum);
    }

    fn prior(&mut self, x: NodeId, scale: f64) {
        let (zero, scale) = (self.g.number(0.0), self.g.number(scale));
        let log_prob = self.normal(x, zero, scale);
        self.add(log_prob);
    }

    fn finish(mut self) -> Program {
        let elbo = self.g.add_all(self.terms);
        let loss = self.g.neg(elbo);
        Program { graph: self.g, loss, watch: vec![] }
    }
}

pub(crate) fn eight_schools() -> Program {
    let mut m = Model::new();
    let school = m.g.dim("school", 8);
    let y = [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0];
    let sigma = [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0];
    let y = m.g.add_data("y", &[school], y.into());
    let sigma = m.g.add_data("sigma", &[school], sigma.into());
    let mu = m.latent("mu", &[], 0.0);
    let tau = m.positive("tau", &[], 0.0);
    let theta = m.latent("theta", &[school], 0.0);
    m.statement("mu ~ Normal(0, 5)");
    m.prior(mu, 5.0);
    m.statement("tau ~ HalfCauchy(5)");
    let ratio = m.g.scale(0.2, tau);
    let square = m.g.square(ratio);
    let fall = m.g.log1p(square);
    let fall = m.g.neg(fall);
    m.add(fall);
    m.statement("theta ~ Normal(mu, tau)");
    let log_prob = m.normal(theta, mu, tau);
    m.add(log_prob);
    m.statement("y ~ Normal(theta, sigma)");
    let log_prob = m.normal(y, theta, sigma);
    m.add(log_prob);
    m.finish()
}

/// Numbers that look random: the fractional parts of multiples of √2.
fn scattered(n: usize, low: f64, high: f64) -> Vec<f64> {
    (1..=n).map(|i| low + (high - low) * (i as f64 * std::f64::consts::SQRT_2).fract()).collect()
}

pub(crate) fn logistic() -> Program {
    let mut m = Model::new();
    let feature = m.g.dim("feature", 50);
    let n = m.g.dim("n", 10_000);
    let x = m.g.add_data("x", &[n, feature], scattered(500_000, -1.0, 1.0).into());
    let y = scattered(10_000, 0.0, 1.0).iter().map(|&u| f64::from(u > 0.4)).collect::<Vec<_>>();
    let y = m.g.add_data("y", &[n], y.into());
    let beta = m.latent("beta", &[feature], 0.0);
    m.statement("beta ~ Normal(0, 1)");
    m.prior(beta, 1.0);
    m.statement("y ~ Bernoulli(logits = x @ beta)");
    let logits = m.g.contract(x, beta, &[feature]);
    let hit = m.g.mul(y, logits);
    let norm = m.g.softplus(logits);
    let log_prob = m.g.sub(hit, norm);
    m.add(log_prob);
    m.finish()
}

pub(crate) fn decay() -> Program {
    let mut m = Model::new();
    let n = m.g.dim("n", 1_000_000);
    let t = scattered(1_000_000, 0.0, 5.0);
    let e = scattered(1_000_000, -0.1, 0.1);
    let y: Vec<f64> = t.iter().zip(e).map(|(t, e)| 2.0 * (-0.7 * t).exp() + 0.5 + e).collect();
    let t = m.g.add_data("t", &[n], t.into());
    let y = m.g.add_data("y", &[n], y.into());
    let a = m.latent("a", &[], 1.0);
    let b = m.positive("b", &[], 0.0);
    let c = m.latent("c", &[], 0.0);
    let s = m.positive("s", &[], -1.0);
    for (name, x) in [("a", a), ("b", b), ("c", c), ("s", s)] {
        m.statement(&format!("{name} ~ Normal(0, 2)"));
        m.prior(x, 2.0);
    }
    m.statement("y ~ Normal(a * exp(-b * t) + c, s)");
    let rate = m.g.mul(b, t);
    let rate = m.g.neg(rate);
    let curve = m.g.exp(rate);
    let curve = m.g.mul(a, curve);
    let mean = m.g.add(curve, c);
    let log_prob = m.normal(y, mean, s);
    m.add(log_prob);
    m.finish()
}

pub(crate) fn mixture() -> Program {
    let mut m = Model::new();
    let k = m.g.dim("k", 5);
    let n = m.g.dim("n", 2_000);
    let x = m.g.add_data("x", &[n], scattered(2_000, -6.0, 6.0).into());
    let logits = m.latent("w", &[k], 0.0);
    let mu = m.latent("mu", &[k], 0.0);
    let s = m.positive("s", &[k], 0.0);
    m.statement("w, mu, s");
    for x in [logits, mu, s] {
        m.prior(x, 3.0);
    }
    m.statement("x ~ Mixture(w, Normal(mu, s))");
    let weight = m.g.log_softmax(logits, k);
    let each = m.normal(x, mu, s);
    let each = m.g.add(weight, each);
    let log_prob = m.g.log_sum_exp(each, &[k]);
    m.add(log_prob);
    m.finish()
}

/// Homes in counties: an intercept per county around a common one, noncentered, and a slope for the floor.
pub(crate) fn radon() -> Program {
    let mut m = Model::new();
    let (county, home) = (m.g.dim("county", 85), m.g.dim("home", 919));
    // In the order of the counties, as surveys are filed, some with more homes than others.
    let index: Vec<f64> = (0..919).map(|i| (85.0 * (i as f64 / 919.0).powf(1.5)).floor()).collect();
    let index = m.g.add_data("county", &[home], index.into());
    let floor: Vec<f64> = scattered(919, 0.0, 1.0).iter().map(|&u| f64::from(u < 0.2)).collect();
    let floor = m.g.add_data("floor", &[home], floor.into());
    let y = m.g.add_data("y", &[home], scattered(919, -1.0, 3.0).into());
    let mu = m.latent("mu", &[], 0.0);
    let tau = m.positive("tau", &[], -1.0);
    let z = m.latent("z", &[county], 0.0);
    let slope = m.latent("slope", &[], 0.0);
    let sigma = m.positive("sigma", &[], 0.0);
    for (name, x, scale) in [("mu", mu, 10.0), ("tau", tau, 2.0), ("z", z, 1.0)] {
        m.statement(&format!("{name} ~ Normal(0, {scale})"));
        m.prior(x, scale);
    }
    m.prior(slope, 10.0);
    m.prior(sigma, 2.0);
    m.statement("y ~ Normal(alpha[county] + slope * floor, sigma)");
    let spread = m.g.mul(tau, z);
    let alpha = m.g.add(mu, spread);
    let each = m.g.pick(alpha, county, index);
    let lift = m.g.mul(slope, floor);
    let mean = m.g.add(each, lift);
    let log_prob = m.normal(y, mean, sigma);
    m.add(log_prob);
    m.finish()
}
