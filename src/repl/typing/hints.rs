//! The signature of the call at the cursor, as far as it is not typed yet.

use super::COMMANDS;
use crate::check::functions;
use crate::dist;
use crate::estimator;
use crate::session::ask::SHORT_FORMS;

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

#[cfg(test)]
mod tests {
    use super::hint;

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
}
