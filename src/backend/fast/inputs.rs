//! What a step is given each time: rows of tables, noise, knobs and states.

use super::layout::Layout;
use super::memory::{Buffer, fetch};
use super::slot::Elem;
use crate::backend::NoiseSource;
use crate::backend::crew::{Parts, run_parts};
use crate::ir::{BatchInfo, Graph, Noise, Op, Placing, Rows, Table};
use std::ops::Range;
use std::sync::Arc;

/// What changes between steps, apart from parameters: one array for each row of the graph's tables.
#[derive(Debug)]
pub(super) struct Inputs<E> {
    batches: Vec<BatchInput<E>>,
    noises: Vec<NoiseInput<E>>,
    pub(super) knobs: Vec<Buffer<E>>,
    pub(super) states: Vec<(Buffer<E>, Layout)>,
}

#[derive(Debug)]
struct BatchInput<E> {
    table: Arc<dyn Table>,
    /// How rows lie in an array without padding.
    placing: Placing,
    layout: Layout,
    values: Buffer<E>,
    /// Room for the rows if those of the layout are padded.
    packed: Vec<E>,
}

/// Rows are picked here and there: each is on its way into the cache while so many before it are converted.
const AHEAD: usize = 3;
/// Elements that are worth handing to a second thread.
pub(super) const SPLIT: usize = 16_384;

impl<E: Elem> BatchInput<E> {
    fn new(graph: &Graph, batch: &BatchInfo) -> Self {
        let Some(placing) = Placing::new(graph, &batch.shape) else {
            unreachable!("batched data have a batched dimension");
        };
        let layout = Layout::of(graph, &batch.shape);
        Self {
            table: batch.table.clone(),
            placing,
            layout,
            values: Buffer::zeros(layout.len()),
            packed: vec![E::ZERO; layout.packed_len()],
        }
    }

    fn fill(&mut self, rows: &Rows, threads: usize) {
        let Self { table, placing, layout, values, packed } = self;
        let to = if packed.is_empty() { values.ptr() } else { packed.as_mut_ptr() };
        let chosen = placing.chosen(rows);
        let each = (SPLIT / placing.row_len()).max(1);
        run_parts(
            &Filling { table, placing, chosen: &chosen, each, to },
            chosen.len().div_ceil(each),
            threads,
        );
        if !packed.is_empty() {
            // SAFETY: no kernel is running.
            layout.pad(packed, unsafe { values.as_mut() }, |x| x);
        }
    }
}

/// Rows on their way from a table into an array.
struct Filling<'a, E> {
    table: &'a Arc<dyn Table>,
    placing: &'a Placing,
    chosen: &'a [usize],
    /// Rows of one part.
    each: usize,
    to: *mut E,
}

// SAFETY: no two rows of a batch share a place, and each row is in one part.
unsafe impl<E: Elem> Parts for Filling<'_, E> {
    fn run_part(&self, number: usize) {
        let mut row = vec![E::ZERO; self.placing.row_len()];
        let first = number * self.each;
        let fetch_row = |slot: usize| {
            let row = self.chosen.get(slot);
            let memory = row.and_then(|&row| self.table.memory(row, self.placing.row_len()));
            memory.into_iter().for_each(fetch);
        };
        (first..first + AHEAD).for_each(fetch_row);
        for slot in first..self.chosen.len().min(first + self.each) {
            fetch_row(slot + AHEAD);
            let from = self.chosen[slot];
            // SAFETY: the array has a place for every run, and no kernel is running.
            let to = |place: &Range<usize>| unsafe {
                std::slice::from_raw_parts_mut(self.to.wrapping_add(place.start), place.len())
            };
            let mut places = self.placing.places(slot);
            if let Some(place) = places.next().filter(|_| self.placing.is_contiguous()) {
                E::read(self.table.as_ref(), from, to(&place));
                continue;
            }
            E::read(self.table.as_ref(), from, &mut row);
            let mut rest = &row[..];
            for place in self.placing.places(slot) {
                let (run, further) = rest.split_at(place.len());
                rest = further;
                to(&place).copy_from_slice(run);
            }
        }
    }
}

#[derive(Debug)]
struct NoiseInput<E> {
    kind: Noise,
    layout: Layout,
    values: Buffer<E>,
    /// Where the noise is drawn if rows are padded.
    packed: Vec<E>,
}

impl<E: Elem> Inputs<E> {
    pub(super) fn new(graph: &Graph) -> Self {
        let noises = graph.noises.iter().map(|noise| {
            let layout = Layout::of(graph, &noise.shape);
            let packed = vec![E::ZERO; layout.packed_len()];
            NoiseInput { kind: noise.kind, layout, values: Buffer::zeros(layout.len()), packed }
        });
        let filled = |len: usize, x: f64| {
            let buffer = Buffer::zeros(len);
            // SAFETY: the buffer is new.
            unsafe { buffer.as_mut() }.fill(E::of(x));
            buffer
        };
        let scalar = Layout::of(graph, &crate::ir::Shape::scalar());
        let knobs = graph.knobs.iter().map(|knob| filled(scalar.len(), knob.schedule.at(0)));
        let states = graph.states.iter().map(|state| {
            let layout = Layout::of(graph, &state.shape);
            (filled(layout.len(), state.init), layout)
        });
        let batches = graph.batches.iter().map(|batch| BatchInput::new(graph, batch));
        let mut inputs = Self {
            batches: batches.collect(),
            noises: noises.collect(),
            knobs: knobs.collect(),
            states: states.collect(),
        };
        inputs.set_rows(&Rows::first(graph), 1);
        inputs
    }

    /// Where a leaf lies, if it is one of these.
    pub(super) fn place(&self, op: &Op) -> Option<*mut E> {
        match op {
            Op::Batch(row) => Some(self.batches[*row as usize].values.ptr()),
            Op::Noise(row) => Some(self.noises[*row as usize].values.ptr()),
            Op::Knob(row) => Some(self.knobs[*row as usize].ptr()),
            Op::State(row) => Some(self.states[*row as usize].0.ptr()),
            _ => None,
        }
    }

    pub(super) fn set_rows(&mut self, rows: &Rows, threads: usize) {
        self.batches.iter_mut().for_each(|batch| batch.fill(rows, threads));
    }

    pub(super) fn fill(&mut self, step: u64, source: &mut dyn NoiseSource) {
        for (row, noise) in self.noises.iter_mut().enumerate() {
            // SAFETY: no kernel is running.
            let values = unsafe { noise.values.as_mut() };
            if noise.packed.is_empty() {
                let values = &mut values[..noise.layout.rows * noise.layout.lanes];
                E::fill(source, step, row, noise.kind, values);
            } else {
                E::fill(source, step, row, noise.kind, &mut noise.packed);
                noise.layout.pad(&noise.packed, values, |x| x);
            }
        }
    }
}
