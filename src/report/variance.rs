//! What the variance laboratory measured: a table, JSON, and a picture of variance against draws.

use super::picture::{Picture, Series, log_chart};
use super::table::{significant, table};
use super::verify::{MEASURED, estimate, not_of_the_fit};
use crate::lab::{Curve, Measured, Parameter, Scope, Settings};
use serde_json::{Value, json};

/// A row for each estimator of each latent. `objective` is what a fit maximises.
pub fn variance_text(
    rows: &[Measured],
    scope: Scope,
    settings: &Settings,
    objective: &str,
) -> String {
    let header =
        ["latent", "estimator", "bias", "variance", "signal/noise", "µs", "efficiency", "verdict"];
    let table = table(&header, rows.iter().map(row).collect(), 2);
    let Settings { gradients, draws, seed, .. } = settings;
    let text = format!(
        "{table}\n{gradients} gradients of {draws} draws each at the {} parameters, seed {seed}, in the \
         parameters of each latent's guide;\nbias with its 99 % interval where it is largest beside it, \
         efficiency = 1 / (variance × seconds); * is what the plan has\n",
        scope.point.words(),
    );
    text + &not_of_the_fit(objective)
}

fn row(m: &Measured) -> Vec<String> {
    let star = if m.planned { " *" } else { "" };
    let bias = |p: &Parameter| format!("{} ± {}", significant(p.bias()), significant(p.interval));
    let number = |x: f64| if m.parameters.is_empty() { "none".into() } else { significant(x) };
    vec![
        m.latent.clone(),
        m.estimator.clone() + star,
        m.worst().map_or("none".into(), bias),
        number(m.variance),
        number(m.signal_to_noise),
        format!("{:.2}", 1e6 * m.seconds),
        number(m.efficiency),
        m.verdict.words().into(),
    ]
}

/// One object; numbers that are not finite are null.
pub fn variance_json(
    rows: &[Measured],
    curves: &[Curve],
    scope: Scope,
    settings: &Settings,
    objective: &str,
) -> Value {
    json!({
        "measured": MEASURED,
        "objective": objective,
        "seed": settings.seed,
        "gradients": settings.gradients,
        "draws": settings.draws,
        "point": scope.point.words(),
        "estimators": rows.iter().map(measured_json).collect::<Vec<_>>(),
        "curves": curves.iter().map(curve_json).collect::<Vec<_>>(),
    })
}

fn measured_json(m: &Measured) -> Value {
    let parameters: serde_json::Map<String, Value> =
        m.parameters.iter().map(|p| (p.name.clone(), parameter_json(p))).collect();
    json!({
        "latent": m.latent,
        "estimator": m.estimator,
        "declared": m.bias.describe(),
        "planned": m.planned,
        "variance": m.variance,
        "signal_to_noise": m.signal_to_noise,
        "seconds": m.seconds,
        "efficiency": m.efficiency,
        "verdict": m.verdict.words(),
        "parameters": parameters,
    })
}

fn parameter_json(p: &Parameter) -> Value {
    json!({
        "exact": estimate(p.exact),
        "mean": estimate(p.mean),
        "bias": p.bias(),
        "interval": p.interval,
        "variance": p.variance,
    })
}

fn curve_json(curve: &Curve) -> Value {
    json!({
        "latent": curve.latent,
        "estimator": curve.estimator,
        "points": curve.points,
        "slope": curve.slope(),
    })
}

/// Variance against draws, both logarithmic, with the slope of each line.
pub fn variance_picture(title: &str, curves: &[Curve]) -> Picture {
    let latents = curves.iter().any(|c| c.latent != curves[0].latent);
    let label = |c: &Curve| {
        let latent = if latents { format!("{}: ", c.latent) } else { String::new() };
        format!("{latent}{}, slope {:.2}", c.estimator, c.slope())
    };
    let points = |c: &Curve| c.points.iter().map(|&(n, v)| (n as f64, v)).collect();
    let series: Vec<Series> =
        curves.iter().map(|c| Series { label: label(c), points: points(c) }).collect();
    log_chart(title, "draws of a gradient", "variance of the gradient", &series)
}
