//! pest's pairs to the tree. The grammar gives flat lists of operands and operators; the Pratt parser nests them.

mod expr;

use super::scan::Token;
use super::{ast, errors};
use crate::diag::{Diagnostic, Diagnostics};
use crate::source::{Source, Span};
use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::{Pair, Pairs};
use pest::pratt_parser::{Assoc, Op, PrattParser};
use std::cell::RefCell;
use std::sync::LazyLock;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/elbow.pest"]
struct Grammar;

/// One line without a block: annotations, a statement, or both.
pub(super) struct Line {
    pub(super) annotations: Vec<ast::Annotation>,
    pub(super) kind: Option<ast::StmtKind>,
}

/// What a block belongs to.
pub(super) enum Head {
    Net { name: ast::Ident, params: Vec<ast::Target>, results: Vec<ast::Target> },
    Guide,
    Fit,
}

/// Where the grammar stopped, and what it would have taken there, in users' words.
pub(super) struct Unexpected {
    pub(super) at: usize,
    pub(super) expected: Vec<&'static str>,
}

/// Reads parts of one source; what is wrong beyond the grammar goes to the diagnostics.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    pub(super) fn line(&mut self, tokens: &[Token]) -> Result<Line, Unexpected> {
        self.read(Rule::line, tokens, |b, parts| {
            let mut line = Line { annotations: vec![], kind: None };
            for part in parts {
                match part.as_rule() {
                    Rule::annotation => line.annotations.push(b.annotation(part)),
                    _ => line.kind = Some(b.statement(part)),
                }
            }
            line
        })
    }

    pub(super) fn head(
        &mut self,
        tokens: &[Token],
    ) -> Result<(Vec<ast::Annotation>, Head), Unexpected> {
        self.read(Rule::head, tokens, |b, mut parts| {
            let mut annotations = vec![];
            loop {
                let part = next(&mut parts);
                match part.as_rule() {
                    Rule::annotation => annotations.push(b.annotation(part)),
                    _ => return (annotations, b.head(part)),
                }
            }
        })
    }

    pub(super) fn settings(&mut self, tokens: &[Token]) -> Result<Vec<ast::Arg>, Unexpected> {
        self.read(Rule::settings, tokens, |b, parts| parts.map(|p| b.setting(p)).collect())
    }

    pub(super) fn value(&mut self, tokens: &[Token]) -> Result<ast::Expr, Unexpected> {
        self.read(Rule::value, tokens, |b, mut parts| b.expr(next(&mut parts)))
    }

    /// An annotation alone, with or without its sign.
    pub(super) fn asked(&mut self, tokens: &[Token]) -> Result<ast::Annotation, Unexpected> {
        let span = extent(tokens);
        self.read(Rule::asked, tokens, |b, parts| b.annotation_of(parts, span))
    }

    fn read<T>(
        &mut self,
        rule: Rule,
        tokens: &[Token],
        build: impl for<'i> FnOnce(&Builder<'_>, Parts<'i>) -> T,
    ) -> Result<T, Unexpected> {
        let span = extent(tokens);
        let base = span.start as usize;
        let mut pairs = Grammar::parse(rule, self.source.slice(span))
            .map_err(|error| unexpected(&error, base))?;
        let Some(pair) = pairs.next() else { unreachable!("a rule that matches gives a pair") };
        let builder = Builder { base, tokens, found: RefCell::default() };
        let built = build(&builder, parts(pair));
        for diagnostic in builder.found.into_inner() {
            self.diagnostics.push(diagnostic);
        }
        Ok(built)
    }
}

/// From the first token to the last.
pub(super) fn extent(tokens: &[Token]) -> Span {
    match tokens {
        [first, .., last] => first.span.to(last.span),
        [only] => only.span,
        [] => Span::default(),
    }
}

fn unexpected(error: &pest::error::Error<Rule>, base: usize) -> Unexpected {
    let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
    let mut expected = vec![];
    if let ErrorVariant::ParsingError { positives, .. } = &error.variant {
        for word in positives.iter().filter_map(|rule| errors::words(*rule)) {
            if !expected.contains(&word) {
                expected.push(word);
            }
        }
    }
    Unexpected { at: base + at, expected }
}

type Parts<'i> = std::iter::Filter<Pairs<'i, Rule>, fn(&Pair<'i, Rule>) -> bool>;

/// What a pair holds, without keywords and signs that only mark places.
fn parts(pair: Pair<'_, Rule>) -> Parts<'_> {
    pair.into_inner().filter(|p| !is_mark(p.as_rule()))
}

fn is_mark(rule: Rule) -> bool {
    use Rule::{
        EOI, arrow, colon, equals, kw_as, kw_by, kw_data, kw_dim, kw_factor, kw_fn, kw_from,
        kw_net, kw_over, kw_param, sim,
    };
    let keyword = matches!(rule, kw_as | kw_by | kw_data | kw_dim | kw_factor | kw_fn | kw_from);
    let keyword = keyword || matches!(rule, kw_net | kw_over | kw_param);
    keyword || matches!(rule, EOI | arrow | colon | equals | sim)
}

fn next<'i>(parts: &mut Parts<'i>) -> Pair<'i, Rule> {
    let Some(part) = parts.next() else { unreachable!("the grammar asks for this part") };
    part
}

static PRECEDENCE: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    let left = |rule| Op::infix(rule, Assoc::Left);
    PrattParser::new()
        .op(left(Rule::or))
        .op(left(Rule::and))
        .op(Op::prefix(Rule::not))
        .op(left(Rule::eq)
            | left(Rule::ne)
            | left(Rule::le)
            | left(Rule::lt)
            | left(Rule::ge)
            | left(Rule::gt))
        .op(left(Rule::add) | left(Rule::sub))
        .op(left(Rule::mul) | left(Rule::div))
        .op(Op::postfix(Rule::over))
        .op(left(Rule::contract))
        .op(Op::prefix(Rule::neg))
        .op(Op::infix(Rule::pow, Assoc::Right))
        .op(Op::postfix(Rule::index) | Op::postfix(Rule::prime) | Op::postfix(Rule::rename))
});

/// Builds one line; `base` is where its text begins in the source.
struct Builder<'a> {
    base: usize,
    tokens: &'a [Token],
    found: RefCell<Vec<Diagnostic>>,
}

impl Builder<'_> {
    fn statement(&self, pair: Pair<'_, Rule>) -> ast::StmtKind {
        use ast::StmtKind as Kind;
        let rule = pair.as_rule();
        let mut parts = parts(pair);
        let first = next(&mut parts);
        match rule {
            Rule::tilde => {
                Kind::Tilde { target: self.target(first), dist: self.expr(next(&mut parts)) }
            }
            Rule::assign => {
                let targets = first.into_inner().map(|p| self.target(p)).collect();
                Kind::Let { targets, value: self.expr(next(&mut parts)) }
            }
            Rule::data => {
                let ty = self.kind(next(&mut parts));
                let from = parts.next().map(|p| self.columns(p));
                Kind::Data { name: self.ident(first), ty, from }
            }
            Rule::dim => Kind::Dim { name: self.ident(first), value: self.expr(next(&mut parts)) },
            Rule::param => {
                let ty = self.kind(next(&mut parts));
                let init = parts.next().map(|p| self.expr(p));
                Kind::Param { name: self.ident(first), ty, init }
            }
            Rule::function => {
                let params = next(&mut parts).into_inner().map(|p| self.ident(p)).collect();
                let body = self.expr(next(&mut parts));
                Kind::Fn { name: self.ident(first), params, body }
            }
            Rule::factor => Kind::Factor(self.expr(first)),
            other => unreachable!("{other:?} is no statement"),
        }
    }

    fn head(&self, pair: Pair<'_, Rule>) -> Head {
        match pair.as_rule() {
            Rule::guide => Head::Guide,
            Rule::fit => Head::Fit,
            _ => {
                let mut parts = parts(pair);
                let name = self.ident(next(&mut parts));
                let params = next(&mut parts).into_inner().map(|p| self.target(p)).collect();
                let results = next(&mut parts).into_inner().map(|p| self.result(p)).collect();
                Head::Net { name, params, results }
            }
        }
    }

    fn result(&self, pair: Pair<'_, Rule>) -> ast::Target {
        let span = self.span(&pair);
        let part = next(&mut parts(pair));
        if part.as_rule() == Rule::target {
            return self.target(part);
        }
        let nowhere = Span { end: span.start, ..span };
        let name = ast::Ident { text: String::new(), primes: 0, span: nowhere };
        ast::Target { name, entries: self.entries(part), span }
    }

    fn setting(&self, pair: Pair<'_, Rule>) -> ast::Arg {
        let span = self.span(&pair);
        let mut parts = parts(pair);
        let name = self.ident(next(&mut parts));
        let second = next(&mut parts);
        if second.as_rule() == Rule::schedule {
            return ast::Arg { name: Some(name), value: self.schedule(second), span };
        }
        let inner = self.ident(second);
        let value = self.schedule(next(&mut parts));
        let span_of_value = inner.span.to(value.span);
        let kind = ast::ExprKind::Setting { name: inner, value: Box::new(value) };
        ast::Arg { name: Some(name), value: ast::Expr { kind, span: span_of_value }, span }
    }

    fn annotation(&self, pair: Pair<'_, Rule>) -> ast::Annotation {
        let span = self.span(&pair);
        self.annotation_of(parts(pair), span)
    }

    fn annotation_of(&self, mut parts: Parts<'_>, span: Span) -> ast::Annotation {
        let name = self.ident(next(&mut parts));
        let args = parts.next().map_or(vec![], |p| self.options(p));
        ast::Annotation { name, args, span }
    }

    fn options(&self, pair: Pair<'_, Rule>) -> Vec<ast::Arg> {
        pair.into_inner().map(|p| self.arg(p)).collect()
    }

    fn target(&self, pair: Pair<'_, Rule>) -> ast::Target {
        let span = self.span(&pair);
        let mut parts = parts(pair);
        let name = self.ident(next(&mut parts));
        ast::Target { name, entries: parts.next().map_or(vec![], |p| self.entries(p)), span }
    }

    fn columns(&self, pair: Pair<'_, Rule>) -> ast::Columns {
        let column = |p: Pair<'_, Rule>| {
            let span = self.span(&p);
            ast::Ident { text: unquoted(p), primes: 0, span }
        };
        let mut parts = parts(pair);
        let first = column(next(&mut parts));
        match parts.next() {
            Some(last) => ast::Columns::Run { first, last: column(last) },
            None => ast::Columns::Name(first),
        }
    }

    fn kind(&self, pair: Pair<'_, Rule>) -> ast::Type {
        let span = self.span(&pair);
        let mut parts = parts(pair);
        let element = self.ident(next(&mut parts));
        let mut ty =
            ast::Type { element, args: vec![], over: vec![], optional: false, dims: vec![], span };
        for part in parts {
            match part.as_rule() {
                Rule::options => ty.args = self.options(part),
                Rule::over => ty.over = self.idents(part),
                Rule::optional => ty.optional = true,
                _ => ty.dims = part.into_inner().map(|p| self.dim_ref(p)).collect(),
            }
        }
        ty
    }

    fn dim_ref(&self, pair: Pair<'_, Rule>) -> ast::DimRef {
        let span = self.span(&pair);
        let part = next(&mut parts(pair));
        match part.as_rule() {
            Rule::ident => ast::DimRef::Named(self.ident(part)),
            _ => ast::DimRef::Size { size: integer(&part), span },
        }
    }

    fn idents(&self, pair: Pair<'_, Rule>) -> Vec<ast::Ident> {
        parts(pair).map(|p| self.ident(p)).collect()
    }

    fn ident(&self, pair: Pair<'_, Rule>) -> ast::Ident {
        let text = pair.as_str().trim_end_matches('\'');
        let primes = u8::try_from(pair.as_str().len() - text.len()).unwrap_or(u8::MAX);
        ast::Ident { text: text.to_owned(), primes, span: self.span(&pair) }
    }

    /// From a pair's first token to its last: pest counts blanks before an absent optional part to the pair.
    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        let (start, end) = (self.base + span.start(), self.base + span.end());
        let count = self.tokens.partition_point(|t| (t.span.end as usize) <= end);
        let end = self.tokens[..count].last().map_or(end, |t| t.span.end as usize);
        Span::new(start, end.max(start))
    }
}

/// Saturates: whatever is that large is out of range, and the checker says so.
fn integer(pair: &Pair<'_, Rule>) -> u64 {
    pair.as_str().replace('_', "").parse().unwrap_or(u64::MAX)
}

/// A text without its quotes, `\"` and `\\` resolved.
fn unquoted(pair: Pair<'_, Rule>) -> String {
    let inner = next(&mut parts(pair));
    let mut text = String::new();
    let mut chars = inner.as_str().chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = (c == '\\').then(|| chars.next_if(|c| matches!(c, '"' | '\\'))).flatten();
        text.push(escaped.unwrap_or(c));
    }
    text
}
