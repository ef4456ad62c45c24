//! What an expression is made of.

use super::model::{Entry, Expr, ExprKind};

impl Expr {
    /// The expressions directly inside this one, the indices of brackets among them.
    pub fn parts(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Number(_)
            | ExprKind::Name(_)
            | ExprKind::Position(_)
            | ExprKind::Size(_)
            | ExprKind::Literal(_) => vec![],
            ExprKind::Call { args, .. } => args.iter().collect(),
            ExprKind::Stack(items) => items.iter().collect(),
            ExprKind::Reduce { arg, .. }
            | ExprKind::Along { arg, .. }
            | ExprKind::Assignment { arg, .. }
            | ExprKind::OneHot { arg, .. } => vec![arg],
            ExprKind::SumBy { arg, index } => vec![arg, index],
            ExprKind::Contract { left, right, .. } => vec![left, right],
            ExprKind::Index { base, entries } => {
                let by = entries.iter().filter_map(|(_, entry)| match entry {
                    Entry::By(by) => Some(by.as_ref()),
                    _ => None,
                });
                std::iter::once(base.as_ref()).chain(by).collect()
            }
        }
    }

    /// The same, to be changed.
    pub fn parts_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Number(_)
            | ExprKind::Name(_)
            | ExprKind::Position(_)
            | ExprKind::Size(_)
            | ExprKind::Literal(_) => vec![],
            ExprKind::Call { args, .. } | ExprKind::Stack(args) => args.iter_mut().collect(),
            ExprKind::Reduce { arg, .. }
            | ExprKind::Along { arg, .. }
            | ExprKind::Assignment { arg, .. }
            | ExprKind::OneHot { arg, .. } => vec![arg],
            ExprKind::SumBy { arg: left, index: right }
            | ExprKind::Contract { left, right, .. } => vec![left, right],
            ExprKind::Index { base, entries } => {
                let by = entries.iter_mut().filter_map(|(_, entry)| match entry {
                    Entry::By(by) => Some(by.as_mut()),
                    _ => None,
                });
                std::iter::once(base.as_mut()).chain(by).collect()
            }
        }
    }
}
