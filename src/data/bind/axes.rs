//! Decides the size and the labels of every dimension, from declarations and from all data that carry or index it.
//!
//! Texts become labels in sorted order, whole numbers 1 … K without gaps are positions, other whole numbers are labels
//! in their order; a declared list, or a run of columns, gives the labels as they stand.

use super::labels::Labels;
use super::source::{Keys, Label, Source};
use crate::check::model::{DimDecl, DimId, DimSize, Elem, Model, StmtKind};
use crate::data::BoundDim;
use crate::data::errors::label as label_errors;
use crate::data::errors::shape::{self as errors, Carrier};
use crate::diag::{Diagnostic, Diagnostics};
use crate::source::Span;
use std::collections::HashMap;
use std::sync::Arc;

/// Positions of one dimension. A double for each of them is 8 GB.
const LONGEST: usize = 1_000_000_000;

/// A dimension whose size is known.
pub(super) struct Axis {
    pub(super) size: usize,
    pub(super) labels: Option<Arc<[String]>>,
    lookup: Lookup,
}

enum Lookup {
    /// Numbers from 1.
    Positions,
    Texts(HashMap<String, usize>),
    Numbers(HashMap<i64, usize>),
}

impl Axis {
    pub(super) fn of(dim: &BoundDim) -> Self {
        match &dim.labels {
            Some(labels) => Self::labelled(labels.to_vec()),
            None => Self::positions(dim.size),
        }
    }

    fn positions(size: usize) -> Self {
        Axis { size, labels: None, lookup: Lookup::Positions }
    }

    /// Labels that are all whole numbers are met by numbers.
    fn labelled(labels: Vec<String>) -> Self {
        let numbers: Option<HashMap<i64, usize>> =
            labels.iter().enumerate().map(|(i, l)| Some((l.parse().ok()?, i))).collect();
        let lookup = match numbers {
            Some(numbers) => Lookup::Numbers(numbers),
            None => Lookup::Texts(labels.iter().cloned().zip(0..).collect()),
        };
        Axis { size: labels.len(), labels: Some(labels.into()), lookup }
    }

    /// What a position, from 0, is called: its label in quotes, or its number from 1.
    pub(super) fn name(&self, position: usize) -> String {
        match &self.labels {
            Some(labels) => format!("\"{}\"", labels[position]),
            None => (position + 1).to_string(),
        }
    }

    /// The position, from 0, of what a file calls by a label; `from` is the number of the first position.
    pub(super) fn position(&self, label: Label<'_>, from: Option<i64>) -> Option<usize> {
        let counted = |number: i64, first: i64| {
            let position = usize::try_from(number.checked_sub(first)?).ok()?;
            (position < self.size).then_some(position)
        };
        match (label, &self.lookup, from) {
            (Label::Number(number), _, Some(first)) => counted(number, first),
            (Label::Number(number), Lookup::Numbers(map), None) => map.get(&number).copied(),
            (Label::Number(number), _, None) => counted(number, 1),
            (Label::Text(text), Lookup::Texts(map), _) => map.get(text).copied(),
            (Label::Text(text), Lookup::Numbers(map), _) => map.get(&text.parse().ok()?).copied(),
            (Label::Text(_), Lookup::Positions, _) => None,
        }
    }
}

/// An axis per dimension; `None` where an error stands in the way, or where nothing sizes the dimension.
pub(super) fn decide<'a>(
    model: &'a Model,
    sizes: &'a [DimSize],
    sources: &'a [Source<'a>],
    diagnostics: &mut Diagnostics,
) -> Vec<Option<Arc<Axis>>> {
    let mut axes = Axes { model, sizes, sources, decided: vec![None; model.dims.len()] };
    for index in 0..model.dims.len() {
        let dim = DimId(index as u32);
        if let Err(error) = axes.decide(dim) {
            diagnostics.push(error);
        }
    }
    axes.decided.into_iter().map(Option::flatten).collect()
}

struct Axes<'a> {
    model: &'a Model,
    sizes: &'a [DimSize],
    sources: &'a [Source<'a>],
    /// Outer `None` before its turn.
    decided: Vec<Option<Option<Arc<Axis>>>>,
}

impl<'a> Axes<'a> {
    fn decide(&mut self, dim: DimId) -> Result<Option<Arc<Axis>>, Diagnostic> {
        if let Some(axis) = &self.decided[dim.0 as usize] {
            return Ok(axis.clone());
        }
        self.decided[dim.0 as usize] = Some(None);
        let axis = match &self.sizes[dim.0 as usize] {
            DimSize::Prime { of } => self.decide(*of)?,
            DimSize::Offset { of, by } => match self.decide(*of)? {
                Some(whole) => Some(Arc::new(self.offset(dim, whole.size, *by)?)),
                None => None,
            },
            _ => self.base(dim)?.map(Arc::new),
        };
        self.decided[dim.0 as usize] = Some(axis.clone());
        Ok(axis)
    }

    fn offset(&self, dim: DimId, whole: usize, by: i64) -> Result<Axis, Diagnostic> {
        let size = i64::try_from(whole).unwrap_or(i64::MAX).saturating_add(by);
        match usize::try_from(size) {
            Ok(size) if size > 0 => {
                self.agree(dim, Some(size))?;
                Ok(Axis::positions(size))
            }
            _ => Err(errors::offset_empty(self.decl(dim), size)),
        }
    }

    fn base(&self, dim: DimId) -> Result<Option<Axis>, Diagnostic> {
        let declared = match &self.sizes[dim.0 as usize] {
            DimSize::Fixed(size) | DimSize::Literal(size) => Some(*size as usize),
            DimSize::Labels(labels) => Some(labels.len()),
            _ => None,
        };
        let size = self.agree(dim, declared)?;
        self.check_length(dim, size)?;
        if size == Some(0) {
            return Err(errors::empty(
                self.decl(dim),
                self.unkeyed(dim).next().map(carrier).as_ref(),
            ));
        }
        if let DimSize::Labels(labels) = &self.sizes[dim.0 as usize] {
            return Ok(Some(Axis::labelled(labels.clone())));
        }
        let labels = self.labels(dim)?;
        let run = self.run_names(dim)?;
        let by_alphabet = run.is_none() && labels.are_texts();
        let Some(names) = run.or_else(|| labels.ordered(size)) else {
            let from_indices = labels.largest();
            self.check_length(dim, from_indices)?;
            return Ok(size.or(from_indices).map(Axis::positions));
        };
        self.check_labelled(dim, declared, &names)?;
        if let Some(site) = self.ordered_choice(dim).filter(|_| by_alphabet) {
            return Err(label_errors::order_unsaid(self.decl(dim), site, &names));
        }
        Ok(Some(Axis::labelled(names)))
    }

    fn check_length(&self, dim: DimId, size: Option<usize>) -> Result<(), Diagnostic> {
        match size {
            Some(size) if size > LONGEST => Err(errors::too_long(self.decl(dim), size, LONGEST)),
            _ => Ok(()),
        }
    }

    /// A distribution to which the order of the dimension's positions means something.
    fn ordered_choice(&self, dim: DimId) -> Option<Span> {
        let sites = self.model.stmts.iter().filter_map(|stmt| match &stmt.kind {
            StmtKind::Tilde(site) => Some(site.dist.root_call()),
            _ => None,
        });
        let mut choices = sites.filter(|call| call.cuts_classes());
        choices.find(|call| self.root(call.event[0]) == dim).map(|call| call.span)
    }

    /// The size that the declaration and all unkeyed data agree on.
    fn agree(&self, dim: DimId, declared: Option<usize>) -> Result<Option<usize>, Diagnostic> {
        let mut lengths = self.unkeyed(dim);
        let Some((first, axis)) = lengths.next() else { return Ok(declared) };
        let size = declared.unwrap_or(first.shape[axis]);
        if first.shape[axis] != size {
            return Err(errors::differs_from_declared(
                self.decl(dim),
                size,
                &carrier((first, axis)),
            ));
        }
        match lengths.find(|(other, axis)| other.shape[*axis] != size) {
            None => Ok(Some(size)),
            Some((other, axis)) if declared.is_some() => {
                Err(errors::differs_from_declared(self.decl(dim), size, &carrier((other, axis))))
            }
            Some((other, other_axis)) => {
                let (first, second) = (carrier((first, axis)), carrier((other, other_axis)));
                Err(errors::sizes_differ(self.decl(dim), &first, &second))
            }
        }
    }

    /// Where labels are decided by the data, their number is the declared one, and no data come without keys.
    fn check_labelled(
        &self,
        dim: DimId,
        declared: Option<usize>,
        names: &[String],
    ) -> Result<(), Diagnostic> {
        if let Some(size) = declared.filter(|size| *size != names.len()) {
            return Err(label_errors::count_differs(self.decl(dim), size, names));
        }
        match self.unkeyed(dim).next() {
            Some(found) => Err(label_errors::unkeyed(self.decl(dim), &carrier(found), names)),
            None => Ok(()),
        }
    }

    fn labels(&self, dim: DimId) -> Result<Labels<'a>, Diagnostic> {
        let mut labels = Labels::default();
        for source in self.sources {
            if matches!(source.decl.ty.elem, Elem::Index(of) if self.root(of) == dim) {
                labels.add_indices(source);
            }
        }
        for (source, axis) in self.carriers(dim) {
            if let Keys::Field(key) = source.keys[axis] {
                labels.add_keys(source, key)?;
            }
        }
        labels.expect_one_sort(self.decl(dim))?;
        Ok(labels)
    }

    /// The names of the runs of columns along a dimension, which must be the same for all.
    fn run_names(&self, dim: DimId) -> Result<Option<Vec<String>>, Diagnostic> {
        let names =
            |s: &Source<'_>| -> Vec<String> { s.fields.iter().map(|f| f.key.clone()).collect() };
        let mut runs = self.carriers(dim).filter(|(s, axis)| matches!(s.keys[*axis], Keys::Run));
        let Some(first) = runs.next() else { return Ok(None) };
        match runs.find(|other| names(other.0) != names(first.0)) {
            Some(other) => {
                Err(label_errors::runs_differ(self.decl(dim), &carrier(first), &carrier(other)))
            }
            None => Ok(Some(names(first.0))),
        }
    }

    /// The data whose length along the dimension is its size.
    fn unkeyed(&self, dim: DimId) -> impl Iterator<Item = (&'a Source<'a>, usize)> {
        self.carriers(dim).filter(|(s, axis)| matches!(s.keys[*axis], Keys::Unkeyed))
    }

    /// The data that have the dimension, or its primes, as an axis.
    fn carriers(&self, dim: DimId) -> impl Iterator<Item = (&'a Source<'a>, usize)> {
        let axes = |s: &'a Source<'a>| (0..s.shape.len()).map(move |axis| (s, axis));
        self.sources.iter().flat_map(axes).filter(move |(s, a)| self.root(s.dims()[*a]) == dim)
    }

    fn root(&self, dim: DimId) -> DimId {
        match self.sizes[dim.0 as usize] {
            DimSize::Prime { of } => self.root(of),
            _ => dim,
        }
    }

    fn decl(&self, dim: DimId) -> &'a DimDecl {
        self.model.dim(dim)
    }
}

fn carrier<'a>((source, axis): (&'a Source<'a>, usize)) -> Carrier<'a> {
    Carrier { decl: source.decl, origin: source.origin(), shape: &source.shape, axis }
}
