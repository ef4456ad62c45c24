//! Every reference posterior, fitted from default settings with the mean-field guide: one table of errors.
//!
//! `cargo run --release --example posteriors [NAME…]`; NAME is a model in `tests/posteriors`.

mod measure;
mod table;

use measure::{GOOD, POSTERIORS, Posterior, measure};

fn main() {
    if !measure::shared_posteriors().is_dir() {
        eprintln!("{} is missing", measure::shared_posteriors().display());
        std::process::exit(1);
    }
    let names: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |p: &&Posterior| names.is_empty() || names.iter().any(|n| p.model == n);
    println!("{}", table::heading());
    let mut bad = vec![];
    for posterior in POSTERIORS.iter().filter(wanted) {
        match measure(posterior) {
            Ok(measured) => {
                println!("{}", table::row(posterior, &measured));
                bad.extend(table::faults(posterior, &measured));
            }
            Err(said) => println!("{:31} {said}", posterior.model),
        }
    }
    println!("\nErrors are |mean − reference mean| / reference sd; limit is the largest one at");
    println!("the optimum of the mean-field family itself; sd is the fit's over the reference's.");
    println!("\nScalars with an error of {GOOD} or more: {}", bad.len());
    bad.iter().for_each(|line| println!("{line}"));
}
