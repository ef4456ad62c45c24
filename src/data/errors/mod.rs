//! E03xx and W03xx: one constructor function per mistake, by what is wrong: files, finding, shapes, labels, values, and
//! entries of the model's own brackets.

pub(super) mod entry;
pub(super) mod file;
pub(super) mod find;
pub(super) mod label;
pub(super) mod range;
pub(super) mod shape;
pub(super) mod value;

/// At most this many names are listed in a message.
const LISTED: usize = 8;

/// `` `a`, `b`, `c` and 4 more ``
fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let shown = names[..names.len().min(LISTED)].join(", ");
    if names.len() > LISTED { format!("{shown} and {} more", names.len() - LISTED) } else { shown }
}

/// `1 cell`, `3 cells`
fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `3 × 2`, or `a single value`
fn sizes(shape: &[usize]) -> String {
    match shape {
        [] => "a single value".into(),
        sizes => sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" × "),
    }
}
