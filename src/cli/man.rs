//! `elbow man`: the manual, a page for the program or, in a folder, one for each command.

use super::{Status, errors};
use crate::front::Terminal;
use clap_mangen::{Man as Page, generate_to};
use std::path::PathBuf;

/// Print the manual page, or write the pages of all commands to a folder
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Man {
    /// Where to write a page for each command
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

const EXAMPLES: &str = "Examples:
  elbow man | man -l -
  elbow man ~/.local/share/man/man1";

impl Man {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        let Some(folder) = &self.folder else {
            let mut out = vec![];
            // Memory takes every page.
            let _ = Page::new(super::grammar()).render(&mut out);
            terminal.print(&String::from_utf8_lossy(&out));
            return Status::Done;
        };
        let written =
            std::fs::create_dir_all(folder).and_then(|()| generate_to(super::grammar(), folder));
        match written {
            Ok(()) => Status::Done,
            Err(error) => {
                terminal.complain(errors::cannot_draw(folder, &error));
                Status::Mistake
            }
        }
    }
}
