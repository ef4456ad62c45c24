//! Calls: whether a name is a function of the model, a reduction, a row of the table or nothing.

use super::functions::{self, Does};
use super::model::{DimId, Elem, Expr, ExprKind, Interval, Mark, Stage, Type};
use super::names::Known;
use super::{Checker, errors, layers};
use crate::diag;
use crate::dist;
use crate::source::Span;
use crate::syntax::ast;

/// Every function that is no row of the table, for lists and completion.
pub(super) fn built_in() -> impl Iterator<Item = &'static str> {
    let layers = layers::LAYERS.iter().map(|l| l.name);
    functions::BUILT_IN.iter().map(|row| row.name).chain(layers)
}

impl Checker {
    pub(super) fn call(
        &mut self,
        callee: &ast::Ident,
        args: &[ast::Arg],
        over: &[ast::Ident],
        by: Option<&ast::Ident>,
        span: Span,
    ) -> Option<Expr> {
        let name = callee.text.as_str();
        if let Some(by) = by {
            return self.sum_by(callee, args, by, span);
        }
        if self.is_defined(name) {
            return self.inline(callee, args, over, span);
        }
        if self.is_net(name) {
            return self.net_value(callee, args, over, span);
        }
        if layers::is_layer(name) {
            return self.layer(callee, args, over, span);
        }
        let of_two = matches!(name, "max" | "min") && args.len() == 2;
        match functions::does(name) {
            Some(does) if !of_two => self.built_in(does, callee, args, over, span),
            _ => self.row_of_the_table(callee, args, over, span),
        }
    }

    fn built_in(
        &mut self,
        does: Does,
        callee: &ast::Ident,
        args: &[ast::Arg],
        over: &[ast::Ident],
        span: Span,
    ) -> Option<Expr> {
        let takes_dims = matches!(does, Does::Reduce(_) | Does::Along(_) | Does::Assignment);
        if !takes_dims {
            self.expect_no_over(callee, over)?;
        }
        let mut arg = || self.arguments(callee, args, &["x"]).map(|[arg]| arg);
        match does {
            Does::Reduce(how) => arg().and_then(|x| self.reduce(how, x, over, callee, span)),
            Does::Along(how) => arg().and_then(|x| self.along(how, x, over, callee, span)),
            Does::Assignment => arg().and_then(|x| self.assignment(x, over, callee, span)),
            Does::OneHot => arg().and_then(|k| self.one_hot(k, span)),
            Does::Size => self.size(callee, args, span),
            Does::Fill(value) => self.filled(value, args, span),
        }
    }

    fn row_of_the_table(
        &mut self,
        callee: &ast::Ident,
        args: &[ast::Arg],
        over: &[ast::Ident],
        span: Span,
    ) -> Option<Expr> {
        self.expect_no_over(callee, over)?;
        match functions::find(&callee.text) {
            Some(function) => {
                let args = self.argument_list(callee, args, function.params)?;
                self.apply(function, args, span)
            }
            None => self.not_a_function(callee, args),
        }
    }

    /// Whether a name can be called: built in, or defined by the model.
    pub(super) fn is_callable(&self, name: &str) -> bool {
        self.scope.functions.contains_key(name)
            || self.is_net(name)
            || functions::find(name).is_some()
            || dist::find(name).is_some()
            || built_in().any(|f| f == name)
    }

    fn not_a_function(&mut self, callee: &ast::Ident, args: &[ast::Arg]) -> Option<Expr> {
        for arg in args {
            self.expr(&arg.value);
        }
        let error = match self.known(&callee.text) {
            Some(Known::Poisoned(_)) => return None,
            Some(Known::Name(id)) => errors::value_as_function(callee, self.model.name(id).span),
            None if dist::find(&callee.text).is_some() => errors::distribution_as_value(callee),
            None => match self.scope.ahead.get(&callee.text) {
                Some(&below) => errors::used_above(callee, below),
                None => {
                    errors::unknown_function(callee, self.near_function(&callee.text).as_deref())
                }
            },
        };
        self.fail(error)
    }

    fn near_function(&self, name: &str) -> Option<String> {
        let mut known: Vec<&str> = self.scope.functions.keys().map(String::as_str).collect();
        known.extend(self.net_names());
        known.extend(functions::ALL.iter().filter(|f| f.is_called()).map(|f| f.name));
        for name in built_in() {
            known.push(name);
        }
        diag::nearest(name, known).map(String::from)
    }

    fn expect_no_over(&mut self, callee: &ast::Ident, over: &[ast::Ident]) -> Option<()> {
        match over.first() {
            None => Some(()),
            Some(dim) => self.fail(errors::over_on_elementwise(callee, dim)),
        }
    }

    /// Exactly as many checked arguments as there are parameters.
    fn arguments<const N: usize>(
        &mut self,
        callee: &ast::Ident,
        args: &[ast::Arg],
        params: &[&str; N],
    ) -> Option<[Expr; N]> {
        self.argument_list(callee, args, params)?.try_into().ok()
    }

    fn argument_list(
        &mut self,
        callee: &ast::Ident,
        args: &[ast::Arg],
        params: &[&str],
    ) -> Option<Vec<Expr>> {
        let values: Vec<Option<Expr>> = self
            .in_order(callee, args, params)?
            .into_iter()
            .map(|arg| self.expr(&arg.value))
            .collect();
        values.into_iter().collect()
    }

    /// The arguments in the order of the parameters, whether given by place or by name.
    pub(super) fn in_order<'a>(
        &mut self,
        callee: &ast::Ident,
        args: &'a [ast::Arg],
        params: &[&str],
    ) -> Option<Vec<&'a ast::Arg>> {
        if args.len() != params.len() {
            return self.fail(errors::wrong_number(callee, args.len(), params));
        }
        let mut places: Vec<Option<&ast::Arg>> = vec![None; params.len()];
        for (i, arg) in args.iter().enumerate() {
            let place = match &arg.name {
                None => Some(i),
                Some(name) => params.iter().position(|p| *p == name.text),
            };
            match place.filter(|&p| places[p].is_none()) {
                Some(p) => places[p] = Some(arg),
                None => return self.fail(errors::unknown_argument(callee, arg, params)),
            }
        }
        places.into_iter().collect()
    }

    /// `size(D)`
    fn size(&mut self, callee: &ast::Ident, args: &[ast::Arg], span: Span) -> Option<Expr> {
        let arg = *self.in_order(callee, args, &["dimension"])?.first()?;
        let ast::ExprKind::Name(name) = &arg.value.kind else {
            return self.fail(errors::not_a_dimension(arg.span));
        };
        let dim = self.dim_named(name)?;
        let high = self.fixed_size(dim).map_or(f64::INFINITY, |n| n as f64);
        let low = if high.is_finite() { high } else { 1.0 };
        let ty = Type {
            elem: Elem::Int,
            support: Interval { low, high, low_open: false, high_open: high.is_infinite() },
            mark: None,
            dims: vec![],
            stage: Stage::Data,
        };
        Some(Expr { kind: ExprKind::Size(dim), ty, span })
    }

    /// `onehot(k)`: has the dimension of the index behind those of `k`.
    fn one_hot(&mut self, arg: Expr, span: Span) -> Option<Expr> {
        let Elem::Index(dim) = arg.ty.elem else {
            return self.fail(errors::onehot_of_what(arg.span));
        };
        let over = self.free_axis(dim, &arg.ty.dims, span);
        let ty = Type {
            elem: Elem::Binary,
            support: Interval::UNIT,
            mark: Some(Mark::Simplex(over)),
            dims: arg.ty.dims.iter().copied().chain([over]).collect(),
            stage: arg.ty.stage,
        };
        Some(Expr { kind: ExprKind::OneHot { arg: Box::new(arg), over }, ty, span })
    }

    /// The first of D, D', D'' … that is not among the dimensions.
    pub(super) fn free_axis(&mut self, dim: DimId, taken: &[DimId], span: Span) -> DimId {
        let mut axis = dim;
        while taken.contains(&axis) {
            axis = self.prime_of(axis, span);
        }
        axis
    }
}
