//! `elbow variance FILE`: bias, variance, time and efficiency of every estimator, and a picture.

use super::measure::{MeasureArgs, Ready};
use super::{Status, errors};
use crate::backend::fast::in_pool;
use crate::front::Terminal;
use crate::lab::{self, Curve, Point, Scope};
use crate::report;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Measure bias, variance, time and efficiency of every estimator that can serve a model's latents
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Variance {
    #[command(flatten)]
    measure: MeasureArgs,
    /// Measure the estimators of the plan only
    #[arg(long)]
    planned: bool,
    /// Where in the space of the guide's parameters
    #[arg(long, value_enum, default_value_t = At::Initial)]
    at: At,
    /// Draw variance against the number of draws, on logarithmic axes, as SVG or PNG
    #[arg(long, value_name = "FILE.svg|FILE.png")]
    plot: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  elbow variance model.elbow --data data.csv --latent z
  elbow variance examples/eight_classes.elbow --plot variance.svg
  elbow variance examples/temperature.elbow --planned --json";

#[derive(clap::ValueEnum, Clone, Copy)]
enum At {
    /// Where a fit begins
    Initial,
    /// Half a unit around it
    Scattered,
}

/// How a picture is written.
#[derive(Clone, Copy)]
enum Format {
    Svg,
    Png,
}

impl Variance {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        let format = match self.plot.as_deref().map(format).transpose() {
            Ok(format) => format,
            Err(mistake) => {
                terminal.complain(mistake);
                return Status::Mistake;
            }
        };
        let ready = match self.measure.prepare(terminal) {
            Ok(ready) => ready,
            Err(status) => return status,
        };
        let point = match self.at {
            At::Initial => Point::Initial,
            At::Scattered => Point::Scattered,
        };
        let Ready { problem, latents, settings, objective, .. } = &ready;
        let scope = Scope { latents, point, planned: self.planned };
        let began = Instant::now();
        let mut clock = || began.elapsed().as_secs_f64();
        let (rows, curves) = in_pool(settings.options.threads, || {
            let rows = lab::variance(problem, scope, settings, &mut clock);
            let curves = format.map(|_| lab::curves(problem, scope, settings));
            (rows, curves.unwrap_or_default())
        });
        terminal.print(&match self.json {
            true => {
                format!("{:#}\n", report::variance_json(&rows, &curves, scope, settings, objective))
            }
            false => report::variance_text(&rows, scope, settings, objective),
        });
        match (&self.plot, format) {
            (Some(path), Some(format)) => draw(terminal, &ready, path, format, &curves),
            _ => Status::Done,
        }
    }
}

/// By the ending of the file's name.
fn format(path: &Path) -> Result<Format, crate::diag::Diagnostic> {
    match path.extension().and_then(|e| e.to_str()) {
        Some("svg") => Ok(Format::Svg),
        Some("png") => Ok(Format::Png),
        _ => Err(errors::no_such_picture(path)),
    }
}

fn draw(
    terminal: &Terminal,
    ready: &Ready,
    path: &Path,
    format: Format,
    curves: &[Curve],
) -> Status {
    let picture = report::variance_picture(&ready.session.source.name, curves);
    let bytes = match format {
        Format::Svg => report::svg(&picture).into_bytes(),
        Format::Png => report::png(&picture),
    };
    match std::fs::write(path, bytes) {
        Ok(()) => Status::Done,
        Err(error) => {
            terminal.complain(errors::cannot_draw(path, &error));
            Status::Mistake
        }
    }
}
