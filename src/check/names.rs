//! Names of values: what is declared, what is known to be broken, what stands further down.

use super::model::{Expr, NameDecl, NameId, NameKind, Type};
use super::net::Inside;
use super::{Checker, errors};
use crate::diag;
use crate::source::Span;
use crate::syntax::ast;
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Default)]
pub(super) struct Scope {
    known: HashMap<String, Known>,
    pub(super) functions: HashMap<String, Rc<Definition>>,
    /// The arguments of the functions that are being inlined; a body sees those of the innermost alone.
    pub(super) calls: Vec<Frame>,
    /// Where the text declares each name, read ahead.
    pub(super) ahead: HashMap<String, Span>,
    /// The name that the statement at hand declares.
    pub(super) declares: Option<String>,
}

/// `fn f(a, b) = …`: inlined at each call.
pub(super) struct Definition {
    pub name: ast::Ident,
    pub params: Vec<ast::Ident>,
    pub body: ast::Expr,
    /// The body has an error of its own, already reported.
    pub broken: bool,
}

/// One call being inlined: its function, and its arguments (`None` where an argument had an error).
pub(super) struct Frame {
    pub function: String,
    pub args: HashMap<String, Option<Expr>>,
    /// What is known of the call where the function is a net.
    pub inside: Option<Inside>,
}

/// What is known of a name above the statement at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Name(NameId),
    /// Its statement had an error; whoever uses it is silent.
    Poisoned(Span),
}

impl Scope {
    pub(super) fn clone_known(&self) -> HashMap<String, Known> {
        self.known.clone()
    }

    pub(super) fn restore_known(&mut self, known: HashMap<String, Known>) {
        self.known = known;
    }
}

impl Checker {
    /// What a name is, without an error where it is nothing.
    pub(super) fn known(&self, name: &str) -> Option<Known> {
        self.scope.known.get(name).copied()
    }

    /// The value that a name means; unknown names are reported, poisoned ones are not.
    pub(super) fn find(&mut self, ident: &ast::Ident) -> Option<NameId> {
        match self.known(&ident.text) {
            Some(Known::Name(id)) => Some(id),
            Some(Known::Poisoned(_)) => None,
            None => {
                let below = self.scope.ahead.get(&ident.text).copied();
                let locals = self.scope.calls.last().into_iter().flat_map(|f| f.args.keys());
                let declares = self.scope.declares.as_deref();
                let ahead = self.scope.ahead.keys().filter(|n| Some(n.as_str()) != declares);
                let names = self.scope.known.keys().chain(locals).chain(ahead).map(String::as_str);
                let near = diag::nearest(&ident.text, names);
                let error = match below {
                    _ if self.scope.declares.as_ref() == Some(&ident.text) => {
                        errors::used_in_itself(ident)
                    }
                    Some(below) => errors::used_above(ident, below),
                    None => errors::unknown_name(ident, near),
                };
                self.fail(error)
            }
        }
    }

    /// Adds a name; one that is known already is reported, and stays what it was.
    pub(super) fn declare(
        &mut self,
        name: &ast::Ident,
        kind: NameKind,
        ty: Type,
    ) -> Option<NameId> {
        if !self.is_new(name) {
            return None;
        }
        let id = NameId(self.model.names.len() as u32);
        let decl = NameDecl { name: name.text.clone(), span: name.span, kind, ty };
        self.model.names.push(decl);
        self.scope.known.insert(name.text.clone(), Known::Name(id));
        Some(id)
    }

    /// Whether brackets and expressions may mean a value by this name.
    pub(super) fn is_value(&self, name: &str) -> bool {
        let local = self.scope.calls.last().is_some_and(|f| f.args.contains_key(name));
        local || self.known(name).is_some()
    }

    /// Whether a name may be declared; reports it where not.
    pub(super) fn is_new(&mut self, name: &ast::Ident) -> bool {
        if name.primes > 0 {
            self.diags.push(errors::prime_in_name(name));
            self.poison(name);
            return false;
        }
        let first = match self.known(&name.text) {
            None => return true,
            Some(Known::Name(id)) => self.model.name(id).span,
            Some(Known::Poisoned(span)) => span,
        };
        self.diags.push(errors::declared_twice(name, first));
        false
    }

    /// Declares a name of which nothing is known because its statement had an error.
    pub(super) fn poison(&mut self, name: &ast::Ident) {
        let known = Known::Poisoned(name.span);
        self.scope.known.entry(name.text.clone()).or_insert(known);
    }
}
