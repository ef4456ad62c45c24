//! Temperatures that the fit finds: `auto`, `auto(from = 1, share = 0.1)`, `learnt`, `learnt(from = 1)`.

use super::literal::constant;
use super::model::Adaptive;
use super::site_errors::schedule as errors;
use crate::diag::Diagnostics;
use crate::syntax::ast;

/// Where both start if nothing else is said.
const FROM: f64 = 1.0;
/// The bias that `auto` bears, as a share of the gradient's norm, if nothing else is said.
const SHARE: f64 = 0.1;
/// The hottest start.
const HOTTEST: f64 = 100.0;
/// Smaller shares take more gradients to measure than a fit has steps.
const LEAST_SHARE: f64 = 0.01;

/// `None` where it is none of these words; inside, `None` where its parts are wrong, which is reported.
pub(super) fn read(expr: &ast::Expr, diags: &mut Diagnostics) -> Option<Option<Adaptive>> {
    let (name, args): (&ast::Ident, &[ast::Arg]) = match &expr.kind {
        ast::ExprKind::Paren(inner) => return read(inner, diags),
        ast::ExprKind::Name(name) => (name, &[]),
        ast::ExprKind::Call { callee, args, .. } => (callee, args),
        _ => return None,
    };
    let parts: &[&str] = match name.text.as_str() {
        "auto" => &["from", "share"],
        "learnt" => &["from"],
        _ => return None,
    };
    Some(build(name, args, parts, diags))
}

fn build(
    name: &ast::Ident,
    args: &[ast::Arg],
    parts: &[&'static str],
    diags: &mut Diagnostics,
) -> Option<Adaptive> {
    let mut given: Vec<(&'static str, f64)> = vec![];
    for arg in args {
        let part = arg.name.as_ref().and_then(|n| parts.iter().find(|p| **p == n.text));
        let Some(&part) = part else {
            diags.push(errors::unknown_adaptive_part(name, arg, parts));
            return None;
        };
        if given.iter().any(|(before, _)| *before == part) {
            diags.push(errors::adaptive_part_twice(part, arg.span));
            return None;
        }
        let (low, high) =
            if part == "from" { (Adaptive::FLOOR, HOTTEST) } else { (LEAST_SHARE, 1.0) };
        let value = constant(&arg.value).filter(|v| *v > low && *v <= high);
        let Some(value) = value else {
            diags.push(errors::adaptive_part_out_of_range(part, arg.value.span, low, high));
            return None;
        };
        given.push((part, value));
    }
    let part = |name: &str, usual: f64| {
        given.iter().find(|(n, _)| *n == name).map_or(usual, |(_, value)| *value)
    };
    let from = part("from", FROM);
    Some(match name.text.as_str() {
        "auto" => Adaptive::Auto { from, share: part("share", SHARE) },
        _ => Adaptive::Learnt { from },
    })
}
