//! Quantiles along some dimensions of a computed array.

use super::world::Computed;

/// The quantile of each group of values that differ along `along` alone, the draws last, in the order of what is left.
pub(super) fn quantiles(computed: &Computed, along: &[String], share: f64) -> Vec<f64> {
    let mut axes: Vec<(usize, bool)> =
        computed.axes.iter().map(|a| (a.size, along.contains(&a.name))).collect();
    if computed.draws > 1 {
        axes.push((computed.draws, false));
    }
    let groups: usize = axes.iter().filter(|(_, inside)| !inside).map(|(size, _)| size).product();
    let mut values = vec![vec![]; groups];
    for (flat, value) in computed.values.iter().enumerate() {
        let (mut rest, mut group, mut stride) = (flat, 0, 1);
        for &(size, inside) in axes.iter().rev() {
            if !inside {
                group += rest % size * stride;
                stride *= size;
            }
            rest /= size;
        }
        values[group].push(*value);
    }
    values.into_iter().map(|v| quantile(v, share)).collect()
}

/// Linear interpolation between order statistics, as in summaries.
pub fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    if values.is_empty() || values.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    values.sort_by(f64::total_cmp);
    let place = share * (values.len() - 1) as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(values.len() - 1);
    values[below] + part * (values[above] - values[below])
}
