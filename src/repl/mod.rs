//! The prompt: a state machine that takes lines and gives text. Statements are checked against what stands, expressions are
//! answered, `:commands` come from one table. It works the same with an editor before it, or a pipe.

mod answers;
mod commands;
pub mod editor;
mod errors;
mod fitting;
mod help;
mod look;
mod model;
mod plot;
mod reply;
pub mod typing;

pub use commands::{COMMANDS, Command};
pub use reply::{Channel, Reply, Status};

use crate::diag::{self, Diagnostics};
use crate::front::Interrupt;
use crate::session::standing::{Change, Standing, TYPED, short};
use crate::session::{Inputs, Session};
use crate::source::Source;
use crate::syntax::{self, Extent};
use fitting::Fitted;
use std::cell::RefCell;
use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

/// How the prompt looks, and what it computes with.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether escape codes are seen.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether somebody watches a fit.
    pub watched: bool,
    /// Threads of the pool that the prompt lives in.
    pub threads: usize,
}

/// A session at the prompt.
pub struct Repl {
    state: State,
    /// What `:undo` goes back to, with what it takes back.
    past: Vec<(State, String)>,
    fit: Option<Fitted>,
    options: Options,
    interrupt: Interrupt,
    /// Lines that wait for more.
    open: String,
    /// The file that was loaded or saved last.
    file: Option<PathBuf>,
    /// How long the last fit took, and a step of it in µs.
    took: Option<(Duration, f64)>,
    /// Texts in the data, which are labels.
    labels: Vec<String>,
    /// Warnings about the model that were told.
    told: RefCell<HashSet<String>>,
    /// What the data files call their columns, keys and arrays.
    fields: Vec<String>,
    worst: Status,
    quits: bool,
}

/// What can be undone.
#[derive(Clone, Debug, Default)]
struct State {
    standing: Standing,
    inputs: Inputs,
}

impl Repl {
    pub fn new(options: Options, inputs: Inputs) -> Self {
        Self {
            state: State { standing: Standing::default(), inputs },
            past: vec![],
            fit: None,
            options,
            interrupt: Interrupt::listen_for_fits(),
            open: String::new(),
            file: None,
            took: None,
            labels: vec![],
            fields: vec![],
            told: RefCell::default(),
            worst: Status::Done,
            quits: false,
        }
    }

    /// Whether `:quit` was typed.
    pub fn quits(&self) -> bool {
        self.quits
    }

    /// Whether the lines so far wait for another one.
    pub fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// The worst that happened: the exit code of a script.
    pub fn status(&self) -> Status {
        self.worst
    }

    /// Takes lines, one or several.
    pub fn enter(&mut self, text: &str) -> Reply {
        let mut reply = Reply::new(self.options);
        for line in text.lines() {
            if self.quits {
                break;
            }
            self.line(line, &mut reply);
        }
        if text.is_empty() {
            self.line("", &mut reply);
        }
        self.worst = self.worst.max(reply.status);
        reply
    }

    /// No more lines come: what waits is read as it is.
    pub fn finish(&mut self) -> Reply {
        let mut reply = Reply::new(self.options);
        self.close(&mut reply);
        self.worst = self.worst.max(reply.status);
        reply
    }

    /// Forgets the lines that wait.
    pub fn abandon(&mut self) {
        self.open.clear();
    }

    fn line(&mut self, line: &str, reply: &mut Reply) {
        let word = line.trim();
        if word.is_empty() || word.starts_with(':') {
            self.close(reply);
            if let Some(command) = word.strip_prefix(':') {
                self.command(command, reply);
            }
            return;
        }
        if !self.open.is_empty() {
            self.open.push('\n');
        }
        self.open.push_str(line);
        match syntax::extent(&self.open) {
            Extent::Empty => self.open.clear(),
            Extent::Open => {}
            Extent::Whole => self.close(reply),
        }
    }

    fn close(&mut self, reply: &mut Reply) {
        let text = std::mem::take(&mut self.open);
        if text.is_empty() {
            return;
        }
        if syntax::is_statement(&text) {
            self.statement(&text, reply);
        } else if let Some(error) = errors::bare_word(text.trim()) {
            reply.complain(error);
        } else {
            self.question(&text, reply);
        }
    }

    fn statement(&mut self, text: &str, reply: &mut Reply) {
        let before = self.state.clone();
        let change = self.state.standing.enter(text);
        let broken = change.diagnostics.has_errors();
        reply.report(&change.diagnostics, &Source::new(TYPED, text));
        if !broken {
            self.remember(before, short(text));
            self.tell_change(text, &change, reply);
        }
    }

    /// Keeps what an assignment or a statement changed.
    fn remember(&mut self, before: State, what: String) {
        self.past.push((before, what));
    }

    fn tell_change(&self, text: &str, change: &Change, reply: &mut Reply) {
        let (session, _) = self.session();
        let (program, _) = syntax::parse(&Source::new(TYPED, text));
        for stmt in &program.stmts {
            if let Some(line) = look::declared(&session, stmt) {
                reply.say(&line);
            }
        }
        let same = |old: &&String| short(old) != short(text);
        if let Some(old) = change.replaced.as_ref().filter(same) {
            reply.say(&format!("replaces `{}`", short(old)));
        }
        for (statement, why) in &change.invalid {
            reply.say(&format!("no longer fits: `{statement}`: {why}"));
        }
        for statement in &change.mended {
            reply.say(&format!("fits again: `{statement}`"));
        }
        let fit = self.fit.as_ref();
        if change.replaced.is_some() && fit.is_some_and(|f| !self.is_current(f)) {
            reply.say(
                "the fit is of the earlier model: `:more` goes on from it, `:run` begins anew",
            );
        }
    }

    /// The model as it stands.
    fn session(&self) -> (Session, Diagnostics) {
        Session::from_source(Source::new(TYPED, self.state.standing.text()))
    }

    fn command(&mut self, text: &str, reply: &mut Reply) {
        let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match commands::find(name) {
            Some(command) => (command.run)(self, rest.trim(), reply),
            None => {
                let known = COMMANDS.iter().map(|c| c.name);
                reply.complain(errors::no_such_command(name, diag::nearest(name, known)));
            }
        }
    }
}
