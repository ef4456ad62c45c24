//! What a prompt asks of a text that is being typed: whether it is whole, whether it is a statement or an expression, and
//! what its words are.

use super::build::Reader;
use super::layout::{self, Line, continues};
use super::scan::{self, Token};
use super::{Parser, ast, habits};
use crate::diag::Diagnostics;
use crate::source::{Source, Span};

/// How far a text has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Blanks and comments.
    Empty,
    /// The next line belongs to it: a bracket is open, an operator or an annotation waits.
    Open,
    /// Statements, or an expression.
    Whole,
}

/// What a piece of text is, for colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    Number,
    Text,
    Symbol,
    Open,
    Close,
    Comment,
    Bad,
}

/// Whether more lines are to come before a text can be read.
pub fn extent(text: &str) -> Extent {
    let source = Source::new("", text);
    let mut quiet = Diagnostics::new();
    let tokens = scan::scan(&source, &mut quiet).tokens;
    let words = || tokens.iter().filter(|t| t.kind != scan::Kind::Newline);
    let Some(last) = words().next_back() else { return Extent::Empty };
    let lines = layout::lay_out(&source, &tokens, &mut quiet);
    let mut parser = Parser { reader: Reader { source: &source, diagnostics: &mut quiet } };
    // What comes after a whole statement is another one, whose line decides alone.
    let (first, final_line) = (&lines[0], &lines[lines.len() - 1]);
    let annotates = final_line.block.is_none()
        && source.slice(final_line.head()).starts_with('@')
        && parser.reader.line(&final_line.tokens).is_ok_and(|l| l.kind.is_none());
    if annotates {
        return Extent::Open;
    }
    let annotated = source.slice(first.head()).starts_with('@');
    if lines.len() > 1 && !annotated && depth(&source, &tokens) != Depth::Block {
        return Extent::Whole;
    }
    match depth(&source, &tokens) {
        Depth::None if !continues(&source, *last) => Extent::Whole,
        _ => Extent::Open,
    }
}

#[derive(PartialEq, Eq)]
enum Depth {
    None,
    Bracket,
    Block,
}

/// What is still open at the end.
fn depth(source: &Source, tokens: &[Token]) -> Depth {
    let mut open = vec![];
    for token in tokens {
        match token.kind {
            scan::Kind::Open => open.push(source.slice(token.span)),
            scan::Kind::Close => {
                open.pop();
            }
            _ => {}
        }
    }
    match open.as_slice() {
        [] => Depth::None,
        all if all.contains(&"{") => Depth::Block,
        _ => Depth::Bracket,
    }
}

/// Whether a text can only be meant as a statement: it has a `~` or `=` outside of brackets, begins like a declaration, or
/// with an annotation.
pub fn is_statement(text: &str) -> bool {
    let source = Source::new("", text);
    let tokens = scan::scan(&source, &mut Diagnostics::new()).tokens;
    let words: Vec<Token> = tokens.into_iter().filter(|t| t.kind != scan::Kind::Newline).collect();
    let text = |i: usize| words.get(i).map_or("", |t| source.slice(t.span));
    let named = words.get(1).is_some_and(|t| t.kind == scan::Kind::Word);
    let declares = match text(0) {
        "data" | "dim" | "param" | "net" | "fn" => named,
        "factor" => words.len() > 1 && text(1) != "[",
        "guide" | "fit" => text(1) == "{",
        first => first.starts_with('@'),
    };
    let mut depth = 0_usize;
    declares
        || words.iter().any(|t| {
            match t.kind {
                scan::Kind::Open => depth += 1,
                scan::Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && matches!(source.slice(t.span), "~" | "=")
        })
}

/// An expression alone; `None` after saying what is wrong with it.
pub fn parse_value(source: &Source) -> (Option<ast::Expr>, Diagnostics) {
    parse_alone(source, |parser, line| {
        let read = parser.reader.value(&line.tokens);
        parser.accept(line, read)
    })
}

/// An annotation alone, with or without its sign; `None` where there is none, after saying what is wrong with it.
pub fn parse_annotation(source: &Source) -> (Option<ast::Annotation>, Diagnostics) {
    parse_alone(source, |parser, line| {
        let read = parser.reader.asked(&line.tokens);
        read.map_err(|error| parser.report(habits::unexpected(source, line, &error))).ok()
    })
}

/// The one line of a text; of several the last one.
fn parse_alone<T>(
    source: &Source,
    read: impl Fn(&mut Parser<'_>, &Line) -> Option<T>,
) -> (Option<T>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let tokens = scan::scan(source, &mut diagnostics).tokens;
    let lines = layout::lay_out(source, &tokens, &mut diagnostics);
    let mut parser = Parser { reader: Reader { source, diagnostics: &mut diagnostics } };
    let mut value = None;
    for line in lines.iter().filter(|l| !l.bad) {
        value = read(&mut parser, line);
    }
    let value = value.filter(|_| !diagnostics.has_errors());
    (value, diagnostics.sorted())
}

/// The pieces of a text with their places, comments among them, blanks left out.
pub fn words(text: &str) -> Vec<(Kind, Span)> {
    let source = Source::new("", text);
    let scan = scan::scan(&source, &mut Diagnostics::new());
    let kind = |kind| match kind {
        scan::Kind::Word => Some(Kind::Word),
        scan::Kind::Number => Some(Kind::Number),
        scan::Kind::Text => Some(Kind::Text),
        scan::Kind::Symbol => Some(Kind::Symbol),
        scan::Kind::Open => Some(Kind::Open),
        scan::Kind::Close => Some(Kind::Close),
        scan::Kind::Bad => Some(Kind::Bad),
        scan::Kind::Newline => None,
    };
    let tokens = scan.tokens.iter().filter_map(|t| Some((kind(t.kind)?, t.span)));
    let comments = scan.comments.iter().map(|c| (Kind::Comment, c.span));
    let mut all: Vec<(Kind, Span)> = tokens.chain(comments).collect();
    all.sort_by_key(|(_, span)| span.start);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_empty_open_or_whole() {
        let open = [
            "mu ~",
            "x = f(1,",
            "@marginalize",
            "@marginalize\n",
            "fit {",
            "fit { steps = 5\n",
            "# hi\ny = a +",
        ];
        let whole = [
            "mu",
            "mu ~ Normal(0, 1)",
            "@marginalize\nz ~ Bernoulli(0.5)",
            "fit {\nsteps = 5\n}",
            "x = f(1\ny ~ g(2)",
            "f)",
        ];
        for text in ["", "  \n", "# a comment"] {
            assert_eq!(extent(text), Extent::Empty, "{text}");
        }
        for text in open {
            assert_eq!(extent(text), Extent::Open, "{text}");
        }
        for text in whole {
            assert_eq!(extent(text), Extent::Whole, "{text}");
        }
    }

    #[test]
    fn statements_are_told_from_expressions() {
        for text in [
            "mu ~ Normal(0, 1)",
            "a = 3",
            "data y: real",
            "dim k = 3",
            "factor -x^2",
            "fit {",
            "@mvd",
        ] {
            assert!(is_statement(text), "{text}");
        }
        for text in [
            "mu",
            "E[tau^2]",
            "P(a | b)",
            "x[d = 3]",
            "data + 1",
            "quantile(mu, 0.9 over draw)",
            "a == 3",
        ] {
            assert!(!is_statement(text), "{text}");
        }
    }
}
