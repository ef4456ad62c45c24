//! Standard output and standard error: colours only where somebody looks, and silence when a reader has left.

use crate::diag::{self, Diagnostic, Diagnostics};
use crate::source::Source;
use std::io::{ErrorKind, IsTerminal, Write};

/// Where the program speaks.
pub struct Terminal {
    /// Whether standard error shows colours.
    pub color: bool,
    /// Whether somebody watches standard error.
    pub watched: bool,
}

impl Terminal {
    /// As the process was started.
    pub fn of_process() -> Self {
        let watched = std::io::stderr().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        Self { color: watched && !plain, watched }
    }

    /// To standard output. A pipe that nobody reads any more is no error.
    pub fn print(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.tell(&format!("cannot write to standard output: {error}\n"));
            }
            _ => {}
        }
    }

    /// To standard error, where a failure has no one left to be told to.
    pub fn tell(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// Messages about a model, in the order of its text.
    pub fn report(&self, diagnostics: &Diagnostics, source: &Source) {
        for diagnostic in diagnostics.clone().sorted().iter() {
            self.tell(&diag::render(diagnostic, source, self.color));
        }
    }

    /// A message about no model: a flag, a file.
    pub fn complain(&self, diagnostic: Diagnostic) {
        self.report(&Diagnostics::from_iter([diagnostic]), &Source::new("elbow", ""));
    }
}
