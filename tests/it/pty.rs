//! The prompt in a terminal: completion, hints, open statements, Ctrl-C in a running fit, what colours and history leave.

#![cfg(unix)]

use rexpect::reader::Options;
use rexpect::session::{PtySession, spawn_with_options};
use std::process::Command;

const PATIENCE_MS: u64 = 30_000;

struct Screen {
    pty: PtySession,
    _home: tempfile::TempDir,
}

fn elbow(arguments: &[&str], color: bool) -> Screen {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_elbow"));
    command.arg("repl").args(arguments).args(["--threads", "1"]);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("HOME", home.path()).env("XDG_DATA_HOME", home.path()).env("TERM", "xterm");
    if color {
        command.env_remove("NO_COLOR");
    } else {
        command.env("NO_COLOR", "1");
    }
    let options = Options::new().timeout_ms(Some(PATIENCE_MS)).strip_ansi_escape_codes(!color);
    let mut pty = spawn_with_options(command, options).unwrap();
    pty.exp_string("Ctrl-D leaves").unwrap();
    pty.exp_string("> ").unwrap();
    Screen { pty, _home: home }
}

impl Screen {
    fn key(&mut self, keys: &str) {
        self.pty.send(keys).unwrap();
        self.pty.flush().unwrap();
    }

    fn see(&mut self, text: &str) -> String {
        self.pty.exp_string(text).unwrap_or_else(|e| panic!("{text:?} is not seen: {e}"))
    }

    fn leave(mut self) {
        self.key(":quit\r");
        self.pty.exp_eof().unwrap();
    }
}

#[test]
fn words_are_completed_and_signatures_hinted() {
    let mut screen = elbow(&[], false);
    screen.key("mu ~ Nor\t");
    screen.see("Normal");
    screen.key("(");
    screen.see("loc, scale)");
    screen.key("0, 1)\r");
    screen.see("mu: real, latent");
    screen.key(":summ\t");
    screen.see(":summary");
    screen.key("\r");
    screen.see("E0425");
    screen.key("@marg\t");
    screen.see("@marginalize");
    screen.key("\x03");
    screen.see("> ");
    screen.leave();
}

#[test]
fn statements_go_on_over_lines_and_pastes_keep_all_of_theirs() {
    let mut screen = elbow(&[], false);
    screen.key("x ~ Normal(0,\r");
    screen.key("1)\r");
    screen.see("x: real, latent");
    // Bracketed paste, as terminals send it.
    screen.key("\x1b[200~a ~ Normal(0, 1)\nb ~ Normal(\n  a, 1)\nc = a + b\x1b[201~");
    screen.key("\r");
    screen.see("a: real, latent");
    screen.see("b: real, latent");
    screen.see("c: real, computed");
    // What is dropped by Ctrl-C is gone, the rest stands.
    screen.see("> ");
    screen.key("d ~ Normal(\x03");
    screen.see("\n\r> ");
    screen.key(":model\r");
    screen.see("c = a + b");
    screen.leave();
}

#[test]
fn a_fit_that_is_interrupted_is_kept() {
    let mut screen =
        elbow(&["examples/eight_schools.elbow", "--data", "examples/eight_schools.csv"], false);
    screen.key(":run 1000000000\r");
    screen.see("steps/s");
    screen.key("\x03");
    screen.see("interrupted: `:more` goes on");
    screen.see("> ");
    screen.key("E[mu]\r");
    screen.see("draws from the posterior");
    screen.key(":more 10\r");
    screen.see("steps in");
    screen.leave();
}

#[test]
fn control_d_leaves_and_control_c_drops_the_line() {
    let mut screen = elbow(&[], false);
    screen.key("nonsense(\x03");
    screen.see("> ");
    screen.key("1 + 1\r");
    screen.see("count, exact");
    screen.see("> ");
    screen.key("\x04");
    screen.pty.exp_eof().unwrap();
}

#[test]
fn colours_are_shown_and_history_is_kept() {
    let mut screen = elbow(&[], true);
    screen.key("mu ~ Normal(0, 1)\r");
    screen.see("\x1b[36mNormal\x1b[0m");
    screen.see("mu: real, latent");
    let history = screen._home.path().join("elbow/history");
    assert!(std::fs::read_to_string(&history).unwrap().contains("mu ~ Normal(0, 1)"));
    // Ctrl-R finds it again.
    screen.key("\x12Norm");
    screen.see("reverse-i-search");
    screen.key("\r");
    screen.see("mu: real, latent");
    screen.leave();
}
