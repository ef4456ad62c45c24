//! Predictions: a table on the screen, `predictions.csv` and draws in a folder.

use super::{draws_csv, posterior_table, summary_csv};
use crate::data::FileUsed;
use crate::infer::{Draws, Summary};
use serde_json::{Value, json};
use std::path::Path;

/// What a fit says of new data.
pub struct Predicted<'a> {
    /// The model's file name.
    pub model: &'a str,
    /// The folder of the fit.
    pub fit: &'a Path,
    pub files: &'a [FileUsed],
    pub draws: &'a Draws,
    pub summary: &'a [Summary],
    pub seed: u64,
}

impl Predicted<'_> {
    /// The table; all of it is in the folder, where there is one.
    pub fn text(&self, folder: Option<&Path>) -> String {
        let rest = folder.map_or(": `--out DIR` writes all", |_| " in predictions.csv");
        let table = posterior_table(self.summary, rest);
        match folder {
            Some(folder) => format!("{table}\npredictions in {}/\n", folder.display()),
            None => table,
        }
    }

    /// Names and bytes of the files of a folder.
    pub fn files(&self) -> [(&'static str, Vec<u8>); 3] {
        let draws = draws_csv(self.draws, self.model, self.seed);
        [
            ("predictions.csv", summary_csv(self.summary)),
            ("draws.csv", draws.into_bytes()),
            ("run.json", format!("{:#}\n", self.record()).into_bytes()),
        ]
    }

    /// The record and the table.
    pub fn to_json(&self) -> Value {
        let mut all = self.record();
        let row = |s: &Summary| {
            json!({
                "name": s.name, "mean": s.mean, "sd": s.sd, "q05": s.q05, "q50": s.q50, "q95": s.q95,
            })
        };
        all["predictions"] = self.summary.iter().map(row).collect();
        all
    }

    fn record(&self) -> Value {
        let file = |f: &FileUsed| json!({ "path": f.path, "sha256": f.sha256 });
        json!({
            "elbow": env!("CARGO_PKG_VERSION"),
            "model": { "path": self.model },
            "fit": self.fit.display().to_string(),
            "data": self.files.iter().map(file).collect::<Vec<_>>(),
            "draws": self.draws.count,
            "seed": self.seed,
        })
    }
}
