//! The coordinates that the optimiser moves in: some rows of the parameters whitened by a curvature, the rest as they are.

use super::saved::{Saved, Unfit};
use crate::backend::{self, Moments, Step, Update};
use nalgebra::DMatrix;

/// x[rows] = x₀[rows] + L u[rows], with L Lᵀ the inverse of the curvature.
#[derive(Clone, Debug)]
pub(super) struct Coordinates {
    rows: Vec<usize>,
    factor: DMatrix<f64>,
    transposed: DMatrix<f64>,
    origin: Vec<f64>,
}

impl Coordinates {
    pub(super) fn new(rows: Vec<usize>, factor: DMatrix<f64>, origin: Vec<f64>) -> Self {
        Self { rows, transposed: factor.transpose(), factor, origin }
    }

    /// The gradient in u from that in x, in place: Lᵀ g. `sum` is room for as many numbers as there are rows.
    fn pull_back(&self, gradient: &mut [f64], sum: &mut [f64]) {
        combine(&self.transposed, self.rows.iter().map(|&row| gradient[row]), sum);
        for (&row, value) in self.rows.iter().zip(sum) {
            gradient[row] = *value;
        }
    }

    /// The parameters at a point of the optimiser.
    fn parameters(&self, at: &[f64], out: &mut [f64], sum: &mut [f64]) {
        combine(&self.factor, self.rows.iter().map(|&row| at[row]), sum);
        out.copy_from_slice(at);
        for (&row, moved) in self.rows.iter().zip(sum) {
            out[row] = self.origin[row] + *moved;
        }
    }
}

/// Σ wⱼ columnⱼ
fn combine(columns: &DMatrix<f64>, weights: impl Iterator<Item = f64>, out: &mut [f64]) {
    out.fill(0.0);
    for (column, weight) in columns.as_slice().chunks_exact(out.len().max(1)).zip(weights) {
        for (sum, x) in out.iter_mut().zip(column) {
            *sum += weight * x;
        }
    }
}

/// An optimiser in those coordinates, with room for what a step computes.
pub(super) struct Walker {
    coordinates: Coordinates,
    at: Vec<f64>,
    moments: [Vec<f64>; 2],
    gradient: Vec<f64>,
    params: Vec<f64>,
    sum: Vec<f64>,
}

impl Walker {
    /// Starts where the whitened rows are the origin, u = 0, and the others those of `params`.
    pub(super) fn new(coordinates: Coordinates, params: &[f64]) -> Self {
        let zeros = vec![0.0; params.len()];
        let mut at = params.to_vec();
        for &row in &coordinates.rows {
            at[row] = 0.0;
        }
        Self {
            at,
            moments: [zeros.clone(), zeros.clone()],
            gradient: zeros,
            params: params.to_vec(),
            sum: vec![0.0; coordinates.rows.len()],
            coordinates,
        }
    }

    pub(super) fn save(&self, to: &mut Saved) {
        let Coordinates { rows, factor, origin, .. } = &self.coordinates;
        let rows: Vec<u64> = rows.iter().map(|&row| row as u64).collect();
        to.put("fit/walker/factor", &[rows.len(); 2], factor.as_slice().to_vec());
        to.put_counts("fit/walker/rows", &[rows.len()], rows);
        to.put_all("fit/walker/origin", origin.clone());
        to.put_all("fit/walker/at", self.at.clone());
        to.put_all("fit/walker/first", self.moments[0].clone());
        to.put_all("fit/walker/second", self.moments[1].clone());
    }

    /// The walker that was saved for `len` parameters, if there was one.
    pub(super) fn saved(from: &Saved, len: usize) -> Result<Option<Self>, Unfit> {
        let Ok(rows) = from.any_counts("fit/walker/rows") else { return Ok(None) };
        let count = rows.len();
        let rows: Vec<usize> = rows.iter().map(|&row| row as usize).collect();
        if rows.iter().any(|&row| row >= len) {
            return Err(Unfit("fit/walker/rows".into()));
        }
        let factor = from.get("fit/walker/factor", count * count)?;
        let factor = DMatrix::from_column_slice(count, count, factor);
        let own = |name: &str| from.get(name, len).map(<[f64]>::to_vec);
        let coordinates = Coordinates::new(rows, factor, own("fit/walker/origin")?);
        Ok(Some(Self {
            at: own("fit/walker/at")?,
            moments: [own("fit/walker/first")?, own("fit/walker/second")?],
            ..Self::new(coordinates, &vec![0.0; len])
        }))
    }

    /// Moves the parameters of a step along its last gradient.
    pub(super) fn walk(&mut self, step: &mut dyn Step, update: Update) {
        let Self { coordinates, at, moments: [first, second], gradient, params, sum } = self;
        step.read_gradient(gradient);
        coordinates.pull_back(gradient, sum);
        backend::update(update, Moments { params: at, grad: gradient, first, second });
        coordinates.parameters(at, params, sum);
        step.set_params(params);
    }

    /// Where the optimiser is.
    pub(super) fn at(&self) -> &[f64] {
        &self.at
    }

    /// The parameters at a point of the optimiser.
    pub(super) fn parameters(&self, at: &[f64]) -> Vec<f64> {
        let (mut out, mut sum) = (at.to_vec(), self.sum.clone());
        self.coordinates.parameters(at, &mut out, &mut sum);
        out
    }
}
