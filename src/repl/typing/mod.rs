//! What the prompt knows of a line that is being typed: completions, the signature of the call at the cursor, colours. Text in,
//! text out; the editor shows it.

mod colours;
mod hints;

pub use colours::colored;
pub use hints::hint;

use super::help::topics;
use super::{COMMANDS, Repl};
use crate::check::model::DimSize;
use crate::check::{SETTINGS, functions};
use crate::dist;
use crate::estimator;
use crate::session::ask::SHORT_FORMS;
use crate::syntax;

/// The words that stand at present.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    pub values: Vec<String>,
    pub latents: Vec<String>,
    pub dims: Vec<String>,
    /// Without their quotes.
    pub labels: Vec<String>,
}

const KEYWORDS: &[&str] = &["data", "dim", "param", "fn", "factor", "fit", "net", "guide"];
const JOINING: &[&str] = &["over", "by", "as", "and", "or", "not", "from"];
const ELEMENTS: &[&str] = &[
    "real", "positive", "nonneg", "unit", "count", "int", "binary", "index", "simplex", "ordered",
    "cholesky", "cov", "corr",
];
const ANNOTATIONS: &[&str] = &["noncentered", "kl"];
/// Labels of a text column beyond which it is no list of labels.
const MOST_LABELS: usize = 500;

/// What can stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Command,
    File,
    Latent,
    Estimator,
    Setting,
    Topic,
    Label,
    Element,
    Dim,
    Distribution,
    Start,
    Expression,
}

impl Repl {
    /// The words that stand at present.
    pub fn vocabulary(&self) -> Vocabulary {
        let (session, _) = self.session();
        let model = &session.model;
        let functions = session.program.stmts.iter().filter_map(|s| match &s.kind {
            syntax::ast::StmtKind::Fn { name, .. } => Some(name.text.clone()),
            _ => None,
        });
        let named =
            |d: &&crate::check::model::DimDecl| !d.name.starts_with(|c: char| c.is_ascii_digit());
        let mut labels: Vec<String> = self.labels.clone();
        for dim in &model.dims {
            if let DimSize::Labels(own) = &dim.size {
                labels.extend(own.iter().cloned());
            }
        }
        labels.sort();
        labels.dedup();
        labels.truncate(MOST_LABELS);
        Vocabulary {
            values: model.names.iter().map(|n| n.name.clone()).chain(functions).collect(),
            latents: model.latents().map(|(_, s)| model.name(s.name).name.clone()).collect(),
            dims: model.dims.iter().filter(named).map(|d| d.name.clone()).collect(),
            labels,
        }
    }
}

/// Where the word at the cursor begins, and what it can become. `None` where it is the name of a file.
pub fn completions(words: &Vocabulary, line: &str, cursor: usize) -> Option<(usize, Vec<String>)> {
    let before = line.get(..cursor)?;
    let place = place(before);
    if place == Place::File {
        return None;
    }
    let inside = |c: char| c.is_alphanumeric() || c == '_' || (c == '!' && place == Place::Command);
    let start = match place {
        Place::Label => before.rfind('"').map_or(0, |i| i + 1),
        _ => before
            .char_indices()
            .rev()
            .take_while(|(_, c)| inside(*c))
            .last()
            .map_or(cursor, |(i, _)| i),
    };
    let typed = before.get(start..)?.to_lowercase();
    let begins = |word: &str| word.to_lowercase().starts_with(&typed) && word.len() > typed.len();
    let mut found: Vec<String> =
        candidates(place, words).into_iter().filter(|w| begins(w)).collect();
    found.sort();
    found.dedup();
    if place == Place::Label {
        found.iter_mut().for_each(|label| label.push('"'));
    }
    Some((start, found))
}

fn candidates(place: Place, words: &Vocabulary) -> Vec<String> {
    let own = |list: &[&str]| list.iter().map(|w| (*w).to_string()).collect::<Vec<_>>();
    let estimators = || estimator::ALL.iter().map(|e| e.card().name.to_string());
    let dists = || dist::ALL.iter().map(|d| d.signature().name.to_string());
    let functions = || {
        let called = functions::ALL.iter().filter(|f| f.is_called());
        let forms = SHORT_FORMS.iter().filter_map(|(form, _)| form.split(['(', '[']).next());
        let built_in = functions::BUILT_IN.iter().map(|f| f.name);
        called.map(|f| f.name).chain(forms).chain(built_in).map(str::to_string)
    };
    match place {
        Place::Command => COMMANDS.iter().map(|c| c.name.to_string()).collect(),
        Place::File => vec![],
        Place::Latent => words.latents.clone(),
        Place::Estimator => {
            estimators().chain(own(ANNOTATIONS)).chain(["auto".to_string()]).collect()
        }
        Place::Setting => SETTINGS.iter().map(|(name, _)| (*name).to_string()).collect(),
        Place::Topic => topics().map(str::to_string).collect(),
        Place::Label => words.labels.clone(),
        Place::Element => own(ELEMENTS),
        Place::Dim => words.dims.iter().cloned().chain(["draw".to_string()]).collect(),
        Place::Distribution => dists().chain(words.values.clone()).collect(),
        Place::Start => {
            own(KEYWORDS).into_iter().chain(words.values.clone()).chain(functions()).collect()
        }
        Place::Expression => words
            .values
            .iter()
            .chain(&words.dims)
            .cloned()
            .chain(functions())
            .chain(own(JOINING))
            .collect(),
    }
}

fn place(before: &str) -> Place {
    if let Some(command) = before.trim_start().strip_prefix(':') {
        return match command.split_once(char::is_whitespace) {
            None => Place::Command,
            Some((name, rest)) => argument(name, rest),
        };
    }
    if before.matches('"').count() % 2 == 1 {
        return Place::Label;
    }
    let line = before.rsplit('\n').next().unwrap_or(before);
    let head = line.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
    let last = head.trim_end();
    let word = last.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    match last.chars().next_back() {
        None => Place::Start,
        Some('@') if head.ends_with('@') && last.trim_start() == "@" => Place::Estimator,
        Some('~') => Place::Distribution,
        Some(':') => Place::Element,
        _ if matches!(word, "over" | "by") => Place::Dim,
        Some('(') if open_wrapper(last) => Place::Distribution,
        _ => Place::Expression,
    }
}

/// Whether the bracket that ends a text opens a distribution that wraps another.
fn open_wrapper(text: &str) -> bool {
    let name = text.trim_end_matches('(').rsplit(|c: char| !c.is_alphanumeric()).next();
    let wraps = |d: &'static dyn dist::Distribution| {
        d.signature().forms[0].params.iter().any(|p| p.needs == dist::Needs::Distribution)
    };
    name.and_then(dist::find).is_some_and(wraps)
}

fn argument(name: &str, rest: &str) -> Place {
    match name {
        "load" | "save" | "save!" | "data" => Place::File,
        "why" | "variance" | "guide" => Place::Latent,
        "estimator" if rest.contains('=') => Place::Estimator,
        "estimator" => Place::Latent,
        "set" if !rest.contains('=') => Place::Setting,
        "help" => Place::Topic,
        _ => Place::Expression,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Vocabulary {
        let list = |words: &[&str]| words.iter().map(|w| (*w).to_string()).collect();
        Vocabulary {
            values: list(&["theta", "tau", "y"]),
            latents: list(&["theta", "tau"]),
            dims: list(&["school"]),
            labels: list(&["Choate", "Deerfield"]),
        }
    }

    fn completed(line: &str) -> Vec<String> {
        completions(&words(), line, line.len()).map(|(_, found)| found).unwrap_or_default()
    }

    #[test]
    fn words_are_completed_by_their_place() {
        for (line, one) in [
            (":sum", "summary"),
            (":why the", "theta"),
            (":estimator theta = gumbel_so", "gumbel_softmax"),
            (":set see", "seed"),
            (":help HalfC", "HalfCauchy"),
            ("mu ~ nor", "Normal"),
            ("mu ~ Truncated(Nor", "Normal"),
            ("data y: pos", "positive"),
            ("@noncent", "noncentered"),
            ("sd(theta over sch", "school"),
            ("theta[\"Cho", "Choate\""),
            ("par", "param"),
            ("P(thet", "theta"),
            ("quant", "quantile"),
            ("a = 1\nb ~ HalfNor", "HalfNormal"),
        ] {
            assert_eq!(completed(line).first().map(String::as_str), Some(one), "{line}");
        }
        assert_eq!(completions(&words(), ":load ex", 8), None);
        assert_eq!(completed("zzz"), Vec::<String>::new());
    }
}
