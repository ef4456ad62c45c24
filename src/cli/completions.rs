//! `elbow completions SHELL`: what a shell needs to complete the command line.

use super::Status;
use crate::front::Terminal;
use clap_complete::{Shell, generate};

/// Print a shell's completions of the command line
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Completions {
    #[arg(value_enum)]
    shell: Shell,
}

const EXAMPLES: &str = "Examples:
  elbow completions bash > ~/.local/share/bash-completion/completions/elbow
  elbow completions zsh > ~/.zfunc/_elbow
  elbow completions fish > ~/.config/fish/completions/elbow.fish";

impl Completions {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        let mut out = vec![];
        generate(self.shell, &mut super::grammar(), "elbow", &mut out);
        terminal.print(&String::from_utf8_lossy(&out));
        Status::Done
    }
}
