//! E0310–E0314: data that no file holds, or in several places, or in another form than declared.

use super::{LISTED, count, list, sizes};
use crate::check::model::NameDecl;
use crate::data::table::{File, Flaw};
use crate::diag::{Code, Diagnostic, nearest};

pub(in crate::data) fn no_files(data: &[&NameDecl]) -> Diagnostic {
    let names = list(data.iter().map(|n| n.name.as_str()));
    let diagnostic = Diagnostic::new(Code::E0310, format!("the model needs data for {names}"))
        .help("name the file that holds them: `--data FILE`");
    match data.first() {
        Some(first) => diagnostic.at(first.span, "read from a file"),
        None => diagnostic,
    }
}

pub(in crate::data) fn missing(decl: &NameDecl, wanted: &str, files: &[&File]) -> Diagnostic {
    let keys = || files.iter().flat_map(|f| &f.fields).map(|f| f.key.as_str());
    let noun = match files {
        [file] => file.noun(),
        _ => "column or key",
    };
    let paths: Vec<&str> = files.iter().map(|f| f.path.as_str()).collect();
    let message = match paths.join(", ") {
        none if none.is_empty() => {
            format!("`{}` needs a file, those given are for other data", decl.name)
        }
        paths => format!("`{}` needs a {noun} `{wanted}`, found none in {paths}", decl.name),
    };
    let meant = nearest(wanted, keys().filter(|k| !k.is_empty()));
    let name = &decl.name;
    let mut diagnostic = Diagnostic::new(Code::E0310, message)
        .at(decl.span, "declared here")
        .help_if(
            meant.is_some(),
            format!("did you mean `from \"{}\"`, after the type?", meant.unwrap_or("")),
        )
        .help(format!("or name the file that holds it: `--data {name}=FILE`"));
    for file in files {
        let keys = file.fields.iter().map(|f| f.key.as_str()).filter(|k| !k.is_empty());
        if keys.clone().next().is_some() {
            diagnostic = diagnostic.note(format!("{} has {}", file.path, list(keys)));
        }
    }
    diagnostic
}

pub(in crate::data) fn in_two_files(decl: &NameDecl, first: &str, second: &str) -> Diagnostic {
    let name = &decl.name;
    Diagnostic::new(
        Code::E0311,
        format!("`{name}` must come from one file, both {first} and {second} hold it"),
    )
    .at(decl.span, "declared here")
    .help(format!("say which: `--data {name}={first}`"))
}

pub(in crate::data) fn twice_in_file(decl: &NameDecl, key: &str, file: &File) -> Diagnostic {
    let (noun, path) = (file.noun(), &file.path);
    Diagnostic::new(
        Code::E0311,
        format!("`{}` needs one {noun} `{key}`, {path} has several", decl.name),
    )
    .at(decl.span, "declared here")
    .help(format!("rename all but one of them in {path}"))
}

pub(in crate::data) fn run_has_no_end(
    decl: &NameDecl,
    first: &str,
    last: &str,
    file: &File,
) -> Diagnostic {
    let keys = || file.fields.iter().map(|f| f.key.as_str());
    let after = keys().skip_while(|k| *k != first);
    let reversed = keys().any(|k| k == last);
    let message = format!(
        "a run of columns from `{first}` must end at a column after it, found no `{last}` there"
    );
    Diagnostic::new(Code::E0312, message)
        .at(decl.span, "declared here")
        .help_if(reversed, format!("turn it round: `from [\"{last}\":\"{first}\"]`"))
        .note(format!("{} has {}", file.path, list(after)))
}

pub(in crate::data) fn run_needs_two_dims(decl: &NameDecl, columns: usize) -> Diagnostic {
    let dims = decl.ty.dims.len();
    Diagnostic::new(
        Code::E0312,
        format!(
            "`{}` must have two dimensions, rows and {columns} columns, it is declared with {dims}",
            decl.name
        ),
    )
    .at(decl.span, "read from a run of columns")
    .help("declare both: `data X: real[row, column] from [\"a\":\"b\"]`")
}

pub(in crate::data) fn rank(
    decl: &NameDecl,
    shape: &[usize],
    origin: &str,
    table: bool,
) -> Diagnostic {
    let (name, dims) = (&decl.name, decl.ty.dims.len());
    let needs = if dims == 0 { "a single value".into() } else { count(dims, "dimension") };
    let holds = if shape.is_empty() { sizes(shape) } else { count(shape.len(), "dimension") };
    let size = if shape.is_empty() { String::new() } else { format!(" ({})", sizes(shape)) };
    let names: Vec<String> = (1..=shape.len().min(LISTED)).map(|i| format!("d{i}")).collect();
    let declaration = match names.join(", ") {
        none if none.is_empty() => format!("`data {name}: …` without brackets"),
        names => format!("`data {name}: …[{names}]`"),
    };
    Diagnostic::new(Code::E0313, format!("`{name}` needs {needs}, {origin} has {holds}{size}"))
        .at(decl.span, format!("declared with {}", count(dims, "dimension")))
        .help_if(
            table && dims == 2,
            "read several columns side by side: `from [\"first\":\"last\"]`",
        )
        .help_if(!table || dims < 2, format!("declare what the file holds: {declaration}"))
}

pub(in crate::data) fn flawed(decl: &NameDecl, path: &str, key: &str, flaw: &Flaw) -> Diagnostic {
    let message = match flaw {
        Flaw::Ragged { place, expected, found } => {
            format!("`{key}{place}` in {path} needs {expected} as before it, found {found}")
        }
        Flaw::Mixed { place, found } => {
            format!(
                "`{key}` in {path} must hold numbers or texts, not both; `{key}{place}` is {found}"
            )
        }
        Flaw::Object { place } => {
            format!("`{key}{place}` in {path} must be a number or a list, found an object")
        }
        Flaw::Kind(found) => {
            let message = format!(
                "`{key}` in {path} must hold numbers, truth values or texts, it is {found}"
            );
            return Diagnostic::new(Code::E0302, message)
                .at(decl.span, "read from there")
                .help("convert it before saving, to numbers or to texts")
                .note("a table has one value in each cell: write lists as one row per entry");
        }
        Flaw::Unread => unreachable!("columns that the model names are read"),
    };
    let help = match flaw {
        Flaw::Ragged { .. } => {
            "make a long table of it, one row per entry: `data group: index(group)[entry]`"
        }
        Flaw::Mixed { .. } => "write missing entries as `null`",
        Flaw::Kind(_) | Flaw::Unread => "",
        Flaw::Object { .. } => "write lists: in pandas `df.to_json(orient=\"records\")`",
    };
    Diagnostic::new(Code::E0314, message).at(decl.span, "read from there").help(help)
}

pub(in crate::data) fn file_unused(file: &File) -> Diagnostic {
    let keys = file.fields.iter().map(|f| f.key.as_str()).filter(|k| !k.is_empty());
    let path = &file.path;
    Diagnostic::new(Code::W0301, format!("nothing in {path} is used by the model"))
        .help("leave the file out, or declare what it holds: `data y: real[n]`")
        .note(format!("it has {}", list(keys)))
}
