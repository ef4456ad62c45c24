//! The bias of a relaxation where a fit is, beside the length of its gradients, temperature by temperature.

use super::moments::{Sampler, labels};
use super::oracle::exact;
use super::point::Given;
use super::replan::others_unbiased;
use super::{Estimate, Settings};
use crate::ir::Graph;
use crate::lower::Problem;
use std::collections::HashMap;

/// One relaxed latent at one place: the other latents are summed or sampled without bias.
pub struct Relaxation {
    sampler: Sampler,
    /// For each parameter of the sampler that the exact gradient has: its place, and the slope.
    exact: Vec<(usize, Estimate)>,
    gradients: u64,
}

impl Relaxation {
    /// At these parameters of `graph`, the objective of the same problem.
    pub fn new(
        problem: &Problem,
        latent: usize,
        (graph, params): (&Graph, &[f64]),
        settings: &Settings,
    ) -> Self {
        let (clean, place) = (others_unbiased(problem, latent), Given { graph, params });
        let exact = exact(&clean, &place, settings);
        let known: HashMap<&String, &Estimate> = exact.labels.iter().zip(&exact.gradient).collect();
        let sampler = Sampler::new(&clean, settings.draws, &place, settings);
        let names = labels(sampler.graph());
        let rows = names.iter().enumerate();
        let exact = rows.filter_map(|(i, name)| Some((i, **known.get(name)?))).collect();
        Self { sampler, exact, gradients: settings.gradients }
    }

    /// The length of the bias over that of a gradient, with the knob of the temperature at `tau`: the root of the mean
    /// square over gradients, which does not vanish where the fit has converged. The bias is free of what noise adds to
    /// its length; the error is what noise could add.
    pub fn bias(&mut self, knob: &str, tau: f64) -> Estimate {
        self.sampler.hold(knob, tau);
        let moments = self.sampler.moments(self.gradients);
        let means = moments.estimates();
        let (mut bias, mut noise, mut length) = (0.0, 0.0, 0.0);
        for &(i, exact) in &self.exact {
            bias += (means[i].value - exact.value).powi(2);
            noise += means[i].error.powi(2) + exact.error.powi(2);
            length += means[i].value.powi(2) + moments.variance[i];
        }
        let over = |square: f64| (square.max(0.0) / length.max(f64::MIN_POSITIVE)).sqrt();
        Estimate { value: over(bias - noise), error: over(noise) }
    }
}
