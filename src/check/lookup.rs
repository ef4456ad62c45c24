//! What a model is asked: names and dimensions, sizes, latents and their guides.

use super::model::{
    DimDecl, DimId, DimSize, DistCall, Model, NameDecl, NameId, NameKind, Site, StmtKind,
};
use crate::estimator::Estimator;

impl Model {
    pub fn dim(&self, id: DimId) -> &DimDecl {
        &self.dims[id.0 as usize]
    }

    pub fn name(&self, id: NameId) -> &NameDecl {
        &self.names[id.0 as usize]
    }

    pub fn find_name(&self, name: &str) -> Option<NameId> {
        self.names.iter().position(|n| n.name == name).map(|i| NameId(i as u32))
    }

    pub fn find_dim(&self, name: &str) -> Option<DimId> {
        self.dims.iter().position(|d| d.name == name).map(|i| DimId(i as u32))
    }

    /// The size of each dimension as far as the model alone tells.
    pub fn sizes(&self) -> Vec<Option<usize>> {
        (0..self.dims.len()).map(|i| self.size(DimId(i as u32))).collect()
    }

    fn size(&self, id: DimId) -> Option<usize> {
        match &self.dim(id).size {
            DimSize::FromData => None,
            DimSize::Fixed(size) | DimSize::Literal(size) => usize::try_from(*size).ok(),
            DimSize::Labels(labels) => Some(labels.len()),
            DimSize::Offset { of, by } => self.size(*of)?.checked_add_signed(*by as isize),
            DimSize::Prime { of } => self.size(*of),
        }
    }

    /// Whether it has nets, whose weights have many equivalent optima.
    pub fn has_weights(&self) -> bool {
        self.names.iter().any(|n| matches!(n.kind, NameKind::Weight(_)))
    }

    /// All `~` of the model, in its order.
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        self.stmts.iter().filter_map(|s| match &s.kind {
            StmtKind::Tilde(site) => Some(site),
            _ => None,
        })
    }

    /// The names of observed data.
    pub fn observed(&self) -> impl Iterator<Item = NameId> {
        self.sites().filter(|site| site.observed).map(|site| site.name)
    }

    /// The latent sites with the index of their statement, in sampling order: where the guide draws a latent, there.
    pub fn latents(&self) -> impl Iterator<Item = (usize, &Site)> {
        self.stmts.iter().enumerate().filter_map(|(i, s)| match &s.kind {
            StmtKind::Tilde(site) if !site.observed && site.guide.is_none() => Some((i, site)),
            StmtKind::Guide(guide) => self.tilde_of(guide.name),
            _ => None,
        })
    }

    /// The statement with which the model declares a latent.
    pub fn tilde_of(&self, name: NameId) -> Option<(usize, &Site)> {
        let NameKind::Latent { stmt } = self.name(name).kind else { return None };
        match &self.stmts.get(stmt)?.kind {
            StmtKind::Tilde(site) => Some((stmt, site)),
            _ => None,
        }
    }

    /// What the guide draws a latent from, where the model writes it.
    pub fn guide_of(&self, site: &Site) -> Option<&DistCall> {
        match &self.stmts.get(site.guide?)?.kind {
            StmtKind::Guide(guide) => Some(&guide.dist),
            _ => None,
        }
    }

    /// Why an estimator cannot serve a latent: for its distribution, or for the guide that the model writes.
    pub fn refusal(&self, estimator: &dyn Estimator, site: &Site) -> Option<&'static str> {
        let Some(guide) = self.guide_of(site) else {
            return estimator.refuses(site.dist.root().signature());
        };
        let q = guide.root().signature();
        estimator.refuses(q).or_else(|| estimator.refuses_guide(q))
    }
}
