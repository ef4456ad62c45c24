//! `elbow sample`: draws before a fit, of latents and of data that need not be there.

use crate::common::program;
use std::fs;
use std::path::Path;
use std::process::Output;

fn elbow(folder: &Path, words: &str) -> Output {
    program(words, folder).output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with a model, a file of covariates and one of everything.
fn place(model: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("m.elbow"), model).unwrap();
    fs::write(folder.path().join("t.csv"), "t\n0\n1\n2\n").unwrap();
    fs::write(folder.path().join("ty.csv"), "t,y\n0,5\n1,5\n2,5\n").unwrap();
    folder
}

/// The columns of a table of draws.
fn columns(path: &Path) -> Vec<(String, Vec<f64>)> {
    let text = fs::read_to_string(path).unwrap();
    let mut rows = text.lines().filter(|l| !l.starts_with('#')).map(|l| l.split(','));
    let mut columns: Vec<(String, Vec<f64>)> =
        rows.next().unwrap().map(|name| (name.to_string(), vec![])).collect();
    for row in rows {
        columns.iter_mut().zip(row).for_each(|(c, cell)| c.1.push(cell.parse().unwrap()));
    }
    columns
}

/// How many standard errors a mean is from where it should be, and a variance; draws are Normal.
fn z_scores(draws: &[f64], mean: f64, variance: f64) -> [f64; 2] {
    let n = draws.len() as f64;
    let found = draws.iter().sum::<f64>() / n;
    let spread = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    [(found - mean) / (variance / n).sqrt(), (spread - variance) / (variance * (2.0 / n).sqrt())]
}

const REGRESSION: &str = "data t: real[n]\ndata y: real[n]\na ~ Normal(2, 3)\nb ~ Normal(0, 0.5)\ny ~ Normal(a + b * t, 1)\n";

#[test]
fn the_prior_predictive_has_its_moments_with_and_without_data() {
    let folder = place(REGRESSION);
    for data in ["t.csv", "ty.csv"] {
        let words = format!("sample m.elbow --data {data} --draws 20000 --seed 3 --out d.csv");
        let output = elbow(folder.path(), &words);
        assert!(output.status.success(), "{}", errors(&output));
        let columns = columns(&folder.path().join("d.csv"));
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["lp__", "y.1", "y.2", "y.3", "a", "b"]);
        // y[i] has mean 2 and variance 9 + t² / 4 + 1.
        let exact =
            [(1, 2.0, 10.0), (2, 2.0, 10.25), (3, 2.0, 11.0), (4, 2.0, 9.0), (5, 0.0, 0.25)];
        for (column, mean, variance) in exact {
            let z = z_scores(&columns[column].1, mean, variance);
            assert!(z.iter().all(|z| z.abs() < 5.0), "{} with {data}: {z:?}", names[column]);
        }
    }
}

#[test]
fn sizes_come_from_the_command_line_where_no_data_are() {
    let folder = place("data y: binary[flip]\nbias ~ Beta(2, 2)\ny ~ Bernoulli(bias)\n");
    let run = |more: &str| elbow(folder.path(), &format!("sample m.elbow {more}"));
    let unsized_dim = run("");
    assert!(errors(&unsized_dim).contains("E0316"), "{}", errors(&unsized_dim));
    let output = run("--dim flip=7 --draws 50 --out a.npz");
    assert!(output.status.success(), "{}", errors(&output));
    assert!(run("--dim flip=7 --draws 50 --out b.npz").status.success());
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(bytes("a.npz") == bytes("b.npz"), "the same seed gives the same bytes");
    assert!(run("--dim flip=7 --draws 50 --seed 4 --out b.npz").status.success());
    assert!(bytes("a.npz") != bytes("b.npz"));
    let mut archive = npyz::npz::NpzArchive::open(folder.path().join("a.npz")).unwrap();
    let y = archive.by_name("y").unwrap().unwrap();
    assert_eq!(y.shape(), [50, 7]);
    assert!(y.into_vec::<f64>().unwrap().iter().all(|x| *x == 0.0 || *x == 1.0));
    assert_eq!(archive.by_name("bias").unwrap().unwrap().shape(), [50]);
    let left = fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name());
    assert!(left.into_iter().all(|n| !n.to_string_lossy().starts_with(".elbow")));
}

/// What a distribution or a computed name is made from has to be there; what only the guide reads has not.
#[test]
fn data_that_something_is_made_from_are_needed() {
    let needed = [
        "data t: real[n]\ny = t + 1\na ~ Normal(0, 1)\nt ~ Normal(a, 1)\nz[n] ~ Normal(y, 1)\n",
        "data t: real[n]\na ~ Normal(0, 1)\nt[n] ~ Normal(a * t[n-1], 1)\n",
        "data t: real[n]\nparam s: positive = exp(mean(t))\nt ~ Normal(0, s)\n",
        "data t: real[n]\nnet f(t[n]) -> [n] {\n  dense(t, n)\n}\na ~ Normal(0, 1)\n\
         t ~ Normal(a, 1)\nfactor sum(f(t)) * a\n",
    ];
    for model in needed {
        let output = elbow(place(model).path(), "sample m.elbow --dim n=3 --draws 5");
        assert!(errors(&output).contains("E0310"), "{model}{}", errors(&output));
    }
    let guided = "data t: real[n]\nnet q(x) -> (m, s) {\n  (dense(x), exp(dense(x)))\n}\n\
         z[n] ~ Normal(0, 1)\nt ~ Normal(z, 1)\nguide {\n  (m, s) = q(t)\n  z ~ Normal(m, s)\n}\n";
    let output = elbow(place(guided).path(), "sample m.elbow --dim n=3 --draws 5");
    assert!(output.status.success(), "{}", errors(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("5 draws from the prior"));
}

#[test]
fn what_cannot_be_drawn_or_held_is_said() {
    let folder = place("data y: real[n]\nm ~ Flat()\ny ~ Normal(m, 1)\n");
    let run = |words: &str| errors(&elbow(folder.path(), &format!("sample m.elbow {words}")));
    let improper = run("--dim n=2");
    assert!(improper.contains("E0421") && improper.contains("`m`"), "{improper}");
    assert!(run("--dim n=2 --out d.parquet").contains("E0433"));
    let many = run("--dim n=1000000 --draws 1000 --out d.csv");
    assert!(many.contains("E0434") && many.contains("--draws 199"), "{many}");
    assert!(run("--dim m=2").contains("E0307"));
    fs::write(folder.path().join("y.csv"), "y\n1\n2\n3\n").unwrap();
    assert!(run("--data y.csv --dim n=2").contains("E0315"));
}

#[test]
fn pictures_are_of_the_prior() {
    let folder = place("data x: binary[n, p]\nb[n] ~ Beta(1, 1)\nx ~ Bernoulli(b)\n");
    let words = "sample m.elbow --dim n=30 --dim p=6 --draws 2 --images p=2x3 --out d.csv";
    let output = elbow(folder.path(), words);
    assert!(output.status.success(), "{}", errors(&output));
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("wrote d_x.png, d.csv"), "{shown}");
    let picture = fs::read(folder.path().join("d_x.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
}

/// Replicas have the moments of the exact posterior predictive; pictures are those of the run.
#[test]
fn a_fit_is_drawn_from_without_fitting_it_again() {
    let folder = place("data y: real[n]\nm ~ Normal(0, 10)\ny ~ Normal(m, 2)\n");
    fs::write(folder.path().join("y.csv"), "y\n1\n2\n3\n6\n").unwrap();
    let run = |words: &str| {
        let output = elbow(folder.path(), words);
        assert!(output.status.success(), "{}", errors(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    run("run m.elbow --data y.csv --seed 5 --images n=2x2 --quiet");
    let shown = run("sample --fit m.fit --draws 20000 --out d.csv --images n=2x2");
    assert!(shown.contains("20000 draws from the posterior; wrote d_y.png, d.csv"), "{shown}");
    let precision = 4.0 / 4.0 + 0.01;
    let (mean, variance) = (3.0 / precision, 1.0 / precision);
    let columns = columns(&folder.path().join("d.csv"));
    for (name, draws) in &columns[1..] {
        let spread = if name == "m" { variance } else { 4.0 + variance };
        let z = z_scores(draws, mean, spread);
        assert!(z.iter().all(|z| z.abs() < 5.0), "{name}: {z:?}");
    }
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(bytes("d_y.png") == bytes("m.fit/images/samples_y.png"), "the same seed");
    fs::write(folder.path().join("y.csv"), "y\n1\n2\n3\n7\n").unwrap();
    let refused = |words: &str| errors(&elbow(folder.path(), words));
    assert!(refused("sample --fit m.fit").contains("E0444"));
    assert!(refused("sample --fit none.fit").contains("E0440"));
    assert!(refused("sample m.elbow --fit m.fit").contains("E0403"));
    assert!(refused("sample").contains("E0403"));
}

/// A fit that is gone on with draws its pictures again.
#[test]
fn resumed_fits_have_pictures() {
    let folder = place("data y: real[n]\nm ~ Normal(0, 10)\ny ~ Normal(m, 2)\n");
    fs::write(folder.path().join("y.csv"), "y\n1\n2\n3\n6\n").unwrap();
    let run = |words: &str| {
        let output = elbow(folder.path(), words);
        assert!(output.status.success(), "{}", errors(&output));
    };
    run("run m.elbow --data y.csv --images n=2x2 --steps 100 --quiet");
    fs::remove_dir_all(folder.path().join("m.fit/images")).unwrap();
    run("resume m.fit --steps 200 --quiet");
    assert!(folder.path().join("m.fit/images/samples_y.png").exists());
}
