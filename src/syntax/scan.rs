//! Text to tokens, for the layout and for messages. Every byte ends up in a token, a blank or a comment.
//!
//! Mistakes that lie inside one token (a string without end, `&&`, a smart quote) are reported here and leave a
//! `Kind::Bad`, so that the line is not read again by the grammar.

use super::{ast, errors};
use crate::diag::{Diagnostic, Diagnostics};
use crate::source::{Source, Span};
use unicode_ident::{is_xid_continue, is_xid_start};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    Text,
    /// Operators, separators and primes.
    Symbol,
    Open,
    Close,
    Newline,
    /// Already reported.
    Bad,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

pub(super) struct Scan {
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<ast::Ident>,
}

pub(super) fn scan(source: &Source, diagnostics: &mut Diagnostics) -> Scan {
    let scan = Scan { tokens: vec![], comments: vec![] };
    let mut scanner = Scanner { text: &source.text, at: 0, scan, diagnostics };
    while let Some(first) = scanner.peek() {
        scanner.token(first);
    }
    scanner.scan
}

/// Symbols of more than one character, longest first; those of other languages are known in order to be named.
const LONG_SYMBOLS: [&str; 5] = ["->", "<=", ">=", "==", "!="];
const FOREIGN_SYMBOLS: [&str; 15] =
    ["%*%", "%%", "**", "&&", "||", "+=", "-=", "*=", "/=", ".*", "./", ".^", "&", "|", "!"];

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    scan: Scan,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Scanner<'a> {
    fn token(&mut self, first: char) {
        match first {
            '\n' => self.push(Kind::Newline, 1),
            ' ' | '\t' | '\r' => self.at += 1,
            '\u{FEFF}' if self.at == 0 => self.at += first.len_utf8(),
            '#' => self.comment(),
            '"' => self.quoted(),
            '\'' => self.prime(),
            '(' | '[' | '{' => self.push(Kind::Open, 1),
            ')' | ']' | '}' => self.push(Kind::Close, 1),
            '0'..='9' => self.number(),
            '.' if self.second().is_some_and(|c| c.is_ascii_digit()) => self.number(),
            _ if first == '_' || is_xid_start(first) => self.word(),
            _ => self.symbol(first),
        }
    }

    fn comment(&mut self) {
        let text = self.rest().lines().next().unwrap_or("").trim_end();
        let span = Span::new(self.at, self.at + text.len());
        self.scan.comments.push(ast::Ident { text: text.to_owned(), primes: 0, span });
        self.at += text.len();
    }

    fn quoted(&mut self) {
        let mut escaped = false;
        for (i, c) in self.rest().char_indices().skip(1) {
            match c {
                '\n' => break,
                '"' if !escaped => return self.push(Kind::Text, i + 1),
                _ => escaped = c == '\\' && !escaped,
            }
        }
        let length = self.line_length();
        self.reject(length, errors::unterminated_string);
    }

    /// A prime follows its name or bracket without a blank; any other `'` is meant as a quote.
    fn prime(&mut self) {
        let before = self.scan.tokens.last().filter(|t| t.span.end as usize == self.at);
        let primed = before.is_some_and(|t| match t.kind {
            Kind::Word | Kind::Close => true,
            Kind::Symbol => self.text[t.span.range()] == *"'",
            _ => false,
        });
        if primed {
            return self.push(Kind::Symbol, 1);
        }
        let line = &self.rest()[..self.line_length()];
        let length = line[1..].find('\'').map_or(line.len(), |i| i + 2);
        let inner = line[1..length].trim_end_matches('\'').to_owned();
        self.reject(length, |span| errors::foreign::single_quotes(span, &inner));
    }

    /// Everything that looks like one number is one token, so that `1.2.3` is one mistake.
    fn number(&mut self) {
        let rest = self.rest();
        let mut length = 0;
        let mut before = ' ';
        for (i, c) in rest.char_indices() {
            let sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E');
            let digit_next = rest[i + c.len_utf8()..].starts_with(|d: char| d.is_ascii_digit());
            let foreign = matches!(c, '.') && rest[i + 1..].starts_with(['*', '/', '^']);
            if foreign || !(c == '.' || is_xid_continue(c) || sign && digit_next) {
                break;
            }
            length = i + c.len_utf8();
            before = c;
        }
        let text = rest[..length].to_owned();
        if is_number(&text) {
            self.push(Kind::Number, length);
        } else {
            self.reject(length, |span| errors::bad_number(span, &text));
        }
    }

    fn word(&mut self) {
        let length = self.length_while(|c| c == '_' || is_xid_continue(c));
        self.push(Kind::Word, length);
    }

    fn symbol(&mut self, first: char) {
        let rest = self.rest();
        if let Some(symbol) = LONG_SYMBOLS.iter().find(|s| rest.starts_with(**s)) {
            return self.push(Kind::Symbol, symbol.len());
        }
        if rest.starts_with("//") || rest.starts_with("/*") {
            let length = self.line_length();
            return self.reject(length, errors::foreign::comment);
        }
        if rest.starts_with(":=") {
            return self.reject(2, |span| errors::foreign::assignment(span, ":="));
        }
        if let Some(symbol) = FOREIGN_SYMBOLS.iter().find(|s| rest.starts_with(**s)) {
            return self.reject(symbol.len(), |span| errors::foreign::operator(span, symbol));
        }
        match first {
            '+' | '-' | '*' | '/' | '^' | '@' | '<' | '>' | '=' | '~' | ',' | ':' | '?' => {
                self.push(Kind::Symbol, 1);
            }
            ';' => self.semicolon(),
            '.' if self.dotted() => {}
            _ => {
                let length = self.length_while(is_stray).max(first.len_utf8());
                self.reject(length, |span| errors::stray_character(span, first));
            }
        }
    }

    /// At the end of a line it leaves no trace, so that the line is read for its other mistakes.
    fn semicolon(&mut self) {
        let last = self.line_length() == 1;
        self.reject(1, errors::foreign::semicolon);
        if last {
            self.scan.tokens.pop();
        }
    }

    /// `np.log`, `log.radon`: takes the word before back and reports the whole.
    fn dotted(&mut self) -> bool {
        let Some(&Token { kind: Kind::Word, span }) = self.scan.tokens.last() else { return false };
        let name = self.length_while(|c| c == '.' || c == '_' || is_xid_continue(c));
        if span.end as usize != self.at || name == 1 {
            return false;
        }
        self.scan.tokens.pop();
        let length = name + span.range().len();
        self.at = span.start as usize;
        let text = self.rest()[..length].to_owned();
        self.reject(length, |span| errors::foreign::dotted_name(span, &text));
        true
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let span = Span::new(self.at, self.at + length);
        self.scan.tokens.push(Token { kind, span });
        self.at += length;
    }

    fn reject(&mut self, length: usize, error: impl FnOnce(Span) -> Diagnostic) {
        self.diagnostics.push(error(Span::new(self.at, self.at + length)));
        self.push(Kind::Bad, length);
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    /// Bytes to the end of the line, trailing blanks left out.
    fn line_length(&self) -> usize {
        self.rest().lines().next().unwrap_or("").trim_end().len()
    }

    fn length_while(&self, holds: impl Fn(char) -> bool) -> usize {
        self.rest().find(|c: char| !holds(c)).unwrap_or(self.rest().len())
    }
}

/// Characters that begin no token at all.
fn is_stray(c: char) -> bool {
    !(c.is_ascii_graphic() || matches!(c, ' ' | '\t' | '\r' | '\n') || is_xid_start(c))
}

/// `digits[.digits][e[+-]digits]` with single underscores between digits, and finite.
fn is_number(text: &str) -> bool {
    let digits = |part: &str| {
        let plain = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
        part.split('_').all(plain)
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let finite = text.replace('_', "").parse().is_ok_and(f64::is_finite);
    digits(whole) && digits(fraction) && digits(exponent) && finite
}
