//! What a run and a plan look like to their reader: tables for people, CSV and JSON for programs, a folder that is whole.
//!
//! Everything here is text or bytes made from values; only `folder` touches the disk, and nothing prints.

mod batch;
mod chart;
mod diagnosis;
mod doc;
mod draws;
mod errors;
mod folder;
mod images;
mod npz;
mod picture;
mod plan;
mod posterior;
mod predicted;
mod record;
mod registry;
mod table;
mod variance;
mod verify;

pub use batch::{BatchRow, SampledRows, batch_rows, batch_text, sampled_rows};
pub use chart::{Spread, bars, forest, histogram, points};
pub use diagnosis::finding;
pub use doc::{doc, doc_json};
pub use draws::draws_csv;
pub use errors::not_finite;
pub use folder::Folder;
pub use images::{Frame, image_grid, pair_grid};
pub use npz::draws_npz;
pub use picture::{Picture, png, svg};
pub use plan::{LatentRow, SumRow, estimators, latent_rows, plan_text, sum_rows};
pub use posterior::{
    elbo_lines, held_out_lines, history_csv, left_out_lines, posterior_table, summary_csv,
};
pub use predicted::Predicted;
pub use record::{Elbos, Exit, HeldOutElbo, Record, Rows, begun};
pub use registry::{List, list};
pub use table::{short, significant, table};
pub use variance::{variance_json, variance_picture, variance_text};
pub use verify::{verification_json, verification_text};
