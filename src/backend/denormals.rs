//! Denormal numbers count as 0 while an f32 step runs.
//!
//! Arithmetic on them is a hundred times slower on many processors, and a mixture makes them by the thousand: the chance of a
//! far component is 1e-40. Nothing that is optimised feels what lies below 1e-38. In f64 they do not occur in practice, and
//! stay what they are.

/// The control register of vector arithmetic as it was, to which it returns when this is dropped.
pub(super) struct Mode(u32);

/// Flush results and inputs to zero.
#[cfg(target_arch = "x86_64")]
const FLUSH: u32 = 0x8040;

impl Mode {
    /// Denormals are 0 from here on, on this thread.
    pub(super) fn flushing() -> Self {
        let before = Self(now());
        #[cfg(target_arch = "x86_64")]
        set(before.0 | FLUSH);
        before
    }

    /// As on another thread, whose mode was read by `now`.
    pub(super) fn of(other: u32) -> Self {
        let before = Self(now());
        set(other);
        before
    }
}

impl Drop for Mode {
    fn drop(&mut self) {
        set(self.0);
    }
}

/// The mode of this thread; 0 where there is none.
pub(super) fn now() -> u32 {
    #[cfg(target_arch = "x86_64")]
    {
        let mut mode = 0u32;
        // SAFETY: stores four bytes to a place that is ours.
        unsafe {
            std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut mode, options(nostack, preserves_flags));
        }
        mode
    }
    #[cfg(not(target_arch = "x86_64"))]
    0
}

fn set(mode: u32) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a mode that was read here, with two more bits at most, none of which traps.
    unsafe {
        std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const mode, options(nostack, preserves_flags, readonly));
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = mode;
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::{Mode, now};
    use std::hint::black_box;

    #[test]
    fn denormals_are_flushed_inside_and_kept_outside() {
        // The last six bits say what has happened so far.
        let mode = || now() & !0x3f;
        let (small, outside) = (black_box(1e-30_f32), mode());
        let tenth = || black_box(small * black_box(1e-10));
        assert!(tenth() > 0.0);
        {
            let _mode = Mode::flushing();
            assert_eq!(tenth(), 0.0);
        }
        assert!(tenth() > 0.0);
        assert_eq!(mode(), outside);
    }
}
