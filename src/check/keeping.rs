//! Layers that keep the shape of what they are applied to.

use super::layers::Options;
use super::literal::{constant, number};
use super::model::{
    DimId, Elem, Expr, ExprKind, Init, Interval, NameDecl, NameKind, Reduction, Stage, Type,
};
use super::{Checker, errors, functions};
use crate::source::Span;
use crate::syntax::ast;

/// Added to variances before their root is taken.
const EPSILON: f64 = 1e-5;

impl Checker {
    /// gain (x − mean) / √(variance + ε) + shift (Ba, Kiros & Hinton 2016)
    pub(super) fn layer_norm(
        &mut self,
        x: Expr,
        over: Vec<DimId>,
        place: (String, usize),
        span: Span,
    ) -> Option<Expr> {
        let x = self.expect_number(x)?;
        let mut over = if over.is_empty() { self.own_dims(&x) } else { over };
        if over.is_empty() || over.iter().any(|d| !x.ty.dims.contains(d)) {
            let (dims, has) = (self.dim_list(&over), self.dim_list(&x.ty.dims));
            return self.fail(errors::layer_over_missing(x.span, &dims, &has));
        }
        over.sort();
        let options = Options { to: vec![], bias: true, init: Init::Ones };
        let layer = self.layer_at(place, "layer_norm", over.clone(), &options, span)?;
        let op = functions::operator;
        let mean = self.mean(x.clone(), &over, span);
        let centred = self.apply(op("-"), vec![x, mean], span)?;
        let centred = self.hold("centred", centred, span);
        let squares = self.apply(op("*"), vec![centred.clone(), centred.clone()], span)?;
        let mut variance = self.mean(squares, &over, span);
        variance.ty.support = Interval::NONNEG;
        let variance = self.apply(op("+"), vec![variance, number(EPSILON, span)], span)?;
        let root = functions::find("sqrt").and_then(|f| self.apply(f, vec![variance], span))?;
        let standard = self.apply(op("/"), vec![centred, root], span)?;
        let gain = self.weight_of(layer.weight, span);
        let scaled = self.apply(op("*"), vec![standard, gain], span)?;
        let Some(shift) = layer.bias else { return Some(scaled) };
        let shift = self.weight_of(shift, span);
        self.apply(op("+"), vec![scaled, shift], span)
    }

    /// x times a mask with all of its dimensions (Srivastava et al. 2014).
    pub(super) fn dropout(
        &mut self,
        callee: &ast::Ident,
        x: Option<Expr>,
        args: &[ast::Arg],
        over: &[ast::Ident],
        span: Span,
    ) -> Option<Expr> {
        let Some(blind) = self.inside().map(|inside| inside.blind) else {
            return self.fail(errors::layer_outside(callee));
        };
        if let Some(dim) = over.first() {
            return self.fail(errors::dropout_over(dim));
        }
        let rate = match args {
            [arg] if arg.name.as_ref().is_none_or(|n| n.text == "rate") => {
                constant(&arg.value).filter(|rate| (0.0..1.0).contains(rate))
            }
            [] => None,
            [arg] | [_, arg, ..] => return self.fail(errors::layer_argument(callee, arg)),
        };
        let Some(rate) = rate else {
            let at = args.first().map_or(callee.span, |arg| arg.value.span);
            return self.fail(errors::dropout_rate(at));
        };
        let x = self.expect_number(x?)?;
        if blind {
            return Some(x);
        }
        self.nets.masks += 1;
        let net = self.scope.calls.last().map_or_else(String::new, |f| f.function.clone());
        let name = format!("{net}.dropout{}.mask", self.nets.masks);
        let (elem, support) = (Elem::Real, Interval::NONNEG);
        let ty = Type { elem, support, mark: None, dims: x.ty.dims.clone(), stage: Stage::Param };
        let kind = NameKind::Mask { rate };
        let mask = self.add_name(NameDecl { name, span, kind, ty });
        let mask = self.weight_of(mask, span);
        self.apply(functions::operator("*"), vec![x, mask], span)
    }

    fn mean(&self, x: Expr, over: &[DimId], span: Span) -> Expr {
        let dims = x.ty.dims.iter().copied().filter(|d| !over.contains(d)).collect();
        let ty = Type { dims, mark: None, elem: Elem::Real, ..x.ty.clone() };
        let (how, arg, over) = (Reduction::Mean, Box::new(x), over.to_vec());
        Expr { kind: ExprKind::Reduce { how, arg, over }, ty, span }
    }
}
