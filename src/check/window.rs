//! Windows: where every lag of a statement exists. A name computed with lags carries its window to whoever reads it, and
//! nothing may run along the whole of a dimension on which a value holds only in part.

use super::event::vector_dims;
use super::model::{
    DimId, DistCall, Entry, Expr, ExprKind, NameId, NameKind, Site, StmtKind, Window,
};
use super::{Checker, errors};
use crate::source::Span;

impl Checker {
    /// The windows of a statement; a latent with one would have elements without a distribution.
    pub(super) fn windows_of_stmt(&mut self, kind: &StmtKind, span: Span) -> Vec<Window> {
        let mut found = vec![];
        match kind {
            StmtKind::Let { value, .. } | StmtKind::Factor(value) => {
                found = self.windows(value);
            }
            StmtKind::Guide(guide) => self.windows_of_dist(&guide.dist, &[], &mut found),
            StmtKind::Tilde(site) => {
                self.windows_of_dist(&site.dist, &[], &mut found);
                self.expect_whole_latent(site, &found, span);
                if site.observed {
                    let mut own = self.windows_of_name(site.name);
                    self.expect_no_window(&mut own, &vector_dims(&site.dist), site.dist.span, span);
                    merge(&mut found, own);
                }
            }
        }
        found.retain(|w| w.back > 0 || w.ahead > 0);
        found
    }

    fn expect_whole_latent(&mut self, site: &Site, found: &[Window], span: Span) {
        if let (Some(window), false) = (found.first(), site.observed) {
            let name = self.model.name(site.name).name.clone();
            let error = errors::latent_in_part(&name, span, &self.dim_name(window.dim));
            self.diags.push(error);
        }
    }

    /// Along event dimensions, those of the wrappers around included, the parameters are read whole.
    fn windows_of_dist(&mut self, dist: &DistCall, around: &[DimId], found: &mut Vec<Window>) {
        let events = [around, &dist.event].concat();
        for arg in &dist.args {
            merge(found, self.whole(arg, &events, dist.span));
        }
        if let Some(inner) = &dist.inner {
            self.windows_of_dist(inner, &events, found);
        }
    }

    fn windows_of_name(&self, name: NameId) -> Vec<Window> {
        match self.model.name(name).kind {
            NameKind::Let { stmt, .. } => {
                self.model.stmts.get(stmt).map_or_else(Vec::new, |s| s.windows.clone())
            }
            _ => vec![],
        }
    }

    fn windows(&mut self, e: &Expr) -> Vec<Window> {
        match &e.kind {
            ExprKind::Number(_)
            | ExprKind::Literal(_)
            | ExprKind::Position(_)
            | ExprKind::Size(_) => vec![],
            ExprKind::Name(name) => self.windows_of_name(*name),
            ExprKind::Call { args, .. } | ExprKind::Stack(args) => {
                let mut found = vec![];
                for arg in args {
                    merge(&mut found, self.windows(arg));
                }
                found
            }
            ExprKind::OneHot { arg, .. } => self.windows(arg),
            ExprKind::Reduce { arg, over, .. } => self.whole(arg, over, e.span),
            ExprKind::Along { arg, over, .. } => self.whole(arg, &[*over], e.span),
            ExprKind::Assignment { arg, over } => self.whole(arg, over, e.span),
            ExprKind::Contract { left, right, over } => {
                let mut found = self.whole(left, over, e.span);
                merge(&mut found, self.whole(right, over, e.span));
                found
            }
            ExprKind::SumBy { arg, index } => {
                let over = index.ty.dims.clone();
                let mut found = self.whole(arg, &over, e.span);
                merge(&mut found, self.whole(index, &over, e.span));
                found
            }
            ExprKind::Index { base, entries } => self.windows_of_index(base, entries, e.span),
        }
    }

    fn windows_of_index(
        &mut self,
        base: &Expr,
        entries: &[(DimId, Entry)],
        span: Span,
    ) -> Vec<Window> {
        let is_shift = |entry: &Entry| matches!(entry, Entry::Shift(_));
        let along: Vec<DimId> =
            entries.iter().filter(|(_, e)| !is_shift(e)).map(|(d, _)| *d).collect();
        let mut found = self.whole(base, &along, span);
        for (dim, entry) in entries {
            match entry {
                Entry::Shift(by) => shift(&mut found, *dim, *by),
                Entry::By(index) => merge(&mut found, self.windows(index)),
                _ => {}
            }
        }
        found
    }

    /// The windows of a value that is read along the whole of some dimensions: none of those may have one.
    fn whole(&mut self, arg: &Expr, over: &[DimId], span: Span) -> Vec<Window> {
        let mut found = self.windows(arg);
        self.expect_no_window(&mut found, over, span, arg.span);
        found
    }

    fn expect_no_window(&mut self, found: &mut Vec<Window>, over: &[DimId], span: Span, arg: Span) {
        if let Some(part) = found.iter().find(|w| over.contains(&w.dim)) {
            let error = errors::value_in_part(span, arg, &self.dim_name(part.dim));
            self.diags.push(error);
            found.retain(|w| !over.contains(&w.dim));
        }
    }
}

/// Where both hold.
fn merge(found: &mut Vec<Window>, others: Vec<Window>) {
    for w in others {
        match found.iter_mut().find(|f| f.dim == w.dim) {
            Some(f) => (f.back, f.ahead) = (f.back.max(w.back), f.ahead.max(w.ahead)),
            None => found.push(w),
        }
    }
}

/// `x[t + by]` holds at t where x holds at t + by.
fn shift(found: &mut Vec<Window>, dim: DimId, by: i64) {
    if found.iter().all(|w| w.dim != dim) {
        found.push(Window { dim, back: 0, ahead: 0 });
    }
    for w in found.iter_mut().filter(|w| w.dim == dim) {
        w.back = w.back.saturating_add_signed(-by);
        w.ahead = w.ahead.saturating_add_signed(by);
    }
}
