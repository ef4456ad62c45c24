//! What the prompt says: parts for standard output and for standard error, and how bad it is.

use super::Options;
use crate::diag::{self, Diagnostic, Diagnostics};
use crate::source::Source;

/// Where a part belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Answer,
    Message,
}

/// As the exit codes of `elbow run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Done = 0,
    Mistake = 1,
    BrokeOff = 2,
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub parts: Vec<(Channel, String)>,
    pub status: Status,
    color: bool,
}

impl Reply {
    pub(super) fn new(options: Options) -> Self {
        Self { parts: vec![], status: Status::Done, color: options.color }
    }

    /// A line or more, with a line end.
    pub(super) fn say(&mut self, text: &str) {
        let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        self.parts.push((Channel::Answer, format!("{text}{end}")));
    }

    /// Messages about a text.
    pub(super) fn report(&mut self, diagnostics: &Diagnostics, source: &Source) {
        for mut diagnostic in diagnostics.clone().sorted().iter().cloned() {
            diagnostic.help.iter_mut().for_each(|help| *help = at_the_prompt(help));
            let diagnostic = &diagnostic;
            self.parts.push((Channel::Message, diag::render(diagnostic, source, self.color)));
        }
        if diagnostics.has_errors() {
            self.status = self.status.max(Status::Mistake);
        }
    }

    /// A message about no text: a command, a file.
    pub(super) fn complain(&mut self, diagnostic: Diagnostic) {
        self.report(&Diagnostics::from_iter([diagnostic]), &Source::new("elbow", ""));
    }

    pub(super) fn broke_off(&mut self) {
        self.status = Status::BrokeOff;
    }

    /// Everything, in order.
    pub fn text(&self) -> String {
        self.parts.iter().map(|(_, text)| text.as_str()).collect()
    }
}

/// Flags of the command line as the commands of the prompt that do the same.
fn at_the_prompt(help: &str) -> String {
    let mut out = String::new();
    for (i, part) in help.split('`').enumerate() {
        let words: Vec<&str> = part.split(' ').collect();
        let command = match words.as_slice() {
            ["--data", file] => Some(format!(":data {file}")),
            ["--steps", steps] => Some(format!(":run {steps}")),
            ["--estimator", choice] => Some(format!(":estimator {}", choice.replace('=', " = "))),
            ["--starts"] => Some(":set starts = 50".into()),
            ["--lr"] => Some("lr".into()),
            _ => None,
        };
        if i > 0 {
            out.push('`');
        }
        out.push_str(command.as_deref().filter(|_| i % 2 == 1).unwrap_or(part));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::at_the_prompt;

    #[test]
    fn flags_become_commands() {
        let told = at_the_prompt("try `--estimator z=mvd` or `--steps 300`: `--other`");
        assert_eq!(told, "try `:estimator z = mvd` or `:run 300`: `--other`");
    }
}
