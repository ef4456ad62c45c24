//! One loop over the elements of a shape, with a place in each of several arrays that have some of its dimensions.
//!
//! Neighbouring dimensions that every array steps through alike are merged, so arrays of one shape are a single run, and
//! the inner loop is always a run of constant steps.

use super::{Graph, Shape};
use smallvec::SmallVec;

pub(super) type Strides = SmallVec<[usize; 4]>;

/// The strides of an array of shape `of` along the dimensions of `over`: 0 along those that it lacks.
pub(super) fn strides_over(g: &Graph, of: &Shape, over: &Shape) -> Strides {
    let own = of.strides(g);
    let along = |d| of.dims().iter().position(|&o| o == d).map_or(0, |i| own[i]);
    over.iter().map(along).collect()
}

/// A stretch of elements: where it starts in each array. Its length and steps are those of the walk.
pub(super) struct Walk<const N: usize> {
    /// Outer dimensions, then the one of the runs.
    axes: Vec<(usize, [usize; N])>,
}

impl<const N: usize> Walk<N> {
    /// Over all elements of `over` in row-major order.
    pub(super) fn new(g: &Graph, over: &Shape, arrays: [&Shape; N]) -> Self {
        Self::strided(g, over, arrays.map(|of| strides_over(g, of, over)))
    }

    /// As `new`, with the strides of each array along the dimensions of `over`.
    pub(super) fn strided(g: &Graph, over: &Shape, strides: [Strides; N]) -> Self {
        let mut axes: Vec<(usize, [usize; N])> = Vec::new();
        for (i, dim) in over.iter().enumerate().rev() {
            let size = g.size(dim);
            let steps = std::array::from_fn(|k| strides[k][i]);
            match axes.last_mut() {
                _ if size == 1 => {}
                Some((n, inner)) if (0..N).all(|k| steps[k] == inner[k] * *n) => *n *= size,
                _ => axes.push((size, steps)),
            }
        }
        axes.reverse();
        if axes.is_empty() {
            axes.push((1, [0; N]));
        }
        Self { axes }
    }

    /// Elements of a run.
    pub(super) fn len(&self) -> usize {
        self.axes[self.axes.len() - 1].0
    }

    /// The step of array `k` within a run.
    pub(super) fn step(&self, k: usize) -> usize {
        self.axes[self.axes.len() - 1].1[k]
    }

    /// Calls `run` with the places where each run starts.
    pub(super) fn runs(&self, mut run: impl FnMut([usize; N])) {
        let outer = &self.axes[..self.axes.len() - 1];
        let mut index: SmallVec<[usize; 4]> = SmallVec::from_elem(0, outer.len());
        let mut places = [0; N];
        loop {
            run(places);
            let mut axis = outer.len();
            loop {
                if axis == 0 {
                    return;
                }
                axis -= 1;
                let (size, steps) = &outer[axis];
                index[axis] += 1;
                (0..N).for_each(|k| places[k] += steps[k]);
                if index[axis] < *size {
                    break;
                }
                index[axis] = 0;
                (0..N).for_each(|k| places[k] -= steps[k] * size);
            }
        }
    }

    /// Calls `visit` with the places of each element.
    pub(super) fn each(&self, mut visit: impl FnMut([usize; N])) {
        let (len, steps) = &self.axes[self.axes.len() - 1];
        self.runs(|mut places| {
            for _ in 0..*len {
                visit(places);
                (0..N).for_each(|k| places[k] += steps[k]);
            }
        });
    }
}
