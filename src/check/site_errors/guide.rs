//! E0255, E0258, E0259: guides written by hand.

use crate::check::model::DistCall;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast;

pub(in crate::check) fn second_guide(span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0258, "a model has one `guide` block")
        .at(span, "a second one")
        .also(first, "the first one")
        .help("move its statements into the first one")
}

pub(in crate::check) fn not_for_guides(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0258, "a guide holds `name = expr` and draws of the model's latents")
        .at(span, "neither")
        .help("move this line out of the guide")
}

pub(in crate::check) fn annotation_in_guide(a: &ast::Annotation, latent: &str) -> Diagnostic {
    Diagnostic::new(Code::E0258, "annotations stand where the model declares the latent")
        .at(a.span, "inside the guide")
        .help(format!("move it to the statement of `{latent}` in the model"))
}

pub(in crate::check) fn no_latent(
    target: &ast::Target,
    declared: Option<Span>,
    near: Option<&str>,
) -> Diagnostic {
    let name = &target.name.text;
    let message = format!("the guide draws the model's latents, and `{name}` is none");
    let d = Diagnostic::new(Code::E0258, message).at(target.span, "not a latent of the model");
    match (declared, near) {
        (Some(span), _) => d.also(span, "declared here").help(format!(
            "remove this line: only what the model draws with `{name} ~ …` has a guide"
        )),
        (None, Some(near)) => d.help(format!("did you mean `{near}`?")),
        (None, None) => d.help(format!("declare it in the model first: `{name} ~ Normal(0, 1)`")),
    }
}

pub(in crate::check) fn drawn_twice(target: &ast::Target, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0258, format!("the guide draws `{}` twice", target.name.text))
        .at(target.span, "drawn again")
        .also(first, "first drawn here")
        .help("remove one of them")
}

pub(in crate::check) fn not_drawn_yet(ident: &ast::Ident) -> Diagnostic {
    let name = &ident.text;
    Diagnostic::new(Code::E0258, format!("the guide uses `{name}` above its draw"))
        .at(ident.span, "not drawn yet")
        .help(format!("move `{name} ~ …` above this line"))
}

pub(in crate::check) fn marginalized(target: &ast::Target, annotation: Span) -> Diagnostic {
    let name = &target.name.text;
    Diagnostic::new(Code::E0255, format!("`{name}` is summed out of the model, and has no guide"))
        .at(target.span, "drawn here")
        .also(annotation, "asked to be summed out")
        .help(format!("remove this line, or write `@enumerate` to sum `{name}` under its guide"))
}

pub(in crate::check) fn noncentered(target: &ast::Target, annotation: Span) -> Diagnostic {
    let name = &target.name.text;
    Diagnostic::new(Code::E0255, format!("`{name}` is drawn in standard units, or by the guide"))
        .at(target.span, "drawn by the guide")
        .also(annotation, "drawn in standard units")
        .help("remove one of the two")
}

pub(in crate::check) fn moving_bounds(target: &ast::Target, stmt: Span) -> Diagnostic {
    let name = &target.name.text;
    Diagnostic::new(
        Code::E0255,
        format!("the bounds of `{name}` move with the model, and no written guide stays inside"),
    )
    .at(target.span, "drawn by the guide")
    .also(stmt, "its bounds are not fixed")
    .help("remove this line: the automatic guide follows the bounds")
}

pub(in crate::check) fn other_dims(target: &ast::Target, has: &str, declared: Span) -> Diagnostic {
    let name = &target.name.text;
    Diagnostic::new(Code::E0255, format!("`{name}` has {has} in the model, and others here"))
        .at(target.span, "other dimensions")
        .also(declared, format!("has {has}"))
        .help(format!("write `{name} ~ …` without brackets: it has the model's dimensions"))
}

pub(in crate::check) fn leaves_support(
    target: &ast::Target,
    call: &DistCall,
    given: &str,
    wanted: &str,
    better: Option<&str>,
) -> Diagnostic {
    let name = &target.name.text;
    let d = Diagnostic::new(
        Code::E0255,
        format!("the guide draws `{name}` as `{given}`, and the model has it as `{wanted}`"),
    )
    .at(call.span, format!("draws are `{given}`"));
    match better {
        Some(better) => d.help(format!("draw it from a `{better}`")),
        None => d.help("remove this line: the automatic guide has the right support"),
    }
}

pub(in crate::check) fn other_vectors(
    target: &ast::Target,
    call: &DistCall,
    prior: &DistCall,
) -> Diagnostic {
    let (name, own) = (&target.name.text, prior.dist.0.signature().name);
    Diagnostic::new(
        Code::E0255,
        format!("the guide draws `{name}` from other values than the model"),
    )
    .at(call.span, "other vectors")
    .also(prior.span, "the model's")
    .help(format!("draw it from a `{own}` along the same dimensions, of the same size"))
}

pub(in crate::check) fn discrete_family(call: &DistCall, known: &[&str]) -> Diagnostic {
    let name = call.dist.0.signature().name;
    let known: Vec<String> = known.iter().map(|k| format!("`{k}`")).collect();
    Diagnostic::new(Code::E0255, format!("`{name}` is not a family that a guide can learn"))
        .at(call.span, "no gradient of its parameters")
        .help(format!("discrete guides are {}", known.join(", ")))
}

pub(in crate::check) fn no_draws(call: &DistCall) -> Diagnostic {
    let name = call.dist.0.signature().name;
    Diagnostic::new(Code::E0255, format!("`{name}` has no draws that a guide could learn from"))
        .at(call.span, "not differentiable, or improper")
        .help("draw it from another family, or remove this line for the automatic guide")
}

pub(in crate::check) fn circle(draw: Span, reader: Span) -> Diagnostic {
    Diagnostic::new(Code::E0259, "the guide needs a value that itself needs this draw")
        .at(draw, "reads what is made from it")
        .also(reader, "read on the way")
        .help("let the guide draw the latent between them too, or read data instead")
}
