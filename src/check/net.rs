//! `net f(x[d]) -> [e] { … }`: written for one example, it maps over every other dimension of its arguments.
//!
//! At each call its body becomes statements of the model, and its value takes the place of the call. The weights belong to
//! the net: every call has the same ones.

use super::apply::union;
use super::layers::Layer;
use super::model::{DimId, DimSize, Expr, ExprKind, NameDecl, NameId, NameKind, StmtKind, Type};
use super::names::Frame;
use super::{Checker, dims, errors};
use crate::source::Span;
use crate::syntax::ast;
use std::collections::HashMap;
use std::mem;
use std::rc::Rc;

/// The nets of a program and what their layers learn.
#[derive(Default)]
pub(super) struct Nets {
    pub(super) known: HashMap<String, Rc<ast::Net>>,
    /// By name, and whether the call is in a baseline.
    pub(super) called: Vec<(String, bool)>,
    pub(super) in_baseline: bool,
    /// By net and place in the body.
    pub(super) layers: HashMap<(String, usize), Layer>,
    /// Dropouts met so far.
    pub(super) masks: usize,
}

/// A net whose body is being put in the place of a call.
#[derive(Clone, Default)]
pub(super) struct Inside {
    /// Dimensions of the arguments that the net does not name.
    pub(super) mapped: Vec<DimId>,
    /// Layers met so far.
    pub(super) layers: usize,
    /// Nothing is known of the arguments: only names and dimensions are looked at.
    pub(super) blind: bool,
}

impl Nets {
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.called.iter().any(|(n, _)| n == name)
    }
}

impl Checker {
    pub(super) fn is_net(&self, name: &str) -> bool {
        self.nets.known.contains_key(name) || self.inside_of(name)
    }

    /// Whether the body of this net is being looked at.
    fn inside_of(&self, name: &str) -> bool {
        self.scope.calls.iter().any(|f| f.function == name && f.inside.is_some())
    }

    /// A call with one value.
    pub(super) fn net_value(
        &mut self,
        callee: &ast::Ident,
        args: &[ast::Arg],
        over: &[ast::Ident],
        span: Span,
    ) -> Option<Expr> {
        let mut values = self.call_net(callee, args, over, span)?;
        match values.len() {
            1 => values.pop(),
            count => self.fail(errors::several_values(callee, count, span)),
        }
    }

    /// The values of a call, one per result of the net.
    pub(super) fn call_net(
        &mut self,
        callee: &ast::Ident,
        args: &[ast::Arg],
        over: &[ast::Ident],
        span: Span,
    ) -> Option<Vec<Expr>> {
        if self.inside_of(&callee.text) {
            return self.fail(errors::recursion(callee));
        }
        let net = self.nets.known.get(&callee.text).cloned()?;
        self.nets.called.push((callee.text.clone(), self.nets.in_baseline));
        if let Some(dim) = over.first() {
            return self.fail(errors::over_on_elementwise(callee, dim));
        }
        let names: Vec<&str> = net.params.iter().map(|p| p.name.text.as_str()).collect();
        let args = self.in_order(callee, args, &names)?;
        let values: Vec<Option<Expr>> = args.iter().map(|arg| self.expr(&arg.value)).collect();
        let mut values: Vec<Expr> = values.into_iter().collect::<Option<_>>()?;
        let mut mapped: Vec<Vec<DimId>> = vec![];
        for (target, value) in net.params.iter().zip(&mut values) {
            let own = self.outside(|cx| cx.target_dims(target))?;
            mapped.push(self.beyond(callee, target, &own, value)?);
        }
        let mapped = union(mapped.iter().map(Vec::as_slice));
        let args = names.iter().map(ToString::to_string).zip(values.into_iter().map(Some));
        let inside = Inside { mapped: mapped.clone(), ..Inside::default() };
        let values = self.at(callee, span, |cx| cx.body_of(&net, args.collect(), inside))?;
        self.expect_results(&net, values, &mapped, span)
    }

    /// The dimensions of an argument that the net does not name; the others have to be there.
    fn beyond(
        &mut self,
        callee: &ast::Ident,
        target: &ast::Target,
        own: &[DimId],
        value: &mut Expr,
    ) -> Option<Vec<DimId>> {
        for &dim in own {
            if value.ty.dims.contains(&dim) {
                continue;
            }
            let Some(alike) = self.of_length(dim, &value.ty.dims, own) else {
                let (dim, has) = (self.dim_name(dim), self.dim_list(&value.ty.dims));
                return self.fail(errors::argument_lacks(callee, target, value.span, &dim, &has));
            };
            dims::rename(value, alike, dim);
        }
        Some(value.ty.dims.iter().copied().filter(|d| !own.contains(d)).collect())
    }

    /// A dimension without a name, of the same length as one without a name.
    pub(super) fn of_length(&self, dim: DimId, among: &[DimId], taken: &[DimId]) -> Option<DimId> {
        let unnamed = |d: DimId| matches!(self.model.dim(d).size, DimSize::Literal(_));
        let fits = |d: &&DimId| {
            let either = unnamed(dim) || self.is_loose(**d);
            either && unnamed(**d) && self.fixed_size(**d) == self.fixed_size(dim)
        };
        among.iter().filter(|d| !taken.contains(d)).find(fits).copied()
    }

    /// The statements of a body, and its values.
    pub(super) fn body_of(
        &mut self,
        net: &ast::Net,
        args: HashMap<String, Option<Expr>>,
        inside: Inside,
    ) -> Option<Vec<Expr>> {
        let frame = Frame { function: net.name.text.clone(), args, inside: Some(inside) };
        self.scope.calls.push(frame);
        self.hold_args(net);
        let values = self.outside(|cx| {
            for stmt in &net.body {
                cx.inner_stmt(stmt);
            }
            cx.values_of(&net.value)
        });
        self.scope.calls.pop();
        values
    }

    fn hold_args(&mut self, net: &ast::Net) {
        for name in net.params.iter().map(|p| &p.name.text) {
            let arg = self.scope.calls.last().and_then(|f| f.args.get(name).cloned().flatten());
            let Some(arg) = arg else { continue };
            let span = arg.span;
            let held = self.hold(name, arg, span);
            if let Some(frame) = self.scope.calls.last_mut() {
                frame.args.insert(name.clone(), Some(held));
            }
        }
    }

    /// Runs something with its own left side, and puts back that of the statement at hand.
    pub(super) fn outside<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let listed = mem::take(&mut self.listed);
        let declares = self.scope.declares.take();
        let value = f(self);
        self.listed = listed;
        self.scope.declares = declares;
        value
    }

    /// What is wrong in a body for these arguments is said at the call, with the place in the body beside it.
    fn at<T>(
        &mut self,
        callee: &ast::Ident,
        span: Span,
        f: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let before = mem::take(&mut self.diags);
        let value = f(self);
        let found = mem::replace(&mut self.diags, before);
        for d in found.iter() {
            self.diags.push(super::inline::at_call(d.clone(), callee, span));
        }
        value
    }

    /// `name = expr` or `(a, b) = g(x)` in a body.
    fn inner_stmt(&mut self, stmt: &ast::Stmt) {
        let ast::StmtKind::Let { targets, value } = &stmt.kind else {
            return self.diags.push(errors::not_for_nets(stmt.span));
        };
        let values = match targets.len() {
            1 => self.expr(value).map(|value| vec![value]),
            _ => self.values_of(value),
        };
        let values = values.and_then(|v| self.expect_count(targets, v, stmt.span));
        for (i, target) in targets.iter().enumerate() {
            let value = values.as_ref().map(|v| v[i].clone());
            let listed = self.target_dims(target);
            let value = value.and_then(|value| self.inner_value(target, &listed?, value));
            self.bind(target, value, stmt.span);
        }
    }

    pub(super) fn expect_count(
        &mut self,
        targets: &[ast::Target],
        values: Vec<Expr>,
        span: Span,
    ) -> Option<Vec<Expr>> {
        if targets.len() == values.len() {
            return Some(values);
        }
        self.fail(errors::other_count(targets.len(), values.len(), span))
    }

    /// A value whose left side lists dimensions has those, and the ones that the net maps over.
    fn inner_value(
        &mut self,
        target: &ast::Target,
        listed: &[DimId],
        mut value: Expr,
    ) -> Option<Expr> {
        if !target.entries.is_empty() {
            let mapped = self.inside().map(|i| i.mapped.clone()).unwrap_or_default();
            let all: Vec<DimId> = listed.iter().copied().chain(mapped).collect();
            self.expect_listed(target, &all, &mut value)?;
        }
        Some(value)
    }

    fn bind(&mut self, target: &ast::Target, value: Option<Expr>, span: Span) {
        let name = &target.name;
        let taken = self.scope.calls.last().is_some_and(|f| f.args.contains_key(&name.text));
        if name.primes > 0 || taken {
            return self.diags.push(errors::bound_twice(name));
        }
        let value = value.map(|value| self.hold(&name.text, value, span));
        if let Some(frame) = self.scope.calls.last_mut() {
            frame.args.insert(name.text.clone(), value);
        }
    }

    /// A value that is used several times is a statement of its own, which no report shows.
    pub(super) fn hold(&mut self, name: &str, value: Expr, span: Span) -> Expr {
        let plain = matches!(value.kind, ExprKind::Name(_) | ExprKind::Number(_));
        if plain || self.inside().is_some_and(|i| i.blind) {
            return value;
        }
        let net = self.scope.calls.last().map(|f| f.function.clone());
        let name = net.map_or_else(|| name.to_string(), |net| format!("{net}.{name}"));
        let ty = value.ty.clone();
        let id = self.hold_always(&name, value, span);
        Expr { kind: ExprKind::Name(id), ty, span }
    }

    /// The name of a statement of its own.
    pub(super) fn hold_always(&mut self, name: &str, value: Expr, span: Span) -> NameId {
        let id = self.hidden(name.to_string(), span, value.ty.clone());
        self.push_stmt(StmtKind::Let { name: id, value }, span);
        id
    }

    /// A name that the user cannot type, for the statement that comes next.
    fn hidden(&mut self, name: String, span: Span, ty: Type) -> NameId {
        let kind = NameKind::Let { stmt: self.next_stmt(), hidden: true };
        self.add_name(NameDecl { name, span, kind, ty })
    }

    pub(super) fn add_name(&mut self, decl: NameDecl) -> NameId {
        let id = NameId(self.model.names.len() as u32);
        self.used.insert(id);
        self.model.names.push(decl);
        id
    }

    /// The net whose body is being put in the place of a call.
    pub(super) fn inside(&self) -> Option<&Inside> {
        self.scope.calls.last()?.inside.as_ref()
    }

    /// The dimensions along which a call without `over` runs: all of one example's.
    pub(super) fn own_dims(&self, e: &Expr) -> Vec<DimId> {
        let mapped = self.inside().map(|i| i.mapped.as_slice()).unwrap_or_default();
        e.ty.dims.iter().copied().filter(|d| !mapped.contains(d)).collect()
    }
}
