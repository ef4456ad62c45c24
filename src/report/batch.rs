//! Batches, in words: what `plan` and `run.json` say.

use crate::check::model::Model;
use crate::check::plan::Plan;
use serde::Serialize;

/// One batched dimension.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BatchRow {
    pub dimension: String,
    /// That a step sees.
    pub rows: usize,
    /// That there are, where the data are known.
    pub of: Option<usize>,
}

/// The batched dimensions of a plan; `sizes` are those of the model's dimensions.
pub fn batch_rows(model: &Model, plan: &Plan, sizes: &[Option<usize>]) -> Vec<BatchRow> {
    let row = |&(dim, rows): &(crate::check::model::DimId, usize)| BatchRow {
        dimension: model.dim(dim).name.clone(),
        rows,
        of: sizes.get(dim.0 as usize).copied().flatten(),
    };
    plan.batches.iter().map(row).collect()
}

/// A line for each.
pub fn batch_text(rows: &[BatchRow]) -> String {
    let line = |row: &BatchRow| {
        let BatchRow { dimension, rows, of } = row;
        match of {
            Some(of) => {
                let scale = *of as f64 / *rows as f64;
                format!("batch {dimension} = {rows} of {of} rows; each counts {scale:.6} times\n")
            }
            None => format!("batch {dimension} = {rows} rows\n"),
        }
    };
    rows.iter().map(line).collect()
}
