//! The program as its users meet it: transcripts under `tests/cli`, and what a run leaves on the disk.
//!
//! A transcript is Markdown with `console` blocks: a command line after `$`, then what it prints, standard output first,
//! and `exit N` where that is not 0. No output may hold a fence. Commands of one transcript share a copy of the folder. `BLESS=1` rewrites them.

use crate::common::program;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A copy of `tests/cli`, gone at the end of the test.
struct Workplace(tempfile::TempDir);

impl Workplace {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(source()).unwrap().flatten() {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
        Self(folder)
    }

    fn command(&self, words: &str) -> Command {
        program(words, self.0.path())
    }

    fn run(&self, words: &str) -> Output {
        self.command(words).output().unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli")
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn transcripts() {
    let mut faults = vec![];
    for entry in fs::read_dir(source()).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "md") {
            continue;
        }
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

/// The transcript with what its commands print now.
fn play(transcript: &str) -> String {
    let place = Workplace::new();
    let mut out = String::new();
    let mut old = false;
    for line in transcript.lines() {
        if let Some(words) = line.strip_prefix("$ elbow ") {
            out += &format!("{line}\n{}", shown(&place.run(words)));
            old = true;
        } else if line == "```" {
            old = false;
        }
        if !old {
            out += &format!("{line}\n");
        }
    }
    out
}

fn shown(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned() + &errors(output);
    if code(output) != 0 {
        text += &format!("exit {}\n", code(output));
    }
    text.lines().map(|line| timeless(line) + "\n").collect()
}

/// `2000 steps in 0.31 s` without the time.
fn timeless(line: &str) -> String {
    match line.split_once(" steps in ").and_then(|(n, rest)| Some((n, rest.split_once(" s")?.1))) {
        Some((steps, rest)) => format!("{steps} steps in # s{rest}"),
        None => line.to_string(),
    }
}

const FIT: &str = "run schools.elbow --data schools.csv --steps 500 --seed 5";

#[test]
fn the_number_of_threads_changes_no_byte() {
    let place = Workplace::new();
    for threads in ["1", "2"] {
        let output = place.run(&format!("{FIT} --threads {threads} --out t{threads}"));
        assert_eq!(code(&output), 0, "{}", errors(&output));
    }
    assert_eq!(place.read("t1/summary.csv"), place.read("t2/summary.csv"));
    assert_eq!(place.read("t1/draws.csv"), place.read("t2/draws.csv"));
}

#[test]
fn a_folder_holds_the_whole_run() {
    let place = Workplace::new();
    let output = place.run(&format!("{FIT} --draws 200 --json"));
    assert_eq!(code(&output), 0, "{}", errors(&output));
    assert_eq!(errors(&output), "");
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let record = place.json("schools.fit/run.json");
    assert_eq!(printed["summary"].as_array().unwrap().len(), 10);
    assert_eq!(printed["elbo"], record["elbo"]);
    assert_eq!(record["exit"], "done");
    assert_eq!(record["steps"], 500);
    assert_eq!(record["seed"], 5);
    assert_eq!(record["dfdx"], "0.13.0");
    assert_eq!(record["data"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(record["estimators"]["theta"]["estimator"], "pathwise");
    for key in ["fit_seconds", "us_per_step", "startup_ms"] {
        assert!(record[key].as_f64().unwrap() > 0.0, "{key}");
    }
    let summary = place.read("schools.fit/summary.csv");
    assert!(summary.starts_with("name,mean,sd,q05,q50,q95\nmu,"), "{summary}");
    assert!(summary.contains("\"theta[\"\"Choate\"\"]\","), "{summary}");
    let history = place.read("schools.fit/history.csv");
    assert!(history.starts_with("step,elbo,gradient_norm,"), "{history}");
    assert_eq!(history.lines().count(), 501);
}

#[test]
fn draws_are_cmdstan_csv() {
    let place = Workplace::new();
    assert_eq!(code(&place.run(&format!("{FIT} --draws 200"))), 0);
    let draws = place.read("schools.fit/draws.csv");
    let rows: Vec<&str> = draws.lines().filter(|l| !l.starts_with('#')).collect();
    assert!(rows[0].starts_with("lp__,mu,tau,theta.1,theta.2,"), "{}", rows[0]);
    assert_eq!(rows.len(), 201);
    let columns = rows[0].split(',').count();
    for row in &rows[1..] {
        let numbers: Vec<f64> = row.split(',').map(|x| x.parse().unwrap()).collect();
        assert_eq!(numbers.len(), columns);
        assert!(numbers.iter().all(|x| x.is_finite()));
    }
    assert!(draws.contains("num_samples = 200"));
}

#[test]
fn results_are_replaced_only_when_asked_and_as_a_whole() {
    let place = Workplace::new();
    assert_eq!(code(&place.run(FIT)), 0);
    let first = place.read("schools.fit/summary.csv");
    fs::write(place.path("schools.fit/note.txt"), "mine").unwrap();
    let refused = place.run(&FIT.replace("--seed 5", "--seed 6"));
    assert_eq!(code(&refused), 1);
    assert!(errors(&refused).contains("E0404"), "{}", errors(&refused));
    assert_eq!(place.read("schools.fit/summary.csv"), first);
    assert_eq!(code(&place.run(&(FIT.replace("--seed 5", "--seed 6") + " --force"))), 0);
    assert_ne!(place.read("schools.fit/summary.csv"), first);
    assert!(!place.path("schools.fit/note.txt").exists());
    let left = fs::read_dir(place.0.path()).unwrap().flatten().map(|e| e.file_name());
    let hidden: Vec<_> = left.filter(|n| n.to_string_lossy().starts_with(".elbow")).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[test]
fn force_never_touches_what_is_no_run() {
    let place = Workplace::new();
    fs::create_dir(place.path("papers")).unwrap();
    fs::write(place.path("papers/thesis.txt"), "years").unwrap();
    let output = place.run(&format!("{FIT} --out papers --force"));
    assert_eq!(code(&output), 1);
    assert!(errors(&output).contains("E0405"), "{}", errors(&output));
    assert_eq!(place.read("papers/thesis.txt"), "years");
    fs::create_dir(place.path("empty")).unwrap();
    assert_eq!(code(&place.run(&format!("{FIT} --out empty"))), 0);
    assert!(place.path("empty/run.json").exists());
}

#[test]
fn a_fit_that_is_not_finite_blames_the_operation_and_is_written() {
    let place = Workplace::new();
    let output = place.run("run nan.elbow --data schools.csv --quiet");
    assert_eq!(code(&output), 2);
    assert!(errors(&output).contains("E0407"), "{}", errors(&output));
    let record = place.json("nan.fit/run.json");
    assert_eq!(record["exit"], "not finite");
    assert_eq!(record["steps"], 0);
    let model = place.read("nan.elbow");
    let primary = &record["error"]["primary"];
    let at = |key: &str| primary[key].as_u64().unwrap() as usize;
    assert_eq!(&model[at("start")..at("end")], "log(b - 100)");
    for file in ["summary.csv", "draws.csv", "history.csv", "checkpoint.safetensors"] {
        assert!(place.path("nan.fit").join(file).exists(), "{file}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_fit_leaves_a_whole_folder() {
    let place = Workplace::new();
    let words = FIT.replace("--steps 500", "--steps 1000000000");
    let mut command = place.command(&words);
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(begin.elapsed() < Duration::from_secs(60), "still running");
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 2, "{}", errors(&output));
    let record = place.json("schools.fit/run.json");
    assert_eq!(record["exit"], "interrupted");
    assert!(record["steps"].as_u64().unwrap() > 0);
    let summary = place.read("schools.fit/summary.csv");
    assert_eq!(summary.lines().count(), 11);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let place = Workplace::new();
    let mut child =
        place.command("list codes").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0);
    assert_eq!(errors(&output), "");
}

#[test]
fn models_are_read_from_standard_input() {
    let place = Workplace::new();
    let stdin = fs::File::open(place.path("untidy.elbow")).unwrap();
    let output = place.command("fmt -").stdin(stdin).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), formatted(&place));
    let stdin = fs::File::open(place.path("broken.elbow")).unwrap();
    let output = place.command("check -").stdin(stdin).output().unwrap();
    assert_eq!(code(&output), 1);
    assert!(errors(&output).contains("<stdin>:3"), "{}", errors(&output));
}

fn formatted(place: &Workplace) -> String {
    String::from_utf8(place.run("fmt --stdout untidy.elbow").stdout).unwrap()
}

#[test]
fn examples_of_the_registry_check() {
    let place = Workplace::new();
    for dist in elbow::dist::ALL {
        let signature = dist.signature();
        let name = format!("{}.elbow", signature.name);
        fs::write(place.path(&name), format!("{}\n", signature.example)).unwrap();
        let output = place.run(&format!("check {name}"));
        // Where no guide serves its support, the example can only be of data.
        let unguided = !signature.support.has_guide();
        let wrong: Vec<_> = errors(&output)
            .lines()
            .filter(|l| l.contains("] Error") && !(unguided && l.contains("E0296")))
            .map(str::to_string)
            .collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", signature.name);
    }
}

#[test]
fn every_code_is_explained() {
    let place = Workplace::new();
    for code in elbow::diag::CODES {
        let story = code.story();
        assert!(story.lines().count() >= 3, "{}: {story}", code.name());
        let explained = place.run(&format!("explain {}", code.name().to_lowercase()));
        assert!(String::from_utf8_lossy(&explained.stdout).contains(story.trim()));
    }
    let listed: Value = serde_json::from_slice(&place.run("list codes --json").stdout).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), elbow::diag::CODES.len());
}

#[test]
fn every_command_has_help() {
    let place = Workplace::new();
    for command in [
        "", "run", "resume", "predict", "sample", "repl", "check", "plan", "fmt", "explain",
        "list", "doc", "new", "man",
    ] {
        let output = place.run(&format!("{command} --help"));
        assert_eq!(code(&output), 0, "{command}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("Usage:"), "{command}");
    }
}

#[test]
fn variance_is_measured_and_drawn() {
    let place = Workplace::new();
    let measure = "variance switch.elbow --data switch.json --gradients 50 --json --plot";
    for picture in ["v.svg", "v.png"] {
        let output = place.run(&format!("{measure} {picture}"));
        assert_eq!(code(&output), 0, "{}", errors(&output));
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!([&found["measured"], &found["objective"]], ["elbo", "elbo"]);
        let rows = found["estimators"].as_array().unwrap();
        let exact = rows.iter().find(|r| r["estimator"] == "enumerate").unwrap();
        assert_eq!(exact["variance"], 0.0);
        assert!(rows.iter().all(|r| r["seconds"].as_f64().unwrap() > 0.0), "{rows:?}");
        assert!(found["curves"].as_array().unwrap().len() > 3);
    }
    assert!(place.read("v.svg").starts_with("<svg"));
    assert!(fs::read(place.path("v.png")).unwrap().starts_with(b"\x89PNG"));
}

/// Both laboratories measure the ELBO's gradients, and say so where a fit maximises a bound.
#[test]
fn what_is_measured_is_named() {
    let place = Workplace::new();
    for command in ["verify", "variance"] {
        let run =
            format!("{command} switch.elbow --data switch.json --gradients 20 --objective iwae(4)");
        let shown = place.run(&run);
        let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert!(shown.contains("a fit maximises `iwae(4)`"), "{shown}");
        let json: Value = serde_json::from_slice(&place.run(&format!("{run} --json")).stdout)
            .expect("one object");
        assert_eq!([&json["measured"], &json["objective"]], ["elbo", "iwae(4)"]);
    }
}

#[test]
fn measured_estimators_are_the_same_each_time() {
    let place = Workplace::new();
    let run = "run switch.elbow --data switch.json --estimators measured --steps 50 --quiet --out";
    let why = ["a", "b"].map(|out| {
        let output = place.run(&format!("{run} {out}"));
        assert_eq!(code(&output), 0, "{}", errors(&output));
        let record = place.json(&format!("{out}/run.json"));
        assert_eq!(record["settings"]["estimators"], "measured");
        record["estimators"]["z"]["why"].as_str().unwrap().to_string()
    });
    assert!(why[0].starts_with("measured: variance × cost is 0.00e0"), "{}", why[0]);
    assert_eq!(why[0], why[1]);
}

#[test]
fn shells_and_manuals_know_the_commands() {
    let place = Workplace::new();
    for shell in ["bash", "zsh", "fish"] {
        let output = place.run(&format!("completions {shell}"));
        assert_eq!(code(&output), 0, "{}", errors(&output));
        assert!(String::from_utf8_lossy(&output.stdout).contains("variance"), "{shell}");
    }
    let page = place.run("man");
    assert!(String::from_utf8_lossy(&page.stdout).contains(".TH elbow"));
    assert_eq!(code(&place.run("man pages")), 0);
    assert!(place.path("pages/elbow-repl.1").exists());
}
