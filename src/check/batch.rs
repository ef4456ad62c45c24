//! Minibatches: which dimensions are batched, and that every path from them to the objective keeps them.
//!
//! A step sees some rows, so what it computes must be a sum over rows. Any step along the dimension (a reduction, a lag, a
//! pick) would see the batch in place of all rows. Expressions of data alone are computed on all rows before, and the
//! outermost sum of a `factor` is part of the objective's own.

use super::flow::{Flows, Path};
use super::model::{
    Batch, DimId, DimSize, DistCall, Entry, Expr, ExprKind, Model, ObjectiveChoice, Stage, Stmt,
    StmtKind,
};
use super::settings::{Policy, Sizes};
use super::site_errors::batch as errors;
use crate::diag::{Diagnostic, Diagnostics};
use crate::source::Span;

/// Where `batch D = b` is said: in the model, or on the command line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Said {
    In(Span),
    Flag,
}

/// The dimensions that the command line and the model batch, without those of which a batch would hold all rows.
pub(super) fn batches(
    model: &Model,
    policy: &Policy,
    sizes: &Sizes,
    diags: &mut Diagnostics,
) -> Vec<(DimId, usize)> {
    let mut all: Vec<(DimId, u64)> = vec![];
    for (name, size) in &policy.batches {
        let Some(dim) = model.find_dim(name) else {
            diags.push(errors::no_such_dimension(name, None, model));
            continue;
        };
        faults(model, dim, Said::Flag).into_iter().for_each(|fault| diags.push(fault));
        all.retain(|(d, _)| *d != dim);
        all.push((dim, *size));
    }
    for Batch { dim, size, .. } in &model.fit.batches {
        if !all.iter().any(|(d, _)| d == dim) {
            all.push((*dim, *size));
        }
    }
    all.sort();
    let whole = |dim: DimId| sizes.dims.get(dim.0 as usize).copied().flatten();
    let is_part = |&(dim, size): &(DimId, u64)| whole(dim).is_none_or(|n| size < n as u64);
    all.into_iter().filter(is_part).map(|(dim, size)| (dim, size as usize)).collect()
}

/// Why a dimension cannot be batched; nothing where it can.
pub(super) fn faults(model: &Model, dim: DimId, said: Said) -> Vec<Diagnostic> {
    if model.dim(dim).size != DimSize::FromData {
        return vec![errors::not_from_data(model, dim, said)];
    }
    let mut walk = Walk { model, dim, said, diags: vec![] };
    model.stmts.iter().for_each(|stmt| walk.stmt(stmt));
    walk.diags
}

/// A batched dimension along which a latent that is summed inside a logarithm would sum its costs.
pub(super) fn inside(model: &Model, batches: &[(DimId, usize)], flows: &Flows) -> Option<DimId> {
    let has = |stmt: &Stmt, dim: DimId| match &stmt.kind {
        StmtKind::Tilde(site) => site.dims.contains(&dim),
        StmtKind::Factor(value) => value.addends(&stmt.windows).ty.dims.contains(&dim),
        StmtKind::Let { .. } | StmtKind::Guide(_) => false,
    };
    let sums = |dim: DimId| {
        flows.costs.iter().any(|flow| {
            has(&model.stmts[flow.stmt], dim) && flow.paths.get(&dim) != Some(&Path::Kept)
        })
    };
    batches.iter().map(|&(dim, _)| dim).find(|&dim| sums(dim))
}

/// A bound that does not keep a batched dimension apart: its logarithm would see some rows in place of all.
pub(super) fn unbounded(
    model: &Model,
    objective: ObjectiveChoice,
    batches: &[(DimId, usize)],
) -> Option<Diagnostic> {
    objective.copies()?;
    let apart = |&(dim, _): &(DimId, usize)| objective.over == Some(dim);
    let (dim, _) = batches.iter().find(|batch| !apart(batch))?;
    let asked = model.fit.batches.iter().find(|b| b.dim == *dim).map(|b| b.span);
    Some(errors::bound_across(model, *dim, asked, objective.draws))
}

struct Walk<'m> {
    model: &'m Model,
    dim: DimId,
    said: Said,
    diags: Vec<Diagnostic>,
}

impl Walk<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        let is_data =
            matches!(&stmt.kind, StmtKind::Let { value, .. } if value.ty.stage <= Stage::Data);
        if is_data {
            return;
        }
        if stmt.windows.iter().any(|w| w.dim == self.dim) {
            return self.fault(stmt.span, "a lag");
        }
        match &stmt.kind {
            StmtKind::Let { value, .. } => self.expr(value),
            StmtKind::Factor(value) => self.expr(value.addends(&stmt.windows)),
            StmtKind::Tilde(site) => self.dist(&site.dist),
            StmtKind::Guide(guide) => self.dist(&guide.dist),
        }
    }

    fn dist(&mut self, call: &DistCall) {
        if call.event.contains(&self.dim) {
            return self.fault(call.span, "a single draw");
        }
        call.args.iter().for_each(|arg| self.expr(arg));
        if let Some(inner) = &call.inner {
            self.dist(inner);
        }
    }

    fn expr(&mut self, e: &Expr) {
        if e.ty.stage <= Stage::Data {
            return;
        }
        let (before, dim) = (self.diags.len(), self.dim);
        e.parts().into_iter().for_each(|part| self.expr(part));
        if let Some(what) = along(e, dim).filter(|_| self.diags.len() == before) {
            self.fault(e.span, what);
        }
    }

    fn fault(&mut self, span: Span, what: &str) {
        self.diags.push(errors::mixed(self.model, self.dim, self.said, span, what));
    }
}

/// What a step does along a dimension; `None` where it is elementwise in it.
pub(super) fn along(e: &Expr, dim: DimId) -> Option<&'static str> {
    match &e.kind {
        ExprKind::Reduce { over, .. } if over.contains(&dim) => Some("a reduction"),
        ExprKind::Contract { over, .. } if over.contains(&dim) => Some("a product that sums"),
        ExprKind::Along { over, .. } if *over == dim => Some("a normalisation or a running sum"),
        ExprKind::Assignment { over, .. } if over.contains(&dim) => Some("a matching"),
        ExprKind::OneHot { over, .. } if *over == dim => Some("a place for each row"),
        ExprKind::Stack(_) if e.ty.dims.contains(&dim) => Some("a list of its elements"),
        ExprKind::SumBy { index, .. } if index.ty.dims.contains(&dim) => Some("a sum by an index"),
        ExprKind::SumBy { .. } if e.ty.dims.contains(&dim) => Some("a sum by an index"),
        ExprKind::Index { entries, .. } => entries.iter().find_map(|(of, entry)| match entry {
            Entry::Run { to, .. } if *of == dim || *to == dim => Some("a renaming or a slice"),
            Entry::Shift(_) if *of == dim => Some("a lag"),
            _ if *of == dim => Some("a pick"),
            _ => None,
        }),
        _ => None,
    }
}
