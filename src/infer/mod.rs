//! Fitting: from a problem to the parameters of its guide.
//!
//! Problems that may have many modes begin at the best of several starts; smooth ones with Newton steps on the ELBO of fixed draws, which also give the optimiser its coordinates; then
//! stochastic gradients, whose iterates are averaged. The clock, files and the terminal are the caller's.

mod average;
mod batches;
mod blame;
mod chunks;
mod config;
mod coordinates;
mod diagnosis;
mod few;
mod fitter;
mod history;
mod newton;
mod noise;
mod optimizer;
mod sample;
mod saved;
mod scatter;
mod starts;
mod summary;
mod tables;
mod tempering;
mod worth;

pub use blame::Blame;
pub use config::{Config, Optimizer, SEED};
pub use diagnosis::{Finding, unfinished};
pub use few::{Reconstructions, Scene, Tile, mean_tiles, param_tiles, reconstructions, samples};
pub use fitter::{Beginning, Elbo, Fitter, Stop};
pub use history::History;
pub use sample::{SampledDim, sampled};
pub use saved::{Numbers, Param, Saved, Unfit, fitted};
pub use summary::{
    Draws, MOST_NUMBERS, Quantity, Source, Summary, chosen_draws, draws, is_reported, predictions,
    summarize, unreported,
};
pub use tables::{adopt, gathered, initial};
pub use tempering::Reading;
