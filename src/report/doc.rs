//! What the registries know of a distribution or an estimator, as `elbow doc` and `:help` tell it.

use super::registry::{form, support};
use super::table::table;
use crate::dist::{self, Distribution};
use crate::estimator::{self, Estimator, OptionValues};
use serde_json::{Value, json};

/// The page of a name; `None` where no registry has it.
pub fn doc(name: &str) -> Option<String> {
    if let Some(dist) = dist::find(name) {
        return Some(distribution(dist));
    }
    estimator::find(name).map(of_estimator)
}

/// The same for programs.
pub fn doc_json(name: &str) -> Option<Value> {
    if let Some(dist) = dist::find(name) {
        let s = dist.signature();
        let form = |f: &dist::Form| -> Value {
            f.params.iter().map(|p| json!({ "name": p.name, "doc": p.doc })).collect()
        };
        return Some(json!({
            "distribution": s.name, "doc": s.doc, "density": s.density,
            "support": support(s.support, s.event), "forms": s.forms.iter().map(form).collect::<Vec<_>>(),
            "estimators": serving(dist), "example": s.example,
        }));
    }
    let card = estimator::find(name)?.card();
    let option = |o: &estimator::OptionCard| json!({ "name": o.name, "doc": o.doc, "default": o.default.to_string() });
    Some(json!({
        "estimator": card.name, "doc": card.doc, "bias": card.bias.describe(), "source": card.source,
        "options": card.options.iter().map(option).collect::<Vec<_>>(),
    }))
}

fn distribution(dist: &'static dyn Distribution) -> String {
    let s = dist.signature();
    let forms: Vec<String> = s.forms.iter().map(|f| format!("{}{}", s.name, form(f))).collect();
    let mut out = format!("{}\n  {}\n\n", forms.join(" or "), s.doc);
    let mut line = |head: &str, text: &str| out.push_str(&format!("  {head:<12}{text}\n"));
    line("support", &support(s.support, s.event));
    line("density", s.density);
    let mut seen: Vec<&str> = vec![];
    for param in s.forms.iter().flat_map(|f| f.params) {
        if !seen.contains(&param.name) {
            seen.push(param.name);
            line(param.name, param.doc);
        }
    }
    let serving: Vec<String> = serving(dist).iter().map(|e| format!("@{e}")).collect();
    line("estimators", &if serving.is_empty() { "none".into() } else { serving.join(" ") });
    out + &format!("\n{}\n", indented(s.example))
}

fn serving(dist: &dyn Distribution) -> Vec<&'static str> {
    let serves = |e: &&&dyn Estimator| e.refuses(dist.signature()).is_none();
    estimator::ALL.iter().filter(serves).map(|e| e.card().name).collect()
}

fn of_estimator(estimator: &'static dyn Estimator) -> String {
    let card = estimator.card();
    let mut out = format!("@{}\n  {}\n\n", card.name, card.doc);
    let mut line = |head: &str, text: &str| out.push_str(&format!("  {head:<12}{text}\n"));
    line("bias", card.bias.describe());
    line("uses", if card.needs_smooth { "smooth ones only" } else { "any" });
    line("source", card.source);
    let dists = dist::ALL.iter().filter(|d| estimator.refuses(d.signature()).is_none());
    let names: Vec<&str> = dists.map(|d| d.signature().name).collect();
    line("serves", &format!("{} of {} distributions", names.len(), dist::ALL.len()));
    if !card.options.is_empty() {
        let rows = card.options.iter().map(|o| {
            let values = match o.values {
                OptionValues::Number { low, high } => format!("{low} to {high}"),
                OptionValues::Temperature { low, high } => format!("{low} to {high}, auto, learnt"),
                OptionValues::Count { low, high } => format!("{low} to {high}, whole"),
                OptionValues::Flag => "true, false".into(),
                OptionValues::Words(words) => words.join(", "),
                OptionValues::WordsOrNet(words) => format!("{}, a net", words.join(", ")),
            };
            vec![format!(" {}", o.name), o.default.to_string(), values, o.doc.into()]
        });
        out.push('\n');
        out.push_str(&table(&[" option", "default", "values", ""], rows.collect(), 4));
    }
    out
}

fn indented(text: &str) -> String {
    text.lines().map(|l| format!("  {l}")).collect::<Vec<_>>().join("\n")
}
