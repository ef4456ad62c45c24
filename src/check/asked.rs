//! `--estimator k=reinforce(baseline = none)`: an annotation behind the name of its latent, read by what reads annotations.

use super::Checker;
use super::model::EstimatorChoice;
use super::plan_errors::no_such_estimator;
use super::site_errors::annotation::net_outside;
use crate::diag::Diagnostics;
use crate::estimator::{self, OptionValues};
use crate::source::{Source, Span};
use crate::syntax::{self, ast};

/// Reads what stands in an argument from `start` on: an estimator, with or without `@` and options. Beside it are warnings.
///
/// # Errors
/// What is wrong with it, pointing into the argument.
pub fn read(argument: &str, start: usize) -> Result<(EstimatorChoice, Diagnostics), Diagnostics> {
    let (before, text) = argument.split_at(start);
    let source = Source::new("--estimator", " ".repeat(before.len()) + text);
    let (annotation, mut found) = syntax::parse_annotation(&source);
    let choice = annotation.and_then(|annotation| {
        let (choice, more) = check(&annotation);
        found.extend(more);
        choice
    });
    if choice.is_none() && !found.has_errors() {
        let whole = Span { start: start as u32, end: argument.len() as u32 };
        found.push(no_such_estimator(text).at(whole, "no estimator"));
    }
    choice.filter(|_| !found.has_errors()).map(|choice| (choice, found.clone())).ok_or(found)
}

fn check(annotation: &ast::Annotation) -> (Option<EstimatorChoice>, Diagnostics) {
    let name = &annotation.name;
    let mut checker = Checker::default();
    let Some(found) = estimator::find(&name.text) else {
        checker.diags.push(no_such_estimator(&name.text).at(name.span, "not known"));
        return (None, checker.diags);
    };
    let net = annotation.args.iter().find(|arg| {
        let named =
            |o: &&estimator::OptionCard| arg.name.as_ref().is_some_and(|n| n.text == o.name);
        let option = found.card().options.iter().find(named);
        let takes_net = option.is_some_and(|o| matches!(o.values, OptionValues::WordsOrNet(_)));
        takes_net && matches!(arg.value.kind, ast::ExprKind::Call { .. })
    });
    match net {
        Some(arg) => checker.diags.push(net_outside(&name.text, arg.value.span)),
        None => return (checker.check_estimator(annotation), checker.diags),
    }
    (None, checker.diags)
}
