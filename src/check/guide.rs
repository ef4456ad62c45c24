//! `guide { … }`: how the latents that it names are drawn. It is checked when the whole model stands, because it may name
//! any latent; the others keep their automatic guides.

use super::Checker;
use super::counting::subset_size;
use super::draw::{Draw, is_fixed};
use super::event::Left;
use super::model::{
    DimId, DistCall, Elem, GuideSite, Mark, NameId, NameKind, Site, StmtKind, Type,
};
use super::names::Known;
use super::site_errors::guide as errors;
use crate::diag;
use crate::dist;
use crate::source::Span;
use crate::syntax::ast;

/// Families of discrete guides: their logits have gradients.
const DISCRETE: [&str; 3] = ["Bernoulli", "Categorical", "Poisson"];

impl Checker {
    /// Checks the block, and puts its statements where the draws are needed.
    pub(super) fn check_guide(&mut self, stmts: &[ast::Stmt], span: Span) {
        if let Some(first) = self.notes.guide.replace(span) {
            return self.diags.push(errors::second_guide(span, first));
        }
        let outside = self.scope.clone_known();
        self.notes.undrawn = self.notes.guided.clone();
        for stmt in stmts {
            self.listed.clear();
            self.scope.declares = None;
            match &stmt.kind {
                ast::StmtKind::Let { targets, value } => {
                    let before = self.model.names.len();
                    self.deterministic(targets, value, stmt.span);
                    self.hide_from(before);
                }
                ast::StmtKind::Tilde { target, dist } => self.guide_draw(stmt, target, dist),
                _ => self.diags.push(errors::not_for_guides(stmt.span)),
            }
        }
        self.scope.restore_known(outside);
        self.notes.undrawn.clear();
    }

    /// Values of the guide are in no report, and nothing has to use them.
    fn hide_from(&mut self, first: usize) {
        for id in first..self.model.names.len() {
            self.used.insert(NameId(id as u32));
            if let NameKind::Let { hidden, .. } = &mut self.model.names[id].kind {
                *hidden = true;
            }
        }
    }

    fn guide_draw(&mut self, stmt: &ast::Stmt, target: &ast::Target, dist: &ast::Expr) {
        for annotation in &stmt.annotations {
            self.diags.push(errors::annotation_in_guide(annotation, &target.name.text));
        }
        let Some((name, at)) = self.guided_latent(target) else { return };
        let Some(call) = self.guide_call(name, at, target, dist) else { return };
        self.notes.undrawn.remove(&target.name.text);
        let index = self.next_stmt();
        self.push_stmt(StmtKind::Guide(GuideSite { name, dist: call }), stmt.span);
        if let StmtKind::Tilde(site) = &mut self.model.stmts[at].kind {
            site.guide = Some(index);
        }
    }

    /// The latent that a left side names, and its statement.
    fn guided_latent(&mut self, target: &ast::Target) -> Option<(NameId, usize)> {
        let text = &target.name.text;
        let found = match self.known(text) {
            Some(Known::Poisoned(_)) => return None,
            Some(Known::Name(id)) => Some(id),
            None => None,
        };
        let latent = found.and_then(|id| {
            let found = self.model.latents().find(|(_, site)| site.name == id);
            found.map(|(stmt, site)| (id, stmt, site.clone()))
        });
        let Some((id, stmt, site)) = latent else {
            let names: Vec<&str> =
                self.model.latents().map(|(_, s)| self.model.name(s.name).name.as_str()).collect();
            let near = diag::nearest(text, names.iter().copied());
            let declared = found.map(|id| self.model.name(id).span);
            self.diags.push(errors::no_latent(target, declared, near));
            return None;
        };
        self.guidable(target, stmt, &site).then_some((id, stmt))
    }

    /// Whether the statement of a latent leaves a guide to be written.
    fn guidable(&mut self, target: &ast::Target, stmt: usize, site: &Site) -> bool {
        let marginal = site.estimator.as_ref().filter(|e| e.name == "marginalize");
        let error = if let Some(first) = site.guide {
            errors::drawn_twice(target, self.model.stmts[first].span)
        } else if let Some(choice) = marginal {
            errors::marginalized(target, choice.span)
        } else if let Some(span) = site.noncentered {
            errors::noncentered(target, span)
        } else if !is_fixed(&site.dist) {
            errors::moving_bounds(target, self.model.stmts[stmt].span)
        } else {
            return true;
        };
        self.diags.push(error);
        false
    }

    fn guide_call(
        &mut self,
        name: NameId,
        at: usize,
        target: &ast::Target,
        dist: &ast::Expr,
    ) -> Option<DistCall> {
        let listed = self.target_dims(target)?;
        let ty = self.model.name(name).ty.clone();
        let foreign = listed.iter().any(|d| !ty.dims.contains(d));
        if !listed.is_empty() && (foreign || listed.len() < self.plate(at, &ty).len()) {
            let (has, declared) = (self.dim_list(&ty.dims), self.model.name(name).span);
            self.diags.push(errors::other_dims(target, &has, declared));
            return None;
        }
        let left = Left {
            name: &target.name.text,
            span: target.span,
            dims: &ty.dims,
            datum: Some(&ty),
            constant_along: None,
        };
        let call = self.dist_call(dist, left)?;
        if let Some(alike) = self.same_vectors(at, &call) {
            let StmtKind::Tilde(site) = &self.model.stmts[at].kind else { return None };
            if !alike {
                self.diags.push(errors::other_vectors(target, &call, &site.dist));
            }
            return alike.then_some(call);
        }
        self.expect_guide_support(target, &ty, &call)?;
        Some(call)
    }

    /// Whether a guide draws the vectors that the model does, along the same dimensions; `None` where neither draws discrete vectors.
    fn same_vectors(&self, at: usize, call: &DistCall) -> Option<bool> {
        let StmtKind::Tilde(site) = &self.model.stmts[at].kind else { return None };
        let of = |call: &DistCall| call.dist.0.signature().name;
        let draws_vectors = |call: &DistCall| call.root().signature().support.is_vector();
        (draws_vectors(&site.dist) || draws_vectors(call)).then(|| {
            of(&site.dist) == of(call)
                && site.dist.event == call.event
                && subset_size(&site.dist) == subset_size(call)
        })
    }

    /// The dimensions of a latent that its distribution does not give.
    fn plate(&self, at: usize, ty: &Type) -> Vec<DimId> {
        let event = match &self.model.stmts[at].kind {
            StmtKind::Tilde(site) => super::event::vector_dims(&site.dist),
            _ => vec![],
        };
        ty.dims.iter().copied().filter(|d| !event.contains(d)).collect()
    }

    /// Every draw of the guide is a value that the model allows.
    fn expect_guide_support(
        &mut self,
        target: &ast::Target,
        ty: &Type,
        call: &DistCall,
    ) -> Option<()> {
        let draw = Draw::of_latent(call);
        let signature = call.root().signature();
        let alike = draw.elem == ty.elem && same_mark(draw.mark, ty.mark);
        if !alike || !draw.support.within(ty.support) {
            let wanted = Draw { elem: ty.elem, support: ty.support, mark: ty.mark };
            let (wanted, given) = (wanted.word(&self.model), draw.word(&self.model));
            let better = better_family(ty, draw);
            self.diags.push(errors::leaves_support(target, call, &given, &wanted, better));
            return None;
        }
        let discrete = signature.support.is_discrete();
        if discrete && (call.inner.is_some() || !DISCRETE.contains(&signature.name)) {
            self.diags.push(errors::discrete_family(call, &DISCRETE));
            return None;
        }
        if !call.dist.0.is_proper() || !(discrete || dist::can_guide(call.dist.0)) {
            self.diags.push(errors::no_draws(call));
            return None;
        }
        Some(())
    }

    /// A latent that the guide draws further down has no value yet.
    pub(super) fn expect_drawn(&mut self, ident: &ast::Ident) -> Option<()> {
        if self.notes.undrawn.contains(&ident.text) {
            return self.fail(errors::not_drawn_yet(ident));
        }
        Some(())
    }

    /// Lets every statement stand below what it reads: the draws of the guide move up to where the model needs them.
    pub(super) fn put_guide_in_place(&mut self) {
        if self.notes.guide.is_none() || self.diags.has_errors() {
            return;
        }
        match super::order::order(&self.model) {
            Ok(order) => super::order::permute(&mut self.model, &order),
            Err((draw, reader)) => {
                let (draw, reader) = (self.model.stmts[draw].span, self.model.stmts[reader].span);
                self.diags.push(errors::circle(draw, reader));
            }
        }
    }
}

fn same_mark(a: Option<Mark>, b: Option<Mark>) -> bool {
    a == b
}

/// A family of the support that the latent has, where a usual one comes to mind.
fn better_family(ty: &Type, draw: Draw) -> Option<&'static str> {
    let positive = ty.support.low == 0.0 && ty.support.high == f64::INFINITY;
    let unit = (ty.support.low, ty.support.high) == (0.0, 1.0);
    match (ty.elem, ty.mark, draw.elem) {
        (Elem::Real, Some(Mark::Simplex(_)), _) => Some("Dirichlet"),
        (Elem::Real, None, _) if positive => Some("LogNormal"),
        (Elem::Real, None, _) if unit => Some("LogitNormal"),
        (Elem::Real, None, _) => Some("Normal"),
        (Elem::Index(_), ..) => Some("Categorical"),
        (Elem::Binary, ..) => Some("Bernoulli"),
        (Elem::Int, ..) => Some("Poisson"),
        _ => None,
    }
}
