//! `fn f(a, b) = …`: checked once where it stands, and put in the place of each call with its arguments.

use super::model::Expr;
use super::names::{Definition, Frame};
use super::{Checker, errors, functions, invoke};
use crate::diag::{Diagnostic, Diagnostics, Label};
use crate::source::Span;
use crate::syntax::ast;
use std::collections::HashMap;
use std::mem;
use std::rc::Rc;

impl Checker {
    /// Checks a definition with arguments of which nothing is known yet, and keeps it.
    pub(super) fn define(&mut self, name: &ast::Ident, params: &[ast::Ident], body: &ast::Expr) {
        let built_in =
            functions::find(&name.text).is_some() || invoke::built_in().any(|f| f == name.text);
        if let Some(first) = self.scope.functions.get(&name.text) {
            let error = errors::declared_twice(name, first.name.span);
            return self.diags.push(error);
        }
        if !self.is_new(name) {
            return;
        }
        if built_in {
            self.diags.push(errors::built_in_redefined(name));
        }
        let twice = params.iter().enumerate().find_map(|(i, p)| {
            params[..i].iter().find(|q| q.text == p.text).map(|q| errors::declared_twice(p, q.span))
        });
        let broken = built_in || twice.is_some();
        if let Some(error) = twice {
            self.diags.push(error);
        }
        let args = params.iter().map(|p| (p.text.clone(), None)).collect();
        let (_, found) = self.body(name, args, body);
        let broken = broken || found.has_errors();
        self.diags.extend(found);
        let (name, params, body) = (name.clone(), params.to_vec(), body.clone());
        let definition = Definition { name, params, body, broken };
        self.scope.functions.insert(definition.name.text.clone(), Rc::new(definition));
    }

    /// Whether a call of this name is a call of a function of the model, finished or being defined.
    pub(super) fn is_defined(&self, name: &str) -> bool {
        self.scope.functions.contains_key(name)
            || self.scope.calls.iter().any(|f| f.function == name && f.inside.is_none())
    }

    /// The body in the place of the call.
    pub(super) fn inline(
        &mut self,
        callee: &ast::Ident,
        args: &[ast::Arg],
        over: &[ast::Ident],
        span: Span,
    ) -> Option<Expr> {
        if self.scope.calls.iter().any(|f| f.function == callee.text) {
            return self.fail(errors::recursion(callee));
        }
        let definition = self.scope.functions.get(&callee.text).cloned()?;
        if let Some(dim) = over.first() {
            return self.fail(errors::over_on_elementwise(callee, dim));
        }
        let names: Vec<&str> = definition.params.iter().map(|p| p.text.as_str()).collect();
        let args = self.in_order(callee, args, &names)?;
        let values: Vec<Option<Expr>> = args.iter().map(|arg| self.expr(&arg.value)).collect();
        let known = values.iter().all(Option::is_some);
        let args = names.iter().map(ToString::to_string).zip(values).collect();
        if definition.broken {
            return None;
        }
        let (value, found) = self.body(callee, args, &definition.body);
        if known {
            for d in found.iter() {
                self.diags.push(at_call(d.clone(), callee, span));
            }
        }
        value.map(|e| Expr { span, ..e })
    }

    /// A body with its arguments, and what there is to say about it.
    fn body(
        &mut self,
        function: &ast::Ident,
        args: HashMap<String, Option<Expr>>,
        body: &ast::Expr,
    ) -> (Option<Expr>, Diagnostics) {
        let outside = mem::take(&mut self.diags);
        self.scope.calls.push(Frame { function: function.text.clone(), args, inside: None });
        let value = self.expr(body);
        self.scope.calls.pop();
        (value, mem::replace(&mut self.diags, outside))
    }
}

/// What is wrong in a body only for these arguments is said at the call, and the body is shown beside it.
pub(super) fn at_call(mut d: Diagnostic, callee: &ast::Ident, span: Span) -> Diagnostic {
    d.others.splice(0..0, d.primary.take());
    d.primary = Some(Label { span, text: format!("in this call of `{}`", callee.text) });
    d
}
