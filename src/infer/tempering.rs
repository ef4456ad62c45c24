//! `tau = auto`: at checkpoints of the fit a temperature falls until the bias that it brings is a small share of the gradient.
//!
//! Early on gradients are long and a hot relaxation is good enough; as the fit settles its bias comes to matter. The last
//! checkpoint is in the middle of the fit: most of what is averaged in the end has one temperature.

use super::config::Config;
use super::diagnosis::Finding;
use super::saved::{Saved, Unfit};
use crate::check::model::{Adaptive, NameId, OptionValue};
use crate::ir::Graph;
use crate::lab::{Estimate, Relaxation, Settings};
use crate::lower::Problem;

/// What was measured at one checkpoint, at the temperature that it left.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub step: u64,
    pub latent: NameId,
    /// `z.tau`
    pub knob: String,
    pub tau: f64,
    /// The bias over the root mean square of the gradient.
    pub bias: Estimate,
    /// The share that was asked for.
    pub share: f64,
}

impl Reading {
    pub fn is_met(&self) -> bool {
        self.bias.value <= self.share
    }
}

/// The temperatures of a fit that it sets itself.
pub(super) struct Tempering {
    tuned: Vec<Tuned>,
    checkpoints: Vec<u64>,
    pub(super) readings: Vec<Reading>,
}

struct Tuned {
    /// Its place in the plan.
    latent: usize,
    knob: String,
    share: f64,
    tau: f64,
}

/// From one rung of temperatures to the next.
const COOLER: f64 = 0.8;
/// Checkpoints: the first step, and these powers of ½ of the fit.
const HALVINGS: u32 = 5;
/// Gradients of a measurement, over the share squared: the noise of the bias is half the share.
const GRADIENTS: f64 = 4.0;
const MOST_GRADIENTS: u64 = 4000;
/// Noise of its own.
const SEED: u64 = 0x74_656d_7065;

impl Tempering {
    pub(super) fn new(problem: &Problem, config: &Config) -> Self {
        let model = &problem.bound.model;
        let tuned = problem.plan.latents.iter().enumerate().flat_map(|(latent, plan)| {
            plan.options.iter().filter_map(move |(option, value)| match *value {
                OptionValue::Adaptive(Adaptive::Auto { from, share }) => {
                    let knob = format!("{}.{option}", model.name(plan.name).name);
                    Some(Tuned { latent, knob, share, tau: from })
                }
                _ => None,
            })
        });
        let later = (1..=HALVINGS).rev().map(|power| config.steps >> power);
        let mut checkpoints: Vec<u64> = std::iter::once(0).chain(later).collect();
        checkpoints.dedup();
        Self { tuned: tuned.collect(), checkpoints, readings: vec![] }
    }

    pub(super) fn is_due(&self, step: u64) -> bool {
        !self.tuned.is_empty() && self.checkpoints.contains(&step)
    }

    pub(super) fn save(&self, to: &mut Saved) {
        if self.tuned.is_empty() {
            return;
        }
        to.put_all("fit/tempering/tau", self.tuned.iter().map(|t| t.tau).collect());
        let count = self.readings.len();
        let place = |r: &Reading| self.tuned.iter().position(|t| t.knob == r.knob).unwrap_or(0);
        let places = self.readings.iter().flat_map(|r| [r.step, place(r) as u64]);
        to.put_counts("fit/tempering/places", &[count, 2], places.collect());
        let numbers = self.readings.iter().flat_map(|r| [r.tau, r.bias.value, r.bias.error]);
        to.put("fit/tempering/readings", &[count, 3], numbers.collect());
    }

    pub(super) fn load(&mut self, problem: &Problem, from: &Saved) -> Result<(), Unfit> {
        if self.tuned.is_empty() {
            return Ok(());
        }
        let taus = from.get("fit/tempering/tau", self.tuned.len())?;
        self.tuned.iter_mut().zip(taus).for_each(|(tuned, &tau)| tuned.tau = tau);
        let places = from.any_counts("fit/tempering/places")?.as_chunks::<2>().0;
        let numbers = from.get("fit/tempering/readings", 3 * places.len())?.as_chunks::<3>().0;
        let reading = |(&[step, place], &[tau, value, error]): (&[u64; 2], &[f64; 3])| {
            let tuned = self.tuned.get(place as usize)?;
            let (knob, share) = (tuned.knob.clone(), tuned.share);
            let latent = problem.plan.latents[tuned.latent].name;
            Some(Reading { step, latent, knob, tau, bias: Estimate { value, error }, share })
        };
        let readings = places.iter().zip(numbers).map(reading).collect::<Option<_>>();
        self.readings = readings.ok_or_else(|| Unfit("fit/tempering/places".into()))?;
        Ok(())
    }

    /// Latents whose bias was too large at the last checkpoint, at the coldest temperature.
    pub(super) fn unmet(&self) -> impl Iterator<Item = Finding> {
        let last = self.readings.iter().rev().take(self.tuned.len()).rev();
        last.filter(|r| !r.is_met()).map(|r| Finding::StillBiased {
            latent: r.latent,
            bias: r.bias.value,
            share: r.share,
        })
    }

    /// The temperature of a knob that is set here.
    pub(super) fn at(&self, knob: &str) -> Option<f64> {
        self.tuned.iter().find(|t| t.knob == knob).map(|t| t.tau)
    }

    /// Lowers each temperature as far as it has to be at these parameters of the objective's graph.
    pub(super) fn lower(
        &mut self,
        problem: &Problem,
        config: &Config,
        step: u64,
        (graph, params): (&Graph, &[f64]),
    ) {
        for tuned in &mut self.tuned {
            let wanted = (GRADIENTS / tuned.share.powi(2)).ceil() as u64;
            let settings = Settings {
                draws: config.samples,
                gradients: wanted.min(MOST_GRADIENTS),
                seed: config.seed ^ SEED ^ step,
                at: step,
                options: config.options,
            };
            let mut here = Relaxation::new(problem, tuned.latent, (graph, params), &settings);
            let mut bias = here.bias(&tuned.knob, tuned.tau);
            while bias.value > tuned.share && tuned.tau > Adaptive::FLOOR {
                tuned.tau = (tuned.tau * COOLER).max(Adaptive::FLOOR);
                bias = here.bias(&tuned.knob, tuned.tau);
            }
            let (latent, share) = (problem.plan.latents[tuned.latent].name, tuned.share);
            let (knob, tau) = (tuned.knob.clone(), tuned.tau);
            self.readings.push(Reading { step, latent, knob, tau, bias, share });
        }
    }
}
