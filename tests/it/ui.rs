//! Golden messages: every `tests/ui/CODE/*.elbow` is compared with the `.stderr` beside it; `BLESS=1` rewrites them.

use elbow::check::plan::Policy;
use elbow::diag::{self, Diagnostics};
use elbow::session::Session;
use elbow::source::Source;
use std::fs;
use std::path::{Path, PathBuf};

/// Everything that is said about a model before its data are read.
fn raised(source: &Source) -> Diagnostics {
    let (session, mut diagnostics) = Session::from_source(source.clone());
    if !diagnostics.has_errors() {
        diagnostics.extend(session.plan(&Policy::default()).1);
    }
    diagnostics.sorted()
}

/// Codes that no model alone raises: from data (`tests/data`), from the command line (`choices.rs`), from a run.
fn has_no_golden_model(code: &str) -> bool {
    ["E03", "E04", "W03", "W04", "E0290", "E0291"].iter().any(|start| code.starts_with(start))
}

#[test]
fn every_bad_model_has_its_message() {
    let failures: Vec<String> = models().iter().filter_map(|path| compare(path).err()).collect();
    assert!(failures.is_empty(), "{} failures\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn every_code_has_two_bad_models() {
    let models = models();
    let count = |code: &str| models.iter().filter(|path| folder(path) == code).count();
    let poor: Vec<_> = diag::CODES
        .iter()
        .map(|code| code.name())
        .filter(|name| !has_no_golden_model(name) && count(name) < 2)
        .collect();
    assert!(poor.is_empty(), "fewer than two files under tests/ui for {poor:?}");
}

/// Runs one model; on a difference says what was expected and what came.
fn compare(path: &Path) -> Result<(), String> {
    let name = path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let bytes = fs::read(path).map_err(|e| format!("{name}: {e}"))?;
    let (source, found) = match elbow::syntax::decode(&name, bytes) {
        Ok(source) => (source.clone(), raised(&source)),
        Err(unreadable) => (Source::new(&name, ""), Diagnostics::from_iter([unreadable])),
    };
    let text: String = found.iter().map(|d| diag::render(d, &source, false)).collect();
    if folder(path) == "pass" {
        return if found.is_empty() { Ok(()) } else { Err(format!("{name} must pass\n{text}")) };
    }
    if !found.iter().any(|d| d.code.name() == folder(path)) {
        return Err(format!("{name} does not raise {}\n{text}", folder(path)));
    }
    let golden = path.with_extension("stderr");
    if std::env::var_os("BLESS").is_some() {
        return fs::write(&golden, text).map_err(|e| format!("{name}: {e}"));
    }
    match fs::read_to_string(&golden) {
        Ok(expected) if expected.replace("\r\n", "\n") == text => Ok(()),
        Ok(expected) => Err(format!("{name}\n--- expected\n{expected}\n--- found\n{text}")),
        Err(_) => Err(format!("{name} has no .stderr; BLESS=1 writes it\n{text}")),
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The code that a model's folder names, or `pass`.
fn folder(path: &Path) -> &str {
    path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or("")
}

fn models() -> Vec<PathBuf> {
    let entries = |dir: &Path| fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    let mut models: Vec<_> = entries(&root().join("tests/ui"))
        .flat_map(|code| entries(&code))
        .filter(|path| path.extension().is_some_and(|e| e == "elbow"))
        .collect();
    models.sort();
    models
}
