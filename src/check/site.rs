//! The `~` statements: a declared datum is observed, a new name becomes a latent.

use super::Checker;
use super::draw::Draw;
use super::event::{Left, vector_dims};
use super::model::{DimId, KlSettings, NameId, NameKind, Schedule, Site, Stage, StmtKind, Type};
use super::names::Known;
use super::site_errors::site as errors;
use crate::source::{Span, Spanned};
use crate::syntax::ast;
use std::collections::{HashMap, HashSet};

/// What is remembered for the rest of the text.
#[derive(Default)]
pub(super) struct Notes {
    /// Data with the left side that observes them.
    observed: HashMap<NameId, Span>,
    pub(super) schedules: Vec<Spanned<Schedule>>,
    pub(super) fit_block: Option<Span>,
    pub(super) guide: Option<Span>,
    /// Latents that the guide at hand draws further down.
    pub(super) undrawn: HashSet<String>,
    /// Latents that the guide draws, read ahead.
    pub(super) guided: HashSet<String>,
    /// Where relaxations end so cold that one draw is too few.
    pub(super) cold: Vec<Spanned<f64>>,
    /// Where `fit` asks for one draw per step.
    pub(super) single_draw: Option<Span>,
    /// Where `fit` asks for weight decay.
    pub(super) weight_decay: Option<Span>,
}

impl Checker {
    pub(super) fn check_tilde(&mut self, stmt: &ast::Stmt, target: &ast::Target, dist: &ast::Expr) {
        let dims = self.target_dims(target);
        match self.known(&target.name.text) {
            Some(Known::Name(id)) => {
                self.refuse_annotations(&stmt.annotations, "an observed datum");
                if self.expect_observable(id, target) {
                    self.check_observed(stmt, id, target, dims, dist);
                }
            }
            Some(Known::Poisoned(_)) => {}
            None => {
                if dims.and_then(|dims| self.check_latent(stmt, target, dims, dist)).is_none() {
                    self.poison(&target.name);
                }
            }
        }
    }

    fn check_latent(
        &mut self,
        stmt: &ast::Stmt,
        target: &ast::Target,
        mut dims: Vec<DimId>,
        dist: &ast::Expr,
    ) -> Option<()> {
        let options = self.check_annotations(&stmt.annotations);
        let left = Left {
            name: &target.name.text,
            span: target.span,
            dims: &dims,
            datum: None,
            constant_along: None,
        };
        let call = self.dist_call(dist, left)?;
        for dim in vector_dims(&call) {
            if !dims.contains(&dim) {
                dims.push(dim);
            }
        }
        let Draw { elem, support, mark } = Draw::of_latent(&call);
        let ty = Type { elem, support, mark, dims: dims.clone(), stage: Stage::Latent };
        let kind = NameKind::Latent { stmt: self.next_stmt() };
        let name = self.declare(&target.name, kind, ty)?;
        self.check_options_of(name, &call, &options);
        let site = Site {
            name,
            observed: false,
            dims,
            dist: call,
            estimator: options.estimator,
            noncentered: options.noncentered,
            kl: options.kl,
            guide: None,
        };
        self.push_stmt(StmtKind::Tilde(site), stmt.span);
        Some(())
    }

    fn check_observed(
        &mut self,
        stmt: &ast::Stmt,
        id: NameId,
        target: &ast::Target,
        listed: Option<Vec<DimId>>,
        dist: &ast::Expr,
    ) {
        let Some(listed) = listed else { return };
        let ty = self.model.name(id).ty.clone();
        if !target.entries.is_empty() && !same_set(&listed, &ty.dims) {
            let dims: Vec<_> = ty.dims.iter().map(|&d| self.dim_name(d)).collect();
            let declared = self.model.name(id).span;
            self.diags.push(errors::other_dims(target, &dims, declared));
            return;
        }
        let left = Left {
            name: &target.name.text,
            span: target.span,
            dims: &ty.dims,
            datum: Some(&ty),
            constant_along: None,
        };
        let Some(call) = self.dist_call(dist, left) else { return };
        if !self.check_datum(id, left, &call) {
            return;
        }
        let site = Site {
            name: id,
            observed: true,
            dims: ty.dims.clone(),
            dist: call,
            estimator: None,
            noncentered: None,
            kl: KlSettings::default(),
            guide: None,
        };
        self.push_stmt(StmtKind::Tilde(site), stmt.span);
    }

    /// Whether a declared name is data that nothing observes yet. Marks it as observed.
    fn expect_observable(&mut self, id: NameId, target: &ast::Target) -> bool {
        let first = self.notes.observed.get(&id).copied();
        let name = &mut self.model.names[id.0 as usize];
        let error = match (&mut name.kind, first) {
            (NameKind::Latent { .. }, _) => errors::second_tilde(target, name.span, false),
            (_, Some(first)) => errors::second_tilde(target, first, true),
            (NameKind::Param { .. }, _) => errors::param_with_prior(target, name.span),
            (NameKind::Let { .. }, _) if name.ty.stage > Stage::Data => {
                errors::computed(target, name.span)
            }
            (kind, None) => {
                if let NameKind::Data(data) = kind {
                    data.observed = true;
                }
                self.notes.observed.insert(id, target.span);
                return true;
            }
        };
        self.diags.push(error);
        false
    }
}

fn same_set(a: &[DimId], b: &[DimId]) -> bool {
    a.len() == b.len() && a.iter().all(|d| b.contains(d))
}
