//! Predictions under guides whose parameters are set by hand, against what follows from them exactly.

use elbow::backend::Lowering;
use elbow::check::model::FitSettings;
use elbow::data::BoundDim;
use elbow::diag::Diagnostics;
use elbow::infer::{Config, Draws, Fitter, Param};
use elbow::lower::Problem;
use elbow::session::{Inputs, Prediction, Session};
use elbow::source::Source;
use std::path::Path;
use std::sync::Arc;

const DRAWS: usize = 4000;

/// A model that was fitted, as far as its parameters go.
struct Fit {
    session: Session,
    problem: Problem,
    params: Vec<Param>,
    folder: tempfile::TempDir,
}

fn inputs(folder: &Path, name: &str, text: &str) -> Inputs {
    let end = if text.starts_with('{') { "json" } else { "csv" };
    let file = folder.join(format!("{name}.{end}"));
    std::fs::write(&file, text).unwrap();
    Inputs { data: vec![file.display().to_string()], ..Inputs::default() }
}

impl Fit {
    /// With guides that stand at these values; all others are as they begin.
    fn new(text: &str, data: &str, values: &[(&str, &[f64])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (session, found) = Session::from_source(Source::new("test.elbow", text));
        assert!(!found.has_errors(), "{found:?}");
        let (problem, found) = session.problem(&inputs(folder.path(), "data", data));
        let problem = problem.unwrap_or_else(|| panic!("{found:?}"));
        let settings = session.settings(&FitSettings::default());
        let config = Config::new(&problem, &settings, 1, Lowering::Fast);
        let mut params = Fitter::new(Arc::new(problem.clone()), config).fitted();
        for (name, values) in values {
            let names: Vec<String> = params.iter().map(|p| p.name.clone()).collect();
            let param = params.iter_mut().find(|p| p.name == *name);
            let param = param.unwrap_or_else(|| panic!("{name} is none of {names:?}"));
            assert_eq!(param.values.len(), values.len(), "{name}");
            param.values = values.to_vec();
        }
        Self { session, problem, params, folder }
    }

    fn attempt(&self, csv: &str) -> Result<Prediction, Diagnostics> {
        let dims = self.problem.bound.dims.clone();
        let before: Vec<BoundDim> = dims;
        let new = inputs(self.folder.path(), "new", csv);
        let then = || Ok(self.problem.clone());
        self.session.prediction(&new, &before, &self.params, &then).map(|(found, _)| found)
    }

    fn predict(&self, csv: &str) -> Draws {
        self.attempt(csv).unwrap_or_else(|found| panic!("{found:?}")).draws(DRAWS, 3)
    }

    fn refused(&self, csv: &str) -> Vec<&'static str> {
        let found = self.attempt(csv).err().expect("these data are refused");
        found.iter().map(|d| d.code.name()).collect()
    }
}

fn draws<'a>(draws: &'a Draws, name: &str, element: usize) -> &'a [f64] {
    let names: Vec<&str> = draws.quantities.iter().map(|q| q.name.as_str()).collect();
    let found = draws.quantities.iter().find(|q| q.name == name);
    &found.unwrap_or_else(|| panic!("{name} is none of {names:?}")).values[element]
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// A Normal's mean and standard deviation.
fn is_normal(x: &[f64], loc: f64, scale: f64) {
    let (count, m) = (x.len() as f64, mean(x));
    let z = (m - loc) / (scale / count.sqrt());
    assert!(z.abs() < 5.0, "mean {m}, exact {loc}, z {z}");
    let variance = x.iter().map(|x| (x - m).powi(2)).sum::<f64>() / (count - 1.0);
    let z = (variance / scale.powi(2) - 1.0) / (2.0 / (count - 1.0)).sqrt();
    assert!(z.abs() < 5.0, "variance {variance}, exact {}, z {z}", scale.powi(2));
}

#[test]
fn new_rows_are_measured_by_the_statistics_of_the_fit() {
    let text = "data x: real[n]\ndata y: real[n]\nzx = (x - mean(x)) / size(n)\na ~ Normal(0, 1)\nb ~ Normal(0, 1)\n\
        eta = a + b * zx\ny ~ Normal(eta, 0.5)\n";
    let log = 0.2_f64.ln();
    let values: &[(&str, &[f64])] =
        &[("a.loc", &[1.0]), ("a.log_scale", &[log]), ("b.loc", &[3.0]), ("b.log_scale", &[log])];
    let fit = Fit::new(text, "x,y\n1,0\n3,0\n8,0\n", values);
    // The mean of x is 4, there are 3.
    let found = fit.predict("x\n10\n4\n");
    for (row, z) in [2.0_f64, 0.0].into_iter().enumerate() {
        let spread = 0.2 * (1.0 + z * z).sqrt();
        is_normal(draws(&found, "eta", row), 1.0 + 3.0 * z, spread);
        is_normal(draws(&found, "y", row), 1.0 + 3.0 * z, spread.hypot(0.5));
    }
    let names: Vec<&str> = found.quantities.iter().map(|q| q.name.as_str()).collect();
    assert_eq!(
        names,
        ["y", "zx", "eta"].iter().filter(|n| **n != "zx").copied().collect::<Vec<_>>()
    );
}

#[test]
fn labels_are_those_of_the_fit() {
    let text = "data site: index[n] of place\ndata y: real[n]\n"
        .replace("index[n] of place", "index(place)[n]")
        + "t[place] ~ Normal(0, 1)\ny ~ Normal(t[site], 0.1)\n";
    let log = [0.3_f64.ln(); 3];
    let values: &[(&str, &[f64])] = &[("t.loc", &[1.0, 2.0, 3.0]), ("t.log_scale", &log)];
    let fit = Fit::new(&text, "site,y\nkent,0\nalva,0\nbath,0\nalva,0\n", values);
    let found = fit.predict("site\nkent\nbath\n");
    is_normal(draws(&found, "y", 0), 3.0, 0.3_f64.hypot(0.1));
    is_normal(draws(&found, "y", 1), 2.0, 0.3_f64.hypot(0.1));
    let same: Vec<f64> = draws(&fit.predict("site\nkent\nkent\n"), "y", 0).to_vec();
    assert_eq!(same.len(), DRAWS);
}

#[test]
fn labels_that_the_fit_does_not_know_are_drawn_from_the_prior() {
    for note in ["", "@noncentered\n"] {
        let text = format!(
            "data site: index(place)[n]\ndata y: real[n]\nm ~ Normal(0, 9)\n{note}t[place, kind] ~ Normal(m, 2)\n\
             dim kind = 2\ndata c: index(kind)[n]\ny ~ Normal(t[site, c], 0.1)\n"
        );
        let narrow = 0.01_f64.ln();
        // Beside standard units, where the scale of the prior is divided out and its mean taken away.
        let loc = |t: f64| if note.is_empty() { t } else { (t - 5.0) / 2.0 };
        let locs: Vec<f64> = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0].map(loc).into();
        let (m, log) = ([5.0], vec![narrow; 6]);
        let values: &[(&str, &[f64])] =
            &[("m.loc", &m), ("m.log_scale", &[narrow]), ("t.loc", &locs), ("t.log_scale", &log)];
        let fit = Fit::new(&text, "site,c,y\nkent,1,0\nalva,2,0\nbath,1,0\n", values);
        let param = fit.params.iter().find(|p| p.name == "t.loc").unwrap();
        let known = |place: usize, kind: usize| {
            let axis = param.dims.iter().position(|d| d == "place").unwrap();
            let at = if axis == 0 { place * 2 + kind } else { kind * 3 + place };
            (at + 1) as f64
        };
        let found = fit.predict("site,c\nkent,2\nwick,1\naberdeen,2\nalva,1\n");
        let scale = if note.is_empty() { 0.01_f64 } else { 0.01_f64.hypot(0.02) };
        is_normal(draws(&found, "y", 0), known(2, 1), scale.hypot(0.1));
        is_normal(draws(&found, "y", 3), known(0, 0), scale.hypot(0.1));
        for new in [1, 2] {
            is_normal(draws(&found, "y", new), 5.0, 0.01_f64.hypot(2.0).hypot(0.1));
        }
    }
    let sums = "data site: index(place)[n]\ndata y: real[n]\nt[place] ~ Normal(0, 1)\ny ~ Normal(t[site] - mean(t), 0.1)\n";
    assert_eq!(Fit::new(sums, "site,y\nkent,0\nalva,0\n", &[]).refused("site\nwick\n"), ["E0320"]);
}

#[test]
fn positions_that_data_point_at_are_those_of_the_fit() {
    let text = "data site: index(place)[n]\ndata y: real[n]\nt[place] ~ Normal(0, 1)\ny ~ Normal(t[site], 0.1)\n";
    let log = [0.3_f64.ln(); 3];
    let values: &[(&str, &[f64])] = &[("t.loc", &[1.0, 2.0, 3.0]), ("t.log_scale", &log)];
    let fit = Fit::new(text, "site,y\n3,0\n1,0\n2,0\n", values);
    is_normal(draws(&fit.predict("site\n3\n"), "y", 0), 3.0, 0.3_f64.hypot(0.1));
    assert_eq!(fit.refused("site\n4\n"), ["E0321"]);
}

#[test]
fn latents_of_new_rows_come_from_the_prior_given_the_rest() {
    let text = "data y: real[n]\nm ~ Normal(0, 9)\nw[n] ~ Normal(m, 2)\ny ~ Normal(w, 1)\ndata x: real[n]\n"
        .replace("data x: real[n]\n", "")
        .replace("data y", "data x: real[n]\ndata y")
        .replace("Normal(w, 1)", "Normal(w + x, 1)");
    let values: &[(&str, &[f64])] = &[("m.loc", &[5.0]), ("m.log_scale", &[0.5_f64.ln()])];
    let fit = Fit::new(&text, "x,y\n0,1\n1,2\n0,3\n", values);
    let found = fit.predict("x\n0\n10\n");
    is_normal(draws(&found, "w", 1), 5.0, 0.5_f64.hypot(2.0));
    is_normal(draws(&found, "y", 1), 15.0, 0.5_f64.hypot(2.0).hypot(1.0));
    // What is drawn for one row is another draw than that for the next.
    let (a, b) = (draws(&found, "w", 0), draws(&found, "w", 1));
    let (ma, mb) = (mean(a), mean(b));
    let cross = a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum::<f64>() / DRAWS as f64;
    let z = (cross - 0.25) / (4.25 / (DRAWS as f64).sqrt());
    assert!(z.abs() < 5.0, "covariance {cross}, exact 0.25, z {z}");
}

const AMORTISED: &str = "data x: real[n]\ndata y: real[n]\nparam c: real = 2\nz[n] ~ Normal(0, 3)\nx ~ Normal(z, 1)\ny ~ Normal(c * z, 0.5)\n\
    guide {\n  z ~ Normal(x, 0.1)\n}\n";

#[test]
fn a_guide_that_computes_latents_from_data_serves_new_rows() {
    for batch in ["", "fit { batch n = 2 }\n"] {
        let fit = Fit::new(&format!("{AMORTISED}{batch}"), "x,y\n1,2\n2,4\n3,6\n", &[]);
        let found = fit.predict("x\n-1\n4\n0.5\n7\n");
        for (row, x) in [-1.0, 4.0, 0.5, 7.0].into_iter().enumerate() {
            is_normal(draws(&found, "z", row), x, 0.1);
            is_normal(draws(&found, "y", row), 2.0 * x, 0.2_f64.hypot(0.5));
        }
        // Without what the guide reads there is the prior.
        let found = fit.predict("y\n5\n5\n");
        is_normal(draws(&found, "z", 1), 0.0, 3.0);
        is_normal(draws(&found, "x", 1), 0.0, 3.0_f64.hypot(1.0));
    }
}

#[test]
fn what_is_summed_out_is_drawn_given_the_data_of_its_row() {
    let text = "data x: real[n]\ndata y: real[n]\ndim k = 2\np = [0.25, 0.75] as k\nmu = [-1, 1] as k\nnu = [10, 20] as k\n\
        @marginalize\nz[n] ~ Categorical(probs = p)\nx ~ Normal(mu[z], 1)\ny ~ Normal(nu[z], 0.1)\n";
    let fit = Fit::new(text, "x,y\n1,20\n-1,10\n", &[]);
    let found = fit.predict("x\n-0.5\n3\n");
    for (row, x) in [-0.5_f64, 3.0].into_iter().enumerate() {
        let (first, second) =
            (0.25 * (-0.5 * (x + 1.0).powi(2)).exp(), 0.75 * (-0.5 * (x - 1.0).powi(2)).exp());
        let share = second / (first + second);
        is_share(draws(&found, "z", row), 2.0, share);
        let high: Vec<f64> =
            draws(&found, "y", row).iter().map(|y| f64::from(u8::from(*y > 15.0))).collect();
        is_share(&high, 1.0, share);
    }
    let z = fit.predict("y\n10\n20\n20\n");
    is_share(draws(&z, "z", 0), 1.0, 1.0);
}

fn is_share(x: &[f64], value: f64, share: f64) {
    let found = x.iter().filter(|x| **x == value).count() as f64 / x.len() as f64;
    let se = (share * (1.0 - share) / x.len() as f64).sqrt();
    assert!((found - share).abs() <= 5.0 * se + 1e-3, "{found}, exact {share}");
}

#[test]
fn counts_and_classes_are_predicted_as_the_model_has_them() {
    let text = "data x: real[n]\ndata count: count[n]\ndim k = 3\nl = [0, 1, 2] as k\ndata c: index(k)[n]\nr ~ Gamma(2, 2)\n\
        count ~ Poisson(exp(x))\nc ~ Categorical(l over k)\n";
    let text = text.replace("r ~ Gamma(2, 2)\n", "");
    let fit = Fit::new(&text, "x,count,c\n0,1,1\n1,2,3\n", &[]);
    let found = fit.predict("x\n1\n");
    let rate = 1.0_f64.exp();
    let m = mean(draws(&found, "count", 0));
    assert!(((m - rate) / (rate / DRAWS as f64).sqrt()).abs() < 5.0, "{m}");
    let total: f64 = (0..3).map(|i| f64::from(i).exp()).sum();
    is_share(draws(&found, "c", 0), 3.0, 2.0_f64.exp() / total);
}

#[test]
fn replicas_are_draws_of_the_data_of_the_fit() {
    let fit = Fit::new(AMORTISED, "x,y\n1,2\n2,4\n3,6\n", &[]);
    let found =
        fit.session.replicas(fit.problem.clone(), &fit.params).unwrap_or_else(|e| panic!("{e:?}"));
    let found = found.draws(DRAWS, 3);
    is_normal(draws(&found, "x", 2), 3.0, 0.1_f64.hypot(1.0));
    is_normal(draws(&found, "y", 2), 6.0, 0.2_f64.hypot(0.5));
    assert_eq!(found.quantities.len(), 2);
}

#[test]
fn what_the_fit_does_not_know_is_refused() {
    let own = "data x: real[n]\ndata y: real[n]\nparam w: real[n]\ny ~ Normal(w + x, 1)\n";
    let fit = Fit::new(own, "x,y\n1,2\n2,4\n", &[]);
    // Rows of other data are other rows, also where they are as many.
    assert_eq!(fit.refused("x\n1\n2\n3\n"), ["E0448"]);
    assert_eq!(fit.refused("x\n1\n2\n"), ["E0448"]);
    let plain = "data x: real[n]\ndata y: real[n]\ny ~ Normal(x, 1)\n";
    assert_eq!(Fit::new(plain, "x,y\n1,2\n", &[]).refused("x,y\n1,2\n"), ["E0447"]);
    let guided = "data x: real[place]\ndata y: real[place]\nm[place] ~ Normal(0, 1)\ny ~ Normal(m + x, 1)\n\
        guide {\n  m ~ Normal(y, 1)\n}\n";
    let fit = Fit::new(guided, "place,x,y\nkent,1,2\nalva,2,4\n", &[]);
    assert_eq!(fit.refused("place,x\nkent,1\nalva,2\n"), ["E0448"]);
    let summed = "data x: real[n]\ndata y: real[n]\n@marginalize\ns ~ Bernoulli(0.5)\ny ~ Normal(x + s, 1)\n";
    assert_eq!(Fit::new(summed, "x,y\n1,2\n2,4\n", &[]).refused("x\n1\n"), ["E0448"]);
    let places = "data site: index(place)[n]\ndata y: real[n]\nt[place] ~ Normal(0, 1)\ny ~ Normal(t[site], 0.1)\n";
    let fit = Fit::new(places, "site,y\nkent,0\nalva,0\n", &[]);
    assert_eq!(fit.refused("y\n1\n"), ["E0310"]);
}

#[test]
fn a_guide_keeps_the_statistics_that_it_read() {
    let text = "data x: real[n]\ndata y: real[n]\nm ~ Normal(0, 1)\ny ~ Normal(m + x, 0.5)\n\
        guide {\n  m ~ Normal(mean(y), 0.1)\n}\n";
    let found = Fit::new(text, "x,y\n1,2\n2,4\n", &[]).predict("x\n10\n");
    is_normal(draws(&found, "y", 0), 13.0, 0.1_f64.hypot(0.5));
}

#[test]
fn a_guide_of_parameters_of_rows_leaves_new_rows_to_the_prior() {
    let text = "data x: real[n]\ndata y: real[n]\nparam w: real[n]\nz[n] ~ Normal(2, 3)\ny ~ Normal(z + x, 1)\n\
        guide {\n  z ~ Normal(w, 0.1)\n}\n";
    let found = Fit::new(text, "x,y\n1,2\n2,4\n", &[("w", &[7.0, 8.0])]).predict("x\n10\n20\n");
    is_normal(draws(&found, "y", 1), 22.0, 3.0_f64.hypot(1.0));
}

#[test]
fn what_nothing_predicted_depends_on_need_not_be_there() {
    let text = "data x: real[n]\ndata s: real[m]\ndata g: binary[m]\nz[n] ~ Normal(0, 1)\nx ~ Normal(z, 0.5)\n\
        w[m] ~ Normal(0, 1)\ns ~ Normal(w + g, 0.5)\nguide {\n  z ~ Normal(0.8 * x, 0.3)\n  w ~ Normal(s - g, 0.2)\n}\n";
    let fit = Fit::new(text, "x,s,g\n1,2,0\n2,3,1\n", &[]);
    let found = fit.predict("x\n5\n7\n6\n");
    let names: Vec<&str> = found.quantities.iter().map(|q| q.name.as_str()).collect();
    assert_eq!(names, ["z"], "s lacks g, and w is of rows that nobody asks about");
    for (row, x) in [5.0, 7.0, 6.0].into_iter().enumerate() {
        is_normal(draws(&found, "z", row), 0.8 * x, 0.3);
    }
    let found = fit.predict("g\n0\n1\n1\n");
    is_normal(draws(&found, "s", 2), 1.0, 1.0_f64.hypot(0.5));
    assert_eq!(fit.refused("x,s\n5,1\n7,1\n"), ["E0310"], "rows of m have no g");
}

#[test]
fn rows_that_nobody_asks_about_may_share_a_dimension_with_new_ones() {
    let text = "data x: real[n, k]\ndata s: real[m, k]\ndata g: real[m, k]\nz[n] ~ Normal(0, 1)\nw[m] ~ Normal(0, 1)\n\
        x ~ Normal(z, 1)\ns ~ Normal(w * g, 1)\nmean_s = w * g\n\
        guide {\n  z ~ Normal(mean(x over k), 0.3)\n  w ~ Normal(mean(s - g over k), 0.2)\n}\n";
    let data = r#"{"x": [[1, 2], [3, 4]], "s": [[1, 2], [3, 4]], "g": [[0, 1], [1, 1]]}"#;
    let fit = Fit::new(text, data, &[]);
    let found = fit.predict(r#"{"x": [[5, 6], [7, 8], [9, 9]]}"#);
    let names: Vec<&str> = found.quantities.iter().map(|q| q.name.as_str()).collect();
    assert_eq!(names, ["z"]);
    is_normal(draws(&found, "z", 1), 7.5, 0.3);
    assert_eq!(fit.refused(r#"{"s": [[1, 2]]}"#), ["E0310"], "mean_s has new rows, which g lacks");
}

#[test]
fn what_something_predicted_depends_on_is_asked_for() {
    let text = "data y: real[n]\ndata t: real[n]\ndata c: real[m]\na ~ Normal(0, 1)\nw[m] ~ Normal(0, 1)\n\
        y ~ Normal(a * t + sum(c * w over m), 1)\n";
    let fit = Fit::new(text, "y,t,c\n1,2,0\n2,3,1\n", &[]);
    assert_eq!(fit.refused("t\n5\n7\n"), ["E0310"]);
    let text = "data y: real[n]\ndata s: real[m]\ndata g: real[m]\na ~ Normal(0, 1)\ny ~ Normal(a, 1)\ns ~ Normal(a + g, 1)\n";
    let fit = Fit::new(text, "y,s,g\n1,2,0\n2,3,1\n", &[]);
    assert_eq!(fit.refused("y\n5\n7\n"), ["E0310"], "nothing else is left to predict");
}
