//! All tests, in one binary: it links once.

mod agreement;
mod bijectors;
mod check;
mod choices;
mod cli;
mod common;
mod credit;
mod data;
mod elimination;
mod estimators;
mod examples;
mod fast;
mod graphs;
mod known;
mod lags;
mod laws;
mod lowerings;
mod oracle;
mod plans;
mod posteriors;
mod readme;
mod round_trip;
mod rules;
mod special;
mod tidy;
mod ui;
