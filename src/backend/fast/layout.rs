//! Where elements lie: row-major over a shape's dimensions, rows padded to whole vectors.
//!
//! Every array of this back end has this pitched layout, so that a kernel may always work on whole vectors and never
//! writes into a neighbouring row. What lies in the padding is never read into a result.

use crate::ir::{Dim, Graph, Shape};
use smallvec::SmallVec;

/// Elements of a vector: a row is padded to a multiple of this.
pub(super) const WIDTH: usize = 16;

/// Distances, in elements, along the dimensions that an array has.
pub(super) type Strides = SmallVec<[(Dim, usize); 6]>;

/// An array of a shape: `rows` rows of `lanes` elements each, `pitch` apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) rows: usize,
    pub(super) lanes: usize,
    pub(super) pitch: usize,
}

impl Layout {
    pub(super) fn of(graph: &Graph, shape: &Shape) -> Self {
        let lanes = shape.dims().last().map_or(1, |&d| graph.size(d));
        let rows = graph.count(shape) / lanes;
        Self { rows, lanes, pitch: lanes.next_multiple_of(WIDTH) }
    }

    /// Elements with the padding.
    pub(super) fn len(&self) -> usize {
        self.rows * self.pitch
    }

    /// Elements without the padding.
    pub(super) fn count(&self) -> usize {
        self.rows * self.lanes
    }

    /// Room for an array without padding; none where the array itself begins with one.
    pub(super) fn packed_len(&self) -> usize {
        let is_packed = self.rows == 1 || self.lanes == self.pitch;
        if is_packed { 0 } else { self.count() }
    }

    /// Copies an array without padding into one with it.
    pub(super) fn pad<A: Copy, B>(&self, from: &[A], to: &mut [B], convert: impl Fn(A) -> B) {
        for (from, to) in from.chunks_exact(self.lanes).zip(to.chunks_exact_mut(self.pitch)) {
            for (from, to) in from.iter().zip(to) {
                *to = convert(*from);
            }
        }
    }

    /// The elements of a padded array, in order.
    pub(super) fn packed<'a, A: Copy>(
        &self,
        from: &'a [A],
    ) -> impl Iterator<Item = A> + use<'a, A> {
        let lanes = self.lanes;
        from[..self.len()]
            .chunks_exact(self.pitch)
            .flat_map(move |row| row[..lanes].iter().copied())
    }
}

/// The strides of an array of this shape whose rows are `pitch` apart.
pub(super) fn strides(graph: &Graph, shape: &Shape, pitch: usize) -> Strides {
    let mut strides = Strides::new();
    let mut step = 1;
    for (i, dim) in shape.iter().rev().enumerate() {
        strides.push((dim, step));
        step = if i == 0 { pitch } else { step * graph.size(dim) };
    }
    strides.reverse();
    strides
}
