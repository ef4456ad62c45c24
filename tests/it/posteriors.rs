//! Reference posteriors: the means of a mean-field fit from default settings, scalar by scalar.
//!
//! Where the family's own optimum is off by more than `GOOD`, the posterior is pathological for it; there the bound is what
//! the family reaches plus a tenth of a standard deviation.

#[path = "../../examples/posteriors/measure.rs"]
mod measure;
#[path = "../../examples/posteriors/table.rs"]
mod table;

use crate::common::shared;
use measure::{POSTERIORS, Posterior, measure};

/// A line that says what is wrong, if something is.
fn fault(posterior: &Posterior) -> Option<String> {
    let measured = match measure(posterior) {
        Ok(measured) => measured,
        Err(said) => return Some(format!("{}: {said}", posterior.model)),
    };
    println!("{}", table::row(posterior, &measured));
    table::faults(posterior, &measured).iter().for_each(|line| println!("{line}"));
    let (bound, worst) = (posterior.limit.bound(), measured.worst());
    let line = format!("{}: {} is off by {:.3}", posterior.model, worst.name, worst.error);
    (worst.error.is_nan() || worst.error >= bound).then_some(line)
}

#[test]
fn every_mean_is_near_the_reference() {
    if shared("posteriors").is_none() {
        return;
    }
    println!("{}", table::heading());
    let faults: Vec<String> = POSTERIORS.iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
