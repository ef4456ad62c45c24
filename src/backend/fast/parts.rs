//! Work in numbered parts that threads may take.

/// Work whose parts may run at the same time, in any order.
///
/// # Safety
/// A part writes to memory that no other part reads or writes.
pub(super) unsafe trait Parts {
    fn run_part(&self, number: usize);
}

/// Runs parts 0 .. count, on several threads if there are several of both.
pub(super) fn run_parts(parts: &impl Parts, count: usize, threads: usize) {
    if threads > 1 && count > 1 {
        run_halves(&Shared(parts), 0, count);
    } else {
        (0..count).for_each(|number| parts.run_part(number));
    }
}

/// Parts as threads share them.
struct Shared<'a, P>(&'a P);

// SAFETY: `Parts` promises that what several of its parts touch they read.
unsafe impl<P: Parts> Sync for Shared<'_, P> {}

/// Halves the range until one part is left, the halves side by side.
fn run_halves<P: Parts>(shared: &Shared<'_, P>, from: usize, to: usize) {
    if to - from == 1 {
        return shared.0.run_part(from);
    }
    let middle = from.midpoint(to);
    rayon::join(|| run_halves(shared, from, middle), || run_halves(shared, middle, to));
}
