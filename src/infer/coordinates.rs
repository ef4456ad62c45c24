//! The coordinates that the optimiser moves in: some rows of the parameters whitened by a curvature, the rest as they are.

use nalgebra::{DMatrix, DVector};

/// x[rows] = x₀[rows] + L u[rows], with L Lᵀ the inverse of the curvature.
#[derive(Clone, Debug)]
pub(super) struct Coordinates {
    rows: Vec<usize>,
    factor: DMatrix<f64>,
    origin: Vec<f64>,
}

impl Coordinates {
    pub(super) fn new(rows: Vec<usize>, factor: DMatrix<f64>, origin: Vec<f64>) -> Self {
        Self { rows, factor, origin }
    }

    /// The gradient in u from that in x, in place: Lᵀ g.
    pub(super) fn pull_back(&self, gradient: &mut [f64]) {
        let g = DVector::from_iterator(self.rows.len(), self.rows.iter().map(|&r| gradient[r]));
        let whitened = self.factor.tr_mul(&g);
        for (&row, value) in self.rows.iter().zip(whitened.iter()) {
            gradient[row] = *value;
        }
    }

    /// Sets the whitened rows of a point to where the optimiser starts, u = 0.
    pub(super) fn zero(&self, at: &mut [f64]) {
        for &row in &self.rows {
            at[row] = 0.0;
        }
    }

    /// The parameters at a point of the optimiser.
    pub(super) fn parameters(&self, at: &[f64]) -> Vec<f64> {
        let u = DVector::from_iterator(self.rows.len(), self.rows.iter().map(|&r| at[r]));
        let moved = &self.factor * u;
        let mut out = at.to_vec();
        for (&row, step) in self.rows.iter().zip(moved.iter()) {
            out[row] = self.origin[row] + step;
        }
        out
    }
}
