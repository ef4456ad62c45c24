//! The tables of README.md are those of the registries; `BLESS=1` rewrites them.

use crate::common::program;
use elbow::check::functions::{self, Function};
use elbow::diag;
use elbow::dist::{self, Distribution, Signature, Support};
use elbow::estimator::{self, Card};
use std::fs;
use std::path::Path;

/// A table: what stands between `<!-- name -->` and `<!-- /name -->`.
type Table = fn() -> String;

const TABLES: &[(&str, Table)] = &[
    ("distributions", distributions),
    ("estimators", estimators),
    ("functions", functions),
    ("commands", commands),
    ("codes", codes),
];

#[test]
fn the_tables_are_those_of_the_registries() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let before = fs::read_to_string(&path).unwrap();
    let after = TABLES.iter().fold(before.clone(), |text, (name, table)| fill(&text, name, table));
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &after).unwrap();
        return;
    }
    let differs = before.lines().zip(after.lines()).find(|(a, b)| a != b);
    assert!(
        before == after,
        "README.md is behind the registries ({differs:?}); BLESS=1 rewrites it"
    );
}

/// `console` blocks are what the program prints, in a folder with the examples.
#[test]
fn transcripts_are_what_the_program_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("examples")).unwrap();
    for entry in
        fs::read_dir(root.join("examples")).unwrap().flatten().filter(|e| e.path().is_file())
    {
        fs::copy(entry.path(), place.path().join("examples").join(entry.file_name())).unwrap();
    }
    let before = fs::read_to_string(root.join("README.md")).unwrap();
    let (mut after, mut plays, mut old) = (String::new(), false, false);
    for line in before.split_inclusive('\n') {
        match line.trim_end() {
            "```console" => plays = true,
            "```" => (plays, old) = (false, false),
            _ => {}
        }
        let words = line.trim_end().strip_prefix("$ elbow ").filter(|_| plays);
        old = old && words.is_none();
        if !old {
            after.push_str(line);
        }
        if let Some(words) = words {
            let output = program(words, place.path()).output().unwrap();
            after.push_str(&String::from_utf8_lossy(&output.stdout));
            after.push_str(&String::from_utf8_lossy(&output.stderr));
            old = true;
        }
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(root.join("README.md"), &after).unwrap();
        return;
    }
    let differs = before.lines().zip(after.lines()).find(|(a, b)| a != b);
    assert!(before == after, "README.md shows another output ({differs:?}); BLESS=1 rewrites it");
}

/// The text with a table between its marks; without marks as it was.
fn fill(text: &str, name: &str, table: &Table) -> String {
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let Some((before, rest)) = text.split_once(&open) else { return text.to_string() };
    let (_, after) = rest.split_once(&close).unwrap_or_else(|| panic!("{close} is missing"));
    let lines = if before.ends_with('\n') { "\n" } else { "" };
    format!("{before}{open}{lines}{}{lines}{close}{after}", table())
}

fn distributions() -> String {
    let row = |d: &&dyn Distribution| {
        let s = d.signature();
        let support = support(s.support);
        format!("| {} | {support} | {} |", forms(s).join(" or "), s.doc)
    };
    let rows: Vec<String> = dist::ALL.iter().map(row).collect();
    format!("| Distribution | Support | |\n|---|---|---|\n{}", rows.join("\n"))
}

fn forms(s: &Signature) -> Vec<String> {
    let names = |form: &dist::Form| form.params.iter().map(|p| p.name).collect::<Vec<_>>();
    s.forms.iter().map(|form| format!("`{}({})`", s.name, names(form).join(", "))).collect()
}

fn support(support: Support) -> String {
    match support {
        Support::Real => "real".into(),
        Support::Positive => "(0, ∞)".into(),
        Support::Nonneg => "[0, ∞)".into(),
        Support::Unit => "[0, 1]".into(),
        Support::Angle => "[−π, π]".into(),
        Support::Between(low, high) => format!("[{low}, {high}]"),
        Support::Clamped(low, high) => format!("[{low}, {high}], mass at both"),
        Support::Above(low) => format!("[{low}, ∞)"),
        Support::Binary => "0, 1".into(),
        Support::Index => "a position".into(),
        Support::Count => "0, 1, 2 …".into(),
        Support::CountTo(most) => format!("0 … {most}"),
        Support::CountBetween(low, high) => format!("{low} … {high}"),
        Support::Int => "… −1, 0, 1 …".into(),
        Support::OneHot => "one-hot".into(),
        Support::Subset(size) => format!("{size} ones, else 0"),
        Support::Ranking => "a ranking".into(),
        Support::Permutation => "a permutation matrix".into(),
        Support::Cholesky => "Cholesky factors".into(),
        Support::CorrCholesky => "Cholesky factors with rows of length 1".into(),
        Support::Simplex => "simplex".into(),
        Support::Ordered => "ascending".into(),
        Support::Composition(total) => format!("counts that add up to {total}"),
        Support::Inner => "as d".into(),
    }
}

fn estimators() -> String {
    let row = |e: &&dyn estimator::Estimator| {
        let card = e.card();
        let serves = |s: &Signature| s.support.has_guide() && e.refuses(s).is_none();
        let serves = dist::ALL.iter().filter(|d| serves(d.signature())).count();
        let (written, bias) = (annotation(card), card.bias.describe());
        format!("| `{written}` | {serves} of {} | {bias} | {} |", dist::ALL.len(), card.doc)
    };
    let rows: Vec<String> = estimator::ALL.iter().map(row).collect();
    format!("| Annotation | Distributions | Bias | |\n|---|---|---|---|\n{}", rows.join("\n"))
}

/// With its options at their defaults.
fn annotation(card: &Card) -> String {
    let options: Vec<String> =
        card.options.iter().map(|o| format!("{} = {}", o.name, o.default)).collect();
    match options.is_empty() {
        true => format!("@{}", card.name),
        false => format!("@{}({})", card.name, options.join(", ")),
    }
}

fn functions() -> String {
    let called = functions::ALL.iter().filter(|f| f.is_called());
    let written = |f: &Function| format!("`{}({})`", f.name, f.params.join(", "));
    called.map(written).collect::<Vec<_>>().join(", ")
}

fn commands() -> String {
    let row = |(usage, about): (String, String)| format!("| `{usage}` | {about} |");
    let rows: Vec<String> = elbow::cli::commands().into_iter().map(row).collect();
    format!("| Command | |\n|---|---|\n{}", rows.join("\n"))
}

fn codes() -> String {
    diag::CODES.len().to_string()
}
