//! `a @ b`: the product summed over the one dimension that both have; squares multiply as on paper.

use super::apply::union;
use super::model::{DimId, Elem, Expr, ExprKind, Reduction, Type};
use super::{Checker, dims, errors, reduce};
use crate::source::Span;
use crate::syntax::ast;

/// An axis of the left side and the axis of the right side that it meets.
type Pair = (DimId, DimId);

impl Checker {
    pub(super) fn contract(
        &mut self,
        left: &ast::Expr,
        right: &ast::Expr,
        over: &[ast::Ident],
        op: Span,
        span: Span,
    ) -> Option<Expr> {
        let (left, right) = (self.expr(left), self.expr(right));
        let (mut left, mut right) = (left?, right?);
        if let Some(index) =
            [&left, &right].into_iter().find(|e| matches!(e.ty.elem, Elem::Index(_)))
        {
            return self.fail(errors::index_in_product(index.span));
        }
        self.meet_pair(&mut left, &mut right)?;
        let pairs = self.pairs(&left, &right);
        let chosen = match over {
            [] => self.only_pair(&pairs, &left, &right, op)?,
            _ => self.chosen_pairs(&pairs, over, &left, &right)?,
        };
        let mut summed = vec![];
        for (of_left, of_right) in chosen {
            summed.push(self.join(&mut left, of_left, &mut right, of_right, span));
        }
        let all = union([left.ty.dims.as_slice(), &right.ty.dims]);
        let product = left.ty.support * right.ty.support;
        let whole = left.ty.elem != Elem::Real && right.ty.elem != Elem::Real;
        let ty = Type {
            elem: if whole { Elem::Int } else { Elem::Real },
            support: reduce::interval(Reduction::Sum, product),
            mark: None,
            dims: all.into_iter().filter(|d| !summed.contains(d)).collect(),
            stage: left.ty.stage.max(right.ty.stage),
        };
        let (left, right) = (Box::new(left), Box::new(right));
        Some(Expr { kind: ExprKind::Contract { left, right, over: summed }, ty, span })
    }

    /// D' of the left meets D of the right, or D' where the right has no D; else equal names meet.
    fn pairs(&self, left: &Expr, right: &Expr) -> Vec<Pair> {
        let mut pairs = vec![];
        for &of_left in &left.ty.dims {
            let root = self.root(of_left);
            let kin = |e: &Expr| -> Vec<DimId> {
                let mut kin: Vec<DimId> =
                    e.ty.dims.iter().copied().filter(|&d| self.root(d) == root).collect();
                kin.sort_by_key(|&d| self.dim_name(d).len());
                kin
            };
            let (last, first) = (kin(left).last().copied(), kin(right).first().copied());
            if let (Some(last), Some(first)) = (last, first)
                && last == of_left
                && (last != root || last == first)
            {
                pairs.push((last, first));
            }
        }
        pairs
    }

    fn only_pair(
        &mut self,
        pairs: &[Pair],
        left: &Expr,
        right: &Expr,
        op: Span,
    ) -> Option<Vec<Pair>> {
        let (of_left, of_right) = (self.dim_list(&left.ty.dims), self.dim_list(&right.ty.dims));
        match pairs {
            [only] => Some(vec![*only]),
            [] => {
                let error =
                    errors::nothing_shared(op, (left.span, &of_left), (right.span, &of_right));
                self.fail(error)
            }
            several => {
                let shared: Vec<DimId> = several.iter().map(|(d, _)| *d).collect();
                let dims: Vec<String> = shared.iter().map(|&d| self.dim_name(d)).collect();
                let shared = self.dim_list(&shared);
                let error = errors::several_shared(op, left.span, right.span, &shared, &dims);
                self.fail(error)
            }
        }
    }

    /// The pairs that `over` names, by either of their axes.
    fn chosen_pairs(
        &mut self,
        pairs: &[Pair],
        over: &[ast::Ident],
        left: &Expr,
        right: &Expr,
    ) -> Option<Vec<Pair>> {
        let mut chosen = vec![];
        for name in over {
            let dim = self.dim_named(name)?;
            let Some(&pair) = pairs.iter().find(|(a, b)| *a == dim || *b == dim) else {
                let (of_left, of_right) =
                    (self.dim_list(&left.ty.dims), self.dim_list(&right.ty.dims));
                let error =
                    errors::over_not_shared(name, (left.span, &of_left), (right.span, &of_right));
                return self.fail(error);
            };
            if !chosen.contains(&pair) {
                chosen.push(pair);
            }
        }
        Some(chosen)
    }

    /// Gives the two axes of a pair one name that stands for nothing else on either side.
    fn join(
        &mut self,
        left: &mut Expr,
        of_left: DimId,
        right: &mut Expr,
        of_right: DimId,
        span: Span,
    ) -> DimId {
        if of_left == of_right {
            return of_left;
        }
        if !right.ty.dims.contains(&of_left) {
            dims::rename(right, of_right, of_left);
            return of_left;
        }
        if !left.ty.dims.contains(&of_right) {
            dims::rename(left, of_left, of_right);
            return of_right;
        }
        let taken = union([left.ty.dims.as_slice(), &right.ty.dims]);
        let axis = self.free_axis(self.root(of_left), &taken, span);
        dims::rename(left, of_left, axis);
        dims::rename(right, of_right, axis);
        axis
    }
}
