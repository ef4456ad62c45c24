//! The house rules that a machine can check: order of rooms, walls, sizes, headers.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms in reading order: each may name only those before it.
const ROOMS: &[&str] = &[
    "source",
    "diag",
    "syntax",
    "ir",
    "dist",
    "estimator",
    "check",
    "data",
    "guide",
    "lower",
    "objective",
    "backend",
    "infer",
    "report",
    "session",
    "cli",
    "repl",
    "main",
];

/// Rooms that see less than everything before them.
const NARROW: &[(&str, &[&str])] =
    &[("backend", &["ir"]), ("ir", &["source"]), ("syntax", &["source", "diag"])];

/// Where a library may be named.
const WALLS: &[(&str, &[&str])] = &[
    ("pest", &["src/syntax/build", "src/syntax/errors"]),
    ("ariadne", &["src/diag/render.rs"]),
    ("dfdx", &["src/backend/"]),
    ("rustyline", &["src/repl/editor.rs"]),
    ("clap", &["src/cli/"]),
    ("gemm", &["src/backend/"]),
];

const MOST_LINES: usize = 400;
const MOST_FUNCTION_LINES: usize = 60;
/// Flat tables of ops, one arm a row.
const TABLES: &[&str] = &["src/ir/eval.rs", "src/ir/grad.rs", "src/ir/shape.rs", "src/ir/print.rs"];

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![];
    walk(&root.join("src"), &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn room(file: &str) -> &str {
    let rest = file.trim_start_matches("src/");
    rest.split(['/', '.']).next().unwrap()
}

/// A file without its unit tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap()
}

#[test]
fn rooms_name_only_those_before_them() {
    let place = |name: &str| ROOMS.iter().position(|r| *r == name);
    let mut faults = vec![];
    for (file, text) in sources() {
        let here = room(&file);
        if here == "lib" {
            continue;
        }
        let own = place(here).unwrap_or_else(|| panic!("{file}: no such room"));
        for (line, words) in code(&text).lines().enumerate() {
            if words.trim_start().starts_with("//") {
                continue;
            }
            for named in named_rooms(words) {
                let Some(other) = place(&named) else { continue };
                let narrow = NARROW.iter().find(|(r, _)| *r == here);
                let seen =
                    narrow.is_none_or(|(_, all)| other == own || all.contains(&named.as_str()));
                if other > own || !seen {
                    faults.push(format!("{file}:{}: names {named}", line + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The rooms in `crate::room…` and `elbow::room…`.
fn named_rooms(line: &str) -> Vec<String> {
    let word = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    line.match_indices("crate::").map(|(i, m)| word(&line[i + m.len()..])).collect()
}

#[test]
fn libraries_stay_behind_their_walls() {
    let mut faults = vec![];
    for (file, text) in sources() {
        for (library, allowed) in WALLS {
            let named = text.lines().any(|l| {
                let l = l.trim_start();
                !l.starts_with("//")
                    && (l.contains(&format!("{library}::"))
                        || l.contains(&format!("use {library}")))
            });
            if named && !allowed.iter().any(|a| file.starts_with(a)) {
                faults.push(format!("{file} names {library}"));
            }
        }
        let opens =
            text.lines().any(|l| !l.trim_start().starts_with("//") && l.contains("unsafe "));
        if opens && !file.starts_with("src/backend/") {
            faults.push(format!("{file} has `unsafe`"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_and_functions_are_short_and_headed() {
    let mut faults = vec![];
    for (file, text) in sources() {
        if !text.starts_with("//!") {
            faults.push(format!("{file}: opens with no `//!` header"));
        }
        let lines = code(&text).lines().count();
        if lines > MOST_LINES {
            faults.push(format!("{file}: {lines} lines"));
        }
        if !TABLES.contains(&file.as_str()) {
            for (name, length) in functions(code(&text)) {
                if length > MOST_FUNCTION_LINES {
                    faults.push(format!("{file}: `{name}` has {length} lines"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Functions with their lengths, by the indentation of rustfmt: from `fn` to the closing brace in the same column.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = vec![];
    for (start, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let head = trimmed.split('(').next().unwrap_or_default();
        let Some(at) = head.find("fn ").filter(|&i| i == 0 || head.as_bytes()[i - 1] == b' ')
        else {
            continue;
        };
        if trimmed.starts_with("//") || head.contains('"') {
            continue;
        }
        let close = format!("{}}}", &line[..line.len() - trimmed.len()]);
        let end = lines[start..].iter().position(|l| *l == close);
        if let Some(end) = end {
            found.push((head[at + 3..].to_string(), end + 1));
        }
    }
    found
}
