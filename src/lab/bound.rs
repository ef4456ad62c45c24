//! How large |z| may be by chance, among many tests (Bonferroni).

use crate::ir::special::log_ndtr;

/// The z that a standard normal exceeds, on either side, with this probability in one of `tests` tests.
pub(super) fn two_sided(alpha: f64, tests: usize) -> f64 {
    let wanted = (alpha / (2.0 * tests.max(1) as f64)).ln();
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if log_ndtr(-middle) > wanted { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::two_sided;

    #[test]
    fn bounds_are_quantiles() {
        assert!((two_sided(0.05, 1) - 1.959_963_984_540_054).abs() < 1e-9);
        assert!((two_sided(0.01, 1) - 2.575_829_303_548_901).abs() < 1e-9);
        assert!((two_sided(0.001, 100) - 4.417_173_413_469_022).abs() < 1e-9);
    }
}
