//! Batches, and rows that figures are a sample of, in words: what `plan`, `run` and `run.json` say.

use crate::check::model::Model;
use crate::check::plan::Plan;
use crate::infer::SampledDim;
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

/// A dimension of which figures see a random sample of rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SampledRows {
    pub dimension: String,
    pub rows: usize,
    pub of: usize,
}

/// The same by name.
pub fn sampled_rows(model: &Model, sampled: &[SampledDim]) -> Vec<SampledRows> {
    let row = |&SampledDim { dim, rows, of }: &SampledDim| SampledRows {
        dimension: model.dim(dim).name.clone(),
        rows,
        of,
    };
    sampled.iter().map(row).collect()
}

/// `a random sample of 100000 of 27400000 rows of image`; `None` where figures are of all rows.
pub(super) fn sample_words(sampled: &[SampledRows]) -> Option<String> {
    let of = |s: &SampledRows| format!("{} of {} rows of {}", s.rows, s.of, s.dimension);
    let dims: Vec<String> = sampled.iter().map(of).collect();
    (!dims.is_empty()).then(|| format!("a random sample of {}", dims.join(" and ")))
}
