//! All tests, in one binary: it links once.

mod graphs;
mod special;
mod ui;
