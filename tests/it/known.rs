//! Answers that are known: gradients by hand, pathologies of other systems, conjugate posteriors in closed form.

use crate::common::{arc, loss, mean_gradient_at, problem, scattered, z_between};
use elbow::backend::Lowering;
use elbow::check::model::FitSettings;
use elbow::infer::{Config, Fitter};
use elbow::objective::objective;
use nalgebra::{DMatrix, DVector};

fn exact(x: &[f64]) -> Vec<(f64, f64)> {
    x.iter().map(|&x| (x, 0.0)).collect()
}

/// z ~ N(0, 1), x ~ N(z, 1), q = N(0, 1): −∂ELBO is −x in the locations, and 1 in each log scale, 2 where it is shared.
#[test]
fn gradients_of_a_normal_pair() {
    let text = "data x: real[n]\nz[n] ~ Normal(0, 1)\nx ~ Normal(z, 1)\n";
    for estimator in ["pathwise", "reinforce"] {
        let problem = problem(text, r#"{"x": [-0.5, 2.0]}"#, &[("z", estimator)]);
        let mean = mean_gradient_at(&problem, &[0.0; 4], 50, 1000, 3);
        let z = z_between(&mean, &exact(&[0.5, -2.0, 1.0, 1.0]));
        assert!(z < 5.0, "{estimator}: {mean:?}");
    }
}

/// Three discrete chains in one plate, every unbiased estimator, alone and mixed, against sums over all values.
#[test]
fn gradients_of_three_discrete_chains() {
    let text = "data y: real[n]\na[n] ~ Bernoulli(0.4)\nb[n] ~ Bernoulli(0.2 + 0.5 * a)\n\
                c[n] ~ Bernoulli(0.8 - 0.4 * b)\ny ~ Normal(a + b - 2 * c, 1)\n";
    let data = r#"{"y": [0.5, -1.0, 1.5]}"#;
    let all = [("a", "enumerate"), ("b", "enumerate"), ("c", "enumerate")];
    let summed = problem(text, data, &all);
    let params = scattered(9);
    let exact = mean_gradient_at(&summed, &params, 1, 1, 0);
    for which in 1..8 {
        let by = |i: usize| if which >> i & 1 == 1 { "reinforce" } else { "enumerate" };
        let mixed = [("a", by(0)), ("b", by(1)), ("c", by(2))];
        let mean = mean_gradient_at(&problem(text, data, &mixed), &params, 50, 300, 3);
        assert!(z_between(&mean, &exact) < 5.0, "{mixed:?}: {mean:?}\n{exact:?}");
    }
    let value = -loss(&summed, &params);
    assert!((value - chain_elbo(&params)).abs() < 1e-9, "{value}, {}", chain_elbo(&params));
}

/// The ELBO of the chains, by hand: Σ q (log p − log q) over the eight values of each row.
fn chain_elbo(logits: &[f64]) -> f64 {
    let y = [0.5, -1.0, 1.5];
    let bern = |p: f64, x: f64| if x == 1.0 { p.ln() } else { (1.0 - p).ln() };
    let mut elbo = 0.0;
    for row in 0..3 {
        for code in 0..8 {
            let [a, b, c] = [0, 1, 2].map(|i| f64::from(code >> i & 1));
            let q = |i: usize, x: f64| bern(1.0 / (1.0 + (-logits[3 * i + row]).exp()), x);
            let log_q = q(0, a) + q(1, b) + q(2, c);
            let residual: f64 = y[row] - (a + b - 2.0 * c);
            let log_y = -0.5 * residual.powi(2) - 0.5 * std::f64::consts::TAU.ln();
            let log_p = bern(0.4, a) + bern(0.2 + 0.5 * a, b) + bern(0.8 - 0.4 * b, c) + log_y;
            elbo += log_q.exp() * (log_p - log_q);
        }
    }
    elbo
}

/// −ELBO with cost Σ (b − p)² and a fair prior: at logit 0 the KL is flat, and the gradient of each logit (1 − 2p)/4.
#[test]
fn gradients_of_bernoulli_toys() {
    let toys: [(&str, &[f64]); 2] = [
        ("[0.6, 0.51, 0.48]", &[-0.05, -0.005, 0.01]),
        ("[0.49, 0.499, 0.501, 0.51]", &[0.005, 0.0005, -0.0005, -0.005]),
    ];
    for (p, wanted) in toys {
        let text = format!(
            "dim n = {}\np = {p} as n\nb[n] ~ Bernoulli(0.5)\nfactor -(b - p)^2\n",
            wanted.len()
        );
        let zeros = vec![0.0; wanted.len()];
        let summed =
            mean_gradient_at(&problem(&text, "{}", &[("b", "enumerate")]), &zeros, 1, 1, 0);
        assert!(summed.iter().zip(wanted).all(|(g, w)| (g.0 - w).abs() < 1e-12), "{summed:?}");
        let drawn =
            mean_gradient_at(&problem(&text, "{}", &[("b", "reinforce")]), &zeros, 50, 1000, 3);
        assert!(z_between(&drawn, &exact(wanted)) < 5.0, "{drawn:?}");
    }
    let shared: f64 = toys[0].1.iter().sum();
    assert!((shared + 0.045).abs() < 1e-12, "one logit for all three");
}

/// Two independent sites, both by the score function: the costs of the early one, a thousand times larger, must not reach
/// the late one.
#[test]
fn late_choices_get_no_credit_for_earlier_costs() {
    let text = "early ~ Flat()\nfactor -500 * early^2\nlate ~ Flat()\nfactor -0.5 * (late - 1)^2\n";
    let problem = problem(text, "{}", &[("early", "reinforce"), ("late", "reinforce")]);
    let settings = FitSettings { steps: Some(4000), ..FitSettings::default() };
    let [_, fit] = fitted(problem, &settings);
    let late = fit.get("late.loc")[0];
    assert!((late - 1.0).abs() < 0.03, "{late}");
}

/// The averaged parameters of a fit, by name.
struct Fit(Vec<(String, Vec<f64>)>);

impl Fit {
    fn get(&self, name: &str) -> &[f64] {
        &self.0.iter().find(|(n, _)| n == name).unwrap().1
    }

    fn sd(&self, latent: &str) -> f64 {
        self.get(&format!("{latent}.log_scale"))[0].exp()
    }

    fn mean(&self, latent: &str) -> f64 {
        self.get(&format!("{latent}.loc"))[0]
    }
}

/// After the Newton start, and after all steps.
fn fitted(problem: elbow::lower::Problem, settings: &FitSettings) -> [Fit; 2] {
    let config = Config::new(&problem, settings, 1, Lowering::Fast);
    let graph = objective(&problem, 1).graph;
    let mut fitter = Fitter::new(arc(problem), config);
    fitter.start();
    let start = fitter.params();
    fitter.advance(u64::MAX).unwrap();
    [start, fitter.params()].map(|params| {
        let spans = graph.param_spans().into_iter();
        let named = graph.params.iter().zip(spans);
        Fit(named.map(|(p, s)| (p.name.clone(), params[s].to_vec())).collect())
    })
}

/// The default settings leave at least 5000 iterates in the average: a location has a standard error of 1/√5000 of the
/// guide's sd, a log scale of 1/√10000. The Newton start of a Gaussian posterior has no error but that of differences.
fn check_fit(text: &str, data: &str, exact: &[(&str, f64, f64)]) {
    let fits = fitted(problem(text, data, &[]), &FitSettings::default());
    for (fit, (far, wide)) in fits.iter().zip([(1e-3, 1e-3), (5.0 / 5000f64.sqrt(), 0.05)]) {
        for &(name, mean, sd) in exact {
            let error = (fit.mean(name) - mean) / sd;
            assert!(error.abs() < far, "{name}: {} is {error} sds from {mean}", fit.mean(name));
            let ratio = fit.sd(name) / sd;
            assert!((ratio - 1.0).abs() < wide, "{name}: sd {} is {ratio} of {sd}", fit.sd(name));
        }
    }
}

fn list(x: &[f64]) -> String {
    format!("{x:?}")
}

/// Columns against y with known noise `s` and priors Normal(0, `wide`): the posterior precision, and its mean.
fn regression(columns: &[Vec<f64>], y: &[f64], s: f64, wide: f64) -> (DMatrix<f64>, DVector<f64>) {
    let x = DMatrix::from_fn(y.len(), columns.len(), |i, j| columns[j][i]);
    let prior = DMatrix::identity(columns.len(), columns.len()) / (wide * wide);
    let precision = x.tr_mul(&x) / (s * s) + prior;
    let right = x.tr_mul(&DVector::from_column_slice(y)) / (s * s);
    let mean = precision.clone().lu().solve(&right).unwrap();
    (precision, mean)
}

/// Raw predictors: an intercept, heights in centimetres and weights that follow them. The mean-field optimum has the exact
/// means, and sds 1/√H_ii.
#[test]
fn raw_predictors_do_not_defeat_the_fit() {
    let n = 40;
    let wave = |i: usize, f: f64| (f * (i as f64 + 1.0)).sin();
    let height: Vec<f64> = (0..n).map(|i| 170.0 + 9.0 * wave(i, 1.3)).collect();
    let weight: Vec<f64> = (0..n).map(|i| 0.9 * height[i] - 80.0 + 4.0 * wave(i, 2.9)).collect();
    let y: Vec<f64> =
        (0..n).map(|i| 3.0 + 0.05 * height[i] - 0.1 * weight[i] + wave(i, 5.1)).collect();
    let text = "data h: real[n]\ndata w: real[n]\ndata y: real[n]\na ~ Normal(0, 100)\nb ~ Normal(0, 100)\n\
                c ~ Normal(0, 100)\ny ~ Normal(a + b * h + c * w, 0.8)\n";
    let data = format!(r#"{{"h": {}, "w": {}, "y": {}}}"#, list(&height), list(&weight), list(&y));
    let (precision, mean) = regression(&[vec![1.0; n], height, weight], &y, 0.8, 100.0);
    let exact = |i: usize| (["a", "b", "c"][i], mean[i], precision[(i, i)].powf(-0.5));
    check_fit(text, &data, &[exact(0), exact(1), exact(2)]);
}

/// Seven points: the slope of least squares, not one of the wrong sign.
#[test]
fn seven_points_have_their_slope() {
    let x = [1.0, 2.0, 3.0, 4.5, 5.0, 6.5, 7.0];
    let y = [82.0, 68.0, 63.0, 47.0, 48.0, 27.0, 30.0];
    let text = "data x: real[n]\ndata y: real[n]\na ~ Normal(0, 1000)\nb ~ Normal(0, 1000)\n\
                y ~ Normal(a + b * x, 7.13)\n";
    let data = format!(r#"{{"x": {}, "y": {}}}"#, list(&x), list(&y));
    let (precision, mean) = regression(&[vec![1.0; 7], x.to_vec()], &y, 7.13, 1000.0);
    assert!(mean[1] < -8.0, "least squares falls");
    let exact = |i: usize| (["a", "b"][i], mean[i], precision[(i, i)].powf(-0.5));
    check_fit(text, &data, &[exact(0), exact(1)]);
}

/// A prior at 0 and one datum at 10: N(8, 1/√5).
#[test]
fn a_far_datum_moves_the_posterior_all_the_way() {
    let text = "data y: real\nx ~ Normal(0, 1)\ny ~ Normal(x, 0.5)\n";
    check_fit(text, r#"{"y": 10}"#, &[("x", 8.0, 5f64.powf(-0.5))]);
}

/// Ten data around a standard normal mean: the sd is 1/√11, to 1 %, which is 3 standard errors of so many single draws.
#[test]
fn adaptive_steps_do_not_widen_the_posterior() {
    let text = "data y: real[n]\nmu ~ Normal(0, 1)\ny ~ Normal(mu, 1)\n";
    let data = r#"{"y": [0.3, 1.2, -0.4, 0.9, 1.7, 0.2, -1.1, 0.8, 0.5, 1.4]}"#;
    let settings = FitSettings { steps: Some(100_000), ..FitSettings::default() };
    let [_, fit] = fitted(problem(text, data, &[]), &settings);
    assert!((fit.sd("mu") * 11f64.sqrt() - 1.0).abs() < 0.01, "{}", fit.sd("mu"));
    assert!((fit.mean("mu") - 0.5).abs() < 0.03 / 11f64.sqrt(), "{}", fit.mean("mu"));
}
