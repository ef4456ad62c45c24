//! The nets of a program: declared once, called anywhere, with results that have the promised dimensions.

use super::model::{DimId, Expr, ExprKind, NameKind, StmtKind};
use super::net::Inside;
use super::site_errors::annotation::shared_baseline;
use super::{Checker, dims, errors, functions, invoke};
use crate::source::Span;
use crate::syntax::ast;
use std::mem;
use std::rc::Rc;

impl Checker {
    /// Keeps a net, and looks its body over with arguments of which nothing is known.
    pub(super) fn declare_net(&mut self, net: &ast::Net) {
        let name = &net.name;
        let first = self.nets.known.get(&name.text).map(|n| n.name.span);
        let first = first.or_else(|| self.scope.functions.get(&name.text).map(|f| f.name.span));
        if let Some(first) = first {
            return self.diags.push(errors::declared_twice(name, first));
        }
        if !self.is_new(name) {
            return;
        }
        if functions::find(&name.text).is_some() || invoke::built_in().any(|f| f == name.text) {
            return self.diags.push(errors::built_in_redefined(name));
        }
        let twice = net.params.iter().enumerate().find_map(|(i, p)| {
            let first = net.params[..i].iter().find(|q| q.name.text == p.name.text)?;
            Some(errors::declared_twice(&p.name, first.name.span))
        });
        if let Some(error) = twice {
            return self.diags.push(error);
        }
        let args = net.params.iter().map(|p| (p.name.text.clone(), None)).collect();
        let before = mem::take(&mut self.diags);
        for target in net.params.iter().chain(&net.results) {
            self.outside(|cx| cx.target_dims(target));
        }
        self.body_of(net, args, Inside { blind: true, ..Inside::default() });
        let found = mem::replace(&mut self.diags, before);
        let broken = found.has_errors();
        self.diags.extend(found);
        if broken {
            return self.poison(name);
        }
        self.nets.known.insert(name.text.clone(), Rc::new(net.clone()));
    }

    /// The names of all nets, for lists and completion.
    pub(super) fn net_names(&self) -> impl Iterator<Item = &str> {
        self.nets.known.keys().map(String::as_str)
    }

    /// Nets that nothing calls.
    pub(super) fn warn_of_unused_nets(&mut self) {
        let unused = self.nets.known.values().filter(|n| !self.nets.is_called(&n.name.text));
        let mut unused: Vec<ast::Ident> = unused.map(|n| n.name.clone()).collect();
        unused.sort_by_key(|name| name.span.start);
        for name in &unused {
            self.diags.push(errors::unused_net(name));
        }
    }

    /// Weights that a baseline learns from its misses are no weights of the model.
    pub(super) fn expect_own_baselines(&mut self) {
        let called = |name: &str, baseline| {
            self.nets.called.iter().any(|(n, b)| n == name && *b == baseline)
        };
        let shared = |n: &&Rc<ast::Net>| called(&n.name.text, true) && called(&n.name.text, false);
        let shared: Vec<_> = self.nets.known.values().filter(shared).cloned().collect();
        for net in shared {
            self.diags.push(shared_baseline(&net.name));
        }
    }

    /// An expression whose nets serve as a baseline.
    pub(super) fn baseline_value(&mut self, value: &ast::Expr) -> Option<Expr> {
        self.nets.in_baseline = true;
        let e = self.expr(value);
        self.nets.in_baseline = false;
        e
    }

    /// Whether an expression depends on a declared param.
    pub(super) fn reads_params(&self, e: &Expr) -> bool {
        if let ExprKind::Name(name) = e.kind {
            return match &self.model.name(name).kind {
                NameKind::Param { .. } => true,
                NameKind::Let { stmt, .. } => match &self.model.stmts[*stmt].kind {
                    StmtKind::Let { value, .. } => self.reads_params(value),
                    _ => false,
                },
                _ => false,
            };
        }
        e.parts().into_iter().any(|part| self.reads_params(part))
    }

    /// The values of an expression that may have several.
    pub(super) fn values_of(&mut self, value: &ast::Expr) -> Option<Vec<Expr>> {
        match &value.kind {
            ast::ExprKind::Tuple(items) => {
                let values: Vec<Option<Expr>> = items.iter().map(|item| self.expr(item)).collect();
                values.into_iter().collect()
            }
            ast::ExprKind::Paren(inner) => self.values_of(inner),
            ast::ExprKind::Call { callee, args, over, by: None } if self.is_net(&callee.text) => {
                self.call_net(callee, args, over, value.span)
            }
            _ => self.expr(value).map(|value| vec![value]),
        }
    }

    /// The values have the dimensions that the net promises, and those that it maps over.
    pub(super) fn expect_results(
        &mut self,
        net: &ast::Net,
        values: Vec<Expr>,
        mapped: &[DimId],
        call: Span,
    ) -> Option<Vec<Expr>> {
        if net.results.len() != values.len() {
            let (promised, given) = (net.results.len(), values.len());
            return self.fail(errors::other_results(&net.name, promised, given, net.value.span));
        }
        let mut results = vec![];
        for (target, mut value) in net.results.iter().zip(values) {
            let promised = self.outside(|cx| cx.target_dims(target))?;
            for &dim in promised.iter().filter(|d| !value.ty.dims.contains(d)).collect::<Vec<_>>() {
                if let Some(alike) = self.of_length(dim, &value.ty.dims, mapped) {
                    dims::rename(&mut value, alike, dim);
                }
            }
            let own: Vec<DimId> =
                value.ty.dims.iter().copied().filter(|d| !mapped.contains(d)).collect();
            if own.len() != promised.len() || promised.iter().any(|d| !own.contains(d)) {
                let (own, promised) = (self.dim_list(&own), self.dim_list(&promised));
                let error = errors::other_result(&net.name, target, value.span, &own, &promised);
                return self.fail(error);
            }
            results.push(Expr { span: call, ..value });
        }
        Some(results)
    }

    /// `(m, s) = encode(x)`
    pub(super) fn several_targets(
        &mut self,
        targets: &[ast::Target],
        value: &ast::Expr,
        span: Span,
    ) {
        let calls_net = matches!(&value.kind,
            ast::ExprKind::Call { callee, .. } if self.is_net(&callee.text));
        let values = match calls_net {
            true => self.values_of(value).and_then(|v| self.expect_count(targets, v, span)),
            false => {
                if self.expr(value).is_some() {
                    self.diags.push(errors::several_targets(span));
                }
                None
            }
        };
        let Some(values) = values else {
            return targets.iter().for_each(|target| self.poison(&target.name));
        };
        for (target, value) in targets.iter().zip(values) {
            self.let_value(target, Some(value), span);
        }
    }
}
