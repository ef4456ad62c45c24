//! The formatter: one spacing for all, the writer's lines.
//!
//! It works on tokens, not on the tree: what it prints is the same row of tokens with other blanks, so it can neither
//! lose a comment nor change a meaning. Where lines break inside brackets stays as written.

use super::ast;
use super::layout::is_operator;
use super::scan::{Kind, Token, scan};
use crate::diag::Diagnostics;
use crate::source::Source;

/// Columns per level.
const INDENT: usize = 2;

/// The text of a program that parsed without errors, as `elbow fmt` writes it.
pub fn print(program: &ast::Program, source: &Source) -> String {
    let mut tokens = scan(source, &mut Diagnostics::new()).tokens;
    tokens.extend(program.comments.iter().map(|c| Token { kind: Kind::Text, span: c.span }));
    tokens.sort_by_key(|t| t.span.start);
    let words: Vec<Word<'_>> =
        tokens.iter().map(|t| Word { kind: t.kind, text: source.slice(t.span) }).collect();
    let mut printer = Printer::default();
    let mut blank = false;
    for line in words.split(|w| w.kind == Kind::Newline) {
        if line.is_empty() {
            blank = true;
        } else {
            printer.line(line, std::mem::take(&mut blank));
        }
    }
    printer.out
}

#[derive(Clone, Copy)]
struct Word<'a> {
    kind: Kind,
    text: &'a str,
}

impl Word<'_> {
    fn is_comment(self) -> bool {
        self.text.starts_with('#')
    }

    /// Whether an operand ends here, so that a `-` behind it subtracts.
    fn ends_operand(self) -> bool {
        let joins = is_operator(self.text) || matches!(self.text, "over" | "as" | "by" | "factor");
        match self.kind {
            Kind::Word => !joins,
            Kind::Symbol => matches!(self.text, "'" | "?"),
            Kind::Number | Kind::Text | Kind::Close => true,
            _ => false,
        }
    }
}

#[derive(Default)]
struct Printer<'a> {
    out: String,
    /// Brackets that are open, with what opened them.
    open: Vec<&'a str>,
    /// The word before, also across lines; none where a statement begins.
    before: Option<Word<'a>>,
    /// The word before is a sign: `-x`, or the `@` of an annotation.
    glued: bool,
}

impl<'a> Printer<'a> {
    fn line(&mut self, line: &[Word<'a>], blank: bool) {
        let closing = line.iter().take_while(|w| w.kind == Kind::Close).count();
        let opened = self.out.trim_end().ends_with(['{', '(', '[']);
        if blank && !self.out.is_empty() && closing == 0 && !opened {
            self.out.push('\n');
        }
        let carried = usize::from(self.before.is_some() && !self.open.iter().any(|o| *o != "{"));
        let depth = (self.open.len() + carried).saturating_sub(closing);
        self.out.extend(std::iter::repeat_n(' ', INDENT * depth));
        for (i, &word) in line.iter().enumerate() {
            self.word(word, i == 0, &line[i + 1..]);
        }
        self.out.push('\n');
        let in_brackets = self.open.iter().any(|o| *o != "{");
        if !in_brackets && self.before.is_some_and(|w| !continues(w)) {
            self.before = None;
        }
    }

    fn word(&mut self, word: Word<'a>, first: bool, rest: &[Word<'a>]) {
        if !first {
            self.out.push_str(self.gap(word, rest));
        }
        self.out.push_str(word.text);
        if word.is_comment() {
            return;
        }
        let sign = match word.text {
            "-" => !self.before.is_some_and(Word::ends_operand),
            "@" => self.before.is_none(),
            _ => false,
        };
        match word.kind {
            Kind::Open => self.open.push(word.text),
            Kind::Close => drop(self.open.pop()),
            _ => {}
        }
        self.glued = sign || self.is_lag(word, rest);
        self.before = Some(word);
    }

    /// The blank before a word.
    fn gap(&self, word: Word<'a>, rest: &[Word<'a>]) -> &'static str {
        let Some(before) = self.before else { return if word.is_comment() { "  " } else { "" } };
        let tight = match (before.text, word.text) {
            _ if word.is_comment() => return "  ",
            _ if self.glued => true,
            ("{", _) | (_, "}") => false,
            ("(" | "[" | "^", _) | (_, ")" | "]" | "," | "?" | "'" | "^") => true,
            (":", _) => self.in_index(),
            (_, ":") => true,
            (_, "(") => before.kind == Kind::Word && before.ends_operand(),
            ("from", "[") => rest.first().is_none_or(|w| w.kind != Kind::Text),
            (_, "[") => before.ends_operand() && before.kind != Kind::Number,
            (_, "-" | "+") => self.is_lag(word, rest),
            _ => false,
        };
        if tight { "" } else { " " }
    }

    fn in_index(&self) -> bool {
        self.open.last() == Some(&"[")
    }

    /// `t-1` alone in an entry of a bracket is written tight, like the subscript that it is.
    fn is_lag(&self, word: Word<'a>, rest: &[Word<'a>]) -> bool {
        let number = rest.first().is_some_and(|w| w.kind == Kind::Number);
        let alone = rest.get(1).is_some_and(|w| matches!(w.text, "]" | ","));
        let name = self.before.is_some_and(|w| w.kind == Kind::Word && w.ends_operand());
        matches!(word.text, "-" | "+") && self.in_index() && number && alone && name
    }
}

/// Whether a statement goes on after a line that ends so.
fn continues(word: Word<'_>) -> bool {
    matches!(word.text, "~" | "=" | "," | "->" | "over" | "as") && word.kind != Kind::Text
        || is_operator(word.text)
}
