//! Adds elements into places: what the gradient of a pick does, in one walk over the elements.
//!
//! Sums are kept in f64, because one place may take in any number of elements.

use super::exec::position_of;
use super::layout::Layout;
use super::memory::Buffer;
use super::view::{add_stride, stride};
use super::writer::Val;
use crate::backend::simd::Lane;
use crate::ir::{Dim, Entry, Graph, NodeId, Op, Shape};
use smallvec::SmallVec;

/// `Op::Scatter` with where its arguments and its result lie.
#[derive(Debug)]
pub(super) struct Scatter<E> {
    /// Where the walk starts; its dimensions, outermost first.
    start: Cursor<E>,
    axes: Vec<Axis>,
    sums: Buffer<f64>,
    out: *mut E,
}

/// Where the walk is: an element, its place so far, and the positions still to be read.
#[derive(Clone, Debug)]
struct Cursor<E> {
    x: *const E,
    place: usize,
    picks: SmallVec<[Pick<E>; 2]>,
}

/// A position that is read, and what it moves the place by.
#[derive(Clone, Copy, Debug)]
struct Pick<E> {
    at: *const E,
    size: usize,
    step: usize,
}

/// A dimension of the walk: how often, and how far everything moves.
#[derive(Debug)]
struct Axis {
    count: usize,
    x: usize,
    place: usize,
    picks: SmallVec<[usize; 2]>,
}

impl<E: Lane> Scatter<E> {
    /// `args` are those of the node, with their values.
    pub(super) fn new(graph: &Graph, id: NodeId, args: &[Val<E>], out: &Val<E>) -> Self {
        let node = graph.node(id);
        let Op::Scatter { entries, .. } = &node.op else {
            unreachable!("only scatters are made into one");
        };
        let mut places = out.strides.clone();
        places.retain(|(d, _)| !entries.iter().any(|(e, _)| e == d));
        let mut over = places.iter().map(|(d, _)| *d).collect::<Vec<Dim>>();
        over.extend(graph.shape(node.args[0]).iter());
        let mut start = Cursor { x: args[0].ptr, place: 0, picks: SmallVec::new() };
        let mut picked: SmallVec<[&Val<E>; 2]> = SmallVec::new();
        for &(dim, entry) in entries {
            let step = stride(&out.strides, dim);
            match entry {
                Entry::At(i) => start.place += i * step,
                Entry::Run { to, start: first } => {
                    start.place += first * step;
                    add_stride(&mut places, to, step);
                    over.push(to);
                }
                Entry::By(k) => {
                    let at = &args[k as usize];
                    start.picks.push(Pick { at: at.ptr, size: graph.size(dim), step });
                    over.extend(graph.shape(node.args[k as usize]).iter());
                    picked.push(at);
                }
            }
        }
        let axis = |dim| Axis {
            count: graph.size(dim),
            x: stride(&args[0].strides, dim),
            place: stride(&places, dim),
            picks: picked.iter().map(|at| stride(&at.strides, dim)).collect(),
        };
        let axes = Shape::new(graph, over).iter().map(axis).collect();
        let sums = Buffer::zeros(Layout::of(graph, &node.shape).len());
        Self { start, axes, sums, out: out.ptr }
    }

    pub(super) fn run(&self) {
        // SAFETY: only this run touches the sums, and it is not run twice at a time.
        let sums = unsafe { self.sums.as_mut() };
        sums.fill(0.0);
        add(&self.axes, self.start.clone(), sums);
        for (i, &sum) in sums.iter().enumerate() {
            // SAFETY: the result is laid out as the sums are, and nothing else runs meanwhile.
            unsafe { *self.out.add(i) = E::of(sum) };
        }
    }
}

/// Walks over `axes` from a cursor.
fn add<E: Lane>(axes: &[Axis], mut at: Cursor<E>, sums: &mut [f64]) {
    match axes {
        [] => add_row(&Axis { count: 1, x: 0, place: 0, picks: SmallVec::new() }, at, sums),
        [lanes] => add_row(lanes, at, sums),
        [axis, rest @ ..] => {
            for _ in 0..axis.count {
                add(rest, at.clone(), sums);
                at.x = at.x.wrapping_add(axis.x);
                at.place += axis.place;
                for (pick, &step) in at.picks.iter_mut().zip(&axis.picks) {
                    pick.at = pick.at.wrapping_add(step);
                }
            }
        }
    }
}

/// The innermost dimension. Positions that do not change along it are read once.
fn add_row<E: Lane>(lanes: &Axis, at: Cursor<E>, sums: &mut [f64]) {
    let mut place = at.place;
    let mut moving: SmallVec<[(Pick<E>, usize); 2]> = SmallVec::new();
    for (k, pick) in at.picks.into_iter().enumerate() {
        match lanes.picks.get(k) {
            Some(&step) if step > 0 => moving.push((pick, step)),
            // SAFETY: strides and counts are those of the array of positions.
            _ => place += position_of(unsafe { *pick.at }, pick.size) * pick.step,
        }
    }
    for i in 0..lanes.count {
        let mut to = place + i * lanes.place;
        for (pick, step) in &moving {
            // SAFETY: as above.
            to += position_of(unsafe { *pick.at.add(i * step) }, pick.size) * pick.step;
        }
        // SAFETY: strides and counts are those of the array of elements.
        sums[to] += unsafe { *at.x.add(i * lanes.x) }.to_f64();
    }
}
