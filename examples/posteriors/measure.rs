//! From a posterior with known answers to the errors of a mean-field fit of it, scalar by scalar.
//!
//! Models lie in `tests/posteriors`, data and answers in `../shared/data/posteriors`, or under `$ELBOW_SHARED`. Errors are
//! |mean − reference mean| in reference standard deviations.

use elbow::backend::Lowering;
use elbow::infer::{self, Config, Elbo, Fitter};
use elbow::session::{Inputs, Session};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// A posterior: its model, its folder, and what a mean-field Normal can reach.
pub(crate) struct Posterior {
    pub(crate) model: &'static str,
    pub(crate) folder: &'static str,
    pub(crate) limit: Limit,
}

/// The largest error at the optimum of the mean-field family itself.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    /// Below `GOOD`: a larger error is a fault of the optimiser.
    Near(f64),
    /// Not below it: the posterior is pathological for the family, and only this much can be asked for.
    Far(f64),
}

/// Error that every scalar stays below, where the family allows it.
pub(crate) const GOOD: f64 = 0.25;
/// What a fit may add to a limit that is not below `GOOD`: the noise of a thousand draws and of the optimiser.
const SLACK: f64 = 0.1;

#[rustfmt::skip]
pub(crate) const POSTERIORS: &[Posterior] = &[
    Posterior { model: "bugs_pump", folder: "bugs_pump", limit: Limit::Near(0.18) },
    Posterior { model: "eight_schools_centered", folder: "eight_schools-eight_schools_centered", limit: Limit::Far(0.77) },
    Posterior { model: "eight_schools_noncentered", folder: "eight_schools-eight_schools_noncentered", limit: Limit::Near(0.21) },
    Posterior { model: "german_credit_numeric_logistic", folder: "gym_german_credit_numeric_logistic_regression", limit: Limit::Near(0.04) },
    Posterior { model: "kidscore_interaction", folder: "kidiq-kidscore_interaction", limit: Limit::Near(0.0) },
    Posterior { model: "kidscore_mom_work", folder: "kidiq_with_mom_work-kidscore_mom_work", limit: Limit::Near(0.0) },
    Posterior { model: "kidscore_momiq", folder: "kidiq-kidscore_momiq", limit: Limit::Near(0.0) },
    Posterior { model: "logearn_height_male", folder: "earnings-logearn_height_male", limit: Limit::Near(0.0) },
    Posterior { model: "logmesquite", folder: "mesquite-logmesquite", limit: Limit::Near(0.02) },
    Posterior { model: "low_dim_gauss_mix", folder: "low_dim_gauss_mix-low_dim_gauss_mix", limit: Limit::Near(0.01) },
    Posterior { model: "nes1972", folder: "nes1972-nes", limit: Limit::Near(0.0) },
    Posterior { model: "nes1980", folder: "nes1980-nes", limit: Limit::Near(0.0) },
    Posterior { model: "radon_minnesota", folder: "gym_radon_contextual_effects_minnesota", limit: Limit::Far(0.32) },
    Posterior { model: "sblrc", folder: "sblrc-blr", limit: Limit::Near(0.01) },
    Posterior { model: "sblri", folder: "sblri-blr", limit: Limit::Near(0.01) },
];

/// A fit from default settings, beside the reference.
pub(crate) struct Measured {
    /// In the order of the reference file.
    pub(crate) scalars: Vec<Scalar>,
    pub(crate) elbo: Elbo,
    pub(crate) steps: u64,
    /// `None` where the fit began without them.
    pub(crate) newton_iterations: Option<usize>,
    /// From the compiled model to the draws.
    pub(crate) seconds: f64,
}

pub(crate) struct Scalar {
    pub(crate) name: String,
    pub(crate) error: f64,
    /// The fit's sd over the reference sd.
    pub(crate) sd_ratio: f64,
}

/// Mean and standard deviation.
type Moments = (f64, f64);

impl Limit {
    pub(crate) fn error(self) -> f64 {
        match self {
            Limit::Near(error) | Limit::Far(error) => error,
        }
    }

    /// The bound that every scalar's error is held to.
    pub(crate) fn bound(self) -> f64 {
        match self {
            Limit::Near(_) => GOOD,
            Limit::Far(error) => error + SLACK,
        }
    }

    pub(crate) fn is_pathological(self) -> bool {
        matches!(self, Limit::Far(_))
    }
}

impl Measured {
    /// The scalar with the largest error; NaN is larger than any.
    pub(crate) fn worst(&self) -> &Scalar {
        let worst = self.scalars.iter().max_by(|a, b| a.error.total_cmp(&b.error));
        worst.expect("a posterior has scalars")
    }

    pub(crate) fn median_error(&self) -> f64 {
        let mut errors: Vec<f64> = self.scalars.iter().map(|s| s.error).collect();
        errors.sort_by(f64::total_cmp);
        errors[errors.len() / 2]
    }

    /// The least and the largest.
    pub(crate) fn sd_ratios(&self) -> (f64, f64) {
        let ratios = self.scalars.iter().map(|s| s.sd_ratio);
        ratios.fold((f64::INFINITY, 0.0), |(low, high), r| (low.min(r), high.max(r)))
    }
}

/// Where data and answers are expected.
pub(crate) fn shared_posteriors() -> PathBuf {
    let root = std::env::var_os("ELBOW_SHARED").map(PathBuf::from);
    let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    root.join("data/posteriors")
}

/// Fits a posterior from default settings with the mean-field guide.
///
/// # Errors
/// A text that says what went wrong: a file, a diagnostic, a number that is not finite.
pub(crate) fn measure(posterior: &Posterior) -> Result<Measured, String> {
    let folder = shared_posteriors().join(posterior.folder);
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/posteriors");
    let model = models.join(posterior.model).with_extension("elbow");
    let reference = reference(&folder)?;
    let (session, diags) = Session::open(&model).map_err(|d| messages(&d))?;
    if diags.has_errors() {
        return Err(messages(&diags));
    }
    let data = vec![folder.join("data.json").display().to_string()];
    let (problem, diags) = session.problem(&Inputs { data, ..Default::default() });
    let problem = Arc::new(problem.ok_or_else(|| messages(&diags))?);
    let settings = session.settings(&Default::default());
    let config = Config::new(&problem, &settings, 1, Lowering::Fast);
    let steps = config.steps;
    let began = Instant::now();
    let mut fitter = Fitter::new(problem.clone(), config);
    let newton_iterations = fitter.start().newton_iterations;
    fitter.advance(steps).map_err(|stop| format!("{stop:?}"))?;
    let draws = fitter.draws();
    let seconds = began.elapsed().as_secs_f64();
    let fitted = infer::summarize(&problem, &draws);
    let fitted = fitted.into_iter().map(|row| (row.name, (row.mean, row.sd))).collect();
    let scalars = scalars(&reference, &fitted)?;
    Ok(Measured { scalars, elbo: fitter.elbo(), steps, newton_iterations, seconds })
}

/// The exact answers, where there are any, else those of long chains.
fn reference(folder: &Path) -> Result<Vec<(String, Moments)>, String> {
    let exact = folder.join("exact.json");
    let file = if exact.is_file() { exact } else { folder.join("reference.json") };
    let said = |e: &dyn std::fmt::Display| format!("{}: {e}", file.display());
    let text = std::fs::read_to_string(&file).map_err(|e| said(&e))?;
    let json: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(|e| said(&e))?;
    let moments = |(name, value): (String, serde_json::Value)| {
        let number = |key: &str| value[key].as_f64();
        let moments = number("mean").zip(number("sd"));
        moments.map(|m| (name.clone(), m)).ok_or_else(|| said(&format!("no mean and sd of {name}")))
    };
    json.into_iter().map(moments).collect()
}

fn scalars(
    reference: &[(String, Moments)],
    fitted: &BTreeMap<String, Moments>,
) -> Result<Vec<Scalar>, String> {
    let scalar = |(name, (mean, sd)): &(String, Moments)| {
        let (fit_mean, fit_sd) = fitted.get(name).ok_or_else(|| format!("no {name} in the fit"))?;
        let (error, sd_ratio) = ((fit_mean - mean).abs() / sd, fit_sd / sd);
        Ok(Scalar { name: name.clone(), error, sd_ratio })
    };
    reference.iter().map(scalar).collect()
}

fn messages(diags: &elbow::diag::Diagnostics) -> String {
    diags.iter().map(|d| d.message.clone()).collect::<Vec<_>>().join("\n")
}
