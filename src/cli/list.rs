//! `elbow list distributions`: what the language has, read from its registries.

use super::Status;
use crate::front::Terminal;
use crate::report;

/// List what the language has
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct List {
    #[arg(value_enum)]
    what: What,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  elbow list distributions
  elbow list codes --json";

#[derive(clap::ValueEnum, Clone, Copy)]
enum What {
    Distributions,
    Estimators,
    Functions,
    /// Errors and warnings
    Codes,
}

impl List {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        let (table, array) = report::list(match self.what {
            What::Distributions => report::List::Distributions,
            What::Estimators => report::List::Estimators,
            What::Functions => report::List::Functions,
            What::Codes => report::List::Codes,
        });
        terminal.print(&if self.json { format!("{array:#}\n") } else { table });
        Status::Done
    }
}
