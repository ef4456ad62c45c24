//! What a bug of ours looks like: a message that says so, where it happened, and how to report it. The exit code is 101.

use crate::data;
use std::io::Write;

/// Replaces the standard panic message.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        if data::is_reading() {
            return;
        }
        let place = info.location().map_or_else(String::new, |l| format!(" at {l}"));
        let what = info.payload_as_str().unwrap_or("no message");
        let command: Vec<String> =
            std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
        let message = format!(
            "internal error: this is a bug in Elbow\n  {what}\n  in {}{place}\n  \
             please report it with the model and this command: {}\n",
            pass(info.location().map_or("", |l| l.file())),
            command.join(" "),
        );
        let _ = std::io::stderr().write_all(message.as_bytes());
    }));
}

/// The room that a source file belongs to: `check`, `lower` …
fn pass(file: &str) -> &str {
    let inside = file.rsplit_once("src/").map_or(file, |(_, rest)| rest);
    inside.split(['/', '.']).next().unwrap_or(inside)
}
