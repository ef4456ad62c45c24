//! E0440–E0446: folders that hold no fit, checkpoints that cannot be read, and fits that cannot go on.

use super::About;
use crate::diag::{Code, Diagnostic};
use crate::infer::Unfit;
use std::io;
use std::path::Path;

/// E0440.
pub(super) fn no_fit(folder: &Path, error: &io::Error) -> Diagnostic {
    let shown = folder.display();
    let fitted = folder.with_extension("fit");
    let diagnostic = if folder.is_file() {
        Diagnostic::new(Code::E0440, format!("`{shown}` is a file, not the folder of a fit"))
    } else if error.kind() != io::ErrorKind::NotFound {
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

/// E0441.
pub fn unfit(folder: &Path, unfit: &Unfit) -> Diagnostic {
    let why = format!("`{}` is not there, or is no array of this model", unfit.0);
    damaged(&folder.join(super::FILE), &why)
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

/// E0442.
pub(super) fn other_version(folder: &Path, by: &str) -> Diagnostic {
    let version = env!("CARGO_PKG_VERSION");
    let message =
        format!("the fit in `{}` was begun by Elbow {by}; this is {version}", folder.display());
    Diagnostic::new(Code::E0442, message)
        .note("another version may take other steps")
        .help("run the model again; with `--force` into the same folder")
}

/// E0443.
pub(super) fn model_changed(folder: &Path, about: &About, now: &str) -> Diagnostic {
    let name = &about.model.name;
    let message = format!("`{name}` has changed since the fit in `{}`", folder.display());
    let (mut then, mut now) = (about.model.text.lines(), now.lines());
    let mut line = 0;
    let (was, is) = loop {
        line += 1;
        match (then.next(), now.next()) {
            (None, None) => break ("", ""),
            (was, is) if was == is => {}
            (was, is) => break (was.unwrap_or_default().trim(), is.unwrap_or_default().trim()),
        }
    };
    Diagnostic::new(Code::E0443, message)
        .note(format!("line {line} was `{was}` and is `{is}`"))
        .help(format!("fit it as it is now: `{}`", again(folder, about)))
}

/// E0444.
pub(super) fn data_changed(folder: &Path, about: &About, path: &str) -> Diagnostic {
    let shown = folder.display();
    Diagnostic::new(Code::E0444, format!("`{path}` holds other data than the fit in `{shown}` saw"))
        .help(format!("say where those are now: `elbow resume {shown} --data FILE`"))
        .help(format!("or fit the new ones: `{}`", again(folder, about)))
}

/// E0445.
pub fn nothing_left(folder: &Path, steps: u64) -> Diagnostic {
    let shown = folder.display();
    let message = format!("the fit in `{shown}` has done its {steps} steps");
    Diagnostic::new(Code::E0445, message)
        .help(format!("go beyond them: `elbow resume {shown} --steps {}`", 2 * steps))
}

/// E0445.
pub fn already_there(folder: &Path, asked: u64, done: u64) -> Diagnostic {
    let shown = folder.display();
    let message = format!("the fit in `{shown}` is beyond step {asked}: it has done {done} steps");
    Diagnostic::new(Code::E0445, message)
        .note("`--steps` counts from the fit's beginning")
        .help(format!("`elbow resume {shown} --steps {}`", done + asked))
}

/// E0446.
pub fn broke_off(folder: &Path, about: &About, steps: u64) -> Diagnostic {
    let message = format!(
        "the fit in `{}` broke off: the step after its {steps} steps gives a number that is not finite",
        folder.display()
    );
    Diagnostic::new(Code::E0446, message)
        .note("the message is in its `run.json`, under `error`")
        .help(format!("begin anew with shorter steps: `{} --lr 0.001`", again(folder, about)))
}

/// The command that fits the model anew.
fn again(folder: &Path, about: &About) -> String {
    let data: String = about.inputs.data.iter().map(|spec| format!(" --data {spec}")).collect();
    format!("elbow run {}{data} --out {} --force", about.model.name, folder.display())
}
