//! What lists, `plan` and the checker know of an estimator, and its options in a graph.

use crate::ir::{NodeId, Schedule};

pub struct Card {
    pub name: &'static str,
    pub doc: &'static str,
    /// Paper and equation.
    pub source: &'static str,
    pub bias: Bias,
    pub options: &'static [OptionCard],
    /// Whether gradients flow through the value, so that every use has to be smooth.
    pub needs_smooth: bool,
}

pub struct OptionCard {
    pub name: &'static str,
    pub doc: &'static str,
    pub values: OptionValues,
    pub default: Default,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    Number(Schedule),
    Flag(bool),
    Word(&'static str),
}

impl std::fmt::Display for Default {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Default::Number(schedule) => schedule.fmt(f),
            Default::Flag(flag) => flag.fmt(f),
            Default::Word(word) => f.write_str(word),
        }
    }
}

/// What an option may be set to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OptionValues {
    /// A number or a schedule, between these ends.
    Number {
        low: f64,
        high: f64,
    },
    /// The same, or found by the fit: `auto`, `learnt`.
    Temperature {
        low: f64,
        high: f64,
    },
    /// A whole number between these ends.
    Count {
        low: u64,
        high: u64,
    },
    /// `true` or `false`; named alone it is true.
    Flag,
    Words(&'static [&'static str]),
    /// A word, or an expression of data that nets compute.
    WordsOrNet(&'static [&'static str]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bias {
    /// The exact expectation: no bias, no variance.
    Exact,
    None,
    Biased,
}

impl Bias {
    pub fn describe(self) -> &'static str {
        match self {
            Bias::Exact => "exact",
            Bias::None => "unbiased",
            Bias::Biased => "biased",
        }
    }
}

/// The options of one latent: numbers as nodes (constants, or knobs that follow a schedule), words as written.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub numbers: Vec<(&'static str, NodeId)>,
    pub flags: Vec<(&'static str, bool)>,
    pub words: Vec<(&'static str, String)>,
}

impl Options {
    pub fn number(&self, name: &str) -> NodeId {
        lookup(&self.numbers, name)
    }

    pub fn flag(&self, name: &str) -> bool {
        lookup(&self.flags, name)
    }

    pub fn word(&self, name: &str) -> &str {
        let Some((_, word)) = self.words.iter().find(|(n, _)| *n == name) else {
            unreachable!("options have defaults: {name}");
        };
        word
    }
}

fn lookup<T: Copy>(rows: &[(&'static str, T)], name: &str) -> T {
    let Some(&(_, value)) = rows.iter().find(|(n, _)| *n == name) else {
        unreachable!("options have defaults: {name}");
    };
    value
}
