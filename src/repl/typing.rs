//! What the prompt knows of a line that is being typed: completions, the signature of the call at the cursor, colours. Text in,
//! text out; the editor shows it.

use super::help::topics;
use super::{COMMANDS, Repl};
use crate::check::model::DimSize;
use crate::check::{SETTINGS, functions};
use crate::dist;
use crate::estimator;
use crate::session::ask::SHORT_FORMS;
use crate::syntax::{self, Kind};

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

/// What the call at the end of a line still takes: `, scale)` after `Normal(0`.
pub fn hint(line: &str) -> Option<String> {
    if let Some(name) = line.strip_prefix(':') {
        let command = COMMANDS.iter().find(|c| name.trim_end() == c.name && !c.args.is_empty())?;
        let blank = if name.ends_with(' ') { "" } else { " " };
        return Some(format!("{blank}{}", command.args)).filter(|_| name.matches(' ').count() < 2);
    }
    let (callee, inside) = open_call(line)?;
    let params = parameters(callee)?;
    let given = top_level(inside);
    let named: Vec<&str> =
        given.iter().filter_map(|a| a.split_once('=').map(|(n, _)| n.trim())).collect();
    let (last, before) = given.split_last()?;
    if let Some(dims) = params.get(before.len()).and_then(|param| unsaid_dims(param, last)) {
        let blank = if last.ends_with(' ') { "" } else { " " };
        return Some(format!("{blank}{dims})"));
    }
    let by_position =
        before.iter().chain(Some(last)).filter(|a| !a.contains('=') && !a.trim().is_empty());
    let left: Vec<&String> = params
        .iter()
        .skip(by_position.count())
        .filter(|p| !named.contains(&p.split(' ').next().unwrap_or("")))
        .collect();
    let list: Vec<&str> = left.iter().map(|p| p.as_str()).collect();
    let (list, fresh) = (list.join(", "), last.trim().is_empty());
    Some(match (list.is_empty(), fresh) {
        (true, _) => ")".into(),
        (false, true) if inside.ends_with(',') => format!(" {list})"),
        (false, true) => format!("{list})"),
        (false, false) => format!(", {list})"),
    })
}

/// `over d` of a parameter `x over d` of which x was typed.
fn unsaid_dims<'p>(param: &'p str, given: &str) -> Option<&'p str> {
    let dims = &param[param.find(" over ")? + 1..];
    let is_said = given.split_whitespace().any(|word| word == "over" || word == "by");
    (!given.trim().is_empty() && !is_said).then_some(dims)
}

/// The innermost call that is still open, and what is inside so far.
fn open_call(line: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (i, c) in line.char_indices().rev() {
        match c {
            ')' | ']' => depth += 1,
            '(' | '[' if depth > 0 => depth -= 1,
            '(' => {
                let head = &line[..i];
                let start = head.rfind(|c: char| !(c.is_alphanumeric() || c == '_'));
                let start =
                    start.map_or(0, |s| s + head[s..].chars().next().map_or(1, char::len_utf8));
                return Some((&head[start..], &line[i + 1..]));
            }
            '[' => return None,
            _ => {}
        }
    }
    None
}

fn parameters(callee: &str) -> Option<Vec<String>> {
    if let Some(dist) = dist::find(callee) {
        return Some(dist.signature().forms[0].params.iter().map(|p| p.name.to_string()).collect());
    }
    if let Some(estimator) = estimator::find(callee) {
        let options = estimator.card().options.iter();
        return Some(options.map(|o| format!("{} = {}", o.name, o.default)).collect());
    }
    if let Some(function) = functions::find(callee) {
        return Some(function.params.iter().map(|p| (*p).to_string()).collect());
    }
    let built_in = functions::BUILT_IN.iter().find(|row| row.name == callee);
    if let Some(usage) = built_in.map(|row| row.usage) {
        return Some(vec![usage.split_once('(')?.1.trim_end_matches(')').to_string()]);
    }
    let (form, _) = SHORT_FORMS.iter().find(|(form, _)| form.split('(').next() == Some(callee))?;
    let inside = form.split_once('(')?.1.trim_end_matches(')');
    Some(inside.split(", ").map(str::to_string).collect())
}

/// Between commas outside of brackets; the last one may be empty.
fn top_level(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_i32, 0, vec![]);
    for (i, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The line with colours that can be read on dark and on light, and the bracket that belongs to the one at the cursor marked.
pub fn colored(line: &str, cursor: Option<usize>) -> String {
    if line.trim_start().starts_with(':') {
        let end = line.find(' ').unwrap_or(line.len());
        return format!("\x1b[1m{}\x1b[0m{}", &line[..end], &line[end..]);
    }
    let words = syntax::words(line);
    let partners = cursor.map_or(vec![], |at| partners(line, &words, at));
    let mut out = String::new();
    let mut at = 0;
    for (i, (kind, span)) in words.iter().enumerate() {
        let range = span.range();
        let text = &line[range.clone()];
        out.push_str(&line[at..range.start]);
        at = range.end;
        let style = match kind {
            _ if partners.contains(&i) => "1;4",
            Kind::Comment => "2",
            Kind::Text => "32",
            Kind::Bad => "31",
            Kind::Symbol if text.starts_with('@') => "35",
            Kind::Symbol if matches!(text, "~" | "=") => "1",
            Kind::Word if i > 0 && line[..range.start].ends_with('@') => "35",
            Kind::Word if KEYWORDS.contains(&text) && line[..range.start].trim().is_empty() => "35",
            Kind::Word if JOINING.contains(&text) => "35",
            Kind::Word if dist::find(text).is_some() => "36",
            _ => "",
        };
        match style {
            "" => out.push_str(text),
            style => out.push_str(&format!("\x1b[{style}m{text}\x1b[0m")),
        }
    }
    out.push_str(&line[at..]);
    out
}

/// The bracket at the cursor or before it, and its other half.
fn partners(line: &str, words: &[(Kind, crate::source::Span)], cursor: usize) -> Vec<usize> {
    let mut open: Vec<usize> = vec![];
    let mut pairs = vec![];
    for (i, (kind, _)) in words.iter().enumerate() {
        match kind {
            Kind::Open => open.push(i),
            Kind::Close => pairs.extend(open.pop().map(|o| (o, i))),
            _ => {}
        }
    }
    let touches = |i: usize| {
        let range = words[i].1.range();
        range.start == cursor || range.end == cursor && cursor == line.len()
    };
    let found = pairs.into_iter().find(|&(a, b)| touches(a) || touches(b));
    found.map(|(a, b)| vec![a, b]).unwrap_or_default()
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

    #[test]
    fn hints_say_what_is_left_of_a_signature() {
        for (line, left) in [
            ("mu ~ Normal(", "loc, scale)"),
            ("mu ~ Normal(0", ", scale)"),
            ("mu ~ Normal(0,", " scale)"),
            ("mu ~ Normal(0, ", "scale)"),
            ("mu ~ Normal(scale = 1", ", loc)"),
            ("mu ~ Normal(0, exp(", "x)"),
            ("mu ~ Normal(0, 1", ")"),
            ("sum(", "x over d)"),
            ("p = softmax(w", " over d)"),
            ("p = softmax(w ", "over d)"),
            ("p = softmax(w over k", ")"),
            ("sum(y by g", ")"),
            ("assignment(p", " over [a, b])"),
            ("onehot(", "k)"),
            (":run", " [STEPS]"),
        ] {
            assert_eq!(hint(line).as_deref(), Some(left), "{line}");
        }
        for line in ["mu", "x[", "Normal(0, 1)", ":quit", "nosuch("] {
            assert_eq!(hint(line), None, "{line}");
        }
    }

    #[test]
    fn colours_change_no_character() {
        for line in
            ["mu ~ Normal(0, 1) # é", ":run 3", "@marginalize", "x = \"a", "((", "", "é ~ f(x)"]
        {
            for cursor in 0..=line.len() {
                let plain = colored(line, Some(cursor));
                let mut bare = String::new();
                let mut rest = plain.as_str();
                while let Some(at) = rest.find('\x1b') {
                    bare.push_str(&rest[..at]);
                    rest = &rest[at + rest[at..].find('m').unwrap() + 1..];
                }
                assert_eq!(bare + rest, line);
            }
        }
    }
}
