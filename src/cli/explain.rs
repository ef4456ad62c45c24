//! `elbow explain E0203`: the long story of one code.

use super::Status;
use super::errors;
use crate::diag;
use crate::front::Terminal;

/// Explain an error or a warning, with a wrong model and the right one
#[derive(clap::Args)]
pub(super) struct Explain {
    /// A code as messages show it: E0203
    code: String,
}

impl Explain {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        match diag::find_code(&self.code) {
            Some(code) => {
                let story = code.story().trim_end();
                terminal.print(&format!("{}: {}\n\n{story}\n", code.name(), code.title()));
                Status::Done
            }
            None => {
                terminal.complain(errors::no_such_code(&self.code));
                Status::Mistake
            }
        }
    }
}
