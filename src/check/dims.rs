//! Dimensions: where they are declared, how big they are, which ones a left side lists.

use super::model::{DimDecl, DimId, DimSize};
use super::{Checker, errors};
use crate::diag;
use crate::source::Span;
use crate::syntax::ast;

impl Checker {
    pub(super) fn add_dim(&mut self, name: impl Into<String>, size: DimSize, span: Span) -> DimId {
        let id = DimId(self.model.dims.len() as u32);
        self.model.dims.push(DimDecl { name: name.into(), size, span });
        id
    }

    /// A dimension of a literal size, by which only its own name or a list of its length aligns.
    pub(super) fn literal_dim(&mut self, size: u64, span: Span) -> DimId {
        self.add_dim(size.to_string(), DimSize::Literal(size), span)
    }

    /// The dimension that a name with its primes means; one that nothing sizes is reported.
    pub(super) fn dim_named(&mut self, ident: &ast::Ident) -> Option<DimId> {
        let Some(mut id) = self.find_dim(&ident.text) else {
            let dims = self.model.dims.iter().map(|d| d.name.as_str());
            let near = diag::nearest(&ident.text, dims);
            let error = errors::unsized_dimension(ident, near);
            self.diags.push(error);
            return None;
        };
        for _ in 0..ident.primes {
            id = self.prime_of(id, ident.span);
        }
        Some(id)
    }

    fn find_dim(&self, name: &str) -> Option<DimId> {
        let named = |d: &DimDecl| d.name == name && !matches!(d.size, DimSize::Literal(_));
        self.model.dims.iter().position(named).map(|i| DimId(i as u32))
    }

    /// `n'` of `n`, made when first met.
    pub(super) fn prime_of(&mut self, of: DimId, span: Span) -> DimId {
        let is_prime = |d: &DimDecl| d.size == DimSize::Prime { of };
        if let Some(i) = self.model.dims.iter().position(is_prime) {
            return DimId(i as u32);
        }
        let name = format!("{}'", self.model.dim(of).name);
        self.add_dim(name, DimSize::Prime { of }, span)
    }

    /// The dimensions that a left side lists; from here on their names run inside the statement's brackets.
    /// Starts such as `[t = 1]`, repeated and unknown dimensions are reported.
    pub(super) fn target_dims(&mut self, target: &ast::Target) -> Option<Vec<DimId>> {
        let dims: Vec<Option<DimId>> =
            target.entries.iter().map(|entry| self.target_dim(target, entry)).collect();
        let dims: Vec<DimId> = dims.into_iter().collect::<Option<_>>()?;
        self.listed.clone_from(&dims);
        Some(dims)
    }

    fn target_dim(&mut self, target: &ast::Target, entry: &ast::Entry) -> Option<DimId> {
        match (&entry.dim, &entry.index) {
            (None, ast::EntryIndex::Expr(ast::Expr { kind: ast::ExprKind::Name(name), .. })) => {
                self.dim_named(name)
            }
            (
                None,
                ast::EntryIndex::Expr(ast::Expr {
                    kind: ast::ExprKind::Number { value, .. },
                    span,
                }),
            ) => Some(self.literal_dim(*value as u64, *span)),
            _ => {
                let error = errors::not_a_left_side(target, entry);
                self.diags.push(error);
                None
            }
        }
    }
}
