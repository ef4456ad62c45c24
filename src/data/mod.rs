//! Data files, and their binding to the data that a model declares. The last place where a user can be wrong.

mod bind;
mod csv;
mod disk;
mod errors;
mod header;
mod idx;
mod json;
mod npy;
mod parquet;
mod range;
mod read;
mod table;
mod wanted;

pub use bind::{Partial, bind, bind_partly, bind_without, check_entries, check_marks};
pub use disk::{Extent, OnDisk};
pub use parquet::is_reading;
pub use read::{Reading, Watch, read, read_for, read_keeping};
pub use table::{Cells, Field, File, Tables};

use crate::check::model::{DimId, Model, NameId};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// A model with its data: sizes known, labels decided, values checked.
#[derive(Clone, Debug)]
pub struct Bound {
    pub model: Arc<Model>,
    /// One per dimension of the model.
    pub dims: Vec<BoundDim>,
    /// One per name of the model; `None` for what is not read from a file.
    pub values: Vec<Option<Array>>,
    pub files: Vec<FileUsed>,
    /// Names of data alone that were computed on all rows.
    computed: Vec<OnceLock<Array>>,
}

impl Bound {
    pub fn new(
        model: Arc<Model>,
        dims: Vec<BoundDim>,
        values: Vec<Option<Array>>,
        files: Vec<FileUsed>,
    ) -> Self {
        let computed = vec![OnceLock::new(); model.names.len()];
        Self { model, dims, values, files, computed }
    }

    /// What is read or was computed of a name.
    pub fn array(&self, name: NameId) -> Option<&Array> {
        let place = name.0 as usize;
        self.values[place].as_ref().or_else(|| self.computed[place].get())
    }

    /// Keeps what a name of data alone is, row-major along its dimensions, if it was not computed before.
    pub fn compute(&self, name: NameId, values: impl FnOnce() -> Vec<f64>) {
        self.computed[name.0 as usize].get_or_init(|| {
            let mut array = Array::new(self.model.name(name).ty.dims.clone(), values());
            if array.bytes().is_some() {
                array.values = vec![];
            }
            array
        });
    }

    /// The position (from 0) of a label.
    pub fn position(&self, dim: DimId, label: &str) -> Option<usize> {
        let labels = self.dims[dim.0 as usize].labels.as_ref()?;
        labels.iter().position(|l| l == label)
    }

    /// How many numbers a name is.
    pub fn elements(&self, name: NameId) -> usize {
        let dims = self.model.name(name).ty.dims.iter();
        dims.map(|d| self.dims[d.0 as usize].size).product()
    }

    /// The size of every dimension.
    pub fn sizes(&self) -> Vec<Option<usize>> {
        self.dims.iter().map(|d| Some(d.size)).collect()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct BoundDim {
    pub size: usize,
    pub labels: Option<Arc<[String]>>,
}

/// Values along named dimensions, row-major in their order. Indices are positions from 0.
#[derive(Clone, Debug)]
pub struct Array {
    pub dims: Vec<DimId>,
    /// None where they stay on disk.
    pub values: Vec<f64>,
    pub disk: Option<Arc<OnDisk>>,
    bytes: OnceLock<Option<Box<[u8]>>>,
}

impl Array {
    /// Values in memory, row-major.
    pub fn new(dims: Vec<DimId>, values: Vec<f64>) -> Self {
        Self { dims, values, disk: None, bytes: OnceLock::new() }
    }

    pub fn on_disk(dims: Vec<DimId>, disk: Arc<OnDisk>) -> Self {
        Self { dims, values: vec![], disk: Some(disk), bytes: OnceLock::new() }
    }

    /// The values once more, an eighth as long, if all are whole numbers from 0 to 255: rows of pixels that a step picks here
    /// and there come from memory, whose speed is what they cost.
    pub fn bytes(&self) -> Option<&[u8]> {
        let narrow = |x: &f64| (x.to_bits() == f64::from(*x as u8).to_bits()).then_some(*x as u8);
        self.bytes.get_or_init(|| self.values.iter().map(narrow).collect()).as_deref()
    }

    /// All values, read where they are on disk.
    pub fn held(&self) -> Cow<'_, [f64]> {
        match &self.disk {
            Some(disk) => disk.all().into(),
            None => (&self.values[..]).into(),
        }
    }
}

/// For `run.json`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FileUsed {
    pub path: String,
    pub sha256: String,
}
