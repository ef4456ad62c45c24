//! `elbow repl [FILE]`: the prompt, with an editor where there is a terminal, else as a script on standard input.

use super::Status;
use super::inputs::DataArgs;
use crate::backend::fast::in_pool;
use crate::front::Terminal;
use crate::repl::{self, Channel, Options, Reply, editor};
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

/// Build a model statement by statement, fit it and ask about it
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Repl {
    /// A model file to begin with
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
    /// Threads of the computation [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

const EXAMPLES: &str = "Examples:
  elbow repl
  elbow repl eight_schools.elbow --data eight_schools.csv
  elbow repl model.elbow --data data.csv < questions.txt

`:help` lists the commands. Input from a pipe is a script; exit codes: 0 done, 1 a mistake in it, 2 a fit broke off.";

impl Repl {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.threads.map_or_else(all, usize::from);
        in_pool(threads, || self.inside(terminal, threads))
    }

    fn inside(self, terminal: &Terminal, threads: usize) -> Status {
        let asks = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let options = Options {
            color: terminal.color && asks,
            width: 80,
            watched: terminal.watched,
            threads,
        };
        let mut repl = repl::Repl::new(options, self.data.inputs());
        if !self.data.inputs().data.is_empty() {
            show(terminal, &repl.enter(":data"));
        }
        if let Some(file) = &self.file {
            show(terminal, &repl.enter(&format!(":load {}", file.display())));
        }
        if asks {
            let version = env!("CARGO_PKG_VERSION");
            terminal
                .print(&format!("elbow {version}; `:help` lists the commands, Ctrl-D leaves\n"));
            if let Err(error) = editor::run(&mut repl, &mut |reply| show(terminal, reply)) {
                terminal.tell(&format!("cannot use the terminal: {error}\n"));
                return Status::Mistake;
            }
        } else {
            script(&mut repl, terminal);
        }
        match repl.status() {
            _ if asks => Status::Done,
            repl::Status::Done => Status::Done,
            repl::Status::Mistake => Status::Mistake,
            repl::Status::BrokeOff => Status::BrokeOff,
        }
    }
}

fn script(repl: &mut repl::Repl, terminal: &Terminal) {
    for line in std::io::stdin().lock().lines() {
        match line {
            Ok(line) => show(terminal, &repl.enter(&line)),
            Err(error) => {
                terminal.tell(&format!("cannot read standard input: {error}\n"));
                break;
            }
        }
        if repl.quits() {
            return;
        }
    }
    show(terminal, &repl.finish());
}

fn show(terminal: &Terminal, reply: &Reply) {
    for (channel, text) in &reply.parts {
        match channel {
            Channel::Answer => terminal.print(text),
            Channel::Message => terminal.tell(text),
        }
    }
}
