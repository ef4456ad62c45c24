//! Expressions: from what is written to what it means, with its type. Each kind of expression has a room of its own.

use super::literal::{number, truth};
use super::model::{Elem, Entry, Expr, ExprKind, Interval, NameKind, Stage, Type};
use super::{Checker, dims, errors};
use crate::source::Span;
use crate::syntax::ast;

impl Checker {
    /// Checks an expression. `None` where it has an error, which is then already reported.
    pub(super) fn expr(&mut self, e: &ast::Expr) -> Option<Expr> {
        match &e.kind {
            ast::ExprKind::Number { value, text } => Some(match text.as_str() {
                "true" | "false" => truth(text == "true", e.span),
                _ => number(*value, e.span),
            }),
            ast::ExprKind::Text(text) => self.fail(errors::text_as_value(text, e.span)),
            ast::ExprKind::Name(ident) => self.named(ident),
            ast::ExprKind::Call { callee, args, over, by } => {
                self.call(callee, args, over, by.as_ref(), e.span)
            }
            ast::ExprKind::Index { base, entries } => self.bracket(base, entries, e.span),
            ast::ExprKind::Prime(base) => {
                let base = self.expr(base)?;
                self.primed(base, e.span)
            }
            ast::ExprKind::As { base, name } => self.renamed(base, name, e.span),
            ast::ExprKind::Unary { op, operand } => self.unary(*op, operand, e.span),
            ast::ExprKind::Binary { op: ast::BinaryOp::Contract, op_span, left, right, over } => {
                self.contract(left, right, over, *op_span, e.span)
            }
            ast::ExprKind::Binary { op, left, right, .. } => self.binary(*op, left, right, e.span),
            ast::ExprKind::List(items) => self.list(items, e.span),
            ast::ExprKind::Tuple(_) => self.fail(errors::tuple_as_value(e.span)),
            ast::ExprKind::Arrow { .. } => self.fail(errors::arrow_as_value(e.span)),
            ast::ExprKind::Setting { name, .. } => self.fail(errors::setting_as_value(name)),
            ast::ExprKind::Paren(inner) => Some(Expr { span: e.span, ..self.expr(inner)? }),
        }
    }

    /// A name, and its primes as transposes.
    fn named(&mut self, ident: &ast::Ident) -> Option<Expr> {
        if !self.is_value(&ident.text) {
            return self.running_position(ident);
        }
        let plain = ast::Ident { primes: 0, ..ident.clone() };
        let mut e = self.value(&plain)?;
        for _ in 0..ident.primes {
            e = self.primed(e, ident.span)?;
        }
        Some(e)
    }

    /// The value of a name. A draw from a density misses the ends of its support.
    pub(super) fn value(&mut self, ident: &ast::Ident) -> Option<Expr> {
        if let Some(frame) = self.scope.calls.last()
            && let Some(arg) = frame.args.get(&ident.text)
        {
            return arg.clone();
        }
        let id = self.find(ident)?;
        self.used.insert(id);
        self.expect_drawn(ident)?;
        if let Some(frame) = self.scope.calls.last().filter(|f| f.inside.is_some()) {
            let declared = self.model.name(id).span;
            let error = errors::unseen(ident, &frame.function, declared);
            return self.fail(error);
        }
        let decl = self.model.name(id);
        let mut ty = decl.ty.clone();
        if matches!(decl.kind, NameKind::Latent { .. }) && ty.elem == Elem::Real {
            ty.support = ty.support.interior();
        }
        Some(Expr { kind: ExprKind::Name(id), ty, span: ident.span })
    }

    /// The running index of a dimension that the left side lists, as a value.
    fn running_position(&mut self, ident: &ast::Ident) -> Option<Expr> {
        let Some(root) = self.find_dim(&ident.text) else {
            if self.is_callable(&ident.text) {
                return self.fail(errors::function_as_value(ident));
            }
            return self.find(ident).and(None);
        };
        let mut dim = root;
        for _ in 0..ident.primes {
            dim = self.prime_of(dim, ident.span);
        }
        self.dims.used.insert(root);
        if !self.listed.contains(&dim) {
            return self.fail(errors::dimension_as_value(ident, self.scope.declares.as_deref()));
        }
        let ty = Type {
            elem: Elem::Index(dim),
            support: Interval::NONNEG,
            mark: None,
            dims: vec![dim],
            stage: Stage::Data,
        };
        Some(Expr { kind: ExprKind::Position(dim), ty, span: ident.span })
    }

    /// `x'`: `x[n']` of a vector, the transpose of a square.
    fn primed(&mut self, base: Expr, span: Span) -> Option<Expr> {
        let entries = match base.ty.dims.as_slice() {
            &[d] => {
                let prime = self.prime_of(d, span);
                vec![(d, prime)]
            }
            &[d, e] if self.root(d) == self.root(e) => vec![(d, e), (e, d)],
            dims => {
                let dims = self.dim_list(dims);
                return self.fail(errors::prime_of_what(base.span, span, &dims));
            }
        };
        let to = |d| entries.iter().find(|(from, _)| *from == d).map_or(d, |(_, to)| *to);
        let mut ty = base.ty.clone();
        ty.dims = if entries.len() == 2 { ty.dims } else { ty.dims.into_iter().map(to).collect() };
        ty.mark = ty
            .mark
            .filter(|m| entries.len() == 2 && !matches!(m, super::model::Mark::Cholesky(..)));
        let run = |(from, to)| (from, Entry::Run { to, first: 0 });
        let entries = entries.into_iter().map(run).collect();
        Some(Expr { kind: ExprKind::Index { base: Box::new(base), entries }, ty, span })
    }

    /// `beta as k`: a name for the one unnamed dimension, or for a list.
    fn renamed(&mut self, base: &ast::Expr, name: &ast::Ident, span: Span) -> Option<Expr> {
        let (base, to) = (self.expr(base), self.dim_named(name));
        let (mut base, to) = (base?, to?);
        let literal = |d: &&super::model::DimId| {
            matches!(self.model.dim(**d).size, super::model::DimSize::Literal(_))
        };
        let unnamed: Vec<_> = base.ty.dims.iter().filter(literal).copied().collect();
        let &[from] = unnamed.as_slice() else {
            let dims = self.dim_list(&base.ty.dims);
            return self.fail(errors::as_of_what(base.span, name, &dims));
        };
        let (has, wanted) = (self.fixed_size(from), self.fixed_size(to));
        if wanted.is_some() && has != wanted {
            return self.fail(errors::as_length(base.span, name, has, wanted));
        }
        if base.ty.dims.contains(&to) {
            let dims = self.dim_list(&base.ty.dims);
            return self.fail(errors::as_taken(base.span, name, &dims));
        }
        dims::rename(&mut base, from, to);
        base.span = span;
        Some(base)
    }
}
