//! `elbow explain E0203`: the long story of one code.

use super::Status;
use super::errors;
use crate::diag;
use crate::front::Terminal;

/// Explain an error or a warning, with a wrong model and the right one
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Explain {
    /// A code as messages show it: E0203
    code: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  elbow explain E0203
  elbow explain w0233 --json";

impl Explain {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        match diag::find_code(&self.code) {
            Some(code) => {
                let story = code.story().trim_end();
                let (name, title) = (code.name(), code.title());
                terminal.print(&match self.json {
                    true => {
                        let json =
                            serde_json::json!({ "code": name, "title": title, "story": story });
                        format!("{json:#}\n")
                    }
                    false => format!("{name}: {title}\n\n{story}\n"),
                });
                Status::Done
            }
            None => {
                terminal.complain(errors::no_such_code(&self.code));
                Status::Mistake
            }
        }
    }
}
