//! `--data` arguments to `Tables`: which file, which format, unpacked and hashed.

use super::errors::file as errors;
use super::table::{Field, File, Layout, Tables};
use super::wanted::Wanted;
use super::{csv, idx, json, npy, parquet, range};
use crate::check::model::Model;
use crate::diag::{Diagnostic, Diagnostics};
use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::path::Path;

/// What a reader makes of a file's bytes.
pub(super) type Content = (Layout, Vec<Field>);

/// Bytes of an NPY file beyond which its numbers stay on disk.
const LARGE: u64 = 1 << 30;

/// Reads every `FILE` and `name=FILE`. Files that cannot be read are left out, with an error each.
pub fn read(specs: &[String]) -> (Tables, Diagnostics) {
    read_keeping(specs, LARGE)
}

/// The same without the columns that a model has no use for, where a format can leave them out.
pub fn read_for(specs: &[String], model: &Model, watch: &Watch) -> (Tables, Diagnostics) {
    read_all(specs, LARGE, Wanted(Some(model)), watch)
}

/// The same where numbers of more bytes than `large` stay on disk, if their format can be read from there.
pub fn read_keeping(specs: &[String], large: u64) -> (Tables, Diagnostics) {
    read_all(specs, large, Wanted::default(), &|_| {})
}

/// How far a file that stays on disk was read and checked.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'r> {
    pub path: &'r str,
    /// Bytes.
    pub done: u64,
    pub of: u64,
}

/// Is told of the reading of large files.
pub type Watch<'w> = dyn Fn(Reading<'_>) + Send + Sync + 'w;

fn read_all(specs: &[String], large: u64, wanted: Wanted, watch: &Watch) -> (Tables, Diagnostics) {
    let mut tables = Tables::default();
    let mut diagnostics = Diagnostics::new();
    for spec in specs {
        match read_one(spec, large, wanted, watch) {
            Ok(file) => tables.files.push(file),
            Err(error) => diagnostics.push(error),
        }
    }
    (tables, diagnostics)
}

fn read_one(spec: &str, large: u64, wanted: Wanted, watch: &Watch) -> Result<File, Diagnostic> {
    let (target, argument) = split(spec);
    let (path, rows) = range::split(argument)?;
    if path.is_empty() || target.is_some_and(str::is_empty) {
        return Err(errors::argument_incomplete(spec));
    }
    let (sha256, (layout, fields)) = content(path, target, large, wanted, watch)?;
    let target = target.map(str::to_string);
    let mut file = File { path: path.into(), sha256, target, layout, fields, skipped: 0 };
    if let Some(rows) = rows {
        rows.cut(&mut file)?;
    }
    Ok(file)
}

/// The hash of a file and what is in it.
fn content(
    path: &str,
    target: Option<&str>,
    large: u64,
    wanted: Wanted,
    watch: &Watch,
) -> Result<(String, Content), Diagnostic> {
    let format = Format::of(path).ok_or_else(|| errors::format_unknown(path))?;
    let unreadable = |e| errors::unreadable(path, &e);
    if let Format::Parquet = format {
        let sha256 = hash(path).map_err(unreadable)?;
        let opened = opened(path)?;
        return Ok((sha256, parquet::read(path, opened, target, &wanted, large)?));
    }
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    if let (Format::Npy, true) = (format, size > large && !is_packed(path)) {
        let (mut hasher, mut done) = (Sha256::new(), 0);
        let mut see = |bytes: &[u8]| {
            hasher.update(bytes);
            done += bytes.len() as u64;
            watch(Reading { path, done, of: size });
        };
        if let Some(content) = npy::on_disk(path, &mut see).map_err(unreadable)? {
            return Ok((hex(&hasher.finalize()), content));
        }
    }
    let packed = std::fs::read(path).map_err(unreadable)?;
    let sha256 = hex(&Sha256::digest(&packed));
    let bytes = unpack(path, packed)?;
    Ok((sha256, format.read(path, bytes)?))
}

/// A file to be read by position; a packed one is unpacked beside all others.
fn opened(path: &str) -> Result<std::fs::File, Diagnostic> {
    let unreadable = |e| errors::unreadable(path, &e);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    if !is_packed(path) {
        return Ok(file);
    }
    let mut plain = tempfile::tempfile().map_err(unreadable)?;
    io::copy(&mut flate2::read::MultiGzDecoder::new(io::BufReader::new(file)), &mut plain)
        .map_err(|e| errors::damaged(path, "gzip", &e.to_string()))?;
    Ok(plain)
}

/// Of a file that is not held.
fn hash(path: &str) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut file = std::fs::File::open(path)?;
    let mut block = vec![0; 1 << 20];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hex(&hasher.finalize())),
            count => hasher.update(&block[..count]),
        }
    }
}

fn is_packed(path: &str) -> bool {
    path.to_lowercase().ends_with(".gz")
}

/// `y=FILE` in two, unless the whole is the path of a file.
fn split(spec: &str) -> (Option<&str>, &str) {
    match spec.split_once('=') {
        Some((name, path)) if is_name(name) && !Path::new(spec).exists() => (Some(name), path),
        _ => (None, spec),
    }
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[derive(Clone, Copy)]
enum Format {
    Text,
    Json,
    Npy,
    Npz,
    Idx,
    /// Read by position.
    Parquet,
}

impl Format {
    /// By the end of the path, `.gz` aside; MNIST's files are called `train-images-idx3-ubyte`.
    fn of(path: &str) -> Option<Format> {
        let lower = path.to_lowercase();
        let name = lower.strip_suffix(".gz").unwrap_or(&lower);
        match Path::new(name).extension().and_then(|e| e.to_str()) {
            Some("csv" | "tsv" | "txt" | "dat") => Some(Format::Text),
            Some("json") => Some(Format::Json),
            Some("npy") => Some(Format::Npy),
            Some("npz") => Some(Format::Npz),
            Some("idx") => Some(Format::Idx),
            Some("parquet" | "pq") => Some(Format::Parquet),
            _ => name.contains("-idx").then_some(Format::Idx),
        }
    }

    fn read(self, path: &str, bytes: Vec<u8>) -> Result<Content, Diagnostic> {
        match self {
            Format::Text => csv::read(path, bytes),
            Format::Json => json::read(path, &bytes),
            Format::Npy => npy::read(path, &bytes),
            Format::Npz => npy::read_archive(path, bytes),
            Format::Idx => idx::read(path, &bytes),
            Format::Parquet => unreachable!("it is read by position"),
        }
    }
}

fn unpack(path: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Diagnostic> {
    if !is_packed(path) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice())
        .read_to_end(&mut plain)
        .map_err(|e| errors::damaged(path, "gzip", &e.to_string()))?;
    Ok(plain)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
