//! Draws as NumPy's NPZ: one array for each name, draws first, then the dimensions as the model has them.

use crate::check::model::DimId;
use crate::data::Bound;
use crate::infer::Draws;
use npyz::WriterBuilder;
use npyz::npz::NpzWriter;
use std::io::{self, Cursor};

/// The bytes of the file; the same draws give the same ones.
pub fn draws_npz(draws: &Draws, bound: &Bound) -> Vec<u8> {
    match written(draws, bound) {
        Ok(bytes) => bytes,
        Err(_) => unreachable!("memory takes every array"),
    }
}

fn written(draws: &Draws, bound: &Bound) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    let mut archive = NpzWriter::new(Cursor::new(&mut bytes));
    let size = |d: &DimId| bound.dims[d.0 as usize].size as u64;
    // A time would make the bytes other ones with each run.
    let options = zip::write::FileOptions::default().last_modified_time(zip::DateTime::default());
    for q in &draws.quantities {
        let shape: Vec<u64> =
            std::iter::once(draws.count as u64).chain(q.dims.iter().map(size)).collect();
        let array = archive.array(&q.name, options)?;
        let mut array = array.default_dtype().shape(&shape).begin_nd()?;
        for draw in 0..draws.count {
            array.extend(q.values.iter().map(|values| values[draw]))?;
        }
        array.finish()?;
    }
    drop(archive);
    Ok(bytes)
}
