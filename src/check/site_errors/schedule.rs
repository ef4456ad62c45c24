//! What can be wrong with a schedule.

use crate::check::model::Schedule;
use crate::diag::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::ast;

/// E0288. Something else stands where a number or a schedule is needed.
pub(in crate::check) fn not_a_schedule(expr: &ast::Expr) -> Diagnostic {
    let error = Diagnostic::new(Code::E0288, "this needs a number or a schedule");
    match &expr.kind {
        ast::ExprKind::Arrow { .. } => error
            .at(expr.span, "from where to where, but not how fast")
            .help("say in how many steps: `anneal(1 -> 0.5, over = 5000)`"),
        ast::ExprKind::Call { callee, .. } => {
            let error = error.at(expr.span, format!("`{}` is not a schedule", callee.text));
            match nearest(&callee.text, ["anneal", "cosine"]) {
                Some(name) => error.help(format!("did you mean `{name}`?")),
                None => error.help(FORMS),
            }
        }
        _ => error.at(expr.span, "neither a number nor a schedule").help(FORMS),
    }
}

const FORMS: &str = "a schedule is `anneal(1 -> 0.5, over = 5000)`, \
    `anneal(1 -> 0.5, rate = 1e-4, every = 100)` or `cosine(1 -> 0.5, over = 5000)`";

/// E0289. `anneal(over = 100)`
pub(in crate::check) fn no_arrow(callee: &ast::Ident, span: Span) -> Diagnostic {
    let name = &callee.text;
    Diagnostic::new(Code::E0289, format!("`{name}` needs a start and an end"))
        .at(span, "no `start -> end` here")
        .help(format!("`{name}(1 -> 0.5, over = 5000)` goes from 1 to 0.5 in 5000 steps"))
}

/// E0289. Neither `over` nor `rate`, or parts that this kind of schedule does not have.
pub(in crate::check) fn no_pace(
    callee: &ast::Ident,
    span: Span,
    stray: Option<Span>,
) -> Diagnostic {
    let (name, also) = match callee.text.as_str() {
        "anneal" => ("anneal", " or `rate`"),
        _ => ("cosine", ""),
    };
    let error = Diagnostic::new(Code::E0289, format!("`{name}` needs `over`{also}"));
    let error = match stray {
        Some(stray) if name == "cosine" => error.at(stray, "`rate` and `every` are `anneal`'s"),
        Some(stray) => error.at(stray, "`every` goes with `rate`"),
        None => error.at(span, "how fast it goes is not said"),
    };
    error
        .help(format!("`{name}(1 -> 0.5, over = 5000)` arrives after 5000 steps"))
        .help_if(name == "anneal", "`anneal(1 -> 0.5, rate = 1e-4)` shrinks by exp(-1e-4) a step")
}

/// E0289. `anneal(1 -> 0.5, rate = 1e-4, over = 100)`
pub(in crate::check) fn two_paces(rate: Span, over: Span) -> Diagnostic {
    Diagnostic::new(Code::E0289, "`anneal` takes either `rate` or `over`, not both")
        .at(over, "a straight line to the end")
        .also(rate, "an exponential")
        .help("keep one of them")
}

/// E0289. A second arrow, or a name that schedules do not have.
pub(in crate::check) fn unknown_part(callee: &ast::Ident, arg: &ast::Arg) -> Diagnostic {
    let name = &callee.text;
    let takes = match name.as_str() {
        "anneal" => "`start -> end` and `over`, or `rate` and `every`",
        _ => "`start -> end` and `over`",
    };
    let error = Diagnostic::new(Code::E0289, format!("`{name}` takes {takes}"));
    let Some(part) = &arg.name else {
        return error.at(arg.span, "this has no place in it");
    };
    let error = error.at(part.span, format!("no `{}` among them", part.text));
    match nearest(&part.text, ["over", "rate", "every"]) {
        Some(known) => error.help(format!("did you mean `{known}`?")),
        None => error,
    }
}

/// E0289. `anneal(1 -> 0, over = 10, over = 20)`
pub(in crate::check) fn part_twice(name: &ast::Ident, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0289, format!("`{}` is given twice", name.text))
        .at(name.span, "again here")
        .also(first, "first here")
}

/// E0289. `anneal(a -> 0, over = 10)`
pub(in crate::check) fn end_not_a_number(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0289, "a schedule runs between two numbers")
        .at(span, "not a literal number")
}

/// E0289. A rate of 0 or below goes nowhere.
pub(in crate::check) fn rate_not_positive(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0289, "`rate` must be a positive number")
        .at(span, "not a positive number")
        .help("the direction follows from `start -> end`; the rate says only how fast")
}

/// E0289. `over = 0.5`
pub(in crate::check) fn not_a_step_count(arg: &ast::Arg) -> Diagnostic {
    let name = arg.name.as_ref().map_or("over", |n| n.text.as_str());
    Diagnostic::new(Code::E0289, format!("`{name}` must be a whole number of steps, at least 1"))
        .at(arg.value.span, "not a number of steps")
}

/// E0289. An exponential neither leaves nor crosses 0.
pub(in crate::check) fn exponential_of_nonpositive(span: Span, from: f64, to: f64) -> Diagnostic {
    Diagnostic::new(Code::E0289, "an exponential schedule runs between positive numbers")
        .at(span, format!("from {from} to {to}"))
        .help(format!("a straight line can: `anneal({from} -> {to}, over = 5000)`"))
}

/// E0289. `auto(0.1)`, `learnt(share = 0.1)`
pub(in crate::check) fn unknown_adaptive_part(
    callee: &ast::Ident,
    arg: &ast::Arg,
    parts: &[&str],
) -> Diagnostic {
    let name = &callee.text;
    let takes: Vec<String> = parts.iter().map(|p| format!("`{p}`")).collect();
    let takes = takes.join(" and ");
    let error = Diagnostic::new(Code::E0289, format!("`{name}` takes {takes}, by name"));
    match &arg.name {
        Some(part) => error.at(part.span, format!("no `{}` among them", part.text)),
        None => error.at(arg.span, "which of them this is has to be said"),
    }
}

/// E0289. `auto(share = 0.1, share = 0.2)`
pub(in crate::check) fn adaptive_part_twice(name: &str, again: Span) -> Diagnostic {
    Diagnostic::new(Code::E0289, format!("`{name}` is given twice")).at(again, "again here")
}

/// E0289. `auto(share = 2)`
pub(in crate::check) fn adaptive_part_out_of_range(
    name: &str,
    span: Span,
    low: f64,
    high: f64,
) -> Diagnostic {
    let what = format!("`{name}` must be a number above {low}, at most {high}");
    Diagnostic::new(Code::E0289, what).at(span, "not such a number")
}

/// W0233. The fit ends before the schedule does.
pub(in crate::check) fn unfinished(
    span: Span,
    schedule: &Schedule,
    steps: u64,
    arrival: u64,
) -> Diagnostic {
    let (_, to) = schedule.ends();
    let reached = schedule.at(steps);
    Diagnostic::new(Code::W0233, format!("the fit ends before this schedule reaches {to}"))
        .at(span, format!("at {reached:.3} after {steps} steps"))
        .help(format!("it arrives after {arrival} steps: `fit {{ steps = {arrival} }}`"))
        .help_if(
            matches!(schedule, Schedule::Exponential { .. }),
            format!("or let it arrive in time: `over = {steps}` in place of `rate`"),
        )
}
