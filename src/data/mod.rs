//! Data files, and their binding to the data that a model declares. The last place where a user can be wrong.

use crate::check::model::{DimId, Model};
use std::sync::Arc;

/// A model with its data: sizes known, labels decided, values checked.
#[derive(Clone, Debug)]
pub struct Bound {
    pub model: Arc<Model>,
    /// One per dimension of the model.
    pub dims: Vec<BoundDim>,
    /// One per name of the model; `None` for what is not read from a file.
    pub values: Vec<Option<Array>>,
    pub files: Vec<FileUsed>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BoundDim {
    pub size: usize,
    pub labels: Option<Arc<[String]>>,
}

/// Values along named dimensions, row-major in their order. Indices are positions from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    pub dims: Vec<DimId>,
    pub values: Vec<f64>,
}

/// For `run.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct FileUsed {
    pub path: String,
    pub sha256: String,
}
