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
    row("data", "[FILE | NAME=FILE]", "read a data file; alone, list what was read", Repl::data),
    row("load", "FILE", "replace the model by a file's", Repl::load),
    row("save", "[FILE]", "write the model as a file that `elbow run` takes", Repl::save),
    row("save!", "FILE", "the same over a file of another session", Repl::save_over),
    row("model", "", "the model as it stands", Repl::model),
    row("plan", "", "the estimator of each latent, the reason, the bias", Repl::plan),
    row("why", "LATENT", "why a latent has its estimator, with its uses", Repl::why),
    row(
        "estimator",
        "LATENT = NAME | auto",
        "choose a latent's estimator: `:estimator z = gumbel_softmax(tau = 0.5)`",
        Repl::estimator,
    ),
    row("set", "[SETTING = VALUE]", "a setting of the `fit` block; alone, all of them", Repl::set),
    row("run", "[STEPS]", "fit from a fresh start", Repl::run),
    row("more", "[STEPS]", "go on with the fit, also with another estimator", Repl::more),
    row("summary", "", "the posterior of the last fit", Repl::summary),
    row("guide", "[LATENT]", "the guides and their parameters", Repl::guide),
    row("variance", "LATENT", "measure every estimator that can serve a latent", Repl::variance),
    row(
        "plot",
        "EXPR | EXPR, EXPR | elbow",
        "draw a histogram, intervals by label, a scatter, the way of the fit",
        Repl::plot,
    ),
    row(
        "sample",
        "[COUNT]",
        "joint draws from the posterior, before a fit from the prior",
        Repl::sample,
    ),
    row("undo", "", "take back the last statement or assignment", Repl::undo),
    row("reset", "", "forget the model, the data and the fit", Repl::reset),
    row("time", "", "how long the last fit took", Repl::time),
    row(
        "help",
        "[TOPIC]",
        "this list; or a command, distribution, estimator, function, code",
        Repl::help,
    ),
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
