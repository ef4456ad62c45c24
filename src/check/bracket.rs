//! Brackets: every entry is an index into one dimension, which its type, its name or its being the only one tells.

use super::apply::union;
use super::entry::{Read, lag};
use super::model::{DimId, Entry, Expr, ExprKind, Stage, Type};
use super::names::Known;
use super::{Checker, errors};
use crate::source::Span;
use crate::syntax::ast;

/// A dimension of the base, what replaces it, and how it is read (`None` where it is read as it is).
struct Filled {
    dim: DimId,
    by: Vec<DimId>,
    entry: Option<Entry>,
    stage: Stage,
}

impl Checker {
    pub(super) fn bracket(
        &mut self,
        base: &ast::Expr,
        entries: &[ast::Entry],
        span: Span,
    ) -> Option<Expr> {
        self.expect_no_recurrence(base, entries)?;
        let base = self.expr(base)?;
        if base.ty.dims.is_empty() {
            return self.fail(errors::nothing_to_index(base.span, span));
        }
        let mut filled: Vec<Filled> = vec![];
        let mut whole = true;
        for entry in entries {
            match self.fill(&base, entry, &filled) {
                Some(f) => filled.push(f),
                None => whole = false,
            }
        }
        whole.then(|| indexed(base, filled, span))
    }

    /// A lag over the name that this statement declares, or over one further down.
    fn expect_no_recurrence(&mut self, base: &ast::Expr, entries: &[ast::Entry]) -> Option<()> {
        let ast::ExprKind::Name(name) = &base.kind else { return Some(()) };
        let lagged = entries.iter().find(|e| match &e.index {
            ast::EntryIndex::Expr(e) => lag(e).is_some(),
            ast::EntryIndex::Slice { .. } => false,
        });
        match (lagged, self.known(&name.text)) {
            (Some(_), Some(Known::Poisoned(_))) => None,
            (Some(entry), None) if self.scope.ahead.contains_key(&name.text) => {
                self.fail(errors::recurrence(name.span, entry.span))
            }
            _ => Some(()),
        }
    }

    fn fill(&mut self, base: &Expr, entry: &ast::Entry, filled: &[Filled]) -> Option<Filled> {
        let read = self.read(entry, base)?;
        let free: Vec<DimId> =
            base.ty.dims.iter().copied().filter(|d| filled.iter().all(|f| f.dim != *d)).collect();
        let dim = match &entry.dim {
            Some(name) => self.named_axis(base, &free, name, &read, entry)?,
            None => self.axis(base, &free, &read, entry)?,
        };
        let all = |by, entry| Filled { dim, by, entry, stage: Stage::Constant };
        Some(match read {
            Read::Run { along, shift: 0 } if along == dim => all(vec![dim], None),
            Read::Run { along, shift: 0 } => {
                all(vec![along], Some(Entry::Run { to: along, first: 0 }))
            }
            Read::Run { along, shift } => {
                self.expect_lag_of_data(base, entry.span)?;
                if along != dim {
                    return self.fail(errors::lag_of_prime(entry.span));
                }
                all(vec![dim], Some(Entry::Shift(shift)))
            }
            Read::By { index, .. } => Filled {
                dim,
                by: index.ty.dims.clone(),
                stage: index.ty.stage,
                entry: Some(Entry::By(index)),
            },
            Read::Position(value) => {
                all(vec![], Some(Entry::Position(self.position(dim, value, entry.span)?)))
            }
            Read::Label(text) => {
                self.expect_label(dim, &text, entry.span)?;
                all(vec![], Some(Entry::Label { text, span: entry.span }))
            }
            Read::Slice { first, last } => {
                if first < 1 || last < first {
                    return self.fail(errors::bad_slice(entry.span));
                }
                self.expect_inside(dim, last, entry.span)?;
                let to = self.loose_dim(last - first + 1, entry.span);
                all(vec![to], Some(Entry::Run { to, first: first - 1 }))
            }
        })
    }

    /// `d` of `x[d = 3]`.
    fn named_axis(
        &mut self,
        base: &Expr,
        free: &[DimId],
        name: &ast::Ident,
        read: &Read,
        entry: &ast::Entry,
    ) -> Option<DimId> {
        let dim = self.dim_named(name)?;
        if !free.contains(&dim) {
            let has = self.dim_list(free);
            return self.fail(errors::no_such_axis(name, base.span, &has));
        }
        if let Some(of) = index_of(read)
            && self.root(of) != self.root(dim)
        {
            let error = errors::wrong_index(entry.span, &self.dim_name(of), base.span, &name.text);
            return self.fail(error);
        }
        Some(dim)
    }

    /// The dimension that an entry without a name fills: the first one left of its type, or the only one.
    fn axis(
        &mut self,
        base: &Expr,
        free: &[DimId],
        read: &Read,
        entry: &ast::Entry,
    ) -> Option<DimId> {
        if let Some(of) = index_of(read) {
            let root = self.root(of);
            if let Some(&dim) = free.iter().find(|&&d| self.root(d) == root) {
                return Some(dim);
            }
            let (has, of) = (self.dim_list(free), self.dim_name(of));
            return self.fail(errors::index_of_missing(entry.span, &of, base.span, &has));
        }
        match base.ty.dims.as_slice() {
            &[only] if free.contains(&only) => Some(only),
            dims => {
                let (has, left) = (self.dim_list(dims), free.first().unwrap_or(&dims[0]));
                let first = self.dim_name(*left);
                self.fail(errors::which_axis(entry.span, base.span, &has, &first))
            }
        }
    }
}

/// The dimension whose positions an entry holds, where its type tells.
fn index_of(read: &Read) -> Option<DimId> {
    match read {
        Read::Run { along, .. } => Some(*along),
        Read::By { of, .. } => Some(*of),
        _ => None,
    }
}

/// Each filled dimension gives way to those of its entry, which align by name with the rest.
fn indexed(base: Expr, filled: Vec<Filled>, span: Span) -> Expr {
    let new = |d: &DimId| match filled.iter().find(|f| f.dim == *d) {
        Some(f) => f.by.clone(),
        None => vec![*d],
    };
    let lists: Vec<Vec<DimId>> = base.ty.dims.iter().map(new).collect();
    let touched =
        |d: &DimId| filled.iter().any(|f| f.entry.is_some() && (f.dim == *d || f.by.contains(d)));
    let ty = Type {
        mark: base.ty.mark.filter(|m| !m.dims().iter().any(touched)),
        dims: union(lists.iter().map(Vec::as_slice)),
        stage: filled.iter().map(|f| f.stage).fold(base.ty.stage, Stage::max),
        ..base.ty
    };
    let entries: Vec<(DimId, Entry)> =
        filled.into_iter().filter_map(|f| Some((f.dim, f.entry?))).collect();
    if entries.is_empty() {
        return Expr { ty, span, ..base };
    }
    Expr { kind: ExprKind::Index { base: Box::new(base), entries }, ty, span }
}
