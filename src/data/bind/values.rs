//! The values of one datum: read as its element, checked against its support, put into the order of its dimensions.

use super::axes::Axis;
use super::source::{EXACT, Label, Source};
use super::{keys, marks};
use crate::check::model::{Elem, Interval, NameDecl};
use crate::data::errors::{label as label_errors, value as errors};
use crate::data::table::is_missing;
use crate::data::{Array, Extent};
use crate::diag::Diagnostic;
use std::sync::Arc;

/// The array of a datum; nothing where an axis is not decided.
pub(super) fn read(
    source: &Source<'_>,
    axes: &[Option<Arc<Axis>>],
) -> Result<Option<Array>, Diagnostic> {
    if let Some(array) = on_disk(source, axes)? {
        return Ok(Some(array));
    }
    let axis = |dim: &crate::check::model::DimId| axes[dim.0 as usize].as_deref();
    let values = match source.decl.ty.elem {
        Elem::Index(of) => positions(source, axis(&of))?,
        Elem::Binary => numbers(source, truth)?,
        Elem::Real | Elem::Int => numbers(source, |_| None)?,
    };
    check(source, &|see| see(0, &values))?;
    let undecided = matches!(source.decl.ty.elem, Elem::Index(of) if axis(&of).is_none());
    let axes = source.dims().iter().map(axis).collect::<Option<Vec<&Axis>>>();
    let Some(axes) = axes.filter(|_| !undecided) else {
        return Ok(None);
    };
    let sizes: Vec<usize> = axes.iter().map(|axis| axis.size).collect();
    let mut orders = Vec::with_capacity(axes.len());
    for (number, axis) in axes.iter().enumerate() {
        orders.push(keys::order(source, number, axis)?);
    }
    let rows = source_cells(&source.shape, &orders);
    let values = match &rows {
        Some(rows) => rows.iter().map(|&cell| values[cell]).collect(),
        None => values,
    };
    let place = |cell: usize| source.place(rows.as_ref().map_or(cell, |rows| rows[cell]));
    marks::check(source.decl, &sizes, &values, place)?;
    Ok(Some(Array::new(source.dims().to_vec(), values)))
}

/// The array of a datum whose numbers stay on disk, which they do where the model takes them as they stand there.
fn on_disk(source: &Source<'_>, axes: &[Option<Arc<Axis>>]) -> Result<Option<Array>, Diagnostic> {
    let ty = &source.decl.ty;
    let Some(disk) = source.disk().filter(|_| ty.mark.is_none()) else { return Ok(None) };
    let own = source.dims().iter().map(|dim| axes[dim.0 as usize].as_deref());
    let (Some(own), false) = (own.collect::<Option<Vec<_>>>(), matches!(ty.elem, Elem::Index(_)))
    else {
        return Ok(None);
    };
    for (number, axis) in own.into_iter().enumerate() {
        if keys::order(source, number, axis)?.is_some() {
            return Ok(None);
        }
    }
    if !disk.extent().is_some_and(|all| is_within(source.decl, all)) {
        check(source, &|see| disk.each(see))?;
    }
    let dims = source.dims().to_vec();
    Ok(Some(Array::on_disk(dims, disk.clone())))
}

/// For every cell in the order of the dimensions, the cell of the file; `None` where they are the same.
fn source_cells(shape: &[usize], orders: &[Option<Vec<usize>>]) -> Option<Vec<usize>> {
    if orders.iter().all(Option::is_none) {
        return None;
    }
    let mut cells = vec![0];
    for (&size, order) in shape.iter().zip(orders) {
        let row = |i: usize| order.as_ref().map_or(i, |order| order[i]);
        cells = cells.iter().flat_map(|c| (0..size).map(move |i| c * size + row(i))).collect();
    }
    Some(cells)
}

/// Numbers as they stand, and texts through `word`.
fn numbers(source: &Source<'_>, word: fn(&str) -> Option<f64>) -> Result<Vec<f64>, Diagnostic> {
    if let Some(disk) = source.disk() {
        return Ok(disk.all());
    }
    if !source.has_texts() {
        return Ok((0..source.len()).map(|cell| source.number(cell)).collect());
    }
    let read = |text: &str| match word(text).or_else(|| text.parse().ok()) {
        None if is_missing(text) => Some(f64::NAN),
        number => number,
    };
    let number = |cell: usize| source.text(cell).map_or(Some(source.number(cell)), read);
    let wrong: Vec<usize> = (0..source.len()).filter(|&cell| number(cell).is_none()).collect();
    match wrong.first() {
        Some(&cell) => {
            let text = source.text(cell).unwrap_or_default();
            Err(errors::not_a_number(source.decl, text, &source.place(cell), wrong.len()))
        }
        None => Ok((0..source.len()).filter_map(number).collect()),
    }
}

fn truth(word: &str) -> Option<f64> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "yes" => Some(1.0),
        "false" | "no" => Some(0.0),
        _ => None,
    }
}

/// Positions from 0, by label or number; where the axis is not decided, any position for a label that could be one.
fn positions(source: &Source<'_>, of: Option<&Axis>) -> Result<Vec<f64>, Diagnostic> {
    let mut positions = Vec::with_capacity(source.len());
    for cell in 0..source.len() {
        match source.label(cell) {
            Some(label) => match of.map(|of| (of, of.position(label, source.data.from))) {
                Some((_, Some(position))) => positions.push(position as f64),
                Some((of, None)) => return Err(index_unknown(source, of, cell, label)),
                None => positions.push(0.0),
            },
            None => positions.push(f64::NAN),
        }
    }
    let Some(first) = positions.iter().position(|p| p.is_nan()) else { return Ok(positions) };
    let count = positions.iter().filter(|p| p.is_nan()).count();
    let (number, place) = (source.number(first), source.place(first));
    if source.text(first).is_some() || number.is_nan() {
        Err(errors::missing(source.decl, &place, count, source.len()))
    } else if number.is_finite() && number.fract() == 0.0 {
        Err(errors::inexact(source.decl, number, &place))
    } else {
        Err(errors::not_whole(source.decl, number, &place, count))
    }
}

fn index_unknown(source: &Source<'_>, of: &Axis, cell: usize, label: Label<'_>) -> Diagnostic {
    let place = source.place(cell);
    match (label, &of.labels) {
        (Label::Number(number), None) => {
            label_errors::index_outside(source.decl, number, &place, of.size, source.data.from)
        }
        _ => label_errors::unknown_in_data(
            source.decl,
            &label.to_string(),
            &place,
            of.labels.as_deref(),
        ),
    }
}

/// Shows the values of all cells, block by block, each with its first cell.
type Each<'e> = dyn Fn(&mut dyn FnMut(usize, &[f64])) + 'e;

/// A kind of value that a datum may not have: the first one, and how many there are.
#[derive(Clone, Copy, Default)]
struct Seen {
    first: Option<(usize, f64)>,
    count: usize,
}

/// Missing cells, then infinities, fractions, and values outside the support; the first sort that occurs is reported.
fn check(source: &Source<'_>, each: &Each<'_>) -> Result<(), Diagnostic> {
    let decl = source.decl;
    let (is_index, is_whole) =
        (matches!(decl.ty.elem, Elem::Index(_)), matches!(decl.ty.elem, Elem::Int));
    let outside = |v: f64| match decl.ty.elem {
        Elem::Binary => !is_binary(v),
        _ => !holds(&decl.ty.support, v),
    };
    let sort = |v: f64| match v {
        _ if v.is_nan() => Some(0),
        _ if v.is_infinite() => Some(1),
        _ if is_index => None,
        _ if is_whole && v.fract() != 0.0 => Some(2),
        _ if is_whole && v.abs() >= EXACT => Some(3),
        _ if outside(v) => Some(4),
        _ => None,
    };
    let mut seen = [Seen::default(); 5];
    each(&mut |first, block| {
        if is_clean(decl, block) {
            return;
        }
        for (i, &v) in block.iter().enumerate() {
            if let Some(sort) = sort(v) {
                seen[sort].first.get_or_insert((first + i, v));
                seen[sort].count += 1;
            }
        }
    });
    let sort = seen.iter().position(|s| s.first.is_some());
    let Some((sort, (cell, value))) = sort.and_then(|s| Some((s, seen[s].first?))) else {
        return Ok(());
    };
    let (place, count) = (source.place(cell), seen[sort].count);
    Err(match sort {
        0 => errors::missing(decl, &place, count, source.len()),
        1 => errors::infinite(decl, value, &place, count),
        2 => errors::not_whole(decl, value, &place, count),
        3 => errors::inexact(decl, value, &place),
        _ => errors::outside(decl, value, &place, count),
    })
}

/// Whether a block has nothing to report, where that can be seen of many values at once.
fn is_clean(decl: &NameDecl, block: &[f64]) -> bool {
    match decl.ty.elem {
        Elem::Binary => block.iter().fold(true, |all, &v| all & is_binary(v)),
        Elem::Real => {
            let support = &decl.ty.support;
            block.iter().fold(true, |all, &v| all & v.is_finite() & holds(support, v))
        }
        Elem::Int | Elem::Index(_) => false,
    }
}

/// Whether numbers have nothing to report, where that is known of all of them.
fn is_within(decl: &NameDecl, all: Extent) -> bool {
    let Extent { low, high, are_finite, are_whole } = all;
    let is_held = || holds(&decl.ty.support, low) && holds(&decl.ty.support, high);
    are_finite
        && match decl.ty.elem {
            Elem::Binary => are_whole && low >= 0.0 && high <= 1.0,
            Elem::Real => is_held(),
            Elem::Int => are_whole && low.abs().max(high.abs()) < EXACT && is_held(),
            Elem::Index(_) => false,
        }
}

fn is_binary(value: f64) -> bool {
    (value == 0.0) | (value == 1.0)
}

fn holds(support: &Interval, value: f64) -> bool {
    let above = if support.low_open { value > support.low } else { value >= support.low };
    let below = if support.high_open { value < support.high } else { value <= support.high };
    above && below
}
