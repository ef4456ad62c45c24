//! The short forms of a question: `E[x]`, `P(a | b)`, and reductions `over draw`, which are the language's own over one
//! dimension more. Spreads and quantiles are written with them here, since the language has none.

use super::errors;
use super::tree::{self, binary, call, ident, name, number};
use super::world::{Computed, World};
use crate::diag::Diagnostics;
use crate::source::Span;
use crate::syntax::ast::{Arg, BinaryOp, Entry, EntryIndex, Expr, ExprKind, Ident};

/// What a question may call beside the functions of the language.
pub const SHORT_FORMS: &[(&str, &str)] = &[
    ("E[x]", "mean over draws; E[x | a] given a condition"),
    ("P(a)", "probability; P(a | b) given a condition"),
    ("sd(x over draw)", "standard deviation"),
    ("var(x over draw)", "variance"),
    ("median(x over draw)", "median"),
    ("quantile(x, 0.9 over draw)", "quantile"),
    ("cor(x, y over draw)", "correlation"),
];

/// A bar inside `P(…)` or `E[…]` is a comma to the parser; these are the places of the bars.
pub(super) type Bars = Vec<u32>;

/// The text with bars as commas, and where they were.
pub(super) fn without_bars(text: &str) -> (String, Bars) {
    let mut out = String::with_capacity(text.len());
    let (mut bars, mut quoted) = (vec![], false);
    for (i, c) in text.char_indices() {
        quoted ^= c == '"';
        if c == '|' && !quoted {
            bars.push(i as u32);
            out.push(',');
        } else {
            out.push(c);
        }
    }
    (out, bars)
}

/// Writes an expression without short forms; whatever they reduce is computed and becomes a name of the world.
pub(super) struct Writer<'a> {
    pub(super) world: &'a mut World,
    pub(super) bars: &'a Bars,
    pub(super) work: f64,
    pub(super) warnings: Diagnostics,
}

type Written = Result<Expr, Diagnostics>;

impl Writer<'_> {
    pub(super) fn expr(&mut self, e: &Expr) -> Written {
        let kind = match &e.kind {
            ExprKind::Index { base, entries } => return self.index(e, base, entries),
            ExprKind::Call { callee, args, over, by } => {
                if by.is_none()
                    && !self.is_own(&callee.text)
                    && let Some(written) = self.form(callee, args, over, e.span)
                {
                    return written;
                }
                let args = args.iter().map(|a| self.arg(a)).collect::<Result<_, _>>()?;
                let (callee, over, by) = (callee.clone(), over.clone(), by.clone());
                ExprKind::Call { callee, args, over, by }
            }
            ExprKind::Prime(base) => ExprKind::Prime(Box::new(self.expr(base)?)),
            ExprKind::Paren(base) => ExprKind::Paren(Box::new(self.expr(base)?)),
            ExprKind::As { base, name } => {
                ExprKind::As { base: Box::new(self.expr(base)?), name: name.clone() }
            }
            ExprKind::Unary { op, operand } => {
                ExprKind::Unary { op: *op, operand: Box::new(self.expr(operand)?) }
            }
            ExprKind::Binary { op, op_span, left, right, over } => ExprKind::Binary {
                op: *op,
                op_span: *op_span,
                left: Box::new(self.expr(left)?),
                right: Box::new(self.expr(right)?),
                over: over.clone(),
            },
            ExprKind::List(items) => {
                ExprKind::List(items.iter().map(|i| self.expr(i)).collect::<Result<_, _>>()?)
            }
            other => other.clone(),
        };
        Ok(Expr { kind, span: e.span })
    }

    /// Whether the model has a value or a function of this name, which then is meant.
    fn is_own(&self, word: &str) -> bool {
        let defines = |s: &crate::syntax::ast::Stmt| match &s.kind {
            crate::syntax::ast::StmtKind::Fn { name, .. } => name.text == word,
            _ => false,
        };
        self.world.model.find_name(word).is_some() || self.world.functions.iter().any(defines)
    }

    fn arg(&mut self, arg: &Arg) -> Result<Arg, Diagnostics> {
        Ok(Arg { name: arg.name.clone(), value: self.expr(&arg.value)?, span: arg.span })
    }

    /// `E[x]`, or brackets.
    fn index(&mut self, e: &Expr, base: &Expr, entries: &[Entry]) -> Written {
        if let ExprKind::Name(word) = &base.kind
            && word.text == "E"
            && !self.is_own("E")
        {
            let inside = |entry: &Entry| match &entry.index {
                EntryIndex::Expr(e) if entry.dim.is_none() => Some(e.clone()),
                _ => None,
            };
            let parts: Option<Vec<Expr>> = entries.iter().map(inside).collect();
            return match parts.as_deref() {
                Some([x]) => self.mean(x, e.span),
                Some([x, given]) if self.is_bar(x, given) => self.given(x, given, e.span),
                _ => Err(errors::expectation_of_what(e.span)),
            };
        }
        let entry = |entry: &Entry| -> Result<Entry, Diagnostics> {
            let index = match &entry.index {
                EntryIndex::Expr(e) => EntryIndex::Expr(self.expr(e)?),
                slice => slice.clone(),
            };
            Ok(Entry { dim: entry.dim.clone(), index, span: entry.span })
        };
        let entries = entries.iter().map(entry).collect::<Result<_, _>>()?;
        let base = Box::new(self.expr(base)?);
        Ok(Expr { kind: ExprKind::Index { base, entries }, span: e.span })
    }

    fn is_bar(&self, before: &Expr, after: &Expr) -> bool {
        self.bars.iter().any(|&b| before.span.end <= b && b < after.span.start)
    }

    /// A call that is a short form; `None` where it is one of the language.
    fn form(
        &mut self,
        callee: &Ident,
        args: &[Arg],
        over: &[Ident],
        span: Span,
    ) -> Option<Written> {
        let draws = [ident(&self.world.draw(), span)];
        let values: Vec<&Expr> = args.iter().map(|a| &a.value).collect();
        let one = |n: usize| values.len() == n && args.iter().all(|a| a.name.is_none());
        let word = callee.text.as_str();
        Some(match word {
            "P" => match values.as_slice() {
                [a] => self.probability(a, span),
                [a, b] if self.is_bar(a, b) => self.conditional(a, b, span),
                _ => Err(errors::probability_of_what(span)),
            },
            "sd" | "var" | "median" if one(1) => self.spread(word, values[0], over, span),
            "quantile" if one(2) => self.quantile(values[0], values[1], over, span),
            "cor" if one(2) => self.cor(values[0], values[1], over, span),
            "sd" | "var" | "median" | "quantile" | "cor" => {
                Err(errors::form_takes(callee, SHORT_FORMS))
            }
            _ if over.iter().any(|d| d.text == draws[0].text) => {
                self.reduction(word, args, over, span)
            }
            _ => return None,
        })
    }

    /// Computes a part; its draws can be named where `listed`.
    fn part(&mut self, e: &Expr, listed: bool) -> Result<(Expr, Vec<String>), Diagnostics> {
        let written = self.expr(e)?;
        let computed: Computed = self.world.compute(&written)?;
        self.work += computed.work;
        self.warnings.extend(computed.warnings.clone());
        let dims = computed.axes.iter().map(|a| a.name.clone()).collect();
        Ok((name(&self.world.keep(computed, listed), e.span), dims))
    }

    /// `mean(x over draw)`, where x depends on it.
    fn mean(&mut self, x: &Expr, span: Span) -> Written {
        let (x, _) = self.part(x, true)?;
        Ok(self.over_draws("mean", x, span))
    }

    fn over_draws(&self, callee: &str, x: Expr, span: Span) -> Expr {
        let draw = self.world.draw();
        let ExprKind::Name(part) = &x.kind else { unreachable!("parts are names") };
        let drawn = self.world.arrays.get(&part.text).is_some_and(|a| a.dims.last() == Some(&draw));
        if !drawn {
            return x;
        }
        call(callee, vec![x], vec![ident(&draw, span)], span)
    }

    /// 1 where a condition holds; what is no condition is an error of `where`.
    fn probability(&mut self, a: &Expr, span: Span) -> Written {
        let one = indicator(a);
        self.mean(&one, span)
    }

    /// E[x; b] / E[b]
    fn given(&mut self, x: &Expr, b: &Expr, span: Span) -> Written {
        let zero = number(0.0, b.span);
        let both = call("where", vec![b.clone(), x.clone(), zero], vec![], x.span);
        let both = self.mean(&both, span)?;
        let share = self.mean(&indicator(b), span)?;
        Ok(binary(BinaryOp::Div, both, share))
    }

    fn conditional(&mut self, a: &Expr, b: &Expr, span: Span) -> Written {
        let one = indicator(a);
        let share = self.given(&one, b, span)?;
        Ok(call("min", vec![share, number(1.0, span)], vec![], span))
    }

    /// `sum(x over draw)` and its like.
    fn reduction(&mut self, callee: &str, args: &[Arg], over: &[Ident], span: Span) -> Written {
        let [arg] = args else { return Err(errors::one_argument(callee, span)) };
        let (x, _) = self.part(&arg.value, true)?;
        Ok(call(callee, vec![x], over.to_vec(), span))
    }

    /// The dimensions that are meant: those that are named, else those of the type, else the draws.
    fn along(&self, over: &[Ident], dims: &[String], span: Span) -> Vec<Ident> {
        match (over, dims) {
            ([], []) => vec![ident(&self.world.draw(), span)],
            ([], dims) => dims.iter().map(|d| ident(d, span)).collect(),
            _ => over.to_vec(),
        }
    }

    fn names_draws(&self, over: &[Ident]) -> bool {
        let draw = self.world.draw();
        over.iter().any(|d| d.text == draw)
    }

    fn spread(&mut self, word: &str, x: &Expr, over: &[Ident], span: Span) -> Written {
        if word == "median" {
            return self.quantile(x, &number(0.5, span), over, span);
        }
        let (x, over) = self.reduced(x, over, span)?;
        let var = self.var(&x, &over, span);
        Ok(if word == "sd" { call("sqrt", vec![var], vec![], span) } else { var })
    }

    /// A part, ready to be reduced over `over`.
    fn reduced(
        &mut self,
        x: &Expr,
        over: &[Ident],
        span: Span,
    ) -> Result<(Expr, Vec<Ident>), Diagnostics> {
        let (part, dims) = self.part(x, false)?;
        let over = self.along(over, &dims, span);
        let part = if self.names_draws(&over) { self.part(&part, true)?.0 } else { part };
        Ok((part, over))
    }

    /// mean((x − mean(x))²) n / (n − 1)
    fn var(&self, x: &Expr, over: &[Ident], span: Span) -> Expr {
        let squares = self.product(x, x, over, span);
        let n = over.iter().map(|d| call("size", vec![dim_name(d, span)], vec![], span));
        let Some(n) = n.reduce(|a, b| binary(BinaryOp::Mul, a, b)) else { return squares };
        let less = binary(BinaryOp::Sub, n.clone(), number(1.0, span));
        let ratio = binary(BinaryOp::Div, n, less);
        binary(BinaryOp::Mul, squares, ratio)
    }

    /// mean((x − mean(x)) (y − mean(y)))
    fn product(&self, x: &Expr, y: &Expr, over: &[Ident], span: Span) -> Expr {
        let mean = |e: Expr| call("mean", vec![e], over.to_vec(), span);
        let centred = |e: &Expr| binary(BinaryOp::Sub, e.clone(), mean(e.clone()));
        mean(binary(BinaryOp::Mul, centred(x), centred(y)))
    }

    fn cor(&mut self, x: &Expr, y: &Expr, over: &[Ident], span: Span) -> Written {
        let (x, along) = self.reduced(x, over, span)?;
        let (y, _) = self.reduced(y, &along, span)?;
        let both = self.product(&x, &y, &along, span);
        let [x, y] = [&x, &y].map(|e| self.product(e, e, &along, span));
        let scale = call("sqrt", vec![binary(BinaryOp::Mul, x, y)], vec![], span);
        Ok(binary(BinaryOp::Div, both, scale))
    }

    /// Order statistics are taken of the computed values.
    fn quantile(&mut self, x: &Expr, p: &Expr, over: &[Ident], span: Span) -> Written {
        let share = match &p.kind {
            ExprKind::Number { value, .. } if (0.0..=1.0).contains(value) => *value,
            _ => return Err(errors::quantile_of_what(p.span)),
        };
        let (part, over) = self.reduced(x, over, span)?;
        let least = call("min", vec![part.clone()], over.clone(), span);
        let mut shape = self.world.compute(&least)?;
        let computed = self.world.compute(&part)?;
        self.work += computed.work;
        let along: Vec<String> = over.iter().map(|d| d.text.clone()).collect();
        shape.values = super::order::quantiles(&computed, &along, share);
        Ok(name(&self.world.keep(shape, false), span))
    }
}

fn indicator(condition: &Expr) -> Expr {
    let span = condition.span;
    call("where", vec![condition.clone(), number(1.0, span), number(0.0, span)], vec![], span)
}

fn dim_name(dim: &Ident, span: Span) -> Expr {
    tree::name(&dim.text, span)
}
