//! IDX, the format of MNIST: two zero bytes, a type, the number of axes, their sizes (big-endian u32), the values.

use super::errors::file as errors;
use super::read::Content;
use super::table::{Cells, Field, Layout};
use crate::diag::Diagnostic;

/// Reads one unnamed array.
pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Content, Diagnostic> {
    let (shape, cells) = parse(bytes).map_err(|why| errors::damaged(path, "IDX", &why))?;
    Ok((Layout::Arrays, vec![Field { key: String::new(), shape, cells }]))
}

fn parse(bytes: &[u8]) -> Result<(Vec<usize>, Cells), String> {
    let &[0, 0, kind, rank, ref rest @ ..] = bytes else {
        return Err("it does not begin with two zero bytes, a type and a rank".into());
    };
    let (sizes, values) = rest
        .split_at_checked(4 * usize::from(rank))
        .ok_or_else(|| "it ends inside its header".to_string())?;
    let shape: Vec<usize> =
        sizes.as_chunks().0.iter().map(|s| u32::from_be_bytes(*s) as usize).collect();
    let count = shape.iter().try_fold(1_usize, |n, &s| n.checked_mul(s));
    let count = count.ok_or_else(|| format!("it claims the size {shape:?}"))?;
    let cells = cells(kind, values)?;
    if cells.len() != count {
        return Err(format!("it announces {count} values and holds {}", cells.len()));
    }
    Ok((shape, cells))
}

fn cells(kind: u8, values: &[u8]) -> Result<Cells, String> {
    let numbers = match kind {
        0x08 => return Ok(Cells::Bytes(values.to_vec())),
        0x09 => decode(values, |b| f64::from(i8::from_be_bytes(b))),
        0x0B => decode(values, |b| f64::from(i16::from_be_bytes(b))),
        0x0C => decode(values, |b| f64::from(i32::from_be_bytes(b))),
        0x0D => decode(values, |b| f64::from(f32::from_be_bytes(b))),
        0x0E => decode(values, f64::from_be_bytes),
        _ => return Err(format!("its type {kind:#04x} is none of 08, 09, 0b, 0c, 0d, 0e")),
    };
    Ok(Cells::Numbers(numbers))
}

fn decode<const N: usize>(values: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    values.as_chunks().0.iter().map(|chunk| number(*chunk)).collect()
}
