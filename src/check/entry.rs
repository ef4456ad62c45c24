//! One entry of a bracket: how it reads the dimension that it fills.

use super::literal::constant;
use super::model::{DimId, Elem, Expr, Stage};
use super::{Checker, errors};
use crate::diag;
use crate::source::Span;
use crate::syntax::ast;

/// What an entry says, before it is known which dimension it fills.
pub(super) enum Read {
    /// The running index of a dimension, shifted.
    Run {
        along: DimId,
        shift: i64,
    },
    /// The value of an expression of element `Index`.
    By {
        index: Box<Expr>,
        of: DimId,
    },
    /// From 1, as written.
    Position(f64),
    Label(String),
    /// Both ends included, from 1.
    Slice {
        first: u64,
        last: u64,
    },
}

impl Checker {
    /// What an entry says. A name is the running index where the left side lists that dimension, else the value of that
    /// name; a dimension without a value of its name runs along the base that has it.
    pub(super) fn read(&mut self, entry: &ast::Entry, base: &Expr) -> Option<Read> {
        let e = match &entry.index {
            &ast::EntryIndex::Slice { first, last } => return Some(Read::Slice { first, last }),
            ast::EntryIndex::Expr(e) => e,
        };
        if let ast::ExprKind::Text(text) = &e.kind {
            return Some(Read::Label(text.clone()));
        }
        if let Some(value) = constant(e) {
            return Some(Read::Position(value));
        }
        if let ast::ExprKind::Name(name) = &e.kind
            && let Some(along) = self.running(name, base)
        {
            return Some(Read::Run { along, shift: 0 });
        }
        if let Some((name, shift)) = lag(e) {
            if let Some(along) = self.listed_dim(name) {
                return Some(Read::Run { along, shift });
            }
            if !self.is_value(&name.text) && self.find_dim(&name.text).is_some() {
                return self.fail(errors::lag_not_listed(name, e.span));
            }
        }
        if let ast::ExprKind::Name(name) = &e.kind {
            self.expect_known_index(name)?;
        }
        let index = self.expr(e)?;
        match index.ty.elem {
            Elem::Index(of) => Some(Read::By { index: Box::new(index), of }),
            _ => self.fail(errors::number_as_index(e.span, index.ty.elem == Elem::Real)),
        }
    }

    /// Reports a name in brackets that nothing declares.
    fn expect_known_index(&mut self, name: &ast::Ident) -> Option<()> {
        let text = &name.text;
        let declared = self.scope.ahead.contains_key(text) || self.find_dim(text).is_some();
        if declared || self.is_value(text) || self.scope.functions.contains_key(text) {
            return Some(());
        }
        let dims = self.model.dims.iter().map(|d| d.name.as_str());
        let near =
            diag::nearest(text, dims.chain(self.model.names.iter().map(|n| n.name.as_str())));
        let error = errors::unknown_index(name, near);
        self.fail(error)
    }

    /// The dimension that the left side lists under this name.
    fn listed_dim(&mut self, name: &ast::Ident) -> Option<DimId> {
        let dim = self.dim_quietly(name)?;
        self.listed.contains(&dim).then_some(dim)
    }

    fn running(&mut self, name: &ast::Ident, base: &Expr) -> Option<DimId> {
        if let Some(listed) = self.listed_dim(name) {
            return Some(listed);
        }
        let dim = if self.is_value(&name.text) { None } else { self.dim_quietly(name) }?;
        let root = self.root(dim);
        base.ty.dims.iter().any(|&d| self.root(d) == root).then_some(dim)
    }

    /// A dimension by its name and primes, without an error where there is none.
    fn dim_quietly(&mut self, name: &ast::Ident) -> Option<DimId> {
        self.find_dim(&name.text)?;
        self.dim_named(name)
    }

    /// A position as written, from 1, to one from 0; checked where the size is known.
    pub(super) fn position(&mut self, dim: DimId, value: f64, span: Span) -> Option<u64> {
        if value.fract() != 0.0 || value < 1.0 || value > f64::from(u32::MAX) {
            return self.fail(errors::not_a_position(span));
        }
        let position = value as u64;
        self.expect_inside(dim, position, span)?;
        Some(position - 1)
    }

    pub(super) fn expect_inside(&mut self, dim: DimId, position: u64, span: Span) -> Option<()> {
        match self.fixed_size(dim) {
            Some(size) if position > size => {
                let decl = self.model.dim(dim);
                let error = errors::out_of_range(span, position, &decl.name, size, decl.span);
                self.fail(error)
            }
            _ => Some(()),
        }
    }

    /// A label is looked up at once where the model lists the labels.
    pub(super) fn expect_label(&mut self, dim: DimId, text: &str, span: Span) -> Option<()> {
        use super::model::DimSize;
        let decl = self.model.dim(self.root(dim));
        let error = match &decl.size {
            DimSize::Labels(labels) if labels.iter().any(|l| l == text) => return Some(()),
            DimSize::Labels(labels) => {
                errors::unknown_label(span, text, &decl.name, labels, decl.span)
            }
            DimSize::Fixed(_) | DimSize::Literal(_) => {
                errors::label_without_labels(span, &decl.name, decl.span)
            }
            _ => return Some(()),
        };
        self.fail(error)
    }

    /// A lag reads data; over a latent or a deterministic name it would be a recurrence.
    pub(super) fn expect_lag_of_data(&mut self, base: &Expr, entry: Span) -> Option<()> {
        if base.ty.stage <= Stage::Data {
            return Some(());
        }
        self.fail(errors::recurrence(base.span, entry))
    }
}

/// `t` and −1 of `t - 1`.
pub(super) fn lag(e: &ast::Expr) -> Option<(&ast::Ident, i64)> {
    let ast::ExprKind::Binary { op, left, right, .. } = &e.kind else { return None };
    let (ast::ExprKind::Name(name), Some(n)) = (&left.kind, constant(right)) else { return None };
    let by = if n.fract() == 0.0 && n.abs() < 1e9 { n as i64 } else { return None };
    match op {
        ast::BinaryOp::Add => Some((name, by)),
        ast::BinaryOp::Sub => Some((name, -by)),
        _ => None,
    }
}
