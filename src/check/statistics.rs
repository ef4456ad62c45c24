//! Statistics of data alone, where the data are others than those of a fit: they belong to the fit.

use super::batch::along;
use super::model::{DimId, DistCall, Entry, Expr, ExprKind, Model, NameKind, Stage, StmtKind};

impl Model {
    /// Puts numbers in the place of every statistic along these dimensions that data alone determine, and that has none of them
    /// left: means, sizes, counts, the element at a position. Says whether there were any.
    pub fn settle(&mut self, along: &[DimId], value: &mut dyn FnMut(&Expr) -> Vec<f64>) -> bool {
        let mut settler = Settler { along, value, any: false };
        for stmt in &mut self.stmts {
            match &mut stmt.kind {
                StmtKind::Let { value, .. } | StmtKind::Factor(value) => settler.expr(value),
                StmtKind::Tilde(site) => settler.dist(&mut site.dist),
                StmtKind::Guide(guide) => settler.dist(&mut guide.dist),
            }
        }
        for name in &mut self.names {
            if let NameKind::Param { init: Some(init) } = &mut name.kind {
                settler.expr(init);
            }
        }
        settler.any
    }

    /// Whether more positions along a dimension change what the others are: something sums over it, normalises it or draws it
    /// at once, or a point estimate has it. Picks by data leave them as they are.
    pub fn mixes(&self, dim: DimId) -> bool {
        let of_fit = self.names.iter().any(|name| {
            let is_fitted = matches!(name.kind, NameKind::Param { .. } | NameKind::Weight(_));
            is_fitted && name.ty.dims.contains(&dim)
        });
        let mut mixed =
            of_fit || self.names.iter().any(|n| n.ty.mark.is_some_and(|m| m.dims().contains(&dim)));
        for stmt in &self.stmts {
            mixed |= stmt.windows.iter().any(|w| w.dim == dim);
            mixed |= match &stmt.kind {
                StmtKind::Let { value, .. } => mixes(value, dim),
                StmtKind::Factor(value) => mixes(value.addends(&stmt.windows), dim),
                StmtKind::Tilde(site) => draws_at_once(&site.dist, dim),
                StmtKind::Guide(guide) => draws_at_once(&guide.dist, dim),
            };
        }
        mixed
    }
}

fn draws_at_once(call: &DistCall, dim: DimId) -> bool {
    let inner = call.inner.as_ref().is_some_and(|inner| draws_at_once(inner, dim));
    inner || call.event.contains(&dim) || call.args.iter().any(|arg| mixes(arg, dim))
}

fn mixes(e: &Expr, dim: DimId) -> bool {
    let picked = |(of, entry): &(DimId, Entry)| *of != dim || matches!(entry, Entry::By(_));
    let is_pick = matches!(&e.kind, ExprKind::Index { entries, .. } if entries.iter().all(picked));
    let sees = along(e, dim).is_some() && !is_pick;
    let counts = matches!(&e.kind, ExprKind::Size(of) | ExprKind::Position(of) if *of == dim);
    sees || counts || e.parts().into_iter().any(|part| mixes(part, dim))
}

struct Settler<'a> {
    along: &'a [DimId],
    value: &'a mut dyn FnMut(&Expr) -> Vec<f64>,
    any: bool,
}

impl Settler<'_> {
    fn dist(&mut self, call: &mut DistCall) {
        call.args.iter_mut().for_each(|arg| self.expr(arg));
        if let Some(inner) = &mut call.inner {
            self.dist(inner);
        }
    }

    fn expr(&mut self, e: &mut Expr) {
        let is_left = |d: &DimId| e.ty.dims.contains(d);
        let sees =
            |d: &DimId| along(e, *d).is_some() || matches!(&e.kind, ExprKind::Size(of) if of == d);
        let is_data = e.ty.stage <= Stage::Data;
        if is_data && !self.along.iter().any(is_left) && self.along.iter().any(sees) {
            e.kind = ExprKind::Literal((self.value)(e));
            self.any = true;
            return;
        }
        e.parts_mut().into_iter().for_each(|part| self.expr(part));
    }
}
