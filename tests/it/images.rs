//! Pictures of a fit: which rows they are of, what is drawn anew and what stays fitted, and the files that a run writes.

use crate::common::{problem, program};
use elbow::backend::Lowering;
use elbow::check::model::FitSettings;
use elbow::infer::{Config, Fitter, Param, Scene, Tile, reconstructions, samples};
use elbow::lower::Problem;
use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;

fn fitted(problem: &Arc<Problem>, seed: u64) -> Vec<Param> {
    let own = FitSettings { seed: Some(seed), ..FitSettings::default() };
    let settings = own.or(&problem.bound.model.fit);
    let config = Config::new(problem, &settings, 1, Lowering::Fast);
    let steps = config.steps;
    let mut fitter = Fitter::new(problem.clone(), config);
    fitter.start();
    fitter.advance(steps).expect("every number is finite");
    fitter.fitted()
}

fn scene(problem: &Problem, most: usize) -> Scene {
    let model = &problem.bound.model;
    let (datum, along) = (model.find_name("x").unwrap(), model.find_dim("p").unwrap());
    Scene { datum, along, most }
}

/// Rows that differ everywhere.
fn rows(count: usize, pixels: usize) -> Vec<Vec<f64>> {
    let value = |i: usize, j: usize| ((17 * i + 5 * j) as f64).sin() + 0.1 * (i % 7) as f64;
    (0..count).map(|i| (0..pixels).map(|j| value(i, j)).collect()).collect()
}

fn json(rows: &[Vec<f64>]) -> String {
    format!("{{\"x\": {rows:?}}}")
}

/// Where each element has a latent of its own, a reconstruction is the datum: whichever of the two dimensions is the longer,
/// and whether rows are batched or not.
#[test]
fn reconstructions_are_of_the_rows_above_them() {
    const MODEL: &str =
        "data x: real[n, p]\ntheta[n, p] ~ Normal(0, 3)\nx ~ Normal(theta, 0.001)\n";
    for (count, pixels) in [(60, 4), (12, 30)] {
        for fit in
            ["steps = 2000", "batch n = 5, steps = 6000, lr = cosine(0.1 -> 1e-4, over = 6000)"]
        {
            let rows = rows(count, pixels);
            let problem =
                Arc::new(problem(&format!("{MODEL}fit {{ {fit} }}\n"), &json(&rows), &[]));
            let params = fitted(&problem, 1);
            let found = reconstructions(&problem, None, &params, scene(&problem, 9), 1);
            assert_eq!(found.pairs.len(), 9);
            assert!(!found.held_out);
            for ((datum, decoded), row) in found.pairs.iter().zip(&rows) {
                assert_eq!(datum, row, "{count} × {pixels}");
                for (a, b) in decoded.iter().zip(row) {
                    assert!((a - b).abs() < 0.1, "{count} × {pixels}, {fit}: {a} for {b}");
                }
            }
        }
    }
}

const SHARED: &str = "data x: real[n, p]\nparam mu: real[p]\nz[n] ~ Normal(0, 1)\n\
    x ~ Normal(mu + 5 * z, 0.01)\nfit { steps = 2000 }\n";

/// The data spread twice as far as they would by the prior of z, so that draws of the posterior would be seen.
#[test]
fn samples_draw_the_latents_of_rows_and_keep_what_rows_share() {
    let data: Vec<Vec<f64>> = (0..40)
        .map(|i| (0..3).map(|j| 10.0 * f64::from(j) + 10.0 * f64::from(i % 5 - 2)).collect())
        .collect();
    let problem = Arc::new(problem(SHARED, &json(&data), &[]));
    let params = fitted(&problem, 3);
    let sampled = |seed| samples(&problem, Some(&params), scene(&problem, 100), seed);
    let tiles = sampled(3);
    assert_eq!(tiles.len(), 100);
    let gap = |tile: &Tile| tile[2] - tile[0];
    assert!(tiles.iter().all(|t| (gap(t) - 20.0).abs() < 0.1), "mu is as it was fitted");
    let firsts: Vec<f64> = tiles.iter().map(|t| t[0]).collect();
    let mean = firsts.iter().sum::<f64>() / 100.0;
    let sd = (firsts.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 99.0).sqrt();
    assert!((mean / (5.0 / 10.0)).abs() < 5.0, "z is drawn from its prior: mean {mean}");
    // The sd of 100 normal draws has a relative standard error of 1 / √198.
    assert!((sd / 5.0 - 1.0).abs() * 198f64.sqrt() < 5.0, "sd {sd}");
    assert_eq!(tiles, sampled(3), "the same seed");
    assert_ne!(tiles, sampled(4), "another seed");
}

/// Without rows every latent is drawn; the probability of a Bernoulli is shown, not its draws.
#[test]
fn a_datum_without_rows_is_drawn_from_the_whole_prior() {
    let text = "data x: binary[p]\nb ~ Beta(1, 1)\nx ~ Bernoulli(b)\nfit { steps = 500 }\n";
    let problem = Arc::new(problem(text, "{\"x\": [1, 1, 1, 1, 1, 1]}", &[]));
    let tiles = samples(&problem, Some(&fitted(&problem, 1)), scene(&problem, 100), 1);
    assert_eq!(tiles.len(), 100);
    assert!(tiles.iter().all(|t| t.iter().all(|x| *x == t[0])));
    let mean = tiles.iter().map(|t| t[0]).sum::<f64>() / 100.0;
    assert!((mean - 0.5).abs() < 5.0 * (1.0f64 / 1200.0).sqrt(), "uniform draws: {mean}");
}

/// A guide that computes its draws from data knows new rows; one with values for each row does not.
#[test]
fn held_out_rows_are_reconstructed_by_a_guide_that_knows_them() {
    const AMORTISED: &str = "data x: real[n, p]\nnet q(x[p]) -> (loc, scale) {\n  \
        (dense(x), exp(dense(x)))\n}\nz[n] ~ Normal(0, 1)\nx ~ Normal(z, 1)\nguide {\n  \
        (m, s) = q(x)\n  z ~ Normal(m, s)\n}\nfit { batch n = 10, steps = 200 }\n";
    let own = "data x: real[n, p]\nz[n] ~ Normal(0, 1)\nx ~ Normal(z, 1)\nfit { steps = 200 }\n";
    let (train, test) = (rows(40, 4), rows(55, 4).split_off(40));
    for (text, knows) in [(AMORTISED, true), (own, false)] {
        let trained = Arc::new(problem(text, &json(&train), &[]));
        let other = problem(text, &json(&test), &[]);
        let params = fitted(&trained, 1);
        let found = reconstructions(&trained, Some(&other), &params, scene(&other, 6), 1);
        assert_eq!(found.held_out, knows);
        let from = if knows { &test } else { &train };
        let data: Vec<&Tile> = found.pairs.iter().map(|(datum, _)| datum).collect();
        assert_eq!(data, from.iter().take(6).collect::<Vec<_>>());
    }
}

fn elbow(folder: &Path, words: &str) -> Output {
    program(words, folder).output().unwrap()
}

/// Width, height and grey levels of a PNG file.
fn decoded(path: &Path) -> (usize, usize, Vec<u8>) {
    let bytes = std::io::Cursor::new(fs::read(path).unwrap());
    let mut reader = png::Decoder::new(bytes).read_info().unwrap();
    let mut grey = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut grey).unwrap();
    assert_eq!(info.color_type, png::ColorType::Grayscale);
    (info.width as usize, info.height as usize, grey)
}

const PICTURES: &str = "data x: unit[n, p]\ndim code = 2\nnet decode(z[code]) -> [p] {\n  \
    dense(z, p)\n}\nz[n, code] ~ Normal(0, 1)\nlevel[p] ~ Normal(0, 1)\n\
    x ~ Beta(exp(decode(z) + level), 1)\nfit { steps = 50 }\n";

#[test]
fn a_run_writes_grids_of_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("m.elbow"), PICTURES).unwrap();
    let data: Vec<Vec<f64>> =
        (0..20).map(|i| (0..6).map(|j| if i == j { 1.0 - 1e-9 } else { 0.25 }).collect()).collect();
    fs::write(at("d.json"), json(&data)).unwrap();
    let run = "run m.elbow --data d.json --images p=2x3 --out";
    let first = elbow(folder.path(), &format!("{run} a"));
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    assert!(String::from_utf8_lossy(&first.stdout).contains("pictures in a/images/"));
    let mut names: Vec<String> = fs::read_dir(at("a/images"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = ["mean_level", "reconstructions_x", "samples_x", "weights_decode"];
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(expected.iter().all(|e| names.iter().any(|n| n.starts_with(e))), "{names:?}");
    // Seven pictures of three pixels side by side, three lines of pairs.
    let (width, height, grey) = decoded(&at("a/images/reconstructions_x.png"));
    let scale = 600 / 29;
    assert_eq!((width, height), (29 * scale, 19 * scale));
    let pixel = |row: usize, column: usize| grey[row * scale * width + column * scale];
    // In the first picture the first pixel is white; in the fifth it is the second of the second row.
    assert_eq!((pixel(1, 1), pixel(1, 2)), (255, 64));
    assert_eq!((pixel(1, 17), pixel(2, 18)), (64, 255));
    assert!(elbow(folder.path(), &format!("{run} b --threads 1")).status.success());
    for name in &names {
        let bytes = |of: &str| fs::read(at(of).join("images").join(name)).unwrap();
        assert_eq!(bytes("a"), bytes("b"), "{name} is the same with any number of threads");
    }
    // Another run without pictures leaves none.
    assert!(elbow(folder.path(), "run m.elbow --data d.json --out a --force").status.success());
    assert!(!at("a/images").exists());
}
