//! `run.json`: what was run, with what, for how long, and how it ended.

use super::{BatchRow, LatentRow, SampledRows};
use crate::backend::{Float, Lowering};
use crate::check::model::Averaging;
use crate::check::plan::Policy;
use crate::data::FileUsed;
use crate::infer::{Beginning, Config, Elbo, Optimizer, Reading};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How a fit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    Interrupted,
    NotFinite,
}

impl Exit {
    pub fn words(self) -> &'static str {
        match self {
            Exit::Done => "done",
            Exit::Interrupted => "interrupted",
            Exit::NotFinite => "not finite",
        }
    }
}

/// The ELBO of the model as written, the bound that was optimised in its place, and what was optimised where that is
/// another quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Elbos {
    pub elbo: Elbo,
    /// With its name.
    pub bound: Option<(String, Elbo)>,
    pub optimised: Option<f64>,
    /// What the ELBO and the bound are a sample of.
    pub sampled: Vec<SampledRows>,
}

/// How many rows a figure is the sum of.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    pub name: String,
    pub count: usize,
}

/// A figure of held-out data.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldOutElbo {
    pub name: String,
    pub rows: Option<Rows>,
    pub sampled: Vec<SampledRows>,
    /// Or the name of a parameter that belongs to the rows of the fit.
    pub elbo: Result<Elbo, String>,
}

/// Everything that `run.json` holds.
pub struct Record<'a> {
    /// The model's file name and text.
    pub model: (&'a str, &'a str),
    pub files: &'a [FileUsed],
    pub dims: &'a [(String, u64)],
    pub config: &'a Config,
    pub policy: &'a Policy,
    /// In words.
    pub objective: String,
    pub latents: &'a [LatentRow],
    pub batches: &'a [BatchRow],
    /// Diagnostics as JSON.
    pub warnings: Vec<Value>,
    pub exit: Exit,
    /// What broke the fit off, as JSON.
    pub error: Option<Value>,
    pub steps: u64,
    pub beginning: Beginning,
    /// Whether the result is the last iterate, not an average.
    pub ends_at_last: bool,
    pub fit_seconds: f64,
    pub us_per_step: f64,
    pub startup_ms: f64,
    pub elbos: Elbos,
    pub held_out: &'a [HeldOutElbo],
    pub temperatures: &'a [Reading],
}

impl Record<'_> {
    /// One JSON object. Numbers that are not finite are null.
    pub fn to_json(&self) -> Value {
        let estimators: serde_json::Map<String, Value> =
            self.latents.iter().map(|l| (l.latent.clone(), json!(l))).collect();
        json!({
            "elbow": env!("CARGO_PKG_VERSION"),
            "dfdx": dfdx_version(),
            "model": { "path": self.model.0, "sha256": sha256(self.model.1) },
            "data": self.files.iter().map(file).collect::<Vec<_>>(),
            "exit": self.exit.words(),
            "error": self.error,
            "seed": self.config.seed,
            "steps": self.steps,
            "objective": self.objective,
            "samples": self.config.samples,
            "batches": self.batches,
            "sampling": (!self.batches.is_empty()).then(|| self.config.sampling.words()),
            "starts": self.beginning.starts,
            "newton_iterations": self.beginning.newton_iterations,
            "result": if self.ends_at_last { "last iterate" } else { "average" },
            "fit_seconds": self.fit_seconds,
            "us_per_step": self.us_per_step,
            "startup_ms": self.startup_ms,
            "elbo": { "mean": self.elbos.elbo.mean, "se": self.elbos.elbo.se },
            "bound": self.elbos.bound.as_ref().map(|(_, b)| json!({ "mean": b.mean, "se": b.se })),
            "sampled_rows": self.elbos.sampled,
            "optimised_elbo": self.elbos.optimised,
            "test": self.held_out.iter().map(held_out).collect::<Vec<_>>(),
            "temperatures": self.temperatures.iter().map(temperature).collect::<Vec<_>>(),
            "settings": self.settings(),
            "estimators": estimators,
            "warnings": self.warnings,
        })
    }

    fn settings(&self) -> Value {
        let c = self.config;
        let dims: serde_json::Map<String, Value> =
            self.dims.iter().map(|(name, size)| (name.clone(), json!(size))).collect();
        let overrides: serde_json::Map<String, Value> =
            self.policy.overrides.iter().map(|(l, e)| (l.clone(), json!(e))).collect();
        json!({
            "steps": c.steps,
            "draws": c.draws,
            "optimizer": match c.optimizer {
                Optimizer::Adam => "adam".to_string(),
                Optimizer::Sgd { momentum } => format!("sgd(momentum = {momentum})"),
            },
            "clip": c.clip,
            "weight_decay": c.weight_decay,
            "average": match c.average {
                Averaging::Tail => "tail".to_string(),
                Averaging::Exponential(decay) => format!("ema({decay})"),
            },
            "learning_rate": c.learning_rate.to_string(),
            "whitened_rate": c.whitened_rate.to_string(),
            "precision": match c.options.float {
                Float::F32 => "f32",
                Float::F64 => "f64",
            },
            "threads": c.options.threads,
            "backend": match c.options.lowering {
                Lowering::Fast => "fast",
                Lowering::Reference => "reference",
            },
            "estimators": self.policy.estimators.map(|e| format!("{e:?}").to_lowercase()),
            "estimator": overrides,
            "dims": dims,
        })
    }
}

/// `run.json` of a fit that is under way.
pub fn begun(model: (&str, &str), files: &[FileUsed], seed: u64) -> Value {
    json!({
        "elbow": env!("CARGO_PKG_VERSION"),
        "dfdx": dfdx_version(),
        "model": { "path": model.0, "sha256": sha256(model.1) },
        "data": files.iter().map(file).collect::<Vec<_>>(),
        "exit": "under way",
        "seed": seed,
    })
}

/// One measurement of `tau = auto`; the bias is a share of the gradient's norm.
fn temperature(r: &Reading) -> Value {
    json!({
        "step": r.step, "knob": r.knob, "tau": r.tau,
        "bias": r.bias.value, "error": r.bias.error, "asked": r.share,
    })
}

fn held_out(h: &HeldOutElbo) -> Value {
    let rows = h.rows.as_ref().map(|r| json!({ "along": r.name, "count": r.count }));
    match &h.elbo {
        Ok(elbo) => json!({
            "name": h.name, "mean": elbo.mean, "se": elbo.se, "rows": rows,
            "sampled_rows": h.sampled,
        }),
        Err(param) => json!({ "name": h.name, "no_guide": param }),
    }
}

fn file(file: &FileUsed) -> Value {
    json!({ "path": file.path, "sha256": file.sha256 })
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The version that the manifest pins.
fn dfdx_version() -> Option<&'static str> {
    let manifest = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    let line = manifest.lines().find_map(|l| l.strip_prefix("dfdx = \"="))?;
    line.strip_suffix('"')
}
