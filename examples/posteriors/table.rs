//! From measured posteriors to lines of a table.

use super::measure::{GOOD, Measured, Posterior};

pub(crate) fn heading() -> String {
    format!(
        "{:31} {:>7} {:>6} {:>5}  {:21} {:>10} {:>10} {:>6} {:>6} {:>7}",
        "posterior",
        "largest",
        "median",
        "limit",
        "worst",
        "sd",
        "ELBO",
        "steps",
        "Newton",
        "seconds"
    )
}

/// One line per posterior.
pub(crate) fn row(posterior: &Posterior, m: &Measured) -> String {
    let (low, high) = m.sd_ratios();
    let newton = m.newton_iterations.map_or("none".to_string(), |n| n.to_string());
    format!(
        "{:31} {:>7.3} {:>6.3} {:>5.2}  {:21} {:>10} {:>10.2} {:>6} {newton:>6} {:>7.2}",
        posterior.model,
        m.worst().error,
        m.median_error(),
        posterior.limit.error(),
        m.worst().name,
        format!("{low:.2}–{high:.2}"),
        m.elbo.mean,
        m.steps,
        m.seconds,
    )
}

/// One line per scalar that is off by `GOOD` or more, with whose fault it is.
pub(crate) fn faults(posterior: &Posterior, measured: &Measured) -> Vec<String> {
    let limit = posterior.limit;
    let whose = match limit.is_pathological() {
        true => format!(
            "pathological for mean-field, whose optimum is off by {}: held to {:.2}",
            limit.error(),
            limit.bound()
        ),
        false => format!("the family reaches {}: the optimiser failed", limit.error()),
    };
    let off = measured.scalars.iter().filter(|s| s.error.is_nan() || s.error >= GOOD);
    off.map(|s| format!("{:31} {:21} {:>6.3}  {whose}", posterior.model, s.name, s.error)).collect()
}
