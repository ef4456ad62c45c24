//! What the lowering needs of f32 and f64: their noise, and their gradients' buffers, which dfdx does not let generic code
//! touch.

use crate::backend::NoiseSource;
use crate::ir::Noise;
use dfdx::dtypes::Dtype;
use dfdx::tensor::{Cpu, CpuError, Gradients, Tensor, TensorFromVec};

/// The array of a node: all its elements along one axis, in the layout of its shape.
pub(in crate::backend) type Array<E> = Tensor<(usize,), E, Cpu>;

pub(in crate::backend) trait Element: Dtype {
    fn from_wide(x: f64) -> Self;
    fn wide(self) -> f64;
    fn fill(source: &mut dyn NoiseSource, step: u64, row: usize, kind: Noise, out: &mut [Self]);
    /// The gradient that has gathered at an array.
    fn gradient(
        gradients: &mut Gradients<Self, Cpu>,
        at: &Array<Self>,
    ) -> Result<Vec<f64>, CpuError>;
    fn accumulate(
        gradients: &mut Gradients<Self, Cpu>,
        at: &Array<Self>,
        terms: &[f64],
    ) -> Result<(), CpuError>;
}

macro_rules! element {
    ($E:ty, $fill:ident) => {
        impl Element for $E {
            fn from_wide(x: f64) -> Self {
                x as $E
            }

            fn wide(self) -> f64 {
                f64::from(self)
            }

            fn fill(
                from: &mut dyn NoiseSource,
                step: u64,
                row: usize,
                kind: Noise,
                out: &mut [$E],
            ) {
                from.$fill(step, row, kind, out);
            }

            fn gradient(
                gradients: &mut Gradients<$E, Cpu>,
                at: &Array<$E>,
            ) -> Result<Vec<f64>, CpuError> {
                let buffer = gradients.get_or_alloc_mut(at)?;
                Ok(buffer.iter().map(|&x| f64::from(x)).collect())
            }

            fn accumulate(
                gradients: &mut Gradients<$E, Cpu>,
                at: &Array<$E>,
                terms: &[f64],
            ) -> Result<(), CpuError> {
                let buffer = gradients.get_or_alloc_mut(at)?;
                buffer.iter_mut().zip(terms).for_each(|(sum, &x)| *sum += x as $E);
                Ok(())
            }
        }
    };
}

element!(f32, fill_f32);
element!(f64, fill_f64);

pub(super) fn array<E: Element>(values: &[f64]) -> Array<E>
where
    Cpu: TensorFromVec<E>,
{
    let values: Vec<E> = values.iter().map(|&x| E::from_wide(x)).collect();
    let shape = (values.len(),);
    Cpu::default().tensor_from_vec(values, shape)
}

pub(super) fn values<E: Element>(array: &Array<E>) -> Vec<f64> {
    array.as_vec().into_iter().map(E::wide).collect()
}
