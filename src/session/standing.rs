//! The statements that stand while a model is typed one by one: a redefinition takes the place of what it redefines, and what
//! no longer fits beside it is set aside until it does.

use super::Session;
use crate::diag::{Code, Diagnostic, Diagnostics, Label, Severity};
use crate::estimator;
use crate::source::{Source, Span};
use crate::syntax::{self, ast};
use std::collections::HashMap;

/// What messages call a text that was typed.
pub const TYPED: &str = "<repl>";

/// Statements in the order of the model.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    /// With its annotations and the comments before it.
    text: String,
    key: Key,
    mentions: Vec<String>,
    /// Why it does not fit beside the others at present.
    aside: Option<String>,
}

/// What a statement is redefined by.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Dim(String),
    /// A datum, a latent, a deterministic name, a function; a recurrence has a start beside its step.
    Name {
        name: String,
        start: bool,
        drawn: bool,
    },
    Observed(String),
    Fit,
    Guide,
    /// Each stands for itself.
    Factor,
}

/// What became of a statement.
#[derive(Debug, Default)]
pub struct Change {
    /// About the new text alone. Where they hold an error nothing has changed.
    pub diagnostics: Diagnostics,
    /// The text that was replaced.
    pub replaced: Option<String>,
    /// Statements that no longer fit, each with the reason.
    pub invalid: Vec<(String, String)>,
    /// Statements that fit again.
    pub mended: Vec<String>,
}

impl Standing {
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The statements that fit, as the text of a model file.
    pub fn text(&self) -> String {
        self.fitting().map(|e| format!("{}\n", e.text)).collect()
    }

    /// All of them; those set aside as comments that say why.
    pub fn whole_text(&self) -> String {
        let line = |e: &Entry| match &e.aside {
            None => format!("{}\n", e.text),
            Some(why) => {
                let lines: String = e.text.lines().map(|l| format!("#   {l}\n")).collect();
                format!("# set aside: {why}\n{lines}")
            }
        };
        self.entries.iter().map(line).collect()
    }

    /// Statements that are set aside, on one line each, with the reason.
    pub fn aside(&self) -> Vec<(String, String)> {
        let found = |e: &Entry| Some((short(&e.text), e.aside.clone()?));
        self.entries.iter().filter_map(found).collect()
    }

    /// The text of the statement that draws a latent.
    pub fn of_latent(&self, name: &str) -> Option<&str> {
        let entry = self.entries.iter().find(|e| match &e.key {
            Key::Name { name: own, drawn: true, .. } => own == name,
            _ => false,
        });
        entry.map(|e| e.text.as_str())
    }

    /// Of each declared name its statement without estimators: where that is the same, so is the guide's meaning.
    pub fn cores(&self) -> HashMap<String, String> {
        let core = |e: &Entry| match &e.key {
            Key::Name { name, .. } => Some((name.clone(), short(&without_estimators(&e.text)))),
            _ => None,
        };
        self.fitting().filter_map(core).collect()
    }

    /// What is said of the posterior: the statements without estimators and settings.
    pub fn meaning(&self) -> String {
        let said = self.fitting().filter(|e| e.key != Key::Fit);
        said.map(|e| short(&without_estimators(&e.text)) + "\n").collect()
    }

    /// The text of the `fit` block.
    pub fn fit_block(&self) -> Option<&str> {
        self.entries.iter().find(|e| e.key == Key::Fit).map(|e| e.text.as_str())
    }

    /// The statements of a model file, whose blank lines and comments stay.
    ///
    /// # Errors
    /// Where the file has one; beside the statements come its warnings.
    pub fn of(source: &Source) -> Result<(Self, Diagnostics), Diagnostics> {
        let (session, diagnostics) = Session::from_source(source.clone());
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        let mut standing = Self::default();
        let mut start = 0;
        for stmt in &session.program.stmts {
            let span = Span { start, end: end_of_line(&source.text, stmt.span.end) };
            start = span.end;
            let piece = source.slice(span);
            let gap = if piece.trim_start_matches(' ').starts_with("\n\n") { "\n" } else { "" };
            let mentions = syntax::mentions(stmt).iter().map(|word| word.text.clone()).collect();
            let key = standing.key(stmt);
            let text = format!("{gap}{}", piece.trim());
            standing.entries.push(Entry { text, key, mentions, aside: None });
        }
        Ok((standing, diagnostics))
    }

    /// Checks a statement against what stands and takes it in. Unchanged where it has an error.
    pub fn enter(&mut self, text: &str) -> Change {
        let source = Source::new(TYPED, text);
        let (program, diagnostics) = syntax::parse(&source);
        if diagnostics.has_errors() {
            return Change { diagnostics, ..Change::default() };
        }
        let mut change = Change { diagnostics, ..Change::default() };
        let mut next = self.clone();
        let mut start = 0;
        for stmt in &program.stmts {
            let span = Span { start, end: end_of_line(text, stmt.span.end) };
            start = span.end;
            let piece = source.slice(span);
            let lead = span.start + (piece.len() - piece.trim_start().len()) as u32;
            let piece = piece.trim();
            change.replaced = change.replaced.or(next.place(piece.to_string(), stmt));
            let place = next.entries.iter().rposition(|e| e.text == piece);
            let Some(place) = place else { unreachable!("the entry was just placed") };
            next.settle(place, lead, &mut change);
            if change.diagnostics.has_errors() {
                return change;
            }
        }
        next.compare(self, &mut change);
        *self = next;
        change
    }

    /// Puts a statement where the one stood that it redefines, or at the end, and below whatever it mentions.
    fn place(&mut self, text: String, stmt: &ast::Stmt) -> Option<String> {
        let key = self.key(stmt);
        let mentions = syntax::mentions(stmt).iter().map(|word| word.text.clone()).collect();
        let entry = Entry { text, key, mentions, aside: None };
        let standing = self.entries.iter_mut().find(|e| e.key == entry.key);
        let replaced = match standing.filter(|_| entry.key != Key::Factor) {
            Some(standing) => Some(std::mem::replace(standing, entry).text),
            None => {
                self.entries.push(entry);
                None
            }
        };
        self.sort();
        replaced
    }

    fn key(&self, stmt: &ast::Stmt) -> Key {
        let name =
            |ident: &ast::Ident| Key::Name { name: ident.text.clone(), start: false, drawn: false };
        match &stmt.kind {
            ast::StmtKind::Dim { name, .. } => Key::Dim(name.text.clone()),
            ast::StmtKind::Data { name: ident, .. }
            | ast::StmtKind::Param { name: ident, .. }
            | ast::StmtKind::Fn { name: ident, .. } => name(ident),
            ast::StmtKind::Net(net) => name(&net.name),
            ast::StmtKind::Let { targets, .. } => match targets.first() {
                Some(target) => self.target(target, false),
                None => Key::Factor,
            },
            ast::StmtKind::Tilde { target, .. } => self.target(target, true),
            ast::StmtKind::Factor(_) => Key::Factor,
            ast::StmtKind::Guide(_) => Key::Guide,
            ast::StmtKind::Fit(_) => Key::Fit,
        }
    }

    fn target(&self, target: &ast::Target, drawn: bool) -> Key {
        let name = target.name.text.clone();
        let declares = |e: &Entry| match &e.key {
            Key::Name { name: own, drawn, .. } => *own == name && !drawn,
            _ => false,
        };
        if drawn && self.entries.iter().any(declares) {
            return Key::Observed(name);
        }
        Key::Name { name, start: target.entries.iter().any(|e| e.dim.is_some()), drawn }
    }

    /// Below what they mention, and else as they stand.
    fn sort(&mut self) {
        let mut left = std::mem::take(&mut self.entries);
        while !left.is_empty() {
            let waits = |e: &Entry| {
                let declares = |other: &Entry| match &other.key {
                    Key::Name { name, .. } => other.key != e.key && e.mentions.contains(name),
                    _ => false,
                };
                left.iter().any(declares)
            };
            let next = left.iter().position(|e| !waits(e)).unwrap_or(0);
            self.entries.push(left.remove(next));
        }
    }

    fn fitting(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.aside.is_none())
    }

    /// Checks everything anew, the statement at `new` first among equals: what does not fit beside it is set aside.
    fn settle(&mut self, new: usize, lead: u32, change: &mut Change) {
        self.entries.iter_mut().for_each(|e| e.aside = None);
        loop {
            let (_, found) = Session::from_source(Source::new(TYPED, self.text()));
            let places = self.places();
            let own = places.iter().find(|(i, _)| *i == new).map(|(_, span)| *span);
            let Some(own) = own else { unreachable!("the new statement is never set aside") };
            let mine = found.iter().filter(|d| inside(d, own) && is_news(d));
            let mine: Diagnostics = mine.map(|d| self.told(d, own, lead)).collect();
            if mine.has_errors() {
                change.diagnostics = mine;
                return;
            }
            let errors = found.iter().filter(|d| d.severity == Severity::Error);
            let mut broken: Vec<(usize, String)> = vec![];
            for error in errors {
                let Some(&(i, _)) = places.iter().find(|(_, span)| inside(error, *span)) else {
                    change.diagnostics = std::iter::once(error.clone()).collect();
                    return;
                };
                broken.push((i, error.message.clone()));
            }
            if broken.is_empty() {
                change.diagnostics.extend(mine);
                break;
            }
            for (i, why) in broken {
                self.entries[i].aside.get_or_insert(why);
            }
        }
    }

    /// What was set aside, and what fits again.
    fn compare(&self, before: &Standing, change: &mut Change) {
        let was_aside = |e: &Entry| {
            let old = before.entries.iter().find(|b| b.text == e.text);
            old.is_some_and(|b| b.aside.is_some())
        };
        for entry in &self.entries {
            match (&entry.aside, was_aside(entry)) {
                (Some(why), false) => change.invalid.push((short(&entry.text), why.clone())),
                (None, true) => change.mended.push(short(&entry.text)),
                _ => {}
            }
        }
    }

    /// Where each statement that fits lies in the text.
    fn places(&self) -> Vec<(usize, Span)> {
        let mut start = 0;
        let fitting = self.entries.iter().enumerate().filter(|(_, e)| e.aside.is_none());
        let place = |(i, entry): (usize, &Entry)| {
            let end = start + entry.text.len();
            let span = Span::new(start, end);
            start = end + 1;
            (i, span)
        };
        fitting.map(place).collect()
    }

    /// A message about the whole text as one about the new statement, which begins at `lead` of what was typed: labels
    /// elsewhere become notes.
    fn told(&self, diagnostic: &Diagnostic, own: Span, lead: u32) -> Diagnostic {
        let moved = |label: &Label| Label {
            span: Span {
                start: label.span.start - own.start + lead,
                end: label.span.end - own.start + lead,
            },
            text: label.text.clone(),
        };
        let (near, far): (Vec<&Label>, Vec<&Label>) =
            diagnostic.others.iter().partition(|l| covers(own, l.span));
        let mut told = diagnostic.clone();
        told.primary = diagnostic.primary.as_ref().map(moved);
        told.others = near.into_iter().map(moved).collect();
        let text = self.text();
        for label in far {
            let statement = self.statement_at(label.span).unwrap_or_default();
            let word = text.get(label.span.range()).unwrap_or_default();
            let what = if word == statement { String::new() } else { format!("`{word}`: ") };
            told.note.push(format!("in `{}`, {what}{}", short(&statement), label.text));
        }
        told
    }

    fn statement_at(&self, span: Span) -> Option<String> {
        let place = self.places().into_iter().find(|(_, s)| covers(*s, span));
        place.map(|(i, _)| self.entries[i].text.clone())
    }
}

fn inside(diagnostic: &Diagnostic, span: Span) -> bool {
    diagnostic.primary.as_ref().is_some_and(|l| covers(span, l.span))
}

fn covers(span: Span, part: Span) -> bool {
    span.start <= part.start && part.end <= span.end
}

/// While a model is typed, that nothing uses a name yet is no news.
fn is_news(diagnostic: &Diagnostic) -> bool {
    !matches!(diagnostic.code, Code::W0201 | Code::W0202 | Code::W0204 | Code::W0205)
}

/// The end of the line on which a statement ends, where nothing but a comment follows.
fn end_of_line(text: &str, end: u32) -> u32 {
    let rest = text.get(end as usize..).unwrap_or("");
    let line = rest.split('\n').next().unwrap_or("");
    let is_comment = line.trim_start().is_empty() || line.trim_start().starts_with('#');
    if is_comment { end + line.len() as u32 } else { end }
}

/// A statement on one line, without its comments.
pub fn short(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|l| !l.starts_with('#') && !l.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

/// A statement without the annotations that name an estimator.
pub fn without_estimators(text: &str) -> String {
    let (program, _) = syntax::parse(&Source::new(TYPED, text));
    let mut out = text.to_string();
    let annotations = program.stmts.iter().flat_map(|s| &s.annotations);
    let found: Vec<Span> =
        annotations.filter(|a| estimator::find(&a.name.text).is_some()).map(|a| a.span).collect();
    for span in found.into_iter().rev() {
        let end = span.end as usize;
        let blank = out[end..].find(|c: char| !c.is_whitespace()).unwrap_or(0);
        out.replace_range(span.start as usize..end + blank, "");
    }
    out
}
