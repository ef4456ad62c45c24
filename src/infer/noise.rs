//! Noise for the Newton start: the same draws at every evaluation, in mirrored pairs, normals with unit mean square.
//!
//! Means and variances of the draws are then exact, so that a parabola's optimum is found from any number of them; two are
//! the Gauss–Hermite rule of two points.

use crate::backend::NoiseSource;
use crate::ir::{Dim, Graph, Noise};

/// The second half of the Monte Carlo dimension mirrors the first.
pub(super) struct Mirrored<N> {
    inner: N,
    /// For each noise: elements of one draw that lie together, and draws, or `None` where it has no draws.
    layouts: Vec<Option<(usize, usize)>>,
}

impl<N: NoiseSource> Mirrored<N> {
    pub(super) fn new(inner: N, graph: &Graph, draws: Option<Dim>) -> Self {
        let layout = |shape: &crate::ir::Shape| {
            let draws = draws.filter(|&d| shape.contains(d))?;
            let place = shape.iter().position(|d| d == draws)?;
            Some((shape.strides(graph)[place], graph.size(draws)))
        };
        let layouts = graph.noises.iter().map(|n| layout(&n.shape)).collect();
        Self { inner, layouts }
    }

    fn mirror<E: Copy>(&self, noise: usize, out: &mut [E], flip: impl Fn(E) -> E) {
        let Some((stride, draws)) = self.layouts[noise] else { return };
        for block in out.chunks_mut(stride * draws) {
            let (first, second) = block.split_at_mut(stride * (draws / 2));
            for (to, from) in second.iter_mut().zip(first.iter()) {
                *to = flip(*from);
            }
        }
    }

    /// Divides each element's draws by their root mean square.
    fn normalise(&self, noise: usize, out: &mut [f64]) {
        let Some((stride, draws)) = self.layouts[noise] else { return };
        for block in out.chunks_mut(stride * draws) {
            for element in 0..stride {
                let own = || (element..stride * draws).step_by(stride);
                let square: f64 = own().map(|i| block[i] * block[i]).sum();
                let scale = (draws as f64 / square).sqrt();
                own().for_each(|i| block[i] *= scale);
            }
        }
    }
}

impl<N: NoiseSource> NoiseSource for Mirrored<N> {
    fn fill_f32(&mut self, step: u64, noise: usize, kind: Noise, out: &mut [f32]) {
        self.inner.fill_f32(step, noise, kind, out);
        match kind {
            Noise::Normal => self.mirror(noise, out, |x| -x),
            Noise::Uniform => self.mirror(noise, out, |x| 1.0 - x),
            Noise::Gumbel => {}
        }
    }

    fn fill_f64(&mut self, step: u64, noise: usize, kind: Noise, out: &mut [f64]) {
        self.inner.fill_f64(step, noise, kind, out);
        match kind {
            Noise::Normal => {
                self.mirror(noise, out, |x| -x);
                self.normalise(noise, out);
            }
            Noise::Uniform => self.mirror(noise, out, |x| 1.0 - x),
            Noise::Gumbel => {}
        }
    }
}
