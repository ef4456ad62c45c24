//! Products of f32 matrices on the tile registers of AMX, which multiply bfloat16 numbers sixteen times as fast as AVX-512
//! multiplies f32.
//!
//! An f32 number is the sum of three bfloat16 numbers, each of which has the next eight binary digits. Of the nine products
//! of two such sums, the six largest leave an error below 2⁻²³ of each product, as rounding to f32 does; sums are in f32.
//! (Henry, Tang & Heinecke 2019, "Leveraging the bfloat16 artificial intelligence datatype for higher-precision
//! computations".) Numbers of eight digits, as pixels that are on or off, are one bfloat16 number and take half the work.
//!
//! ```text
//! operands ─pack→ tiles of 16 x 32 ─block→ 32 x 32 of the result
//! ```

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod block;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod engine;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod pack;
#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod tests;

/// A matrix where it lies. One of its sides is summed over; along that or along the other, its elements are neighbours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand {
    pub(super) at: *const f32,
    /// From one position of its own side to the next.
    pub(super) step: usize,
    /// From one position of the sum to the next.
    pub(super) depth_step: usize,
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
impl Operand {
    fn from(self, own: usize, depth: usize) -> Self {
        Self { at: self.at.wrapping_add(own * self.step + depth * self.depth_step), ..self }
    }
}

/// out[i, j] = Σₖ a[i, k] b[j, k], the columns j of the result neighbours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) depth: usize,
    pub(super) out: *mut f32,
    /// From one row of the result to the next.
    pub(super) step: usize,
    pub(super) a: Operand,
    pub(super) b: Operand,
    /// Whether the product is added to what is there.
    pub(super) adds: bool,
}

/// The proof that this machine has the tile registers and that the system lets this process use them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tiles(());

impl Tiles {
    /// None where there are none. Looked up once.
    pub(super) fn detect() -> Option<Self> {
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        {
            use std::sync::LazyLock;
            static ARE_THERE: LazyLock<bool> = LazyLock::new(engine::are_there);
            ARE_THERE.then_some(Self(()))
        }
        #[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
        None
    }

    /// Whether the result is there: not if an operand has numbers that are not finite, which are no sum of parts, or so large
    /// that they round to infinity.
    ///
    /// # Safety
    /// The result and the operands lie where the product says, and nobody else uses the result.
    #[must_use]
    pub(super) unsafe fn multiply(self, product: Product) -> bool {
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        // SAFETY: the tile registers are there, as `self` proves; the rest is as the caller promises.
        unsafe {
            engine::multiply(product)
        }
        #[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
        unreachable!("nobody has a {self:?} for {product:?}")
    }
}
