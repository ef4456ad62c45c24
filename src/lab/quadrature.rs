//! Expectations over a few standard normals by equal steps: on the whole line the trapezoidal rule converges geometrically for
//! analytic functions, and does better than Gauss–Hermite where they have poles or kinks (Trefethen & Weideman 2014).

use crate::backend::NoiseSource;
use crate::ir::{Dim, NodeId, Noise, Op};
use crate::objective::Objective;
use std::collections::HashSet;
use std::sync::Arc;

/// Points of the product rule, and their weights, which add up to 1.
pub(super) struct Rule {
    /// Each has one coordinate per normal.
    pub(super) points: Vec<Vec<f64>>,
    pub(super) weights: Arc<[f64]>,
    /// Of the rule of twice the step on the same points: 0 at those that it lacks.
    pub(super) coarse: Arc<[f64]>,
}

/// Beyond it a standard normal has 1e-17 of its mass.
const REACH: f64 = 8.5;
/// Steps on either side, by the number of normals.
const STEPS: [i32; 3] = [136, 34, 12];

impl Rule {
    /// `None` for more normals than a product rule can take.
    pub(super) fn new(normals: usize) -> Option<Self> {
        let steps = *STEPS.get(normals.checked_sub(1)?)?;
        let mut all = vec![Node { point: vec![], weight: 1.0, coarse: 1.0 }];
        for _ in 0..normals {
            let wider = |node: Node| (-steps..=steps).map(move |i| node.along(i, steps));
            all = all.into_iter().flat_map(wider).collect();
        }
        Some(Self {
            weights: normalised(all.iter().map(|n| n.weight)),
            coarse: normalised(all.iter().map(|n| n.coarse)),
            points: all.into_iter().map(|n| n.point).collect(),
        })
    }
}

struct Node {
    point: Vec<f64>,
    weight: f64,
    coarse: f64,
}

impl Node {
    /// With one more coordinate, at the i-th step.
    fn along(&self, i: i32, steps: i32) -> Self {
        let x = f64::from(i) * REACH / f64::from(steps);
        let density = (-0.5 * x * x).exp();
        let even = f64::from(u8::from(i % 2 == 0));
        Self {
            point: self.point.iter().copied().chain([x]).collect(),
            weight: self.weight * density,
            coarse: self.coarse * density * even,
        }
    }
}

fn normalised(weights: impl Iterator<Item = f64> + Clone) -> Arc<[f64]> {
    let total: f64 = weights.clone().sum();
    weights.map(|w| w / total).collect()
}

/// Fills the noise of a graph with the points of a rule, along its Monte Carlo dimension.
pub(super) struct Points {
    noises: Vec<Vec<f64>>,
}

impl Points {
    pub(super) fn new(objective: &Objective, draws: Dim, rule: &Rule) -> Self {
        let graph = &objective.graph;
        let mut before = 0;
        let mut noises = vec![];
        for (noise, is_live) in graph.noises.iter().zip(live_noises(objective)) {
            if !is_live {
                noises.push(vec![0.5; graph.count(&noise.shape)]);
                continue;
            }
            let elements = graph.count(&noise.shape) / rule.points.len();
            let strides = noise.shape.strides(graph);
            let stride = noise.shape.iter().position(|d| d == draws).map_or(1, |i| strides[i]);
            let value = |place: usize| {
                let point = place / stride % rule.points.len();
                let element = place / (stride * rule.points.len()) * stride + place % stride;
                rule.points[point][before + element]
            };
            noises.push((0..graph.count(&noise.shape)).map(value).collect());
            before += elements;
        }
        Self { noises }
    }
}

impl NoiseSource for Points {
    fn fill_f32(&mut self, _step: u64, noise: usize, _kind: Noise, out: &mut [f32]) {
        for (to, from) in out.iter_mut().zip(&self.noises[noise]) {
            *to = *from as f32;
        }
    }

    fn fill_f64(&mut self, _step: u64, noise: usize, _kind: Noise, out: &mut [f64]) {
        out.copy_from_slice(&self.noises[noise]);
    }
}

/// Of each noise of the graph, whether the objective reads it.
pub(super) fn live_noises(objective: &Objective) -> Vec<bool> {
    let g = &objective.graph;
    let mut live = vec![false; g.noises.len()];
    let mut seen: HashSet<NodeId> = HashSet::new();
    let mut open = vec![objective.loss, objective.elbo];
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        if let Op::Noise(row) = *g.op(id) {
            live[row as usize] = true;
        }
        open.extend(g.node(id).args.iter().copied());
    }
    live
}

#[cfg(test)]
mod tests {
    use super::Rule;

    /// E[x⁴] = 3 along every coordinate, E[cos 2x] = e⁻², E|x| = √(2/π).
    #[test]
    fn rules_know_moments() {
        for (normals, fine) in [(1, 1e-13), (2, 1e-13), (3, 1e-9)] {
            let rule = Rule::new(normals).unwrap();
            let mean = |f: &dyn Fn(&[f64]) -> f64| -> f64 {
                rule.points.iter().zip(rule.weights.iter()).map(|(p, w)| w * f(p)).sum()
            };
            for i in 0..normals {
                assert!((mean(&|p| p[i].powi(4)) - 3.0).abs() < fine, "{normals}");
                assert!((mean(&|p| (2.0 * p[i]).cos()) - (-2f64).exp()).abs() < fine, "{normals}");
            }
        }
        let rule = Rule::new(1).unwrap();
        let kink: f64 =
            rule.points.iter().zip(rule.weights.iter()).map(|(p, w)| w * p[0].abs()).sum();
        assert!((kink - (2.0 / std::f64::consts::PI).sqrt()).abs() < 5e-4, "{kink}");
        assert!(Rule::new(4).is_none());
    }
}
