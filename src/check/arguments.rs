//! Which parameter each argument of a distribution is: by position in the first form, by name in any.

use super::site_errors::call as errors;
use crate::diag::Diagnostics;
use crate::dist::Signature;
use crate::source::Span;
use crate::syntax::ast;

/// The arguments of a call, in the order of the form that they make up.
pub(super) struct Arguments<'a> {
    pub form: usize,
    pub args: Vec<&'a ast::Arg>,
}

/// Matches arguments with parameters. The names pick the form; the first one is taken where they leave a choice.
pub(super) fn match_arguments<'a>(
    signature: &'static Signature,
    args: &'a [ast::Arg],
    span: Span,
    diags: &mut Diagnostics,
) -> Option<Arguments<'a>> {
    let unknown = |a: &&ast::Arg| a.name.as_ref().is_some_and(|n| !has_name(signature, &n.text));
    let mut known = true;
    for name in args.iter().filter(unknown).filter_map(|a| a.name.as_ref()) {
        diags.push(errors::unknown_parameter(signature, name));
        known = false;
    }
    if !known {
        return None;
    }
    let positional = args.iter().filter(|a| a.name.is_none()).count();
    let forms = signature.forms;
    let longest = forms.iter().map(|f| f.params.len()).max().unwrap_or(0);
    if let Some(extra) = args.iter().filter(|a| a.name.is_none()).nth(longest) {
        diags.push(errors::too_many(signature, extra.span, args.len()));
        return None;
    }
    let fitting = (0..forms.len()).filter(|&f| takes(signature, f, args, positional));
    let Some(form) = fitting.min_by_key(|&f| forms[f].params.len().abs_diff(args.len())) else {
        diags.push(errors::mixed_forms(signature, args, span));
        return None;
    };
    place(signature, form, args, span, diags)
}

fn has_name(signature: &Signature, name: &str) -> bool {
    (0..signature.forms.len()).any(|f| signature.position(f, name).is_some())
}

/// Whether a form has all the names, and the first form's names where arguments stand by position.
fn takes(signature: &Signature, form: usize, args: &[ast::Arg], positional: usize) -> bool {
    let names = args.iter().filter_map(|a| a.name.as_ref());
    let prefix = |f: usize| signature.forms[f].params.iter().take(positional).map(|p| p.name);
    names.clone().all(|n| signature.position(form, &n.text).is_some())
        && prefix(form).eq(prefix(0))
        && prefix(form).count() == positional.min(signature.forms[0].params.len())
}

fn place<'a>(
    signature: &'static Signature,
    form: usize,
    args: &'a [ast::Arg],
    span: Span,
    diags: &mut Diagnostics,
) -> Option<Arguments<'a>> {
    let params = signature.forms[form].params;
    let mut places: Vec<Option<&ast::Arg>> = vec![None; params.len()];
    let mut next = 0..;
    for arg in args {
        let place = match &arg.name {
            Some(name) => signature.position(form, &name.text),
            None => next.next(),
        };
        let Some(slot) = place.and_then(|p| places.get_mut(p)) else {
            diags.push(errors::too_many(signature, arg.span, args.len()));
            return None;
        };
        if let Some(first) = slot {
            let name = params[place.unwrap_or(0)].name;
            diags.push(errors::parameter_twice(signature, name, arg.span, first.span));
            return None;
        }
        *slot = Some(arg);
    }
    let missing = params.iter().zip(&places).filter(|(_, a)| a.is_none());
    let missing: Vec<&str> = missing.map(|(p, _)| p.name).collect();
    if !missing.is_empty() {
        diags.push(errors::missing(signature, &missing, span));
        return None;
    }
    Some(Arguments { form, args: places.into_iter().flatten().collect() })
}
