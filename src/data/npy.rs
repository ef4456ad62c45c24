//! NPY and NPZ, through npyz: whole and floating numbers, booleans, strings; both byte orders and both axis orders.
//!
//! A header is only believed as far as the file holds what it announces.

use super::disk::{Kind, OnDisk};
use super::errors::file as errors;
use super::read::Content;
use super::table::{Cells, Field, Layout};
use crate::diag::Diagnostic;
use npyz::npz::{NpzArchive, file_name_from_array_name};
use npyz::{DType, Deserialize, Endianness, NpyFile, Order, TypeChar};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// Reads one unnamed array.
pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Content, Diagnostic> {
    Ok((Layout::Arrays, vec![field(path, "", bytes)?]))
}

/// Opens one unnamed array whose numbers stay on disk; `None` where they have to be read as a whole: texts, numbers of an
/// unusual kind, the first axis fastest, a header that is damaged. All bytes of the file are shown in their order.
pub(super) fn on_disk(path: &str, see: &mut dyn FnMut(&[u8])) -> io::Result<Option<Content>> {
    const LONGEST_HEADER: u64 = 1 << 16;
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut head = vec![];
    (&file).take(LONGEST_HEADER).read_to_end(&mut head)?;
    let (Ok(()), Some(text)) = (check_header(&head, size), header(&head)) else { return Ok(None) };
    let start = (text.as_ptr().addr() - head.as_ptr().addr() + text.len()) as u64;
    let Ok(array) = NpyFile::new(&head[..]) else { return Ok(None) };
    let DType::Plain(plain) = array.dtype() else { return Ok(None) };
    let Some(kind) = kind(plain.type_char(), plain.size_field()) else { return Ok(None) };
    let shape: Vec<usize> = array.shape().iter().map(|&n| n as usize).collect();
    let len: usize = shape.iter().product();
    let whole = len as u64 * plain.size_field() + start <= size;
    if array.order() == Order::Fortran || !whole {
        return Ok(None);
    }
    let big_endian = plain.endianness() == Endianness::Big;
    let mut numbers = OnDisk::new(file, start, kind, big_endian, len);
    numbers.survey(see)?;
    let cells = Cells::OnDisk(Arc::new(numbers));
    Ok(Some((Layout::Arrays, vec![Field { key: String::new(), shape, cells }])))
}

fn kind(kind: TypeChar, size: u64) -> Option<Kind> {
    Some(match (kind, size) {
        (TypeChar::Bool, 1) => Kind::Bool,
        (TypeChar::Int, 1) => Kind::I8,
        (TypeChar::Int, 2) => Kind::I16,
        (TypeChar::Int, 4) => Kind::I32,
        (TypeChar::Int, 8) => Kind::I64,
        (TypeChar::Uint, 1) => Kind::U8,
        (TypeChar::Uint, 2) => Kind::U16,
        (TypeChar::Uint, 4) => Kind::U32,
        (TypeChar::Uint, 8) => Kind::U64,
        (TypeChar::Float, 4) => Kind::F32,
        (TypeChar::Float, 8) => Kind::F64,
        _ => return None,
    })
}

/// Reads every array of an archive, under its name.
pub(super) fn read_archive(path: &str, bytes: Vec<u8>) -> Result<Content, Diagnostic> {
    let damaged = |why: String| errors::damaged(path, "NPZ", &why);
    let mut archive = NpzArchive::new(Cursor::new(bytes)).map_err(|e| damaged(e.to_string()))?;
    let names: Vec<String> = archive.array_names().map(str::to_string).collect();
    let mut fields = Vec::with_capacity(names.len());
    for name in names {
        let entry = archive.zip_archive().by_name(&file_name_from_array_name(&name));
        let mut entry = entry.map_err(|e| damaged(e.to_string()))?;
        let mut array = vec![];
        entry.read_to_end(&mut array).map_err(|e| damaged(e.to_string()))?;
        fields.push(field(path, &name, &array)?);
    }
    fields.sort_by(|a: &Field, b| a.key.cmp(&b.key));
    Ok((Layout::Arrays, fields))
}

fn field(path: &str, key: &str, bytes: &[u8]) -> Result<Field, Diagnostic> {
    let damaged = |why: String| errors::damaged(path, "NPY", &why);
    check_header(bytes, bytes.len() as u64).map_err(damaged)?;
    let array = NpyFile::new(bytes).map_err(|e| damaged(e.to_string()))?;
    let shape: Vec<usize> = array.shape().iter().map(|&n| n as usize).collect();
    let size = array.dtype().num_bytes().and_then(|n| n.checked_mul(shape.iter().product()));
    if size.is_none_or(|size| size > bytes.len()) {
        return Err(damaged(too_little(array.shape(), bytes)));
    }
    let fortran = array.order() == Order::Fortran;
    let dtype = array.dtype();
    let cells = cells(array).map_err(|e| damaged(e.to_string()))?;
    let cells = cells.ok_or_else(|| errors::dtype_unknown(path, key, &dtype.descr()))?;
    let cells = if fortran { row_major(&shape, cells) } else { cells };
    Ok(Field { key: key.to_string(), shape, cells })
}

/// Refuses what npyz would multiply, allocate or recurse for: sizes beyond the file, brackets in brackets.
fn check_header(bytes: &[u8], size: u64) -> Result<(), String> {
    const DEEPEST: usize = 8;
    let text = header(bytes).ok_or("it ends inside its header")?;
    if depth(text) > DEEPEST || text.contains('\\') || text.matches("shape").count() != 1 {
        return Err("its header is not that of an array".into());
    }
    let shape = announced(text).ok_or("its shape holds no whole numbers")?;
    let at_least = |least: u64| shape.iter().try_fold(1_u64, |n, &s| n.checked_mul(s.max(least)));
    match (at_least(0), at_least(1)) {
        (Some(count), Some(_)) if count <= size => Ok(()),
        _ => Err(too_little(&shape, bytes)),
    }
}

/// The text between the magic, version and length, and the values.
fn header(bytes: &[u8]) -> Option<&str> {
    let rest = bytes.strip_prefix(b"\x93NUMPY")?;
    let (length, rest) = match rest {
        [1, _, a, b, rest @ ..] => (u16::from_le_bytes([*a, *b]).into(), rest),
        [2 | 3, _, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]), rest),
        _ => return None,
    };
    str::from_utf8(rest.get(..length as usize)?).ok()
}

/// The numbers of the shape; `None` where one is larger than any file.
fn announced(header: &str) -> Option<Vec<u64>> {
    let (_, rest) = header.split_once("shape")?;
    let tuple = rest.split_once(')').map_or(rest, |(tuple, _)| tuple);
    let digits = tuple.split(|c: char| !c.is_ascii_digit()).filter(|d| !d.is_empty());
    digits.map(|d| d.parse().ok()).collect()
}

/// How deep brackets stand in brackets.
fn depth(text: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

fn too_little(shape: &[u64], bytes: &[u8]) -> String {
    format!("it announces the shape {shape:?} and has {} bytes", bytes.len())
}

/// The values in the order of the file; `None` for a type that holds no numbers.
fn cells<R: Read>(array: NpyFile<R>) -> io::Result<Option<Cells>> {
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

fn numbers<T: Deserialize, R: Read>(
    array: NpyFile<R>,
    number: fn(T) -> f64,
) -> io::Result<Vec<f64>> {
    let values = array.data::<T>().map_err(io::Error::other)?;
    values.map(|v| v.map(number)).collect()
}

fn row_major(shape: &[usize], cells: Cells) -> Cells {
    match cells {
        Cells::Bytes(values) => Cells::Bytes(transpose(shape, &values)),
        Cells::Numbers(values) => Cells::Numbers(transpose(shape, &values)),
        Cells::Texts(values) => Cells::Texts(transpose(shape, &values)),
        other @ (Cells::OnDisk(_) | Cells::Flawed(_)) => other,
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
