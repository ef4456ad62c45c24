//! The line editor before the prompt. The only place that names rustyline.

/// Columns of the terminal, if there is one.
pub fn width() -> Option<usize> {
    None
}

/// Reads and answers until the end of the input.
pub fn run(_: &mut super::Repl, _: &mut dyn FnMut(&super::Reply)) {}
