//! Ctrl-C: the first one asks the loop to end, the second one ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) struct Interrupt(Arc<AtomicBool>);

/// What shells expect of a process that SIGINT ended.
const KILLED: i32 = 130;

impl Interrupt {
    /// Where signals cannot be had, Ctrl-C keeps its usual meaning.
    pub(super) fn listen() -> Self {
        let flag = Arc::new(AtomicBool::new(false));
        let seen = flag.clone();
        let _ = ctrlc::set_handler(move || {
            if seen.swap(true, Ordering::Relaxed) {
                std::process::exit(KILLED);
            }
        });
        Self(flag)
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
