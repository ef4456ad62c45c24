//! Exact posteriors of small regressions: Gaussian algebra given the scales, quadrature over the scales.

use nalgebra::{DMatrix, DVector};

/// Mean and standard deviation.
pub(crate) type Moments = (f64, f64);

/// y ~ N(X b, noise²) and b ~ N(0, 1 / precision), given the scales.
pub(crate) struct Regression {
    pub(crate) x: DMatrix<f64>,
    pub(crate) y: DVector<f64>,
    /// What is asked for: each row is a linear function of b.
    pub(crate) wanted: DMatrix<f64>,
}

/// One point of a quadrature: its log weight, and the means and variances given it.
pub(crate) struct Part {
    pub(crate) log_weight: f64,
    pub(crate) means: Vec<f64>,
    pub(crate) variances: Vec<f64>,
}

impl Regression {
    /// The posterior given the scales; the weight is the evidence, up to a constant.
    pub(crate) fn given(&self, precision: &[f64], noise: f64) -> Part {
        let weight = noise.powi(-2);
        let prior = DMatrix::from_diagonal(&DVector::from_column_slice(precision));
        let curvature = self.x.tr_mul(&self.x) * weight + prior;
        let factor = curvature.cholesky().expect("a posterior precision is positive definite");
        let along = self.x.tr_mul(&self.y) * weight;
        let mean = factor.solve(&along);
        let log_det = 2.0 * factor.l().diagonal().iter().map(|d| d.ln()).sum::<f64>();
        let log_prior: f64 = precision.iter().map(|p| p.ln()).sum();
        let fit = 0.5 * (along.dot(&mean) - weight * self.y.norm_squared());
        let spread = &self.wanted * factor.inverse() * self.wanted.transpose();
        Part {
            log_weight: fit - self.y.len() as f64 * noise.ln() + 0.5 * (log_prior - log_det),
            means: (&self.wanted * mean).as_slice().to_vec(),
            variances: spread.diagonal().as_slice().to_vec(),
        }
    }
}

/// Moments over all points, by the laws of total expectation and variance.
pub(crate) fn mix(parts: &[Part]) -> Vec<Moments> {
    let most = parts.iter().map(|p| p.log_weight).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = parts.iter().map(|p| (p.log_weight - most).exp()).collect();
    let total: f64 = weights.iter().sum();
    let expect = |of: &dyn Fn(&Part) -> f64| {
        weights.iter().zip(parts).map(|(w, part)| w * of(part)).sum::<f64>() / total
    };
    let moments = |j: usize| {
        let mean = expect(&|part| part.means[j]);
        let variance = expect(&|part| part.variances[j] + (part.means[j] - mean).powi(2));
        (mean, variance.sqrt())
    };
    (0..parts[0].means.len()).map(moments).collect()
}

/// `count` midpoints of equal cells from `low` to `high`.
pub(crate) fn midpoints(low: f64, high: f64, count: usize) -> impl Iterator<Item = f64> + Clone {
    let width = (high - low) / count as f64;
    (0..count).map(move |i| low + (i as f64 + 0.5) * width)
}
