//! A line that the grammar refused, looked at again: which habit from another language, or which slip, explains it?
//!
//! Only refused lines come here, so that `for = 3` may define a value called `for`.

use super::build::Unexpected;
use super::errors::{self, foreign};
use super::layout::Line;
use super::scan::{Kind, Token};
use crate::diag::Diagnostic;
use crate::source::{Source, Span};

/// The mistake that the line shows, where it shows a known one; `at` is where the grammar stopped.
pub(super) fn explain(source: &Source, line: &Line, at: usize) -> Option<Diagnostic> {
    let view = View { source, line, tokens: &line.tokens };
    view.control_flow()
        .or_else(|| view.function())
        .or_else(|| view.block())
        .or_else(|| view.type_first())
        .or_else(|| view.keyword_as_name())
        .or_else(|| view.missing_right_side())
        .or_else(|| view.assignment())
        .or_else(|| view.missing_type())
        .or_else(|| view.bad_slice(at))
        .or_else(|| view.left_side(at))
}

/// The plain message: what the grammar wanted, and what it met.
pub(super) fn unexpected(source: &Source, line: &Line, error: &Unexpected) -> Diagnostic {
    let mut expected = error.expected.clone();
    if expected.contains(&"an expression") {
        expected.retain(|w| !matches!(*w, "a name" | "a quoted text"));
    }
    let closer = enclosing_closer(source, line, error.at);
    let operates = expected.contains(&"an operator");
    if operates {
        expected.retain(|w| *w != "`->`");
        expected.extend(closer.into_iter().flat_map(|c| ["`,`", c]));
    }
    let after = |t: &&Token| t.span.end as usize > error.at;
    let found = line.tokens.iter().find(after).map(|t| t.span);
    let found = found.or(line.block.as_ref().map(|b| b.open));
    match found {
        Some(span) => errors::unexpected(&expected, Some(source.slice(span)), span).help_if(
            operates && is_factor(line, error.at),
            "to multiply write `*` between the two",
        ),
        None => {
            let end = line.head().end;
            errors::unexpected(&expected, None, Span { start: end, end })
        }
    }
}

/// Whether a name follows another value at this place, as in `2 x`.
fn is_factor(line: &Line, at: usize) -> bool {
    let next = line.tokens.iter().position(|t| t.span.end as usize > at);
    let Some(next @ 1..) = next else { return false };
    let (before, next) = (line.tokens[next - 1].kind, line.tokens[next].kind);
    matches!(before, Kind::Word | Kind::Number | Kind::Close) && next == Kind::Word
}

/// What would close the innermost bracket that is open at a place.
fn enclosing_closer(source: &Source, line: &Line, at: usize) -> Option<&'static str> {
    let mut open = vec![];
    for token in line.tokens.iter().take_while(|t| (t.span.start as usize) < at) {
        match (token.kind, source.slice(token.span)) {
            (Kind::Open, "(") => open.push("`)`"),
            (Kind::Open, _) => open.push("`]`"),
            (Kind::Close, _) => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

const DECLARATIONS: [&str; 5] = ["data", "dim", "param", "net", "fn"];
const RESERVED: [&str; 8] = ["over", "as", "by", "and", "or", "not", "true", "false"];
const CONTROL: [&str; 7] = ["for", "if", "while", "else", "elif", "repeat", "return"];
const FUNCTIONS: [&str; 4] = ["def", "lambda", "function", "fun"];
/// Stan's types, and elements that could stand first in the same way.
const TYPES: [&str; 17] = [
    "real",
    "int",
    "vector",
    "row_vector",
    "matrix",
    "array",
    "simplex",
    "ordered",
    "unit_vector",
    "positive_ordered",
    "cov_matrix",
    "corr_matrix",
    "positive",
    "nonneg",
    "unit",
    "count",
    "binary",
];

/// A line as a row of texts.
struct View<'a> {
    source: &'a Source,
    line: &'a Line,
    tokens: &'a [Token],
}

impl<'a> View<'a> {
    fn control_flow(&self) -> Option<Diagnostic> {
        let word = self.text(0);
        let used = CONTROL.contains(&word) && !matches!(self.text(1), "=" | "~" | "[" | "");
        used.then(|| foreign::control_flow(self.tokens[0].span, word))
    }

    fn function(&self) -> Option<Diagnostic> {
        let place = self.tokens.iter().position(|t| FUNCTIONS.contains(&self.source.slice(t.span)));
        let place = place.filter(|i| {
            let next = self.tokens.get(i + 1);
            next.is_some_and(|n| n.kind == Kind::Word || self.text(*i) == "function")
        })?;
        Some(foreign::function(self.tokens[place].span, self.text(place)))
    }

    fn block(&self) -> Option<Diagnostic> {
        self.line.block.as_ref()?;
        let first = self.tokens.first()?;
        let own = matches!(self.text(0), "net" | "guide" | "fit" | "@");
        (first.kind == Kind::Word && !own).then(|| foreign::block(first.span, self.text(0)))
    }

    /// `real y`, `vector[N] y`, `int<lower=0> N`, `array[N] int y`
    fn type_first(&self) -> Option<Diagnostic> {
        if !TYPES.contains(&self.text(0)) {
            return None;
        }
        let mut at = 1;
        let mut dims = Span::default();
        loop {
            match self.text(at) {
                "<" => at = self.after(at, "<", ">")?,
                "[" => {
                    let end = self.after(at, "[", "]")?;
                    dims = self.tokens[at].span.to(self.tokens[end - 1].span);
                    at = end;
                }
                "" => return None,
                word if TYPES.contains(&word) => at += 1,
                _ => break,
            }
        }
        let name = self.tokens.get(at).filter(|t| t.kind == Kind::Word)?;
        let behind = self.tokens.get(at + 1).filter(|t| self.source.slice(t.span) == "[");
        if let (Some(open), Some(end)) = (behind, self.after(at + 1, "[", "]")) {
            dims = open.span.to(self.tokens[end - 1].span);
        }
        let declared = self.tokens[0].span.to(name.span);
        let (name, dims) = (self.source.slice(name.span), self.source.slice(dims));
        let element = self.tokens[..at].iter().rev().map(|t| self.source.slice(t.span));
        let element = element.into_iter().find(|w| TYPES.contains(w)).unwrap_or("real");
        Some(foreign::type_first(declared, name, element, dims))
    }

    fn keyword_as_name(&self) -> Option<Diagnostic> {
        let place = usize::from(DECLARATIONS.contains(&self.text(0)));
        let defines = place == 1 || matches!(self.text(1), "=" | "~" | "[");
        let word = self.text(place);
        let is_keyword = defines && RESERVED.contains(&word);
        is_keyword.then(|| errors::keyword_as_name(self.tokens[place].span, word))
    }

    fn missing_right_side(&self) -> Option<Diagnostic> {
        let last = self.tokens.last().filter(|_| self.line.block.is_none())?;
        let sign = self.source.slice(last.span);
        let name = if self.tokens.first()?.kind == Kind::Word { self.text(0) } else { "x" };
        let whole = self.tokens[0].span.to(self.tokens[self.tokens.len() - 1].span);
        let left = self.source.slice(whole).trim_end_matches(sign).trim_end();
        let left = if self.tokens.len() > 1 && !left.contains('\n') { left } else { name };
        matches!(sign, "~" | "=").then(|| errors::missing_right_side(last.span, sign, left))
    }

    /// `x <- 3`, `x == 3`
    fn assignment(&self) -> Option<Diagnostic> {
        let (place, sign) = self.first_sign()?;
        let span = self.tokens[place].span;
        if sign == "==" && place > 0 {
            return Some(foreign::assignment(span, "=="));
        }
        let next = self.tokens.get(place + 1)?;
        let arrow = sign == "<" && self.source.slice(next.span) == "-";
        let joined = next.span.start == span.end;
        (arrow && joined).then(|| foreign::assignment(span.to(next.span), "<-"))
    }

    fn missing_type(&self) -> Option<Diagnostic> {
        let (keyword, next) = (self.text(0), self.text(2));
        if matches!(keyword, "data" | "param") {
            let name = self.tokens.get(1).filter(|t| t.kind == Kind::Word)?;
            let close = if next == "[" { self.after(2, "[", "]") } else { None };
            let dims = close.map(|end| self.tokens[2].span.to(self.tokens[end - 1].span));
            let dims = dims.map_or("", |span| self.source.slice(span));
            let text = self.source.slice(name.span);
            let missing = matches!(next, "" | "[" | "~" | "=" | "from");
            return missing.then(|| errors::missing_type(name.span, text, keyword, dims));
        }
        let typed = self.tokens.first()?.kind == Kind::Word && self.text(1) == ":";
        typed.then(|| errors::missing_keyword(self.tokens[0].span, keyword))
    }

    /// `x[2:]`, `x[:5]`, `x[a:b]`
    fn bad_slice(&self, at: usize) -> Option<Diagnostic> {
        let near = |t: &Token| (t.span.start as usize) <= at + 1 && at <= t.span.end as usize + 1;
        let colon = self.tokens.iter().position(|t| self.source.slice(t.span) == ":" && near(t))?;
        let start = self.tokens[colon].span.start as usize;
        let inside = enclosing_closer(self.source, self.line, start) == Some("`]`");
        inside.then(|| errors::bad_slice(self.tokens[colon].span))
    }

    /// `log(y) ~ Normal(0, 1)`: the grammar stopped before the sign.
    fn left_side(&self, at: usize) -> Option<Diagnostic> {
        let (place, sign) = self.first_sign().filter(|(place, _)| *place > 0)?;
        let declaration = DECLARATIONS.contains(&self.text(0)) && self.text(1) != "(";
        let before = at < self.tokens[place].span.start as usize && !declaration;
        let left = self.tokens[0].span.to(self.tokens[place - 1].span);
        let two_words = self.tokens[..place].windows(2).any(|w| {
            w[0].kind == Kind::Word && matches!(w[1].kind, Kind::Word | Kind::Number | Kind::Text)
        });
        let found = before && matches!(sign, "~" | "=") && !two_words;
        let found = found && self.text(0) != "@" && self.text(1) != "[";
        found.then(|| errors::left_side(left, self.source.slice(left), sign))
    }

    /// The first `=`, `~` or comparison outside brackets.
    fn first_sign(&self) -> Option<(usize, &'a str)> {
        let mut depth = 0usize;
        for (i, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            let text = self.source.slice(token.span);
            if depth == 0 && matches!(text, "=" | "~" | "==" | "<") {
                return Some((i, text));
            }
        }
        None
    }

    /// The place after the bracket that closes the one at `at`.
    fn after(&self, at: usize, open: &str, close: &str) -> Option<usize> {
        let mut depth = 0i64;
        for (i, token) in self.tokens.iter().enumerate().skip(at) {
            let text = self.source.slice(token.span);
            depth += i64::from(text == open) - i64::from(text == close);
            if depth == 0 {
                return Some(i + 1);
            }
        }
        None
    }

    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |t| self.source.slice(t.span))
    }
}
