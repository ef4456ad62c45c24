//! `--data` arguments to `Tables`: which file, which format, unpacked and hashed.

use super::errors::file as errors;
use super::table::{Field, File, Layout, Tables};
use super::{csv, idx, json, npy};
use crate::diag::{Diagnostic, Diagnostics};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// What a reader makes of a file's bytes.
pub(super) type Content = (Layout, Vec<Field>);

/// Reads every `FILE` and `name=FILE`. Files that cannot be read are left out, with an error each.
pub fn read(specs: &[String]) -> (Tables, Diagnostics) {
    let mut tables = Tables::default();
    let mut diagnostics = Diagnostics::new();
    for spec in specs {
        match read_one(spec) {
            Ok(file) => tables.files.push(file),
            Err(error) => diagnostics.push(error),
        }
    }
    (tables, diagnostics)
}

fn read_one(spec: &str) -> Result<File, Diagnostic> {
    let (target, path) = split(spec);
    if path.is_empty() || target.is_some_and(str::is_empty) {
        return Err(errors::argument_incomplete(spec));
    }
    let format = Format::of(path).ok_or_else(|| errors::format_unknown(path))?;
    let packed = std::fs::read(path).map_err(|e| errors::unreadable(path, &e))?;
    let sha256 = hex(&Sha256::digest(&packed));
    let bytes = unpack(path, packed)?;
    let (layout, fields) = format.read(path, bytes)?;
    Ok(File { path: path.to_string(), sha256, target: target.map(str::to_string), layout, fields })
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
        }
    }
}

fn unpack(path: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Diagnostic> {
    if !path.to_lowercase().ends_with(".gz") {
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
