//! E0308: rows of a file that are no range, or that it does not have.

use crate::diag::{Code, Diagnostic};

/// `--data FILE[a]`
pub(in crate::data) fn no_range(argument: &str, path: &str) -> Diagnostic {
    let message = format!("the brackets of `{argument}` must hold a range of rows");
    Diagnostic::new(Code::E0308, message).note("no file has this name with its brackets").help(
        format!("`\"{path}[1:1000]\"` are its first thousand rows, `\"{path}[1001:]\"` the others"),
    )
}

/// `--data FILE[0:1000]`
pub(in crate::data) fn from_zero(argument: &str, path: &str, last: Option<usize>) -> Diagnostic {
    let last = last.map_or(String::new(), |last| last.to_string());
    Diagnostic::new(Code::E0308, format!("the rows of `{argument}` must begin at 1 or later"))
        .note("rows count from 1 and a range has both of its ends, as slices of the language")
        .help(format!("`\"{path}[1:{last}]\"`"))
}

/// `--data FILE[5:2]`
pub(in crate::data) fn no_rows(argument: &str) -> Diagnostic {
    Diagnostic::new(Code::E0308, format!("the range of `{argument}` must hold a row"))
        .note("a range has both of its ends: `[5:5]` is one row")
        .help("let the first number be no larger than the last one")
}

/// `--data FILE[1:1000]`
pub(in crate::data) fn beyond(argument: &str, count: usize) -> Diagnostic {
    let rows = if count == 1 { "row" } else { "rows" };
    Diagnostic::new(
        Code::E0308,
        format!("`{argument}` must lie within the {count} {rows} of the file"),
    )
    .help("leave out the last number for all that follow: `[1:]`")
}

/// `--data FILE[1:2]` where arrays have other lengths; keys and their rows.
pub(in crate::data) fn rows_differ(
    argument: &str,
    [first, other]: [(&str, Option<usize>); 2],
) -> Diagnostic {
    let words = |(key, rows): (&str, Option<usize>)| match rows {
        Some(rows) => format!("`{key}` has {rows}"),
        None => format!("`{key}` has none"),
    };
    let message = format!("all that `{argument}` holds must have the same number of rows");
    Diagnostic::new(Code::E0308, message)
        .note(format!("{}, {}", words(first), words(other)))
        .help("give the whole file, or write the rows of one array to a file of its own")
}

/// `--data FILE[1:2]` of a number
pub(in crate::data) fn scalar(argument: &str) -> Diagnostic {
    Diagnostic::new(Code::E0308, format!("what `{argument}` takes rows of must have rows"))
        .note("the file holds single values")
        .help("leave the brackets out")
}
