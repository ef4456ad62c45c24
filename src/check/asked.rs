//! `--estimator k=reinforce(baseline = none)`: an annotation behind the name of its latent, read by what reads annotations.

use super::Checker;
use super::model::EstimatorChoice;
use super::plan_errors::no_such_estimator;
use super::site_errors::annotation::net_outside;
use crate::diag::{Diagnostic, Diagnostics, Label};
use crate::estimator::{self, OptionValues};
use crate::source::{Source, Span};
use crate::syntax::{self, ast};

/// Reads what stands in an argument from `start` on: an estimator, with or without `@` and options. Beside it are warnings.
///
/// # Errors
/// What is wrong with it, pointing into the argument.
pub fn read(argument: &str, start: usize) -> Result<(EstimatorChoice, Diagnostics), Diagnostics> {
    let (before, text) = argument.split_at(start);
    let sign = if text.trim_start().starts_with('@') { "" } else { "@" };
    let blank = " ".repeat(before.len());
    let source = Source::new("--estimator", format!("{blank}{sign}{text}\nlatent ~ Flat()"));
    let (program, mut found) = syntax::parse(&source);
    let choice = annotation(&program).filter(|_| !found.has_errors()).map(|annotation| {
        let (choice, more) = check(annotation);
        more.iter().for_each(|d| found.push(d.clone()));
        choice
    });
    if choice.is_none() && !found.has_errors() {
        found.push(
            no_such_estimator(text)
                .at(Span { start: start as u32, end: argument.len() as u32 }, "no estimator"),
        );
    }
    let told = moved(&found, sign.len(), argument.len());
    choice.flatten().filter(|_| !told.has_errors()).map(|choice| (choice, told.clone())).ok_or(told)
}

/// The one annotation of the one statement.
fn annotation(program: &ast::Program) -> Option<&ast::Annotation> {
    match &program.stmts[..] {
        [ast::Stmt { annotations, .. }] if annotations.len() == 1 => annotations.first(),
        _ => None,
    }
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

/// Labels as they lie in an argument that is shorter by a sign at its front.
fn moved(found: &Diagnostics, by: usize, end: usize) -> Diagnostics {
    let place = |at: u32| at.saturating_sub(by as u32).min(end as u32);
    let label = |l: &Label| Label {
        span: Span { start: place(l.span.start), end: place(l.span.end) },
        text: l.text.clone(),
    };
    let mut all = Diagnostics::new();
    for d in found.iter() {
        let (primary, others) =
            (d.primary.as_ref().map(label), d.others.iter().map(label).collect());
        all.push(Diagnostic { primary, others, ..d.clone() });
    }
    all
}
