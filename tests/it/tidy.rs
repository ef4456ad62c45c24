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
    "lab",
    "infer",
    "report",
    "session",
    "checkpoint",
    "front",
    "repl",
    "cli",
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
    ("rustyline", &["src/repl/editor"]),
    ("clap", &["src/cli/"]),
    ("gemm", &["src/backend/"]),
    ("safetensors", &["src/checkpoint/format.rs"]),
    ("tiny_skia", &["src/report/picture/png.rs"]),
    ("ttf_parser", &["src/report/picture/png.rs"]),
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
        let narrow = NARROW.iter().find(|(r, _)| *r == here);
        for (line, words) in statements(code(&text)) {
            for named in named_rooms(&words) {
                let Some(other) = place(&named) else { continue };
                let seen =
                    narrow.is_none_or(|(_, all)| other == own || all.contains(&named.as_str()));
                if other > own || !seen {
                    faults.push(format!("{file}:{line}: names {named}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Lines of code with their numbers; a `use` of several lines is one.
fn statements(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = vec![];
    let mut open = false;
    for (i, line) in text.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with("//")) {
        match found.last_mut().filter(|_| open) {
            Some((_, before)) => before.push_str(line.trim_start()),
            None => found.push((i + 1, line.to_string())),
        }
        let starts = open || line.trim_start().split(' ').any(|w| w == "use");
        open = starts && !line.trim_end().ends_with(';');
    }
    found
}

/// The rooms in `crate::room…`, `elbow::room…` and, where they are the roots, in `crate::{room…, room…}`.
fn named_rooms(line: &str) -> Vec<String> {
    let word = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let roots = ["crate::", "elbow::"].into_iter().flat_map(|root| line.match_indices(root));
    let behind = roots.map(|(i, root)| &line[i + root.len()..]);
    behind.flat_map(|rest| groups(rest).into_iter().map(word).collect::<Vec<String>>()).collect()
}

/// What stands between the commas of `{a::{b, c}, d}`; the text itself where there is no brace.
fn groups(text: &str) -> Vec<&str> {
    let Some(inside) = text.strip_prefix('{') else { return vec![text] };
    let mut depth = 0;
    let top = |c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0 && c == ','
    };
    inside.split(top).map(str::trim_start).collect()
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

/// Whether a signature, which may go over several lines, ends in `;`.
fn has_no_body(lines: &[&str]) -> bool {
    lines.iter().find(|l| l.ends_with(['{', ';', '}'])).is_some_and(|l| l.ends_with(';'))
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
        if trimmed.starts_with("//") || head.contains('"') || has_no_body(&lines[start..]) {
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

#[test]
fn nothing_is_left_to_do() {
    let unfinished = ["todo!", "unimplemented!", "dbg!"];
    let mut faults = vec![];
    for (file, text) in sources() {
        let found = unfinished.iter().filter(|name| text.contains(**name));
        faults.extend(found.map(|name| format!("{file}: {name}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_name_of_a_registry_is_listed_once() {
    let distributions = elbow::dist::ALL.iter().map(|d| d.signature().name);
    let estimators = elbow::estimator::ALL.iter().map(|e| e.card().name);
    let functions = elbow::check::functions::ALL.iter().map(|f| f.name);
    let aliases = elbow::check::functions::ALIASES.iter().map(|(alias, _)| *alias);
    let codes = elbow::diag::CODES.iter().map(|c| c.name());
    assert_eq!(twice(distributions), Vec::<&str>::new());
    assert_eq!(twice(estimators), Vec::<&str>::new());
    assert_eq!(twice(functions.chain(aliases)), Vec::<&str>::new());
    assert_eq!(twice(codes), Vec::<&str>::new());
}

fn twice<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0]).collect()
}

/// A story shows a wrong and a right model, each in a fence of its own; one of the command line says the words.
#[test]
fn every_code_has_a_story() {
    let mut faults = vec![];
    for code in elbow::diag::CODES {
        let (name, story) = (code.name(), code.story());
        let lines = story.lines().count();
        if !(6..=40).contains(&lines) {
            faults.push(format!("{name}: {lines} lines"));
        }
        if !name.starts_with("E04") && story.matches("```").count() < 4 {
            faults.push(format!("{name}: has not both a wrong and a right example"));
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diag/stories");
    let stories = fs::read_dir(folder).unwrap().count();
    assert_eq!(stories, elbow::diag::CODES.len(), "stories without a code");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
