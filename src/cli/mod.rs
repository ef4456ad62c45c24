//! The command line: one file per command, all of them rows of `Command`. The only room that prints, reads a clock and
//! knows the terminal; what it prints is made elsewhere.

mod check;
mod completions;
mod doc;
mod errors;
mod explain;
mod fitting;
mod fmt;
mod held_out;
mod images;
mod inputs;
mod list;
mod man;
mod measure;
mod new;
mod panic;
mod plan;
mod predict;
mod repl;
mod resume;
mod run;
mod sample;
mod variance;
mod verify;

pub use panic::install_panic_hook;

use crate::front::Terminal;
use clap::{CommandFactory, Parser, Subcommand};
use inputs::Refused;
use std::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// A probabilistic programming language with a gradient estimator per latent.
#[derive(Parser)]
#[command(name = "elbow", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  elbow new model
  elbow check model.elbow
  elbow plan model.elbow
  elbow run model.elbow --data data.csv
  elbow repl model.elbow --data data.csv
  elbow verify model.elbow --data data.csv
  elbow explain E0203";

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Resume(resume::Resume),
    Predict(predict::Predict),
    Sample(sample::Sample),
    Repl(repl::Repl),
    Check(check::Check),
    Plan(plan::Plan),
    Verify(verify::Verify),
    Variance(variance::Variance),
    Fmt(fmt::Fmt),
    Explain(explain::Explain),
    List(list::List),
    Doc(doc::Doc),
    New(new::New),
    Completions(completions::Completions),
    Man(man::Man),
}

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Done = 0,
    /// Something that was given is wrong.
    Mistake = 1,
    /// The fit broke off; its results are written all the same.
    BrokeOff = 2,
}

/// Reads the command line and does what it says. `started` is when the process began.
pub fn main(started: Instant) -> ExitCode {
    let terminal = Terminal::of_process();
    let status = match Cli::try_parse() {
        Ok(cli) => cli.command.run(&terminal, started),
        Err(error) if !error.use_stderr() => {
            terminal.print(&error.to_string());
            Status::Done
        }
        Err(error) => {
            match error.source().and_then(|source| source.downcast_ref::<Refused>()) {
                Some(refused) => terminal.report(&refused.found, &refused.argument),
                None => terminal.complain(errors::command_line(&error)),
            }
            Status::Mistake
        }
    };
    ExitCode::from(status as u8)
}

/// Writes a file as a whole, or leaves what stood there.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let workshop = tempfile::Builder::new().prefix(".elbow-").tempdir_in(beside)?;
    let new = workshop.path().join("new");
    std::fs::write(&new, bytes)?;
    std::fs::rename(new, path)
}

/// The whole command line, for completions and manuals.
fn grammar() -> clap::Command {
    Cli::command()
}

/// Every command as it is typed, with its one line.
pub fn commands() -> Vec<(String, String)> {
    let mut cli = Cli::command();
    cli.build();
    let own = cli.get_subcommands_mut().filter(|c| c.get_name() != "help");
    own.map(|c| {
        let usage = c.render_usage().to_string().replace("Usage: ", "");
        (usage, c.get_about().map(ToString::to_string).unwrap_or_default())
    })
    .collect()
}

impl Command {
    fn run(self, terminal: &Terminal, started: Instant) -> Status {
        match self {
            Command::Run(run) => run.run(terminal, started),
            Command::Resume(resume) => resume.run(terminal),
            Command::Predict(predict) => predict.run(terminal),
            Command::Sample(sample) => sample.run(terminal),
            Command::Repl(repl) => repl.run(terminal),
            Command::Check(check) => check.run(terminal),
            Command::Plan(plan) => plan.run(terminal),
            Command::Verify(verify) => verify.run(terminal),
            Command::Variance(variance) => variance.run(terminal),
            Command::Fmt(fmt) => fmt.run(terminal),
            Command::Explain(explain) => explain.run(terminal),
            Command::List(list) => list.run(terminal),
            Command::Doc(doc) => doc.run(terminal),
            Command::New(new) => new.run(terminal),
            Command::Completions(completions) => completions.run(terminal),
            Command::Man(man) => man.run(terminal),
        }
    }
}
