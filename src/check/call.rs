//! Distribution calls: which distribution, which arguments, which event dimensions, and whether each argument is what its
//! parameter needs. Everything is read from signatures; wrappers recurse.

use super::Checker;
use super::arguments::{Arguments, match_arguments};
use super::event::Left;
use super::model::{DimId, DistCall, DistRef, Expr};
use super::site_errors::call as errors;
use crate::dist::{self, Event, Needs, Signature};
use crate::syntax::ast;

/// The checked arguments of one call by what they are for.
pub(super) struct Parts<'a> {
    pub signature: &'static Signature,
    pub form: usize,
    /// Those of a parameter's own name, in the order of the form, with the parameter's place.
    pub values: Vec<(usize, Expr)>,
    pub dimension: Option<DimId>,
    inner: Option<&'a ast::Expr>,
    /// Places of the arguments that stand without a name.
    pub by_position: Vec<usize>,
}

impl Checker {
    /// Checks a distribution and all that stands in it. `None` where it has an error, which is then already reported.
    pub(super) fn dist_call(&mut self, e: &ast::Expr, left: Left) -> Option<DistCall> {
        let (dist, args, over) = self.expect_dist(e)?;
        let signature = dist.0.signature();
        let matched = match_arguments(signature, args, e.span, &mut self.diags);
        let over = self.check_over(signature, over);
        let parts = self.check_parts(signature, &matched?);
        let (parts, over) = (parts?, over?);
        let event = self.event_dims(&parts, over, left, e.span)?;
        let inner = match parts.inner {
            Some(inner) => {
                let (dims, constant_along) = left.inside(signature, &event);
                let left = Left { dims: &dims, constant_along, ..left };
                let wrapped = self.dist_call(inner, left)?;
                self.check_wrapped(dist, &wrapped)?;
                Some(Box::new(wrapped))
            }
            None => None,
        };
        let sound = self.check_reach(&parts, &event, left) && self.check_needs(&parts, &event);
        let form = parts.form;
        let args = parts.values.into_iter().map(|(_, arg)| arg).collect();
        sound.then_some(DistCall { dist, form, args, event, inner, span: e.span })
    }

    /// The distribution that is called, its arguments and its `over`; anything else is reported.
    fn expect_dist<'a>(
        &mut self,
        e: &'a ast::Expr,
    ) -> Option<(DistRef, &'a [ast::Arg], &'a [ast::Ident])> {
        let error = match &e.kind {
            ast::ExprKind::Paren(inner) => return self.expect_dist(inner),
            ast::ExprKind::Call { callee, args, over, by } => {
                match (dist::find(&callee.text), by) {
                    (Some(dist), None) => return Some((DistRef(dist), args, over)),
                    (Some(dist), Some(by)) => errors::summed_by(dist.signature(), by.span),
                    (None, _) => errors::not_a_distribution(callee, e.span),
                }
            }
            ast::ExprKind::Name(name) => match dist::find(&name.text) {
                Some(dist) => errors::without_arguments(dist.signature(), e.span),
                None => errors::not_a_distribution(name, e.span),
            },
            _ => errors::value_for_distribution(e.span),
        };
        self.diags.push(error);
        None
    }

    /// The dimension that `over` names, if it names one.
    fn check_over(&mut self, s: &'static Signature, over: &[ast::Ident]) -> Option<Option<DimId>> {
        let error = match over {
            [] => return Some(None),
            [one] if !matches!(s.event, Event::Scalar | Event::Pair) => {
                return self.dim_named(one).map(Some);
            }
            [first, ..] if s.event == Event::Pair => errors::pair_on_the_left(s, first.span),
            [first, ..] if s.event == Event::Scalar => errors::no_event(s, first.span),
            [_, second, ..] => errors::two_events(s, second.span),
            [_] => unreachable!("one name is handled above"),
        };
        self.diags.push(error);
        None
    }

    fn check_parts<'a>(
        &mut self,
        signature: &'static Signature,
        matched: &Arguments<'a>,
    ) -> Option<Parts<'a>> {
        let form = matched.form;
        let params = signature.forms[form].params;
        let by_position = (0..params.len()).filter(|&i| matched.args[i].name.is_none()).collect();
        let (values, dimension, inner) = (vec![], None, None);
        let mut parts = Parts { signature, form, values, dimension, inner, by_position };
        let mut sound = true;
        for (place, (param, arg)) in params.iter().zip(&matched.args).enumerate() {
            match param.needs {
                Needs::Distribution => parts.inner = Some(&arg.value),
                Needs::Dimension => {
                    parts.dimension = self.expect_dim(signature, &arg.value);
                    sound &= parts.dimension.is_some();
                }
                _ => match self.expr(&arg.value) {
                    Some(value) => parts.values.push((place, value)),
                    None => sound = false,
                },
            }
        }
        sound.then_some(parts)
    }

    fn expect_dim(&mut self, signature: &'static Signature, e: &ast::Expr) -> Option<DimId> {
        match &e.kind {
            ast::ExprKind::Paren(inner) => self.expect_dim(signature, inner),
            ast::ExprKind::Name(name) => self.dim_named(name),
            _ => {
                self.diags.push(errors::not_a_dimension(signature, e.span));
                None
            }
        }
    }

    /// Whether a wrapper can wrap a distribution.
    fn check_wrapped(&mut self, wrapper: DistRef, inner: &DistCall) -> Option<()> {
        let root = inner.root().signature();
        let Some(needed) = wrapper.0.refuses(inner.dist.0, root) else { return Some(()) };
        self.diags.push(errors::cannot_wrap(wrapper.0.signature(), needed, inner));
        None
    }
}
