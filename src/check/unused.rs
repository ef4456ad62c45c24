//! Warnings about what the model says for nothing: data and dimensions that nobody reads, latents that reach no data.

use super::model::{DistCall, Expr, ExprKind, NameId, NameKind, StmtKind};
use super::{Checker, errors};
use crate::diag;
use crate::syntax::ast;
use std::collections::HashSet;

impl Checker {
    /// Says nothing where there are errors: what they hide may well be used.
    pub(super) fn warn_of_unused(&mut self, program: &ast::Program) {
        if self.diags.has_errors() {
            return;
        }
        self.warn_of_names();
        self.warn_of_unused_nets();
        self.warn_of_latents();
        for stmt in &program.stmts {
            let ast::StmtKind::Dim { name, .. } = &stmt.kind else { continue };
            let used = self.find_dim(&name.text).is_some_and(|d| self.dims.used.contains(&d));
            if !used {
                let dims = self.model.dims.iter().map(|d| d.name.as_str());
                self.diags.push(errors::unused_dim(name, near(&name.text, dims)));
            }
        }
    }

    fn warn_of_names(&mut self) {
        let mut found = vec![];
        for (i, decl) in self.model.names.iter().enumerate() {
            if self.used.contains(&NameId(i as u32)) {
                continue;
            }
            let others = self.model.names.iter().map(|n| n.name.as_str());
            let near = near(&decl.name, others);
            match &decl.kind {
                NameKind::Data(d) if !d.observed => found.push(errors::unused_data(decl, near)),
                NameKind::Param { .. } => found.push(errors::unused_param(decl, near)),
                _ => {}
            }
        }
        for warning in found {
            self.diags.push(warning);
        }
    }

    /// A model without data or factors is its prior: there every latent is there for its own sake.
    fn warn_of_latents(&mut self) {
        let mut alive = HashSet::new();
        let mut costs = 0;
        for stmt in &self.model.stmts {
            match &stmt.kind {
                StmtKind::Tilde(site) if site.observed => {
                    self.reach(site.name, &mut alive);
                    self.reach_dist(&site.dist, &mut alive);
                }
                StmtKind::Factor(value) => self.reach_expr(value, &mut alive),
                _ => continue,
            }
            costs += 1;
        }
        let idle = |(i, _): &(usize, &super::model::NameDecl)| !alive.contains(&NameId(*i as u32));
        let latents = self.model.names.iter().enumerate().filter(idle);
        let latents = latents.filter(|(_, n)| matches!(n.kind, NameKind::Latent { .. }));
        let found: Vec<_> = latents
            .map(|(_, decl)| {
                let others = self.model.names.iter().map(|n| n.name.as_str());
                errors::idle_latent(decl, near(&decl.name, others))
            })
            .collect();
        for warning in found.into_iter().filter(|_| costs > 0) {
            self.diags.push(warning);
        }
    }

    /// Marks a name and everything that its value is computed or drawn from.
    fn reach(&self, name: NameId, alive: &mut HashSet<NameId>) {
        if !alive.insert(name) {
            return;
        }
        let (NameKind::Let { stmt, .. } | NameKind::Latent { stmt }) = self.model.name(name).kind
        else {
            return;
        };
        match self.model.stmts.get(stmt).map(|s| &s.kind) {
            Some(StmtKind::Let { value, .. } | StmtKind::Factor(value)) => {
                self.reach_expr(value, alive);
            }
            Some(StmtKind::Tilde(site)) => self.reach_dist(&site.dist, alive),
            Some(StmtKind::Guide(_)) | None => {}
        }
    }

    fn reach_dist(&self, dist: &DistCall, alive: &mut HashSet<NameId>) {
        for arg in &dist.args {
            self.reach_expr(arg, alive);
        }
        if let Some(inner) = &dist.inner {
            self.reach_dist(inner, alive);
        }
    }

    fn reach_expr(&self, e: &Expr, alive: &mut HashSet<NameId>) {
        if let ExprKind::Name(name) = e.kind {
            self.reach(name, alive);
        }
        e.parts().into_iter().for_each(|part| self.reach_expr(part, alive));
    }
}

/// A name like this one; two short names are alike by chance.
fn near<'a>(name: &str, others: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    diag::nearest(name, others).filter(|_| name.chars().count() > 2)
}
