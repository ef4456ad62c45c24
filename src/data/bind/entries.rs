//! What the model's expressions say about positions, once sizes are known: labels, bare positions, slices, lags.

use super::axes::Axis;
use super::source::Label;
use crate::check::model::{
    DimId, DimSize, DistCall, Entry, Expr, ExprKind, Model, NameKind, Stmt, StmtKind,
};
use crate::data::errors::entry as errors;
use crate::data::errors::shape::unequal_pair;
use crate::diag::Diagnostics;
use crate::source::Span;
use std::sync::Arc;

/// Checks every expression and window of the model.
pub(super) fn check(model: &Model, axes: &[Option<Arc<Axis>>], diagnostics: &mut Diagnostics) {
    let mut checker = Checker { model, axes, diagnostics };
    for name in &model.names {
        if let NameKind::Param { init: Some(init) } = &name.kind {
            checker.expr(init);
        }
    }
    for stmt in &model.stmts {
        checker.stmt(stmt);
    }
}

struct Checker<'a> {
    model: &'a Model,
    axes: &'a [Option<Arc<Axis>>],
    diagnostics: &'a mut Diagnostics,
}

impl Checker<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        for window in &stmt.windows {
            let Some(axis) = self.axis(window.dim) else { continue };
            if window.back + window.ahead >= axis.size as u64 {
                let dim = self.model.dim(window.dim);
                let error = errors::window(dim, window, axis.size, stmt.span);
                self.diagnostics.push(error);
            }
        }
        match &stmt.kind {
            StmtKind::Let { value, .. } => self.expr(value),
            StmtKind::Tilde(site) => self.dist(&site.dist),
            StmtKind::Guide(guide) => self.dist(&guide.dist),
            StmtKind::Factor(value) => self.expr(value),
        }
    }

    fn dist(&mut self, dist: &DistCall) {
        for arg in &dist.args {
            self.expr(arg);
        }
        if let Some(inner) = &dist.inner {
            self.dist(inner);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        expr.parts().into_iter().for_each(|part| self.expr(part));
        if let ExprKind::Index { entries, .. } = &expr.kind {
            for (dim, entry) in entries {
                self.entry(*dim, entry, expr);
            }
        }
        if let ExprKind::Assignment { over, .. } = &expr.kind {
            self.matching(*over, expr.span);
        }
    }

    fn entry(&mut self, dim: DimId, entry: &Entry, whole: &Expr) {
        let Some(axis) = self.axis(dim) else { return };
        let decl = self.model.dim(dim);
        let error = match entry {
            Entry::Label { text, span } => {
                let known =
                    axis.position(Label::Text(text), None).is_some() && axis.labels.is_some();
                (!known).then(|| errors::label_unknown(decl, axis.labels.as_deref(), text, *span))
            }
            Entry::Position(position) => (*position >= axis.size as u64)
                .then(|| errors::position_beyond(decl, position + 1, axis.size, whole.span)),
            Entry::Run { to, first } => self.axis(*to).and_then(|part| {
                let last = first + part.size as u64;
                let slice = matches!(self.model.dim(*to).size, DimSize::Literal(_));
                let good = if slice { last <= axis.size as u64 } else { last == axis.size as u64 };
                let to = self.model.dim(*to);
                (!good).then(|| errors::run_does_not_fit(decl, axis.size, to, last, whole.span))
            }),
            Entry::Shift(_) | Entry::By(_) => None,
        };
        if let Some(error) = error {
            self.diagnostics.push(error);
        }
    }

    fn matching(&mut self, [row, column]: [DimId; 2], span: Span) {
        let (Some(rows), Some(columns)) = (self.axis(row), self.axis(column)) else { return };
        if rows.size != columns.size {
            let sides = (self.model.dim(row), self.model.dim(column));
            let sizes = (rows.size, columns.size);
            self.diagnostics.push(unequal_pair(sides.0, sides.1, sizes, span));
        }
    }

    fn axis(&self, dim: DimId) -> Option<Arc<Axis>> {
        self.axes[dim.0 as usize].clone()
    }
}
