//! Whether the data can learn to ignore a latent: some observed distribution has it in a product, a pick or another joint
//! use with what is learnt. In a sum of the two nothing learnt says how much the latent counts.

use super::model::{DistCall, Expr, ExprKind, Model, NameId, NameKind, StmtKind};
use std::collections::BTreeMap;

/// Whether what `learnt` accepts decides, in some observed distribution, how it depends on the latent.
pub fn couples(model: &Model, latent: NameId, learnt: fn(&NameKind) -> bool) -> bool {
    let mut search = Search { model, latent, learnt, values: BTreeMap::new() };
    model.stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Tilde(site) => site.observed && search.dist(&site.dist),
        StmtKind::Let { .. } | StmtKind::Factor(_) | StmtKind::Guide(_) => false,
    })
}

struct Search<'m> {
    model: &'m Model,
    latent: NameId,
    learnt: fn(&NameKind) -> bool,
    /// Of deterministic names.
    values: BTreeMap<NameId, Reach>,
}

/// What an expression depends on.
#[derive(Clone, Copy, Default)]
struct Reach {
    latent: bool,
    learnt: bool,
    coupled: bool,
}

impl Search<'_> {
    fn dist(&mut self, call: &DistCall) -> bool {
        let own = call.args.iter().any(|arg| self.expr(arg).coupled);
        own || call.inner.as_ref().is_some_and(|inner| self.dist(inner))
    }

    fn expr(&mut self, e: &Expr) -> Reach {
        if let ExprKind::Name(name) = e.kind {
            return self.name(name);
        }
        let parts: Vec<Reach> = e.parts().into_iter().map(|part| self.expr(part)).collect();
        let meet = parts
            .iter()
            .enumerate()
            .any(|(i, a)| a.latent && parts.iter().enumerate().any(|(j, b)| i != j && b.learnt));
        Reach {
            latent: parts.iter().any(|p| p.latent),
            learnt: parts.iter().any(|p| p.learnt),
            coupled: parts.iter().any(|p| p.coupled) || (meet && !adds(e)),
        }
    }

    fn name(&mut self, name: NameId) -> Reach {
        if name == self.latent {
            return Reach { latent: true, ..Reach::default() };
        }
        let model = self.model;
        let kind = &model.name(name).kind;
        let NameKind::Let { stmt, .. } = kind else {
            return Reach { learnt: (self.learnt)(kind), ..Reach::default() };
        };
        if let Some(known) = self.values.get(&name) {
            return *known;
        }
        let StmtKind::Let { value, .. } = &model.stmts[*stmt].kind else {
            unreachable!("deterministic names have their statement");
        };
        let reach = self.expr(value);
        self.values.insert(name, reach);
        reach
    }
}

/// Whether the parts of an expression lie side by side in it.
fn adds(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Call { function, .. } => matches!(function.name, "+" | "-"),
        ExprKind::Stack(_) => true,
        _ => false,
    }
}
