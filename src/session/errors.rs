//! E0401–E0402: model files that cannot be read.

use crate::diag::{Code, Diagnostic};

/// E0401.
pub(super) fn cannot_read(path: &str, error: &std::io::Error) -> Diagnostic {
    let missing = error.kind() == std::io::ErrorKind::NotFound;
    let message = match missing {
        true => format!("there is no model file `{path}`"),
        false => format!("cannot read the model file `{path}`: {error}"),
    };
    Diagnostic::new(Code::E0401, message)
        .help_if(missing && !path.ends_with(".elbow"), format!("did you mean `{path}.elbow`?"))
}

/// E0402.
pub(super) fn not_utf8(path: &str, valid: usize) -> Diagnostic {
    Diagnostic::new(Code::E0402, format!("the model file `{path}` must be UTF-8 text"))
        .note(format!("byte {} is not part of a character", valid + 1))
        .help("save it as UTF-8 in your editor")
}
