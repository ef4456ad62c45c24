//! Data files and their binding: good files of every format, bad ones with golden messages, and the real files.

use elbow::data::{self, Bound};
use elbow::diag::{self, Diagnostics};
use elbow::source::Source;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn bind(text: &str, specs: &[String], sizes: &[(String, u64)]) -> (Option<Bound>, Diagnostics) {
    let (tables, mut diagnostics) = data::read(specs);
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let (program, syntax) = elbow::syntax::parse(&Source::new("model", text));
    let (model, checked) = elbow::check::check(&program);
    assert!(!syntax.has_errors() && !checked.has_errors(), "{text}: {syntax:?} {checked:?}");
    let (bound, found) = data::bind(Arc::new(model), &tables, sizes);
    diagnostics.extend(found);
    (bound, diagnostics)
}

/// Binds declarations to files given as `(name, content)`, in a folder of their own.
fn bind_files(text: &str, files: &[(&str, &[u8])]) -> Bound {
    let folder = tempfile::tempdir().unwrap();
    let mut specs = vec![];
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        specs.push(path.to_str().unwrap().to_string());
    }
    expect_bound(text, &specs)
}

fn expect_bound(text: &str, specs: &[String]) -> Bound {
    let (bound, diagnostics) = bind(text, specs, &[]);
    let shown = show(&Source::new("model", text), diagnostics, "/tmp/");
    bound.unwrap_or_else(|| panic!("{shown}"))
}

/// The messages, with `folder` cut from their paths.
fn show(source: &Source, diagnostics: Diagnostics, folder: &str) -> String {
    let text: String =
        diagnostics.sorted().iter().map(|d| diag::render(d, source, false)).collect();
    text.replace(folder, "").replace(folder.trim_end_matches('/'), ".")
}

fn values<'b>(bound: &'b Bound, name: &str) -> &'b [f64] {
    let id = bound.model.find_name(name).unwrap();
    &bound.values[id.0 as usize].as_ref().unwrap().values
}

fn size(bound: &Bound, dim: &str) -> usize {
    bound.dims[bound.model.find_dim(dim).unwrap().0 as usize].size
}

fn labels<'b>(bound: &'b Bound, dim: &str) -> Vec<&'b str> {
    let labels = &bound.dims[bound.model.find_dim(dim).unwrap().0 as usize].labels;
    labels.iter().flat_map(|l| l.iter()).map(String::as_str).collect()
}

mod bad;
mod columns;
mod fuzz;
mod good;
mod ranges;
mod real;
