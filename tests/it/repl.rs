//! The prompt: transcripts under `tests/repl`, lines after `> ` and `. ` typed, the others what it says.
//!
//! `TMP` in a line is a folder of the transcript's own; times are masked. `BLESS=1` rewrites them.

use elbow::repl::{Options, Repl};
use elbow::session::Inputs;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repl")
}

#[test]
fn transcripts() {
    let mut faults = vec![];
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().flatten().map(|e| e.path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "txt"));
    paths.sort();
    if let Some(only) = std::env::var_os("ONLY") {
        paths.retain(|p| p.to_string_lossy().contains(&*only.to_string_lossy()));
    }
    for path in paths {
        let written = fs::read_to_string(&path).unwrap();
        let played = play(&written);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &played).unwrap();
        } else if written != played {
            faults.push(format!("{}\n{played}", path.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// The transcript with what the prompt says now.
fn play(transcript: &str) -> String {
    let place = tempfile::tempdir().unwrap();
    let place = place.path().to_string_lossy().into_owned();
    let options = Options { color: false, width: 80, watched: false, threads: 1 };
    let mut repl = Repl::new(options, Inputs::default());
    let mut out = String::new();
    let said = |text: String| -> String {
        text.replace(&place, "TMP").lines().map(|line| timeless(line) + "\n").collect()
    };
    for line in transcript.lines() {
        if let Some(comment) = line.strip_prefix('#') {
            out += &format!("#{comment}\n");
            continue;
        }
        let typed = line.strip_prefix("> ").or(line.strip_prefix(". "));
        let typed = typed.or((line == ">" || line == ".").then_some(""));
        let Some(typed) = typed else { continue };
        let sign = if repl.is_open() { "." } else { ">" };
        out += format!("{sign} {typed}").trim_end();
        out.push('\n');
        out += &said(repl.enter(&typed.replace("TMP", &place)).text());
    }
    out + &said(repl.finish().text())
}

/// A line without what a clock says.
fn timeless(line: &str) -> String {
    let mut line = line.to_string();
    for (before, after) in
        [(" steps in ", " s"), ("the last fit took ", " s"), (" s, ", " µs a step")]
    {
        if let Some((head, rest)) = line.split_once(before)
            && let Some((_, tail)) = rest.split_once(after)
        {
            line = format!("{head}{before}#{after}{tail}");
        }
    }
    line.trim_end().to_string()
}
