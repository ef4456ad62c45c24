//! What both front ends share: the loop of a fit with a clock beside it, its progress bar, Ctrl-C, the terminal.

mod fit;
mod interrupt;
mod progress;
mod saving;
mod terminal;

pub use fit::{Fit, Run};
pub use interrupt::Interrupt;
pub use progress::{Progress, reading};
pub use saving::Every;
pub use terminal::Terminal;
