//! The log joint density as a function of the latents themselves, on their supports, without guides.

use super::{Lowerer, Mode, Problem};
use crate::check::model::{NameId, NameKind, Site, StmtKind};
use crate::dist::Domain;
use crate::estimator::Value;
use crate::ir::{Dim, Graph, NodeId};

/// A graph whose parameters are the values of the latents, one row each.
pub struct Joint {
    pub graph: Graph,
    pub log_joint: NodeId,
    pub latents: Vec<Given>,
}

/// A latent whose value is given.
pub struct Given {
    pub name: NameId,
    pub domain: Domain,
    /// The name of its prior's density.
    pub prior: &'static str,
}

/// `None` where a latent is discrete or seen through a window, or the model has `param`s.
pub fn joint(problem: &Problem) -> Option<Joint> {
    let model = &problem.bound.model;
    let free = model.names.iter().any(|n| matches!(n.kind, NameKind::Param { .. }));
    let windowed = |s: &&crate::check::model::Stmt| {
        matches!(&s.kind, StmtKind::Tilde(site) if !site.observed) && !s.windows.is_empty()
    };
    let mut discrete = model.latents().map(|(_, s)| s.dist.root().signature().support);
    if free || model.stmts.iter().any(|s| windowed(&s)) || discrete.any(|s| s.is_discrete()) {
        return None;
    }
    let mut lowerer = Lowerer::new(problem, Mode::Report, 1);
    let mut latents = vec![];
    for (index, stmt) in model.stmts.iter().enumerate() {
        match &stmt.kind {
            StmtKind::Tilde(site) if !site.observed => latents.push(lowerer.given(index, site)),
            StmtKind::Guide(_) => {}
            _ => lowerer.stmt(index),
        }
    }
    let terms: Vec<NodeId> = lowerer.terms.iter().map(|t| t.node).collect();
    let mut g = lowerer.g;
    let sums: Vec<NodeId> = terms.into_iter().map(|node| g.sum_all(node)).collect();
    let log_joint = g.add_all(sums);
    Some(Joint { graph: g, log_joint, latents })
}

impl Lowerer<'_> {
    /// A latent as if it were observed, at the values of a parameter.
    fn given(&mut self, stmt: usize, site: &Site) -> Given {
        let call = self.call(&site.dist);
        let domain = call.domain(&mut self.g);
        let prior = call.plain(&mut self.g).dist.signature().name;
        let dims: Vec<Dim> = site.dims.iter().map(|&d| self.dim(d)).collect();
        let count = dims.iter().map(|&d| self.g.size(d)).product();
        let name = self.model.name(site.name).name.clone();
        let value = self.g.add_param(&name, &dims, vec![0.5; count]);
        self.values[site.name.0 as usize] = Some(Value::Plain(value));
        self.observe(stmt, site, &call);
        Given { name: site.name, domain, prior }
    }
}
