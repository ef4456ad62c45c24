//! The `elbow` command.

use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let started = Instant::now();
    elbow::cli::install_panic_hook();
    elbow::cli::main(started)
}
