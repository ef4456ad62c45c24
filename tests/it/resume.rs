//! `elbow run --save-every` and `elbow resume`, by the binary: fits that are killed end as if they had never been.

use crate::common::program;
use elbow::checkpoint::{Checkpoint, FILE};
use elbow::infer::Numbers;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

struct Workplace(tempfile::TempDir);

const COIN: &str = "data y: binary[n]\np ~ Beta(1, 1)\ny ~ Bernoulli(p)\n";
/// Nets, batches, and rows with a guide of their own.
const NETS: &str = "data x: real[n, pixel]\ndim k = 2\nnet q(x[pixel]) -> (loc[k], scale[k]) {\n  h = tanh(dense(x, 8))\n\
    (dense(h, k), exp(dense(h, k)))\n}\nnet p(z[k]) -> [pixel] {\n  dense(z, pixel)\n}\nz[n, k] ~ Normal(0, 1)\n\
    b[n] ~ Normal(0, 1)\nx ~ Normal(p(z) + b, 1)\nguide {\n  (m, s) = q(x)\n  z ~ Normal(m, s)\n}\n\
    fit { batch n = 16, precision = f32, clip = 100 }\n";

impl Workplace {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("coin.elbow", COIN);
        place.write("flips.csv", "y\n1\n0\n1\n1\n0\n1\n1\n");
        place.write("nets.elbow", NETS);
        let x = |i: i32, j: i32| (f64::from(i) * 0.7 + f64::from(j)).sin();
        let rows: Vec<Vec<f64>> = (0..50).map(|i| (0..3).map(|j| x(i, j)).collect()).collect();
        place.write("x.json", &format!("{{\"x\": {rows:?}}}"));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, words: &str) -> Command {
        program(words, self.0.path())
    }

    fn run(&self, words: &str) -> Output {
        self.command(words).output().unwrap()
    }

    fn start(&self, words: &str) -> Child {
        self.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn does(&self, words: &str) {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(0), "{words}: {}", errors(&output));
    }

    /// What a command that is refused says.
    fn refused(&self, words: &str) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(1), "{words}: {}", errors(&output));
        errors(&output)
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// All that the numbers of a fit are, in two folders.
fn assert_same(one: &Path, other: &Path) {
    for file in ["draws.csv", "summary.csv", "history.csv"] {
        assert!(fs::read(one.join(file)).unwrap() == fs::read(other.join(file)).unwrap(), "{file}");
    }
    let [one, other] = [one, other].map(|folder| Checkpoint::open(folder).unwrap());
    assert_eq!(one.params, other.params);
    for (name, (_, numbers)) in &one.state.0 {
        let same = match (numbers, &other.state.0[name].1) {
            (Numbers::F64(a), Numbers::F64(b)) => {
                a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits()))
            }
            (a, b) => a == b,
        };
        assert!(same, "{name}");
    }
}

#[test]
fn a_fit_that_is_killed_again_and_again_ends_as_if_it_had_not_been() {
    const KILLS: u32 = 5;
    const RUN: &str = "run nets.elbow --data x.json --steps 6000 --draws 20 --quiet";
    let place = Workplace::new();
    let begin = Instant::now();
    place.does(&format!("{RUN} --out whole"));
    // Kills are spread over the time that a run takes.
    let time = begin.elapsed().as_micros() as u64;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let mut random = now.subsec_nanos() as u64 | 1;
    let mut kills = 0;
    loop {
        let words = match place.path("part").join(FILE).exists() {
            true => "resume part --quiet".to_string(),
            false => format!("{RUN} --save-every 7 --out part --force"),
        };
        let mut child = place.start(&words);
        if kills < KILLS {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            std::thread::sleep(Duration::from_micros(random % (time / 3)));
            child.kill().unwrap();
            kills += 1;
        }
        let output = child.wait_with_output().unwrap();
        match output.status.code() {
            None => continue,
            Some(0) => break,
            // A fit that ended between two kills has nothing left to do.
            Some(1) if errors(&output).contains("E0445") => break,
            Some(other) => panic!("{words}: {other}: {}", errors(&output)),
        }
    }
    assert_eq!(place.json("part/run.json")["exit"], "done");
    assert_same(&place.path("whole"), &place.path("part"));
    let left = fs::read_dir(place.path("part")).unwrap().count();
    assert_eq!(
        left,
        fs::read_dir(place.path("whole")).unwrap().count(),
        "nothing unfinished is left"
    );
}

/// Of a report that would take hours, with the fit done and saved.
#[cfg(unix)]
#[test]
fn the_first_interrupt_ends_a_report() {
    const RUN: &str = "run coin.elbow --data flips.csv --steps 500 --draws 20 --quiet";
    let place = Workplace::new();
    let long = "--test flips.csv --test-bound 100000000 --save-every 1000s --out part";
    let mut child = place.start(&format!("{RUN} {long}"));
    let until = |what: &str, is_so: &mut dyn FnMut() -> bool| {
        let begin = Instant::now();
        while !is_so() {
            assert!(begin.elapsed() < Duration::from_secs(60), "waited too long until {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let steps = |folder: &Path| Checkpoint::open(folder).map(|saved| saved.standing.steps);
    let part = place.path("part");
    until("the fit is saved", &mut || steps(&part).is_ok_and(|steps| steps == 500));
    // The report begins a moment later.
    std::thread::sleep(Duration::from_millis(200));
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    until("it ends", &mut || child.try_wait().unwrap().is_some());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    place.does("sample --fit part --draws 3");
}

#[cfg(unix)]
#[test]
fn an_interrupted_fit_is_gone_on_with_from_anywhere() {
    let place = Workplace::new();
    place.does("run nets.elbow --data x.json --steps 20000 --draws 20 --quiet --out whole");
    let child = place.start("run nets.elbow --data x.json --steps 20000 --draws 20 --out part");
    std::thread::sleep(Duration::from_millis(300));
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.code() == Some(2) {
        assert_eq!(place.json("part/run.json")["exit"], "interrupted");
        let done = place.json("part/run.json")["steps"].as_u64().unwrap();
        let near = format!("resume part --steps {} --quiet", done + 10);
        assert_eq!(place.run(&near).status.code(), Some(2));
        assert_eq!(place.json("part/run.json")["steps"].as_u64(), Some(done + 10));
        let elsewhere = tempfile::tempdir().unwrap();
        let part = place.path("part");
        let mut command = place.command("resume --quiet");
        let output = command.arg(&part).current_dir(elsewhere.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    }
    assert_same(&place.path("whole"), &place.path("part"));
}

#[test]
fn a_fit_goes_beyond_its_last_step_at_the_rate_that_it_ended_with() {
    let place = Workplace::new();
    place.does("run coin.elbow --data flips.csv --steps 300 --quiet");
    place.does("resume coin.fit --steps 700 --quiet");
    let record = place.json("coin.fit/run.json");
    assert_eq!((&record["exit"], &record["steps"]), (&"done".into(), &700.into()));
    assert_eq!(record["settings"]["steps"], 700);
    let history = fs::read_to_string(place.path("coin.fit/history.csv")).unwrap();
    assert_eq!(history.lines().count(), 701);
    let then = Checkpoint::open(&place.path("coin.fit")).unwrap();
    assert_eq!(then.about.config.steps, 300);
    assert_eq!((then.standing.steps, then.standing.last), (700, 700));
    assert!(place.refused("resume coin.fit").contains("E0445"));
}

#[test]
fn another_text_or_other_data_are_refused() {
    let place = Workplace::new();
    place.does("run coin.elbow --data flips.csv --steps 300 --quiet");
    place.write("coin.elbow", &COIN.replace("Beta(1, 1)", "Beta(2, 1)"));
    assert_eq!(
        place.refused("resume coin.fit --steps 400"),
        "[E0443] Error: `coin.elbow` has changed since the fit in `coin.fit`\n  \
         Help: fit it as it is now: `elbow run coin.elbow --data flips.csv --out coin.fit --force`\n  \
         Note: line 2 was `p ~ Beta(1, 1)` and is `p ~ Beta(2, 1)`\n"
    );
    fs::remove_file(place.path("coin.elbow")).unwrap();
    fs::rename(place.path("flips.csv"), place.path("first.csv")).unwrap();
    let changed = "[E0444] Error: `flips.csv` holds other data than the fit in `coin.fit` saw\n";
    for other in ["y\n1\n0\n", "y\n1\n7\n", "z\n1\n"] {
        place.write("flips.csv", other);
        let said = place.refused("resume coin.fit --steps 400");
        assert!(said.starts_with(changed), "{said}");
        assert!(said.contains("`elbow resume coin.fit --data FILE`"), "{said}");
    }
    fs::remove_file(place.path("flips.csv")).unwrap();
    assert!(place.refused("resume coin.fit --steps 400").contains("E0301"));
    place.does("resume coin.fit --steps 400 --data first.csv --quiet");
    // What is known of the data is where they are now.
    place.does("resume coin.fit --steps 500 --quiet");
}

#[test]
fn other_files_and_versions_are_refused() {
    let place = Workplace::new();
    place.does("run coin.elbow --data flips.csv --steps 300 --quiet");
    assert_eq!(
        place.refused("resume coin.elbow"),
        "[E0440] Error: `coin.elbow` is a file, not the folder of a fit\n  Help: did you mean `coin.fit`?\n"
    );
    assert!(
        place
            .refused("resume none.fit")
            .starts_with("[E0440] Error: there is no folder `none.fit`")
    );
    let file = place.path("coin.fit").join(FILE);
    let bytes = fs::read(&file).unwrap();
    let mut found = Checkpoint::open(&place.path("coin.fit")).unwrap();
    found.about.elbow = "0.0.7".into();
    fs::write(&file, found.bytes()).unwrap();
    let said = place.refused("resume coin.fit --steps 400");
    assert!(
        said.starts_with("[E0442] Error: the fit in `coin.fit` was begun by Elbow 0.0.7"),
        "{said}"
    );
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let said = place.refused("resume coin.fit --steps 400");
    assert!(
        said.starts_with(
            "[E0441] Error: the checkpoint `coin.fit/checkpoint.safetensors` is damaged"
        )
    );
    let mut found = found.clone();
    found.about.elbow = env!("CARGO_PKG_VERSION").into();
    found.state.0.remove("fit/first");
    fs::write(&file, found.bytes()).unwrap();
    let said = place.refused("resume coin.fit --steps 400");
    assert!(said.contains("damaged: `fit/first` is not there"), "{said}");
}

#[test]
fn a_fit_that_broke_off_is_not_gone_on_with() {
    let place = Workplace::new();
    place.write("steep.elbow", "data y: real[n]\nb ~ Normal(0, 1)\ny ~ Normal(log(b - 100), 1)\n");
    place.write("y.csv", "y\n1\n2\n");
    let output = place.run("run steep.elbow --data y.csv --quiet");
    assert_eq!(output.status.code(), Some(2));
    let said = place.refused("resume steep.fit");
    assert!(said.starts_with("[E0446] Error: the fit in `steep.fit` broke off"), "{said}");
}

#[test]
fn while_a_fit_is_under_way_its_folder_says_so() {
    let place = Workplace::new();
    let words = "run coin.elbow --data flips.csv --steps 1000000000 --save-every 1s --quiet";
    let mut child = place.start(words);
    let begin = Instant::now();
    while !place.path("coin.fit").join(FILE).exists() {
        assert!(begin.elapsed() < Duration::from_secs(60), "nothing is written");
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(place.json("coin.fit/run.json")["exit"], "under way");
    assert!(Checkpoint::open(&place.path("coin.fit")).unwrap().standing.steps >= 1);
    assert!(place.refused(words).contains("E0404"));
}
