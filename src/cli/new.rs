//! `elbow new NAME`: a model to begin with, and its data.

use super::{Status, errors};
use crate::front::Terminal;
use std::path::{Path, PathBuf};

/// Write a starter model with its data
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct New {
    /// The model's name: NAME.elbow and NAME.csv are written
    name: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  elbow new growth
  elbow new models/growth --json";

/// Heights of plants after some days, in four pots.
const MODEL: &str = "# How plants grow: a line over the days, with a start of its own for each pot.
data height: real[plant]
data day: real[plant]
data pot: index(pot)[plant]            # texts in the file become the labels of `pot`

speed ~ Normal(0, 2)
start_mean ~ Normal(5, 5)
start_sd ~ HalfNormal(2)
@noncentered
start[pot] ~ Normal(start_mean, start_sd)
noise ~ HalfNormal(1)
height ~ Normal(start[pot] + speed * day, noise)
";

const DATA: &str = "height,day,pot
4.9,0,north
6.3,1,north
7.4,2,north
8.6,3,north
6.8,0,east
8.1,1,east
9.0,2,east
10.5,3,east
5.6,0,south
6.7,1,south
8.1,2,south
9.1,3,south
4.2,0,west
5.1,1,west
6.6,2,west
7.7,3,west
";

impl New {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        let stem = match self.name.extension().is_some_and(|e| e == "elbow") {
            true => self.name.with_extension(""),
            false => self.name.clone(),
        };
        let with = |ending: &str| PathBuf::from(format!("{}.{ending}", stem.display()));
        let (model, data) = (with("elbow"), with("csv"));
        if let Some(there) = [&model, &data].into_iter().find(|p| p.exists()) {
            terminal.complain(errors::exists(there));
            return Status::Mistake;
        }
        for (path, text) in [(&model, MODEL), (&data, DATA)] {
            if let Err(error) = write(path, text) {
                terminal.complain(errors::cannot_draw(path, &error));
                return Status::Mistake;
            }
        }
        let (model, data) = (model.display().to_string(), data.display().to_string());
        terminal.print(&match self.json {
            true => format!("{:#}\n", serde_json::json!({ "model": model, "data": data })),
            false => format!(
                "{model} and {data} are written; next:\n  elbow run {model} --data {data}\n  elbow repl {model} --data {data}\n"
            ),
        });
        Status::Done
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}
