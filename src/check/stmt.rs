//! Statements, each in turn.

use super::model::{Columns, DataDecl, DimId, Elem, Expr, NameKind, Stage, StmtKind, Type};
use super::support::Fit;
use super::{Checker, dims, errors, support};
use crate::source::Span;
use crate::syntax::ast;

impl Checker {
    pub(super) fn stmt(&mut self, stmt: &ast::Stmt) {
        self.listed.clear();
        self.scope.declares = None;
        match &stmt.kind {
            ast::StmtKind::Data { name, ty, from } => self.data(name, ty, from.as_ref()),
            ast::StmtKind::Dim { .. } => {}
            ast::StmtKind::Param { name, ty, init } => self.param(name, ty, init.as_ref()),
            ast::StmtKind::Let { targets, value } => self.deterministic(targets, value, stmt.span),
            ast::StmtKind::Fn { name, params, body } => self.define(name, params, body),
            ast::StmtKind::Net(net) => self.declare_net(net),
            ast::StmtKind::Tilde { target, dist } => self.check_tilde(stmt, target, dist),
            ast::StmtKind::Factor(value) => self.factor(value, stmt.span),
            ast::StmtKind::Guide(_) => {}
            ast::StmtKind::Fit(settings) => self.check_fit(settings, stmt.span),
        }
    }

    fn data(&mut self, name: &ast::Ident, ty: &ast::Type, from: Option<&ast::Columns>) {
        let declared = self.declared_type(ty, Stage::Data);
        if ty.optional {
            self.poison(name);
            return self.diags.push(errors::missing_cells_refused(name, ty.span));
        }
        let columns = from.map(|c| match c {
            ast::Columns::Name(name) => Columns::Name(name.text.clone()),
            ast::Columns::Run { first, last } => {
                Columns::Run { first: first.text.clone(), last: last.text.clone() }
            }
        });
        let origin = self.index_origin(ty);
        let kind = NameKind::Data(DataDecl { columns, from: origin, observed: false });
        self.declare_or_poison(name, kind, declared);
    }

    fn param(&mut self, name: &ast::Ident, ty: &ast::Type, init: Option<&ast::Expr>) {
        let declared = self.declared_type(ty, Stage::Param);
        let value = init.and_then(|e| self.expr(e));
        let Some(declared) = declared else { return self.poison(name) };
        if declared.elem != Elem::Real || ty.optional {
            self.poison(name);
            return self.diags.push(errors::param_of_what(ty));
        }
        if let Some(value) = &value {
            self.check_init(name, &declared, value);
        }
        self.declare_or_poison(name, NameKind::Param { init: value }, Some(declared));
    }

    /// An initial value comes from data alone, fits into the dimensions and lies in the support.
    fn check_init(&mut self, name: &ast::Ident, ty: &Type, init: &Expr) {
        if init.ty.stage > Stage::Data {
            return self.diags.push(errors::init_of_latent(name, init.span));
        }
        if let Some(&extra) = init.ty.dims.iter().find(|d| !ty.dims.contains(d)) {
            let (extra, has) = (self.dim_name(extra), self.dim_list(&ty.dims));
            return self.diags.push(errors::init_dimensions(name, &has, init.span, &extra));
        }
        if support::inside(init, ty.support, "exp") == Fit::No {
            self.diags.push(errors::init_outside(name, ty.support, init.span, init.ty.support));
        }
    }

    fn declare_or_poison(&mut self, name: &ast::Ident, kind: NameKind, ty: Option<Type>) {
        match ty {
            Some(ty) => {
                self.declare(name, kind, ty);
            }
            None => self.poison(name),
        }
    }

    /// `name = expr`, `name[t] = expr`
    pub(super) fn deterministic(&mut self, targets: &[ast::Target], value: &ast::Expr, span: Span) {
        let [target] = targets else { return self.several_targets(targets, value, span) };
        let listed = self.target_dims(target);
        let value = self.expr(value);
        self.let_checked(target, listed, value, span);
    }

    /// One of the values of a statement with several names on the left.
    pub(super) fn let_value(&mut self, target: &ast::Target, value: Option<Expr>, span: Span) {
        let listed = self.target_dims(target);
        self.let_checked(target, listed, value, span);
    }

    fn let_checked(
        &mut self,
        target: &ast::Target,
        listed: Option<Vec<DimId>>,
        value: Option<Expr>,
        span: Span,
    ) {
        let (Some(listed), Some(mut value)) = (listed, value) else {
            return self.poison(&target.name);
        };
        let mut ty = value.ty.clone();
        if !target.entries.is_empty() {
            if self.expect_listed(target, &listed, &mut value).is_none() {
                return self.poison(&target.name);
            }
            ty = Type { dims: listed, ..value.ty.clone() };
        }
        let kind = NameKind::Let { stmt: self.next_stmt(), hidden: false };
        if let Some(name) = self.declare(&target.name, kind, ty) {
            self.push_stmt(StmtKind::Let { name, value }, span);
        }
    }

    /// The left side lists every dimension of the value; a list takes the one of its length that the value lacks.
    pub(super) fn expect_listed(
        &mut self,
        target: &ast::Target,
        listed: &[DimId],
        value: &mut Expr,
    ) -> Option<()> {
        let extra: Vec<DimId> =
            value.ty.dims.iter().copied().filter(|d| !listed.contains(d)).collect();
        for dim in extra {
            let size = self.fixed_size(dim);
            let free = listed.iter().find(|&&d| {
                !value.ty.dims.contains(&d) && self.fixed_size(d).is_none_or(|n| Some(n) == size)
            });
            match free {
                Some(&to) if self.is_loose(dim) => dims::rename(value, dim, to),
                _ => {
                    let (of, list) = (self.dim_name(dim), self.dim_list(&value.ty.dims));
                    return self.fail(errors::left_side_lacks(target, &of, value.span, &list));
                }
            }
        }
        Some(())
    }

    fn factor(&mut self, value: &ast::Expr, span: Span) {
        let Some(value) = self.expr(value) else { return };
        match value.ty.elem {
            Elem::Index(_) | Elem::Binary => {
                self.diags.push(errors::factor_of_what(value.span));
            }
            _ => self.push_stmt(StmtKind::Factor(value), span),
        }
    }
}
