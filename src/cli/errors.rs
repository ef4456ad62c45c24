//! E0402, E0403, E0408: command lines, the codes that `explain` knows, files that `fmt` cannot write.

use crate::diag::{Code, Diagnostic, nearest};
use std::path::Path;

/// E0403. clap's own words, in our form.
pub(super) fn command_line(error: &clap::Error) -> Diagnostic {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    let message = lines.next().unwrap_or("this command line cannot be read");
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let mut diagnostic = Diagnostic::new(Code::E0403, message);
    for line in lines.take_while(|l| !l.starts_with("For more information")) {
        diagnostic = match (line.strip_prefix("tip: "), line.strip_prefix("Usage: ")) {
            (Some(tip), _) => diagnostic.help(tip),
            (_, Some(usage)) => diagnostic.help(usage),
            _ => diagnostic.note(line),
        };
    }
    diagnostic
}

/// E0402.
pub(super) fn no_such_code(name: &str) -> Diagnostic {
    let known = || crate::diag::CODES.iter().map(|c| c.name());
    let upper = name.to_uppercase();
    let diagnostic = Diagnostic::new(Code::E0402, format!("no code is called `{name}`"));
    match nearest(&upper, known()) {
        Some(near) => diagnostic.help(format!("did you mean `elbow explain {near}`?")),
        None => diagnostic.help("`elbow list codes` shows all of them"),
    }
}

/// E0408.
pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> Diagnostic {
    let path = path.display();
    Diagnostic::new(Code::E0408, format!("cannot write `{path}`: {error}"))
        .help("`--stdout` prints the formatted text instead")
}
