//! Tokens to logical lines: where statements end, which lines continue, what stands in a block.
//!
//! A newline ends a statement, except inside `()` and `[]` and after an operator. A bracket that is never closed ends
//! where the next statement begins, so one slip costs one message. Nesting is bounded here, before anything recurses.

use super::errors;
use super::scan::{Kind, Token};
use crate::diag::Diagnostics;
use crate::source::{Source, Span};

/// Brackets inside brackets.
const MAX_DEPTH: usize = 64;
/// Operators on the way from an expression to its innermost part.
const MAX_OPERATORS: usize = 256;

/// One statement, without the block that may follow it.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) tokens: Vec<Token>,
    pub(super) block: Option<Block>,
    /// Something in it is reported already; it is not to be parsed.
    pub(super) bad: bool,
}

#[derive(Debug)]
pub(super) struct Block {
    pub(super) lines: Vec<Line>,
    pub(super) open: Span,
    pub(super) close: Option<Span>,
}

impl Line {
    /// From the first token to the last, the block left out.
    pub(super) fn head(&self) -> Span {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => self.block.as_ref().map_or(Span::default(), |b| b.open),
        }
    }

    pub(super) fn span(&self) -> Span {
        let end = self.block.as_ref().map(|b| b.close.unwrap_or(b.open));
        end.map_or(self.head(), |end| self.head().to(end))
    }
}

pub(super) fn lay_out(
    source: &Source,
    tokens: &[Token],
    diagnostics: &mut Diagnostics,
) -> Vec<Line> {
    let mut layout = Layout {
        source,
        tokens,
        at: 0,
        lines: vec![],
        line: Line::default(),
        open: vec![],
        operators: Operators::default(),
        block: None,
        diagnostics,
    };
    while let Some(&token) = tokens.get(layout.at) {
        layout.at += 1;
        layout.token(token);
    }
    layout.finish()
}

struct Layout<'a> {
    source: &'a Source,
    tokens: &'a [Token],
    at: usize,
    /// Finished lines of the innermost block.
    lines: Vec<Line>,
    line: Line,
    /// `(` and `[` of the line that wait for their other half.
    open: Vec<Token>,
    operators: Operators,
    /// The head of the open block, its brace, and the lines before it.
    block: Option<(Line, Span, Vec<Line>)>,
    diagnostics: &'a mut Diagnostics,
}

impl Layout<'_> {
    fn token(&mut self, token: Token) {
        let text = self.source.slice(token.span);
        match token.kind {
            Kind::Newline => self.newline(),
            Kind::Open if text == "{" => self.open_block(token.span),
            Kind::Close if text == "}" => self.close_block(token.span),
            Kind::Open => self.open(token),
            Kind::Close => self.close(token, text),
            _ => self.add(token, text),
        }
    }

    fn newline(&mut self) {
        let starts = self.next_line_starts_statement();
        if self.open.is_empty() {
            let goes_on = self.line.tokens.last().is_some_and(|last| continues(self.source, *last));
            if !goes_on || starts {
                self.end_line();
            }
        } else if starts {
            self.report_unclosed();
            self.end_line();
        }
    }

    fn open(&mut self, token: Token) {
        self.count_operator();
        self.open.push(token);
        self.operators.open();
        self.line.tokens.push(token);
        if self.open.len() > MAX_DEPTH && !self.line.bad {
            self.line.bad = true;
            self.diagnostics.push(errors::too_deep(token.span, MAX_DEPTH));
        }
    }

    fn close(&mut self, token: Token, text: &str) {
        self.line.tokens.push(token);
        let Some(open) = self.open.pop() else {
            self.line.bad = true;
            return self.diagnostics.push(errors::unopened(token.span, text));
        };
        self.operators.close();
        let wanted = closer(self.source.slice(open.span));
        if wanted != text {
            self.line.bad = true;
            self.diagnostics.push(errors::mismatched(open.span, wanted, token.span, text));
        }
    }

    fn add(&mut self, token: Token, text: &str) {
        let misplaced = self.line.tokens.is_empty() && self.starts_badly(token);
        if misplaced {
            let before = self.lines.last().map(Line::span);
            if let Some(line) = self.lines.last_mut() {
                line.bad = true;
            }
            self.diagnostics.push(errors::starts_with_operator(token.span, text, before));
        }
        self.line.bad |= misplaced || token.kind == Kind::Bad;
        self.line.tokens.push(token);
        match text {
            "," => self.operators.separate(),
            "'" | "as" => self.count_operator(),
            _ if is_operator(text) => self.count_operator(),
            _ => {}
        }
    }

    fn count_operator(&mut self) {
        self.operators.count();
        if self.operators.total > MAX_OPERATORS && !self.line.bad {
            self.line.bad = true;
            let span = self.line.head();
            self.diagnostics.push(errors::too_many_operators(span, MAX_OPERATORS));
        }
    }

    fn open_block(&mut self, brace: Span) {
        self.report_unclosed();
        if let Some((_, outer, _)) = &self.block {
            self.diagnostics.push(errors::nested_block(brace, *outer));
            self.line.bad = true;
            self.skip_block();
            return self.end_line();
        }
        let head = std::mem::take(&mut self.line);
        self.operators = Operators::default();
        self.block = Some((head, brace, std::mem::take(&mut self.lines)));
    }

    fn close_block(&mut self, brace: Span) {
        self.report_unclosed();
        self.end_line();
        let Some((head, open, outer)) = self.block.take() else {
            return self.diagnostics.push(errors::unopened(brace, "}"));
        };
        let lines = std::mem::replace(&mut self.lines, outer);
        self.lines.push(Line { block: Some(Block { lines, open, close: Some(brace) }), ..head });
        let next = self.tokens.get(self.at).filter(|t| t.kind != Kind::Newline);
        let Some(next) = next else { return };
        if matches!(self.source.slice(next.span), "else" | "elif") {
            // The `if` before it is reported.
            self.line.bad = true;
        } else if next.kind != Kind::Bad {
            self.diagnostics.push(errors::text_after_block(next.span, brace));
        }
    }

    /// To the brace that closes the one just met.
    fn skip_block(&mut self) {
        let mut depth = 1;
        while let Some(token) = self.tokens.get(self.at).filter(|_| depth > 0) {
            match self.source.slice(token.span) {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.open.clear();
        self.operators = Operators::default();
        if !line.tokens.is_empty() {
            self.lines.push(line);
        }
    }

    fn report_unclosed(&mut self) {
        if let Some(open) = self.open.last() {
            let wanted = closer(self.source.slice(open.span));
            if !self.line.bad {
                self.diagnostics.push(errors::unclosed(open.span, wanted));
            }
            self.line.bad = true;
            self.open.clear();
        }
    }

    fn finish(mut self) -> Vec<Line> {
        self.report_unclosed();
        self.end_line();
        if let Some((head, open, outer)) = self.block.take() {
            self.diagnostics.push(errors::unclosed(open, "}"));
            let lines = std::mem::replace(&mut self.lines, outer);
            self.lines.push(Line { block: Some(Block { lines, open, close: None }), ..head });
        }
        self.lines
    }

    /// An operator or separator that wants something before it. `@name` is an annotation.
    fn starts_badly(&self, token: Token) -> bool {
        let text = self.source.slice(token.span);
        let next = self.tokens.get(self.at);
        let joined = next.is_some_and(|n| n.span.start == token.span.end);
        let next = next.map_or("", |n| self.source.slice(n.span));
        match token.kind {
            Kind::Symbol if text == "@" => !joined,
            Kind::Symbol => true,
            Kind::Word => {
                matches!(text, "and" | "or" | "over" | "as") && !matches!(next, "=" | "~")
            }
            _ => false,
        }
    }

    /// Whether what follows can only be a new statement: it has a `~`, or begins like a declaration.
    fn next_line_starts_statement(&self) -> bool {
        let rest = &self.tokens[self.at..];
        let line = rest.split(|t| t.kind == Kind::Newline).next().unwrap_or(&[]);
        let text = |i: usize| line.get(i).map_or("", |t| self.source.slice(t.span));
        let named = line.get(1).is_some_and(|t| t.kind == Kind::Word);
        match text(0) {
            "data" | "dim" | "param" | "net" | "fn" | "factor" if named => true,
            "guide" | "fit" if text(1) == "{" => true,
            first => first != "~" && line.iter().any(|t| self.source.slice(t.span) == "~"),
        }
    }
}

/// How many operators stand between a line's outermost expression and the place that is being read: those since the
/// last comma, in each open bracket. It bounds the depth of the tree.
struct Operators {
    in_bracket: Vec<usize>,
    total: usize,
}

impl Default for Operators {
    fn default() -> Self {
        Self { in_bracket: vec![0], total: 0 }
    }
}

impl Operators {
    fn open(&mut self) {
        self.in_bracket.push(0);
    }

    fn close(&mut self) {
        self.total -= self.in_bracket.pop().unwrap_or(0);
    }

    fn separate(&mut self) {
        if let Some(count) = self.in_bracket.last_mut() {
            self.total -= std::mem::take(count);
        }
    }

    fn count(&mut self) {
        if let Some(count) = self.in_bracket.last_mut() {
            *count += 1;
            self.total += 1;
        }
    }
}

/// Whether a line that ends in this token goes on in the next.
pub(super) fn continues(source: &Source, last: Token) -> bool {
    let text = source.slice(last.span);
    let joins = matches!(text, "~" | "=" | "," | "->" | "over" | "as");
    matches!(last.kind, Kind::Symbol | Kind::Word) && (joins || is_operator(text))
}

fn closer(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

pub(super) fn is_operator(text: &str) -> bool {
    let symbol = ["+", "-", "*", "/", "^", "@", "<", "<=", ">", ">=", "==", "!="].contains(&text);
    symbol || ["and", "or", "not"].contains(&text)
}
