//! Golden messages: `tests/data/bad/CODE/CASE/` holds `model.elbow`, data files and `stderr`; `BLESS=1` rewrites it.
//!
//! Every data file is given, in the order of names, unless a first line `#: ARGS` of the model says otherwise.

use super::{bind, root, show};
use elbow::diag;
use elbow::source::Source;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_bad_file_has_its_message() {
    let failures: Vec<String> = cases().iter().filter_map(|case| compare(case).err()).collect();
    assert!(failures.is_empty(), "{} failures\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn every_data_code_has_two_cases() {
    let cases = cases();
    let count = |code: &str| cases.iter().filter(|case| code_of(case) == code).count();
    let poor: Vec<&str> = diag::CODES
        .iter()
        .map(|code| code.name())
        .filter(|name| name.starts_with("E03") || name.starts_with("W03"))
        .filter(|name| count(name) < 2)
        .collect();
    assert!(poor.is_empty(), "fewer than two cases under tests/data/bad for {poor:?}");
}

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> =
        folders(&root().join("bad")).iter().flat_map(|c| folders(c)).collect();
    cases.sort();
    cases
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.path());
    entries.filter(|p| p.is_dir()).collect()
}

fn code_of(case: &Path) -> &str {
    case.parent().and_then(Path::file_name).and_then(|n| n.to_str()).unwrap_or("")
}

fn compare(case: &Path) -> Result<(), String> {
    let text =
        fs::read_to_string(case.join("model.elbow")).map_err(|e| format!("{case:?}: {e}"))?;
    let folder = format!("{}/", case.display());
    let (specs, sizes) = arguments(case, &text, &folder);
    let (bound, diagnostics) = bind(&text, &specs, &sizes);
    let raised = diagnostics.iter().any(|d| d.code.name() == code_of(case));
    let found = show(&Source::new("model.elbow", text), diagnostics, &folder);
    if !raised || bound.is_some() == code_of(case).starts_with('E') {
        return Err(format!("{folder} does not raise {}\n{found}", code_of(case)));
    }
    let golden = case.join("stderr");
    if std::env::var_os("BLESS").is_some() {
        return fs::write(&golden, found).map_err(|e| format!("{folder}: {e}"));
    }
    match fs::read_to_string(&golden) {
        Ok(expected) if expected == found => Ok(()),
        Ok(expected) => Err(format!("{folder}\n--- expected\n{expected}\n--- found\n{found}")),
        Err(_) => Err(format!("{folder} has no stderr; BLESS=1 writes it\n{found}")),
    }
}

/// `--data` arguments, and sizes such as `K=5`.
fn arguments(case: &Path, text: &str, folder: &str) -> (Vec<String>, Vec<(String, u64)>) {
    let Some(line) = text.lines().next().and_then(|l| l.strip_prefix("#: ")) else {
        let entries = fs::read_dir(case).into_iter().flatten().flatten().map(|e| e.path());
        let is_data = |p: &PathBuf| !p.ends_with("model.elbow") && !p.ends_with("stderr");
        let mut files: Vec<PathBuf> = entries.filter(is_data).collect();
        files.sort();
        return (files.iter().map(|p| p.display().to_string()).collect(), vec![]);
    };
    let mut specs = vec![];
    let mut sizes = vec![];
    for word in line.split_whitespace() {
        match word.split_once('=') {
            Some((name, value)) if value.parse::<u64>().is_ok() => {
                sizes.push((name.to_string(), value.parse().unwrap()));
            }
            Some((name, file)) if !file.is_empty() => specs.push(format!("{name}={folder}{file}")),
            Some(_) => specs.push(word.to_string()),
            None => specs.push(format!("{folder}{word}")),
        }
    }
    (specs, sizes)
}
