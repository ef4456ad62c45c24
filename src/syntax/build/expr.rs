//! Expressions: operands and operators in a row become a tree by precedence.

use super::{Builder, PRECEDENCE, Parts, Rule, integer, next, parts, unquoted};
use crate::source::Span;
use crate::syntax::{ast, errors};
use ast::ExprKind as Kind;
use pest::iterators::Pair;

impl Builder<'_> {
    pub(super) fn expr(&self, pair: Pair<'_, Rule>) -> ast::Expr {
        PRECEDENCE
            .map_primary(|p| self.primary(p))
            .map_prefix(|op, operand| self.unary(&op, operand))
            .map_postfix(|base, op| self.postfix(base, op))
            .map_infix(|left, op, right| self.binary(left, &op, right))
            .parse(pair.into_inner())
    }

    /// `a`, or `a -> b`.
    pub(super) fn schedule(&self, pair: Pair<'_, Rule>) -> ast::Expr {
        let span = self.span(&pair);
        let mut parts = parts(pair);
        let from = self.expr(next(&mut parts));
        let Some(to) = parts.next() else { return from };
        let kind = Kind::Arrow { from: Box::new(from), to: Box::new(self.expr(to)) };
        ast::Expr { kind, span }
    }

    pub(super) fn arg(&self, pair: Pair<'_, Rule>) -> ast::Arg {
        let span = self.span(&pair);
        let mut parts = parts(pair);
        let first = next(&mut parts);
        if first.as_rule() == Rule::label {
            let name = Some(self.ident(first));
            return ast::Arg { name, value: self.schedule(next(&mut parts)), span };
        }
        ast::Arg { name: None, value: self.schedule(first), span }
    }

    pub(super) fn entries(&self, pair: Pair<'_, Rule>) -> Vec<ast::Entry> {
        pair.into_inner().map(|p| self.entry(p)).collect()
    }

    fn entry(&self, pair: Pair<'_, Rule>) -> ast::Entry {
        let span = self.span(&pair);
        let mut parts = parts(pair);
        let mut part = next(&mut parts);
        let mut dim = None;
        if part.as_rule() == Rule::ident {
            dim = Some(self.ident(part));
            part = next(&mut parts);
        }
        let index = if part.as_rule() == Rule::slice {
            let mut ends = part.into_inner();
            let mut end = || ends.next().map_or(u64::MAX, |p| integer(&p));
            ast::EntryIndex::Slice { first: end(), last: end() }
        } else {
            ast::EntryIndex::Expr(self.expr(part))
        };
        ast::Entry { dim, index, span }
    }

    fn primary(&self, pair: Pair<'_, Rule>) -> ast::Expr {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::ident => Kind::Name(self.ident(pair)),
            Rule::number => {
                let text = pair.as_str().to_owned();
                let value = text.replace('_', "").parse().unwrap_or(f64::NAN);
                Kind::Number { value, text }
            }
            Rule::constant => {
                let text = pair.as_str().to_owned();
                Kind::Number { value: f64::from(u8::from(text == "true")), text }
            }
            Rule::text => Kind::Text(unquoted(pair)),
            Rule::list => Kind::List(pair.into_inner().map(|p| self.expr(p)).collect()),
            Rule::paren => {
                let mut items: Vec<_> = pair.into_inner().map(|p| self.expr(p)).collect();
                match items.pop() {
                    Some(only) if items.is_empty() => Kind::Paren(Box::new(only)),
                    last => Kind::Tuple(items.into_iter().chain(last).collect()),
                }
            }
            Rule::call => self.call(parts(pair), span),
            other => unreachable!("{other:?} is no operand"),
        };
        ast::Expr { kind, span }
    }

    fn call(&self, mut call: Parts<'_>, span: Span) -> ast::ExprKind {
        let callee = self.ident(next(&mut call));
        let (mut args, mut over, mut by) = (vec![], vec![], None);
        for part in parts(next(&mut call)) {
            match part.as_rule() {
                Rule::over => over = self.idents(part),
                Rule::by => by = self.idents(part).pop(),
                _ => args.push(self.arg(part)),
            }
        }
        let product = args.last().and_then(|arg| trailing_product(&arg.value));
        if let Some(product) = product.filter(|_| over.is_empty() && by.is_none()) {
            self.found.borrow_mut().push(errors::ambiguous_over(product.span, span, &callee.text));
        }
        Kind::Call { callee, args, over, by }
    }

    fn unary(&self, op: &Pair<'_, Rule>, operand: ast::Expr) -> ast::Expr {
        let span = self.span(op).to(operand.span);
        let op = if op.as_rule() == Rule::not { ast::UnaryOp::Not } else { ast::UnaryOp::Neg };
        ast::Expr { kind: Kind::Unary { op, operand: Box::new(operand) }, span }
    }

    fn postfix(&self, base: ast::Expr, op: Pair<'_, Rule>) -> ast::Expr {
        let span = base.span.to(self.span(&op));
        let boxed = Box::new;
        let kind = match op.as_rule() {
            Rule::index => Kind::Index { base: boxed(base), entries: self.entries(op) },
            Rule::prime => Kind::Prime(boxed(base)),
            Rule::rename => Kind::As { base: boxed(base), name: self.ident(next(&mut parts(op))) },
            _ => self.product_over(base, op),
        };
        ast::Expr { kind, span }
    }

    /// `a @ b over f`
    fn product_over(&self, product: ast::Expr, op: Pair<'_, Rule>) -> ast::ExprKind {
        match product.kind {
            Kind::Binary { op: ast::BinaryOp::Contract, op_span, left, right, .. } => {
                let over = self.idents(op);
                Kind::Binary { op: ast::BinaryOp::Contract, op_span, left, right, over }
            }
            kind => {
                self.found.borrow_mut().push(errors::over_without_product(self.span(&op)));
                kind
            }
        }
    }

    fn binary(&self, left: ast::Expr, op: &Pair<'_, Rule>, right: ast::Expr) -> ast::Expr {
        let span = left.span.to(right.span);
        let op_span = self.span(op);
        let op = binary_op(op.as_rule());
        if let Kind::Binary { op: before, op_span: first, right: middle, .. } = &left.kind
            && is_comparison(op)
            && is_comparison(*before)
        {
            let error = errors::chained_comparison(*first, op_span, middle.span);
            self.found.borrow_mut().push(error);
        }
        let (left, right) = (Box::new(left), Box::new(right));
        ast::Expr { kind: Kind::Binary { op, op_span, left, right, over: vec![] }, span }
    }
}

/// The `a @ b over f` that ends an expression without a closing bracket.
fn trailing_product(expr: &ast::Expr) -> Option<&ast::Expr> {
    match &expr.kind {
        Kind::Binary { over, .. } if !over.is_empty() => Some(expr),
        Kind::Binary { right, .. } => trailing_product(right),
        Kind::Unary { operand, .. } => trailing_product(operand),
        Kind::Arrow { to, .. } => trailing_product(to),
        _ => None,
    }
}

fn is_comparison(op: ast::BinaryOp) -> bool {
    use ast::BinaryOp::{Eq, Ge, Gt, Le, Lt, Ne};
    matches!(op, Eq | Ne | Lt | Le | Gt | Ge)
}

fn binary_op(rule: Rule) -> ast::BinaryOp {
    use ast::BinaryOp as B;
    match rule {
        Rule::or => B::Or,
        Rule::and => B::And,
        Rule::eq => B::Eq,
        Rule::ne => B::Ne,
        Rule::le => B::Le,
        Rule::lt => B::Lt,
        Rule::ge => B::Ge,
        Rule::gt => B::Gt,
        Rule::add => B::Add,
        Rule::sub => B::Sub,
        Rule::mul => B::Mul,
        Rule::div => B::Div,
        Rule::contract => B::Contract,
        Rule::pow => B::Pow,
        other => unreachable!("{other:?} is no operator"),
    }
}
