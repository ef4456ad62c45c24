//! E0301–E0307: files that cannot be read, and arguments of the command line that fit no model.

use super::list;
use crate::check::model::{DimDecl, DimSize, Model, NameKind};
use crate::data::table::File;
use crate::diag::{Code, Diagnostic, nearest};

pub(in crate::data) fn unreadable(path: &str, error: &std::io::Error) -> Diagnostic {
    use std::io::ErrorKind;
    let why = match error.kind() {
        ErrorKind::NotFound => "it does not exist".to_string(),
        ErrorKind::PermissionDenied => "its permissions do not allow it".to_string(),
        ErrorKind::IsADirectory => "it is a folder".to_string(),
        _ => error.to_string(),
    };
    let folder = std::path::Path::new(path).parent().and_then(|p| p.to_str()).unwrap_or("");
    let folder = if folder.is_empty() { "." } else { folder };
    Diagnostic::new(Code::E0301, format!("cannot read {path}: {why}"))
        .help_if(error.kind() == ErrorKind::NotFound, format!("list what is there: `ls {folder}`"))
        .help_if(
            error.kind() == ErrorKind::IsADirectory,
            format!("name a file in it: `--data {path}/…`"),
        )
}

pub(in crate::data) fn format_unknown(path: &str) -> Diagnostic {
    let frame = [".feather", ".arrow"].iter().any(|end| path.to_lowercase().ends_with(end));
    Diagnostic::new(Code::E0302, format!("the end of {path} must say what kind of data it holds"))
        .help_if(frame, "write it as Parquet: `pandas.read_feather(…).to_parquet(…)`")
        .note("known are .csv .tsv .txt .json .npy .npz .parquet .idx -idx3-ubyte, each also with .gz")
}

pub(in crate::data) fn dtype_unknown(path: &str, key: &str, dtype: &str) -> Diagnostic {
    let array = if key.is_empty() { "the array".into() } else { format!("array `{key}`") };
    Diagnostic::new(
        Code::E0302,
        format!(
            "{array} of {path} must hold numbers, truth values or strings, found dtype {dtype}"
        ),
    )
    .help("convert it before saving: `x.astype(\"float64\")`")
}

pub(in crate::data) fn damaged(path: &str, format: &str, why: &str) -> Diagnostic {
    Diagnostic::new(Code::E0303, format!("{path} is not a whole {format} file: {why}"))
        .help("copy or download the file again")
}

pub(in crate::data) fn not_utf8(path: &str, line: usize) -> Diagnostic {
    Diagnostic::new(Code::E0303, format!("{path} must be text in UTF-8, line {line} is not"))
        .help(format!("convert it: `iconv -f LATIN1 -t UTF-8 {path} > utf8.csv`"))
}

pub(in crate::data) fn table_empty(path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0304,
        format!("{path} needs a line with the names of its columns, it is empty"),
    )
    .help("begin the file with such a line: `y,sigma`")
}

pub(in crate::data) fn header_missing(path: &str, line: u64, text: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0304,
        format!("{path} needs a line with the names of its columns, line {line} holds data"),
    )
    .help("put a line above it: `y,sigma`")
    .note(format!("line {line} is `{}`", shorten(text)))
}

pub(in crate::data) fn text_above_header(
    path: &str,
    line: u64,
    likely: u64,
    text: &str,
) -> Diagnostic {
    Diagnostic::new(
        Code::E0304,
        format!("{path} must begin with the names of its columns, line {line} is other text"),
    )
    .help(format!("delete what stands above line {likely}, or begin those lines with `#`"))
    .note(format!("line {likely} looks like the names: `{}`", shorten(text)))
}

pub(in crate::data) fn row_length(path: &str, line: u64, found: usize, names: usize) -> Diagnostic {
    Diagnostic::new(
        Code::E0305,
        format!(
            "{path}:{line} needs {} as the header has, found {found}",
            super::count(names, "cell")
        ),
    )
    .help_if(found > names, "put cells that hold the separator in quotes: `\"Doe, Jane\"`")
    .help_if(
        found == names + 1,
        "or save without row names: `write.csv(d, file, row.names = FALSE)`",
    )
    .help_if(found < names, "leave missing cells empty, but write their separators: `1,,3`")
}

pub(in crate::data) fn json_invalid(path: &str, error: &serde_json::Error) -> Diagnostic {
    let place = match error.line() {
        0 => path.to_string(),
        line => format!("{path}:{line}:{}", error.column()),
    };
    let why = error.to_string();
    let why = why.rsplit_once(" at line ").map_or(why.as_str(), |(why, _)| why).to_string();
    Diagnostic::new(Code::E0306, format!("{place} is not JSON data: {why}"))
        .help("write an object of numbers and lists: `{\"y\": [1.5, 2], \"sigma\": 3}`")
        .help_if(
            error.is_syntax(),
            "JSON has no NaN or NA: write `null`, and no comma after the last entry",
        )
}

pub(in crate::data) fn argument_incomplete(spec: &str) -> Diagnostic {
    Diagnostic::new(Code::E0307, format!("`--data {spec}` must name a file"))
        .help("`--data FILE`, or `--data y=FILE` for one datum")
}

pub(in crate::data) fn target_unknown(name: &str, file: &File, model: &Model) -> Diagnostic {
    let data = || {
        let data = model.names.iter().filter(|n| matches!(n.kind, NameKind::Data(_)));
        data.map(|n| n.name.as_str())
    };
    let meant = nearest(name, data());
    Diagnostic::new(
        Code::E0307,
        format!(
            "`--data {name}={}` must name a datum of the model, it declares no `{name}`",
            file.path
        ),
    )
    .help_if(
        meant.is_some(),
        format!("did you mean `--data {}={}`?", meant.unwrap_or(""), file.path),
    )
    .note(format!("the model declares the data {}", list(data())))
}

pub(in crate::data) fn override_unknown(name: &str, model: &Model) -> Diagnostic {
    let dims = || {
        let fixed = model.dims.iter().filter(|d| matches!(d.size, DimSize::Fixed(_)));
        fixed.map(|d| d.name.as_str())
    };
    let meant = nearest(name, dims());
    let message = format!("a size must be for a dimension of the model, it has no `{name}`");
    let diagnostic = Diagnostic::new(Code::E0307, message)
        .help_if(meant.is_some(), format!("did you mean `{}`?", meant.unwrap_or("")));
    if dims().next().is_some() {
        diagnostic.note(format!("the model fixes the sizes of {}", list(dims())))
    } else {
        diagnostic.note("the model fixes no size with `dim`")
    }
}

pub(in crate::data) fn override_not_fixed(dim: &DimDecl, size: u64) -> Diagnostic {
    let name = &dim.name;
    Diagnostic::new(
        Code::E0307,
        format!("`{name} = {size}` must be for a dimension that the model fixes by a number"),
    )
    .at(dim.span, "its size comes from elsewhere")
    .help(format!("fix it in the model: `dim {name} = {size}`"))
}

fn shorten(text: &str) -> String {
    const WIDTH: usize = 60;
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
