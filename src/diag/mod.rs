//! Diagnostics: what is wrong, where, and what to type instead. Plain data; `render` prints it.
//!
//! A pass pushes into a `Diagnostics` and goes on; it never prints and never stops early. Every error is made by one
//! constructor function (`syntax/errors.rs`, `check/errors.rs`, `data/errors.rs` …), so its words stand in one place.

mod code;
mod render;

pub use code::{CODES, Code, find as find_code};
pub use render::{render, to_json};

use crate::source::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// A place in the model and what is to be said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// One message. `message` is lower case without a full stop; `help` is something the user can type.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    pub message: String,
    /// Where the mistake is; `None` for mistakes outside the model (a file, a flag).
    pub primary: Option<Label>,
    pub others: Vec<Label>,
    pub help: Vec<String>,
    pub note: Vec<String>,
}

impl Diagnostic {
    /// Severity follows from the code: W-codes are warnings.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let severity =
            if code.name().starts_with('W') { Severity::Warning } else { Severity::Error };
        let message = message.into();
        Self { code, severity, message, primary: None, others: vec![], help: vec![], note: vec![] }
    }

    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span, text: text.into() });
        self
    }

    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.others.push(Label { span, text: text.into() });
        self
    }

    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    #[must_use]
    pub fn help_if(self, when: bool, text: impl Into<String>) -> Self {
        if when { self.help(text) } else { self }
    }

    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note.push(text.into());
        self
    }
}

/// The sink that every pass writes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out what was said just before.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        // Looks back only so far: a file of noise has a mistake per byte.
        if !self.items.iter().rev().take(64).any(|d| *d == diagnostic) {
            self.items.push(diagnostic);
        }
    }

    pub fn extend(&mut self, others: Diagnostics) {
        for item in others.items {
            self.push(item);
        }
    }

    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|d| d.severity == Severity::Error)
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.items.iter()
    }

    /// In order of place in the text, errors outside the text last.
    pub fn sorted(mut self) -> Self {
        self.items
            .sort_by_key(|d| (d.primary.is_none(), d.primary.as_ref().map(|l| l.span), d.severity));
        self
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(items: I) -> Self {
        let mut diagnostics = Self::new();
        items.into_iter().for_each(|d| diagnostics.push(d));
        diagnostics
    }
}

/// The name within two edits of `wanted` that is nearest to it, for "did you mean".
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match wanted.chars().count() {
        0 | 1 => 0,
        2 | 3 => 1,
        _ => 2,
    };
    let score = |k: &str| {
        let folded = strsim::osa_distance(&wanted.to_lowercase(), &k.to_lowercase());
        (folded, strsim::osa_distance(wanted, k))
    };
    known
        .into_iter()
        .filter(|k| *k != wanted)
        .map(|k| (score(k), k))
        .filter(|((folded, _), _)| *folded <= limit)
        .min_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1)))
        .map(|(_, k)| k)
}
