//! The elements that a pick reads or its transpose adds to: a walk over them, with the place of each in the array that is
//! picked from.

use super::view::{add_stride, stride};
use super::writer::Val;
use crate::backend::simd::{Isa, Lane, kernel};
use crate::ir::{Dim, Entry, Graph, NodeId, Shape};
use smallvec::SmallVec;
use std::ops::Range;

/// Over the elements of an index, row by row.
#[derive(Debug)]
pub(super) struct Walk<E> {
    start: Cursor<E>,
    /// Outermost first.
    axes: Vec<Axis>,
    /// The innermost one, along which positions lie contiguous or stand still.
    lanes: Axis,
}

/// Where the walk is: an element, its place so far, and the positions still to be read.
#[derive(Clone, Debug)]
struct Cursor<E> {
    element: *mut E,
    place: usize,
    picks: SmallVec<[Pick<E>; 2]>,
}

/// A position that is read, and what it moves the place by.
#[derive(Clone, Copy, Debug)]
struct Pick<E> {
    at: *const E,
    size: u32,
    step: u32,
}

/// A dimension of the walk: how often, and how far everything moves.
#[derive(Clone, Debug)]
struct Axis {
    count: usize,
    element: usize,
    place: usize,
    picks: SmallVec<[usize; 2]>,
}

/// An index to walk over: `Op::Index` itself, or the one that an `Op::Scatter` is the transpose of.
pub(super) struct Index<'a, E> {
    pub(super) entries: &'a [(Dim, Entry)],
    /// The arguments of the node, of which the positions are read, and where they lie.
    pub(super) args: &'a [NodeId],
    pub(super) vals: &'a [Val<E>],
    /// What is walked over, and its dimensions.
    pub(super) elements: &'a Val<E>,
    pub(super) shape: &'a Shape,
    /// What has the places.
    pub(super) array: &'a Val<E>,
}

impl<E: Lane> Walk<E> {
    pub(super) fn new(graph: &Graph, index: Index<'_, E>) -> Self {
        let Index { entries, args, vals, elements, shape, array } = index;
        let mut places = array.strides.clone();
        places.retain(|(d, _)| !entries.iter().any(|(e, _)| e == d));
        let mut over: Vec<Dim> = places.iter().map(|(d, _)| *d).chain(shape.iter()).collect();
        let mut start = Cursor { element: elements.ptr, place: 0, picks: SmallVec::new() };
        let mut picked: SmallVec<[&Val<E>; 2]> = SmallVec::new();
        for &(dim, entry) in entries {
            let step = stride(&array.strides, dim);
            match entry {
                Entry::At(i) => start.place += i * step,
                Entry::Run { to, start: first } => {
                    start.place += first * step;
                    add_stride(&mut places, to, step);
                    over.push(to);
                }
                Entry::By(k) => {
                    let at = &vals[k as usize];
                    let size = graph.size(dim) as u32;
                    start.picks.push(Pick { at: at.ptr, size, step: step as u32 });
                    over.extend(graph.shape(args[k as usize]).iter());
                    picked.push(at);
                }
            }
        }
        let axis = |dim| Axis {
            count: graph.size(dim),
            element: stride(&elements.strides, dim),
            place: stride(&places, dim),
            picks: picked.iter().map(|at| stride(&at.strides, dim)).collect(),
        };
        let mut axes: Vec<Axis> = Shape::new(graph, over).iter().map(axis).collect();
        let still =
            || Axis { count: 1, element: 0, place: 0, picks: picked.iter().map(|_| 0).collect() };
        let lanes = axes.pop().unwrap_or_else(still);
        Self { start, axes, lanes }
    }

    /// Elements of a row.
    pub(super) fn lanes(&self) -> usize {
        self.lanes.count
    }

    /// Elements of all rows.
    pub(super) fn count(&self) -> usize {
        self.axes.iter().map(|axis| axis.count).product::<usize>() * self.lanes.count
    }

    /// The distance between the elements of a row.
    pub(super) fn step(&self) -> usize {
        self.lanes.element
    }

    /// Calls `visit` with the part `lanes` of each row: its first element, a place, and how far from there the place of each
    /// element is. `offsets` is room for the latter.
    pub(super) fn each_row(
        &self,
        isa: Isa,
        lanes: Range<usize>,
        offsets: &mut [u32],
        mut visit: impl FnMut(*mut E, usize, &[u32]),
    ) {
        let mut start = self.start.clone();
        start.advance(&self.lanes, lanes.start);
        let is_straight = self.axes.iter().all(|axis| axis.picks.iter().all(|&step| step == 0));
        let mut is_filled = false;
        go(&self.axes, start, &mut |at| {
            if !is_filled {
                self.fill(isa, at, offsets);
                is_filled = is_straight;
            }
            visit(at.element, at.place + self.still(at), offsets);
        });
    }

    /// What the positions that are the same along a row move its places by.
    fn still(&self, at: &Cursor<E>) -> usize {
        let picks = at.picks.iter().zip(&self.lanes.picks).filter(|(_, step)| **step == 0);
        // SAFETY: strides and counts are those of the array of positions.
        let reach = |pick: &Pick<E>| unsafe { *pick.at }.position(pick.size) * pick.step;
        picks.map(|(pick, _)| reach(pick) as usize).sum()
    }

    /// How far the places in a row are from its first one, but for positions that differ.
    fn fill(&self, isa: Isa, at: &Cursor<E>, offsets: &mut [u32]) {
        let step = self.lanes.place as u32;
        offsets.iter_mut().enumerate().for_each(|(i, offset)| *offset = i as u32 * step);
        for (pick, &step) in at.picks.iter().zip(&self.lanes.picks).filter(|(_, step)| **step > 0) {
            debug_assert_eq!(step, 1, "lanes lie contiguous");
            // SAFETY: strides and counts are those of the array of positions.
            let positions = unsafe { std::slice::from_raw_parts(pick.at, offsets.len()) };
            add_positions(isa, positions, pick.size, pick.step, offsets);
        }
    }
}

kernel! {
    /// Adds positions, each times a step.
    fn add_positions<E, F>(positions: &[E], size: u32, step: u32, to: &mut [u32]) {
        let _ = F;
        for (to, &position) in to.iter_mut().zip(positions) {
            *to += position.position(size) * step;
        }
    }
}

/// Walks over `axes` from a cursor.
fn go<E: Lane>(axes: &[Axis], mut at: Cursor<E>, visit: &mut impl FnMut(&Cursor<E>)) {
    let [axis, rest @ ..] = axes else { return visit(&at) };
    for _ in 0..axis.count {
        go(rest, at.clone(), visit);
        at.advance(axis, 1);
    }
}

impl<E> Cursor<E> {
    fn advance(&mut self, axis: &Axis, by: usize) {
        self.element = self.element.wrapping_add(by * axis.element);
        self.place += by * axis.place;
        for (pick, &step) in self.picks.iter_mut().zip(&axis.picks) {
            pick.at = pick.at.wrapping_add(by * step);
        }
    }
}
