//! `:help`: the table of commands, and what the registries know of a word.

use super::{COMMANDS, Repl, Reply, errors};
use crate::check::functions;
use crate::diag;
use crate::dist;
use crate::estimator;
use crate::report::{self, table};
use crate::session::ask::SHORT_FORMS;

impl Repl {
    /// `:help [TOPIC]`
    pub(super) fn help(&mut self, rest: &str, reply: &mut Reply) {
        if rest.is_empty() {
            return reply.say(&overview());
        }
        let topic = rest.trim_start_matches([':', '@']);
        match about(topic) {
            Some(text) => reply.say(&text),
            None => reply.complain(errors::no_help(topic, diag::nearest(topic, topics()))),
        }
    }
}

fn overview() -> String {
    let rows = |pairs: &[(String, &str)]| -> String {
        pairs.iter().map(|(left, right)| format!("  {left:<32} {right}\n")).collect()
    };
    let commands: Vec<(String, &str)> =
        COMMANDS.iter().map(|c| (format!(":{} {}", c.name, c.args), c.doc)).collect();
    let forms: Vec<(String, &str)> =
        SHORT_FORMS.iter().map(|(form, doc)| ((*form).to_string(), *doc)).collect();
    format!(
        "Type statements of the language, or expressions to be answered.\n\nCommands\n{}\nQuestions, beside the \
         functions of the language\n{}",
        rows(&commands),
        rows(&forms)
    )
}

/// Everything that help is to be had about.
pub(super) fn topics() -> impl Iterator<Item = &'static str> {
    let commands = COMMANDS.iter().map(|c| c.name);
    let dists = dist::ALL.iter().map(|d| d.signature().name);
    let estimators = estimator::ALL.iter().map(|e| e.card().name);
    let functions = functions::ALL.iter().filter(|f| f.is_called()).map(|f| f.name);
    let built_in = functions::BUILT_IN.iter().map(|f| f.name);
    commands.chain(dists).chain(estimators).chain(functions).chain(built_in)
}

fn about(topic: &str) -> Option<String> {
    if let Some(c) = COMMANDS.iter().find(|c| c.name == topic) {
        return Some(format!(":{} {}\n  {}\n", c.name, c.args, c.doc));
    }
    if let Some(text) = report::doc(topic) {
        return Some(text);
    }
    // `max` and `min` are both.
    let elementwise = functions::find(topic)
        .map(|f| format!("{}({})\n  {}\n", f.name, f.params.join(", "), f.doc));
    let built_in = functions::BUILT_IN.iter().find(|f| f.name == topic);
    let built_in = built_in.map(|f| format!("{}\n  {}\n", f.usage, f.doc));
    if elementwise.is_some() || built_in.is_some() {
        return Some([elementwise, built_in].into_iter().flatten().collect());
    }
    if let Some((form, doc)) =
        SHORT_FORMS.iter().find(|(form, _)| form.split(['(', '[']).next() == Some(topic))
    {
        return Some(format!("{form}\n  {doc}\n"));
    }
    let code = diag::find_code(topic)?;
    Some(table(&["", ""], vec![vec![code.name().into(), code.title().into()]], 2) + code.story())
}
