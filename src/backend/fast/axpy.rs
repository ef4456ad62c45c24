//! Gradients scaled by what lies above them, and added up.

use crate::backend::simd::kernel;

kernel! {
    /// y ← by · x
    fn scale_into<E, F>(by: E, x: &[E], y: &mut [E]) {
        let _ = F;
        for (y, &x) in y.iter_mut().zip(x) {
            *y = by * x;
        }
    }
}

kernel! {
    /// y ← y + by · x
    fn add_scaled<E, F>(by: E, x: &[E], y: &mut [E]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = by.madd::<F>(x, *y);
        }
    }
}
