//! The real files beside the project: Stan's data of known posteriors, tables with their traps, images.

use super::{bind, expect_bound, labels, size, values};
use std::path::PathBuf;

/// The folder of real data, or `None` with a line that says so; under CI its absence is a failure.
fn shared() -> Option<PathBuf> {
    let folder = match std::env::var_os("ELBOW_SHARED") {
        Some(shared) => PathBuf::from(shared).join("data"),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
    };
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} does not exist", folder.display());
    assert!(std::env::var_os("CI").is_none(), "{} does not exist", folder.display());
    None
}

fn file(name: &str) -> Option<String> {
    shared().map(|folder| folder.join(name).display().to_string())
}

#[test]
fn every_posterior_binds() {
    let models = [
        ("bugs_pump", "data t: positive[n]\ndata x: count[n]\n"),
        ("eight_schools-eight_schools_centered", "data y: real[j]\ndata sigma: positive[j]\n"),
        ("earnings-logearn_height_male", "data earn: positive[n]\n"),
        ("gym_german_credit_numeric_logistic_regression", "data X: real[N, D]\n"),
        ("gym_radon_contextual_effects_minnesota", "data county: index(county)[home]\n"),
        ("kidiq-kidscore_momiq", "data kid_score: real[n]\n"),
        ("low_dim_gauss_mix-low_dim_gauss_mix", "data y: real[n]\n"),
        ("mesquite-logmesquite", "data canopy_height: positive[n]\ndata density: count[n]\n"),
        ("nes1972-nes", "data age_discrete: index(age)[n]\n"),
        ("sblrc-blr", "data y: real[n]\ndata X: real[n, d]\n"),
    ];
    for (name, text) in models {
        let Some(path) = file(&format!("posteriors/{name}/data.json")) else { return };
        expect_bound(text, &[path]);
    }
}

#[test]
fn counties_of_radon_are_positions() {
    let Some(path) = file("posteriors/gym_radon_contextual_effects_minnesota/data.json") else {
        return;
    };
    let bound = expect_bound("data county: index(county)[home]\n", &[path]);
    assert_eq!((size(&bound, "county"), size(&bound, "home")), (85, 919));
    assert!(labels(&bound, "county").is_empty());
}

#[test]
fn traps_of_the_tables() {
    let cases = [
        ("efron_morris_75.tsv", "data h: count[player] from \"Hits\"\n", Ok(18)),
        ("lynx_hare.csv", "data l: positive[year] from \"Lynx\"\n", Ok(21)),
        ("kidiq.csv", "data mom_hs: binary[kid]\n", Ok(434)),
        ("roaches.csv", "data y: count[flat]\n", Ok(262)),
        ("golf_data.txt", "data x: real[n]\n", Err("E0304")),
        ("uci/wine.csv", "data x: real[n]\n", Err("E0304")),
        ("uci/abalone.csv", "data x: real[n]\n", Err("E0304")),
        ("penguins.csv", "data f: real[n] from \"flipper_length_mm\"\n", Err("E0330")),
    ];
    for (name, text, expected) in cases {
        let Some(path) = file(&format!("tables/{name}")) else { return };
        let (bound, diagnostics) = bind(text, &[path], &[]);
        let code = diagnostics.iter().next().map(|d| d.code.name());
        let found = bound.as_ref().map(|b| b.dims[0].size);
        match expected {
            Ok(rows) => assert_eq!(found, Some(rows), "{name}: {diagnostics:?}"),
            Err(expected) => assert_eq!(code, Some(expected), "{name}"),
        }
    }
}

#[test]
fn credit_attributes_are_a_run() {
    let Some(path) = file("tables/uci/german_numeric.csv") else { return };
    let text = "data X: real[applicant, attribute] from [\"A1\":\"A24\"]\n";
    let bound = expect_bound(text, &[path]);
    assert_eq!((size(&bound, "applicant"), size(&bound, "attribute")), (1000, 24));
    assert_eq!(labels(&bound, "attribute")[23], "A24");
    assert_eq!(values(&bound, "X")[..4], [1.0, 6.0, 4.0, 12.0]);
}

#[test]
fn images_of_digits() {
    let Some(images) = file("images/train-images-idx3-ubyte.gz") else { return };
    let Some(digits) = file("images/train-labels-idx1-ubyte.gz") else { return };
    let text =
        "dim class = 10\ndata x: real[image, row, column]\ndata d: index(class, from = 0)[image]\n";
    let start = std::time::Instant::now();
    let bound = expect_bound(text, &[format!("x={images}"), format!("d={digits}")]);
    println!("60,000 images: {:?}", start.elapsed());
    assert_eq!(
        (size(&bound, "image"), size(&bound, "row"), size(&bound, "column")),
        (60_000, 28, 28)
    );
    assert_eq!(values(&bound, "d")[..5], [5.0, 0.0, 4.0, 1.0, 9.0]);
}

#[test]
fn binarised_digits() {
    let Some(path) = file("images/binarized_mnist_test.npz") else { return };
    let bound = expect_bound("data x: binary[image, pixel]\n", &[path]);
    assert_eq!((size(&bound, "image"), size(&bound, "pixel")), (10_000, 784));
}
