//! E0440–E0442: folders that hold no fit, and checkpoints that cannot be read.

use crate::diag::{Code, Diagnostic};
use std::io;
use std::path::Path;

/// E0440.
pub(super) fn no_fit(folder: &Path, error: &io::Error) -> Diagnostic {
    let shown = folder.display();
    let fitted = folder.with_extension("fit");
    let diagnostic = if error.kind() != io::ErrorKind::NotFound {
        Diagnostic::new(Code::E0440, format!("cannot read the fit in `{shown}`: {error}"))
    } else if folder.is_dir() {
        Diagnostic::new(Code::E0440, format!("the folder `{shown}` holds no fit"))
            .note(format!("there is no `{}` in it", super::FILE))
    } else {
        Diagnostic::new(Code::E0440, format!("there is no folder `{shown}`"))
    };
    match fitted != folder && fitted.join(super::FILE).is_file() {
        true => diagnostic.help(format!("did you mean `{}`?", fitted.display())),
        false => diagnostic
            .help("`elbow run FILE --data …` makes one: `NAME.fit`, or where `--out` says"),
    }
}

/// E0441.
pub(super) fn damaged(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::new(Code::E0441, format!("the checkpoint `{}` is damaged: {why}", path.display()))
        .help("run the model again; with `--force` into the same folder")
}

/// E0442.
pub(super) fn other_format(path: &Path, written: u64, by: &str) -> Diagnostic {
    let (own, version) = (super::about::FORMAT, env!("CARGO_PKG_VERSION"));
    let message = format!(
        "the checkpoint `{}` has format {written}; Elbow {version} reads format {own}",
        path.display()
    );
    Diagnostic::new(Code::E0442, message)
        .note(format!("it was written by Elbow {by}"))
        .help("run the model again; with `--force` into the same folder")
}
