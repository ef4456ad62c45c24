//! JSON to fields, without a tree in between: Stan's layout (an object of numbers and nested lists), a list of records
//! (one object per row), or one bare list.
//!
//! `null` is a missing cell, `true` is 1; the strings "NaN", "Inf" and "-Inf" are numbers, as CmdStan has it.

use super::errors::file as errors;
use super::read::Content;
use super::table::{Cells, Field, Flaw, Layout};
use crate::diag::Diagnostic;
use indexmap::IndexMap;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Reads the fields of a file in UTF-8.
pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Content, Diagnostic> {
    let text = str::from_utf8(bytes).map_err(|e| {
        let valid = &bytes[..e.valid_up_to()];
        errors::not_utf8(path, valid.iter().filter(|&&b| b == b'\n').count() + 1)
    })?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let fields = match text.strip_prefix('[').map(str::trim_start) {
        Some(inner) if inner.starts_with('{') => records(text),
        Some(_) => bare_list(text),
        None => serde_json::from_str::<Object>(text).map(|object| object.0),
    };
    Ok((Layout::Keys, fields.map_err(|e| errors::json_invalid(path, &e))?))
}

fn bare_list(text: &str) -> serde_json::Result<Vec<Field>> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut cells = Collector::default();
    Nested { into: &mut cells, depth: 0 }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(vec![cells.finish(String::new())])
}

/// Cells that records may have for each byte of text, those that are missing among them.
const SPARSEST: usize = 64;

/// One column per key that some record has; a record without it has a missing cell there.
fn records(text: &str) -> serde_json::Result<Vec<Field>> {
    let records: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(text)?;
    let mut columns: IndexMap<&str, Collector> = IndexMap::new();
    for key in records.iter().flat_map(serde_json::Map::keys) {
        columns.entry(key).or_default();
    }
    if columns.len().saturating_mul(records.len()) > text.len().saturating_mul(SPARSEST) {
        return Err(Error::custom("its records have hardly a key in common"));
    }
    for (row, record) in records.iter().enumerate() {
        for (key, column) in &mut columns {
            column.at = vec![row + 1];
            match record.get(*key) {
                Some(value) => Nested { into: column, depth: 1 }.deserialize(value)?,
                None => column.missing(1),
            }
        }
    }
    let finish = |(key, mut column): (&str, Collector)| {
        column.close(0, records.len());
        column.finish(key.to_string())
    };
    Ok(columns.into_iter().map(finish).collect())
}

/// A whole file in Stan's layout.
struct Object(Vec<Field>);

impl<'de> serde::Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor).map(Object)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Vec<Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object such as {\"y\": [1, 2]}, or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = vec![];
        while let Some(key) = map.next_key::<String>()? {
            let mut cells = Collector::default();
            map.next_value_seed(Nested { into: &mut cells, depth: 0 })?;
            fields.push(cells.finish(key));
        }
        Ok(fields)
    }
}

/// Gathers the cells of one field, and the first thing that is wrong with them.
#[derive(Default)]
struct Collector {
    numbers: Vec<f64>,
    texts: Vec<String>,
    /// Of each list that was closed first at its depth; deepest lists close first.
    sizes: Vec<Option<usize>>,
    /// The depth of the cells, once one is seen.
    rank: Option<usize>,
    /// The position inside every open list, from 1.
    at: Vec<usize>,
    flaw: Option<Flaw>,
}

impl Collector {
    fn number(&mut self, value: f64, depth: usize) {
        self.cell(depth);
        if self.texts.is_empty() {
            self.numbers.push(value);
        } else {
            self.mixed(format!("the number {value}"));
        }
    }

    fn text(&mut self, value: &str, depth: usize) {
        if let Some(number) = special(value) {
            return if number.is_nan() { self.missing(depth) } else { self.number(number, depth) };
        }
        self.cell(depth);
        if self.numbers.iter().all(|n| n.is_nan()) {
            self.texts.extend(self.numbers.drain(..).map(|_| String::new()));
            self.texts.push(value.to_string());
        } else {
            self.mixed(format!("the text \"{value}\""));
        }
    }

    fn missing(&mut self, depth: usize) {
        self.cell(depth);
        if self.texts.is_empty() {
            self.numbers.push(f64::NAN);
        } else {
            self.texts.push(String::new());
        }
    }

    /// Notes a cell at a depth, which must be that of all others.
    fn cell(&mut self, depth: usize) {
        let rank = *self.rank.get_or_insert(depth);
        let list_seen = self.sizes.get(depth).is_some_and(Option::is_some);
        if rank != depth || list_seen {
            self.ragged("a list", "a single value");
        }
    }

    /// Notes the end of a list of `len` elements at a depth.
    fn close(&mut self, depth: usize, len: usize) {
        if self.rank.is_some_and(|rank| rank <= depth) {
            return self.ragged("a single value", "a list");
        }
        if self.sizes.len() <= depth {
            self.sizes.resize(depth + 1, None);
        }
        let size = *self.sizes[depth].get_or_insert(len);
        if size != len {
            self.ragged(&entries(size), &entries(len));
        }
    }

    fn ragged(&mut self, expected: &str, found: &str) {
        let (expected, found) = (expected.to_string(), found.to_string());
        let place = self.place();
        self.flaw.get_or_insert(Flaw::Ragged { place, expected, found });
    }

    fn mixed(&mut self, found: String) {
        let place = self.place();
        self.flaw.get_or_insert(Flaw::Mixed { place, found });
    }

    fn object(&mut self) {
        let place = self.place();
        self.flaw.get_or_insert(Flaw::Object { place });
    }

    /// `[3, 2]`, or nothing outside lists.
    fn place(&self) -> String {
        let at: Vec<String> = self.at.iter().map(usize::to_string).collect();
        if at.is_empty() { String::new() } else { format!("[{}]", at.join(", ")) }
    }

    fn finish(self, key: String) -> Field {
        let rank = self.rank.unwrap_or(self.sizes.len());
        let shape: Vec<usize> =
            (0..rank).map(|d| self.sizes.get(d).copied().flatten().unwrap_or(0)).collect();
        let cells = match self.flaw {
            Some(flaw) => Cells::Flawed(flaw),
            None if self.texts.is_empty() => Cells::Numbers(self.numbers),
            None => Cells::Texts(self.texts),
        };
        Field { key, shape, cells }
    }
}

fn entries(count: usize) -> String {
    if count == 1 { "1 entry".into() } else { format!("{count} entries") }
}

fn special(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Inf" | "+Inf" | "Infinity" | "+Infinity" => Some(f64::INFINITY),
        "-Inf" | "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// A value at some depth of nested lists.
struct Nested<'c> {
    into: &'c mut Collector,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Nested<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numbers, strings or lists of them")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.into.number(value, self.depth);
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.visit_f64(value as f64)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.visit_f64(f64::from(u8::from(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.into.text(value, self.depth);
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.into.missing(self.depth);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut len = 0;
        self.into.at.push(1);
        while list.next_element_seed(Nested { into: self.into, depth: self.depth + 1 })?.is_some() {
            len += 1;
            if let Some(at) = self.into.at.last_mut() {
                *at = len + 1;
            }
        }
        self.into.at.pop();
        self.into.close(self.depth, len);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.into.cell(self.depth);
        self.into.object();
        Ok(())
    }
}
