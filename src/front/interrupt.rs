//! Ctrl-C: in a fit the first one asks the loop to end; what another one does is the front end's to say.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Listens for Ctrl-C. There is one a process, since there is one handler a process.
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    busy: Arc<AtomicBool>,
}

/// What shells expect of a process that SIGINT ended.
const KILLED: i32 = 130;

impl Interrupt {
    /// The second Ctrl-C ends the process. Where signals cannot be had, Ctrl-C keeps its usual meaning.
    pub fn listen() -> Self {
        Self::with(true)
    }

    /// Outside of fits Ctrl-C ends the process; inside, however often it comes, it ends the fit alone.
    pub fn listen_for_fits() -> Self {
        Self::with(false)
    }

    fn with(impatient: bool) -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        let busy = Arc::new(AtomicBool::new(impatient));
        let (seen, fitting) = (asked.clone(), busy.clone());
        let _ = ctrlc::set_handler(move || {
            let again = seen.swap(true, Ordering::Relaxed);
            if again && impatient || !fitting.load(Ordering::Relaxed) {
                std::process::exit(KILLED);
            }
        });
        Self { asked, busy }
    }

    /// Forgets what came before, and runs what Ctrl-C is to end.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        self.asked.store(false, Ordering::Relaxed);
        let before = self.busy.swap(true, Ordering::Relaxed);
        let done = work();
        self.busy.store(before, Ordering::Relaxed);
        done
    }

    /// There is nothing left to be ended in good order: the next Ctrl-C ends the process.
    pub fn dismiss(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    pub fn is_set(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}
