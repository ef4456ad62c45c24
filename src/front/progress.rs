//! The progress bar: ELBO, temperatures, speed and the time that is left, where somebody watches. Another one while a large file
//! is read.

use super::terminal::Terminal;
use crate::data::{Reading, Watch};
use crate::infer::Fitter;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;

const READING: &str =
    "{bar:24} {percent:>3}%  reading and checking {msg}  {bytes_per_sec}  {eta} left";

/// A bar for the reading of large files.
pub fn reading(terminal: &Terminal) -> Box<Watch<'static>> {
    if !terminal.watched {
        return Box::new(|_| {});
    }
    let style = ProgressStyle::with_template(READING);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style);
    Box::new(move |Reading { path, done, of }| {
        if bar.length() != Some(of) || bar.message() != path {
            bar.reset();
            bar.set_length(of);
            bar.set_message(path.to_string());
        }
        bar.set_position(done);
        if done >= of {
            bar.finish_and_clear();
        }
    })
}

/// A progress bar on standard error.
pub struct Progress(ProgressBar);

const LINE: &str = "{bar:24} {percent:>3}%  {msg}  {speed}  {eta} left";

impl Progress {
    /// Nothing is drawn where it is not `shown`.
    pub fn new(shown: bool, steps: u64) -> Self {
        let target =
            if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = ProgressStyle::with_template(LINE)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .with_key("speed", |state: &ProgressState, out: &mut dyn Write| {
                // A bar that cannot be written is not shown.
                let _ = write!(out, "{} steps/s", HumanCount(state.per_sec() as u64));
            });
        Self(ProgressBar::with_draw_target(Some(steps), target).with_style(style))
    }

    /// Draws the fit as it stands.
    pub fn show(&self, fitter: &Fitter) {
        if self.0.is_hidden() {
            return;
        }
        let elbo = fitter.recent().map(|e| format!("{} {e:.2}", fitter.objective()));
        let knobs = fitter.knobs().into_iter().map(|(name, value)| format!("{name} {value:.3}"));
        let parts: Vec<String> = elbo.into_iter().chain(knobs).collect();
        self.0.set_message(parts.join("  "));
        self.0.set_position(fitter.done());
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
