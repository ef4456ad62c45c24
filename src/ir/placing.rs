//! Rows of tables in the arrays of a batch.
//!
//! A table holds an array with all rows of its batched dimensions. A row is what it has at one position along each of them;
//! rows are numbered row-major over those dimensions, in order, and the elements of a row lie in the layout of the others.
//! That order does not depend on how many rows a batch has.

use super::{BatchInfo, Dim, Graph, Shape};
use std::ops::Range;
use std::sync::Arc;

/// An array with all of its rows, wherever it is kept.
pub trait Table: std::fmt::Debug + Send + Sync {
    /// Copies a row to `out`, which is as long.
    fn read(&self, row: usize, out: &mut [f64]);

    /// The same in single precision, to which numbers are rounded.
    fn read_single(&self, row: usize, out: &mut [f32]) {
        read_rounded(self, row, out);
    }

    /// The memory that a row, of `len` elements, is read from, if it is one piece of memory.
    fn memory(&self, _row: usize, _len: usize) -> Option<Range<*const u8>> {
        None
    }

    /// Whether rows come from so far away that it is worth saying beforehand which will be read.
    fn is_far(&self) -> bool {
        false
    }

    /// Begins to fetch a row, of `len` elements, that will be read soon.
    fn expect(&self, _row: usize, _len: usize) {}
}

/// Reads a row in double precision and rounds it.
pub fn read_rounded(table: &(impl Table + ?Sized), row: usize, out: &mut [f32]) {
    let mut wide = vec![0.0; out.len()];
    table.read(row, &mut wide);
    out.iter_mut().zip(wide).for_each(|(to, x)| *to = x as f32);
}

/// A table in memory, row after row.
pub struct Held(pub Arc<[f64]>);

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} numbers", self.0.len())
    }
}

impl Table for Held {
    fn read(&self, row: usize, out: &mut [f64]) {
        out.copy_from_slice(&self.0[row * out.len()..][..out.len()]);
    }
}

/// How the rows of a table lie in the array of a batch.
#[derive(Clone, Debug)]
pub struct Placing {
    /// The array's batched dimensions, in order.
    dims: Vec<Dim>,
    /// How many rows each of them has in all.
    whole: Vec<usize>,
    /// Where each row of the batch begins, row-major over the batched dimensions.
    starts: Vec<usize>,
    /// Where the runs of a row lie behind its start.
    runs: Vec<usize>,
    /// Elements of a run, which are contiguous.
    run: usize,
}

impl Placing {
    /// `None` for shapes without batched dimensions.
    pub fn new(g: &Graph, shape: &Shape) -> Option<Self> {
        let strides = shape.strides(g);
        let (mut batched, mut rest): (Vec<_>, Vec<_>) =
            shape.iter().zip(strides).partition(|&(d, _)| g.is_batched(d));
        batched.sort();
        let dims: Vec<Dim> = batched.iter().map(|b| b.0).collect();
        dims.first()?;
        let mut run = 1;
        while let Some(&(dim, stride)) = rest.last()
            && stride == run
        {
            run *= g.size(dim);
            rest.pop();
        }
        let whole = dims.iter().map(|&d| g.whole(d)).collect();
        Some(Self { whole, starts: corners(g, &batched), runs: corners(g, &rest), run, dims })
    }

    /// Elements of a row.
    pub fn row_len(&self) -> usize {
        self.runs.len() * self.run
    }

    /// Rows of a batch.
    pub fn slots(&self) -> usize {
        self.starts.len()
    }

    /// Rows of the table.
    pub fn rows(&self) -> usize {
        self.whole.iter().product()
    }

    /// The row of the table that is to lie in each place of the batch.
    pub fn chosen(&self, rows: &Rows) -> Vec<usize> {
        let mut chosen = vec![0];
        for (&dim, &whole) in self.dims.iter().zip(&self.whole) {
            let along = rows.along(dim);
            let further = |&row: &usize| along.iter().map(move |&i| row * whole + i);
            chosen = chosen.iter().flat_map(further).collect();
        }
        chosen
    }

    /// Whether the elements of a row lie one after the other.
    pub fn is_contiguous(&self) -> bool {
        self.runs.len() == 1
    }

    /// Where the runs of a row lie that is in a place of the batch, all of them as long; no two rows share any.
    pub fn places(&self, slot: usize) -> impl Iterator<Item = Range<usize>> {
        let start = self.starts[slot];
        self.runs.iter().map(move |at| start + at..start + at + self.run)
    }

    /// Puts a row into a place of the batch.
    pub fn put<A: Copy, B>(
        &self,
        slot: usize,
        row: &[A],
        array: &mut [B],
        convert: impl Fn(A) -> B,
    ) {
        for (from, at) in row.chunks_exact(self.run).zip(self.places(slot)) {
            from.iter().zip(&mut array[at]).for_each(|(&from, to)| *to = convert(from));
        }
    }

    /// Takes a row out of a place of the batch.
    pub fn take<A: Copy>(&self, slot: usize, array: &[A], row: &mut [A]) {
        for (to, at) in row.chunks_exact_mut(self.run).zip(self.places(slot)) {
            to.copy_from_slice(&array[at]);
        }
    }
}

/// The places of all positions along dimensions with these strides, row-major.
fn corners(g: &Graph, dims: &[(Dim, usize)]) -> Vec<usize> {
    let mut all = vec![0];
    for &(dim, stride) in dims {
        let further = |&at: &usize| (0..g.size(dim)).map(move |i| at + i * stride);
        all = all.iter().flat_map(further).collect();
    }
    all
}

/// Values row-major along `dims` with all rows, in the order of a table.
pub fn table_of(g: &Graph, dims: &[Dim], values: &[f64]) -> Vec<f64> {
    let mut strides: Vec<(Dim, usize)> = vec![];
    let mut stride = 1;
    for &dim in dims.iter().rev() {
        strides.push((dim, stride));
        stride *= g.whole(dim);
    }
    let order = |&(d, _): &(Dim, usize)| match g.is_batched(d) {
        true => (0, 0, d),
        false => (1, g.size(d), d),
    };
    strides.sort_by_key(order);
    let mut places = vec![0];
    for &(dim, stride) in &strides {
        let further = |&at: &usize| (0..g.whole(dim)).map(move |i| at + i * stride);
        places = places.iter().flat_map(further).collect();
    }
    places.into_iter().map(|place| values[place]).collect()
}

/// Which rows of each batched dimension are present.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows(pub Vec<(Dim, Vec<usize>)>);

impl Rows {
    /// The first ones.
    pub fn first(g: &Graph) -> Self {
        Self(g.batched_dims().into_iter().map(|d| (d, (0..g.size(d)).collect())).collect())
    }

    /// Rows from everywhere, evenly apart.
    pub fn spread(g: &Graph) -> Self {
        let apart = |d: Dim| (0..g.size(d)).map(|i| i * g.whole(d) / g.size(d)).collect();
        Self(g.batched_dims().into_iter().map(|d| (d, apart(d))).collect())
    }

    /// Batches that together hold every combination of rows; the last ones may repeat some.
    pub fn cover(g: &Graph) -> impl Iterator<Item = Rows> {
        let mut all = vec![Rows::default()];
        for dim in g.batched_dims() {
            let (size, whole) = (g.size(dim), g.whole(dim));
            let further = |rows: &Rows| {
                let rows = rows.clone();
                (0..whole).step_by(size).map(move |first| {
                    let first = first.min(whole - size);
                    let mut rows = rows.clone();
                    rows.0.push((dim, (first..first + size).collect()));
                    rows
                })
            };
            all = all.iter().flat_map(further).collect();
        }
        all.into_iter()
    }

    /// Those along one dimension; none where it is not batched.
    pub fn along(&self, dim: Dim) -> &[usize] {
        self.0.iter().find(|(d, _)| *d == dim).map_or(&[], |(_, rows)| rows)
    }

    /// The rows of a table in memory, in the layout of a shape.
    pub fn gather(&self, g: &Graph, shape: &Shape, table: &[f64]) -> Vec<f64> {
        let Some(placing) = Placing::new(g, shape) else { return table.to_vec() };
        let mut array = vec![0.0; g.count(shape)];
        let len = placing.row_len();
        for (slot, row) in placing.chosen(self).into_iter().enumerate() {
            placing.put(slot, &table[row * len..][..len], &mut array, |x| x);
        }
        array
    }

    /// Says that these rows of batched data will be read soon.
    pub fn expect(&self, g: &Graph, batch: &BatchInfo) {
        if let Some(placing) = Placing::new(g, &batch.shape).filter(|_| batch.table.is_far()) {
            let len = placing.row_len();
            placing.chosen(self).into_iter().for_each(|row| batch.table.expect(row, len));
        }
    }

    /// The rows of batched data, in the layout of their shape.
    pub fn read(&self, g: &Graph, batch: &BatchInfo) -> Vec<f64> {
        let mut array = vec![0.0; g.count(&batch.shape)];
        if let Some(placing) = Placing::new(g, &batch.shape) {
            let mut row = vec![0.0; placing.row_len()];
            for (slot, at) in placing.chosen(self).into_iter().enumerate() {
                batch.table.read(at, &mut row);
                placing.put(slot, &row, &mut array, |x| x);
            }
        }
        array
    }
}
