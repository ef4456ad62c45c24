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
        match &mut e.kind {
            ExprKind::Number(_)
            | ExprKind::Name(_)
            | ExprKind::Position(_)
            | ExprKind::Size(_)
            | ExprKind::Literal(_) => {}
            ExprKind::Call { args, .. } | ExprKind::Stack(args) => {
                args.iter_mut().for_each(|arg| self.expr(arg));
            }
            ExprKind::Reduce { arg, .. }
            | ExprKind::Along { arg, .. }
            | ExprKind::OneHot { arg, .. } => self.expr(arg),
            ExprKind::SumBy { arg: left, index: right }
            | ExprKind::Contract { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Index { base, entries } => {
                self.expr(base);
                for (_, entry) in entries {
                    if let Entry::By(by) = entry {
                        self.expr(by);
                    }
                }
            }
        }
    }
}
