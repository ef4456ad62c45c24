//! The registries as tables: what `elbow list` prints and the README holds.

use super::table::table;
use crate::check::functions;
use crate::check::layers::LAYERS;
use crate::diag;
use crate::dist::{self, Event, Form, Support};
use crate::estimator;
use serde_json::{Value, json};

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Distributions,
    Estimators,
    Functions,
    Codes,
}

/// A table for people and an array for programs, row by row of a registry.
pub fn list(list: List) -> (String, Value) {
    let (header, rows): (&[&str], Vec<Vec<String>>) = match list {
        List::Distributions => (&["name", "parameters", "support", "doc"], distributions()),
        List::Estimators => (&["name", "bias", "options", "doc", "source"], estimators()),
        List::Functions => (&["name", "doc"], functions()),
        List::Codes => (&["code", "title"], codes()),
    };
    let object = |row: &Vec<String>| -> Value {
        let fields = header.iter().zip(row).map(|(h, cell)| ((*h).to_string(), json!(cell)));
        Value::Object(fields.collect())
    };
    let array = Value::Array(rows.iter().map(object).collect());
    (table(header, rows, header.len()), array)
}

fn distributions() -> Vec<Vec<String>> {
    let row = |d: &&dyn dist::Distribution| {
        let s = d.signature();
        let forms: Vec<String> = s.forms.iter().map(form).collect();
        vec![s.name.into(), forms.join(" or "), support(s.support, s.event), s.doc.into()]
    };
    dist::ALL.iter().map(row).collect()
}

pub(super) fn form(form: &Form) -> String {
    let names: Vec<&str> = form.params.iter().map(|p| p.name).collect();
    format!("({})", names.join(", "))
}

pub(super) fn support(support: Support, event: Event) -> String {
    let words = match support {
        Support::Real => "real",
        Support::Positive => "positive",
        Support::Nonneg => "nonneg",
        Support::Unit => "unit",
        Support::Angle => "-pi to pi",
        Support::Between(low, high) => return format!("{low} to {high}"),
        Support::Clamped(low, high) => return format!("{low} to {high}, both with mass"),
        Support::Above(low) => return format!("from {low} on"),
        Support::Binary => "binary",
        Support::Index => "index",
        Support::Count => "count",
        Support::CountTo(high) => return format!("0 to {high}"),
        Support::CountBetween(low, high) => return format!("counts, {low} to {high}"),
        Support::Int => "int",
        Support::OneHot => "one-hot",
        Support::Subset(size) => return format!("subsets of {size}"),
        Support::Ranking => "rankings",
        Support::Permutation => "permutation matrices",
        Support::Cholesky => "cholesky",
        Support::CorrCholesky => "cholesky, rows of length 1",
        Support::Simplex => "simplex",
        Support::Ordered => "ordered",
        Support::Composition(total) => return format!("counts that add up to {total}"),
        Support::Inner => "as what it wraps",
    };
    match (support, event) {
        (Support::Real, Event::Vector) => "vectors".into(),
        _ => words.into(),
    }
}

fn estimators() -> Vec<Vec<String>> {
    let row = |e: &&dyn estimator::Estimator| {
        let card = e.card();
        let options = card.options.iter().map(|o| format!("{} = {}", o.name, o.default));
        vec![
            format!("@{}", card.name),
            card.bias.describe().into(),
            options.collect::<Vec<_>>().join(", "),
            card.doc.into(),
            card.source.into(),
        ]
    };
    estimator::ALL.iter().map(row).collect()
}

fn functions() -> Vec<Vec<String>> {
    let called = functions::ALL.iter().filter(|f| f.is_called());
    let called = called.map(|f| vec![format!("{}({})", f.name, f.params.join(", ")), f.doc.into()]);
    let built_in = functions::BUILT_IN.iter().map(|f| vec![f.usage.into(), f.doc.into()]);
    let layers = LAYERS.iter().map(|l| vec![l.usage.into(), format!("in a net: {}", l.doc)]);
    called.chain(built_in).chain(layers).collect()
}

fn codes() -> Vec<Vec<String>> {
    diag::CODES.iter().map(|c| vec![c.name().into(), c.title().into()]).collect()
}
