//! E0401: model files that cannot be read.

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
