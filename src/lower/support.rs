//! How many values the counts of a model have, where the data bound them.

use super::{Lowerer, Problem};
use crate::check::model::{NameId, Site, Stage, StmtKind};
use crate::check::plan::Plan;
use crate::data::Bound;
use crate::ir::{self, Graph, NodeId};
use std::sync::Arc;

/// For each latent whose values are 0 … a number of the data: how many values the largest such number allows.
pub fn supports(bound: &Arc<Bound>) -> Vec<(NameId, u128)> {
    let stmts = &bound.model.stmts;
    let plan = Arc::new(Plan::default());
    let texts = vec![String::new(); stmts.len()].into();
    let problem = Problem { bound: bound.clone(), plan, texts, seed: 0 };
    let mut lowerer = Lowerer::of_data(&problem);
    let mut found = vec![];
    for (index, stmt) in stmts.iter().enumerate() {
        match &stmt.kind {
            StmtKind::Let { value, .. } if value.ty.stage <= Stage::Data => lowerer.stmt(index),
            StmtKind::Tilde(site) if !site.observed => {
                lowerer.enter(stmt);
                found.extend(lowerer.most(site).map(|most| (site.name, most as u128 + 1)));
                lowerer.windows.clear();
            }
            _ => {}
        }
    }
    found
}

impl Lowerer<'_> {
    fn most(&mut self, site: &Site) -> Option<f64> {
        let call = site.dist.root_call();
        let name = call.dist.0.signature().support.most()?;
        let bound = call.arg(name).filter(|n| n.ty.stage <= Stage::Data)?;
        let bound = self.node(bound);
        Some(largest(&self.g, bound))
    }
}

/// The largest count that a bound of data allows.
pub(super) fn largest(g: &Graph, bound: NodeId) -> f64 {
    ir::largest(g, bound)
}
