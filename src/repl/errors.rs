//! E0423–E0427: commands that do not exist, lack something or come too early, and files that are not the session's.

use crate::diag::{Code, Diagnostic};
use std::path::Path;

/// E0423.
pub(super) fn no_such_command(name: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0423, format!("no command is called `:{name}`"));
    match near {
        Some(near) => diagnostic.help(format!("did you mean `:{near}`?")),
        None => diagnostic.help("`:help` shows all of them"),
    }
}

/// E0423. `quit` and its like without the colon.
pub(super) fn bare_word(text: &str) -> Option<Diagnostic> {
    let command = match text {
        "help" | "?" => "help",
        "quit" | "exit" | "q" => "quit",
        _ => return None,
    };
    Some(
        Diagnostic::new(
            Code::E0423,
            format!("`{text}` is no command: commands begin with a colon"),
        )
        .help(format!("type `:{command}`")),
    )
}

/// E0424.
pub(super) fn usage(name: &str, args: &str, what: &str) -> Diagnostic {
    let message = format!("`:{name}` {what}");
    Diagnostic::new(Code::E0424, message).help(format!("write `:{name} {args}`"))
}

/// E0424.
pub(super) fn no_such_latent(name: &str, latents: &[&str], near: Option<&str>) -> Diagnostic {
    let known = if latents.is_empty() { "none yet".into() } else { latents.join(", ") };
    Diagnostic::new(Code::E0424, format!("no latent is called `{name}`"))
        .note(format!("latents: {known}"))
        .help_if(near.is_some(), format!("did you mean `{}`?", near.unwrap_or_default()))
}

/// E0425.
pub(super) fn no_fit() -> Diagnostic {
    Diagnostic::new(Code::E0425, "nothing is fitted yet").help("`:run` fits the model")
}

/// E0425.
pub(super) fn nothing_to_undo() -> Diagnostic {
    Diagnostic::new(Code::E0425, "there is nothing to undo")
        .note("`:undo` takes back statements and assignments, not fits")
}

/// E0426.
pub(super) fn set_aside(statement: &str, why: &str) -> Diagnostic {
    Diagnostic::new(Code::E0426, format!("`{statement}` does not fit beside the other statements"))
        .note(why)
        .help("type it again as it is to be, or `:undo`")
}

/// E0426.
pub(super) fn no_model() -> Diagnostic {
    Diagnostic::new(Code::E0426, "there is no model yet")
        .help("type one, statement by statement, or `:load FILE`")
}

/// E0427.
pub(super) fn would_overwrite(path: &Path) -> Diagnostic {
    let path = path.display();
    Diagnostic::new(Code::E0427, format!("`{path}` exists, and is not of this session"))
        .help(format!("`:save! {path}` replaces it"))
}

/// E0408.
pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> Diagnostic {
    let path = path.display();
    Diagnostic::new(Code::E0408, format!("cannot write `{path}`: {error}"))
        .help("name a file in a folder that you may write to")
}

/// E0424.
pub(super) fn no_help(topic: &str, near: Option<&str>) -> Diagnostic {
    let message = format!("nothing is known about `{topic}`");
    let diagnostic = Diagnostic::new(Code::E0424, message);
    match near {
        Some(near) => diagnostic.help(format!("did you mean `:help {near}`?")),
        None => diagnostic.help("`:help` shows what there is"),
    }
}
