//! Implicit gradients: the slope of a Gamma draw, moments, exact ELBOs of guides in the latent's family, conjugate posteriors.

use crate::common::{arc, mean_gradient_at, problem, refusals, z_between};
use elbow::backend::{CounterNoise, Lowering, NoiseSource};
use elbow::check::model::FitSettings;
use elbow::dist::{self, Call};
use elbow::infer::{Config, Elbo, Fitter, summarize};
use elbow::ir::special::{digamma, lgamma};
use elbow::ir::{self, Dim, Graph, Inputs, NodeId, Rounding, gamma_slope};
use elbow::lower::{Kl, sketch};

/// Along a constant distribution function, at its points 1e-6, 0.2, 0.5, 0.99 and 1 − 1e-6.
#[test]
fn slopes_of_gamma_draws() {
    for (shape, log_z, expected) in SLOPES {
        let got = gamma_slope(shape, log_z);
        let bound = if shape > 1e3 { 5e-5 } else { 1e-11 };
        let error = (got / expected - 1.0).abs();
        assert!(error < bound, "slope of Gamma({shape}) at log z = {log_z}: {got}, {expected}");
    }
    for (shape, log_z) in [(0.0, 0.0), (-1.0, 0.0), (f64::NAN, 0.0), (1.0, f64::NAN)] {
        assert!(gamma_slope(shape, log_z).is_nan());
    }
    assert!(gamma_slope(1e-300, -1e290) > 0.0);
}

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
        ("LogNormal", &[0.1, 0.6]),
        ("Beta", &[2.0, 0.8]),
        ("Uniform", &[-1.0, 2.5]),
        ("Kumaraswamy", &[2.0, 3.0]),
    ];
    let params = [1.3, 0.4];
    let grid: Vec<f64> = (0..=8000).map(|i| -40.0 + 0.01 * f64::from(i)).collect();
    for (name, args) in cases {
        let interval = match name {
            "Beta" | "Kumaraswamy" => Some((0.0, 1.0)),
            "Uniform" => Some((-1.0, 3.5)),
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

#[test]
fn the_guide_is_of_the_own_family() {
    let cases = [
        ("Gamma(2, 1)", "Gamma", Kl::ClosedForm),
        ("ChiSquared(3)", "Gamma", Kl::ClosedForm),
        ("LogNormal(0, 1)", "Gamma", Kl::MonteCarlo),
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
    for prior in ["Normal(0, 1)", "Bernoulli(0.5)", "Poisson(2)"] {
        let text = format!("@implicit\nx ~ {prior}\n");
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

/// (shape, log z, d log z/da) by mpmath 1.3 at 50 digits: central differences of the regularised incomplete gamma functions.
const SLOPES: [(f64, f64, f64); 85] = [
    (0.001, -13816.086951562556, 13815511.379630746),
    (0.001, -1610.0143060323837, 1609438.7341005735),
    (0.001, -693.7235741582286, 693148.0022264183),
    (0.001, -10.626705216738387, 10051.401090460864),
    (0.001, 1.6331593382170466, 167.3636617393701),
    (0.01, -1382.1200865910344, 138155.92011331656),
    (0.01, -161.512822038017, 16095.193658014832),
    (0.01, -69.88374885060149, 6932.286339273282),
    (0.01, -1.3278271698191655, 131.45468623501048),
    (0.01, 1.9672876529644676, 12.766018081914531),
    (0.1, -138.65382999224113, 1382.3007505183004),
    (0.1, -16.59310348040484, 161.69349505515893),
    (0.1, -7.429656841018321, 70.10172894769555),
    (0.1, 0.4627762104684641, 4.995726859566849),
    (0.1, 2.2467580694529765, 1.2409625205539987),
    (0.3, -46.41228455824045, 154.14364556457883),
    (0.3, -5.722861469284073, 18.565336525345707),
    (0.3, -2.6155010676586543, 8.77962792228033),
    (0.3, 0.9705550879703916, 1.4804975209748799),
    (0.3, 2.3965157427875114, 0.5139684648898248),
    (0.7, -19.87331179201143, 28.68837099333015),
    (0.7, -2.3822930455726197, 3.9575607573514255),
    (0.7, -0.8979014841136195, 2.2821880240358983),
    (0.7, 1.3547362710229678, 0.6733952554229607),
    (0.7, 2.5470092443816044, 0.2941756123162499),
    (1.0, -13.815510057964065, 14.238301762215926),
    (1.0, -1.4999399867595158, 2.217364660353589),
    (1.0, -0.36651292058166446, 1.3965934762369352),
    (1.0, 1.5271796258079011, 0.49669600650843365),
    (1.0, 2.625791914476011, 0.23674695200159085),
    (1.5, -9.020503429897591, 6.482766459578924),
    (1.5, -0.6879865067214023, 1.2129251024703442),
    (1.5, 0.16804254705508592, 0.8344923746882212),
    (1.5, 1.7356181905904675, 0.35499416286190955),
    (1.5, 2.729969857355285, 0.1854801393041033),
    (2.5, -5.043972850894591, 2.4635993458232597),
    (2.5, 0.15808619943278684, 0.6083941023556139),
    (2.5, 0.7773642843279397, 0.4577403138426902),
    (2.5, 2.0206380417841596, 0.2337240819048478),
    (2.5, 2.88726100450687, 0.1356175029117281),
    (7.0, -0.6935091776184221, 0.41385629905073884),
    (7.0, 1.5546995312680123, 0.17674790979062124),
    (7.0, 1.8975654468354386, 0.14986637333586722),
    (7.0, 2.6790070949630027, 0.09914010006489468),
    (7.0, 3.3075331146506377, 0.06855125929706793),
    (20.0, 1.6797074647044576, 0.09062616411899456),
    (20.0, 2.783310804599143, 0.055962182743162905),
    (20.0, 2.978976294098081, 0.05084225434736228),
    (20.0, 3.460891998633636, 0.03959616256151626),
    (20.0, 3.888272762172676, 0.031215581085143156),
    (60.0, 3.403715450309473, 0.023142329014116305),
    (60.0, 3.9778632369325195, 0.01770528324491743),
    (60.0, 4.088779068401001, 0.016759590417857222),
    (60.0, 4.375443550503816, 0.014473839668475192),
    (60.0, 4.646812812766805, 0.012518943193388648),
    (100.0, 4.0849054990677285, 0.01284707568669429),
    (100.0, 4.516354222472669, 0.010468082217087893),
    (100.0, 4.6018332738776095, 0.01003340489398286),
    (100.0, 4.826091762469352, 0.008950916591193956),
    (100.0, 5.042902696578526, 0.007983720336136174),
    (300.0, 5.414946920539123, 0.0038399944854243576),
    (300.0, 5.653660425891302, 0.003419466996337952),
    (300.0, 5.702670965793828, 0.0033370396885314658),
    (300.0, 5.834102285813558, 0.003122583321515569),
    (300.0, 5.965229145327083, 0.00291817183931462),
    (999.0, 6.752141622067132, 0.0010805583820347616),
    (999.0, 6.879670931098797, 0.0010147869533776402),
    (999.0, 6.906421075775494, 0.001001335073818144),
    (999.0, 6.979141586365978, 0.0009653694382563063),
    (999.0, 7.053155872108996, 0.0009296694167269343),
    (1000.5, 6.75376119678272, 0.0010788754382543503),
    (1000.5, 6.8811919618831725, 0.0010132548627870932),
    (1000.5, 6.907921951508586, 0.0009998333216181849),
    (1000.5, 6.980588573849756, 0.0009639479082538625),
    (1000.5, 7.054549368327846, 0.0009283261952085163),
    (3000.0, 7.918193436534687, 0.00034826429968008607),
    (3000.0, 7.990850454684236, 0.00033594487019064065),
    (3000.0, 8.006256452561137, 0.00033337037302235133),
    (3000.0, 8.048432959651214, 0.00032638971721932333),
    (3000.0, 8.091808305272682, 0.0003193137017950914),
    (10000.0, 9.162392540250078, 0.00010241825596866832),
    (10000.0, 9.201878886781182, 0.00010042534463898817),
    (10000.0, 9.210307038284826, 0.00010000333340493784),
    (10000.0, 9.233480988566305, 9.884907897625262e-05),
    (10000.0, 9.257468313956476, 9.766373850484588e-05),
];
