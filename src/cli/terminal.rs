//! Standard output and standard error: colours only where somebody looks, and silence when a reader has left.

use crate::diag::{self, Diagnostic, Diagnostics};
use crate::source::Source;
use std::io::{ErrorKind, IsTerminal, Write};

pub(super) struct Terminal {
    color: bool,
    /// Whether somebody watches standard error.
    pub(super) watched: bool,
}

impl Terminal {
    pub(super) fn new() -> Self {
        let watched = std::io::stderr().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        Self { color: watched && !plain, watched }
    }

    /// To standard output. A pipe that nobody reads any more is no error.
    pub(super) fn print(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.tell(&format!("cannot write to standard output: {error}\n"));
            }
            _ => {}
        }
    }

    /// To standard error, where a failure has no one left to be told to.
    pub(super) fn tell(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// Messages about a model, in the order of its text.
    pub(super) fn report(&self, diagnostics: &Diagnostics, source: &Source) {
        for diagnostic in diagnostics.clone().sorted().iter() {
            self.tell(&diag::render(diagnostic, source, self.color));
        }
    }

    /// A message about no model: a flag, a file.
    pub(super) fn complain(&self, diagnostic: Diagnostic) {
        self.report(&Diagnostics::from_iter([diagnostic]), &Source::new("elbow", ""));
    }
}
