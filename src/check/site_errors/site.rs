//! What can be wrong with the left side of a `~`.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast;

/// E0261. `~` on a name that is computed from latents.
pub(in crate::check) fn computed(target: &ast::Target, computed: Span) -> Diagnostic {
    let name = &target.name.text;
    Diagnostic::new(Code::E0261, "`~` needs a datum or a new name on its left")
        .at(target.span, format!("`{name}` is computed from latents"))
        .also(computed, "computed here")
        .help(format!(
            "to add a density, write it out: `factor …`, with the log of the Jacobian of `{name}`"
        ))
        .note(
            "a density of a transformed value is not the density of the latents that it comes from",
        )
}

/// E0261. `~` on a param.
pub(in crate::check) fn param_with_prior(target: &ast::Target, declared: Span) -> Diagnostic {
    let name = &target.name.text;
    Diagnostic::new(Code::E0261, "`~` needs a datum or a new name on its left")
        .at(target.span, format!("`{name}` is a param, a point estimate without a prior"))
        .also(declared, "declared here")
        .help(format!("remove the `param` statement; this `~` then makes `{name}` a latent"))
}

/// E0262. A second `~` on one name.
pub(in crate::check) fn second_tilde(
    target: &ast::Target,
    first: Span,
    observed: bool,
) -> Diagnostic {
    let name = &target.name.text;
    let (what, help) = match observed {
        true => ("observed", "two sources of one datum make a mixture: `Mixture(w, d)`"),
        false => ("drawn", "give one of them another name, or remove one"),
    };
    Diagnostic::new(Code::E0262, format!("`{name}` has its distribution already"))
        .at(target.span, format!("{what} a second time"))
        .also(first, format!("{what} here first"))
        .help(help)
}

/// E0263. Brackets on the left that disagree with the datum's declaration.
pub(in crate::check) fn other_dims(
    target: &ast::Target,
    dims: &[String],
    declared: Span,
) -> Diagnostic {
    let name = &target.name.text;
    let (has, help) = match dims {
        [] => ("no dimensions".to_string(), format!("write `{name} ~ …`")),
        _ => (
            format!("the dimensions [{}]", dims.join(", ")),
            format!("write `{name} ~ …` or `{name}[{}] ~ …`", dims.join(", ")),
        ),
    };
    Diagnostic::new(Code::E0263, format!("`{name}` has {has}"))
        .at(target.span, "other dimensions here")
        .also(declared, "declared here")
        .help(help)
}
