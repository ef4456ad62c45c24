//! The line editor before the prompt: keys, history, and what `typing` knows, shown. The only file that names rustyline.

use super::typing::{Vocabulary, colored, completions, hint};
use super::{Repl, Reply};
use crate::syntax::{self, Extent};
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::config::BellStyle;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{ColorMode, CompletionType, Config, Context, Editor, Helper, Result};
use std::borrow::Cow;
use std::cell::Cell;
use std::path::PathBuf;

const PROMPT: &str = "> ";
const MOST_HISTORY: usize = 10_000;

/// Reads and answers until `:quit` or Ctrl-D.
///
/// # Errors
/// Where the terminal cannot be used.
pub fn run(repl: &mut Repl, show: &mut dyn FnMut(&Reply)) -> std::io::Result<()> {
    let color = repl.options.color;
    let mut editor = editor(color).map_err(std::io::Error::other)?;
    let history = history();
    if let Some(path) = &history {
        // A first session has no history yet.
        let _ = editor.load_history(path);
    }
    while !repl.quits() {
        if let Some((columns, _)) = editor.dimensions() {
            repl.options.width = usize::from(columns);
        }
        if let Some(helper) = editor.helper_mut() {
            helper.words = repl.vocabulary();
        }
        match editor.readline(PROMPT) {
            Ok(text) => {
                if !text.trim().is_empty() {
                    let _ = editor.add_history_entry(text.as_str());
                }
                keep(&mut editor, history.as_ref());
                show(&repl.enter(&text));
                show(&repl.finish());
            }
            Err(ReadlineError::Interrupted) => repl.abandon(),
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(std::io::Error::other(error)),
        }
    }
    Ok(())
}

fn editor(color: bool) -> Result<Editor<Typist, FileHistory>> {
    let config = Config::builder()
        .max_history_size(MOST_HISTORY)?
        .history_ignore_dups(true)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .bell_style(BellStyle::None)
        .color_mode(if color { ColorMode::Enabled } else { ColorMode::Disabled })
        .bracketed_paste(true)
        .build();
    let mut editor = Editor::with_config(config)?;
    let files = FilenameCompleter::new();
    editor.set_helper(Some(Typist {
        words: Vocabulary::default(),
        files,
        color,
        last: Cell::new(false),
    }));
    Ok(editor)
}

/// Every line is kept at once: a session that is killed loses nothing.
fn keep(editor: &mut Editor<Typist, FileHistory>, path: Option<&PathBuf>) {
    if let Some(path) = path {
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        // A history that cannot be written is lost, and no more than that.
        let _ = folder.map(|()| editor.append_history(path));
    }
}

fn history() -> Option<PathBuf> {
    Some(dirs::data_dir()?.join("elbow").join("history"))
}

/// What stands beside the editor while somebody types.
struct Typist {
    words: Vocabulary,
    files: FilenameCompleter,
    color: bool,
    /// Whether the line is drawn for the last time, where no cursor is left to match brackets with.
    last: Cell<bool>,
}

impl Helper for Typist {}

impl Completer for Typist {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        match completions(&self.words, line, at) {
            Some((start, found)) => {
                let pair = |word: String| Pair { display: word.clone(), replacement: word };
                Ok((start, found.into_iter().map(pair).collect()))
            }
            None => self.files.complete_path(line, at),
        }
    }
}

/// Shown behind the cursor, never typed for the user.
struct Shown(String);

impl Hint for Shown {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Typist {
    type Hint = Shown;

    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<Shown> {
        (at == line.len()).then(|| hint(line).map(Shown)).flatten()
    }
}

impl Highlighter for Typist {
    fn highlight<'l>(&self, line: &'l str, at: usize) -> Cow<'l, str> {
        match self.color {
            true => Cow::Owned(colored(line, (!self.last.get()).then_some(at))),
            false => Cow::Borrowed(line),
        }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        match self.color {
            true => Cow::Owned(format!("\x1b[1m{prompt}\x1b[0m")),
            false => Cow::Borrowed(prompt),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        match self.color {
            true => Cow::Owned(format!("\x1b[2m{hint}\x1b[0m")),
            false => Cow::Borrowed(hint),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.last.set(kind == CmdKind::ForcedRefresh);
        self.color
    }
}

impl Validator for Typist {
    /// Enter goes on while a statement is open; on an empty line it ends it as it is.
    fn validate(&self, context: &mut ValidationContext) -> Result<ValidationResult> {
        let text = context.input();
        let gives_up =
            text.ends_with('\n') || text.lines().last().is_some_and(|l| l.trim().is_empty());
        let command = text.trim_start().starts_with(':');
        let open = !command && !gives_up && syntax::extent(text) == Extent::Open;
        Ok(if open { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}
