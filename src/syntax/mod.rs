//! Text to tree, and back.
//!
//! `scan` makes tokens, `layout` cuts them into logical lines and blocks, `build` reads each line with the grammar. A line
//! that cannot be read costs one message and is left out; the lines after it are read as if it were right.

pub mod ast;
mod build;
mod dump;
mod errors;
mod habits;
mod layout;
mod mentions;
mod print;
mod scan;
mod typed;

pub use dump::dump;
pub use mentions::{mentions, words_of};
pub use print::print;
pub use typed::{Extent, Kind, extent, is_statement, parse_annotation, parse_value, words};

use crate::diag::{Diagnostic, Diagnostics};
use crate::source::{Source, Span};
use build::{Head, Reader, Unexpected};
use layout::{Block, Line};

/// The statements of a text, in order, and what is wrong with it. Where there are errors, statements are missing.
pub fn parse(source: &Source) -> (ast::Program, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let scan = scan::scan(source, &mut diagnostics);
    let lines = layout::lay_out(source, &scan.tokens, &mut diagnostics);
    let mut parser = Parser { reader: Reader { source, diagnostics: &mut diagnostics } };
    let stmts = parser.statements(&lines);
    (ast::Program { stmts, comments: scan.comments }, diagnostics.sorted())
}

/// The text of a file.
///
/// # Errors
/// E0131, with the line, where the bytes are not UTF-8.
pub fn decode(name: impl Into<String>, bytes: Vec<u8>) -> Result<Source, Diagnostic> {
    let name = name.into();
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let (before, rest) = error.as_bytes().split_at(valid);
            let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
            Err(errors::not_utf8(&name, line, rest.first().copied().unwrap_or(0)))
        }
    }
}

struct Parser<'a> {
    reader: Reader<'a>,
}

impl Parser<'_> {
    fn statements(&mut self, lines: &[Line]) -> Vec<ast::Stmt> {
        let mut stmts = vec![];
        let mut waiting = vec![];
        for line in lines {
            let read = if line.bad { None } else { self.line(line) };
            let Some((annotations, kind)) = read else {
                waiting.clear();
                continue;
            };
            waiting.extend(annotations);
            let Some(kind) = kind else { continue };
            let annotations = std::mem::take(&mut waiting);
            let span = without(&annotations, line);
            self.expect_site(&annotations, &kind, span);
            stmts.push(ast::Stmt { annotations, kind, span });
        }
        if let Some(annotation) = waiting.last() {
            self.report(errors::annotation_without_site(annotation, None));
        }
        stmts
    }

    fn line(&mut self, line: &Line) -> Option<(Vec<ast::Annotation>, Option<ast::StmtKind>)> {
        let Some(block) = &line.block else {
            let read = self.reader.line(&line.tokens);
            let read = self.accept(line, read)?;
            return Some((read.annotations, read.kind));
        };
        let read = self.reader.head(&line.tokens);
        let (annotations, head) = self.accept(line, read)?;
        let kind = match head {
            Head::Guide => ast::StmtKind::Guide(self.body(&block.lines, block, "guide")),
            Head::Fit => ast::StmtKind::Fit(self.settings(block)),
            Head::Net { name, params, results } => {
                let (body, value) = self.net_body(block, &name)?;
                ast::StmtKind::Net(ast::Net { name, params, results, body, value })
            }
        };
        Some((annotations, Some(kind)))
    }

    /// The statements of a `guide` or `net`, which hold only `=` and, in a guide, `~`.
    fn body(&mut self, lines: &[Line], block: &Block, owner: &str) -> Vec<ast::Stmt> {
        let stmts = self.statements(lines);
        for stmt in &stmts {
            let fits = match stmt.kind {
                ast::StmtKind::Let { .. } => true,
                ast::StmtKind::Tilde { .. } => owner == "guide",
                _ => false,
            };
            if !fits && block.close.is_some() {
                self.report(errors::not_in_block(stmt.span, owner, block.open));
            }
        }
        stmts
    }

    /// A net's last line is its value.
    fn net_body(&mut self, block: &Block, net: &ast::Ident) -> Option<(Vec<ast::Stmt>, ast::Expr)> {
        let Some((last, before)) = block.lines.split_last() else {
            self.report(errors::net_without_value(block.open, &net.text, None));
            return None;
        };
        let body = self.body(before, block, "net");
        if last.bad {
            return None;
        }
        if let Ok(build::Line { kind: Some(ast::StmtKind::Let { targets, .. }), .. }) =
            self.reader.line(&last.tokens)
        {
            let defined = targets.first().map(|t| t.name.text.as_str());
            self.report(errors::net_without_value(last.span(), &net.text, defined));
            return None;
        }
        let read = self.reader.value(&last.tokens);
        Some((body, self.accept(last, read)?))
    }

    fn settings(&mut self, block: &Block) -> Vec<ast::Arg> {
        let mut settings = vec![];
        for line in block.lines.iter().filter(|line| !line.bad) {
            let read = self.reader.settings(&line.tokens);
            settings.extend(self.accept(line, read).unwrap_or_default());
        }
        settings
    }

    fn expect_site(&mut self, annotations: &[ast::Annotation], stmt: &ast::StmtKind, span: Span) {
        if let (Some(annotation), false) =
            (annotations.first(), matches!(stmt, ast::StmtKind::Tilde { .. }))
        {
            self.report(errors::annotation_without_site(annotation, Some(span)));
        }
    }

    /// What was read, or `None` after saying why it could not be: by a habit from elsewhere, if the line shows one.
    fn accept<T>(&mut self, line: &Line, read: Result<T, Unexpected>) -> Option<T> {
        let error = match read {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let source = self.reader.source;
        let diagnostic = habits::explain(source, line, error.at)
            .or_else(|| self.is_value(line).then(|| errors::bare_expression(source, line.head())))
            .unwrap_or_else(|| habits::unexpected(source, line, &error));
        self.report(diagnostic);
        None
    }

    fn is_value(&mut self, line: &Line) -> bool {
        line.block.is_none() && self.reader.value(&line.tokens).is_ok()
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.reader.diagnostics.push(diagnostic);
    }
}

/// A line's span without annotations that stand on it.
fn without(annotations: &[ast::Annotation], line: &Line) -> Span {
    let end = annotations.last().map_or(0, |a| a.span.end);
    let first = line.tokens.iter().find(|t| t.span.start >= end);
    first.map_or(line.span(), |t| Span { start: t.span.start, ..line.span() })
}
