//! Names of values: what is declared, what is known to be broken, what stands further down.

use super::model::{NameDecl, NameId, NameKind, Type};
use super::{Checker, errors};
use crate::diag;
use crate::source::Span;
use crate::syntax::ast;
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Scope {
    known: HashMap<String, Known>,
    /// Where the text declares each name, read ahead.
    pub(super) ahead: HashMap<String, Span>,
}

/// What is known of a name above the statement at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Name(NameId),
    /// Its statement had an error; whoever uses it is silent.
    Poisoned(Span),
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
                let near = diag::nearest(&ident.text, self.scope.known.keys().map(String::as_str));
                let error = match below {
                    Some(below) => errors::used_above(ident, below),
                    None => errors::unknown_name(ident, near),
                };
                self.diags.push(error);
                None
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

    /// Whether a name may be declared; reports it where not.
    pub(super) fn is_new(&mut self, name: &ast::Ident) -> bool {
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
