//! Dimensions: where they are declared, how long they are, which ones a left side lists.

use super::model::{DimDecl, DimId, DimSize, Entry, Expr, ExprKind, NameKind};
use super::names::Known;
use super::{Checker, errors};
use crate::diag;
use crate::source::Span;
use crate::syntax::ast;
use std::collections::HashSet;

/// What the checker knows of dimensions beside the model's table.
#[derive(Default)]
pub(super) struct Dims {
    /// Lengths of lists and slices: they meet an unnamed dimension of their length.
    loose: HashSet<DimId>,
    /// Named somewhere outside their own `dim` statement.
    pub(super) used: HashSet<DimId>,
    /// Names that were reported because nothing sizes such a dimension.
    unknown: HashSet<String>,
}

impl Checker {
    pub(super) fn add_dim(&mut self, name: impl Into<String>, size: DimSize, span: Span) -> DimId {
        let id = DimId(self.model.dims.len() as u32);
        self.model.dims.push(DimDecl { name: name.into(), size, span });
        id
    }

    /// A dimension of a literal size, as `beta[9]` declares it.
    pub(super) fn literal_dim(&mut self, size: u64, span: Span) -> DimId {
        self.add_dim(size.to_string(), DimSize::Literal(size), span)
    }

    /// The length of a list or slice.
    pub(super) fn loose_dim(&mut self, size: u64, span: Span) -> DimId {
        let dim = self.literal_dim(size, span);
        self.dims.loose.insert(dim);
        dim
    }

    pub(super) fn is_loose(&self, dim: DimId) -> bool {
        self.dims.loose.contains(&dim)
    }

    /// The dimension that a name with its primes means; one that nothing sizes is reported.
    pub(super) fn dim_named(&mut self, ident: &ast::Ident) -> Option<DimId> {
        let Some(mut id) = self.find_dim(&ident.text) else {
            return self.unknown_dim(ident);
        };
        self.dims.used.insert(id);
        for _ in 0..ident.primes {
            id = self.prime_of(id, ident.span);
        }
        Some(id)
    }

    /// Reports a dimension that nothing sizes, once for each name.
    fn unknown_dim(&mut self, ident: &ast::Ident) -> Option<DimId> {
        if !self.dims.unknown.insert(ident.text.clone()) {
            return None;
        }
        let dims = self.model.dims.iter().map(|d| d.name.as_str());
        let near = diag::nearest(&ident.text, dims);
        let value = match self.known(&ident.text) {
            Some(Known::Name(id)) => Some(self.model.name(id)),
            _ => None,
        };
        let datum = value.filter(|v| matches!(v.kind, NameKind::Data(_)));
        let error = match datum {
            Some(d) => errors::datum_as_dimension(ident, d.span, &self.dim_list(&d.ty.dims)),
            None => errors::unsized_dimension(ident, near),
        };
        self.fail(error)
    }

    pub(super) fn find_dim(&self, name: &str) -> Option<DimId> {
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

    /// `n` of `n`, `n'` and `n''`.
    pub(super) fn root(&self, dim: DimId) -> DimId {
        match self.model.dim(dim).size {
            DimSize::Prime { of } => self.root(of),
            _ => dim,
        }
    }

    /// The size, where it is known without data.
    pub(super) fn fixed_size(&self, dim: DimId) -> Option<u64> {
        match &self.model.dim(dim).size {
            DimSize::Fixed(n) | DimSize::Literal(n) => Some(*n),
            DimSize::Labels(labels) => Some(labels.len() as u64),
            DimSize::Offset { of, by } => self.fixed_size(*of)?.checked_add_signed(*by),
            DimSize::Prime { of } => self.fixed_size(*of),
            DimSize::FromData => None,
        }
    }

    pub(super) fn dim_name(&self, dim: DimId) -> String {
        self.model.dim(dim).name.clone()
    }

    /// `[n, k]`, as users write it; `no dimensions` of none.
    pub(super) fn dim_list(&self, dims: &[DimId]) -> String {
        if dims.is_empty() {
            return "no dimensions".into();
        }
        let names: Vec<String> = dims.iter().map(|&d| self.dim_name(d)).collect();
        format!("[{}]", names.join(", "))
    }

    /// The dimensions that a left side lists; from here on their names run inside the statement's brackets.
    /// Starts such as `[t = 1]`, repeated and unknown dimensions are reported.
    pub(super) fn target_dims(&mut self, target: &ast::Target) -> Option<Vec<DimId>> {
        self.scope.declares = Some(target.name.text.clone());
        let dims: Vec<Option<DimId>> =
            target.entries.iter().map(|entry| self.target_dim(target, entry)).collect();
        let dims: Vec<DimId> = dims.into_iter().collect::<Option<_>>()?;
        let spans: Vec<Span> = target.entries.iter().map(|e| e.span).collect();
        self.expect_distinct(&dims, &spans)?;
        self.listed.clone_from(&dims);
        Some(dims)
    }

    fn target_dim(&mut self, target: &ast::Target, entry: &ast::Entry) -> Option<DimId> {
        if let Some(dim) = &entry.dim {
            return self.fail(errors::start_of_recurrence(target, dim));
        }
        let ast::EntryIndex::Expr(e) = &entry.index else {
            return self.fail(errors::not_a_left_side(target, entry));
        };
        match &e.kind {
            ast::ExprKind::Name(name) => self.dim_named(name),
            ast::ExprKind::Number { value, .. } => self.literal_size(*value, e.span),
            _ => self.fail(errors::not_a_left_side(target, entry)),
        }
    }

    fn literal_size(&mut self, value: f64, span: Span) -> Option<DimId> {
        if value < 1.0 || value.fract() != 0.0 || value > u32::MAX.into() {
            return self.fail(errors::not_a_size(span));
        }
        Some(self.literal_dim(value as u64, span))
    }

    /// A dimension in a type: a name, or a literal size.
    pub(super) fn dim_ref(&mut self, dim: &ast::DimRef) -> Option<DimId> {
        match dim {
            ast::DimRef::Named(name) => self.dim_named(name),
            ast::DimRef::Size { size, span } => self.literal_size(*size as f64, *span),
        }
    }

    /// `[n, n]` has no meaning: the second axis is `n'`.
    pub(super) fn expect_distinct(&mut self, dims: &[DimId], spans: &[Span]) -> Option<()> {
        for (i, dim) in dims.iter().enumerate() {
            if let Some(first) = dims[..i].iter().position(|d| d == dim) {
                let error = errors::dimension_twice(&self.dim_name(*dim), spans[i], spans[first]);
                return self.fail(error);
            }
        }
        Some(())
    }

    /// Makes unnamed dimensions of the arguments meet: a list or slice takes the place of the one of its length.
    pub(super) fn meet(&mut self, args: &mut [Expr]) -> Option<()> {
        for right in 1..args.len() {
            for left in 0..right {
                let (before, after) = args.split_at_mut(right);
                self.meet_pair(&mut before[left], &mut after[0])?;
            }
        }
        Some(())
    }

    pub(super) fn meet_pair(&mut self, a: &mut Expr, b: &mut Expr) -> Option<()> {
        let unnamed = |cx: &Self, x: &Expr, y: &Expr| -> Vec<DimId> {
            let is_literal = |d: &&DimId| matches!(cx.model.dim(**d).size, DimSize::Literal(_));
            x.ty.dims
                .iter()
                .filter(is_literal)
                .filter(|d| !y.ty.dims.contains(d))
                .copied()
                .collect()
        };
        let (of_a, of_b) = (unnamed(self, a, b), unnamed(self, b, a));
        self.expect_named(a, &of_b, b)?;
        self.expect_named(b, &of_a, a)?;
        for (&da, &db) in of_a.iter().zip(&of_b) {
            let size = |d: DimId| self.fixed_size(d).unwrap_or_default();
            let (long_a, long_b) = ((a.span, size(da)), (b.span, size(db)));
            let (loose_a, loose_b) = (self.is_loose(da), self.is_loose(db));
            if !loose_a && !loose_b {
                return self.fail(errors::unnamed_dimensions(long_a, long_b));
            }
            if long_a.1 != long_b.1 {
                return self.fail(errors::lengths_differ(long_a, long_b));
            }
            if loose_b { rename(b, db, da) } else { rename(a, da, db) }
        }
        Some(())
    }

    /// A list does not say that it runs along a named dimension, even one of its length.
    fn expect_named(&mut self, named: &Expr, unnamed: &[DimId], list: &Expr) -> Option<()> {
        for &dim in unnamed.iter().filter(|&&d| self.is_loose(d)) {
            let same = |d: &&DimId| self.fixed_size(**d) == self.fixed_size(dim);
            let literal = |d: &&DimId| matches!(self.model.dim(**d).size, DimSize::Literal(_));
            if let Some(&twin) = named.ty.dims.iter().find(|d| same(d) && !literal(d)) {
                let error = errors::list_without_name(list.span, named.span, &self.dim_name(twin));
                return self.fail(error);
            }
        }
        Some(())
    }
}

/// Gives one dimension of a value another name.
pub(super) fn rename(e: &mut Expr, from: DimId, to: DimId) {
    let base = e.clone();
    for dim in e.ty.dims.iter_mut().filter(|d| **d == from) {
        *dim = to;
    }
    e.ty.mark = e.ty.mark.map(|mark| mark.renamed(from, to));
    if !matches!(e.kind, ExprKind::Literal(_)) {
        let entries = vec![(from, Entry::Run { to, first: 0 })];
        e.kind = ExprKind::Index { base: Box::new(base), entries };
    }
}
