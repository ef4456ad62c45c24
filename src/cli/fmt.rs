//! `elbow fmt FILE…`: models in their standard form, comments kept; each file is rewritten whole or not at all.

use super::Status;
use super::errors;
use super::inputs::open;
use crate::front::Terminal;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Format model files in place
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Fmt {
    /// Model files; `-` reads standard input and prints
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Change nothing; name the files that are not formatted and exit with 1
    #[arg(long)]
    check: bool,
    /// Print instead of writing
    #[arg(long, conflicts_with = "check")]
    stdout: bool,
    /// Print a JSON array that says of each file whether it was formatted
    #[arg(long, conflicts_with = "stdout")]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  elbow fmt models/*.elbow
  elbow fmt --check model.elbow
  elbow fmt - < model.elbow";

impl Fmt {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        let mut rows = vec![];
        let mut status = Status::Done;
        for file in &self.files {
            let done = self.file(file, terminal);
            rows.push(serde_json::json!({ "file": file.display().to_string(), "formatted": done }));
            if !done {
                status = Status::Mistake;
            }
        }
        if self.json {
            terminal.print(&format!("{:#}\n", serde_json::Value::Array(rows)));
        }
        status
    }

    /// Whether nothing is left to be said about a file.
    fn file(&self, path: &Path, terminal: &Terminal) -> bool {
        let Some((session, _)) = open(path, terminal) else { return false };
        let (program, found) = crate::syntax::parse(&session.source);
        if found.has_errors() {
            terminal.report(&found, &session.source);
            return false;
        }
        let text = crate::syntax::print(&program, &session.source);
        let formatted = text == session.source.text;
        if self.check {
            if !formatted && !self.json {
                terminal.print(&format!("{} is not formatted\n", session.source.name));
            }
            return formatted;
        }
        if self.stdout || path == Path::new("-") {
            terminal.print(&text);
        } else if !formatted && let Err(error) = replace(path, &text) {
            terminal.complain(errors::cannot_write(path, &error));
            return false;
        }
        true
    }
}

/// Writes beside the file and renames, with the file's own permissions. A link is followed.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let path = path.canonicalize()?;
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    std::fs::set_permissions(file.path(), std::fs::metadata(&path)?.permissions())?;
    file.persist(&path)?;
    Ok(())
}
