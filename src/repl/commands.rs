//! Every `:command`, once: help, completion and hints about unknown ones read this table.

use super::{Repl, Reply};

/// A row: how it is called, what it takes, what it does.
pub struct Command {
    pub name: &'static str,
    /// As help shows them; empty where it takes none.
    pub args: &'static str,
    pub doc: &'static str,
    pub(super) run: fn(&mut Repl, &str, &mut Reply),
}

const fn row(
    name: &'static str,
    args: &'static str,
    doc: &'static str,
    run: fn(&mut Repl, &str, &mut Reply),
) -> Command {
    Command { name, args, doc, run }
}

/// In the order of help.
pub static COMMANDS: &[Command] = &[
    row("data", "[FILE | NAME=FILE]", "read a data file; alone, list them", Repl::data),
    row("load", "FILE", "replace the model by a file's", Repl::load),
    row("save", "[FILE]", "write the model for `elbow run`", Repl::save),
    row("save!", "FILE", "the same over a file of another session", Repl::save_over),
    row("model", "", "the model as it stands", Repl::model),
    row("plan", "", "each latent's estimator, reason and bias", Repl::plan),
    row("why", "LATENT", "why it has its estimator, with its uses", Repl::why),
    row(
        "estimator",
        "LATENT = NAME | auto",
        "choose, as in `z = reinforce(baseline = none)`",
        Repl::estimator,
    ),
    row("set", "[SETTING = VALUE]", "a setting of `fit`; alone, all of them", Repl::set),
    row("run", "[STEPS]", "fit from a fresh start", Repl::run),
    row("more", "[STEPS]", "go on with the fit, also with another estimator", Repl::more),
    row("summary", "", "the posterior of the last fit", Repl::summary),
    row("guide", "[LATENT]", "the guides and their parameters", Repl::guide),
    row("variance", "LATENT", "measure every estimator that can serve it", Repl::variance),
    row(
        "plot",
        "EXPR | EXPR, EXPR | elbow",
        "histogram, intervals, scatter, way of the fit",
        Repl::plot,
    ),
    row("sample", "[COUNT]", "joint draws of everything, before a fit too", Repl::sample),
    row("predict", "EXPR", "an answer with the observed data drawn anew", Repl::predict),
    row("undo", "", "take back the last statement or assignment", Repl::undo),
    row("reset", "", "forget the model, the data and the fit", Repl::reset),
    row("time", "", "how long the last fit took", Repl::time),
    row("help", "[TOPIC]", "this list; or of anything that has a name", Repl::help),
    row("quit", "", "leave; so does Ctrl-D", Repl::quit),
];

/// The row of a command, by its name or the beginning of exactly one.
pub(super) fn find(name: &str) -> Option<&'static Command> {
    let exact = COMMANDS.iter().find(|c| c.name == name);
    let mut begins = COMMANDS.iter().filter(|c| !name.is_empty() && c.name.starts_with(name));
    exact.or_else(|| match (begins.next(), begins.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    })
}
