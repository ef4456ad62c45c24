//! The part of a model that some of its names need: what draws from the prior need of the data.

use super::Session;
use crate::check::check;
use crate::diag::Diagnostics;
use crate::syntax::{self, ast};
use std::collections::HashSet;
use std::sync::Arc;

impl Session {
    /// The statements that these words need, without the observations. Of data that are there for their dimensions alone, those
    /// that the files have, as `known` says, are taken first, and others only where no dimension would have a size.
    pub fn part(&self, words: &[String], known: &dyn Fn(&str) -> bool) -> (Session, Diagnostics) {
        let (part, found) = self.part_of(words, known);
        match found.has_errors() {
            true => self.part_of(words, &|_| true),
            false => (part, found),
        }
    }

    fn part_of(&self, words: &[String], known: &dyn Fn(&str) -> bool) -> (Session, Diagnostics) {
        let stmts = &self.program.stmts;
        let mut needed: HashSet<&str> = words.iter().map(String::as_str).collect();
        let mut taken: HashSet<usize> = HashSet::new();
        loop {
            let before = taken.len();
            for (i, stmt) in stmts.iter().enumerate().filter(|(_, s)| !self.observes(s)) {
                let sizes = |d: &&str| needed.contains(d) && !self.sizes(d);
                let is_known = declared(stmt).iter().any(|name| known(name)) || is_renamed(stmt);
                let carries = || is_known && sized(stmt).iter().any(sizes);
                if !taken.contains(&i)
                    && (declared(stmt).iter().any(|n| needed.contains(n)) || carries())
                {
                    taken.insert(i);
                    needed.extend(syntax::mentions(stmt).iter().map(|w| w.text.as_str()));
                }
            }
            if taken.len() == before {
                break;
            }
        }
        let keep = |(i, s): (usize, &ast::Stmt)| {
            let kept = taken.contains(&i) || matches!(s.kind, ast::StmtKind::Fit(_));
            kept.then(|| s.clone())
        };
        let stmts = stmts.iter().enumerate().filter_map(keep).collect();
        let program = ast::Program { stmts, comments: vec![] };
        let (model, found) = check(&program);
        let (source, model) = (self.source.clone(), Arc::new(model));
        (Session { source, program, model, watch: Box::new(|_| {}) }, found)
    }

    /// Whether a statement adds to the density of what is known.
    fn observes(&self, stmt: &ast::Stmt) -> bool {
        match &stmt.kind {
            ast::StmtKind::Tilde { target, .. } => {
                let decl = self.model.find_name(&target.name.text).map(|id| self.model.name(id));
                decl.is_some_and(|d| d.ty.stage < crate::check::model::Stage::Latent)
            }
            ast::StmtKind::Factor(_) | ast::StmtKind::Guide(_) => true,
            _ => false,
        }
    }

    /// Whether a statement sizes a dimension.
    fn sizes(&self, dim: &str) -> bool {
        self.program.stmts.iter().any(|s| match &s.kind {
            ast::StmtKind::Dim { name, .. } => name.text == dim,
            _ => false,
        })
    }
}

/// Whether a datum is read from a column of another name.
fn is_renamed(stmt: &ast::Stmt) -> bool {
    matches!(&stmt.kind, ast::StmtKind::Data { from: Some(_), .. })
}

/// The names that a statement declares.
fn declared(stmt: &ast::Stmt) -> Vec<&str> {
    match &stmt.kind {
        ast::StmtKind::Data { name, .. }
        | ast::StmtKind::Dim { name, .. }
        | ast::StmtKind::Param { name, .. }
        | ast::StmtKind::Fn { name, .. } => vec![&name.text],
        ast::StmtKind::Net(net) => vec![&net.name.text],
        ast::StmtKind::Let { targets, .. } => {
            targets.iter().map(|t| t.name.text.as_str()).collect()
        }
        ast::StmtKind::Tilde { target, .. } => vec![&target.name.text],
        ast::StmtKind::Factor(_) | ast::StmtKind::Guide(_) | ast::StmtKind::Fit(_) => vec![],
    }
}

/// The dimensions that a declaration of data sizes.
fn sized(stmt: &ast::Stmt) -> Vec<&str> {
    match &stmt.kind {
        ast::StmtKind::Data { ty, .. } => {
            let named = ty.dims.iter().filter_map(|d| match d {
                ast::DimRef::Named(name) => Some(name.text.as_str()),
                ast::DimRef::Size { .. } => None,
            });
            let over = ty.over.iter().map(|d| d.text.as_str());
            let index = ty.args.iter().filter_map(|a| match &a.value.kind {
                ast::ExprKind::Name(name) => Some(name.text.as_str()),
                _ => None,
            });
            named.chain(over).chain(index).collect()
        }
        _ => vec![],
    }
}
