//! A Newton start: the ELBO of fixed, mirrored draws, maximised with its full curvature in the locations.
//!
//! Raw predictors put scales from 0.001 to 30 and correlations near 1 in front of a first-order optimiser; the curvature
//! takes both away. Locations move by damped, saddle-free Newton steps (Dauphin et al. 2014); the scale of a mean-field Normal
//! at its optimum is the expected curvature to the power −½ (Opper & Archambeau 2009), so log scales follow from it.
//! The curvature comes from differences of gradients: one evaluation a row.

use super::coordinates::Coordinates;
use super::noise::Mirrored;
use crate::backend::{self, Float, NoiseSource, Options, Program, Step};
use crate::check::plan::LatentPlan;
use crate::ir::Graph;
use crate::lower::Problem;
use crate::objective::{Objective, objective};
use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Where the optimiser may begin.
pub(super) struct Start {
    pub(super) params: Vec<f64>,
    pub(super) coordinates: Coordinates,
    pub(super) iterations: usize,
}

/// Locations and scales that hang together come near each other only linearly; the optimiser goes on from there.
const ITERATIONS: usize = 30;
/// Rows beyond which a full curvature is not worth its evaluations.
const MOST_ROWS: usize = 300;
/// Element operations of a search up to which draws are added to the few.
const BUDGET: f64 = 3e8;
/// Element operations of a search beyond which it is not begun.
const MOST_BUDGET: f64 = 3e9;
/// Iterations that a search usually takes.
const USUAL: usize = 20;
const FEW_DRAWS: f64 = 8.0;
const MOST_DRAWS: f64 = 64.0;
/// Difference step, in units of a row's scale.
const STEP: f64 = 1e-5;
/// Eigenvalues below this share of the largest are raised to it.
const FLOOR: f64 = 1e-10;
/// Nats: two gains below this end the search.
const GAIN: f64 = 1e-6;

/// Whether the ELBO of fixed draws is a smooth function of the parameters, with one optimum near.
pub(super) fn smooth(problem: &Problem) -> bool {
    let serves = |l: &LatentPlan| {
        matches!(l.estimator().card().name, "pathwise" | "enumerate" | "marginalize")
    };
    problem.plan.latents.iter().all(serves) && !problem.bound.model.has_weights()
}

/// Searches; `None` where the problem is too large, or the search meets no finite value.
pub(super) fn newton(
    problem: &Problem,
    options: Options,
    noise: impl NoiseSource + 'static,
    params: Vec<f64>,
) -> Option<Start> {
    let single = objective(problem, 1);
    let rows = rows(&single.graph);
    let samples = draws(&single, rows.len())?;
    let Objective { graph, draws, loss, .. } = objective(problem, samples);
    let pairs = pairs(&graph);
    let noise = Mirrored::new(noise, &graph, draws);
    let program = Program { graph, loss, watch: vec![] };
    let step = backend::compile(program, Options { float: Float::F64, ..options });
    let mut search = Search { step, noise: Box::new(noise), rows, pairs };
    search.run(params)
}

/// All parameters but the log scales that follow from the curvature.
fn rows(graph: &Graph) -> Vec<usize> {
    let spans = graph.param_spans();
    let scales: Vec<u32> = graph.params.iter().filter_map(|p| p.log_scale).collect();
    let free = |(i, _): &(usize, &std::ops::Range<usize>)| !scales.contains(&(*i as u32));
    spans.iter().enumerate().filter(free).flat_map(|(_, span)| span.clone()).collect()
}

/// (place among the rows, log scale in the flat vector) of every location.
fn pairs(graph: &Graph) -> Vec<(usize, usize)> {
    let (spans, rows) = (graph.param_spans(), rows(graph));
    let mut pairs = vec![];
    for (span, param) in spans.iter().zip(&graph.params) {
        if let Some(scale) = param.log_scale {
            for (loc, log_scale) in span.clone().zip(spans[scale as usize].clone()) {
                let Ok(place) = rows.binary_search(&loc) else { continue };
                pairs.push((place, log_scale));
            }
        }
    }
    pairs
}

/// An even number of draws that the budget allows.
fn draws(single: &Objective, rows: usize) -> Option<usize> {
    if rows == 0 || rows > MOST_ROWS {
        return None;
    }
    let cost = single.graph.operations() * ((rows + 3) * USUAL) as f64;
    let most = MOST_BUDGET / cost;
    let draws = (BUDGET / cost).clamp(FEW_DRAWS, MOST_DRAWS).min(most);
    (most >= 2.0).then_some(draws as usize / 2 * 2)
}

struct Search {
    step: Box<dyn Step>,
    noise: Box<dyn NoiseSource>,
    rows: Vec<usize>,
    pairs: Vec<(usize, usize)>,
}

/// Loss, gradient and curvature in rows measured in their own scales.
struct Local {
    loss: f64,
    gradient: DVector<f64>,
    eigen: SymmetricEigen<f64, nalgebra::Dyn>,
    diagonal: Vec<f64>,
    /// Of the loss in the log scales.
    slopes: Vec<f64>,
    scales: Vec<f64>,
}

impl Search {
    fn run(&mut self, mut params: Vec<f64>) -> Option<Start> {
        let mut damping = 1e-3;
        let mut local = self.local(&params)?;
        let mut small = 0;
        for iteration in 1..=ITERATIONS {
            let Some((next, loss)) = self.improve(&params, &local, &mut damping) else {
                return Some(self.start(params, &local, iteration));
            };
            let gain = local.loss - loss;
            params = next;
            local = self.local(&params)?;
            small = if gain < GAIN { small + 1 } else { 0 };
            if small == 2 {
                return Some(self.start(params, &local, iteration));
            }
        }
        Some(self.start(params, &local, ITERATIONS))
    }

    /// Draws of different elements are correlated by chance, and the slopes of the log scales with them; the curvature of a
    /// parabola is exact from any draws, so that the scales follow it at last.
    fn start(&self, mut params: Vec<f64>, local: &Local, iterations: usize) -> Start {
        let coordinates = Coordinates::new(self.rows.clone(), local.whitening(), params.clone());
        for &(place, log_scale) in &self.pairs {
            let curvature = local.diagonal[place];
            if curvature > 0.0 {
                params[log_scale] -= 0.5 * curvature.ln().clamp(-2.0, 2.0);
            }
        }
        Start { params, coordinates, iterations }
    }

    /// A step that lowers the loss, more damped at each try.
    fn improve(
        &mut self,
        params: &[f64],
        local: &Local,
        damping: &mut f64,
    ) -> Option<(Vec<f64>, f64)> {
        for _ in 0..16 {
            let next = self.propose(params, local, *damping);
            let loss = self.loss(&next);
            if loss.is_finite() && loss < local.loss {
                *damping = (*damping / 10.0).max(1e-9);
                return Some((next, loss));
            }
            *damping *= 5.0;
        }
        None
    }

    fn propose(&self, params: &[f64], local: &Local, damping: f64) -> Vec<f64> {
        let mut next = params.to_vec();
        let step = local.step(damping);
        for (i, &row) in self.rows.iter().enumerate() {
            next[row] += step[i] * local.scales[i];
        }
        for (&(_, log_scale), slope) in self.pairs.iter().zip(&local.slopes) {
            let curvature = 1.0 + slope;
            let wanted = if curvature > 0.0 { -0.5 * curvature.ln() } else { 0.5 };
            next[log_scale] += wanted.clamp(-2.0, 2.0) / (1.0 + damping);
        }
        next
    }

    fn loss(&mut self, params: &[f64]) -> f64 {
        self.step.set_params(params);
        self.step.run(0, self.noise.as_mut())
    }

    fn gradient(&mut self, params: &[f64]) -> Vec<f64> {
        self.loss(params);
        let gradient = self.step.gradient();
        self.rows.iter().map(|&r| gradient[r]).collect()
    }

    fn local(&mut self, params: &[f64]) -> Option<Local> {
        let mut scales = vec![1.0; self.rows.len()];
        for &(place, log_scale) in &self.pairs {
            scales[place] = params[log_scale].exp();
        }
        let loss = self.loss(params);
        let gradient = self.step.gradient();
        let slopes = self.pairs.iter().map(|&(_, log_scale)| gradient[log_scale]).collect();
        let at: Vec<f64> = self.rows.iter().map(|&r| gradient[r]).collect();
        let n = self.rows.len();
        let mut curvature = DMatrix::zeros(n, n);
        let mut moved = params.to_vec();
        for j in 0..n {
            let row = self.rows[j];
            let h = STEP * scales[j];
            moved[row] = params[row] + h;
            let there = self.gradient(&moved);
            moved[row] = params[row];
            for i in 0..n {
                curvature[(i, j)] = (there[i] - at[i]) / h * scales[i] * scales[j];
            }
        }
        let curvature = (&curvature + curvature.transpose()) * 0.5;
        let gradient = DVector::from_iterator(n, (0..n).map(|i| at[i] * scales[i]));
        let finite = loss.is_finite() && curvature.iter().chain(&gradient).all(|x| x.is_finite());
        let diagonal = curvature.diagonal().iter().copied().collect();
        let eigen = curvature.symmetric_eigen();
        finite.then_some(Local { loss, gradient, eigen, diagonal, slopes, scales })
    }
}

impl Local {
    /// |λ|, never below a share of the largest.
    fn strengths(&self) -> Vec<f64> {
        let most = self.eigen.eigenvalues.iter().fold(0.0_f64, |m, l| m.max(l.abs()));
        self.eigen.eigenvalues.iter().map(|l| l.abs().max(FLOOR * most).max(1e-300)).collect()
    }

    /// −(|H| + damping)⁻¹ g, in scaled rows.
    fn step(&self, damping: f64) -> DVector<f64> {
        let mut along = self.eigen.eigenvectors.tr_mul(&self.gradient);
        for (x, strength) in along.iter_mut().zip(self.strengths()) {
            *x /= -(strength + damping);
        }
        &self.eigen.eigenvectors * along
    }

    /// L with L Lᵀ = |H|⁻¹, in the parameters' own units.
    fn whitening(&self) -> DMatrix<f64> {
        let mut factor = self.eigen.eigenvectors.clone();
        for (mut column, strength) in factor.column_iter_mut().zip(self.strengths()) {
            column /= strength.sqrt();
        }
        for (mut row, scale) in factor.row_iter_mut().zip(&self.scales) {
            row *= *scale;
        }
        factor
    }
}
