//! The prompt: transcripts under `tests/repl`, lines after `> ` and `. ` typed, the others what it says.
//!
//! `TMP` in a line is a folder of the transcript's own; times are masked. `BLESS=1` rewrites them.

use elbow::repl::{Options, Repl};
use elbow::session::Inputs;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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
        // Later lines of this kind are what the prompt says of a model with comments.
        if line.starts_with('#') && !out.contains('>') {
            out += &format!("{line}\n");
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

fn script(text: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_elbow"))
        .args(["repl", "--threads", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn scripts_end_with_the_exit_codes_of_run() {
    let (code, out, errors) = script("x ~ Normal(0, 1)\nP(x >\n 0)\n");
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert!(out.contains("draws from the prior"), "{out}");
    let (code, out, errors) = script("x ~ Norml(0, 1)\n1 + 1\n");
    assert_eq!(code, Some(1));
    assert!(out.starts_with("2 "), "{out}");
    assert!(errors.contains("E0260"), "{errors}");
    let broken = "b ~ Normal(0, 1)\nfactor log(b - 100)\n:run\n";
    let (code, _, errors) = script(broken);
    assert_eq!(code, Some(2), "{errors}");
    assert!(errors.contains("E0407"), "{errors}");
    let (code, out, _) = script(":quit\nnonsense\n");
    assert_eq!((code, out.as_str()), (Some(0), ""));
}

#[test]
fn a_saved_session_runs_to_the_same_posterior() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("model.elbow");
    let text = format!(
        ":load examples/eight_schools.elbow\n:data examples/eight_schools.csv\n:set seed = 3\n\
         :estimator tau = mvd\n:run 200\n:save {}\n",
        file.display()
    );
    let (code, out, errors) = script(&text);
    assert_eq!(code, Some(0), "{errors}");
    let run = Command::new(env!("CARGO_BIN_EXE_elbow"))
        .args(["run", "--data", "examples/eight_schools.csv", "--threads", "1"])
        .arg(&file)
        .arg("--out")
        .arg(place.path().join("fit"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let again = String::from_utf8_lossy(&run.stdout).into_owned();
    let table = |text: &str| -> Vec<String> {
        let from = text.lines().skip_while(|l| !l.contains("50%"));
        from.take_while(|l| !l.contains("steps in")).map(str::to_string).collect()
    };
    assert!(table(&out).len() > 10, "{out}");
    assert_eq!(table(&out), table(&again));
}
