//! The first pass: every dimension that the text declares or that data carry, and where each name stands.

use super::model::{DimId, DimSize};
use super::types::index_ident;
use super::{Checker, constant, errors};
use crate::syntax::ast;

impl Checker {
    /// Meets every dimension and name of the text before the statements are checked.
    pub(super) fn survey(&mut self, program: &ast::Program) {
        for stmt in &program.stmts {
            self.look_ahead(stmt);
            if let ast::StmtKind::Dim { name, .. } = &stmt.kind {
                self.meet_dim_statement(name);
            }
        }
        for stmt in &program.stmts {
            if let ast::StmtKind::Data { ty, .. } = &stmt.kind {
                self.meet_data_dims(ty);
            }
        }
        for stmt in &program.stmts {
            if let ast::StmtKind::Dim { name, value } = &stmt.kind {
                self.size_dim(name, value);
            }
        }
    }

    /// Notes where a name is declared, for messages about uses above it.
    fn look_ahead(&mut self, stmt: &ast::Stmt) {
        let names: Vec<&ast::Ident> = match &stmt.kind {
            ast::StmtKind::Data { name, .. }
            | ast::StmtKind::Param { name, .. }
            | ast::StmtKind::Fn { name, .. } => vec![name],
            ast::StmtKind::Let { targets, .. } => targets.iter().map(|t| &t.name).collect(),
            ast::StmtKind::Net(net) => vec![&net.name],
            ast::StmtKind::Tilde { target, .. } => vec![&target.name],
            _ => vec![],
        };
        if let ast::StmtKind::Guide(stmts) = &stmt.kind {
            let drawn = stmts.iter().filter_map(|s| match &s.kind {
                ast::StmtKind::Tilde { target, .. } => Some(target.name.text.clone()),
                _ => None,
            });
            self.notes.guided.extend(drawn);
        }
        for name in names {
            self.scope.ahead.entry(name.text.clone()).or_insert(name.span);
        }
    }

    fn meet_dim_statement(&mut self, name: &ast::Ident) {
        match self.find_dim(&name.text) {
            _ if name.primes > 0 => self.diags.push(errors::prime_in_name(name)),
            None => {
                self.add_dim(&name.text, DimSize::FromData, name.span);
            }
            Some(first) => {
                let first = self.model.dim(first).span;
                self.diags.push(errors::dim_declared_twice(name, first));
            }
        }
    }

    /// Data size the dimensions that they carry, and an index has the labels of the dimension that it picks from.
    fn meet_data_dims(&mut self, ty: &ast::Type) {
        let named = ty.dims.iter().filter_map(|d| match d {
            ast::DimRef::Named(name) => Some(name),
            ast::DimRef::Size { .. } => None,
        });
        for name in named.chain(&ty.over).chain(index_ident(ty)) {
            if self.find_dim(&name.text).is_none() {
                self.add_dim(&name.text, DimSize::FromData, name.span);
            }
        }
    }

    /// `dim K = 3`, `dim rating = ["low", "high"]`, `dim cut = rating - 1`
    fn size_dim(&mut self, name: &ast::Ident, value: &ast::Expr) {
        let Some(id) = self.find_dim(&name.text) else { return };
        if self.model.dim(id).span != name.span {
            return;
        }
        let size = match labels(value) {
            Some(labels) => self.distinct_labels(labels, value),
            None => match constant(value) {
                Some(n) if n >= 1.0 && n.fract() == 0.0 && n <= f64::from(u32::MAX) => {
                    Some(DimSize::Fixed(n as u64))
                }
                Some(_) => self.fail(errors::not_a_size(value.span)),
                None => self.offset(id, value),
            },
        };
        if let Some(size) = size {
            self.model.dims[id.0 as usize].size = size;
        }
    }

    fn distinct_labels(&mut self, labels: Vec<String>, value: &ast::Expr) -> Option<DimSize> {
        let twice = labels.iter().enumerate().find(|(i, l)| labels[..*i].contains(l));
        match twice {
            Some((_, label)) => self.fail(errors::label_twice(label, value.span)),
            None => Some(DimSize::Labels(labels)),
        }
    }

    /// `rating - 1`
    fn offset(&mut self, id: DimId, value: &ast::Expr) -> Option<DimSize> {
        let Some((name, by)) = offset_of(value) else {
            return self.fail(errors::not_a_dim_value(value));
        };
        let of = self.dim_named(name)?;
        let mut next = of;
        while let DimSize::Offset { of, .. } = self.model.dim(next).size {
            next = of;
        }
        if next == id {
            return self.fail(errors::size_of_itself(&self.dim_name(id), value.span));
        }
        match self.fixed_size(of).map(|n| n.checked_add_signed(by)) {
            Some(None | Some(0)) => self.fail(errors::not_a_size(value.span)),
            _ => Some(DimSize::Offset { of, by }),
        }
    }
}

/// The texts of a list of texts.
fn labels(value: &ast::Expr) -> Option<Vec<String>> {
    let ast::ExprKind::List(items) = &value.kind else { return None };
    let text = |e: &ast::Expr| match &e.kind {
        ast::ExprKind::Text(text) => Some(text.clone()),
        _ => None,
    };
    let labels: Option<Vec<String>> = items.iter().map(text).collect();
    labels.filter(|l| !l.is_empty())
}

/// `rating` and −1 of `rating - 1`.
fn offset_of(value: &ast::Expr) -> Option<(&ast::Ident, i64)> {
    match &value.kind {
        ast::ExprKind::Name(name) => Some((name, 0)),
        ast::ExprKind::Binary { op, left, right, .. } => {
            let (ast::ExprKind::Name(name), Some(n)) = (&left.kind, constant(right)) else {
                return None;
            };
            let by = if n.fract() == 0.0 && n.abs() < 1e9 { n as i64 } else { return None };
            match op {
                ast::BinaryOp::Add => Some((name, by)),
                ast::BinaryOp::Sub => Some((name, -by)),
                _ => None,
            }
        }
        _ => None,
    }
}
