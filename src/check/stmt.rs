//! Statements: the survey of what the text declares, then each statement in turn.

use super::Checker;
use crate::syntax::ast;

impl Checker {
    /// Meets every dimension and name of the text before the statements are checked.
    pub(super) fn survey(&mut self, program: &ast::Program) {
        for stmt in &program.stmts {
            if let ast::StmtKind::Tilde { target, .. } = &stmt.kind {
                let name = &target.name;
                self.scope.ahead.entry(name.text.clone()).or_insert(name.span);
            }
        }
    }

    pub(super) fn stmt(&mut self, stmt: &ast::Stmt) {
        self.listed.clear();
        match &stmt.kind {
            ast::StmtKind::Tilde { target, dist } => self.check_tilde(stmt, target, dist),
            ast::StmtKind::Fit(settings) => self.check_fit(settings, stmt.span),
            _ => {}
        }
    }
}
