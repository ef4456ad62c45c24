//! What the data of one dimension call its positions, gathered over all index data and keys together.

use super::source::{Label, Source, label};
use crate::check::model::{DimDecl, NameDecl};
use crate::data::errors::label as errors;
use crate::data::table::Field;
use crate::diag::Diagnostic;
use std::collections::HashSet;

#[derive(Default)]
pub(super) struct Labels<'a> {
    texts: HashSet<&'a str>,
    numbers: HashSet<i64>,
    /// A datum that brought a text, and the place of its first one.
    text_at: Option<(&'a NameDecl, String)>,
    number_at: Option<(&'a NameDecl, String)>,
    /// The largest position, from 1, among indices with an origin of their own.
    counted: i64,
}

impl<'a> Labels<'a> {
    pub(super) fn add_indices(&mut self, source: &'a Source<'a>) {
        for cell in 0..source.len() {
            match (source.label(cell), source.data.from) {
                (Some(Label::Number(number)), Some(first)) => {
                    self.counted = self.counted.max(number.saturating_sub(first).saturating_add(1));
                }
                (Some(label), _) => self.add(source, label, || source.place(cell)),
                (None, _) => {}
            }
        }
    }

    pub(super) fn add_keys(
        &mut self,
        source: &'a Source<'a>,
        key: &'a Field,
    ) -> Result<(), Diagnostic> {
        for cell in 0..key.cells.len() {
            let place = || source.file.place(key, cell);
            let label =
                label(key, cell).ok_or_else(|| errors::key_unusable(source.decl, &place()))?;
            self.add(source, label, place);
        }
        Ok(())
    }

    fn add(&mut self, source: &'a Source<'a>, label: Label<'a>, place: impl Fn() -> String) {
        match label {
            Label::Text(text) => {
                self.texts.insert(text);
                self.text_at.get_or_insert_with(|| (source.decl, place()));
            }
            Label::Number(number) => {
                self.numbers.insert(number);
                self.number_at.get_or_insert_with(|| (source.decl, place()));
            }
        }
    }

    /// All texts, or all numbers.
    pub(super) fn expect_one_sort(&self, dim: &DimDecl) -> Result<(), Diagnostic> {
        match (&self.text_at, &self.number_at) {
            (Some(text), Some(number)) => Err(errors::mixed(dim, text, number)),
            _ => Ok(()),
        }
    }

    /// All of them, in order.
    pub(super) fn all(&self) -> Vec<String> {
        let mut numbers: Vec<i64> = self.numbers.iter().copied().collect();
        numbers.sort_unstable();
        let mut texts: Vec<String> = self.texts.iter().map(|t| t.to_string()).collect();
        texts.sort();
        numbers.iter().map(i64::to_string).chain(texts).collect()
    }

    pub(super) fn are_texts(&self) -> bool {
        !self.texts.is_empty()
    }

    /// The labels in their order; `None` where numbers are positions. `size` is the size that other data give.
    pub(super) fn ordered(&self, size: Option<usize>) -> Option<Vec<String>> {
        if !self.texts.is_empty() {
            let mut texts: Vec<String> = self.texts.iter().map(|t| t.to_string()).collect();
            texts.sort();
            return Some(texts);
        }
        let mut numbers: Vec<i64> = self.numbers.iter().copied().collect();
        numbers.sort_unstable();
        let counting = numbers.iter().copied().eq(1..=numbers.len() as i64);
        (size.is_none() && !counting).then(|| numbers.iter().map(i64::to_string).collect())
    }

    /// The size that positions alone show.
    pub(super) fn largest(&self) -> Option<usize> {
        let largest = self.numbers.iter().copied().max().unwrap_or(0).max(self.counted);
        usize::try_from(largest).ok().filter(|size| *size > 0)
    }
}
