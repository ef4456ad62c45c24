//! Implicit gradients: the slope of a Gamma draw, moments, exact ELBOs of guides in the latent's family, conjugate posteriors.

use crate::common::{arc, mean_gradient_at, problem, refusals, z_between};
use elbow::backend::{CounterNoise, Lowering, NoiseSource};
use elbow::check::model::FitSettings;
use elbow::dist::{self, Call};
use elbow::infer::{Config, Elbo, Fitter, summarize};
use elbow::ir::special::{digamma, lgamma};
use elbow::ir::{self, Dim, Graph, Inputs, NodeId, Rounding};
use elbow::lower::{Kl, sketch};

const DRAWS: usize = 100_000;

/// d z/d args for every draw of a distribution, with z.
fn slopes_of_draws(name: &str, args: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut g = Graph::new();
    let draws = g.dim("draw", DRAWS);
    let leaves: Vec<NodeId> =
        args.iter().map(|&x| g.add_param("arg", &[draws], vec![x; DRAWS])).collect();
    let z = match name {
        "Dirichlet" => first_of_dirichlet(&mut g, draws, &leaves),
        _ => registered(name, leaves.clone()).draw(&mut g, &[draws], "z").node(),
    };
    let mut wanted = vec![z];
    wanted.extend(ir::grad(&mut g, z, &leaves));
    let mut inputs = Inputs::initial(&g);
    for (row, noise) in inputs.noises.iter_mut().enumerate() {
        CounterNoise::new(5).fill_f64(0, row, g.noises[row].kind, noise);
    }
    let mut values = ir::eval(&g, &inputs, &wanted, Rounding::F64);
    let z = values.remove(0);
    (z, values)
}

fn first_of_dirichlet(g: &mut Graph, draws: Dim, leaves: &[NodeId]) -> NodeId {
    let over = g.dim("k", leaves.len());
    let position = g.iota(over);
    let mut concentration = leaves[0];
    for (k, &leaf) in leaves.iter().enumerate().skip(1) {
        let place = g.number(k as f64);
        let here = g.eq(position, place);
        concentration = g.select(here, leaf, concentration);
    }
    let call = registered("Dirichlet", vec![concentration]).over([over]);
    let z = call.draw(g, &[draws, over], "z").node();
    g.at(z, over, 0)
}

fn registered(name: &str, args: Vec<NodeId>) -> Call {
    Call::new(dist::find(name).unwrap(), 0, args)
}

/// d E zᵏ/dθ for k = 0 … 4: z itself is no test of an estimator whose slopes are right only in the mean.
#[test]
fn moments_have_the_exact_gradient() {
    let cases: [(&str, &[f64]); 10] = [
        ("Gamma", &[0.05, 1.0]),
        ("Gamma", &[0.7, 2.0]),
        ("Gamma", &[3.0, 0.5]),
        ("Gamma", &[400.0, 100.0]),
        ("Beta", &[0.05, 0.1]),
        ("Beta", &[0.5, 3.0]),
        ("Beta", &[20.0, 7.0]),
        ("Beta", &[2000.0, 3000.0]),
        ("Dirichlet", &[0.3, 0.6, 2.0]),
        ("Dirichlet", &[5.0, 1.0, 40.0]),
    ];
    for (name, args) in cases {
        let (z, slopes) = slopes_of_draws(name, args);
        for k in 0..=4_i32 {
            for (place, slope) in slopes.iter().enumerate() {
                let exact = moment_slope(name, args, place, f64::from(k));
                let by_draw = |(z, s): (&f64, &f64)| {
                    if k == 0 { 0.0 } else { f64::from(k) * z.powi(k - 1) * s }
                };
                let (mean, se) = moments(z.iter().zip(slope).map(by_draw).collect());
                let score = (mean - exact).abs() / (se + 1e-12);
                assert!(score < 5.0, "{name}{args:?}, z^{k} by {place}: {mean} ± {se}, {exact}");
            }
        }
    }
}

/// E z² = ν/(ν − 2) and E z⁴ = 3ν²/((ν − 2)(ν − 4)) of a StudentT.
#[test]
fn student_t_moments_have_the_exact_gradient_in_df() {
    for df in [12.0_f64, 40.0] {
        let (z, slopes) = slopes_of_draws("StudentT", &[df, 0.0, 1.0]);
        let second = -2.0 / (df - 2.0).powi(2);
        let fourth = 3.0 * df * (16.0 - 6.0 * df) / ((df - 2.0) * (df - 4.0)).powi(2);
        for (k, exact) in [(1, 0.0), (2, second), (3, 0.0), (4, fourth)] {
            let by_draw = |(z, s): (&f64, &f64)| f64::from(k) * z.powi(k - 1) * s;
            let (mean, se) = moments(z.iter().zip(&slopes[0]).map(by_draw).collect());
            assert!(
                (mean - exact).abs() < 5.0 * se,
                "StudentT({df}), z^{k}: {mean} ± {se}, {exact}"
            );
        }
    }
}

/// E cos(k (z − loc)) = I_k/I₀, whose slope by the concentration is of mpmath's Bessel functions.
#[test]
fn von_mises_moments_have_the_exact_gradient_in_the_concentration() {
    const EXACT: [(f64, [f64; 5]); 3] = [
        (
            0.3,
            [
                0.0,
                0.48353791796564294,
                0.0728011455818306,
                0.005470216615231181,
                0.0002738145222992969,
            ],
        ),
        (
            4.0,
            [
                0.0,
                0.038448047493205066,
                0.08871630263146629,
                0.09179141848366995,
                0.061760643607271064,
            ],
        ),
        (
            50.0,
            [
                0.0,
                0.00020206263867603744,
                0.0007838766683557567,
                0.0016759957712953531,
                0.002774237505578176,
            ],
        ),
    ];
    for (concentration, exact) in EXACT {
        let mut g = Graph::new();
        let draws = g.dim("draw", DRAWS);
        let loc = g.number(2.5);
        let at = g.add_param("concentration", &[draws], vec![concentration; DRAWS]);
        let call = registered("VonMises", vec![loc, at]);
        let z = call.draw(&mut g, &[draws], "z").node();
        let z = call.dist.implicit(&mut g, z, &call).unwrap();
        let away = g.sub(z, loc);
        for (k, exact) in exact.into_iter().enumerate() {
            let angle = g.scale(k as f64, away);
            let wave = g.cos(angle);
            let slope = ir::grad(&mut g, wave, &[at])[0];
            let mut inputs = Inputs::initial(&g);
            for (row, noise) in inputs.noises.iter_mut().enumerate() {
                CounterNoise::new(5).fill_f64(0, row, g.noises[row].kind, noise);
            }
            let slopes = ir::eval(&g, &inputs, &[slope], Rounding::F64).remove(0);
            let (mean, se) = if k == 0 { (0.0, 0.0) } else { moments(slopes) };
            let score = (mean - exact).abs() / (se + 1e-12);
            assert!(score < 5.0, "VonMises({concentration}), cos {k}z: {mean} ± {se}, {exact}");
        }
    }
}

fn moment_slope(name: &str, args: &[f64], place: usize, k: f64) -> f64 {
    let a = args[0];
    let rising = |a: f64| lgamma(a + k) - lgamma(a);
    let rate = |a: f64| digamma(a + k) - digamma(a);
    if name == "Gamma" {
        let moment = (rising(a) - k * args[1].ln()).exp();
        return moment * if place == 0 { rate(a) } else { -k / args[1] };
    }
    let total: f64 = args.iter().sum();
    let moment = (rising(a) - rising(total)).exp();
    moment * (if place == 0 { rate(a) } else { 0.0 } - rate(total))
}

fn moments(x: Vec<f64>) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let var = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (var / n).sqrt())
}

type Cost = fn(f64) -> f64;

const COSTS: [(&str, Cost); 3] = [
    ("factor 0.2 * x", |x| 0.2 * x),
    ("y ~ Normal(x, 1)", |x| -0.5 * (1.3 - x).powi(2) - 0.5 * std::f64::consts::TAU.ln()),
    ("factor -2 * abs(x - 1)", |x| -2.0 * (x - 1.0).abs()),
];

/// The log density of each distribution at points.
fn log_density(name: &str, args: &[f64], points: &[f64]) -> Vec<f64> {
    let mut g = Graph::new();
    let along = g.dim("point", points.len());
    let x = g.add_data("x", &[along], points.into());
    let args = args.iter().map(|&a| g.number(a)).collect();
    let log = registered(name, args).log_prob(&mut g, x);
    ir::eval(&g, &Inputs::initial(&g), &[log], Rounding::F64).remove(0)
}

/// A guide as a density of a free coordinate u, and where the model sees u.
struct Line {
    /// Lower end and width of an interval; `None` on the positive numbers.
    interval: Option<(f64, f64)>,
    is_inverse: bool,
}

impl Line {
    fn value(&self, u: f64) -> f64 {
        match self.interval {
            Some((low, width)) => low + width / (1.0 + (-u).exp()),
            None => u.exp(),
        }
    }

    /// log q of u and log q of its value.
    fn log_q(&self, params: &[f64], u: f64) -> (f64, f64) {
        let (a, b) = (params[0].exp(), params[1].exp());
        if let Some((_, width)) = self.interval {
            let (left, right) = (-(-u).exp().ln_1p(), -u.exp().ln_1p());
            let log = a * left + b * right - lgamma(a) - lgamma(b) + lgamma(a + b);
            return (log, log - left - right - width.ln());
        }
        let (sign, rate) = if self.is_inverse { (-1.0, a * b) } else { (1.0, a / b) };
        let log_y = sign * u;
        let log = a * (rate.ln() + log_y) - rate * log_y.exp() - lgamma(a);
        (log, log - u)
    }

    /// ∫ q (log p + cost − log q) by the trapezoidal rule.
    fn elbo(&self, params: &[f64], grid: &[f64], log_joint: &[f64]) -> f64 {
        let width = grid[1] - grid[0];
        let term = |(u, log_joint): (&f64, &f64)| {
            let (weight, log_q) = self.log_q(params, *u);
            let weight = weight.exp() * width;
            if weight > 1e-18 { weight * (log_joint - log_q) } else { 0.0 }
        };
        grid.iter().zip(log_joint).map(term).sum()
    }
}

/// The mean gradient of −ELBO against central differences of the integral.
#[test]
fn guides_of_the_own_family_have_the_exact_gradient() {
    let cases: [(&str, &[f64]); 9] = [
        ("Gamma", &[2.0, 1.5]),
        ("InverseGamma", &[3.0, 2.0]),
        ("ChiSquared", &[3.0]),
        ("InvChiSquared", &[5.0]),
        ("Exponential", &[1.2]),
        ("Beta", &[2.0, 0.8]),
        ("BetaProportion", &[0.6, 3.0]),
        ("Uniform", &[-1.0, 2.5]),
        ("Triangular", &[-1.0, 0.0, 2.5]),
    ];
    let params = [1.3, 0.4];
    let grid: Vec<f64> = (0..=8000).map(|i| -40.0 + 0.01 * f64::from(i)).collect();
    for (name, args) in cases {
        let interval = match name {
            "Beta" | "BetaProportion" => Some((0.0, 1.0)),
            "Uniform" | "Triangular" => Some((-1.0, 3.5)),
            _ => None,
        };
        let line = Line { interval, is_inverse: name.starts_with("Inv") };
        let points: Vec<f64> = grid.iter().map(|&u| line.value(u)).collect();
        let prior = log_density(name, args, &points);
        for (cost, value) in COSTS {
            let costs = points.iter().map(|&x| value(x));
            let log_joint: Vec<f64> = prior.iter().zip(costs).map(|(p, c)| p + c).collect();
            let slope = |i: usize| {
                let at = |h: f64| {
                    let mut at = params;
                    at[i] += h;
                    line.elbo(&at, &grid, &log_joint)
                };
                ((at(-1e-4) - at(1e-4)) / 2e-4, 1e-4)
            };
            let list = args.iter().map(|a| a.to_string()).collect::<Vec<_>>().join(", ");
            let text =
                format!("data y: real\n@implicit\nx ~ {name}({list})\n{cost}\nfactor 0 * y\n");
            let problem = problem(&text, r#"{"y": 1.3}"#, &[]);
            let mean = mean_gradient_at(&problem, &params, 60, 300, 3);
            let exact = [slope(0), slope(1)];
            let z = z_between(&mean, &exact);
            assert!(z < 5.0, "{name}{args:?}, {cost}: |z| = {z}\n{mean:?}\n{exact:?}");
        }
    }
}

/// A family that keeps its form: a prior, and parameters of the guide as they are free, the log of those that are positive.
struct Kept {
    name: &'static str,
    prior: &'static [f64],
    free: &'static [f64],
    is_log: &'static [bool],
}

impl Kept {
    const fn new(
        name: &'static str,
        prior: &'static [f64],
        free: &'static [f64],
        is_log: &'static [bool],
    ) -> Self {
        Self { name, prior, free, is_log }
    }

    /// Points over the support, with their weights in an integral.
    fn nodes(&self) -> Vec<(f64, f64)> {
        let steps = (-60_000..60_000).map(|i| 1e-3 * (f64::from(i) + 0.5));
        match self.name {
            "VonMises" => (0..20_000).map(|i| (f64::from(i) + 0.5) * 1e-4).map(circle).collect(),
            "Kumaraswamy" => {
                steps.map(|u| 1.0 / (1.0 + (-u).exp())).map(|z| (z, 1e-3 * z * (1.0 - z))).collect()
            }
            "Weibull" | "LogLogistic" | "Frechet" => {
                steps.map(f64::exp).map(|z| (z, 1e-3 * z)).collect()
            }
            _ => steps.map(|z| (z, 1e-3)).collect(),
        }
    }

    /// ∫ q (log p + cost − log q)
    fn elbo(&self, free: &[f64], nodes: &[(f64, f64)], log_joint: &[f64]) -> f64 {
        let args = free.iter().zip(self.is_log).map(|(x, log)| if *log { x.exp() } else { *x });
        let points: Vec<f64> = nodes.iter().map(|n| n.0).collect();
        let log_q = log_density(self.name, &args.collect::<Vec<_>>(), &points);
        let term = |(((_, width), log_q), log_joint): ((&(f64, f64), &f64), &f64)| {
            let weight = width * log_q.exp();
            if weight > 1e-18 { weight * (log_joint - log_q) } else { 0.0 }
        };
        nodes.iter().zip(&log_q).zip(log_joint).map(term).sum()
    }
}

/// From a share of half a turn of two.
fn circle(share: f64) -> (f64, f64) {
    let pi = std::f64::consts::PI;
    (pi * (share - 1.0), 1e-4 * pi)
}

const KEPT: [Kept; 14] = [
    Kept::new("StudentT", &[5.0, 0.2, 1.0], &[1.8, 0.4, -0.7], &[true, false, true]),
    Kept::new("StudentT", &[30.0, 0.2, 1.0], &[4.0, 0.4, -0.7], &[true, false, true]),
    Kept::new("Laplace", &[0.2, 1.5], &[0.4, -0.7], &[false, true]),
    Kept::new("Logistic", &[0.2, 1.5], &[0.4, -0.7], &[false, true]),
    Kept::new("Gumbel", &[0.2, 1.5], &[0.4, -0.7], &[false, true]),
    Kept::new("SkewNormal", &[0.2, 1.5, 1.0], &[0.4, -0.7, -1.5], &[false, true, false]),
    Kept::new("AsymmetricLaplace", &[0.2, 1.5, 2.0], &[0.4, -0.7, 0.3], &[false, true, true]),
    Kept::new("GeneralizedNormal", &[0.2, 1.5, 2.0], &[0.4, -0.7, 0.3], &[false, true, true]),
    Kept::new("Weibull", &[1.5, 2.0], &[0.9, 0.2], &[true, true]),
    Kept::new("LogLogistic", &[1.5, 6.0], &[0.2, 1.9], &[true, true]),
    Kept::new("Frechet", &[3.0, 1.0], &[1.9, 0.1], &[true, true]),
    Kept::new("Kumaraswamy", &[1.5, 2.0], &[0.9, 0.2], &[true, true]),
    Kept::new("VonMises", &[1.0, 2.0], &[2.8, 0.6], &[false, true]),
    Kept::new("VonMises", &[-1.0, 0.5], &[0.2, 2.5], &[false, true]),
];

/// That of an angle too, though these costs jump where the circle is cut.
#[test]
fn guides_that_keep_their_form_have_the_exact_gradient() {
    for kept in &KEPT {
        let nodes = kept.nodes();
        let points: Vec<f64> = nodes.iter().map(|n| n.0).collect();
        let prior = log_density(kept.name, kept.prior, &points);
        for (cost, value) in COSTS {
            let log_joint: Vec<f64> =
                prior.iter().zip(&points).map(|(p, &x)| p + value(x)).collect();
            let slope = |i: usize| {
                let at = |h: f64| {
                    let mut at = kept.free.to_vec();
                    at[i] += h;
                    kept.elbo(&at, &nodes, &log_joint)
                };
                ((at(-1e-4) - at(1e-4)) / 2e-4, 1e-4)
            };
            let list = kept.prior.iter().map(|a| a.to_string()).collect::<Vec<_>>().join(", ");
            let text = format!(
                "data y: real\n@implicit\nx ~ {}({list})\n{cost}\nfactor 0 * y\n",
                kept.name
            );
            let problem = problem(&text, r#"{"y": 1.3}"#, &[]);
            let mean = mean_gradient_at(&problem, kept.free, 60, 300, 3);
            let exact: Vec<(f64, f64)> = (0..kept.free.len()).map(slope).collect();
            let z = z_between(&mean, &exact);
            assert!(z < 5.0, "{}, {cost}: |z| = {z}\n{mean:?}\n{exact:?}", kept.name);
        }
    }
}

/// Log density of a mixture of two Normals with free logits, locations from −½ and ½ on, and log scales.
fn log_mixture(free: &[f64], x: f64) -> f64 {
    let total = free[4].exp() + free[5].exp();
    let part = |k: usize| {
        let scale = free[2 + k].exp();
        let z = (x - free[k] - [-0.5, 0.5][k]) / scale;
        free[4 + k].exp() / total / scale * (-0.5 * z * z).exp()
    };
    (part(0) + part(1)).ln() - 0.5 * std::f64::consts::TAU.ln()
}

const MIXTURE: &str = "dim k = 2\ndata y: real\nw = [0.4, 0.6] as k\nm = [-1.0, 1.5] as k\n@implicit\nx ~ Mixture(w, Normal(m, 0.7))\n";

/// Which component a draw is from cannot be moved; that it stays in its place among all draws moves it with the weights too.
#[test]
fn guides_that_are_mixtures_have_the_exact_gradient() {
    let free = [-1.2, 0.9, -0.4, -0.8, 0.3, -0.2];
    let prior = [-0.5, 1.0, 0.7_f64.ln(), 0.7_f64.ln(), 0.4_f64.ln(), 0.6_f64.ln()];
    let points: Vec<f64> = (-12_000..12_000).map(|i| 1e-3 * f64::from(i)).collect();
    for (cost, value) in COSTS {
        let elbo = |free: &[f64]| -> f64 {
            let term = |&x: &f64| {
                let log_q = log_mixture(free, x);
                if log_q < -700.0 {
                    return 0.0;
                }
                1e-3 * log_q.exp() * (log_mixture(&prior, x) + value(x) - log_q)
            };
            points.iter().map(term).sum()
        };
        let slope = |i: usize| {
            let at = |h: f64| {
                let mut at = free;
                at[i] += h;
                elbo(&at)
            };
            ((at(-1e-4) - at(1e-4)) / 2e-4, 1e-5)
        };
        let problem = problem(&format!("{MIXTURE}{cost}\nfactor 0 * y\n"), r#"{"y": 1.3}"#, &[]);
        let mean = mean_gradient_at(&problem, &free, 60, 300, 3);
        let exact: Vec<(f64, f64)> = (0..free.len()).map(slope).collect();
        let z = z_between(&mean, &exact);
        assert!(z < 5.0, "{cost}: |z| = {z}\n{mean:?}\n{exact:?}");
    }
}

/// x | y is the mixture whose components are those of the prior, each updated, by how well each foresaw y ~ Normal(x, 1).
#[test]
fn a_mixture_has_its_exact_posterior() {
    let (y, variance) = (0.6, 0.49);
    let parts = [(0.4, -1.0), (0.6, 1.5)].map(|(weight, m): (f64, f64)| {
        let total: f64 = variance + 1.0;
        let seen = weight * (-0.5 * (y - m).powi(2) / total).exp()
            / (std::f64::consts::TAU * total).sqrt();
        (seen, (m + variance * y) / total)
    });
    let evidence = parts[0].0 + parts[1].0;
    let mean = parts.iter().map(|p| p.0 * p.1).sum::<f64>() / evidence;
    let square = parts.iter().map(|p| p.0 * p.1 * p.1).sum::<f64>() / evidence;
    let sd = (variance / (variance + 1.0) + square - mean * mean).sqrt();
    let text = format!("{MIXTURE}y ~ Normal(x, 1)\n");
    assert_posterior(&text, r#"{"y": 0.6}"#, evidence.ln(), &[(mean, sd)]);
}

#[test]
fn the_guide_is_of_the_own_family() {
    let cases = [
        ("Gamma(2, 1)", "Gamma", Kl::ClosedForm),
        ("ChiSquared(3)", "Gamma", Kl::ClosedForm),
        ("LogNormal(0, 1)", "Normal through exp", Kl::ClosedForm),
        ("Exponential(1)", "Gamma", Kl::MonteCarlo),
        ("Normal(0, 1)", "Normal", Kl::ClosedForm),
        ("Cauchy(0, 1)", "Normal", Kl::MonteCarlo),
        ("StudentT(4, 0, 1)", "StudentT", Kl::MonteCarlo),
        ("VonMises(1, 2)", "VonMises", Kl::MonteCarlo),
        ("Weibull(2, 1)", "Weibull", Kl::MonteCarlo),
        ("Truncated(Logistic(0, 1), 0)", "Gamma", Kl::MonteCarlo),
        ("Mixture(softmax(zeros(k)), Normal(0, 1))", "Mixture", Kl::MonteCarlo),
        ("Mixture(softmax(zeros(k)), Cauchy(0, 1))", "Normal", Kl::MonteCarlo),
        ("InverseGamma(3, 2)", "InverseGamma", Kl::ClosedForm),
        ("InvChiSquared(5)", "InverseGamma", Kl::ClosedForm),
        ("Beta(2, 1)", "Beta", Kl::ClosedForm),
        ("Uniform(-1, 2)", "Beta", Kl::MonteCarlo),
        ("Dirichlet(ones(k))", "Dirichlet", Kl::ClosedForm),
    ];
    for (prior, guide, kl) in cases {
        let text = format!("dim k = 3\n@implicit\nx ~ {prior}\nfactor 0 * 1\n");
        let problem = problem(&text, "{}", &[]);
        let model = &problem.bound.model;
        let (_, site) = model.latents().next().unwrap();
        let sketch = sketch(site, &problem.plan.latents[0], elbow::estimator::Aim::Elbo);
        assert_eq!((sketch.guide, sketch.kl), (guide, kl), "{prior}");
    }
    let walk = "GaussianRandomWalk(1, k)";
    for prior in ["Bernoulli(0.5)", "Poisson(2)", "LKJCholesky(k, 1)", walk] {
        let text = format!("dim k = 3\n@implicit\nx ~ {prior}\n");
        assert_eq!(refusals(&text, "{}", &[]), ["E0292"], "{prior}");
    }
}

/// The ELBO, and means and standard deviations of the latents' elements.
fn fitted(text: &str, data: &str) -> (Elbo, Vec<(f64, f64)>) {
    let problem = arc(problem(text, data, &[]));
    let settings = FitSettings { seed: Some(1), samples: Some(20), ..FitSettings::default() };
    let mut fitter =
        Fitter::new(problem.clone(), Config::new(&problem, &settings, 1, Lowering::Fast));
    fitter.start();
    fitter.advance(u64::MAX).unwrap();
    let rows = summarize(&problem, &fitter.draws());
    (fitter.elbo(), rows.iter().map(|r| (r.mean, r.sd)).collect())
}

fn assert_posterior(text: &str, data: &str, evidence: f64, exact: &[(f64, f64)]) {
    let (elbo, found) = fitted(text, data);
    let z = (elbo.mean - evidence).abs() / elbo.se;
    assert!(z < 5.0, "{text}: {elbo:?}, evidence {evidence}");
    assert_eq!(found.len(), exact.len());
    for ((mean, sd), (exact_mean, exact_sd)) in found.iter().zip(exact) {
        let off = (mean - exact_mean).abs() / exact_sd;
        let ratio = sd / exact_sd;
        assert!(off < 0.1, "{text}: mean {mean}, {exact_mean}");
        assert!((ratio - 1.0).abs() < 0.1, "{text}: sd {sd}, {exact_sd}");
    }
}

/// λ | y ~ Gamma(2 + Σ y, 1 + n)
#[test]
fn a_poisson_rate_has_its_exact_posterior() {
    let y = [2.0, 4.0, 3.0];
    let (shape, rate): (f64, f64) = (2.0 + 9.0, 1.0 + 3.0);
    let factorials: f64 = y.iter().map(|y| lgamma(y + 1.0)).sum();
    let evidence = lgamma(shape) - shape * rate.ln() - factorials;
    assert_posterior(
        "data y: count[n]\n@implicit\nlambda ~ Gamma(2, 1)\ny ~ Poisson(lambda)\n",
        &format!(r#"{{"y": {y:?}}}"#),
        evidence,
        &[(shape / rate, shape.sqrt() / rate)],
    );
}

/// p | y ~ Beta(1 + 3, 2 + 7)
#[test]
fn a_probability_has_its_exact_posterior() {
    let log_beta = |a: f64, b: f64| lgamma(a) + lgamma(b) - lgamma(a + b);
    let sd = (4.0_f64 * 9.0 / (13.0 * 13.0 * 14.0)).sqrt();
    assert_posterior(
        "data y: binary[n]\n@implicit\np ~ Beta(1, 2)\ny ~ Bernoulli(p)\n",
        r#"{"y": [1, 0, 0, 1, 0, 0, 0, 1, 0, 0]}"#,
        log_beta(4.0, 9.0) - log_beta(1.0, 2.0),
        &[(4.0 / 13.0, sd)],
    );
}

/// σ² | x ~ InverseGamma(3 + n/2, 2 + Σ x²/2)
#[test]
fn a_variance_has_its_exact_posterior() {
    let x = [0.5, -1.5, 2.0, -0.4, 1.1, 0.3];
    let square: f64 = x.iter().map(|x| x * x).sum();
    let (shape, rate) = (3.0 + 3.0, 2.0 + 0.5 * square);
    let mean = rate / (shape - 1.0);
    let evidence = lgamma(shape) - shape * rate.ln() - lgamma(3.0) + 3.0 * 2.0_f64.ln()
        - 3.0 * std::f64::consts::TAU.ln();
    assert_posterior(
        "data x: real[n]\n@implicit\nv ~ InverseGamma(3, 2)\nx ~ Normal(0, sqrt(v))\n",
        &format!(r#"{{"x": {x:?}}}"#),
        evidence,
        &[(mean, mean / (shape - 2.0_f64).sqrt())],
    );
}

/// w | y ~ Dirichlet(1 + counts), for categories of which one is never seen.
#[test]
fn shares_have_their_exact_posterior() {
    let counts = [6.0, 0.0, 3.0];
    let after = counts.map(|c| c + 1.0);
    let total: f64 = after.iter().sum();
    let evidence = lgamma(3.0) - lgamma(total) + after.iter().map(|&a| lgamma(a)).sum::<f64>();
    let moments = after.map(|a| {
        let mean = a / total;
        (mean, (mean * (1.0 - mean) / (total + 1.0)).sqrt())
    });
    assert_posterior(
        "dim k = 3\ndata y: index(k)[n]\n@implicit\nw ~ Dirichlet(ones(k))\ny ~ Categorical(probs = w)\n",
        r#"{"y": [1, 1, 3, 1, 1, 3, 1, 3, 1]}"#,
        evidence,
        &moments,
    );
}
