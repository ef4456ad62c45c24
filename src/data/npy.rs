//! NPY and NPZ, through npyz: whole and floating numbers, booleans, strings; both byte orders and both axis orders.

use super::errors::file as errors;
use super::read::Content;
use super::table::{Cells, Field, Layout};
use crate::diag::Diagnostic;
use npyz::{DType, Deserialize, NpyFile, Order, TypeChar, npz::NpzArchive};
use std::io::{Cursor, Read, Result};

/// Reads one unnamed array.
pub(super) fn read(path: &str, bytes: &[u8]) -> std::result::Result<Content, Diagnostic> {
    let damaged = |e: std::io::Error| errors::damaged(path, "NPY", &e.to_string());
    let array = NpyFile::new(bytes).map_err(damaged)?;
    Ok((Layout::Arrays, vec![field(path, "", array)?]))
}

/// Reads every array of an archive, under its name.
pub(super) fn read_archive(path: &str, bytes: Vec<u8>) -> std::result::Result<Content, Diagnostic> {
    let damaged = |e: std::io::Error| errors::damaged(path, "NPZ", &e.to_string());
    let mut archive = NpzArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let names: Vec<String> = archive.array_names().map(str::to_string).collect();
    let mut fields = Vec::with_capacity(names.len());
    for name in names {
        if let Some(array) = archive.by_name(&name).map_err(damaged)? {
            fields.push(field(path, &name, array)?);
        }
    }
    fields.sort_by(|a: &Field, b| a.key.cmp(&b.key));
    Ok((Layout::Arrays, fields))
}

fn field<R: Read>(
    path: &str,
    key: &str,
    array: NpyFile<R>,
) -> std::result::Result<Field, Diagnostic> {
    let shape: Vec<usize> = array.shape().iter().map(|&n| n as usize).collect();
    let fortran = array.order() == Order::Fortran;
    let dtype = array.dtype();
    let cells = cells(array).map_err(|e| errors::damaged(path, "NPY", &e.to_string()))?;
    let cells = cells.ok_or_else(|| errors::dtype_unknown(path, key, &dtype.descr()))?;
    let cells = if fortran { row_major(&shape, cells) } else { cells };
    Ok(Field { key: key.to_string(), shape, cells })
}

/// The values in the order of the file; `None` for a type that holds no numbers.
fn cells<R: Read>(array: NpyFile<R>) -> Result<Option<Cells>> {
    let DType::Plain(plain) = array.dtype() else { return Ok(None) };
    let numbers = match (plain.type_char(), plain.size_field()) {
        (TypeChar::Uint, 1) => return Ok(Some(Cells::Bytes(array.into_vec()?))),
        (TypeChar::UnicodeStr, _) => return Ok(Some(Cells::Texts(array.into_vec()?))),
        (TypeChar::Bool, _) => numbers(array, |v: bool| f64::from(u8::from(v)))?,
        (TypeChar::Int, 1) => numbers(array, |v: i8| f64::from(v))?,
        (TypeChar::Int, 2) => numbers(array, |v: i16| f64::from(v))?,
        (TypeChar::Int, 4) => numbers(array, |v: i32| f64::from(v))?,
        (TypeChar::Int, 8) => numbers(array, |v: i64| v as f64)?,
        (TypeChar::Uint, 2) => numbers(array, |v: u16| f64::from(v))?,
        (TypeChar::Uint, 4) => numbers(array, |v: u32| f64::from(v))?,
        (TypeChar::Uint, 8) => numbers(array, |v: u64| v as f64)?,
        (TypeChar::Float, 4) => numbers(array, |v: f32| f64::from(v))?,
        (TypeChar::Float, 8) => numbers(array, |v: f64| v)?,
        _ => return Ok(None),
    };
    Ok(Some(Cells::Numbers(numbers)))
}

fn numbers<T: Deserialize, R: Read>(array: NpyFile<R>, number: fn(T) -> f64) -> Result<Vec<f64>> {
    let values = array.data::<T>().map_err(std::io::Error::other)?;
    values.map(|v| v.map(number)).collect()
}

fn row_major(shape: &[usize], cells: Cells) -> Cells {
    match cells {
        Cells::Bytes(values) => Cells::Bytes(transpose(shape, &values)),
        Cells::Numbers(values) => Cells::Numbers(transpose(shape, &values)),
        Cells::Texts(values) => Cells::Texts(transpose(shape, &values)),
        flawed @ Cells::Flawed(_) => flawed,
    }
}

/// From the first axis fastest to the last axis fastest.
fn transpose<T: Clone>(shape: &[usize], values: &[T]) -> Vec<T> {
    let mut at = vec![0; shape.len()];
    let mut from = 0;
    let mut out = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        out.push(values[from].clone());
        let mut stride = values.len();
        for (position, &size) in at.iter_mut().zip(shape).rev() {
            stride /= size;
            *position += 1;
            from += stride;
            if *position < size {
                break;
            }
            *position = 0;
            from -= size * stride;
        }
    }
    out
}
