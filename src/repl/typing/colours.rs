//! Colours of a line, and the bracket that belongs to the one at the cursor.

use super::{JOINING, KEYWORDS};
use crate::dist;
use crate::source::Span;
use crate::syntax::{self, Kind};

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
fn partners(line: &str, words: &[(Kind, Span)], cursor: usize) -> Vec<usize> {
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
    use super::colored;

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
